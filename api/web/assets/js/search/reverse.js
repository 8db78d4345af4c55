// The reverse dictionary: meanings that a text describes, with their words in every language.

import { get } from "../api.js";
import { h } from "../dom.js";
import { languageName, number } from "../i18n.js";
import { measured, parts, percent, searched } from "./cards.js";

const MOST = 6;

/** The answers of several languages by meaning, nearest first: a meaning that is among the nearest
 * of all is among the nearest of each language that has words for it. */
function joined(answers) {
  const found = new Map();
  for (const answer of answers) {
    for (const one of answer.results) {
      const held = found.get(one.concept.key) ?? { ...one, words: [] };
      held.words.push([answer.target_language, one.words]);
      found.set(one.concept.key, held);
    }
  }
  return [...found.values()].sort((a, b) => b.cosine - a.cosine).slice(0, MOST);
}

function meaning(t, state, one) {
  return h(
    "li",
    {},
    h("p.found", {}, h("span", { lang: "en" }, one.concept.gloss), h("small", {}, parts(t, [one.pos]))),
    measured(t, one),
    h(
      "ul.wordings",
      {},
      one.words.map(([language, words]) =>
        h(
          "li",
          { data: { language } },
          h("span.tongue", {}, languageName(language)),
          " ",
          words.map((text, at) => [at ? ", " : "", searched(state, text, language)]),
        ),
      ),
    ),
  );
}

/** The card "Words with this meaning" for a text that is no word of the lexicon. */
export async function reverse({ t, state, codes }, signal) {
  const ask = (target) => get("/v1/reverse", { q: state.q, source: state.from, target, k: MOST }, signal);
  const answers = await Promise.all(codes.map(ask));
  const found = joined(answers);
  const [{ mean_cosine: mean, query }] = answers;
  const card = h(
    "section.card.results.measured",
    { style: { "--chance": percent(mean) } },
    h("h3", {}, t("reverse")),
    h(
      "p.random",
      {},
      t("reverse.chance", { mean: number(mean, 2) }),
      query.covered ? null : [" ", t("reverse.uncovered")],
      state.from === "en" ? null : [" ", t("reverse.english")],
    ),
    found.length ? h("ol", {}, found.map((one) => meaning(t, state, one))) : h("p.empty", {}, t("reverse.none")),
  );
  return card;
}
