"""How common words are: Zipf values of a named source, never guessed.

wordfreq counts English, French and Hindi. It has no Kannada and would answer with another
language's counts, so Kannada lexemes have no frequency.

``python -m lexicon.frequencies`` makes the file again; it needs the extra ``distil``.
"""

import csv
import sys
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from lexicon.errors import ExtraMissing

FILE = Path(__file__).parent / "data" / "frequency" / "zipf.tsv"
LANGUAGES = ("en", "fr", "hi")
COLUMNS = ("language", "lemma", "zipf")


def load() -> Mapping[tuple[str, str], float]:
    """Zipf value by (language, lemma): 3 is one in a million words, 6 one in a thousand."""
    with FILE.open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {(row["language"], row["lemma"]): float(row["zipf"]) for row in rows}


def digest() -> str:
    """sha256 of the file: 64 hexadecimal digits."""
    return sha256(FILE.read_bytes()).hexdigest()


def measure() -> Iterator[tuple[str, str, float]]:
    """(language, lemma, Zipf value) of every bundled word that wordfreq has seen, sorted."""
    try:
        from wordfreq import zipf_frequency
    except ModuleNotFoundError:
        raise ExtraMissing("measuring frequencies", "distil") from None
    from lexicon.bundled import everything

    lemmas = {
        (language, lemma)
        for entry in everything()
        for language in LANGUAGES
        for lemma in entry.forms.get(language, ())
    }
    for language, lemma in sorted(lemmas):
        if value := zipf_frequency(lemma, language):
            yield language, lemma, value


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_NONE)
        writer.writerow(COLUMNS)
        writer.writerows(measure())
    print(f"wrote {FILE}", file=sys.stderr)
