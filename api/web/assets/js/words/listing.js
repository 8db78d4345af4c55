// A page of concepts.

import { h, word } from "../dom.js";
import { number } from "../i18n.js";

/** The page as a list of links, which {@link mark} points somewhere. */
export function listing({ t, found, wanted, languages }) {
  const some = found.concepts;
  return h(
    "section",
    { "aria-labelledby": "listed" },
    h("h2", { id: "listed", tabindex: "-1" }, t("listed", { n: number(some.length) })),
    some.length ? h("ul.concepts", {}, some.map((one) => item(t, one, languages, wanted.prefix ?? ""))) : h("p.empty", {}, t("none")),
    pager(t, wanted, found.next),
  );
}

/**
 * Point the links of a list where they lead from this state, and mark the concept that is open;
 * `to(changes)` gives the address of another state.
 */
export function mark(list, wanted, to) {
  for (const link of list.querySelectorAll("a[data-key]")) {
    link.href = to({ concept: link.dataset.key, edit: null, new: null });
    if (link.dataset.key === wanted.concept) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  for (const link of list.querySelectorAll("a[data-cursor]")) link.href = to({ cursor: link.dataset.cursor });
}

/** Of the words of a language the one that was looked for, else the best. */
function shown(lemmas, prefix) {
  const start = prefix.trim().toLowerCase();
  return (start && lemmas.find((one) => one.toLowerCase().startsWith(start))) || lemmas[0];
}

function item(t, one, languages, prefix) {
  const codes = languages.map((each) => each.code).filter((code) => one.forms[code]);
  return h(
    "li",
    {},
    h(
      "a",
      { "data-link": true, data: { key: one.key } },
      h("span.heads", {}, codes.map((code, at) => [at ? " · " : "", word(shown(one.forms[code], prefix), code)])),
      h("small", {}, h("span", { lang: "en" }, one.gloss), ` · ${t(`pos.${one.pos}`)}`),
    ),
  );
}

/** Ways to the next page and back to the first; the pages between are those of the Back button. */
function pager(t, wanted, next) {
  if (!wanted.cursor && next === null) return null;
  const link = (name, cursor) => h("a.button", { "data-link": true, data: { cursor } }, t(name));
  return h(
    "nav.pager",
    { "aria-label": t("pages") },
    wanted.cursor ? link("first", "") : null,
    next === null ? null : link("next", next),
  );
}
