// The stored pairs: what is right, what a classifier said, and how often the two agree.

import { into } from "../app.js";
import { get } from "../api.js";
import { announce, field, fill, h } from "../dom.js";
import { languageName, number } from "../i18n.js";
import { scores } from "./scores.js";
import { pairs } from "./pairs.js";

const AT_A_TIME = 20;
const ANY = "";

const distinct = (values) => [...new Set(values)];
const languagesOf = (one) => [one.premise_language, one.hypothesis_language];

/** The part of the page; what there is to choose from is asked for when it is first shown. */
export function stored({ t, set }) {
  const element = h("div");
  const measured = h("div.measured");
  const listed = h("div.listed");
  let sets = null;
  let form = null;

  function empty() {
    const command = h("code", {}, "lexicon pairs import FILE");
    return h("p.empty", {}, t.parts("none.stored", { command }));
  }

  /** What of the stored pairs is meant, with what the address leaves out. */
  function selection(wanted) {
    const dataset = wanted.dataset || sets[0].dataset;
    const meant = sets.filter(
      (one) =>
        one.dataset === dataset &&
        (!wanted.split || one.split === wanted.split) &&
        (!wanted.language || languagesOf(one).includes(wanted.language)),
    );
    const counts = new Map();
    for (const { model, pairs: many } of meant.flatMap((one) => one.predictions)) {
      counts.set(model, (counts.get(model) ?? 0) + many);
    }
    const models = [...counts].sort((one, other) => other[1] - one[1]).map(([model]) => model);
    const named = meant.flatMap((one) => one.predictions).filter((one) => one.name === wanted.model);
    const identities = distinct(named.map((one) => one.model));
    const model = identities.length === 1 ? identities[0] : wanted.model || models[0] || "";
    return { ...wanted, dataset, meant, models, model };
  }

  async function show(wanted, signal) {
    const chosen = selection(wanted);
    form.follow(chosen);
    const { dataset, split, language, model } = chosen;
    const which = { dataset, split, language, model };
    const inside = listed.contains(document.activeElement);
    await Promise.all([
      into(measured, signal, async () => {
        const lacking = want(t, chosen);
        return lacking ?? scores(t, (await get("/v1/nli/evaluations", which, signal)).evaluations);
      }),
      into(listed, signal, async () => {
        const disagree = wanted.disagree === "true" && model ? "true" : null;
        const page = await get(
          "/v1/pairs",
          { ...which, disagree, cursor: wanted.cursor, limit: AT_A_TIME },
          signal,
        );
        announce(t("shown", { n: number(page.pairs.length) }));
        return pairs({ t, page, wanted: { ...wanted, disagree }, model, total: total(chosen) });
      }),
    ]);
    // The link that was followed is gone with its page.
    if (inside && !listed.contains(document.activeElement)) document.getElementById("pairs")?.focus();
  }

  async function update(wanted, signal) {
    if (form !== null) return show(wanted, signal);
    await into(element, signal, async () => {
      sets = (await get("/v1/nli/datasets", {}, signal)).datasets;
      if (!sets.length) return empty();
      form = chooser({ t, set, sets });
      show(wanted, signal);
      return [form.element, measured, listed];
    });
  }

  return { element, update };
}

const total = (chosen) => chosen.meant.reduce((sum, one) => sum + one.pairs, 0);

/** What is missing for scores, with the command that brings it; null if nothing is. */
function want(t, { dataset, split, meant, models }) {
  if (!meant.length) return h("p.empty", {}, t("none.such"));
  if (!models.length) {
    const said = `lexicon nli predict --dataset ${quoted(dataset)}${split ? ` --split ${quoted(split)}` : ""}`;
    return h("p.notice", {}, t.parts("none.predicted", { command: h("code", {}, said) }));
  }
  if (meant.some((one) => one.labelled)) return null;
  const command = h("code", {}, "lexicon pairs import FILE");
  return h("p.notice", {}, t.parts("none.labelled", { command }));
}

/** A name as a shell takes it for one word. */
const quoted = (name) => (/^[\w./-]+$/.test(name) ? name : `'${name.replaceAll("'", "'\\''")}'`);

/** The form that says which pairs. */
function chooser({ t, set, sets }) {
  const again = { cursor: null };
  const dataset = h("select", {
    onchange: () => set({ ...again, dataset: dataset.value, split: null, language: null, model: null, disagree: null }),
  });
  const split = h("select", { onchange: () => set({ ...again, split: split.value }) });
  const language = h("select", { onchange: () => set({ ...again, language: language.value }) });
  const model = h("select", { onchange: () => set({ ...again, model: model.value }) });
  const disagree = h("input", {
    type: "checkbox",
    onchange: () => set({ ...again, disagree: disagree.checked ? "true" : null }),
  });
  const element = h(
    "form.form",
    { onsubmit: (event) => event.preventDefault() },
    field(t("dataset"), dataset),
    field(t("split"), split),
    field(t("language"), language),
    field(t("predicted.by"), model, { wide: true }),
    h("label.check", {}, disagree, t("disagree")),
  );

  return {
    element,
    follow(chosen) {
      const here = sets.filter((one) => one.dataset === chosen.dataset);
      const named = (code) => languageName(code);
      options(dataset, distinct(sets.map((one) => one.dataset)), chosen.dataset);
      options(split, [ANY, ...distinct(here.map((one) => one.split))], chosen.split, (one) => one || t("any.split"));
      options(language, [ANY, ...distinct(here.flatMap(languagesOf))], chosen.language, (one) =>
        one ? named(one) : t("any.language"),
      );
      options(model, chosen.models.length ? chosen.models : [ANY], chosen.model, (one) => one || t("nobody"));
      model.disabled = !chosen.models.length;
      disagree.disabled = !chosen.models.length;
      disagree.checked = chosen.disagree === "true" && !disagree.disabled;
    },
  };
}

/** Fill a select; what the address says stands there even if there is no such choice. */
function options(control, values, chosen = "", named = (one) => one) {
  const every = values.includes(chosen) ? values : [...values, chosen];
  fill(
    control,
    every.map((value) => h("option", { value, selected: value === chosen }, named(value))),
  );
}
