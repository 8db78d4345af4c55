// How figures, verdicts and pairs are said.

import { h } from "../dom.js";
import { languageName, number } from "../i18n.js";

export const MARK = "†";

const VERDICTS = {
  aligned: "good",
  "weakly aligned": "weak",
  "no alignment beyond anisotropy": "bad",
  undecided: "unsure",
};

/** The verdict on a pair in words, as a badge. */
export function verdict(t, row, pair) {
  if (row.memorised) return h("span.badge.verdict", { title: t("memorised.why") }, `${MARK}\u00a0${t("memorised")}`);
  const said = pair.verdict;
  if (!said) return h("span.badge.verdict", {}, t("verdict.null"));
  return h(`span.badge.verdict.${VERDICTS[said] ?? "unsure"}`, {}, verdictText(t, said));
}

export const verdictText = (t, said) =>
  t.has(`verdict.${said}`) ? t(`verdict.${said}`) : said;

/** A value with as many digits as it can bear; what is small but not nothing does not become 0. */
export function value(one, digits = 3) {
  const size = Math.abs(one);
  if (size >= 100) return number(one, 1);
  return number(one, size > 0 && size < 0.0005 ? 5 : digits);
}

/** The 95% interval, or null where there is none. */
export function interval(t, found, digits = 3) {
  if (found.low === null || found.high === null) return null;
  return t("interval", { low: value(found.low, digits), high: value(found.high, digits) });
}

/** A figure in one line of text. */
export function said(t, found) {
  if (!found) return "–";
  const between = interval(t, found);
  return between ? `${value(found.value)} (${between})` : value(found.value);
}

/** A figure above its interval and what it counts; `mark` says that it is memory. */
export function figureLines(t, found, { mark = false, unit = "", link = null } = {}) {
  if (!found) return [h("span.none", {}, "–")];
  const between = interval(t, found);
  const shown = value(found.value) + (mark ? MARK : "");
  return [
    h("span.value", {}, link ? link(shown) : h("strong", {}, shown), between ? h("small", {}, between) : null),
    h("small.n", {}, unit ? `n = ${number(found.n)} ${unit}` : `n = ${number(found.n)}`),
  ];
}

const PREFIXES = ["centred", "whitened"];

/** A metric taken apart: its name in the dictionary, what was done to the vectors, and k. */
function taken(metric) {
  const how = PREFIXES.find((one) => metric.startsWith(`${one}_`)) ?? "";
  const plain = how ? metric.slice(how.length + 1) : metric;
  const k = /_at_(\d+)$/.exec(plain)?.[1];
  return { how, key: k ? plain.replace(/\d+$/, "k") : plain, k };
}

/** What a metric is called. */
export function metricName(t, metric) {
  const { how, key, k } = taken(metric);
  if (!t.has(`m.${key}`)) return metric.replaceAll("_", " ");
  const name = t(`m.${key}`, { k });
  return how ? t(`named.${how}`, { name }) : name;
}

/** What a metric says in a sentence; "" of one that the page does not know. */
export function definition(t, metric) {
  const { how, key, k } = taken(metric);
  const sentence = [`d.${metric}`, `d.${key}`].find(t.has);
  if (!sentence) return "";
  return [t(sentence, { k }), how ? t(`defined.${how}`) : ""].filter(Boolean).join(" ");
}

const FORMS = /^(p_at_|csls_|mrr|chance_|xsim|hubness|isotropy|norm|variance)/;

/** What the n of a metric counts. */
export function unit(t, metric) {
  if (metric.endsWith("random_cosine_mean")) return t("unit.random");
  return t(FORMS.test(metric) ? "unit.forms" : "unit.concepts");
}

/** A pair such as en-fr out of the names of its languages. */
export const pairName = (t, { source, target }) =>
  t("pair.name", { source: languageName(source), target: languageName(target) });

/** A pair in codes, where names have no room. */
export const arrow = ({ source, target }) => `${source}→${target}`;

/** What an encoder's row is called. */
export function rowName(t, row) {
  const name = row.heldOut ? t("heldout.name", { encoder: row.encoder }) : row.encoder;
  return row.memorised ? `${name} ${MARK}` : name;
}

/** When a report was made, as the page's language writes it. */
export const moment = (written, language) =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(written));
