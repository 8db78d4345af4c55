// A concept to be read.

import { address } from "../api.js";
import { h, word } from "../dom.js";
import { languageName } from "../i18n.js";

/** What a concept is called: its first word, of English if it has one. */
export function headword({ forms }) {
  const code = "en" in forms ? "en" : Object.keys(forms)[0];
  return word(forms[code][0], code);
}

/** All of a concept; `filtered(field)` is the address of the concepts of a field. */
export function concept({ t, shown, languages, filtered }) {
  const rows = [
    ["gloss", h("span", { lang: "en" }, shown.gloss)],
    ["pos", t(`pos.${shown.pos}`)],
    ["field", h("a", { href: filtered(shown.field), "data-link": true, lang: "en" }, shown.field)],
    ["source", h("span", { lang: "en" }, shown.source)],
    ["key", h("code", {}, shown.key)],
    ...Object.entries(shown.external).map(([scheme, ids]) => [null, h("code", {}, ids.join(", ")), scheme]),
  ];
  return [
    h("h2", { tabindex: "-1" }, headword(shown)),
    h(
      "dl.concept-facts",
      {},
      rows.map(([name, value, scheme]) => [h("dt", {}, name ? t(`head.${name}`) : scheme), h("dd", {}, value)]),
    ),
    shown.unsensed ? h("p.notice", {}, t("unsensed")) : null,
    h("h3", {}, t("words")),
    h("div.word-groups", {}, codes(shown, languages).map((code) => words(t, code, shown.forms[code] ?? []))),
  ];
}

const codes = (shown, languages) => [...new Set([...languages.map((one) => one.code), ...Object.keys(shown.forms)])];

function words(t, code, lemmas) {
  return h(
    "section.word-group",
    { data: { language: code } },
    h("h4.tongue", {}, languageName(code)),
    lemmas.length
      ? h("ol.ranked", {}, lemmas.map((lemma) => h("li", {}, found(t, lemma, code))))
      : h("p", {}, h("small", {}, t("no.word"))),
  );
}

function found(t, lemma, code) {
  const href = address("/", { q: lemma, from: code });
  return h("a", { href, "data-link": true, title: t("search.for") }, word(lemma, code));
}
