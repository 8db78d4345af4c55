// Two people changed one concept: what the other wrote beside what is in the form.

import { h, word } from "../dom.js";
import { languageName } from "../i18n.js";
import { differences } from "./drafts.js";

/** A notice with both and two ways on; `take` puts theirs into the form, `insist` saves mine. */
export function conflict({ t, theirs, mine, take, insist }) {
  const rows = differences(theirs, mine);
  return h(
    "div.notice",
    { tabindex: "-1", role: "group", "aria-labelledby": "conflict" },
    h("h3", { id: "conflict" }, t("conflict")),
    h("p", {}, t("conflict.kept")),
    rows.length ? table(t, rows) : h("p", {}, t("conflict.same")),
    h(
      "div.buttons",
      {},
      h("button", { type: "button", onclick: take }, t("conflict.take")),
      h("button", { type: "button", onclick: insist }, t("conflict.insist")),
    ),
  );
}

function table(t, rows) {
  return h(
    "div.scroll",
    { tabindex: "0", role: "region", "aria-labelledby": "conflict" },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, ["what", "theirs", "mine"].map((name) => h("th", { scope: "col" }, t(`conflict.${name}`))))),
      h("tbody", {}, rows.map(([name, theirs, mine]) => row(t, name, theirs, mine))),
    ),
  );
}

function row(t, name, theirs, mine) {
  const plain = t.has(`head.${name}`);
  const shown = (said) => {
    if (!said) return h("small", {}, t("nothing"));
    if (name === "pos") return t(`pos.${said}`);
    return plain ? h("span", { lang: "en" }, said) : word(said, name);
  };
  return h(
    "tr",
    {},
    h("th", { scope: "row" }, plain ? t(`head.${name}`) : languageName(name)),
    h("td", {}, shown(theirs)),
    h("td", {}, shown(mine)),
  );
}
