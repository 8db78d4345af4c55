// To which control of the editor a refusal belongs.

const PLAIN = [
  [/^(?:empty )?gloss\b/, "gloss"],
  [/^(?:empty )?field\b/, "field"],
  [/^(?:pos\b|unknown part of speech)/, "pos"],
  [/^(?:(?:empty )?concept key\b|key\b|concept .* exists)/, "key"],
  [/^concept .* has no word/, "words"],
];

/**
 * `{where, language}` of a sentence of the service: `where` is `gloss`, `field`, `pos`, `key`,
 * `words` (of `language`, or of the concept) or null for what belongs nowhere.
 */
export function located(detail) {
  // "forms.kn.0='…'" is said of what has not the right shape, "kn form '…'" of a word.
  const language = /^forms\.([A-Za-z0-9-]+)/.exec(detail)?.[1] ?? /^(?:empty )?([A-Za-z0-9-]+) form\b/.exec(detail)?.[1];
  if (language) return { where: "words", language };
  const [, where = null] = PLAIN.find(([pattern]) => pattern.test(detail)) ?? [];
  return { where, language: null };
}
