// The key that lets this tab write. It is never in the address, and goes with the tab.

import { key } from "../api.js";
import { h } from "../dom.js";
import { guarded } from "./controls.js";

/** A field for the key; what is typed there is used from then on. */
export function writeKey(t) {
  const input = h("input", {
    type: "password",
    id: "write-key",
    autocomplete: "off",
    value: key.get(),
    oninput: keep,
  });
  const made = guarded(t("key"), input, t("key.hint"));
  const forget = h(
    "button.small",
    {
      type: "button",
      onclick: () => {
        input.value = "";
        keep();
        input.focus();
      },
    },
    t("key.forget"),
  );
  made.element.append(forget);

  // As it is typed: what changed only when the field is left would move the button under a pointer
  // that is about to press it.
  function keep() {
    key.set(input.value.trim());
    forget.disabled = !key.get();
    made.complain("");
  }

  forget.disabled = !key.get();
  return { ...made, keep };
}
