// What a classifier says of a pair.

import { h } from "../dom.js";
import { current } from "../i18n.js";

export const LABELS = ["entailment", "neutral", "contradiction"];

/** Share of its tokens that a classifier must know, or a warning is given. */
const KNOWN = 0.75;

/** A share as the language of the page writes it. */
export function percent(share, digits = 0) {
  const options = { style: "percent", minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat(current(), options).format(share);
}

/** The answer in words, the three probabilities, and what one ought to know about them. */
export function result({ t, found, baseline }) {
  return h(
    "section.card.nli-verdict",
    { "aria-labelledby": "verdict", data: { label: found.label } },
    h("h2", { id: "verdict" }, h("span.mark", { "aria-hidden": "true" }), t(`said.${found.label}`)),
    probabilities(t, found),
    found.truncated ? h("p.notice", {}, t("truncated")) : null,
    found.covered !== null && found.covered < KNOWN ? h("p.notice", {}, t("uncovered")) : null,
    h("p", {}, h("small", {}, t.parts("model.is", { model: h("code", {}, found.model) }), coverage(t, found.covered))),
    baseline ? production(t, baseline) : null,
  );
}

function probabilities(t, found) {
  return h(
    "table.probabilities",
    {},
    h("caption", {}, t("probabilities")),
    h("thead.unseen", {}, h("tr", {}, [t("label"), t("probability")].map((one) => h("th", { scope: "col" }, one)))),
    h(
      "tbody",
      {},
      LABELS.map((label) =>
        h(
          `tr${label === found.label ? ".likeliest" : ""}`,
          {},
          h("th", { scope: "row" }, t(`label.${label}`)),
          h(
            "td",
            {},
            h("span.figure", {}, percent(found.scores[label], 1)),
            h("div.thirds", { "aria-hidden": "true" }, bar(found.scores[label])),
          ),
        ),
      ),
    ),
  );
}

function bar(share) {
  return h("div.bar", {}, h("i", { style: { width: `${(100 * share).toFixed(1)}%` } }));
}

const coverage = (t, covered) => (covered === null ? null : ` ${t("covered", { share: percent(covered) })}`);

/** That the answer is a baseline's, and what to pull for a better one. */
function production(t, better) {
  const pull = h("code", {}, `lexicon models pull ${better}`);
  const set = h("code", {}, `LEXICON_NLI=${better}`);
  return h("p.notice", {}, t.parts("baseline", { pull, set }));
}
