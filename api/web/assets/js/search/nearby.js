// The nearest words of every language on a plane, and the same as a table.

import { h } from "../dom.js";
import { languageName, number } from "../i18n.js";
import { look, plain } from "../plots.js";
import { searched } from "./cards.js";
import { placed } from "./places.js";

const unique = (list) => [...new Set(list)];

const TOP = 6;
const SIDE = 8;
/** For the legend: a line of it on a desktop, three on a phone. */
const BELOW = { wide: 44, narrow: 92 };

function hover(t, one) {
  const gloss = one.gloss && one.gloss.length > 60 ? `${one.gloss.slice(0, 59)}…` : one.gloss;
  const lines = [
    `<b>${plain(one.lemma)}</b> ${plain(languageName(one.language))}`,
    `${t("score.cosine")} ${number(one.cosine, 2)}`,
    one.known ? plain(t("known")) : null,
    gloss ? plain(gloss) : null,
  ];
  return lines.filter(Boolean).join("<br>");
}

function trace(t, words, more) {
  return {
    type: "scatter",
    mode: "markers+text",
    x: words.map((one) => one.place.x),
    y: words.map((one) => one.place.y),
    text: words.map((one) => (one.place.side ? plain(one.lemma) : "")),
    textposition: words.map((one) => one.place.side ?? "top center"),
    customdata: words.map((one) => [one.lemma, one.language]),
    hovertext: words.map((one) => hover(t, one)),
    hoverinfo: "text",
    cliponaxis: false,
    ...more,
  };
}

/** Data and layout for Plotly, for a picture of so many pixels: a trace for each language, the word
 * that was asked for on top. */
export function figure(t, found, width, height) {
  const below = width < 460 ? BELOW.narrow : BELOW.wide;
  const size = [width - 2 * SIDE, height - TOP - below];
  const order = [...found.words.keys()].slice(1);
  order.sort((a, b) => found.words[b].known - found.words[a].known || found.words[b].cosine - found.words[a].cosine);
  const places = placed(found.words, order, ...size);
  const [query, ...others] = found.words.map((one, at) => ({ ...one, place: places[at] }));
  const languages = unique(others.map((one) => one.language));
  const traces = languages.map((language) => {
    const words = others.filter((one) => one.language === language);
    const { colour, symbol } = look(language, languages);
    return trace(t, words, {
      name: languageName(language),
      textfont: { color: colour },
      marker: {
        color: colour,
        opacity: 1,
        size: words.map((one) => (one.known ? 11 : 9)),
        symbol: words.map((one) => (one.known ? symbol : `${symbol}-open`)),
        line: { width: 1.5, color: words.map((one) => (one.known ? "rgba(0,0,0,0)" : colour)) },
      },
    });
  });
  const { colour } = look(query.language, languages);
  const star = trace(t, [query], {
    name: t("near.query"),
    text: [`<b>${plain(query.lemma)}</b>`],
    textfont: { size: 15 },
    marker: { color: colour, size: 18, symbol: "star" },
  });
  const axis = { visible: false, fixedrange: true };
  return {
    data: [...traces, star],
    layout: {
      margin: { l: SIDE, r: SIDE, t: TOP, b: below },
      xaxis: { ...axis, range: [0, size[0]] },
      yaxis: { ...axis, range: [0, size[1]] },
      hovermode: "closest",
      dragmode: false,
      legend: { orientation: "h", x: 0, y: 0, yanchor: "top", itemclick: false, itemdoubleclick: false },
    },
  };
}

function table(t, state, words) {
  return h(
    "details",
    {},
    h("summary", {}, t("near.list")),
    h(
      "div.scroll",
      { tabindex: "0", role: "region", "aria-label": t("near") },
      h(
        "table",
        {},
        h("caption", {}, t("near.caption")),
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ["column.word", "column.language"].map((key) => h("th", { scope: "col" }, t(key))),
            h("th.number", { scope: "col" }, t("score.cosine")),
            ["known", "column.gloss"].map((key) => h("th", { scope: "col" }, t(key))),
          ),
        ),
        h(
          "tbody",
          {},
          words.map((one) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, searched(state, one.lemma, one.language)),
              h("td", {}, languageName(one.language)),
              h("td.number", {}, number(one.cosine, 2)),
              h("td", {}, one.known ? `✓ ${t("yes")}` : "–"),
              h("td", { lang: "en" }, one.gloss ?? ""),
            ),
          ),
        ),
      ),
    ),
  );
}

/** The sentences and the table below the picture. */
export function notes(t, state, found) {
  const share = number(100 * (found.explained[0] + found.explained[1]));
  return [h("p.said", {}, t("near.said", { share })), table(t, state, found.words.slice(1))];
}
