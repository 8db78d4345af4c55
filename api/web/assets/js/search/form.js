// What is asked: a word, its language, and how it is compared.

import { combobox } from "../combobox.js";
import { field, fill, h, select } from "../dom.js";
import { current, languageName, number } from "../i18n.js";
import { guessed, languageOf } from "../scripts.js";
import { COUNT, COUNTS, SCORES } from "./state.js";

/** Encoders by name; one that can be chosen before others of the same name. */
function choices(encoders) {
  const found = new Map();
  for (const one of encoders) {
    const ready = one.here && one.languages.length > 0;
    found.set(one.name, { ready: ready || Boolean(found.get(one.name)?.ready), usual: one.default });
  }
  return found;
}

/** A value that the address has and the list has not is shown too: the form hides no state. */
function shown(control, value) {
  if (![...control.options].some((one) => one.value === value)) {
    control.append(h("option", { value, class: "foreign" }, value));
  }
  control.value = value;
}

/** `{element, show(state, named)}`; `submit(wanted)` is told the parameters that the form says. */
export function searchForm({ t, languages, encoders, submit }) {
  const known = choices(encoders);
  const usual = [...known].find(([, one]) => one.usual)?.[0] ?? "";
  const names = languages.map((one) => [one.code, languageName(one.code)]);

  const input = h("input", { type: "search", name: "q", maxlength: 500, enterkeyhint: "search", dir: "auto", placeholder: t("placeholder") });
  const from = select(names, "", changed, { name: "from" });
  const to = select([["", t("to.all")], ...names], "", changed, { name: "to" });
  const encoder = select([], "", changed, { name: "encoder" });
  encoder.append(
    ...[...known].map(([name, { ready }]) =>
      h("option", { value: name === usual ? "" : name, disabled: !ready }, ready ? name : t("encoder.absent", { name })),
    ),
  );
  const score = select(SCORES.map((one) => [one, t(`score.${one}`)]), "", changed, { name: "score", "aria-describedby": "score-said" });
  const count = select(COUNTS.map((one) => [one, number(Number(one))]), "", changed, { name: "k" });
  const said = h("p.hint", { id: "score-said" });

  /** Whether somebody has said of what language the text is. */
  let chosen = false;

  function wanted() {
    const own = from.value;
    return {
      q: input.value.trim(),
      from: own,
      to: to.value === own ? "" : to.value,
      encoder: encoder.value,
      score: score.value === SCORES[0] ? "" : score.value,
      k: count.value === COUNT ? "" : count.value,
    };
  }

  function changed() {
    explain();
    submit(wanted());
  }

  function explain() {
    fill(said, SCORES.includes(score.value) ? t(`score.${score.value}.said`) : "");
  }

  from.addEventListener("change", () => (chosen = true));
  input.addEventListener("input", () => {
    const text = input.value;
    from.value = chosen ? languageOf(text, languages, from.value) : guessed(text, languages, current());
    input.lang = from.value;
  });
  const query = field(t("q"), input, { wide: true });
  // Puts the input into its box.
  const box = combobox(input, {
    language: () => null,
    label: t("suggestions"),
    onpick: ({ lemma, language }) => {
      input.value = lemma;
      from.value = language;
      submit(wanted());
    },
  });
  query.append(box);

  const element = h(
    "form.search-form",
    {
      role: "search",
      onsubmit: (event) => {
        event.preventDefault();
        submit(wanted());
      },
    },
    h("div.form.ask", {}, query, h("button.main", { type: "submit" }, t("submit"))),
    h(
      "div.form.how",
      {},
      field(t("from"), from),
      field(t("to"), to),
      field(t("encoder"), encoder),
      field(t("score"), score),
      field(t("k"), count),
    ),
    said,
  );

  /** Put the form in a state; `named` if the address says the language of the text. */
  function show(state, named) {
    chosen = named;
    for (const one of element.querySelectorAll("option.foreign")) one.remove();
    if (input.value.trim() !== state.q) input.value = state.q;
    input.lang = state.from;
    shown(from, state.from);
    shown(to, state.to);
    shown(encoder, state.encoder === usual ? "" : state.encoder);
    shown(score, state.score || SCORES[0]);
    shown(count, state.k || COUNT);
    explain();
  }

  return { element, show };
}
