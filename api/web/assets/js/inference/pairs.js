// A page of stored pairs beside what a classifier said of them.

import { address } from "../api.js";
import { h, word } from "../dom.js";
import { number } from "../i18n.js";
import { percent } from "./result.js";

/** The table of a page; `model` is "" where nobody has predicted. */
export function pairs({ t, page, wanted, model, total }) {
  const found = page.pairs;
  return h(
    "section",
    { "aria-labelledby": "pairs" },
    h("h2", { id: "pairs", tabindex: "-1" }, t(wanted.disagree ? "pairs.disagree" : "pairs.all")),
    found.length ? table(t, found, Boolean(model), total) : h("p.empty", {}, t(none(wanted, total))),
    pager(t, wanted, page.next),
  );
}

function none(wanted, total) {
  if (wanted.cursor) return "none.behind";
  return wanted.disagree && total ? "none.disagree" : "none.such";
}

function table(t, found, predicted, total) {
  const heads = ["premise", "hypothesis", "gold", ...(predicted ? ["said"] : [])];
  return h(
    "table.nli-pairs",
    {},
    h("caption", {}, t("pairs.count", { n: number(found.length), total: number(total) })),
    h(
      "thead",
      {},
      h("tr", {}, heads.map((name) => h("th", { scope: "col" }, t(`head.${name}`))), h("th", { scope: "col" }, t("head.try"))),
    ),
    h("tbody", {}, found.map((one) => row(t, one, predicted))),
  );
}

function row(t, one, predicted) {
  const texts = { premise: one.premise, hypothesis: one.hypothesis };
  const data = (name) => ({ data: { head: t(`head.${name}`) } });
  return h(
    "tr",
    { data: { pair: String(one.id) } },
    h("td", data("premise"), word(one.premise, one.premise_language)),
    h("td", data("hypothesis"), word(one.hypothesis, one.hypothesis_language)),
    h("td", data("gold"), one.label === null ? t("unlabelled") : t(`label.${one.label}`)),
    predicted ? h("td", data("said"), prediction(t, one)) : null,
    h(
      "td",
      data("try"),
      h(
        "a",
        { href: address("/inference", texts), "data-link": true, "aria-label": t("try.this", texts) },
        t("try"),
      ),
    ),
  );
}

function prediction(t, { label, prediction: said }) {
  if (!said) return h("small", {}, t("unpredicted"));
  const differs = label !== null && label !== said.label;
  return [
    `${t(`label.${said.label}`)} `,
    h("small", {}, percent(said.scores[said.label])),
    differs ? [" ", h("span.badge.bad", {}, t("differs"))] : null,
    said.truncated ? [" ", h("span.badge", {}, t("cut"))] : null,
  ];
}

/** Ways to the next page and back to the first; the pages between are those of the Back button. */
function pager(t, wanted, next) {
  const to = (cursor) => address("/inference", { ...wanted, cursor });
  if (!wanted.cursor && next === null) return null;
  return h(
    "nav.pager",
    { "aria-label": t("pages") },
    wanted.cursor ? h("a.button", { href: to(null), "data-link": true }, t("first")) : null,
    next === null ? null : h("a.button", { href: to(next), "data-link": true }, t("next")),
  );
}
