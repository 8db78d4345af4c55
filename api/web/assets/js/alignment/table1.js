// The study's Table 1 beside our figures, with the columns that it would have needed.

import { announce, h } from "../dom.js";
import { into } from "../app.js";
import { get } from "../api.js";
import { family } from "./reports.js";
import { csvButton, jsonLink, scrollable } from "./frames.js";
import { MARK, figureLines, metricName, pairName, rowName, value, verdict } from "./wording.js";

const MODELS = [
  ["bloom-560m", "BLOOM-560M"],
  ["bloom-1b7", "BLOOM-1.7B"],
  ["labse", "LaBSE"],
];
const FIGURES = ["random", "gap", "auc", "p_at_1"];
const METRICS = { random: "random_cosine_mean", gap: "gap", auc: "auc", p_at_1: "p_at_1" };

export function table1({ t }) {
  const place = h("div");
  const element = h("div", {}, h("h2.unseen", { tabindex: "-1" }, t("table1")), h("p", {}, t("table1.words")), h("p.notice", {}, t("table1.why")), place);

  async function update(_state, model, signal) {
    await into(place, signal, async () => {
      const found = await get("/v1/alignment/table1", {}, signal);
      announce(t("table1"));
      const whole = wholeOnes(found);
      const ours = [...whole.ours, ...model.rows.filter((row) => row.heldOut).flatMap((row) => heldOut(found.study, row))];
      return shown({ ...whole, ours: ours.sort((a, b) => (a.encoder < b.encoder ? -1 : a.encoder > b.encoder ? 1 : 0)) });
    });
  }

  function shown(found) {
    const memorised = found.ours.some((one) => one.evaluation === "memorised");
    return [
      scrollable(t("table1"), table(found)),
      h("div.buttons", {}, csvButton(t, "table1", () => records(found)), jsonLink(t, "table1", "/v1/alignment/table1")),
      h(
        "div.notes",
        {},
        Object.entries(found.left_out).map(([name, why]) => h("p.notice", {}, h("strong", {}, `${name}: `), h("span", { lang: "en" }, why))),
        found.ours.length ? null : h("p", {}, t("table1.none"), " ", h("code", {}, "lexicon report --encoder NAME")),
        memorised ? h("p", {}, `${MARK} ${t("memorised.why")}`) : null,
        found.ours.some((one) => one.stale) ? h("p", {}, h("strong", {}, `${t("stale")}: `), t("stale.why")) : null,
        h("p", {}, h("small", {}, t("table1.lexicons"))),
      ),
    ];
  }

  /** Without layers, of which there are too many for a table, unless there is nothing else. */
  function wholeOnes(found) {
    const isWhole = (name) => family(name) === null;
    const ours = found.ours.filter((one) => isWhole(one.encoder));
    if (!ours.length) return found;
    return { ...found, ours, left_out: Object.fromEntries(Object.entries(found.left_out).filter(([name]) => isWhole(name))) };
  }

  /** The study's pairs of a row of held-out words, which the service has no table of. */
  function heldOut(study, row) {
    return study
      .map(({ source, target }) => row.pairs.get(`${source}-${target}`))
      .filter(Boolean)
      .map((pair) => ({
        encoder: rowName(t, row),
        source: pair.source,
        target: pair.target,
        mean_first: null,
        random: pair.all.random_cosine_mean,
        gap: pair.all.gap,
        auc: pair.distinct.auc,
        p_at_1: pair.distinct.p_at_1,
        verdict: pair.verdict,
        evaluation: row.evaluation,
        n: pair.concepts,
        stale: false,
      }));
  }

  function table(found) {
    const ours = (row) => found.ours.filter((one) => one.source === row.source && one.target === row.target);
    return h(
      "table.study",
      {},
      h("caption", {}, t("table1.caption")),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col", rowspan: "2" }, t("choose.pair")),
          h("th.sides", { scope: "colgroup", colspan: String(MODELS.length) }, t("table1.study")),
          h("th.sides", { scope: "colgroup", colspan: String(FIGURES.length + 3) }, t("table1.ours")),
        ),
        h(
          "tr",
          {},
          MODELS.map(([, name]) => h("th.number", { scope: "col" }, name)),
          h("th", { scope: "col" }, t("encoder")),
          h("th.number", { scope: "col" }, t("table1.mean")),
          FIGURES.map((one) => h("th.number", { scope: "col" }, metricName(t, METRICS[one]))),
          h("th", { scope: "col" }, t("verdict")),
        ),
      ),
      found.study.map((row) => h("tbody", {}, lines(row, ours(row)))),
    );
  }

  function lines(row, ours) {
    const rowspan = String(Math.max(1, ours.length));
    const published = [
      h("th", { scope: "rowgroup", rowspan }, pairName(t, row)),
      MODELS.map(([key]) => h("td.number", { rowspan }, value(row[key], Math.abs(row[key]) < 0.1 ? 3 : 2))),
    ];
    if (!ours.length) return h("tr", {}, published, h("td", { colspan: String(FIGURES.length + 3) }, t("table1.unreported")));
    return ours.map((one, at) => h("tr", {}, at ? null : published, our(one)));
  }

  function our(one) {
    const memorised = one.evaluation === "memorised";
    const mark = memorised ? MARK : "";
    return [
      h("td", {}, h("span.encoder", {}, `${one.encoder} ${mark}`), one.stale ? h("span.badge.weak", {}, t("stale")) : null),
      h("td.number", {}, one.mean_first === null ? "–" : value(one.mean_first) + mark),
      FIGURES.map((name) => h("td.number", {}, figureLines(t, one[name], { mark: memorised }))),
      h("td", {}, verdict(t, { memorised }, one)),
    ];
  }

  function records(found) {
    const head = ["source", "target", "encoder", "of", "mean_cosine", ...FIGURES.flatMap((one) => [one, `${one}_low`, `${one}_high`, `${one}_n`]), "verdict", "evaluation", "concepts"];
    const study = found.study.flatMap((row) => MODELS.map(([key, name]) => [row.source, row.target, name, "study", row[key]]));
    const ours = found.ours.map((one) => [
      one.source, one.target, one.encoder, "ours", one.mean_first,
      ...FIGURES.flatMap((name) => [one[name]?.value, one[name]?.low, one[name]?.high, one[name]?.n]),
      one.verdict, one.evaluation, one.n,
    ]);
    return [head, ...study, ...ours].map((row) => [...row, ...Array(head.length - row.length).fill(null)]);
  }

  return { element, update, close: () => {} };
}
