// What the address says of a map, and what the service is asked for it.

/** The field of a map that says nothing of its words, if the lexicon has it. */
const FRIENDLY = "colour";
const ENOUGH = 15;

/** Concepts that are drawn of the whole lexicon where the address does not say how many. */
const SOME = 1_000;

/** Words that a look takes in, and that any browser draws smoothly. */
const PLENTY = 12_000;

/** Words of the largest maps that the service makes. */
const MOST = { tsne: 20_000, pca: 50_000 };

const one = (value) => [value ?? []].flat().at(-1) ?? null;

/** A small field for a first look; null in a lexicon without fields. */
export function friendly(fields) {
  if (fields.some(({ field }) => field === FRIENDLY)) return FRIENDLY;
  const bySize = [...fields].sort((a, b) => a.concepts - b.concepts);
  return (bySize.find(({ concepts }) => concepts >= ENOUGH) ?? bySize.at(-1))?.field ?? null;
}

/**
 * The state that the parameters of the address mean. Without a field and a number of concepts it is
 * a small field; with a number alone, the whole lexicon. `shown` is null for all languages.
 */
export function read(parameters, fields) {
  const languages = [...new Set([parameters.language ?? []].flat())];
  const whole = !parameters.field && parameters.concepts !== undefined;
  const page = Number(one(parameters.page));
  return {
    encoder: one(parameters.encoder),
    field: one(parameters.field) ?? (whole ? null : friendly(fields)),
    concepts: one(parameters.concepts),
    method: one(parameters.method) ?? "tsne",
    shown: languages.length ? languages : null,
    alone: one(parameters.alone) === "on",
    lines: one(parameters.lines) !== "off",
    word: one(parameters.word),
    from: one(parameters.from),
    page: Number.isInteger(page) && page > 0 ? page : 1,
    table: parameters.page !== undefined,
  };
}

/**
 * Maps of the whole lexicon to choose from: `{concepts, method}`, where 0 concepts are all of them
 * and the method is only said where the map cannot be made by the other.
 */
export function draws(languages, { shown, alone }) {
  const these = languages.filter((one) => one.words && (!alone || !shown || shown.includes(one.code)));
  const words = these.reduce((sum, one) => sum + one.words, 0);
  const concepts = Math.max(0, ...these.map((one) => one.concepts));
  const plenty = Math.floor((PLENTY * concepts) / Math.max(words, 1) / 100) * 100;
  const some = [...new Set([SOME, plenty])].filter((n) => n > 0 && n < concepts);
  const all = words <= MOST.tsne ? [{ concepts: 0 }] : words <= MOST.pca ? [{ concepts: 0, method: "pca" }] : [];
  return [...some.map((n) => ({ concepts: n })), ...all];
}

/** What the service is asked; two states with the same have the same map. */
export function question({ encoder, field, concepts, method, shown, alone }) {
  const all = field === null && concepts === null ? String(SOME) : "0";
  return { encoder, field, concepts: concepts ?? all, method, language: alone ? shown : null };
}
