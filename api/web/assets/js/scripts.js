// What a text's letters say of its language.

const patterns = new Map();

/** Letters of a script by its ISO 15924 code, which is also Unicode's short name of it. */
function letters(script) {
  if (!patterns.has(script)) {
    let pattern = null;
    try {
      pattern = new RegExp(`\\p{Script=${script}}`, "u");
    } catch {
      // A script that this browser has not heard of says nothing.
    }
    patterns.set(script, pattern);
  }
  return patterns.get(script);
}

const LATIN = "Latn";

/**
 * The language that a text is in: `chosen`, unless the text has letters of another script. Latin
 * letters say nothing, for every language is typed in them too.
 */
export function languageOf(text, languages, chosen) {
  const written = languages.filter((one) => one.script !== LATIN && letters(one.script)?.test(text));
  if (!written.length || written.some((one) => one.code === chosen)) return chosen;
  return written[0].code;
}

/** The language of an address that names none: by script, else that of the page, else the first. */
export function guessed(text, languages, page) {
  const codes = languages.map((one) => one.code);
  const plain = codes.includes(page) ? page : codes[0];
  const latin = languages.find((one) => one.script === LATIN)?.code ?? plain;
  // Text in Latin letters is rarely of a language with letters of its own.
  const own = languages.find((one) => one.code === plain);
  return languageOf(text, languages, text && own?.script !== LATIN ? latin : plain);
}

/**
 * What the script of a text says of its language: `{language, candidates}` out of languages with
 * `code` and `script`. One candidate is the language; of several, it is null.
 */
export function told(text, languages) {
  const counts = new Map();
  for (const { script } of languages) {
    counts.set(script, [...text].filter((one) => letters(script)?.test(one)).length);
  }
  const [script, most] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), ["", 0]);
  if (most === 0) return { language: null, candidates: [] };
  const candidates = languages.filter((one) => one.script === script).map((one) => one.code);
  return { language: candidates.length === 1 ? candidates[0] : null, candidates };
}
