// What somebody has typed over a concept, and what of it is a change.

/** A concept as a form has it: lists of words for every language, however many are empty. */
export function draftOf(concept, languages) {
  const { key = "", gloss = "", pos = "noun", field = "", forms = {} } = concept ?? {};
  const codes = [...new Set([...languages.map((one) => one.code), ...Object.keys(forms)])];
  return { key, gloss, pos, field, forms: Object.fromEntries(codes.map((code) => [code, [...(forms[code] ?? [])]])) };
}

/** The words that are words, in their order. */
const written = (lemmas) => lemmas.map((one) => one.trim()).filter(Boolean);

const same = (some, others) => some.length === others.length && some.every((one, at) => one === others[at]);

/** What a draft says that the concept does not, as PATCH takes it; null if nothing. */
export function changes(concept, draft) {
  const made = {};
  for (const name of ["gloss", "pos", "field"]) {
    if (draft[name].trim() !== concept[name]) made[name] = draft[name].trim();
  }
  for (const [code, lemmas] of Object.entries(draft.forms)) {
    const now = written(lemmas);
    if (!same(now, concept.forms[code] ?? [])) made.forms = { ...made.forms, [code]: now };
  }
  return Object.keys(made).length ? made : null;
}

/** A draft as POST takes it; what was left empty is left to the service. */
export function whole(draft) {
  const forms = Object.entries(draft.forms).map(([code, lemmas]) => [code, written(lemmas)]);
  const made = {
    gloss: draft.gloss.trim(),
    pos: draft.pos,
    forms: Object.fromEntries(forms.filter(([, lemmas]) => lemmas.length)),
  };
  for (const name of ["key", "field"]) {
    if (draft[name].trim()) made[name] = draft[name].trim();
  }
  return made;
}

/** Where a draft and what is stored by now say different things: `[name, theirs, mine]`. */
export function differences(concept, draft) {
  const found = ["gloss", "pos", "field"].map((name) => [name, concept[name], draft[name].trim()]);
  for (const [code, lemmas] of Object.entries(draft.forms)) {
    found.push([code, (concept.forms[code] ?? []).join(", "), written(lemmas).join(", ")]);
  }
  return found.filter(([, theirs, mine]) => theirs !== mine);
}

/** Whether a draft has any word in any language. */
export const hasWord = (draft) => Object.values(draft.forms).some((lemmas) => written(lemmas).length > 0);
