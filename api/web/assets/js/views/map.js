// A map of the words of a field, or of all: which lie near each other, and where translations are.

import { into, problem } from "../app.js";
import { Failure, get } from "../api.js";
import { announce, fill, h, word } from "../dom.js";
import { named, saveUrl } from "../downloads.js";
import { current, number } from "../i18n.js";
import { asked } from "../map/asking.js";
import { Board } from "../map/board.js";
import { chosenWord } from "../map/chosen.js";
import { MOST_LINES } from "../map/figure.js";
import { findBox } from "../map/find.js";
import { mapForm } from "../map/form.js";
import { legend } from "../map/legend.js";
import { counted, facts, notes } from "../map/notes.js";
import { wordTable } from "../map/table.js";
import { question, read } from "../map/wanted.js";
import { Words } from "../map/words.js";

export async function mount(root, { t, go, set, signal }) {
  const [{ fields }, { encoders }, { languages }] = await Promise.all([
    get("/v1/fields", {}, signal),
    get("/v1/encoders", {}, signal),
    get("/v1/languages", {}, signal),
  ]);
  /** The map that stands there: `{key, map, words, isFinal}`. */
  let here = null;
  let clicked = false;

  const choose = (at) =>
    set(at === null ? { word: null, from: null } : { word: here.words.form[at], from: here.words.language[at] });

  // What does not change

  const form = mapForm({ t, set, fields, encoders, languages });
  const lines = h("input", { type: "checkbox", onchange: () => set({ lines: lines.checked ? null : "off" }) });
  const key = legend({
    t,
    more: h("label.check.apart", {}, lines, t("lines")),
    onswitch: (codes) => set({ language: codes, alone: codes ? undefined : null, page: null }),
    onalone: (isAlone) => set({ alone: isAlone ? "on" : null, page: null }),
  });
  const find = findBox({
    t,
    map: () => here && { words: here.words, shown: shownOf(here.words, last) },
    onfound: ({ lemma, language }) => set({ word: lemma, from: language }),
  });
  const place = h("div.facts");
  const progress = h("div.progress");
  const bar = h("progress", { "aria-label": t("progress.label") });
  const text = h("span");
  const missing = h("div");
  const board = new Board({
    title: t("title"),
    t,
    onclick: (at) => {
      clicked = true;
      choose(at);
    },
  });
  const chosen = chosenWord({ t, onchoose: choose });
  const table = wordTable({ t, onchoose: choose, onpage: (n) => set({ page: n }) });
  const said = notes(t);
  const below = h("div", {}, said.element, table.element);
  const stage = h("div.map-stage", {}, board.element, chosen.element);
  const whole = h(
    "div.map-view",
    {},
    h("h1", {}, t("title")),
    form.element,
    h("div.map-tools", {}, find.element, key.element),
    place,
    progress,
    missing,
    stage,
    below,
  );
  fill(root, whole);
  board.picture = async () => {
    const which = here.map.field ?? t("whole");
    const url = await board.png(`${which} · ${here.map.encoder} · ${t(`method.${here.map.method}`)}`);
    saveUrl(`${named("map", which, here.map.encoder, here.map.method)}.png`, url);
  };

  // What the address says

  let last = read({}, fields);

  // The map

  function shownOf(words, { shown }) {
    return new Set(words.languages.filter((code) => shown === null || shown.includes(code)));
  }

  /** Show the map that stands here as the address wants it. */
  async function show(wanted, { isNew }) {
    const { words, map } = here;
    const shown = shownOf(words, wanted);
    const at = wanted.word === null ? -1 : words.find(wanted.word, wanted.from);
    const isThere = at >= 0 && shown.has(words.language[at]);
    const codes = wanted.alone
      ? languages.filter((one) => one.words).map((one) => one.code)
      : words.languages;
    const some = words.linesOf(shown);
    key.update(words, codes, wanted, shown);
    chosen.update(words, isThere ? at : -1, shown);
    said.update(map);
    fill(missing, wanted.word !== null && !isThere ? nowhere(wanted) : null);
    const those = [...shown].join();
    // The table keeps its rows as long as they are the same.
    if (here.shown !== those) Object.assign(here, { shown: those, places: words.places(shown) });
    const row = isThere ? at : -1;
    table.update(words, { shown, places: here.places, chosen: row, page: wanted.page, open: wanted.table });
    const group = isThere ? [at, ...words.partners(at).filter((one) => words.isShown(one, shown))] : [];
    const isSame = here.word === row;
    if (!isSame && isThere) {
      announce(t("said.chosen", { word: words.form[at], n: number(words.partners(at).length) }));
    } else if (isNew) {
      announce(counted(t, map));
    }
    const zoom = isThere && !clicked && (!isSame || isNew) ? "word" : isNew ? "all" : "stay";
    here.word = row;
    clicked = false;
    await board.show(words, {
      method: map.method,
      explained: map.explained,
      shown,
      lines: wanted.lines && some.length <= MOST_LINES ? some : [],
      chosen: group,
      reader: current(),
      zoom,
    });
    return facts(t, map, { shown, lines: some.length, wanted, fallback: board.isSlow(words) });
  }

  const nowhere = (wanted) =>
    h(
      "p.notice",
      {},
      t.parts("find.nowhere", { word: word(wanted.word, wanted.from ?? current()) }),
      " ",
      h(
        "button.link",
        { type: "button", onclick: () => go("/", { q: wanted.word, from: wanted.from }) },
        t("find.elsewhere"),
      ),
    );

  function hidden(isHidden) {
    for (const one of [stage, below, missing]) one.hidden = isHidden;
  }

  /** The first answer; where only t-SNE is refused, that is `{error}`. */
  async function begun(asking, inner) {
    try {
      return (await asked(asking, inner).next()).value;
    } catch (error) {
      const isRefused = error instanceof Failure && error.kind === "refused";
      if (!isRefused || asking.method !== "tsne") throw error;
      return { error };
    }
  }

  /** Have a map stand there: at once, or principal components for now. */
  async function first(wanted, inner) {
    const asking = question(wanted);
    const written = JSON.stringify(asking);
    if (here?.key === written) return show(wanted, { isNew: false });
    try {
      const state = await begun(asking, inner);
      const map = state.map ?? (await asked({ ...asking, method: "pca" }, inner).next()).value.map;
      here = { key: written, map, words: new Words(map), isFinal: Boolean(state.map), state };
    } catch (error) {
      if (!inner.aborted) {
        here = null;
        hidden(true);
      }
      throw error;
    }
    hidden(false);
    return show(wanted, { isNew: true });
  }

  function failed(error, wanted, inner) {
    const again = () => {
      here.state = { done: 0, total: 1 };
      follow(wanted, inner);
    };
    fill(progress, h("p", {}, t("progress.failed")), problem(error, again));
  }

  /** Tell how far the map is, until it is there. */
  async function follow(wanted, inner) {
    if (here.state.error) {
      failed(here.state.error, wanted, inner);
      return;
    }
    const tell = ({ done, total }) => {
      Object.assign(bar, { max: total, value: done });
      text.textContent = t(done ? "progress" : "progress.waits", { done: number(done), total: number(total) });
    };
    tell(here.state);
    if (bar.parentElement?.parentElement !== progress) {
      fill(progress, h("p", {}, bar, " ", text, " ", t("progress.meanwhile")));
      announce(t("progress.begun"));
    }
    try {
      for await (const state of asked(question(wanted), inner)) {
        if (!state.map) {
          here.state = state;
          tell(state);
          continue;
        }
        Object.assign(here, { map: state.map, words: new Words(state.map), isFinal: true, shown: null });
        fill(progress);
        fill(place, await show(wanted, { isNew: true }));
        announce(t("progress.done"));
      }
    } catch (error) {
      if (!inner.aborted) failed(error, wanted, inner);
    }
  }

  return {
    title: (parameters) =>
      parameters.field || parameters.concepts
        ? `${t("title")}: ${read(parameters, fields).field ?? t("whole")}`
        : null,
    async update(parameters, inner) {
      const wanted = (last = read(parameters, fields));
      form.update(wanted);
      find.update(wanted.word);
      lines.checked = wanted.lines;
      // What is being worked out goes on, whatever else the address says now.
      if (here?.isFinal !== false || here.key !== JSON.stringify(question(wanted))) fill(progress);
      await into(place, inner, (during) => first(wanted, during));
      if (!inner.aborted && here && !here.isFinal) await follow(wanted, inner);
    },
    close: () => board.close(),
  };
}
