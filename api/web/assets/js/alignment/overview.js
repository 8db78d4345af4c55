// Encoders and language pairs: one figure of all of them, with the verdicts.

import { announce, h } from "../dom.js";
import { into } from "../app.js";
import { address } from "../api.js";
import { number } from "../i18n.js";
import { plain, scale } from "../plots.js";
import { csvButton, figureFrame, jsonLink, named, scrollable } from "./frames.js";
import { BASELINE, figure, pairsOf } from "./reports.js";
import {
  MARK, arrow, definition, figureLines, interval, metricName, moment, pairName, rowName, unit, value, verdict,
} from "./wording.js";

/** Encoders that have room beside each other; of more, pairs are beside each other instead. */
const BESIDE = 5;

export function overview({ t, link, go, language }) {
  const table = h("div");
  const heat = figureFrame(t, t("heat"), { onclick: ({ custom }) => custom && go({ open: "pair", under: custom[0], pair: custom[1] }) });
  const element = h("div", {}, table, h("h2", {}, t("heat")), heat.element);

  async function update(state, model, signal) {
    await into(table, signal, async () => {
      const rows = model.rows.filter((row) => !row.problem);
      const pairs = pairsOf(rows);
      announce(t("pairs.said", { metric: metricName(t, state.metric), encoders: rows.length, pairs: pairs.length }));
      return shown(state, model, rows, pairs);
    });
    const rows = model.rows.filter((row) => row.pairs.size);
    if (signal.aborted) return;
    draw(state, rows, pairsOf(rows));
  }

  function shown(state, model, rows, pairs) {
    const name = metricName(t, state.metric);
    const caption = t("pairs.caption", { metric: name, stratum: t(`stratum.${state.stratum}`) });
    return [
      h("h2.unseen", { tabindex: "-1" }, t("pairs")),
      h("p", {}, h("strong", {}, `${name}: `), definition(t, state.metric)),
      scrollable(caption, matrix(state, rows, pairs, caption)),
      h(
        "div.buttons",
        {},
        csvButton(t, named("alignment", state.metric, state.stratum), () => records(state, rows)),
        [...new Set(rows.map((row) => row.encoder))].map((encoder) =>
          jsonLink(t, named("alignment", encoder), address("/v1/alignment", { encoder }), t("json.of", { encoder })),
        ),
      ),
      notes(model, rows),
    ];
  }

  function matrix(state, rows, pairs, caption) {
    const across = rows.length <= BESIDE;
    const codes = pairs.map((pair) => rows.map((row) => row.pairs.get(pair)).find(Boolean));
    const encoderHead = (row, scope) => h("th", { scope }, rowHead(row));
    const pairHead = (pair, scope) => h("th", { scope }, pairName(t, pair));
    const cells = (row, pair) => h("td", {}, cell(state, row, pair));
    const lines = across
      ? codes.map((code, at) => [pairHead(code, "row"), rows.map((row) => cells(row, row.pairs.get(pairs[at])))])
      : rows.map((row) => [encoderHead(row, "row"), pairs.map((pair) => cells(row, row.pairs.get(pair)))]);
    return h(
      "table.matrix",
      {},
      h("caption", {}, caption),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, across ? t("choose.pair") : t("encoder")),
          across ? rows.map((row) => encoderHead(row, "col")) : codes.map((code) => pairHead(code, "col")),
        ),
      ),
      h("tbody", {}, lines.map((line) => h("tr", {}, line))),
    );
  }

  function rowHead(row) {
    return [
      h("span.encoder", {}, rowName(t, row)),
      row.stale ? [" ", h("span.badge.weak", { title: t("stale.why") }, t("stale"))] : null,
      h("small", {}, row.heldOut ? t("heldout.short") : moment(row.created, language())),
    ];
  }

  function cell(state, row, pair) {
    if (!pair) return h("span.none", {}, "–");
    const found = figure(pair, state.stratum, state.metric);
    const beside = figure(pair, state.stratum, BASELINE[state.metric]);
    const label = (said) => `${said}: ${pairName(t, pair)}, ${rowName(t, row)}`;
    const go = (said) =>
      h("a.figure", { href: link({ open: "pair", under: row.key, pair: `${pair.source}-${pair.target}` }), "data-link": true, "aria-label": label(said) }, said);
    return [
      figureLines(t, found, { mark: row.memorised, unit: unit(t, state.metric), link: go }),
      beside ? h("small.n", {}, `${metricName(t, BASELINE[state.metric])} ${value(beside.value)}`) : null,
      verdict(t, row, pair),
    ];
  }

  function notes(model, rows) {
    const broken = model.rows.filter((row) => row.problem);
    return h(
      "div.notes",
      {},
      broken.map((row) => h("p.notice", {}, h("strong", {}, `${row.encoder}: `), h("span", { lang: "en" }, row.problem))),
      rows.some((row) => row.memorised) ? h("p", {}, `${MARK} ${t("memorised.why")}`) : null,
      rows.some((row) => row.heldOut) ? h("p", {}, t("heldout.why")) : null,
      rows.some((row) => row.stale) ? h("p", {}, h("strong", {}, `${t("stale")}: `), t("stale.why")) : null,
    );
  }

  function records(state, rows) {
    const head = ["encoder", "evaluation", "stale", "source", "target", "metric", "pairs", "value", "low", "high", "n", "verdict"];
    const lines = rows.flatMap((row) =>
      [...row.pairs.values()].map((pair) => {
        const found = figure(pair, state.stratum, state.metric) ?? {};
        return [row.key, row.evaluation, row.stale, pair.source, pair.target, state.metric, state.stratum, found.value, found.low, found.high, found.n, pair.verdict];
      }),
    );
    return [head, ...lines];
  }

  function draw(state, rows, pairs) {
    const figures = pairs.map((pair) => rows.map((row) => figure(row.pairs.get(pair), state.stratum, state.metric)));
    const coloured = figures.map((line) => line.map((one, at) => (one && !rows[at].memorised ? one.value : null)));
    const some = coloured.flat().filter((one) => one !== null);
    const codes = pairs.map((pair) => arrow(rows.map((row) => row.pairs.get(pair)).find(Boolean)));
    const names = rows.map((row) => plain(rowName(t, row)));
    const [least, most] = ends(state.metric, some);
    const digits = rows.length <= BESIDE ? 3 : 2;
    const memory = figures.flatMap((line, y) =>
      line.map((one, x) => one && rows[x].memorised && { x, y, text: `${value(one.value, digits)}${MARK}`, showarrow: false }).filter(Boolean),
    );
    heat.show(
      () => ({
        data: [
          {
            type: "heatmap",
            z: coloured,
            x: names,
            y: codes,
            zmin: least,
            zmax: most,
            colorscale: scale(),
            showscale: some.length > 0,
            colorbar: { thickness: 12, outlinewidth: 0 },
            xgap: 2,
            ygap: 2,
            text: coloured.map((line) => line.map((one) => (one === null ? "" : value(one, digits)))),
            texttemplate: "%{text}",
            customdata: pairs.map((pair) => rows.map((row) => [row.key, pair])),
            hovertext: figures.map((line, y) => line.map((one, x) => hover(state, names[x], codes[y], one))),
            hoverinfo: "text",
          },
        ],
        layout: {
          xaxis: { type: "category", side: "top", fixedrange: true, showgrid: false },
          yaxis: { type: "category", autorange: "reversed", fixedrange: true, showgrid: false },
          margin: { t: 34, b: 12 },
          annotations: memory,
        },
      }),
      { name: named("alignment", state.metric, state.stratum), height: 70 + 34 * pairs.length, words: h("p", {}, h("small", {}, words(rows, some))) },
    );
  }

  const words = (rows, some) =>
    [t("heat.words"), rows.some((row) => row.memorised) ? t("heat.memory") : "", some.length ? "" : t("heat.none")].filter(Boolean).join(" ");

  function hover(state, encoder, code, one) {
    if (!one) return `${encoder}, ${code}`;
    const between = interval(t, one);
    return `${encoder}, ${code}<br>${metricName(t, state.metric)} ${value(one.value)}${between ? ` (${between})` : ""}<br>n = ${number(one.n)}`;
  }

  return { element, update, close: () => heat.close() };
}

/** Where colours begin and end: at chance and at the best for shares, else at what there is. */
export function ends(metric, values) {
  const least = Math.min(...values);
  const most = Math.max(...values);
  if (!values.length) return [0, 1];
  if (least >= 0 && most <= 1) return [metric.endsWith("auc") && least >= 0.5 ? 0.5 : 0, 1];
  return [least, most > least ? most : least + 1];
}
