// Which view is shown, in which language and colours. The address is the whole state: views are
// given its parameters and change them, never keep their own.

import { announce, field, fill, h } from "./dom.js";
import { Failure, key } from "./api.js";
import { LANGUAGES, choose, current, dictionary, preferred } from "./i18n.js";

const VIEWS = {
  "/": "search",
  "/map": "map",
  "/alignment": "alignment",
  "/inference": "inference",
  "/words": "words",
};

const root = document.getElementById("view");
let shown = null;
let t = null;

/** The parameters of the address, as a plain object; a parameter that comes twice is an array. */
function parameters() {
  const found = {};
  for (const [name, value] of new URLSearchParams(location.search)) {
    found[name] = name in found ? [found[name], value].flat() : value;
  }
  return found;
}

function written(path, wanted) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(wanted)) {
    for (const one of [value].flat()) {
      if (one !== null && one !== undefined && one !== "") query.append(name, one);
    }
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

/** Go to another view or state; `replace` where Back should not lead here. */
export function go(path, wanted = {}, { replace = false } = {}) {
  const target = written(path, wanted);
  if (target === location.pathname + location.search) return;
  history[replace ? "replaceState" : "pushState"](null, "", target);
  show();
}

/**
 * Show what the address says. A view is a module with `mount(root, context)`, which draws what
 * does not change and returns `{update(parameters, signal), title(parameters), close()}`; `update`
 * is called for every state, and its signal is aborted when the next one comes.
 */
async function show({ again = false } = {}) {
  const name = VIEWS[location.pathname] ?? "search";
  const fresh = again || shown?.name !== name;
  shown?.state.abort(new DOMException("another state", "AbortError"));
  if (fresh) {
    shown?.life.abort(new DOMException("another view", "AbortError"));
    shown?.view?.close?.();
    shown = { name, view: null, life: new AbortController(), state: null };
  }
  const here = shown;
  here.state = new AbortController();
  mark(name);
  try {
    if (fresh) {
      fill(root, h("p.busy", {}, t("loading")));
      const [module, words] = await Promise.all([import(`./views/${name}.js`), dictionary(name)]);
      if (shown !== here) return;
      const set = (wanted, options) => go(location.pathname, { ...parameters(), ...wanted }, options);
      fill(root);
      const view = await module.mount(root, { t: words, page: t, go, set, signal: here.life.signal });
      if (shown !== here) {
        view.close?.();
        return;
      }
      here.view = view;
    }
    // A view that is still being mounted is given the newest state once it is there.
    if (here.view === null) return;
    document.title = `${here.view.title?.(parameters()) ?? t(`nav.${name}`)} · ${t("brand")}`;
    await here.view.update(parameters(), here.state.signal);
  } catch (error) {
    if (shown !== here || error?.name === "AbortError") return;
    fill(root, problem(error, () => show({ again: true })));
  }
}

function mark(name) {
  for (const link of document.querySelectorAll(".top nav a")) {
    const isHere = VIEWS[new URL(link.href).pathname] === name;
    if (isHere) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** What went wrong in plain words, with a button that tries again. */
export function problem(error, again) {
  const failure = error instanceof Failure ? error : new Failure("broken", { detail: String(error) });
  if (failure.kind === "broken") console.error(error);
  const why = failure.status === 401 || failure.status === 403 ? "key" : failure.kind;
  const title = t(`failed.${why}`);
  announce(title);
  return h(
    "div.notice.bad",
    { role: "alert" },
    h("p", {}, h("strong", {}, title)),
    failure.message && failure.message !== failure.kind ? h("p", { lang: "en" }, failure.message) : null,
    failure.status === 401 && again ? keyForm(again) : null,
    again && failure.status !== 401 ? h("button", { type: "button", onclick: again }, t("again")) : null,
  );
}

/** Where reads need a key, nothing is shown before this was filled in. */
function keyForm(again) {
  const input = h("input", { type: "password", autocomplete: "off", required: true, value: key.get() });
  const use = (event) => {
    event.preventDefault();
    key.set(input.value.trim());
    again();
  };
  return h(
    "form.form",
    { onsubmit: use },
    field(t("key"), input, { wide: true }),
    h("button.main", {}, t("again")),
  );
}

/** How often something was begun in a place. */
const turns = new WeakMap();

/**
 * Run `work(signal)` while `place` says so, then put what it gives there; what fails is said there
 * as well, and can be tried again. What was there stays while the next comes.
 */
export async function into(place, signal, work) {
  const turn = (turns.get(place) ?? 0) + 1;
  turns.set(place, turn);
  place.setAttribute("aria-busy", "true");
  // Most answers come before an eye could follow the change.
  const late = setTimeout(() => {
    if (place.childElementCount) place.classList.add("waiting");
    else fill(place, h("p.busy", {}, t("loading")));
  }, 150);
  const slow = setTimeout(() => announce(t("slow")), 3_000);
  try {
    const made = await work(signal);
    if (!signal.aborted) fill(place, made);
  } catch (error) {
    if (!signal.aborted) fill(place, problem(error, () => into(place, signal, work)));
  } finally {
    clearTimeout(late);
    clearTimeout(slow);
    // What was overtaken leaves the place to what overtook it, if anything did.
    if (turns.get(place) === turn) {
      place.removeAttribute("aria-busy");
      place.classList.remove("waiting");
    }
  }
}

function translated() {
  for (const one of document.querySelectorAll("[data-t]")) one.textContent = t(one.dataset.t);
  for (const one of document.querySelectorAll("[data-t-label]")) {
    one.setAttribute("aria-label", t(one.dataset.tLabel));
  }
}

function looks() {
  const language = document.getElementById("interface");
  language.append(
    ...Object.entries(LANGUAGES).map(([code, name]) =>
      h("option", { value: code, lang: code, selected: code === current() }, name),
    ),
  );
  language.addEventListener("change", async () => {
    choose(language.value);
    t = await dictionary("page");
    translated();
    await show({ again: true });
  });
  const theme = document.getElementById("theme");
  theme.value = document.documentElement.dataset.theme ?? "auto";
  theme.addEventListener("change", () => {
    if (theme.value === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme.value;
    try {
      localStorage.setItem("theme", theme.value);
    } catch {
      // Then it holds until the page is closed.
    }
    dispatchEvent(new Event("theme"));
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    dispatchEvent(new Event("theme")),
  );
}

/** Links of the page are followed without loading it anew. */
function follow(event) {
  const link = event.target.closest?.("a[data-link]");
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!link || !plain) return;
  event.preventDefault();
  const changed = location.pathname !== link.pathname;
  history.pushState(null, "", link.pathname + link.search);
  show();
  if (changed) {
    root.focus({ preventScroll: true });
    scrollTo(0, 0);
  }
}

async function begin() {
  choose(preferred());
  t = await dictionary("page");
  translated();
  looks();
  addEventListener("click", follow);
  addEventListener("popstate", () => show());
  await show();
}

begin();
