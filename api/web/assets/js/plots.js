// Plots, each in a frame of its own: Plotly needs rights that the page does not give (see
// api/web/site.py), and is loaded only when the first plot is wanted.

import { h } from "./dom.js";
import { number } from "./i18n.js";

/** Colour and symbol of each language; others take the next ones. The symbols are those of pictures on
 * paper (indexer/plots/palette.py), the colours deep or light enough for a screen's background. */
const LOOKS = [
  { light: "#004488", dark: "#77aadd", symbol: "circle" },
  { light: "#bb5566", dark: "#ee99aa", symbol: "square" },
  { light: "#2f8a79", dark: "#66ccbb", symbol: "diamond" },
  { light: "#997700", dark: "#eecc66", symbol: "triangle-up" },
  { light: "#882255", dark: "#cc88bb", symbol: "triangle-down" },
  { light: "#117733", dark: "#88cc99", symbol: "cross" },
];
const FIRST = ["en", "fr", "hi", "kn"];

export const dark = () =>
  document.documentElement.dataset.theme === "dark" ||
  (!document.documentElement.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);

/** How a language is drawn: `{colour, symbol}`; `languages` are all that the picture has. */
export function look(language, languages = FIRST) {
  const order = [...FIRST, ...languages.filter((one) => !FIRST.includes(one)).sort()];
  const one = LOOKS[order.indexOf(language) % LOOKS.length] ?? LOOKS[0];
  return { colour: dark() ? one.dark : one.light, symbol: one.symbol };
}

/** Colours from little to much, for heat maps: ever further from the background. */
export const scale = () =>
  dark()
    ? [[0, "#14202b"], [0.25, "#1d4e6b"], [0.5, "#2b86a3"], [0.75, "#6cc3c2"], [1, "#f4fbc9"]]
    : [[0, "#ffffe5"], [0.25, "#c7e9b4"], [0.5, "#41b6c4"], [0.75, "#225ea8"], [1, "#081d58"]];

/** Layout that all plots share. */
function common() {
  const style = getComputedStyle(document.documentElement);
  const ink = style.getPropertyValue("--ink").trim();
  const line = style.getPropertyValue("--line").trim();
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true };
  return {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { family: style.getPropertyValue("--font").trim(), color: ink, size: 13 },
    margin: { l: 50, r: 16, t: 16, b: 44 },
    // Decimal signs as the language of the page has them.
    separators: `${number(0.5, 1)[1]}\u202f`,
    hoverlabel: { font: { family: style.getPropertyValue("--font").trim(), size: 14 } },
    xaxis: axis,
    yaxis: axis,
  };
}

function merged(base, over) {
  const made = { ...base };
  for (const [key, value] of Object.entries(over ?? {})) {
    const both = value && base[key] && typeof value === "object" && !Array.isArray(value);
    made[key] = both ? merged(base[key], value) : value;
  }
  return made;
}

/** Text for Plotly, which takes some for markup. */
export const plain = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** A frame with one plot. Put `element` into the document, then `draw`. */
export class Plot {
  /**
   * `title` names it for those who cannot see it; `height` in CSS; `onclick({custom, trace, index})`;
   * `onview({x, y})` is told the ranges of the axes when they have changed.
   */
  constructor({ title, height = "22rem", onclick = () => {}, onview = () => {} }) {
    this.element = h("iframe.plot", { title, src: "/assets/plot.html", style: { height } });
    this.title = title;
    this.waiting = new Map();
    this.number = 0;
    this.last = null;
    this.onclick = onclick;
    this.onview = onview;
    this.ready = new Promise((resolve) => {
      this.element.addEventListener("load", () => {
        const { port1, port2 } = new MessageChannel();
        this.port = port1;
        port1.onmessage = ({ data }) => (data.kind === "ready" ? resolve() : this.told(data));
        // The frame has no origin that could be named.
        this.element.contentWindow.postMessage("port", "*", [port2]);
      });
    });
    this.repaint = () => this.last && this.element.isConnected && this.draw(this.last).catch(() => {});
    addEventListener("theme", this.repaint);
  }

  told(data) {
    if (data.kind === "click") {
      this.onclick(data);
      return;
    }
    if (data.kind === "view") {
      // What was in sight before something else was asked for is no news any more.
      if (data.after === this.number) this.onview(data);
      return;
    }
    const [resolve, reject] = this.waiting.get(data.number) ?? [];
    this.waiting.delete(data.number);
    if (data.kind === "failed") reject?.(new Error(data.why));
    else resolve?.(data.url);
  }

  async asked(message) {
    await this.ready;
    const number = ++this.number;
    const answered = new Promise((resolve, reject) => this.waiting.set(number, [resolve, reject]));
    this.port.postMessage({ ...message, number });
    return answered;
  }

  /** Draw `make()`: `{data, layout, config}` as Plotly takes them; made anew when colours change. */
  async draw(make) {
    this.last = make;
    const { data, layout, config = {} } = make();
    await this.asked({
      kind: "draw",
      title: this.title,
      data,
      layout: merged(common(), layout),
      config: { displayModeBar: false, ...config },
    });
    this.element.dataset.drawn = String(Number(this.element.dataset.drawn ?? 0) + 1);
  }

  /** Change parts of the layout of what is drawn, such as `{"xaxis.range": [0, 1]}`. */
  change(layout) {
    return this.asked({ kind: "change", layout });
  }

  /** A data: URL of the picture, `svg` or `png`; `layout` is only for it. */
  picture(format = "png", { width = 1200, height = 800, scale: zoom = 2, layout = {} } = {}) {
    return this.asked({ kind: "picture", format, width, height, scale: zoom, layout });
  }

  /** Once it is no longer wanted. */
  close() {
    removeEventListener("theme", this.repaint);
    this.element.remove();
  }
}
