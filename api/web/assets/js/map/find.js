// A box that finds a word on the map.

import { get } from "../api.js";
import { combobox } from "../combobox.js";
import { h } from "../dom.js";

const MOST = 8;

/** `map()` is `{words, shown}` or null; `onfound({lemma, language})` is told the word. */
export function findBox({ t, map, onfound }) {
  const input = h("input", { type: "search", id: "find", maxlength: "64", enterkeyhint: "search" });

  /** Words of the map; where few begin so, those too that sound so in Latin letters. */
  async function offers(text, _language, signal) {
    const here = map();
    if (here === null) return [];
    const { words, shown } = here;
    const places = words.beginning(text, shown, MOST);
    if (places.length < MOST) {
      const { suggestions } = await get("/v1/suggestions", { q: text, limit: 20 }, signal);
      for (const { lemma, language } of suggestions) {
        const at = words.find(lemma, language);
        const isNew = at >= 0 && words.isShown(at, shown) && !places.includes(at);
        if (isNew && places.length < MOST) places.push(at);
      }
    }
    return places.map((at) => ({ lemma: words.form[at], language: words.language[at], gloss: words.gloss[at] }));
  }

  const box = combobox(input, { language: () => null, onpick: onfound, label: t("find.offers"), offers });
  const element = h(
    "form.find",
    {
      role: "search",
      onsubmit: (event) => {
        event.preventDefault();
        if (input.value.trim()) onfound({ lemma: input.value.trim(), language: null });
      },
    },
    h("div.field", {}, h("label", { for: "find" }, t("find")), box),
    h("button", { type: "submit" }, t("find.button")),
  );
  return {
    element,
    /** What the address says, unless somebody is typing. */
    update(text) {
      if (document.activeElement !== input) input.value = text ?? "";
    },
  };
}
