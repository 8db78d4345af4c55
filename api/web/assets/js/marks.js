// The mark of a language as plots draw it, for legends and lists of the page itself.

import { look } from "./plots.js";

const SVG = "http://www.w3.org/2000/svg";

const SHAPES = {
  circle: "M8 3a5 5 0 1 0 .01 0z",
  square: "M3.5 3.5h9v9h-9z",
  diamond: "M8 1.8 14.2 8 8 14.2 1.8 8z",
  "triangle-up": "M8 2.4 14 12.9H2z",
  "triangle-down": "M8 13.6 2 3.1h12z",
  cross: "M6 2h4v4h4v4h-4v4H6v-4H2V6h4z",
};

/** The symbol of a language in its colour; what it says must stand beside it in words. */
export function mark(language, languages) {
  const { symbol } = look(language, languages);
  const made = document.createElementNS(SVG, "svg");
  const said = { viewBox: "0 0 16 16", width: 16, height: 16, "aria-hidden": "true" };
  for (const [name, value] of Object.entries(said)) made.setAttribute(name, value);
  made.classList.add("mark");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", SHAPES[symbol]);
  made.append(shape);
  const paint = () => shape.setAttribute("fill", look(language, languages).colour);
  paint();
  addEventListener("theme", function again() {
    // Those that are gone from the page need no colour any more.
    if (made.isConnected) paint();
    else removeEventListener("theme", again);
  });
  return made;
}
