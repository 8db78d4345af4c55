// The words of the page. Each view has a dictionary of its own in /assets/i18n/<language>/; what a
// language lacks is a fault that tests find, and is shown in English.

export const LANGUAGES = { en: "English", fr: "Français", hi: "हिन्दी", kn: "ಕನ್ನಡ" };

const dictionaries = new Map();
let chosen = "en";

/** The language of the page. */
export const current = () => chosen;

/** The language that was chosen, or the first of the browser's that the page has. */
export function preferred() {
  let stored = null;
  try {
    stored = localStorage.getItem("interface");
  } catch {
    // Storage may be closed to us.
  }
  const wanted = [stored, ...navigator.languages.map((one) => one.split("-")[0])];
  return wanted.find((one) => one in LANGUAGES) ?? "en";
}

/** Use a language from now on. */
export function choose(language) {
  chosen = language;
  document.documentElement.lang = language;
  try {
    localStorage.setItem("interface", language);
  } catch {
    // Then it holds until the page is closed.
  }
}

async function read(language, name) {
  const where = `/assets/i18n/${language}/${name}.json`;
  if (!dictionaries.has(where)) {
    const response = await fetch(where);
    if (!response.ok) throw new Error(`${where}: ${response.status}`);
    dictionaries.set(where, await response.json());
  }
  return dictionaries.get(where);
}

/**
 * A function from keys to sentences of the view `name`: `t("found", {n: 3, word: "water"})` puts
 * values in the place of `{n}` and `{word}`. With an element as value, `t.parts(key, values)` gives
 * the pieces of the sentence, to be appended.
 */
export async function dictionary(name) {
  const [here, english] = await Promise.all([read(chosen, name), read("en", name)]);
  const sentence = (key) => here[key] ?? english[key] ?? key;
  const parts = (key, values = {}) =>
    sentence(key)
      .split(/\{(\w+)\}/)
      .map((piece, at) => (at % 2 ? (values[piece] ?? "") : piece));
  const t = (key, values) => parts(key, values).join("");
  t.parts = parts;
  t.has = (key) => key in english;
  return t;
}

/** A number as the language of the page writes it. */
export function number(value, digits = 0) {
  return new Intl.NumberFormat(chosen, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    // What is rounded to zero has no sign.
    signDisplay: "negative",
  }).format(value);
}

/** The name of a language in the language of the page. */
export function languageName(code) {
  try {
    return new Intl.DisplayNames([chosen], { type: "language" }).of(code) ?? code;
  } catch {
    return code;
  }
}
