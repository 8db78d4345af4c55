// The question before a concept is removed.

import { h } from "../dom.js";

/** Asks; resolves to whether the concept shall go. */
export function confirmed(t, { name, count }) {
  return new Promise((resolve) => {
    const keep = h("button", { type: "button", onclick: () => dialog.close("keep") }, t("remove.keep"));
    const dialog = h(
      "dialog",
      { "aria-labelledby": "removal", "aria-describedby": "removal-about" },
      h("h2", { id: "removal" }, t("remove.ask", { name })),
      h("p", { id: "removal-about" }, t("remove.about", { n: count })),
      h(
        "div.buttons",
        {},
        keep,
        h("button.danger", { type: "button", onclick: () => dialog.close("remove") }, t("remove.do")),
      ),
    );
    // Escape closes it as well, without a word.
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "remove");
    });
    document.body.append(dialog);
    dialog.showModal();
    keep.focus();
  });
}
