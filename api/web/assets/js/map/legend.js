// The languages of a map: what each looks like, how many words it has, whether it is shown.

import { announce, fill, h } from "../dom.js";
import { languageName, number } from "../i18n.js";
import { mark } from "../marks.js";

/**
 * `onswitch(codes)` is told the languages that are to be shown, null for all of them; `more` is
 * what else can be switched.
 */
export function legend({ t, more, onswitch, onalone }) {
  const boxes = h("div.boxes");
  const alone = h("input", { type: "checkbox", onchange: () => onalone(alone.checked) });
  const apart = h("label.check", { hidden: true }, alone, t("alone"));
  const element = h("fieldset.legend", {}, h("legend", {}, t("shown")), h("div.boxes", {}, boxes, more), apart);
  let inputs = [];
  let drawn = null;

  function switched(changed) {
    const chosen = inputs.filter((one) => one.checked).map((one) => one.value);
    if (!chosen.length) {
      changed.checked = true;
      announce(t("languages.one"));
      return;
    }
    onswitch(chosen.length === inputs.length ? null : chosen);
  }

  function draw(words, codes) {
    inputs = [];
    fill(
      boxes,
      codes.map((code) => {
        const input = h("input", { type: "checkbox", value: code, onchange: () => switched(input) });
        inputs.push(input);
        return h(
          "label.check",
          {},
          input,
          mark(code, words.languages),
          languageName(code),
          " ",
          h("small", {}, number(words.counts.get(code) ?? 0)),
        );
      }),
    );
  }

  return {
    element,
    /** `codes` are the languages to choose from. */
    update(words, codes, wanted, shown) {
      const now = JSON.stringify([codes, [...words.counts]]);
      // The box that was switched keeps the focus.
      if (drawn !== now) draw(words, codes);
      drawn = now;
      for (const input of inputs) input.checked = shown.has(input.value);
      alone.checked = wanted.alone;
      apart.hidden = !wanted.shown && !wanted.alone;
    },
  };
}
