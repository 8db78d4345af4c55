// One pair of languages under one encoder: every figure, by parts, and what lies behind them.

import { announce, fill, h, select } from "../dom.js";
import { into } from "../app.js";
import { address } from "../api.js";
import { number } from "../i18n.js";
import { csvButton, jsonLink, named, scrollable } from "./frames.js";
import { distributions } from "./distributions.js";
import { inOrder } from "./reports.js";
import { MARK, definition, figureLines, metricName, moment, pairName, rowName, unit, value, verdict } from "./wording.js";

/** What figures are broken down by, and what is shown of each part. */
export const KINDS = ["pos", "field", "frequency", "tokens"];
const BROKEN_DOWN = ["cosine_mean", "random_cosine_mean", "gap", "auc", "p_at_1", "p_at_10", "mrr", "csls_p_at_1"];
const WITH_INTERVAL = new Set(["auc", "p_at_1"]);

const GROUPS = [
  ["separation", /^(cosine_mean|random_cosine_mean|gap|auc|d_prime)$/],
  ["centred", /^centred_/],
  ["whitened", /^whitened_/],
  ["retrieval", /^(p_at_|mrr|chance_)/],
  ["csls", /^csls_/],
  ["margins", /^(ratio_margin|distance_margin|xsim_error|strong_alignment|hubness)$/],
  ["spaces", /^(cka|isotropy_)/],
  ["others", /./],
];

export function onePair({ t, set, language }) {
  const place = h("div");
  const parts = h("div");
  const spread = distributions({ t });
  const element = h("div", {}, place, spread.element, parts);

  async function update(state, model, signal) {
    const row = model.rows.find((one) => one.key === state.under && !one.problem);
    const pair = row?.pairs.get(state.pair);
    spread.element.hidden = parts.hidden = !pair;
    await into(place, signal, async () => {
      if (!pair) return h("p.empty", {}, t("pair.missing", { pair: state.pair, encoder: state.under }));
      announce(t("pair.said", { pair: pairName(t, pair), encoder: row.encoder }));
      return facts(row, pair);
    });
    if (!pair || signal.aborted) return;
    const chooses = document.activeElement?.id === "by";
    fill(parts, figures(row, pair), brokenDown(state, row, pair));
    // The choice is a new one now, and whoever made it goes on from there.
    if (chooses) document.getElementById("by")?.focus();
    await spread.update(state, row, pair, signal);
  }

  function facts(row, pair) {
    const title = t("pair.under", { pair: pairName(t, pair), encoder: rowName(t, row) });
    const counts = {
      concepts: number(pair.concepts),
      forms: number(pair.forms),
      covered: number(pair.covered),
      candidates: number(pair.candidates),
      left_out: number(pair.left_out),
    };
    return [
      h("h2", { tabindex: "-1" }, title),
      h("p.facts", {}, verdict(t, row, pair), " ", row.stale ? h("span.badge.weak", {}, t("stale")) : null),
      h("p", {}, t(row.heldOut ? "pair.counts.heldout" : "pair.counts", counts), pair.left_out ? ` ${t("pair.left_out", counts)}` : ""),
      row.heldOut ? h("p", {}, t("heldout.why")) : h("p", {}, h("small", {}, t("pair.made", { when: moment(row.created, language()), samples: number(row.samples) }))),
      row.memorised ? h("p.notice", {}, `${MARK} ${t("memorised.why")}`) : null,
      row.stale ? h("p.notice", {}, t("stale.why")) : null,
    ];
  }

  function figures(row, pair) {
    const { source, target } = pair;
    const name = named("alignment", row.key, `${source}-${target}`);
    const title = t("metrics.caption", { pair: t("pair.under", { pair: pairName(t, pair), encoder: rowName(t, row) }) });
    return [
      h("h2", {}, t("metrics")),
      scrollable(title, everyMetric(row, pair, title)),
      h(
        "div.buttons",
        {},
        csvButton(t, name, () => records(row, pair)),
        jsonLink(t, name, address("/v1/alignment", { encoder: row.encoder, source, target })),
      ),
    ];
  }

  function everyMetric(row, pair, title) {
    const left = new Set(inOrder(Object.keys(pair.all)));
    const groups = GROUPS.map(([name, which]) => {
      const metrics = [...left].filter((one) => which.test(one) && (pair.all[one] || pair.distinct[one]));
      metrics.forEach((one) => left.delete(one));
      return [name, metrics];
    }).filter(([, metrics]) => metrics.length);
    const cell = (found, metric) => h("td", {}, figureLines(t, found, { mark: row.memorised, unit: unit(t, metric) }));
    return h(
      "table.metrics",
      {},
      h("caption", {}, title),
      h(
        "thead",
        {},
        h("tr", {}, h("th", { scope: "col" }, t("metric")), h("th", { scope: "col" }, t("stratum.all")), h("th", { scope: "col" }, t("stratum.distinct"))),
      ),
      groups.map(([name, metrics]) =>
        h(
          "tbody",
          {},
          h("tr", {}, h("th.group", { scope: "rowgroup", colspan: "3" }, t(`group.${name}`))),
          metrics.map((metric) =>
            h(
              "tr",
              {},
              h("th.metric", { scope: "row" }, metricName(t, metric), h("small", {}, definition(t, metric))),
              cell(pair.all[metric], metric),
              metric in pair.distinct ? cell(pair.distinct[metric], metric) : h("td", {}, h("span.none", {}, "–")),
            ),
          ),
        ),
      ),
    );
  }

  function records(row, pair) {
    const head = ["encoder", "evaluation", "source", "target", "pairs", "metric", "value", "low", "high", "n"];
    const lines = ["all", "distinct"].flatMap((stratum) =>
      Object.entries(pair[stratum])
        .filter(([, found]) => found)
        .map(([metric, one]) => [row.key, row.evaluation, pair.source, pair.target, stratum, metric, one.value, one.low, one.high, one.n]),
    );
    return [head, ...lines];
  }

  // By parts

  function brokenDown(state, row, pair) {
    const there = KINDS.filter((kind) => Object.keys(pair.strata).some((one) => one.startsWith(`${kind}=`)));
    if (!there.length) return [h("h2", {}, t("parts")), h("p.empty", {}, t("parts.none"))];
    const by = there.includes(state.by) ? state.by : there[0];
    const choice = select(there.map((kind) => [kind, t(`by.${kind}`)]), by, (chosen) => set({ by: chosen }));
    choice.id = "by";
    const some = partsOf(pair, by);
    const title = t("parts.caption", { by: t(`by.${by}`), pair: pairName(t, pair) });
    return [
      h("h2", {}, t("parts")),
      h("p", {}, t("parts.words")),
      h("div.form", {}, h("div.field.narrow", {}, h("label", { for: "by" }, t("parts.by")), choice)),
      scrollable(title, partsTable(row, some, by, title), some.length > 12),
      h("div.buttons", {}, csvButton(t, named("alignment", row.key, `${pair.source}-${pair.target}`, by), () => partRecords(row, pair, some, by))),
    ];
  }

  /** Names and figures of parts; fields by size, the others in their order. */
  function partsOf(pair, by) {
    const some = Object.entries(pair.strata)
      .filter(([name]) => name.startsWith(`${by}=`))
      .map(([name, figures]) => [name.slice(by.length + 1), figures]);
    const size = ([, figures]) => figures.cosine_mean?.n ?? 0;
    return by === "field" || by === "pos" ? some.sort((a, b) => size(b) - size(a)) : some;
  }

  function partsTable(row, some, by, title) {
    const mark = row.memorised ? MARK : "";
    const partName = (name) => {
      if (!name) return t("parts.unnamed");
      return t.has(`${by}.${name}`) ? t(`${by}.${name}`) : h("span", { lang: "en" }, name);
    };
    const cell = (figures, metric) => {
      const found = figures[metric];
      if (!found) return h("td.number", {}, "–");
      if (WITH_INTERVAL.has(metric)) return h("td.number", {}, figureLines(t, found, { mark: row.memorised }));
      return h("td.number", {}, value(found.value) + mark);
    };
    return h(
      "table.broken-down",
      {},
      h("caption", {}, title),
      h(
        "thead",
        {},
        h("tr", {}, h("th", { scope: "col" }, t(`by.${by}`)), BROKEN_DOWN.map((metric) => h("th.number", { scope: "col" }, metricName(t, metric)))),
      ),
      h(
        "tbody",
        {},
        some.map(([name, figures]) => h("tr", {}, h("th", { scope: "row" }, partName(name)), BROKEN_DOWN.map((metric) => cell(figures, metric)))),
      ),
    );
  }

  function partRecords(row, pair, some, by) {
    const head = ["encoder", "evaluation", "source", "target", by, "metric", "value", "low", "high", "n"];
    const lines = some.flatMap(([name, figures]) =>
      Object.entries(figures)
        .filter(([, found]) => found)
        .map(([metric, one]) => [row.key, row.evaluation, pair.source, pair.target, name, metric, one.value, one.low, one.high, one.n]),
    );
    return [head, ...lines];
  }

  return { element, update, close: () => spread.close() };
}
