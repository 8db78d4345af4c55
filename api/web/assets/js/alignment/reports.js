// Stored reports as the page shows them.

import { Failure, get } from "../api.js";

/** Encoders that are shown unless others are asked for. */
export const MOST = 12;
const AT_ONCE = 4;

/** Bodies of reports by encoder and run: what is stored does not change, an index may be rebuilt. */
const held = new Map();

/** The encoder without its layer, or null where its name has none: layers of one checkpoint. */
export function family(encoder) {
  const [base, rest] = encoder.split(/\?(.*)/s);
  if (rest === undefined) return null;
  const [query, ...post] = rest.split("+");
  const kept = query.split("&").filter((one) => !one.startsWith("layer="));
  if (kept.length === query.split("&").length) return null;
  return [`${base}${kept.length ? `?${kept.join("&")}` : ""}`, ...post].join("+");
}

/** The newest run of every encoder, by name. */
export async function newest(signal) {
  const { runs } = await get("/v1/alignment/runs", { limit: 500 }, signal);
  const found = new Map();
  for (const run of runs) if (!found.has(run.encoder)) found.set(run.encoder, run);
  const names = [...found.keys()].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  return new Map(names.map((name) => [name, found.get(name)]));
}

/** Layers of checkpoints that have reports: names of encoders by what they are layers of. */
export function families(runs) {
  const found = new Map();
  for (const name of runs.keys()) {
    const of = family(name);
    if (of !== null) found.set(of, [...(found.get(of) ?? []), name]);
  }
  return new Map([...found].filter(([, names]) => names.length > 1));
}

/** Encoders that are shown when none is named: whole ones before layers. */
export function usual(runs) {
  const whole = [...runs.keys()].filter((name) => family(name) === null);
  return (whole.length ? whole : [...runs.keys()]).slice(0, MOST);
}

/** The report of a run as the service gives it. */
export async function report(run, signal) {
  const name = `${run.run} ${run.stale} ${run.encoder}`;
  if (!held.has(name)) {
    const found = await get("/v1/alignment", { encoder: run.encoder }, signal);
    if (held.size > 3 * MOST) held.clear();
    held.set(name, found);
  }
  return held.get(name);
}

/**
 * A row for each encoder: `{key, encoder, heldOut, memorised, stale, created, samples, pairs}` with
 * the pairs by name, or `{key, encoder, problem}` where its report cannot be had; one that remembers
 * the lexicon is followed by what it scores on words that it was not taught.
 */
export async function rows(runs, encoders, signal) {
  const found = [];
  for (let at = 0; at < encoders.length; at += AT_ONCE) {
    const some = encoders.slice(at, at + AT_ONCE);
    found.push(...(await Promise.all(some.map((one) => rowsOf(runs.get(one), signal)))));
  }
  return found.flat();
}

async function rowsOf(run, signal) {
  const { encoder } = run;
  try {
    const body = await report(run, signal);
    const row = {
      key: encoder,
      encoder,
      heldOut: false,
      evaluation: body.evaluation,
      memorised: body.evaluation === "memorised",
      stale: run.stale,
      created: body.created_at,
      samples: body.samples,
      pairs: byName(body.pairs),
    };
    if (!body.held_out) return [row];
    const apart = { heldOut: true, evaluation: "cross-validated", memorised: false, stale: false };
    return [row, { ...row, ...apart, key: `${encoder}, held out`, pairs: byName(body.held_out) }];
  } catch (error) {
    // One encoder whose files are gone does not hide the others.
    if (error instanceof Failure && error.kind === "refused" && error.status < 500) {
      return [{ key: encoder, encoder, problem: error.message, pairs: new Map() }];
    }
    throw error;
  }
}

const byName = (pairs) => new Map(pairs.map((one) => [`${one.source}-${one.target}`, one]));

/** Every pair of languages of any row, in the order of the reports. */
export const pairsOf = (some) => [...new Set(some.flatMap((row) => [...row.pairs.keys()]))];

/** Every metric of any row, in the order of the reports. */
export function metricsOf(some) {
  const found = some.flatMap((row) => [...row.pairs.values()].flatMap((pair) => Object.keys(pair.all)));
  // Curves of layers can be had without the files that whole reports are read with.
  return found.length ? inOrder([...new Set(found)]) : [...ORDER];
}

const SEPARATION = ["cosine_mean", "random_cosine_mean", "gap", "auc", "d_prime"];
const ORDER = [
  ...SEPARATION,
  ...SEPARATION.map((one) => `centred_${one}`),
  ...SEPARATION.map((one) => `whitened_${one}`),
  ...["p_at_1", "p_at_5", "p_at_10", "mrr", "csls_p_at_1", "csls_p_at_5", "csls_p_at_10", "csls_mrr", "chance_p_at_1"],
  ...["ratio_margin", "distance_margin", "xsim_error", "strong_alignment", "hubness", "cka"],
];

/** Metrics in the order in which reports explain them; those of later versions come last. */
export function inOrder(metrics) {
  const rank = (one) => (ORDER.includes(one) ? ORDER.indexOf(one) : ORDER.length);
  return metrics.sort((a, b) => rank(a) - rank(b));
}

/** What stands beside a figure, as without it a figure says little: the same of random pairs. */
export const BASELINE = {
  cosine_mean: "random_cosine_mean",
  centred_cosine_mean: "centred_random_cosine_mean",
  whitened_cosine_mean: "whitened_random_cosine_mean",
  p_at_1: "chance_p_at_1",
  csls_p_at_1: "chance_p_at_1",
};

/** The figures of a pair over `all` pairs or the `distinct` ones. */
export const figure = (pair, stratum, metric) => pair?.[stratum]?.[metric] ?? null;
