// Pairs to begin with: each kind of answer, in and between languages.

import { h, word } from "../dom.js";
import { address } from "../api.js";

const PAIRS = [
  ["A man is playing a guitar.", "en", "Nobody is playing the guitar.", "en"],
  ["Une femme lit un livre.", "fr", "The woman is reading a book about birds.", "en"],
  ["एक आदमी गिटार बजा रहा है।", "hi", "A man is playing an instrument.", "en"],
  ["बच्चा पानी पी रहा है।", "hi", "बच्चा कुछ नहीं पी रहा है।", "hi"],
  ["ಮಗು ನೀರು ಕುಡಿಯುತ್ತಿದೆ.", "kn", "The child is drinking water.", "en"],
  ["ಬೆಕ್ಕು ಮೇಜಿನ ಮೇಲೆ ಮಲಗಿದೆ.", "kn", "ಬೆಕ್ಕು ಮಲಗಿಲ್ಲ.", "kn"],
];

/** A list of links, each of which has its pair classified by `model`. */
export function examples(model) {
  return h(
    "ul.examples",
    {},
    PAIRS.map(([premise, from, hypothesis, to]) => {
      const href = address("/inference", { premise, hypothesis, model });
      const arrow = h("span", { "aria-hidden": "true" }, " → ");
      return h("li", {}, h("a", { href, "data-link": true }, word(premise, from), arrow, word(hypothesis, to)));
    }),
  );
}
