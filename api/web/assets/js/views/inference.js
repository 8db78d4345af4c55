// Natural language inference: of two texts of one's own, or of the stored pairs.

import { address, get } from "../api.js";
import { fill, h } from "../dom.js";
import { stored } from "../inference/stored.js";
import { texts } from "../inference/texts.js";

const TEXTS = ["premise", "hypothesis", "premise_language", "hypothesis_language"];

/** What is asked of a part: each parameter once, and "open" as one of the parts. */
function read(parameters) {
  const found = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, [value].flat().at(-1)]),
  );
  return { ...found, open: found.open === "pairs" ? "pairs" : "texts" };
}

export async function mount(root, { t, set, signal }) {
  const [classifiers, { languages }] = await Promise.all([
    get("/v1/classifiers", {}, signal),
    get("/v1/languages", {}, signal),
  ]);
  const parts = {
    texts: texts({ t, set, classifiers, languages }),
    pairs: stored({ t, set }),
  };
  const links = Object.fromEntries(
    Object.keys(parts).map((name) => [name, h("a", { href: "/inference", "data-link": true }, t(`open.${name}`))]),
  );
  const place = h("div");
  fill(
    root,
    h("h1", {}, t("title")),
    h("p", {}, t("about")),
    h("nav.tabs", { "aria-label": t("parts") }, Object.values(links)),
    place,
  );

  /** The parts as links, each of which keeps the texts. */
  function mark(wanted) {
    const kept = Object.fromEntries(TEXTS.map((name) => [name, wanted[name]]));
    for (const [name, link] of Object.entries(links)) {
      link.href = address("/inference", { ...kept, open: name === "pairs" ? name : null });
      if (name === wanted.open) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  return {
    title: (parameters) => t(`open.${read(parameters).open}`),
    async update(parameters, inner) {
      const wanted = read(parameters);
      mark(wanted);
      const part = parts[wanted.open];
      if (part.element.parentElement !== place) fill(place, part.element);
      await part.update(wanted, inner);
    },
  };
}
