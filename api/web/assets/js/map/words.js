// The words of a map: which lie where, which are joined, which are near, which a text finds.

/** As it is compared: without case, accents of Latin letters and joiners. */
export const folded = (text) =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f\u200c\u200d]/g, "")
    .toLowerCase();

export class Words {
  /** `answer` is that of /v1/map. */
  constructor({ words, lines }) {
    this.form = words.form;
    this.language = words.language;
    this.gloss = words.gloss;
    this.x = Float32Array.from(words.x);
    this.y = Float32Array.from(words.y);
    this.lines = lines;
    this.size = this.form.length;
    this.counts = new Map();
    for (const code of this.language) this.counts.set(code, (this.counts.get(code) ?? 0) + 1);
  }

  get languages() {
    return [...this.counts.keys()];
  }

  /** Whether it lies beside others whose language is switched on. */
  isShown(at, shown) {
    return shown.has(this.language[at]);
  }

  /** Where those are that are switched on. */
  places(shown) {
    const found = [];
    for (let at = 0; at < this.size; at++) if (this.isShown(at, shown)) found.push(at);
    return found;
  }

  /** The lines that have both ends switched on. */
  linesOf(shown) {
    return this.lines.filter(([one, two]) => this.isShown(one, shown) && this.isShown(two, shown));
  }

  /** The words that lines lead to, in the order of the map. */
  partners(at) {
    this.joined ??= this.neighbours();
    return this.joined.get(at) ?? [];
  }

  neighbours() {
    const joined = new Map();
    const add = (one, two) => joined.set(one, [...(joined.get(one) ?? []), two]);
    for (const [one, two] of this.lines) {
      add(one, two);
      add(two, one);
    }
    for (const some of joined.values()) some.sort((one, two) => one - two);
    return joined;
  }

  /** The `most` words that are switched on and lie nearest to one, nearest first. */
  nearest(at, shown, most) {
    const found = [];
    for (let other = 0; other < this.size; other++) {
      if (other === at || !this.isShown(other, shown)) continue;
      const far = (this.x[other] - this.x[at]) ** 2 + (this.y[other] - this.y[at]) ** 2;
      if (found.length === most && far >= found.at(-1).far) continue;
      const place = found.findIndex((one) => one.far > far);
      found.splice(place < 0 ? found.length : place, 0, { other, far });
      if (found.length > most) found.pop();
    }
    return found.map((one) => one.other);
  }

  get folds() {
    return (this.folding ??= this.form.map(folded));
  }

  /** Where a word is, -1 if nowhere: as written before as compared; `language` decides if given. */
  find(text, language) {
    const wanted = folded(text);
    let close = -1;
    for (let at = 0; at < this.size; at++) {
      if (language && this.language[at] !== language) continue;
      if (this.form[at] === text) return at;
      if (close < 0 && this.folds[at] === wanted) close = at;
    }
    return close;
  }

  /** Places of words that begin with a text, the shortest first, then of those that hold it. */
  beginning(text, shown, most) {
    const wanted = folded(text);
    const begins = [];
    const holds = [];
    for (let at = 0; at < this.size; at++) {
      if (!this.isShown(at, shown)) continue;
      const where = this.folds[at].indexOf(wanted);
      if (where === 0) begins.push(at);
      else if (where > 0) holds.push(at);
    }
    begins.sort((one, two) => this.form[one].length - this.form[two].length || one - two);
    return [...begins, ...holds].slice(0, most);
  }
}
