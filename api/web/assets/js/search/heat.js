// A word and its translations, each with each: a heat map, and the same as a table.

import { h, word } from "../dom.js";
import { languageName, number } from "../i18n.js";
import { plain, scale } from "../plots.js";

/** Pixels below which a figure has one digit. */
const NARROW = 460;

/** What random pairs of these words' languages score, or null. */
export function between(chance, one, two) {
  const found = chance.find(
    ({ source, target }) => (source === one && target === two) || (source === two && target === one),
  );
  return found ? found.mean : null;
}

const rgb = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** Black or white, whichever is easier to read on the colour of a share of the scale. */
function inkOn(colours, share) {
  const above = Math.max(1, colours.findIndex(([stop]) => stop >= share));
  const [[low, from], [high, to]] = [colours[above - 1], colours[above]];
  const mixed = rgb(from).map((value, at) => value + ((rgb(to)[at] - value) * (share - low)) / (high - low));
  // Relative luminance as of WCAG 2; at 0.18 both contrasts are the same.
  const [red, green, blue] = mixed.map((value) => (value / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.18 ? "#000000" : "#ffffff";
}

/** The numbers in the cells; Plotly's own are grey on some. */
function numbers(cosine, least, colours, narrow) {
  return cosine.flatMap((row, y) =>
    row.map((value, x) => {
      const share = Math.max(0, Math.min(1, (value - least) / (1 - least)));
      const font = { size: narrow ? 10 : 12, color: inkOn(colours, share) };
      return { x, y, text: number(value, narrow ? 1 : 2), showarrow: false, font };
    }),
  );
}

/** Data and layout for Plotly; colours begin at what random pairs score, for less says nothing. */
export function figure(t, found, width) {
  const narrow = width < NARROW;
  const labels = found.words.map((one) => `${plain(one.text)}${one.covered ? "" : "*"} <i>${one.language}</i>`);
  const places = labels.map((_, at) => at);
  const axis = { tickvals: places, ticktext: labels, showgrid: false, zeroline: false, tickfont: { size: narrow ? 12 : 14 }, fixedrange: true };
  const hover = found.words.map((one) =>
    found.words.map((two) => `${plain(one.text)} – ${plain(two.text)}`),
  );
  const least = found.chance.length ? Math.min(0.99, ...found.chance.map((one) => one.mean)) : 0;
  const colours = scale();
  return {
    data: [
      {
        type: "heatmap",
        z: found.cosine,
        zmin: least,
        zmax: 1,
        colorscale: colours,
        xgap: 1,
        ygap: 1,
        customdata: hover,
        hovertemplate: `%{customdata}<br>${t("score.cosine")} %{z:.3f}<extra></extra>`,
        showscale: !narrow,
        colorbar: { thickness: 10, outlinewidth: 0, tickformat: ".1f" },
      },
    ],
    layout: {
      margin: { l: 20, r: narrow ? 8 : 10, t: 8, b: 20 },
      xaxis: { ...axis, tickangle: -45 },
      yaxis: { ...axis, autorange: "reversed" },
      annotations: numbers(found.cosine, least, colours, narrow),
    },
  };
}

function named(one) {
  return [word(one.text, one.language), " ", h("small", {}, languageName(one.language))];
}

function table(t, found) {
  return h(
    "details",
    {},
    h("summary", {}, t("figures")),
    h(
      "div.scroll",
      { tabindex: "0", role: "region", "aria-label": t("heat") },
      h(
        "table",
        {},
        h("caption", {}, t("heat.caption")),
        h("thead", {}, h("tr", {}, h("td"), found.words.map((one) => h("th.number", { scope: "col" }, named(one))))),
        h(
          "tbody",
          {},
          found.words.map((one, at) =>
            h("tr", {}, h("th", { scope: "row" }, named(one)), found.cosine[at].map((value) => h("td.number", {}, number(value, 2)))),
          ),
        ),
      ),
    ),
  );
}

/** The sentences and the table below the picture. */
export function notes(t, found) {
  const each = found.chance.map((one) => `${one.source}–${one.target} ${number(one.mean, 2)}`).join(", ");
  const said = [found.chance.length ? t("heat.chance", { each }) : t("heat.unmeasured")];
  if (found.memorised) said.push(t("memorised", { encoder: found.encoder }));
  if (!found.words.every((one) => one.covered)) said.push(t("heat.guessed"));
  if (found.left_out) said.push(t("heat.left", { n: number(found.left_out) }));
  if (found.pending) said.push(t("heat.pending", { n: number(found.pending) }));
  return [h("p.said", {}, said.join(" ")), table(t, found)];
}
