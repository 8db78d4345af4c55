// What tables and plots of the view stand in.

import { fill, h } from "../dom.js";
import { csv, named, saveText, saveUrl } from "../downloads.js";
import { Plot } from "../plots.js";

/** A table that may be wider than its place. */
export function scrollable(label, table, tall = false) {
  return h(`div.scroll${tall ? ".tall" : ""}`, { tabindex: "0", role: "region", "aria-label": label }, table);
}

/** A table of plain texts: heads, and rows whose first cell is what they are about. */
export function plainTable(caption, heads, rows) {
  return h(
    "table",
    {},
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, heads.map((one, at) => h(at ? "th.number" : "th", { scope: "col" }, one)))),
    h(
      "tbody",
      {},
      rows.map(([first, ...rest]) =>
        h("tr", {}, h("th", { scope: "row" }, first), rest.map((one) => h("td.number", {}, one))),
      ),
    ),
  );
}

/** A button that saves rows as CSV. */
export function csvButton(t, name, rows) {
  const save = () => saveText(`${name}.csv`, csv(rows()), "text/csv");
  return h("button", { type: "button", onclick: save }, t("csv"));
}

/** A link that saves what the service answers there. */
export function jsonLink(t, name, href, label = t("json")) {
  return h("a.button", { href, download: `${name}.json` }, label);
}

/**
 * A plot with a button that saves its picture, and a place for what says the same in words.
 * `show(make, {name, height, words})` draws it; `hide()` where there is nothing to draw.
 */
export function figureFrame(t, title, { onclick } = {}) {
  const plot = new Plot({ title, onclick });
  const words = h("div");
  const failed = h("div");
  let name = "plot";
  let height = 352;
  const save = async () => {
    const width = Math.max(640, Math.round(plot.element.getBoundingClientRect().width));
    // On paper of its own: ink for a dark page cannot be read on a light one.
    const paper_bgcolor = getComputedStyle(document.documentElement).getPropertyValue("--card").trim();
    saveUrl(`${name}.png`, await plot.picture("png", { width, height, layout: { paper_bgcolor } }));
  };
  const button = h("button", { type: "button", onclick: save }, t("png"));
  const element = h("figure", { hidden: true }, plot.element, failed, words, h("div.buttons", {}, button));
  return {
    element,
    show(make, given) {
      ({ name } = given);
      ({ height } = given);
      plot.element.style.setProperty("height", `${height}px`);
      element.hidden = false;
      fill(words, given.words);
      fill(failed);
      plot.draw(make).catch((error) => fill(failed, h("p.notice.bad", { role: "alert" }, `${t("plot.failed")} ${error.message}`)));
    },
    hide: () => (element.hidden = true),
    close: () => plot.close(),
  };
}

export { named };
