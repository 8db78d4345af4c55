// The words of one language, to be changed, put in order, added and removed.

import { announce, h } from "../dom.js";
import { languageName } from "../i18n.js";
import { spoken } from "./controls.js";

/** A group with an input for each word; the first is the best. */
export function wordRows({ t, code, lemmas }) {
  const list = h("ol.word-rows");
  const fault = h("p.fault", { id: `fault-${code}`, hidden: true });
  const more = h("button.small", { type: "button", onclick: () => add("").focus() }, `+ ${t("word.add")}`);
  const element = h(
    "fieldset.word-group",
    { data: { language: code } },
    h("legend.tongue", {}, languageName(code)),
    list,
    fault,
    more,
  );
  lemmas.forEach((lemma) => add(lemma));

  const inputs = () => [...list.querySelectorAll("input")];

  function add(lemma) {
    const input = h("input.word", {
      value: lemma,
      lang: code,
      translate: "no",
      autocomplete: "off",
      autocapitalize: "off",
      spellcheck: "false",
      maxlength: "1000",
      oninput: () => input.removeAttribute("aria-invalid"),
    });
    const row = h(
      "li",
      {},
      input,
      button("up", "↑", () => move(row, row.previousElementSibling, "before")),
      button("down", "↓", () => move(row, row.nextElementSibling, "after")),
      button("remove", "✕", () => remove(row)),
    );
    list.append(row);
    name();
    return input;
  }

  function button(kind, sign, onclick) {
    return h("button.small", { type: "button", onclick, data: { kind } }, h("span", { "aria-hidden": "true" }, sign));
  }

  /** Buttons are named by their word, so that a list of them can be told apart. */
  function name() {
    const rows = [...list.children];
    rows.forEach((row, at) => {
      const input = row.querySelector("input");
      const values = { word: input.value || t("word.new"), rank: at + 1, language: languageName(code) };
      input.setAttribute("aria-label", t("word.of", values));
      for (const one of row.querySelectorAll("button")) one.setAttribute("aria-label", t(`word.${one.dataset.kind}`, values));
      row.querySelector('[data-kind="up"]').disabled = at === 0;
      row.querySelector('[data-kind="down"]').disabled = at === rows.length - 1;
    });
  }
  list.addEventListener("input", name);

  function move(row, other, where) {
    const held = document.activeElement;
    other[where](row);
    name();
    // A button that is moved loses the focus, and one at the end of the list cannot take it.
    (held.disabled ? row.querySelector("button:not(:disabled)") : held).focus();
    announce(t("word.moved", { word: row.querySelector("input").value, rank: [...list.children].indexOf(row) + 1 }));
  }

  function remove(row) {
    const next = row.nextElementSibling ?? row.previousElementSibling;
    announce(t("word.removed", { word: row.querySelector("input").value }));
    row.remove();
    name();
    (next?.querySelector("input") ?? more).focus();
  }

  return {
    element,
    values: () => inputs().map((one) => one.value),
    /** Say what is wrong with the words; marks those that the sentence names. Gives one to go to. */
    complain(said, lang) {
      fault.hidden = !said;
      fault.textContent = said;
      spoken(fault, lang);
      for (const one of inputs()) {
        const isNamed = Boolean(said) && one.value.trim() !== "" && said.includes(one.value.trim());
        if (isNamed) one.setAttribute("aria-invalid", "true");
        else one.removeAttribute("aria-invalid");
        if (said) one.setAttribute("aria-describedby", fault.id);
        else one.removeAttribute("aria-describedby");
      }
      return inputs().find((one) => one.getAttribute("aria-invalid") === "true") ?? inputs()[0] ?? more;
    },
  };
}
