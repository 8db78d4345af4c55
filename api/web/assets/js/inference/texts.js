// Two texts of one's own.

import { into } from "../app.js";
import { post } from "../api.js";
import { announce, field, fill, h, select } from "../dom.js";
import { languageName, number } from "../i18n.js";
import { examples } from "./examples.js";
import { result } from "./result.js";
import { told } from "../scripts.js";

/** Bytes of an address that every server takes; the service itself reads longer texts. */
const LONGEST = 7_500;

const SIDES = ["premise", "hypothesis"];

/**
 * The form and what comes of it. `classifiers` is the service's list, `languages` those of the
 * lexicon.
 */
export function texts({ t, set, classifiers, languages }) {
  const sides = Object.fromEntries(SIDES.map((name) => [name, side({ t, name, languages, submit })]));
  const models = select(
    [
      ["", t("model.default", { model: classifiers.default })],
      ...classifiers.classifiers
        .filter((one) => one.name !== classifiers.default)
        .map((one) => [one.name, one.here ? one.name : t("model.away", { model: one.name })]),
    ],
    "",
    () => written() && submit(),
  );
  const shown = h("div.outcome");
  const fault = h("p.fault", { hidden: true, id: "texts-fault" });
  const form = h(
    "form.texts",
    {
      onsubmit: (event) => {
        event.preventDefault();
        submit();
      },
      onkeydown: (event) => {
        if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
      },
    },
    SIDES.map((name) => sides[name].element),
    h(
      "div.form",
      {},
      field(t("model"), models),
      h("button.main", { type: "submit" }, t("classify")),
    ),
    fault,
  );
  const samples = h("div");
  const element = h("div", {}, form, shown, h("section", {}, h("h2", {}, t("examples")), samples));
  let last = {};

  function written() {
    return SIDES.every((name) => sides[name].value());
  }

  function submit() {
    const empty = SIDES.filter((name) => !sides[name].check());
    if (empty.length) {
      sides[empty[0]].focus();
      return;
    }
    const wanted = { model: models.value };
    for (const name of SIDES) {
      wanted[name] = sides[name].value();
      wanted[`${name}_language`] = sides[name].language();
    }
    const size = new URLSearchParams(wanted).toString().length;
    fault.hidden = size <= LONGEST;
    fault.textContent = fault.hidden ? "" : t("long", { n: number(size), most: number(LONGEST) });
    if (fault.hidden) set(wanted);
    else announce(fault.textContent);
  }

  /** The form as the address has it. What was typed since stays, unless the address changed. */
  function follow(wanted) {
    for (const name of SIDES) {
      if (wanted[name] !== last[name]) sides[name].set(wanted[name] ?? "");
      if (wanted[`${name}_language`] !== last[`${name}_language`] || wanted[name] !== last[name]) {
        sides[name].choose(wanted[`${name}_language`] ?? "");
      }
    }
    // A classifier that nobody knows is refused by the service, which names those there are.
    models.value = wanted.model ?? "";
    if (models.value !== (wanted.model ?? "")) {
      models.append(h("option", { value: wanted.model, selected: true }, wanted.model));
    }
    last = wanted;
  }

  async function update(wanted, signal) {
    follow(wanted);
    fill(samples, examples(wanted.model));
    if (!wanted.premise?.trim() || !wanted.hypothesis?.trim()) {
      fill(shown);
      return;
    }
    await into(shown, signal, async () => {
      const pair = Object.fromEntries(SIDES.map((name) => [name, wanted[name]]));
      for (const name of SIDES) pair[`${name}_language`] = wanted[`${name}_language`] || null;
      const answer = await post("/v1/nli", { pairs: [pair], model: wanted.model || null }, signal);
      const [found] = answer.results;
      announce(t(`said.${found.label}`));
      return result({ t, found, baseline: pulled(wanted.model) });
    });
  }

  /** What to pull in place of the classifier that answered, if that is a baseline. */
  function pulled(model) {
    const every = classifiers.classifiers;
    const who = every.find((one) => one.name === (model || classifiers.default));
    return who?.baseline ? every.find((one) => !one.baseline)?.name : null;
  }

  return { element, update };
}

/** One of the two texts, with the language that its letters leave open. */
function side({ t, name, languages }) {
  const text = h("textarea", { name, rows: 3, "aria-describedby": `${name}-fault`, oninput: look });
  const tongue = h("select", { onchange: look });
  const open = field(t(`${name}.language`), tongue);
  const fault = h("p.fault", { id: `${name}-fault`, hidden: true });
  const element = h("div.side", {}, field(t(name), text, { wide: true }), fault, open);

  function look() {
    const { language, candidates } = told(text.value, languages);
    const chosen = candidates.includes(tongue.value) ? tongue.value : "";
    open.hidden = candidates.length < 2;
    fill(
      tongue,
      h("option", { value: "" }, t("language.told")),
      candidates.map((code) => h("option", { value: code, selected: code === chosen }, languageName(code))),
    );
    text.lang = language ?? chosen;
    if (text.value.trim()) complain(false);
  }

  function complain(is) {
    fault.hidden = !is;
    fault.textContent = is ? t("empty") : "";
    text.setAttribute("aria-invalid", String(is));
  }

  look();
  return {
    element,
    focus: () => text.focus(),
    value: () => text.value.trim(),
    language: () => (open.hidden ? "" : tongue.value),
    set(said) {
      text.value = said;
      look();
    },
    choose(code) {
      tongue.value = code;
      look();
    },
    /** Whether there is a text; says so where there is none. */
    check() {
      complain(!text.value.trim());
      return Boolean(text.value.trim());
    },
  };
}
