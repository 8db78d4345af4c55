// Which language a text is in, as far as its script tells.

/** ISO 15924 code to pattern; null for a code that is not the name of a script in Unicode. */
function letters(script) {
  try {
    return new RegExp(`\\p{Script=${script}}`, "gu");
  } catch {
    return null;
  }
}

/**
 * What the script of a text says of its language: `{language, candidates}` out of languages with
 * `code` and `script`. One candidate is the language; of several, it is null.
 */
export function told(text, languages) {
  const counts = new Map();
  for (const { script } of languages) {
    counts.set(script, text.match(letters(script) ?? /$^/g)?.length ?? 0);
  }
  const [script, most] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ["", 0]);
  if (most === 0) return { language: null, candidates: [] };
  const candidates = languages.filter((one) => one.script === script).map((one) => one.code);
  return { language: candidates.length === 1 ? candidates[0] : null, candidates };
}
