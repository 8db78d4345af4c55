"""How far the bundled lexicon agrees with translations that others attest.

    python benchmarks/lexicon_agreement.py [--data FOLDER] [--show]

FOLDER holds gold_share.tsv (headwords with accepted forms) and accept_share.tsv (every attested
translation). They are not part of the project; without them there is nothing to compare.
"""

import argparse
import csv
import sys
from collections import defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from indexer.alignment.metrics import interval_of_rate
from lexicon import bundled
from lexicon.normalize import clean, search_key

TARGETS = ("fr", "hi", "kn")
DEFAULT = Path(__file__).parent.parent.parent / "shared" / "data"


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE))


def key(text: str) -> str:
    return search_key(clean(text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--show", action="store_true", help="list every disagreement")
    arguments = parser.parse_args()
    if not (arguments.data / "gold_share.tsv").is_file():
        sys.exit(f"skipped: no gold_share.tsv in {arguments.data}; name its folder with --data")

    ours: dict[str, list[dict[str, tuple[str, ...]]]] = defaultdict(list)
    for entry in bundled.entries():
        for lemma in entry.forms["en"]:
            ours[key(lemma)].append(dict(entry.forms))
    accepted: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in rows(arguments.data / "accept_share.tsv"):
        accepted[key(row["en"]), row["lang"]].add(key(row["word"]))
    gold = rows(arguments.data / "gold_share.tsv")
    for row in gold:
        for language in TARGETS:
            forms = filter(str.strip, row[language].split("|"))
            accepted[key(row["en"]), language].update(map(key, forms))
    headwords = [row["en"] for row in gold]
    present = [word for word in headwords if key(word) in ours]

    screen = Console(highlight=False)
    table = Table(
        "language", "any form accepted", "first form accepted", "headwords", title="agreement"
    )
    for language in TARGETS:
        any_form = first_form = 0
        apart = []
        for word in present:
            cells = [forms[language] for forms in ours[key(word)]]
            right = accepted[key(word), language]
            found = any(key(form) in right for cell in cells for form in cell)
            any_form += found
            first_form += any(key(cell[0]) in right for cell in cells)
            if not found:
                said = " / ".join("|".join(cell) for cell in cells)
                apart.append(f"{language} {word}: {said}; attested: {', '.join(sorted(right))}")
        shares = []
        for count in (any_form, first_form):
            low, high = interval_of_rate(count / len(present), len(present))
            shares.append(f"{count / len(present):.3f} [{low:.3f}, {high:.3f}]")
        table.add_row(language, *shares, str(len(present)))
        if arguments.show:
            screen.print("\n".join(apart), markup=False)
    screen.print(table)
    missing = [word for word in headwords if key(word) not in ours]
    screen.print(
        f"{len(present)} of {len(headwords)} headwords present "
        f"({len(present) / len(headwords):.1%}); missing: {', '.join(missing) or 'none'}",
        markup=False,
    )


if __name__ == "__main__":
    main()
