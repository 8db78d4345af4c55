// A text field with words to choose from (the combobox of the ARIA practices: the list is a popup,
// the field keeps the focus).

import { Failure, get, pause } from "./api.js";
import { fill, h, word } from "./dom.js";
import { languageName } from "./i18n.js";

const WAIT = 120;
let made = 0;

/** Words of the lexicon that go with a text. */
async function suggested(q, language, signal) {
  return (await get("/v1/suggestions", { q, language, limit: 8 }, signal)).suggestions;
}

/**
 * `input` with suggestions. `language()` is whose words are offered (null for all), `onpick(word)`
 * is told `{lemma, language}` of what was chosen; `offers(text, language, signal)` gives other words
 * than those of the service. Returns an element that holds both.
 */
export function combobox(input, { language, onpick, label, offers = suggested }) {
  const id = `list${++made}`;
  const list = h("ul.options", { id, role: "listbox", "aria-label": label, hidden: true });
  let found = [];
  let at = -1;
  let asking = null;
  Object.entries({
    role: "combobox",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    "aria-expanded": "false",
    "aria-autocomplete": "list",
    "aria-controls": id,
  }).forEach(([name, value]) => input.setAttribute(name, value));

  function close() {
    asking?.abort(new DOMException("closed", "AbortError"));
    asking = null;
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function stand(place) {
    at = place;
    [...list.children].forEach((one, index) => one.setAttribute("aria-selected", String(index === at)));
    if (at < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  }

  function pick(place) {
    const chosen = found[place];
    input.value = chosen.lemma;
    close();
    onpick(chosen);
  }

  function offer(suggestions) {
    found = suggestions;
    fill(
      list,
      found.map((one, place) =>
        h(
          "li",
          {
            id: `${id}-${place}`,
            role: "option",
            "aria-selected": "false",
            // Before the field loses the focus.
            onmousedown: (event) => {
              event.preventDefault();
              pick(place);
            },
          },
          word(one.lemma, one.language),
          h("small", {}, languageName(one.language)),
          one.gloss ? h("small.gloss", { lang: "en" }, one.gloss) : null,
        ),
      ),
    );
    at = -1;
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(Boolean(found.length)));
    input.removeAttribute("aria-activedescendant");
  }

  async function look() {
    asking?.abort(new DOMException("typed on", "AbortError"));
    const text = input.value.trim();
    if (!text || text.length > 64) {
      close();
      return;
    }
    const mine = (asking = new AbortController());
    try {
      await pause(WAIT, mine.signal);
      const words = await offers(text, language(), mine.signal);
      if (!mine.signal.aborted && document.activeElement === input) offer(words);
    } catch (error) {
      // The search itself will say that the service is away; typing goes on without suggestions.
      if (error instanceof Failure) close();
      else if (!mine.signal.aborted) throw error;
    }
  }

  input.addEventListener("input", look);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) look();
      else stand(((at + 1 + (event.key === "ArrowDown" ? 1 : -1) + found.length + 1) % (found.length + 1)) - 1);
    } else if (event.key === "Enter") {
      if (!list.hidden && at >= 0) {
        event.preventDefault();
        pick(at);
      } else close();
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  return h("div.combobox", {}, input, list);
}
