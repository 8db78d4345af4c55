// A word and the words nearest to it: as cards, as a heat map and on a map.

import { Failure, get } from "../api.js";
import { into, problem } from "../app.js";
import { announce, fill, h } from "../dom.js";
import { current, number } from "../i18n.js";
import { card } from "../search/cards.js";
import { searchForm } from "../search/form.js";
import * as heat from "../search/heat.js";
import * as nearby from "../search/nearby.js";
import { Picture, calm } from "../search/picture.js";
import { asked, isPhrase } from "../search/query.js";
import { reverse } from "../search/reverse.js";
import { guessed } from "../scripts.js";
import { start } from "../search/start.js";
import { once, searching, targets } from "../search/state.js";

const MOST_SPELLINGS = 5;
/** Characters of a text that can be a word's beginning. */
const LONGEST = 64;
const HEIGHT = "26rem";

/** What is nice to have beside an answer: `otherwise` where the service refuses it. */
async function optional(otherwise, asking) {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof Failure) return otherwise;
    throw error;
  }
}

/** Words that are spelt as the text is, in other languages than that which was said. */
async function elsewhere(state, signal) {
  if (state.q.length > LONGEST) return [];
  const asking = get("/v1/suggestions", { q: state.q, limit: 20 }, signal);
  const { suggestions } = await optional({ suggestions: [] }, asking);
  const same = state.q.toLowerCase();
  return suggestions
    .filter((one) => one.language !== state.from && one.lemma.toLowerCase() === same)
    .map((one) => ({ ...one, kind: "same" }));
}

/** Mean cosines of random pairs, where the text itself has no matrix: they are the languages', and a
 * word that was found has one. */
async function chances(state, codes, found, signal) {
  const [word] = found.flatMap((answer) => answer.results);
  if (!word) return [];
  const { lemma: q, language: source } = word;
  const target = [state.from, ...codes].filter((one) => one !== source);
  const asking = get("/v1/translations/matrix", { q, source, target, encoder: state.encoder, k: 1 }, signal);
  return (await optional({ chance: [] }, asking)).chance;
}

/** The heat map of a word of the lexicon; `told` takes what it says of random pairs and meanings. */
async function matrixOf(t, state, codes, results, told, signal) {
  const { q, from: source, encoder } = state;
  try {
    const found = await get("/v1/translations/matrix", { q, source, target: codes, encoder }, signal);
    told(found.chance, found.glosses);
    return { make: (width) => heat.figure(t, found, width), notes: heat.notes(t, found) };
  } catch (error) {
    if (signal.aborted) throw error;
    told(await chances(state, codes, results, signal), []);
    if (error.status !== 422) throw error;
    // A word that the lexicon does not translate.
    return { make: null, notes: h("p.empty", { lang: "en" }, error.message) };
  }
}

async function mapOf(t, state, codes, signal) {
  const { q, from: source, encoder } = state;
  const language = [source, ...codes];
  const found = await get("/v1/neighbourhood", { q, source, language, encoder }, signal);
  return { make: (width, height) => nearby.figure(t, found, width, height), notes: nearby.notes(t, state, found) };
}

export async function mount(root, { t, page, go, set, signal: mounting }) {
  const heading = h("h1", {}, t("title"));
  fill(root, heading, h("p.busy", {}, page("loading")));
  const [{ languages }, { encoders }] = await Promise.all([get("/v1/languages", {}, mounting), get("/v1/encoders", {}, mounting)]);

  let shown = {};
  let rerun = () => {};
  const submit = (wanted) => {
    const before = location.search;
    set(wanted);
    // Asked for once more, perhaps because it failed.
    if (location.search === before) rerun();
  };
  const open = ({ custom }) => {
    if (!custom) return;
    const target = new URL(searching(shown, ...custom), location.href);
    go(target.pathname, Object.fromEntries(target.searchParams));
  };
  const form = searchForm({ t, languages, encoders, submit });
  const beginning = h("div");
  const results = h("div.answers");
  const matrix = new Picture({ title: t("heat"), height: HEIGHT });
  const map = new Picture({ title: t("near"), height: HEIGHT, onclick: open });
  const pictures = h("div.pictures", {}, matrix.element, map.element);
  fill(root, heading, form.element, beginning, results, pictures);

  /** Whether somebody is reading what the next state will replace. */
  const reading = () => [beginning, results, pictures].some((one) => one.contains(document.activeElement));

  function withoutPictures() {
    matrix.hide();
    map.hide();
  }

  async function answers(state, signal, wasReading) {
    const moved = wasReading || reading();
    const codes = targets(state, languages);
    const { q, from: source, encoder, score, k } = state;
    const asking = codes.map((target) => get("/v1/translations", { q, source, target, encoder, score, k }, signal));
    const settled = await Promise.allSettled(asking);
    signal.throwIfAborted();
    const found = settled.filter((one) => one.status === "fulfilled").map((one) => one.value);
    const failures = settled.filter((one) => one.status === "rejected").map((one) => one.reason);
    if (!found.length) {
      withoutPictures();
      throw failures[0] ?? new Failure("refused", { detail: t("nowhere") });
    }
    const known = found[0].query.lexeme_ids.length > 0;
    const meant = known ? [] : [...(await elsewhere(state, signal)), ...found[0].suggestions];
    const query = asked(t, state, found[0], meant.slice(0, MOST_SPELLINGS));
    const cards = found.map((answer) => card(t, state, answer));
    const told = (chance, glosses) => {
      cards.forEach((one) => one.chance(heat.between(chance, source, one.language)));
      query.glosses(glosses);
    };

    // Each of these waits and fails for itself.
    map.show(signal, (inner) => mapOf(t, state, codes, inner));
    const meanings = h("div.meaning");
    if (known) {
      matrix.show(signal, (inner) => matrixOf(t, state, codes, found, told, inner));
    } else {
      matrix.hide();
      chances(state, codes, found, signal).then((chance) => told(chance, []), () => {});
      into(meanings, signal, (inner) => reverse({ t, state, codes: [source, ...codes] }, inner));
    }

    const total = found.reduce((sum, one) => sum + one.results.length, 0);
    announce(t("found", { n: number(total), word: q }));
    requestAnimationFrame(() => {
      const nobody = document.activeElement === document.body || reading();
      if (moved && nobody && !signal.aborted) query.heading.focus();
    });
    const broken = failures.map((error) => h("div.card", {}, problem(error, () => rerun())));
    const list = h(`div.cards${cards.length === 1 ? ".only" : ""}`, {}, cards.map((one) => one.element), broken);
    if (known) return [query.element, list];
    return isPhrase(q) ? [query.element, meanings, list] : [query.element, list, meanings];
  }

  return {
    title: (parameters) => once(parameters).q.trim() || t("title"),
    async update(parameters, signal) {
      const given = once(parameters);
      const q = given.q.trim();
      const state = { ...given, q, from: given.from || guessed(q, languages, current()) };
      const wasReading = reading();
      shown = state;
      rerun = () => this.update(parameters, signal);
      form.show(state, given.from !== "");
      heading.classList.toggle("unseen", q !== "");
      fill(beginning, q ? null : start({ t, languages }));
      if (!q) {
        withoutPictures();
        calm(results);
        return;
      }
      await into(results, signal, (inner) => answers(state, inner, wasReading));
    },
    close() {
      matrix.close();
      map.close();
    },
  };
}
