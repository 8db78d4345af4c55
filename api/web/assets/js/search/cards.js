// What was found: a card for each language, its words with their similarities.

import { h, word } from "../dom.js";
import { languageName, number } from "../i18n.js";
import { searching } from "./state.js";

const MOST_GLOSSES = 2;

function bar(cosine) {
  return h("div.bar", { "aria-hidden": "true" }, h("i", { style: { width: percent(cosine) } }));
}

/** A cosine's place on a bar. */
export const percent = (cosine) => `${(100 * Math.max(0, Math.min(1, cosine))).toFixed(1)}%`;

/** A word of the lexicon as a link to the search for it. */
export function searched(state, text, language) {
  return h("a", { href: searching(state, text, language), "data-link": true }, word(text, language));
}

/** Parts of speech in the language of the page. */
export const parts = (t, pos) => pos.map((one) => (t.has(`pos.${one}`) ? t(`pos.${one}`) : one)).join(", ");

/** A bar as long as the cosine, and the figures: the cosine, and what it is ranked by. */
export function measured(t, one, score = "cosine") {
  const figures = [...new Set(["cosine", score])].map((name) => h("span", {}, `${t(`score.${name}`)} `, h("b", {}, number(one[name], 2))));
  return h("div.measure", {}, bar(one.cosine), h("p.scores", {}, figures));
}

function result(t, state, one, score) {
  const glosses = [...new Set(one.concepts.map((concept) => concept.gloss))];
  const more = glosses.length - MOST_GLOSSES;
  return h(
    "li",
    {},
    h(
      "p.found",
      {},
      searched(state, one.lemma, one.language),
      h("small", {}, parts(t, one.pos)),
      one.known_translation ? h("span.badge.good", {}, "✓ ", t("known")) : null,
      one.covered ? null : h("span.badge", {}, t("guessed")),
    ),
    measured(t, one, score),
    glosses.length
      ? h(
          "p.gloss",
          {},
          h("span", { lang: "en" }, glosses.slice(0, MOST_GLOSSES).join(" · ")),
          more > 0 ? h("small", {}, " ", t("more", { n: number(more) })) : null,
        )
      : null,
  );
}

/** The card of one language: `{element, chance(mean)}`; a mean of null is one that nobody knows. */
export function card(t, state, answer) {
  const language = answer.target_language;
  const names = { source: languageName(answer.query.language), target: languageName(language) };
  const random = h("p.random", {}, " ");
  const element = h(
    "section.card.results",
    { data: { language } },
    h("h3", {}, h("span.tongue", {}, languageName(language))),
    random,
    answer.results.length
      ? h("ol", {}, answer.results.map((one) => result(t, state, one, answer.score)))
      : h("p.empty", {}, t("nothing", names)),
    answer.pending ? h("p.pending", {}, t("pending", { n: number(answer.pending), ...names })) : null,
  );
  function chance(mean) {
    const known = mean !== null && mean !== undefined;
    element.classList.toggle("measured", known);
    if (known) element.style.setProperty("--chance", percent(mean));
    random.textContent = known ? t("chance", { mean: number(mean, 2), ...names }) : t("chance.unknown", names);
  }
  return { element, chance, language };
}
