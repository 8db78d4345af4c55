// The drawing of a map with its buttons: which part of it is in sight.

import { h } from "../dom.js";
import { Plot } from "../plots.js";
import { SVG_POINTS, around, figure, hasWebgl, inner, legible, wider } from "./figure.js";

/** Words around a chosen one that are in sight with it. */
const COMPANY = 12;

/** Milliseconds after which texts are placed anew when the part in sight has changed. */
const REST = 180;

export class Board {
  /** `onclick(at)` is told the place of a word. `picture`, to be set, saves the drawing. */
  constructor({ title, t, onclick }) {
    this.t = t;
    this.picture = async () => {};
    this.plot = new Plot({
      title,
      // On a phone there is room beside it for a finger that scrolls the page.
      height: "clamp(20rem, min(68vh, 110vw), 44rem)",
      onclick: ({ custom }) => Number.isInteger(custom) && onclick(custom),
      onview: (view) => this.seen(view),
    });
    this.webgl = null;
    this.view = null;
    this.state = null;
    this.wasLegible = false;
    const button = (name, onpress) => h("button", { type: "button", onclick: onpress }, t(name));
    this.save = button("png", () => this.saved());
    this.element = h(
      "div.board",
      {},
      this.plot.element,
      h(
        "div.buttons",
        { role: "group", "aria-label": t("zoom") },
        button("zoom.in", () => this.zoom(1 / 1.6)),
        button("zoom.out", () => this.zoom(1.6)),
        button("zoom.all", () => this.move(this.whole())),
        this.save,
      ),
    );
  }

  get isGl() {
    return this.words.size > SVG_POINTS && this.webgl;
  }

  /** Whether many points have to be drawn without WebGL. */
  isSlow(words) {
    return words.size > SVG_POINTS && !this.webgl;
  }

  get size() {
    const { clientWidth: width, clientHeight: height } = this.plot.element;
    return inner({ width, height }, this.state.method);
  }

  whole() {
    return around(this.words, this.words.places(this.state.shown), this.size, 0.04);
  }

  /** The part around the chosen words. */
  beside() {
    const { chosen, shown } = this.state;
    return around(this.words, [...chosen, ...this.words.nearest(chosen[0], shown, COMPANY)], this.size, 0.35);
  }

  /** Draw; `state` as `figure` takes it, and where to look: `zoom` is "all", "word" or "stay". */
  async show(words, state) {
    this.webgl ??= words.size > SVG_POINTS ? hasWebgl() : null;
    this.words = words;
    this.state = state;
    if (state.zoom === "word") this.view = this.beside();
    else if (state.zoom === "all" || this.view === null) this.view = this.whole();
    this.wasLegible = legible(words, state.shown, this.view).length > 0;
    await this.draw();
  }

  draw() {
    return this.plot.draw(() =>
      figure(this.words, { ...this.state, view: this.view, size: this.size, webgl: this.isGl }, this.t),
    );
  }

  /** The part in sight has changed: there is room for other texts. */
  seen({ x, y }) {
    if (!x || !y) return;
    this.view = { x, y };
    clearTimeout(this.rest);
    const isLegible = legible(this.words, this.state.shown, this.view).length > 0;
    // Drawing many points anew takes a moment, and often nothing would change.
    if (isLegible || this.wasLegible) this.rest = setTimeout(() => this.draw(), REST);
    this.wasLegible = isLegible;
  }

  zoom(by) {
    if (this.view) this.move(wider(this.view, by));
  }

  move(view) {
    if (!this.plot.element.dataset.drawn) return;
    this.view = view;
    this.plot.change({ "xaxis.range": view.x, "yaxis.range": view.y });
  }

  async saved() {
    this.save.disabled = true;
    try {
      await this.picture();
    } finally {
      this.save.disabled = false;
    }
  }

  /** A data: URL of the drawing with a title and a legend. */
  png(title) {
    const { clientWidth: width, clientHeight: height } = this.plot.element;
    const paper = getComputedStyle(document.documentElement).getPropertyValue("--card").trim();
    return this.plot.picture("png", {
      width,
      height: height + 80,
      layout: {
        title: { text: title, font: { size: 15 }, y: 0.985, yanchor: "top" },
        showlegend: true,
        legend: { orientation: "h", x: 0, y: 1.01, yanchor: "bottom", itemsizing: "constant" },
        paper_bgcolor: paper,
        margin: { l: 60, r: 20, t: 76, b: 50 },
      },
    });
  }

  close() {
    clearTimeout(this.rest);
    this.plot.close();
  }
}
