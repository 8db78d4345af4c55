// Alignment: what stored reports say of encoders and pairs of languages, never a cosine alone.

import { address } from "../api.js";
import { into } from "../app.js";
import { fill, h } from "../dom.js";
import { current } from "../i18n.js";
import { PARTS, asked, choices, form, settled, shownEncoders } from "../alignment/choices.js";
import { layers } from "../alignment/layers.js";
import { overview } from "../alignment/overview.js";
import { onePair } from "../alignment/pair.js";
import { metricsOf, newest, pairsOf, rows } from "../alignment/reports.js";
import { table1 } from "../alignment/table1.js";

const MAKERS = { pairs: overview, pair: onePair, layers, table1 };

export async function mount(root, { t, set }) {
  let parameters = {};
  const link = (changes) => address("/alignment", { ...parameters, ...changes });
  const context = { t, set, go: set, link, language: current };
  const tabLinks = new Map(PARTS.map((name) => [name, h("a", { href: "/alignment", "data-link": true }, t(name))]));
  const tabs = h("nav.tabs", { "aria-label": t("tabs") }, [...tabLinks.values()]);
  const gate = h("div");
  const controls = form(context);
  const stage = h("div");
  let part = null;
  fill(
    root,
    h(
      "div.alignment",
      {},
      h("h1", {}, t("title")),
      h("p", {}, t("lead")),
      tabs,
      gate,
      controls.element,
      stage,
      h("details", {}, h("summary", {}, t("verdicts")), h("p", {}, t("verdicts.words")), h("p", {}, t("verdicts.intervals"))),
    ),
  );
  controls.element.hidden = true;

  function marked(open) {
    for (const [name, tab] of tabLinks) {
      tab.href = link({ open: name === "pairs" ? null : name });
      if (name === open) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  }

  function opened(name) {
    if (part?.name === name) return;
    // Whoever followed a link here goes on where it led.
    const moved = part !== null && (document.activeElement === document.body || tabs.contains(document.activeElement) || stage.contains(document.activeElement));
    part?.close();
    part = { name, moved, ...MAKERS[name](context) };
    fill(stage, part.element);
  }

  async function loaded(wanted, signal) {
    const runs = await newest(signal);
    const some = runs.size ? await rows(runs, shownEncoders(wanted, runs), signal) : [];
    const model = choices(runs, some);
    if (wanted.open !== "layers" || !model.families.size) return model;
    // Reports of layers have figures of their own; one of them says which.
    const family = model.families.get(wanted.family) ?? model.families.values().next().value;
    const layer = await rows(runs, [family.at(-1)], signal);
    return { ...model, metrics: metricsOf(layer), pairs: pairsOf(layer) };
  }

  async function update(given, signal) {
    parameters = given;
    const wanted = asked(given);
    marked(PARTS.includes(wanted.open) ? wanted.open : "pairs");
    let drawn = null;
    await into(gate, signal, async (still) => {
      const model = await loaded(wanted, still);
      if (still.aborted) return null;
      const { state, wrong } = settled(t, wanted, model.runs, model);
      const empty = !model.runs.size && state.open !== "table1";
      controls.element.hidden = empty;
      stage.hidden = empty;
      if (empty) return nothing();
      controls.update(state, model);
      opened(state.open);
      drawn = part.update(state, model, still);
      return wrong.length ? h("ul.notice", {}, wrong.map((one) => h("li", {}, one))) : null;
    });
    await drawn;
    if (part?.moved && !signal.aborted) {
      part.moved = false;
      stage.querySelector("h2")?.focus({ preventScroll: false });
    }
  }

  function nothing() {
    return h(
      "div.card.nothing",
      {},
      h("h2", {}, t("empty")),
      h("p", {}, t("empty.words")),
      h("p", {}, h("code", {}, "lexicon report --encoder NAME")),
      h("p", {}, t("empty.example"), " ", h("code", {}, "lexicon report --encoder embedded")),
    );
  }

  return {
    title: () => t("title"),
    update,
    close: () => part?.close(),
  };
}
