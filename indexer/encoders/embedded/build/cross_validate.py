"""How well words align that the encoder was never taught: five students, each without a fifth.

``python -m indexer.encoders.embedded.build.cross_validate`` writes the figures into the model
folder, where reports find them.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from indexer.alignment.bitext import Expressions
from indexer.alignment.groups import FOLDS
from indexer.alignment.sample import Words, folds
from indexer.alignment.views import Space, View
from indexer.encoders.embedded.build import teacher as teaching
from indexer.encoders.embedded.build.distil import Recipe, distil, save
from indexer.encoders.embedded.encoder import FOLDER, HELD_OUT, EmbeddedEncoder
from indexer.reports.report import Parameters, scored
from indexer.reports.spaces import Language, Languages
from lexicon import bundled
from lexicon.entries import ConceptEntry, digest
from lexicon.errors import LexiconError
from lexicon.normalize import search_key


def words(entries: Sequence[ConceptEntry], language: str) -> tuple[list[str], Expressions]:
    """The distinct forms of a language in their first order, and the entries (by place) that each
    expresses. Two that differ in case are one: a student that knows one knows the other."""
    forms: dict[str, int] = {}
    rows, concepts, parts = [], [], []
    for place, entry in enumerate(entries):
        for lemma in entry.forms.get(language, ()):
            rows.append(forms.setdefault(search_key(lemma), len(forms)))
            concepts.append(place)
            parts.append(entry.pos)
    return list(forms), Expressions(np.array(rows), np.array(concepts), np.array(parts))


def held_out(
    entries: Sequence[ConceptEntry], teacher: teaching.Teacher, recipe: Recipe
) -> Languages:
    """All words under students that were not taught their concepts.

    The folds are whole groups of concepts that share a form of any language.
    """
    codes = sorted({code for entry in entries for code in entry.forms})
    forms, expressions = {}, {}
    for code in codes:
        forms[code], expressions[code] = words(entries, code)
    fold = dict(zip(codes, folds([expressions[code] for code in codes]), strict=True))
    fold_of = np.full(len(entries), -1, dtype=np.int64)
    for code in codes:
        fold_of[expressions[code].concept] = fold[code][expressions[code].row]
    views: dict[str, list[View]] = {code: [] for code in codes}
    for number in range(FOLDS):
        kept = [
            entry for entry, its in zip(entries, fold_of.tolist(), strict=True) if its != number
        ]
        with TemporaryDirectory() as folder:
            save(distil(kept, teacher, recipe), kept, recipe, {}, Path(folder))
            student = EmbeddedEncoder(Path(folder))
            for code in codes:
                views[code].append(View(student.encode(forms[code], code).vectors, (number,)))
    fields = {place: entry.field for place, entry in enumerate(entries)}
    return Languages(
        EmbeddedEncoder(),
        "cross-validated",
        {},
        {
            code: Language(
                Words(
                    code,
                    expressions[code],
                    np.array(forms[code]),
                    np.full(len(forms[code]), np.nan),
                    None,
                    np.zeros(len(forms[code]), dtype=bool),
                    0,
                ),
                Space(views[code], fold[code]),
                np.arange(len(forms[code])),
                fields,
            )
            for code in codes
        },
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="indexer.encoders.embedded.build.cross_validate", description=__doc__
    )
    parser.add_argument("--out", type=Path, default=FOLDER, help="model folder to write into")
    out: Path = parser.parse_args().out
    entries = list(bundled.everything())
    teacher = teaching.Remembering(teaching.MiniLm())
    made = held_out(entries, teacher, Recipe())
    pairs = scored(made, list(permutations(made.by_code, 2)), Parameters(broken_down=False))
    said = {"lexicon_digest": digest(entries), "pairs": [pair.model_dump() for pair in pairs]}
    text = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True)
    (out / HELD_OUT).write_text(text + "\n", encoding="utf-8")
    for pair in pairs:
        figure = pair.distinct["p_at_1"]
        print(pair.source, pair.target, pair.verdict, None if figure is None else figure.value)


if __name__ == "__main__":
    try:
        main()
    except LexiconError as error:
        sys.exit(str(error))
