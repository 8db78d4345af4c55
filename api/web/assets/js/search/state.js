// The parameters of the address that a search has.

import { address } from "../api.js";

export const SCORES = ["cosine", "csls", "margin"];
export const COUNTS = ["5", "10", "20", "50"];
export const COUNT = "10";

const NAMES = ["q", "from", "to", "encoder", "score", "k"];

/** Each parameter once: of one that an address repeats, the last counts. */
export function once(parameters) {
  return Object.fromEntries(NAMES.map((name) => [name, [parameters[name] ?? ""].flat().at(-1)]));
}

/** The address of the search for another word: what else was chosen stays. */
export function searching(state, text, language) {
  // A word of the target language is looked up in the other direction.
  const to = state.to === language ? state.from : state.to;
  return address("/", { ...state, q: text, from: language, to });
}

/** The languages that results are wanted in. */
export function targets(state, languages) {
  if (state.to) return [state.to];
  return languages.filter((one) => one.words && one.code !== state.from).map((one) => one.code);
}
