// The picture of a map, as Plotly takes it.

import { languageName, number } from "../i18n.js";
import { dark, look, plain } from "../plots.js";
import { labels } from "./labels.js";

/** Of more points than this, WebGL draws them; of fewer, SVG, which is sharper. */
export const SVG_POINTS = 2_000;

/** Of many points, words are written when no more than these are in sight. */
const FEW = 400;

/** More lines than this hide the words. */
export const MOST_LINES = 5_000;

const MARGINS = {
  tsne: { l: 1, r: 1, t: 1, b: 1 },
  pca: { l: 56, r: 8, t: 8, b: 48 },
};

/** Whether the browser can draw with WebGL. */
export function hasWebgl() {
  const canvas = document.createElement("canvas");
  return Boolean(canvas.getContext("webgl2") ?? canvas.getContext("webgl"));
}

/** The size of the drawing within a frame of so many pixels. */
export function inner(frame, method) {
  const { l, r, t, b } = MARGINS[method];
  return { width: Math.max(50, frame.width - l - r), height: Math.max(50, frame.height - t - b) };
}

/** The part of the plane that holds `places` with some room around, in the shape of `size`. */
export function around(words, places, size, room = 0.06) {
  const span = (values) => {
    let low = Infinity;
    let high = -Infinity;
    for (const at of places) {
      low = Math.min(low, values[at]);
      high = Math.max(high, values[at]);
    }
    return low <= high ? [low, high] : [-1, 1];
  };
  const [left, right] = span(words.x);
  const [low, high] = span(words.y);
  const wide = Math.max((right - left) * (1 + 2 * room), 1e-6);
  const tall = Math.max((high - low) * (1 + 2 * room), 1e-6);
  // One unit is as long across as it is up.
  const unit = Math.max(wide / size.width, tall / size.height);
  return boxOf((left + right) / 2, (low + high) / 2, unit * size.width, unit * size.height);
}

const boxOf = (x, y, wide, tall) => ({ x: [x - wide / 2, x + wide / 2], y: [y - tall / 2, y + tall / 2] });

/** The words in sight, if there are so few that some of them can be read. */
export function legible(words, shown, { x, y }) {
  const most = words.size > SVG_POINTS ? FEW : SVG_POINTS;
  const found = [];
  for (let at = 0; at < words.size; at++) {
    const isIn = words.x[at] >= x[0] && words.x[at] <= x[1] && words.y[at] >= y[0] && words.y[at] <= y[1];
    if (!isIn || !words.isShown(at, shown)) continue;
    if (found.length === most) return [];
    found.push(at);
  }
  return found;
}

/** Those of one language, then one of each of the others in turn, so that none gets all the room. */
function inTurn(words, places, first) {
  const turns = new Map();
  const turn = places.map((at) => {
    const code = words.language[at];
    turns.set(code, (turns.get(code) ?? 0) + 1);
    return [code === first ? 0 : turns.get(code), at];
  });
  return turn.sort(([one, a], [two, b]) => one - two || a - b).map(([, at]) => at);
}

/** The same middle, `by` times as much of the plane. */
export function wider({ x, y }, by) {
  return boxOf((x[0] + x[1]) / 2, (y[0] + y[1]) / 2, (x[1] - x[0]) * by, (y[1] - y[0]) * by);
}

function broken(text, most = 44) {
  const rows = [""];
  for (const piece of text.split(" ")) {
    if (rows.at(-1) && rows.at(-1).length + piece.length >= most) rows.push("");
    rows[rows.length - 1] += (rows.at(-1) ? " " : "") + piece;
  }
  return rows.length > 4 ? [...rows.slice(0, 4), "…"] : rows;
}

const hover = (words, at, name) =>
  `<b>${plain(words.form[at])}</b> · ${plain(name)}<br>${broken(words.gloss[at] ?? "").map(plain).join("<br>")}`;

function points(words, code, type, isNear) {
  const places = [];
  for (let at = 0; at < words.size; at++) if (words.language[at] === code) places.push(at);
  const { colour, symbol } = look(code, words.languages);
  const name = languageName(code);
  const size = words.size <= 300 ? 9 : words.size <= SVG_POINTS || isNear ? 7 : 5;
  return {
    type,
    mode: "markers",
    name,
    x: Float32Array.from(places, (at) => words.x[at]),
    y: Float32Array.from(places, (at) => words.y[at]),
    customdata: places,
    hovertext: places.map((at) => hover(words, at, name)),
    hoverinfo: "text",
    marker: { color: colour, symbol, size, opacity: 0.85 },
  };
}

function joined(words, lines, line, type) {
  const x = [];
  const y = [];
  for (const [one, two] of lines) {
    x.push(words.x[one], words.x[two], null);
    y.push(words.y[one], words.y[two], null);
  }
  return { type, mode: "lines", x, y, line, hoverinfo: "skip", showlegend: false };
}

function rings(words, places, ink, type) {
  return {
    type,
    mode: "markers",
    x: places.map((at) => words.x[at]),
    y: places.map((at) => words.y[at]),
    marker: {
      symbol: "circle-open",
      color: ink,
      size: places.map((_, turn) => (turn ? 15 : 21)),
      line: { width: 2.5, color: ink },
    },
    hoverinfo: "skip",
    showlegend: false,
  };
}

function written(words, texts, ink) {
  return {
    type: "scatter",
    // Markers that are not seen keep the texts away from those that are.
    mode: "markers+text",
    marker: { size: 13, opacity: 0 },
    x: texts.map(({ at }) => words.x[at]),
    y: texts.map(({ at }) => words.y[at]),
    text: texts.map(({ at }) => plain(words.form[at])),
    textposition: texts.map(({ position }) => position),
    textfont: { size: 13, color: texts.map(({ at }) => ink(words.language[at])) },
    hoverinfo: "skip",
    showlegend: false,
  };
}

function flags(words, found, { paper, ink, line }) {
  return found.map(({ at, left, top }, turn) => ({
    x: words.x[at],
    y: words.y[at],
    ax: left,
    ay: top,
    text: turn ? plain(words.form[at]) : `<b>${plain(words.form[at])}</b>`,
    font: { size: 14, color: ink },
    bgcolor: paper,
    bordercolor: look(words.language[at], words.languages).colour,
    borderwidth: 1.5,
    borderpad: 2,
    showarrow: true,
    arrowhead: 0,
    arrowwidth: 1.25,
    arrowcolor: line,
    standoff: 9,
  }));
}

function axes(view, method, explained, t) {
  const share = (at) => (explained ? number(explained[at] * 100, 1) : null);
  const axis = (at, range) =>
    method === "pca"
      ? { range, automargin: false, zeroline: true, title: { text: t("axis", { n: at + 1, share: share(at) }) } }
      : { range, automargin: false, visible: false };
  return {
    xaxis: axis(0, view.x),
    yaxis: { ...axis(1, view.y), scaleanchor: "x" },
  };
}

/**
 * `{data, layout, config}`. `state`: `method` and `explained` of the map, `shown` languages,
 * `lines` to be drawn, the `chosen` places (a word and what it is joined with), `view` (ranges),
 * `size` of the drawing in pixels, `webgl` and the language that is written first, `reader`.
 */
export function figure(words, state, t) {
  const { method, shown, lines, chosen, view, size, webgl, reader } = state;
  const style = getComputedStyle(document.documentElement);
  const [ink, paper, soft] = ["--ink", "--card", "--soft"].map((name) => style.getPropertyValue(name).trim());
  // Darker than the symbols: it has to be read.
  const tongue = (code) => style.getPropertyValue(`--${code}`).trim() || style.getPropertyValue("--other").trim();
  const type = webgl ? "scattergl" : "scatter";
  const seen = words.languages.filter((code) => shown.has(code));
  const candidates = inTurn(words, legible(words, shown, view), reader).filter((at) => !chosen.includes(at));
  const found = labels(words, { chosen, candidates, plane: { ...size, ...view } });
  const line = { width: 1, color: dark() ? "rgba(210,220,230,.28)" : "rgba(40,50,60,.22)" };
  const strong = { width: 2, color: soft };
  return {
    data: [
      ...(lines.length ? [joined(words, lines, line, type)] : []),
      ...(chosen.length > 1 ? [joined(words, chosen.slice(1).map((at) => [chosen[0], at]), strong, type)] : []),
      ...seen.map((code) => points(words, code, type, candidates.length > 0)),
      ...(chosen.length ? [rings(words, chosen, ink, type)] : []),
      ...(found.texts.length ? [written(words, found.texts, tongue)] : []),
    ],
    layout: {
      ...axes(view, method, state.explained, t),
      margin: MARGINS[method],
      dragmode: "pan",
      hovermode: "closest",
      hoverdistance: 12,
      showlegend: false,
      annotations: flags(words, found.flags, { paper, ink, line: soft }),
    },
    // More pixels than the screen has only cost time.
    config: { scrollZoom: true, doubleClick: false, plotGlPixelRatio: Math.min(2, devicePixelRatio) },
  };
}
