// Cosines of translations against those of random pairs.

import { h } from "../dom.js";
import { into } from "../app.js";
import { address, get } from "../api.js";
import { number } from "../i18n.js";
import { dark } from "../plots.js";
import { csvButton, figureFrame, jsonLink, named, plainTable, scrollable } from "./frames.js";
import { MARK, arrow, pairName, said, value } from "./wording.js";

const HEIGHT = 340;

/** Colours of translations and of random pairs, with 3 to 1 against the paper. */
const colours = () => (dark() ? ["#77aadd", "#eecc66"] : ["#004488", "#997700"]);

export function distributions({ t }) {
  const place = h("div");
  const plot = figureFrame(t, t("spread"));
  const apart = h("p.notice", { hidden: true }, t("spread.heldout"));
  const element = h("section.spread", {}, h("h2", {}, t("spread")), h("p", {}, t("spread.words")), apart, plot.element, place);

  async function update(state, row, pair, signal) {
    const parameters = {
      encoder: row.encoder,
      source: pair.source,
      target: pair.target,
      distinct: String(state.stratum === "distinct"),
    };
    let found = null;
    // Another pair's picture would be taken for this one's.
    plot.hide();
    apart.hidden = !row.heldOut;
    await into(place, signal, async () => {
      found = await get("/v1/alignment/distributions", parameters, signal);
      return shown(found, row, pair, parameters);
    });
    if (found && !signal.aborted) draw(found, row);
  }

  function shown(found, row, pair, parameters) {
    const title = t("spread.caption", { pair: pairName(t, pair) });
    const names = [t("spread.translations"), t("spread.random")];
    const bins = found.translations.map((density, at) => [found.edges[at], found.edges[at + 1], density, found.random[at] ?? null]);
    const name = named("distributions", found.encoder, `${found.source}-${found.target}`);
    const mark = found.memorised ? MARK : "";
    return [
      h("p", {}, t("spread.means", {
        translations: value(found.means.translations) + mark,
        random: found.means.random === null ? "–" : value(found.means.random) + mark,
        auc: said(t, found.auc) + mark,
        concepts: number(found.concepts),
        stratum: t(`stratum.${state(found)}`),
      })),
      h(
        "details",
        {},
        h("summary", {}, t("as.table")),
        scrollable(title, plainTable(title, [t("spread.bin"), ...names], bins.map(([from, to, ...densities]) => [`${value(from)} … ${value(to)}`, ...densities.map((one) => (one === null ? "–" : value(one)))])), true),
      ),
      h(
        "div.buttons",
        {},
        csvButton(t, name, () => [["from", "to", "translations", "random"], ...bins]),
        jsonLink(t, name, address("/v1/alignment/distributions", parameters)),
      ),
    ];
  }

  const state = (found) => (found.distinct ? "distinct" : "all");

  function draw(found, row) {
    const middles = found.translations.map((_, at) => (found.edges[at] + found.edges[at + 1]) / 2);
    const parts = [
      [t("spread.translations"), found.translations, found.means.translations, "dash"],
      [t("spread.random"), found.random, found.means.random, "solid"],
    ].filter(([, densities]) => densities.length);
    plot.show(
      () => ({
        data: parts.map(([name, densities], at) => ({
          type: "bar",
          name,
          x: middles,
          y: densities,
          width: found.edges[1] - found.edges[0],
          marker: { color: colours()[at], line: { width: 0 }, pattern: { shape: at ? "/" : "", fgopacity: 0.8, size: 5 } },
          opacity: 0.62,
          hovertemplate: `${name}<br>${t("cosine")} %{x:.3f}<br>%{y:.2f}<extra></extra>`,
        })),
        layout: {
          barmode: "overlay",
          bargap: 0,
          legend: { orientation: "h", x: 0, y: 1.12 },
          xaxis: { title: { text: `${t("cosine")}, ${arrow(found)}` }, fixedrange: true },
          yaxis: { title: { text: t("spread.density") }, fixedrange: true },
          shapes: parts.map(([, , mean, dash], at) => ({
            type: "line",
            x0: mean,
            x1: mean,
            yref: "paper",
            y0: 0,
            y1: 1,
            line: { color: colours()[at], width: 2, dash },
          })),
        },
      }),
      { name: named("distributions", row.key, `${found.source}-${found.target}`), height: HEIGHT, words: h("p", {}, h("small", {}, t("spread.lines"))) },
    );
  }

  return { element, update, close: () => plot.close() };
}
