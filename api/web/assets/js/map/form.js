// What a map is of: words, encoder, method.

import { field, fill, h, select } from "../dom.js";
import { number } from "../i18n.js";
import { draws, question } from "./wanted.js";

const METHODS = ["tsne", "pca"];

/** `set` changes the address; the rest is what there is to choose from. */
export function mapForm({ t, set, fields, encoders, languages }) {
  let last = null;

  /** Values of the first select: "f" and a field, or "c" and a number of concepts. */
  function onwords(value) {
    const name = value.slice(1);
    const by = draws(languages, last).find((one) => value === `c${one.concepts}`)?.method;
    const which = value.startsWith("f") ? { field: name, concepts: null } : { field: null, concepts: name };
    set({ ...which, ...(by ? { method: by } : {}), word: null, from: null, page: null });
  }

  const about = select([], null, onwords);
  const encoder = select([], null, (value) => set({ encoder: value, page: null }));
  const method = select(
    METHODS.map((name) => [name, t(`method.${name}`)]),
    "tsne",
    (value) => set({ method: value === "tsne" ? null : value }),
  );

  function drawnName({ concepts, method: by }) {
    const n = Number(concepts);
    if (n !== 0) return t("whole.some", { n: Number.isInteger(n) ? number(n) : concepts });
    return by ? t("whole.all.by", { method: t(`method.${by}`) }) : t("whole.all");
  }

  /** What the address says is among the options, even if nobody would offer it. */
  function offer(wanted) {
    const isWhole = wanted.field === null;
    const drawn = question(wanted).concepts;
    const value = isWhole ? `c${drawn}` : `f${wanted.field}`;
    const whole = draws(languages, wanted).map((one) => [`c${one.concepts}`, drawnName(one)]);
    const byName = [...fields].sort((one, two) => (one.field < two.field ? -1 : 1));
    const some = byName.map((one) => [`f${one.field}`, `${one.field} (${number(one.concepts)})`]);
    const among = isWhole ? whole : some;
    if (!among.some(([known]) => known === value)) {
      among.unshift([value, isWhole ? drawnName({ concepts: drawn }) : wanted.field]);
    }
    const options = (which, lang) =>
      which.map(([one, text]) => h("option", { value: one, lang, selected: one === value }, text));
    fill(
      about,
      whole.length ? h("optgroup", { label: t("whole") }, options(whole)) : null,
      h("optgroup", { label: t("fields") }, options(some, "en")),
    );
  }

  return {
    element: h(
      "form.form",
      { onsubmit: (event) => event.preventDefault() },
      field(t("about"), about, { wide: true }),
      field(t("encoder"), encoder),
      field(t("method"), method),
    ),
    update(wanted) {
      last = wanted;
      offer(wanted);
      const built = encoders.filter((one) => one.languages.length);
      const names = built.map((one) => one.name);
      const used = wanted.encoder ?? built.find((one) => one.default)?.name;
      if (used && !names.includes(used)) names.push(used);
      fill(encoder, names.map((name) => h("option", { value: name, selected: name === used }, name)));
      if (METHODS.includes(wanted.method)) method.value = wanted.method;
      else method.selectedIndex = -1;
    },
  };
}
