// How right stored predictions are: shares with their intervals, and which labels are taken for which.

import { h } from "../dom.js";
import { languageName, number } from "../i18n.js";
import { LABELS } from "./result.js";

/** Matrices beyond so many are folded away. */
const OPEN = 2;

/** Darkest tint of a cell: text on it keeps its contrast in both themes. */
const DARKEST = 45;

/** A table of shares, and a matrix for each evaluation. */
export function scores(t, evaluations) {
  const matrices = h("div.cards", {}, evaluations.map((one) => matrix(t, one)));
  return h(
    "section",
    { "aria-labelledby": "scores" },
    h("h2", { id: "scores" }, t("scores")),
    shares(t, evaluations),
    evaluations.length <= OPEN
      ? matrices
      : h("details", {}, h("summary", {}, t("matrices", { n: number(evaluations.length) })), matrices),
  );
}

function tongues(one) {
  const [from, to] = [one.premise_language, one.hypothesis_language].map(languageName);
  return from === to ? from : `${from} → ${to}`;
}

/** The accuracy of whoever always says the commonest gold label. */
const majority = (one) => Math.max(...one.labels.map((label) => label.gold)) / one.pairs;

const place = (one) => `${one.split} · ${tongues(one)}`;

function share(value, [low, high]) {
  return [h("strong", {}, number(value, 3)), " ", h("small", {}, `[${number(low, 3)}, ${number(high, 3)}]`)];
}

function shares(t, evaluations) {
  const heads = ["pairs", "accuracy", "macro", "majority", "left"].map((name) => h("th.number", { scope: "col" }, t(`head.${name}`)));
  return h(
    "div.scroll",
    { tabindex: "0", role: "region", "aria-label": t("intervals") },
    h(
      "table",
      {},
      h("caption", {}, t("intervals")),
      h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("head.place")), heads)),
      h(
        "tbody",
        {},
        evaluations.map((one) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, place(one)),
            h("td.number", {}, number(one.pairs)),
            h("td.number", {}, share(one.accuracy, one.accuracy_interval)),
            h("td.number", {}, share(one.macro_f1, one.macro_f1_interval)),
            h("td.number", {}, number(majority(one), 3)),
            h("td.number", {}, number(one.unpredicted + one.unlabelled)),
          ),
        ),
      ),
    ),
  );
}

/** Gold labels by predicted ones; the darker a cell, the more of its row. */
function matrix(t, one) {
  const totals = one.confusion.map((row) => row.reduce((sum, count) => sum + count, 0));
  return h(
    "div.card.confusion",
    {},
    h("h3", {}, place(one)),
    h(
      "table",
      {},
      h("caption", {}, t("confusion")),
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "col" }, t("gold.by")),
          LABELS.map((label) => h("th.number", { scope: "col" }, t(`label.${label}`))),
        ),
      ),
      h(
        "tbody",
        {},
        one.confusion.map((row, gold) =>
          h(
            "tr",
            {},
            h("th", { scope: "row" }, t(`label.${LABELS[gold]}`)),
            row.map((count, said) => cell(count, totals[gold], gold === said)),
          ),
        ),
      ),
    ),
  );
}

function cell(count, total, right) {
  const depth = total ? (DARKEST * count) / total : 0;
  return h(`td.number${right ? ".right" : ""}`, { style: { "--depth": `${depth.toFixed(1)}%` } }, number(count));
}
