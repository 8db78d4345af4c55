// How a figure changes from layer to layer of a checkpoint.

import { announce, h } from "../dom.js";
import { into } from "../app.js";
import { address, get } from "../api.js";
import { languageName } from "../i18n.js";
import { look, plain } from "../plots.js";
import { csvButton, figureFrame, jsonLink, named, plainTable, scrollable } from "./frames.js";
import { MARK, arrow, definition, metricName, said } from "./wording.js";

const DASHES = ["solid", "dash", "dot", "dashdot"];

export function layers({ t }) {
  const place = h("div");
  const plot = figureFrame(t, t("layers"));
  const element = h("div", {}, h("h2.unseen", { tabindex: "-1" }, t("layers")), h("p", {}, t("layers.words")), plot.element, place);

  async function update(state, model, signal) {
    plot.hide();
    if (!model.families.size) {
      await into(place, signal, async () => [
        h("p.empty", {}, t("layers.none")),
        h("p", {}, h("code", {}, "lexicon index build --encoder NAME --layer all")),
        h("p", {}, h("code", {}, "lexicon report --encoder NAME --layer all")),
      ]);
      return;
    }
    let found = null;
    const parameters = {
      encoder: state.family,
      metric: state.metric,
      pair: state.pair,
      stratum: state.stratum === "distinct" ? "distinct" : "",
    };
    await into(place, signal, async () => {
      found = await get("/v1/alignment/layers", parameters, signal);
      announce(t("layers.said", { metric: metricName(t, state.metric), curves: found.curves.length }));
      return shown(found, state, parameters);
    });
    if (found && !signal.aborted) draw(found, state);
  }

  function shown(found, state, parameters) {
    const name = metricName(t, state.metric);
    const title = t("layers.caption", { metric: name, encoder: found.encoder, stratum: t(`stratum.${state.stratum}`) });
    const numbers = [...new Set(found.curves.flatMap((curve) => curve.points.map((one) => one.layer)))].sort((a, b) => a - b);
    const at = (curve, layer) => curve.points.find((one) => one.layer === layer);
    const file = named("layers", found.encoder, state.metric, state.stratum);
    return [
      h("p", {}, h("strong", {}, `${name}: `), definition(t, state.metric)),
      found.memorised ? h("p", {}, `${MARK} ${t("memorised.why")}`) : null,
      found.stale.length ? h("p.notice", {}, `${t("stale.why")} ${found.stale.join(", ")}`) : null,
      h(
        "details",
        {},
        h("summary", {}, t("as.table")),
        scrollable(
          title,
          plainTable(
            title,
            [t("layer"), ...found.curves.map(curveName)],
            numbers.map((layer) => [String(layer), ...found.curves.map((curve) => said(t, at(curve, layer)))]),
          ),
          true,
        ),
      ),
      h(
        "div.buttons",
        {},
        csvButton(t, file, () => [
          ["encoder", "metric", "pairs", "source", "target", "layer", "value", "low", "high", "n"],
          ...found.curves.flatMap((curve) =>
            curve.points.map((one) => [found.encoder, curve.metric, state.stratum, curve.source, curve.target, one.layer, one.value, one.low, one.high, one.n]),
          ),
        ]),
        jsonLink(t, file, address("/v1/alignment/layers", parameters)),
      ),
    ];
  }

  const curveName = (curve) => (curve.source === curve.target ? languageName(curve.source) : arrow(curve));

  function draw(found, state) {
    const languages = [...new Set(found.curves.flatMap((curve) => [curve.source, curve.target]))];
    const sources = [...new Set(found.curves.map((curve) => curve.source))];
    const mark = found.memorised ? ` ${MARK}` : "";
    plot.show(
      () => ({
        data: found.curves.flatMap((curve) => {
          const { colour, symbol } = look(curve.target, languages);
          const dash = DASHES[sources.indexOf(curve.source) % DASHES.length];
          const x = curve.points.map((one) => one.layer);
          const y = curve.points.map((one) => one.value);
          const low = curve.points.map((one) => one.low ?? one.value);
          const high = curve.points.map((one) => one.high ?? one.value);
          const name = curveName(curve) + mark;
          return [
            { type: "scatter", x: [...x, ...x.toReversed()], y: [...high, ...low.toReversed()], fill: "toself", fillcolor: colour, opacity: 0.15, line: { width: 0 }, mode: "lines", hoverinfo: "skip", showlegend: false, legendgroup: name },
            {
              type: "scatter",
              mode: "lines+markers",
              name,
              legendgroup: name,
              x,
              y,
              line: { color: colour, dash },
              marker: { symbol, size: 7, color: colour },
              customdata: curve.points.map((one) => plain(said(t, one))),
              hovertemplate: `${name}<br>${t("layer")} %{x}: %{customdata}<extra></extra>`,
            },
          ];
        }),
        layout: {
          legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
          xaxis: { title: { text: t("layer") }, dtick: found.curves.some((curve) => curve.points.length > 16) ? 2 : 1, fixedrange: true },
          yaxis: { title: { text: metricName(t, state.metric) }, fixedrange: true },
        },
      }),
      {
        name: named("layers", found.encoder, state.metric, state.stratum),
        height: 420,
        words: h("p", {}, h("small", {}, t("layers.bands"))),
      },
    );
  }

  return { element, update, close: () => plot.close() };
}
