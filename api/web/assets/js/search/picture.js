// A part of the view with a heading, a plot and what is said of it. The plot's frame is made when it
// is first wanted and kept: whatever moves a frame loads it anew.

import { into, problem } from "../app.js";
import { fill, h } from "../dom.js";
import { Plot } from "../plots.js";

/** What was being loaded is no longer wanted. */
export function calm(place) {
  place.removeAttribute("aria-busy");
  place.classList.remove("waiting");
  fill(place);
}

export class Picture {
  /** `height` in CSS; `onclick` as of {@link Plot}. */
  constructor({ title, height, onclick }) {
    this.options = { title, height, onclick };
    this.plot = null;
    this.host = h("div.host", { style: { "min-height": height } });
    this.notes = h("div.notes");
    this.element = h("section.card.picture", { hidden: true }, h("h2", {}, title), this.host, this.notes);
  }

  hide() {
    this.element.hidden = true;
    calm(this.notes);
  }

  /** `work(signal)` gives `{make, notes}`: `make(width, height)` what {@link Plot} draws on so many
   * pixels, or null, and the elements below it. */
  async show(signal, work) {
    this.element.hidden = false;
    this.host.classList.add("waiting");
    await into(this.notes, signal, async (inner) => {
      try {
        const { make, notes } = await work(inner);
        this.host.hidden = make === null;
        if (make !== null && !inner.aborted) this.draw(make, inner);
        // Who reads the table goes on reading it.
        const wasOpen = this.notes.querySelector("details")?.open ?? false;
        for (const one of [notes].flat()) if (one.tagName === "DETAILS") one.open = wasOpen;
        return notes;
      } catch (error) {
        if (!inner.aborted) this.host.hidden = true;
        throw error;
      }
    });
  }

  async draw(make, signal) {
    if (this.plot === null) {
      this.plot = new Plot(this.options);
      fill(this.host, this.plot.element);
    }
    try {
      await this.plot.draw(() => make(this.host.clientWidth, this.host.clientHeight));
      if (!signal.aborted) this.host.classList.remove("waiting");
    } catch (error) {
      if (!signal.aborted) this.notes.prepend(problem(error));
    }
  }

  close() {
    this.plot?.close();
  }
}
