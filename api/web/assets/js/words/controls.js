// Fields of the editor, each with a place for what is wrong with it.

import { field, h } from "../dom.js";

/** Say in which language a sentence is, or that it is in the page's. */
export function spoken(element, lang) {
  if (lang) element.lang = lang;
  else element.removeAttribute("lang");
}

/** A labelled control with a hint; `complain(sentence)` says what is wrong beside it, "" that nothing is. */
export function guarded(label, control, hint = "") {
  const element = field(label, control, { wide: true });
  const fault = h("p.fault", { id: `${control.id}-fault`, hidden: true });
  const advice = hint ? h("small", { id: `${control.id}-hint` }, hint) : null;
  if (advice) element.append(advice);
  element.append(fault);
  if (advice) control.setAttribute("aria-describedby", advice.id);
  return {
    element,
    control,
    complain(said, lang) {
      fault.hidden = !said;
      fault.textContent = said;
      spoken(fault, lang);
      control.setAttribute("aria-invalid", String(Boolean(said)));
      const about = [said ? fault.id : "", advice ? advice.id : ""].filter(Boolean).join(" ");
      if (about) control.setAttribute("aria-describedby", about);
      else control.removeAttribute("aria-describedby");
      return control;
    },
  };
}
