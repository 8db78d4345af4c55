"""Function words and endings of three languages with what they mean in English: tables of ours.

``-`` is the gloss of what says nothing that English says with a word: case marks without a
preposition, agreement, the first half of French *ne … pas*.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from nli.embedded.build.normalising import ELIDED

FOLDER = Path(__file__).parent / "glosses"
LANGUAGES = ("fr", "hi", "kn")
NOTHING = "-"


@dataclass(frozen=True)
class Glosses:
    """Form to English, both spelt as the tokenizer reads them; "" says nothing."""

    words: dict[str, str]
    suffixes: dict[str, str]


def read(language: str, spelt: Callable[[str], str], folder: Path = FOLDER) -> Glosses:
    """The tables of ``language``; a form that is given twice keeps its first gloss.

    >>> read("fr", str.lower).words["jamais"]
    'never'
    """
    found: dict[str, dict[str, str]] = {"word": {}, "suffix": {}}
    with (folder / f"{language}.tsv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE):
            gloss = "" if row["gloss"] == NOTHING else row["gloss"]
            for form in row["forms"].split():
                # The mark of a lost vowel is itself an apostrophe to the rules of spelling.
                stem = form.removesuffix(ELIDED)
                key = spelt(stem) + form[len(stem) :]
                found[row["kind"]].setdefault(key, gloss)
    return Glosses(found["word"], found["suffix"])
