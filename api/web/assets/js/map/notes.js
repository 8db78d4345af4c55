// What a map shows, said in words.

import { fill, h } from "../dom.js";
import { number } from "../i18n.js";
import { MOST_LINES } from "./figure.js";

/** How much of the vectors two axes show, as a percentage. */
export const explainedShare = ({ explained }) => number((explained[0] + explained[1]) * 100, 1);

/** How many words and concepts there are, in a sentence. */
export function counted(t, map) {
  const about = {
    words: number(map.words.form.length),
    concepts: number(map.concepts),
    field: map.field ?? "",
    encoder: map.encoder,
  };
  return t(map.field === null ? "facts.whole" : "facts.field", about);
}

/** What lies here, and what is left out. */
export function facts(t, map, { shown, lines, wanted, fallback }) {
  return [
    h("p", {}, counted(t, map), map.pending ? ` ${t("facts.pending", { n: number(map.pending) })}` : null),
    wanted.lines && lines > MOST_LINES
      ? h("p.soft", {}, t("lines.many", { n: number(lines), most: number(MOST_LINES) }))
      : null,
    shown.size ? null : h("p.notice", {}, t("languages.none")),
    fallback ? h("p.soft", {}, t("webgl.none")) : null,
  ];
}

/** What can and cannot be read off the map. */
export function notes(t) {
  const list = h("ul");
  const element = h("section.map-notes", {}, h("h2", {}, t("notes")), list);
  return {
    element,
    update(map) {
      const said =
        map.method === "pca"
          ? [t("notes.pca", { share: explainedShare(map) }), t("notes.pca.flat")]
          : [t("notes.tsne.near"), t("notes.tsne.far"), t("notes.tsne.turn")];
      const taught = t(map.memorised ? "notes.memorised" : "notes.untaught", { encoder: map.encoder });
      fill(list, [...said, taught, t("notes.lines")].map((text) => h("li", {}, text)));
    },
  };
}
