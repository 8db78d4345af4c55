// Before anything was asked: what this is, and words to begin with.

import { address } from "../api.js";
import { h, word } from "../dom.js";
import { current, languageName, number } from "../i18n.js";

const WORDS = {
  en: ["water", "friend", "courage"],
  fr: ["maison", "liberté", "lune"],
  hi: ["पानी", "किताब", "ख़ुशी"],
  kn: ["ಪ್ರೀತಿ", "ಮಳೆ", "ಹೂವು"],
};
const MEANING = "a person who repairs teeth";
/** As people type Hindi and Kannada without their keyboards. */
const TYPED = { text: "paani", language: "hi" };

const listed = (names) => new Intl.ListFormat(current(), { type: "conjunction" }).format(names);

/** The invitation; `languages` as the service counts them. */
export function start({ t, languages }) {
  const written = languages.filter((one) => one.words);
  const total = written.reduce((sum, one) => sum + one.words, 0);
  const codes = written.map((one) => one.code);
  const names = listed(codes.map(languageName));
  return h(
    "div.start",
    {},
    h("p.lead", {}, written.length ? t("lead", { words: number(total), languages: names }) : t("lead.empty")),
    h("div.beginnings", {}, written.map((one) => beginning(t, one))),
    codes.includes("en")
      ? h(
          "p",
          {},
          t("or.meaning"),
          " ",
          h("a", { href: address("/", { q: MEANING, from: "en" }), "data-link": true, lang: "en" }, MEANING),
        )
      : null,
    codes.includes(TYPED.language)
      ? h(
          "p",
          {},
          t("or.typed"),
          " ",
          h("a", { href: address("/", { q: TYPED.text, from: TYPED.language }), "data-link": true, lang: `${TYPED.language}-Latn` }, TYPED.text),
        )
      : null,
  );
}

function beginning(t, one) {
  return h(
    "section.card.beginning",
    { data: { language: one.code } },
    h("h2", {}, h("span.tongue", { lang: one.code }, one.autonym), " ", languageName(one.code) === one.autonym ? null : h("small", {}, languageName(one.code))),
    h("p.count", {}, t("words", { n: number(one.words) })),
    h(
      "ul.chips",
      {},
      (WORDS[one.code] ?? []).map((text) =>
        h("li", {}, h("a.chip", { href: address("/", { q: text, from: one.code }), "data-link": true }, word(text, one.code))),
      ),
    ),
  );
}
