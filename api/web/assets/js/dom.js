// Elements out of plain values; text is always text, so nothing that is stored can become markup.

const PROPERTIES = new Set(["value", "checked", "disabled", "selected", "hidden", "open", "htmlFor", "className", "textContent", "indeterminate", "required", "multiple", "readOnly"]);

/**
 * An element: `h("a.big", {href: "/", onclick: go, lang: "kn", style: {width: "3em"}}, "text", child)`.
 * Children that are null or false are left out; arrays are taken apart.
 */
export function h(name, options = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(options ?? {})) {
    if (value === null || value === undefined || value === false) {
      if (PROPERTIES.has(key)) made[key] = value;
    } else if (key.startsWith("on")) {
      made.addEventListener(key.slice(2), value);
    } else if (key === "style") {
      // Properties may be set under the page's policy, a style attribute may not.
      for (const [property, said] of Object.entries(value)) made.style.setProperty(property, said);
    } else if (key === "data") {
      Object.assign(made.dataset, value);
    } else if (PROPERTIES.has(key)) {
      made[key] = value;
    } else {
      made.setAttribute(key, value === true ? "" : value);
    }
  }
  made.append(...flat(children));
  return made;
}

function flat(children) {
  return children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== false);
}

/** Put the children in place of what an element holds. */
export function fill(element, ...children) {
  element.replaceChildren(...flat(children));
  return element;
}

/** A word in its language, so that fonts, screen readers and line breaks do right. */
export function word(text, language, tag = "span") {
  return h(`${tag}.word`, { lang: language, translate: "no" }, text);
}

/** A labelled control, or an element around one; the label names it also for those who cannot see it. */
export function field(label, control, options = {}) {
  const named = control.matches("input, select, textarea") ? control : control.querySelector("input, select, textarea");
  named.id ||= `c${(field.count = (field.count ?? 0) + 1)}`;
  return h(`div.field${options.wide ? ".wide" : ""}`, {}, h("label", { for: named.id }, label), control);
}

/** A select: `options` are [value, text] or [value, text, language]. */
export function select(options, chosen, onchange, more = {}) {
  const made = h("select", { onchange: () => onchange(made.value), ...more });
  made.append(
    ...options.map(([value, text, language]) =>
      h("option", { value, selected: value === chosen, lang: language }, text),
    ),
  );
  return made;
}

/** Say something to those who listen rather than look. */
export function announce(text) {
  const said = document.getElementById("said");
  // The same sentence twice is said twice only if it went away in between.
  said.textContent = "";
  requestAnimationFrame(() => (said.textContent = text));
}
