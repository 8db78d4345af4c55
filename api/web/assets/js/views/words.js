// The concepts of the lexicon: to be browsed, read and, with a key, changed.

import { into } from "../app.js";
import { address, ask, get } from "../api.js";
import { announce, field, fill, h, select } from "../dom.js";
import { languageName, number } from "../i18n.js";
import { concept } from "../words/concept.js";
import { draftOf } from "../words/drafts.js";
import { POS, editor, placeOf } from "../words/editor.js";
import { listing, mark } from "../words/listing.js";

const AT_A_TIME = 40;
const TYPING = 250;
const FILTERS = ["prefix", "language", "field", "pos"];
const CLOSED = { concept: null, edit: null, new: null };

/** What was typed over a concept, by its key, "" for a new one: as long as the tab is open. */
const drafts = new Map();

function read(parameters) {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, [value].flat().at(-1)]),
  );
}

export async function mount(root, { t, page, set, signal }) {
  const [{ languages }, { fields }] = await Promise.all([
    get("/v1/languages", {}, signal),
    get("/v1/fields", {}, signal),
  ]);
  const filters = chooser({ t, set, languages, fields });
  const list = h("div.concept-list");
  const open = h("div.concept-open");
  const desk = h("div.concept-desk", {}, filters.element, list, open);
  const add = h("a.button", { "data-link": true }, `+ ${t("adding")}`);
  fill(root, h("div.titled", {}, h("h1", {}, t("title")), add), desk);

  let listed = null;
  let last;
  let editing = null;

  const isTyped = () => editing !== null && JSON.stringify(editing.form.read()) !== editing.first;

  /** Hold what was typed into the form that is about to go. */
  function hold() {
    if (isTyped()) drafts.set(editing.name, { draft: editing.form.read(), held: editing.held });
    else if (editing) drafts.delete(editing.name);
    editing = null;
  }

  const to = (wanted, over) => address("/words", { ...wanted, ...over });

  async function follow(wanted, inner) {
    const which = Object.fromEntries([...FILTERS, "cursor"].map((name) => [name, wanted[name]]));
    const where = address("/v1/concepts", { ...which, limit: AT_A_TIME });
    if (where !== listed) {
      listed = null;
      const turned = list.contains(document.activeElement);
      await into(list, inner, async (going) => {
        const found = await get(where, {}, going);
        listed = where;
        announce(t("listed", { n: number(found.concepts.length) }));
        return listing({ t, found, wanted, languages });
      });
      if (inner.aborted) return;
      // The link that was followed is gone with its page.
      if (turned && !list.contains(document.activeElement)) list.querySelector("h2")?.focus();
    }
    mark(list, wanted, (over) => to(wanted, over));
  }

  async function show(wanted, inner) {
    const name = wanted.new ? "" : wanted.concept || null;
    const isForm = Boolean(wanted.new || wanted.edit);
    const before = last;
    last = { name, isForm };
    desk.classList.toggle("opened", name !== null);
    const same = before?.name === name && before.isForm === isForm;
    // A form stays what it is while filters change beside it.
    if (same && editing) return;
    hold();
    if (name === null) {
      fill(open);
      if (before?.name) list.querySelector(`a[data-key="${CSS.escape(before.name)}"]`)?.focus();
      return;
    }
    await into(open, inner, async (going) => {
      const held = wanted.new ? null : await fetched(name, going);
      return h(
        "div.card",
        {},
        h("a.way-back", { href: to(wanted, CLOSED), "data-link": true }, `← ${t("back")}`),
        isForm ? form(wanted, name, held) : reading(wanted, held),
      );
    });
    if (before && !same && !inner.aborted) open.querySelector("h2")?.focus();
  }

  async function fetched(name, going) {
    const answer = await ask(placeOf(name), { signal: going });
    return { concept: answer.body, etag: answer.headers.get("etag") };
  }

  function reading(wanted, held) {
    const filtered = (one) => to(CLOSED, { field: one });
    return [
      concept({ t, shown: held.concept, languages, filtered }),
      h("a.button", { href: to(wanted, { edit: "true" }), "data-link": true }, t("edit")),
    ];
  }

  function form(wanted, name, held) {
    const kept = drafts.get(name);
    // What was typed was typed over what was there then: only its tag tells whether it still is.
    const over = kept?.held ?? held;
    const plain = draftOf(held?.concept ?? { field: wanted.field }, languages);
    const made = editor({
      t,
      page,
      fields,
      held: over,
      draft: kept?.draft ?? plain,
      saved: (one) => ended(name, "saved", { ...CLOSED, concept: one.key }),
      removed: () => ended(name, "removed", CLOSED),
      left: () => ended(name, null, { edit: null, new: null }),
    });
    editing = { name, held: over, form: made, first: JSON.stringify(plain) };
    return made.element;
  }

  /** Leave the form for good. */
  function ended(name, said, where) {
    editing = null;
    drafts.delete(name);
    if (said) {
      listed = null;
      announce(t(said));
    }
    // Back should not lead to a form that has done its work.
    set(where, { replace: true });
  }

  /** Whoever closes the tab over what was typed is asked first. */
  function warn(event) {
    if (isTyped()) event.preventDefault();
  }
  addEventListener("beforeunload", warn);

  return {
    title: (parameters) => read(parameters).concept ?? t("title"),
    async update(parameters, inner) {
      const wanted = read(parameters);
      filters.follow(wanted);
      add.href = to(wanted, { ...CLOSED, new: "true" });
      await Promise.all([follow(wanted, inner), show(wanted, inner)]);
    },
    close() {
      hold();
      removeEventListener("beforeunload", warn);
    },
  };
}

/** The form that says which concepts are listed. */
function chooser({ t, set, languages, fields }) {
  const change = (wanted, options) => set({ ...wanted, cursor: null }, options);
  let typing = null;
  const prefix = h("input", {
    type: "search",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    maxlength: "200",
    oninput: () => {
      clearTimeout(typing);
      typing = setTimeout(typed, TYPING);
    },
  });
  const typed = () => {
    clearTimeout(typing);
    change({ prefix: prefix.value.trim() }, { replace: true });
  };
  const controls = {
    language: select(
      [["", t("any.language")], ...languages.map((one) => [one.code, languageName(one.code)])],
      "",
      (language) => change({ language }),
    ),
    field: select(
      [["", t("any.field")], ...fields.map((one) => [one.field, `${one.field} (${number(one.concepts)})`, "en"])],
      "",
      (name) => change({ field: name }),
    ),
    pos: select([["", t("any.pos")], ...POS.map((one) => [one, t(`pos.${one}`)])], "", (pos) => change({ pos })),
  };
  const element = h(
    "form.form",
    {
      role: "search",
      onsubmit: (event) => {
        event.preventDefault();
        typed();
      },
    },
    field(t("prefix"), prefix, { wide: true }),
    Object.entries(controls).map(([name, control]) => field(t(`head.${name}`), control)),
  );
  return {
    element,
    follow(wanted) {
      if (prefix.value.trim() !== (wanted.prefix ?? "").trim()) prefix.value = wanted.prefix ?? "";
      for (const [name, control] of Object.entries(controls)) {
        const value = wanted[name] ?? "";
        control.value = value;
        // The form says what the address says, even if there is no such thing.
        if (control.value !== value) control.append(h("option", { value, selected: true }, value));
      }
    },
  };
}
