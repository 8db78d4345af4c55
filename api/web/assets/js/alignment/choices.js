// What can be chosen, as the address says it and as the form shows it.

import { field, fill, h, select } from "../dom.js";
import { MOST, families, metricsOf, pairsOf, usual } from "./reports.js";
import { KINDS } from "./pair.js";
import { metricName, pairName, rowName } from "./wording.js";

export const PARTS = ["pairs", "pair", "layers", "table1"];
const STRATA = ["distinct", "all"];
const METRIC = "p_at_1";

/** What the address asks for, as it is. */
export function asked(parameters) {
  const one = (name) => [parameters[name] ?? ""].flat()[0];
  return {
    open: one("open") || "pairs",
    metric: one("metric") || METRIC,
    stratum: one("stratum") || "distinct",
    encoders: [...new Set([parameters.encoder ?? []].flat().filter(Boolean))],
    under: one("under"),
    pair: one("pair"),
    by: one("by") || "pos",
    family: one("family"),
  };
}

/** What is left of that with these runs and rows, and sentences about what is not. */
export function settled(t, wanted, runs, model) {
  const wrong = [];
  const among = (name, all, usually) => {
    const isKnown = all.includes(wanted[name]) || (name === "pair" && !all.length);
    if (isKnown || !wanted[name]) return wanted[name] || usually;
    wrong.push(t(`wrong.${name}`, { value: wanted[name] }));
    return usually;
  };
  for (const one of wanted.encoders) if (!runs.has(one)) wrong.push(t("wrong.encoder", { value: one }));
  const metrics = model.metrics.includes(METRIC) || !model.metrics.length ? METRIC : model.metrics[0];
  const there = model.rows.filter((row) => !row.problem);
  const open = among("open", PARTS, "pairs");
  const state = {
    open,
    encoders: shownEncoders(wanted, runs),
    metric: among("metric", model.metrics, metrics),
    stratum: among("stratum", STRATA, "distinct"),
    by: among("by", KINDS, "pos"),
    under: among("under", there.map((row) => row.key), there[0]?.key ?? ""),
    family: among("family", [...model.families.keys()], [...model.families.keys()][0] ?? ""),
    pair: among("pair", model.pairs, ""),
  };
  const row = there.find((one) => one.key === state.under);
  // Layers are shown of all pairs unless one is chosen.
  if (!state.pair && open === "pair") state.pair = row?.pairs.keys().next().value ?? "";
  return { state, wrong };
}

/** The encoders that are asked for and have reports, or the usual ones; and whose figures of a pair
 * are wanted. */
export function shownEncoders(wanted, runs) {
  const some = wanted.encoders.filter((one) => runs.has(one));
  return (some.length ? some : usual(runs)).slice(0, 3 * MOST);
}

/** What is there to choose from, given the rows that are shown. */
export function choices(runs, rows) {
  return { runs, rows, families: families(runs), metrics: metricsOf(rows), pairs: pairsOf(rows) };
}

/** The form. `update(state, model)` puts it into a state; `set` changes the address. */
export function form({ t, set }) {
  const chooser = (name) => select([], "", (value) => set({ [name]: value }), { id: `alignment-${name}` });
  const names = ["metric", "stratum", "under", "pair", "family"];
  const controls = Object.fromEntries(names.map((name) => [name, chooser(name)]));
  const fields = Object.fromEntries(names.map((name) => [name, field(t(`choose.${name}`), controls[name])]));
  const boxes = h("div.checks");
  const summary = h("summary");
  const encoders = h("details.encoders", {}, summary, h("fieldset", {}, h("legend.unseen", {}, t("choose.encoders")), boxes));
  const SHOWN = {
    pairs: ["metric", "stratum"],
    pair: ["under", "pair", "stratum"],
    layers: ["family", "metric", "stratum", "pair"],
    table1: [],
  };
  const element = h("div", {}, h("div.form", {}, ["under", "family", "metric", "pair", "stratum"].map((name) => fields[name])), encoders);

  function update(state, model) {
    for (const name of names) fields[name].hidden = !SHOWN[state.open].includes(name);
    if (state.open === "layers" && !model.families.size) for (const name of names) fields[name].hidden = true;
    element.firstChild.hidden = Object.values(fields).every((one) => one.hidden);
    const row = model.rows.find((one) => one.key === state.under);
    const known = state.open === "pair" && row ? [...row.pairs.keys()] : model.pairs;
    const pairs = !state.pair || known.includes(state.pair) ? known : [...known, state.pair];
    const of = (name) => model.rows.map((one) => one.pairs.get(name)).find(Boolean);
    offer(controls.metric, model.metrics.map((one) => [one, metricName(t, one)]), state.metric);
    offer(controls.stratum, STRATA.map((one) => [one, t(`stratum.${one}`)]), state.stratum);
    offer(controls.under, model.rows.filter((one) => !one.problem).map((one) => [one.key, rowName(t, one)]), state.under);
    offer(controls.family, [...model.families.keys()].map((one) => [one, one]), state.family);
    const all = state.open === "layers" ? [["", t("choose.all")]] : [];
    offer(controls.pair, [...all, ...pairs.map((one) => [one, of(one) ? pairName(t, of(one)) : one])], state.pair);
    offerEncoders(state, model);
  }

  function offerEncoders(state, model) {
    const all = [...model.runs.keys()];
    encoders.hidden = state.open !== "pairs" || all.length < 2;
    fill(summary, t("choose.shown", { shown: state.encoders.length, all: all.length }));
    const before = document.activeElement?.value;
    const inside = boxes.contains(document.activeElement);
    fill(boxes, all.map((name) => box(name, state.encoders.includes(name))));
    // The box that was ticked is a new one now.
    if (inside) [...boxes.querySelectorAll("input")].find((one) => one.value === before)?.focus();
  }

  function box(name, checked) {
    const changed = () => {
      const some = [...boxes.querySelectorAll("input:checked")].map((one) => one.value);
      set({ encoder: some.length ? some : null });
    };
    return h("label.check", {}, h("input", { type: "checkbox", value: name, checked, onchange: changed }), name);
  }

  return { element, update };
}

/** Give a select its options, unless it has them: it may have the focus. */
function offer(control, options, chosen) {
  const written = JSON.stringify(options);
  if (control.dataset.options !== written) {
    control.dataset.options = written;
    fill(control, options.map(([value, text]) => h("option", { value }, text)));
  }
  control.value = chosen;
}
