// A concept in a form: to be changed, removed or added. What was typed stays whatever happens.

import { Failure, ask } from "../api.js";
import { announce, fill, h, select } from "../dom.js";
import { conflict } from "./conflict.js";
import { guarded } from "./controls.js";
import { changes, hasWord, whole } from "./drafts.js";
import { located } from "./faults.js";
import { confirmed } from "./removal.js";
import { wordRows } from "./rows.js";
import { writeKey } from "./writekey.js";

export const POS = ["noun", "verb", "adj", "adv", "pron", "adp", "conj", "det", "num", "intj", "part", "propn", "x"];

/** Where a concept is. */
export const placeOf = (key) => `/v1/concepts/${encodeURIComponent(key)}`;

/**
 * The form over `held` (`{concept, etag}`, or null for a new concept) with what `draft` says.
 * `page(key)` gives the sentences of the whole page; `saved(concept)`, `removed(concept)` and
 * `left()` are told how it ended.
 */
export function editor({ t, page, fields, held, draft, saved, removed, left }) {
  const gloss = guarded(t("head.gloss"), h("textarea", { rows: 2, lang: "en", value: draft.gloss, maxlength: "1000" }), t("gloss.hint"));
  const pos = guarded(t("head.pos"), select(POS.map((one) => [one, t(`pos.${one}`)]), draft.pos, () => {}));
  const names = h("datalist", { id: "fields" }, fields.map((one) => h("option", { value: one.field })));
  const field = guarded(
    t("head.field"),
    h("input", { lang: "en", value: draft.field, list: names.id, autocomplete: "off", maxlength: "1000" }),
  );
  const key = held ? null : guarded(t("head.key"), h("input", { value: draft.key, autocomplete: "off", spellcheck: "false" }), t("head.key.hint"));
  const rows = Object.entries(draft.forms).map(([code, lemmas]) => [code, wordRows({ t, code, lemmas })]);
  const anyScript = h("input", { type: "checkbox" });
  const anyScriptLabel = h("label.check", { hidden: true }, anyScript, t("script.any"));
  const writer = writeKey(t);
  const trouble = h("div", { tabindex: "-1" });
  const save = h("button.main", { type: "submit" }, t(held ? "save" : "create"));
  const element = h(
    "form.editor",
    {
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        send();
      },
    },
    h("h2", { tabindex: "-1" }, held ? t("editing", { key: held.concept.key }) : t("adding")),
    key?.element,
    gloss.element,
    h("div.two-fields", {}, pos.element, field.element),
    names,
    h("h3", {}, t("words")),
    h("div.word-groups", {}, rows.map(([, one]) => one.element)),
    anyScriptLabel,
    writer.element,
    trouble,
    h(
      "div.buttons",
      {},
      save,
      h("button", { type: "button", onclick: left }, t("cancel")),
      held ? h("button.danger", { type: "button", onclick: remove }, t("remove")) : null,
    ),
  );
  const places = { gloss, pos, field, key };

  function read() {
    return {
      key: key?.control.value ?? draft.key,
      gloss: gloss.control.value,
      pos: pos.control.value,
      field: field.control.value,
      forms: Object.fromEntries(rows.map(([code, one]) => [code, one.values()])),
    };
  }

  function clear() {
    fill(trouble);
    for (const one of [...Object.values(places), ...rows.map(([, each]) => each), writer]) one?.complain("");
  }

  /** Say what is wrong where it is wrong, and go there. */
  function complain(where, language, said, lang) {
    announce(said);
    const row = rows.find(([code]) => code === language)?.[1] ?? (where === "words" ? rows[0][1] : null);
    const place = row ?? places[where];
    if (place) {
      place.complain(said, lang).focus();
      return;
    }
    fill(trouble, h("div.notice.bad", {}, h("p", { lang }, said)));
    trouble.focus();
  }

  async function send() {
    clear();
    writer.keep();
    const mine = read();
    if (!mine.gloss.trim()) return complain("gloss", null, t("fault.gloss"));
    if (!hasWord(mine)) return complain("words", null, t("fault.words"));
    const body = held ? changes(held.concept, mine) : whole(mine);
    // Nothing to say is said without asking.
    if (body === null) return saved(held.concept);
    await tried(async () => {
      const answer = await ask(held ? placeOf(held.concept.key) : "/v1/concepts", {
        method: held ? "PATCH" : "POST",
        body,
        parameters: { any_script: anyScript.checked ? "true" : null },
        headers: held ? { "If-Match": held.etag } : {},
      });
      saved(answer.body);
    });
  }

  async function remove() {
    clear();
    writer.keep();
    const { key: name, forms } = held.concept;
    const count = Object.values(forms).reduce((sum, some) => sum + some.length, 0);
    if (!(await confirmed(t, { name, count }))) return;
    await tried(async () => {
      await ask(placeOf(name), { method: "DELETE", headers: { "If-Match": held.etag } });
      removed(held.concept);
    });
  }

  /** Do what may be refused; a second press meanwhile does nothing. */
  async function tried(work) {
    save.disabled = true;
    element.setAttribute("aria-busy", "true");
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      await refused(error);
    } finally {
      save.disabled = false;
      element.removeAttribute("aria-busy");
    }
  }

  async function refused(error) {
    if (error.status === 412) return meet();
    if (error.status === 401 || error.status === 403) {
      announce(page("failed.key"));
      writer.complain(error.detail, "en").focus();
      return;
    }
    if (error.kind !== "refused") return complain(null, null, page(`failed.${error.kind}`));
    anyScriptLabel.hidden = anyScriptLabel.hidden && !error.detail.includes("any_script");
    const { where, language } = located(error.detail);
    complain(where, language, error.detail, "en");
  }

  /** Somebody else was quicker: show what they wrote, and leave both ways open. */
  async function meet() {
    try {
      const answer = await ask(placeOf(held.concept.key));
      held = { concept: answer.body, etag: answer.headers.get("etag") };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      complain(null, null, error.status === 404 ? t("fault.gone") : error.message, error.status === 404 ? "" : "en");
      return;
    }
    announce(t("conflict"));
    const notice = conflict({
      t,
      theirs: held.concept,
      mine: read(),
      take: () => saved(held.concept),
      insist: send,
    });
    fill(trouble, notice);
    notice.focus();
  }

  return { element, read, focus: () => element.querySelector("h2").focus() };
}
