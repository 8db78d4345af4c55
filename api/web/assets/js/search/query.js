// What was asked for, as the service understood it: its meanings, doubts and other spellings.

import { fill, h, word } from "../dom.js";
import { languageName } from "../i18n.js";
import { searched } from "./cards.js";

/** `query` of an answer; a phrase is more than one word. */
export const isPhrase = (text) => /\S\s+\S/u.test(text.trim());

function doubts(t, answer) {
  const { text, language, covered, lexeme_ids: ids } = answer.query;
  const values = { word: word(text, language), language: languageName(language), encoder: answer.encoder };
  const kind = isPhrase(text) ? "phrase" : "word";
  if (!covered) return h("p.notice", {}, t.parts(`uncovered.${kind}`, values));
  if (!ids.length) return h("p.unlisted", {}, t.parts(`unlisted.${kind}`, values));
  return null;
}

function meant(t, state, suggestions) {
  if (!suggestions.length) return null;
  return h(
    "nav.meant",
    { "aria-label": t("meant") },
    h("p", {}, t("meant")),
    h(
      "ul.chips",
      {},
      suggestions.map((one) =>
        h(
          "li",
          {},
          h("span.chip", {}, searched(state, one.lemma, one.language), h("small", {}, languageName(one.language), " · ", t(`kind.${one.kind}`))),
        ),
      ),
    ),
  );
}

/** `{element, heading, glosses(list)}`; `suggestions` are words that were perhaps meant. */
export function asked(t, state, answer, suggestions) {
  const { text, language } = answer.query;
  const heading = h("h2", { tabindex: "-1" }, word(text, language), " ", h("small", {}, languageName(language)));
  const meanings = h("p.meanings", { hidden: true });
  function glosses(list) {
    meanings.hidden = !list.length;
    fill(meanings, h("span", {}, t("meanings"), " "), h("span", { lang: "en" }, list.join(" · ")));
  }
  const element = h("header.asked", {}, heading, meanings, doubts(t, answer), meant(t, state, suggestions));
  return { element, heading, glosses };
}
