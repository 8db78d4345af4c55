// The word that is highlighted, with what it is joined with and what lies beside it.

import { address } from "../api.js";
import { fill, h, word } from "../dom.js";
import { languageName } from "../i18n.js";
import { mark } from "../marks.js";

const NEAR = 6;

/** `onchoose(at)` is told of another word, or null for none. */
export function chosenWord({ t, onchoose }) {
  const element = h("section.card.chosen", { "aria-label": t("chosen") });

  const list = (words, places) =>
    h(
      "ul.plain",
      {},
      places.map((at) =>
        h(
          "li",
          {},
          h(
            "button.quiet",
            { type: "button", onclick: () => onchoose(at) },
            mark(words.language[at], words.languages),
            word(words.form[at], words.language[at]),
            h("small", {}, languageName(words.language[at])),
          ),
        ),
      ),
    );

  function drawn(words, at, shown) {
    const language = words.language[at];
    const partners = words.partners(at);
    return [
      h(
        "h2",
        { tabindex: "-1" },
        mark(language, words.languages),
        " ",
        word(words.form[at], language),
        " ",
        h("small", {}, languageName(language)),
      ),
      words.gloss[at] ? h("p", { lang: "en" }, words.gloss[at]) : null,
      h("h3", {}, t("partners")),
      partners.length ? list(words, partners) : h("p.soft", {}, t("partners.none")),
      h("h3", {}, t("near")),
      list(words, words.nearest(at, shown, NEAR)),
      h(
        "p.buttons",
        {},
        h(
          "a.button",
          { href: address("/", { q: words.form[at], from: language }), "data-link": true },
          t("search"),
        ),
        h("button", { type: "button", onclick: () => onchoose(null) }, t("clear")),
      ),
    ];
  }

  return {
    element,
    update(words, at, shown) {
      const held = element.contains(document.activeElement);
      const none = [h("h2", { tabindex: "-1" }, t("chosen")), h("p.soft", {}, t("chosen.none"))];
      fill(element, at < 0 ? none : drawn(words, at, shown));
      // The button that was pressed is gone.
      if (held) element.querySelector("h2").focus({ preventScroll: true });
    },
  };
}
