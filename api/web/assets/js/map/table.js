// The words of a map for those who cannot see it: a page of rows at a time.

import { fill, h, word } from "../dom.js";
import { languageName, number } from "../i18n.js";

const ROWS = 50;
const NEAR = 3;

/** `onchoose(at)` and `onpage(n)` are told what was pressed. */
export function wordTable({ t, onchoose, onpage }) {
  const body = h("tbody");
  const caption = h("caption");
  const said = h("span", { "aria-live": "polite" });
  const earlier = h("button", { type: "button", onclick: () => turned(-1) }, t("page.earlier"));
  const later = h("button", { type: "button", onclick: () => turned(1) }, t("page.later"));
  const summary = h("summary");
  const head = ["word", "language", "gloss", "near"].map((name) => h("th", { scope: "col" }, t(`column.${name}`)));
  const element = h(
    "details.words",
    { ontoggle: () => paint() },
    summary,
    h(
      "div.scroll",
      { tabindex: "0", role: "region", "aria-label": t("table") },
      h("table", {}, caption, h("thead", {}, h("tr", {}, head)), body),
    ),
    h("p.buttons.turn", {}, earlier, said, later),
  );
  let state = null;
  let painted = null;

  const pages = () => Math.max(1, Math.ceil(state.places.length / ROWS));
  const here = () => Math.min(state.page, pages());

  function turned(by) {
    const next = here() + by;
    if (next >= 1 && next <= pages()) onpage(next);
  }

  function row(at) {
    const { words, shown } = state;
    const language = words.language[at];
    const near = words.nearest(at, shown, NEAR);
    return h(
      "tr",
      { data: { at } },
      h(
        "th",
        { scope: "row" },
        h("button.quiet", { type: "button", onclick: () => onchoose(at) }, word(words.form[at], language)),
      ),
      h("td", {}, languageName(language)),
      h("td", { lang: "en" }, words.gloss[at]),
      h("td", {}, near.map((other, turn) => [turn ? ", " : null, word(words.form[other], words.language[other])])),
    );
  }

  function paint() {
    if (!element.open || state === null) return;
    const from = (here() - 1) * ROWS;
    const now = [state.words, state.places, from];
    if (painted?.some((one, turn) => one !== now[turn]) ?? true) {
      fill(body, state.places.slice(from, from + ROWS).map(row));
      painted = now;
    }
    for (const one of body.children) {
      const isChosen = Number(one.dataset.at) === state.chosen;
      one.classList.toggle("chosen", isChosen);
      one.querySelector("button").setAttribute("aria-pressed", String(isChosen));
    }
    said.textContent = t("page.of", {
      from: number(Math.min(from + 1, state.places.length)),
      to: number(Math.min(from + ROWS, state.places.length)),
      all: number(state.places.length),
    });
    // A button that can do nothing keeps its place, and the focus.
    earlier.setAttribute("aria-disabled", String(here() === 1));
    later.setAttribute("aria-disabled", String(here() === pages()));
  }

  return {
    element,
    update(words, { shown, places, chosen, page, open }) {
      state = { words, shown, places, chosen, page };
      summary.textContent = t("table.summary", { n: number(places.length) });
      caption.textContent = t("table.caption");
      if (open) element.open = true;
      paint();
    },
  };
}
