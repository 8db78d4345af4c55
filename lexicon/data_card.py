"""The counts of the data card, taken from the data: ``python -m lexicon.data_card`` writes them.

The rest of the card is prose and is left alone.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from lexicon import bundled
from lexicon.entries import ConceptEntry
from lexicon.languages import SEED

CARD = Path(__file__).parent / "data" / "README.md"
BEGIN = "<!-- counts: python -m lexicon.data_card -->"
END = "<!-- end of counts -->"
LANGUAGES = tuple(seed.code for seed in SEED)


def polysemous(entries: Sequence[ConceptEntry]) -> dict[str, int]:
    """English forms under several concepts, with the number of other languages in which two of
    those concepts share no form."""
    concepts: dict[str, list[ConceptEntry]] = {}
    for entry in entries:
        for lemma in entry.forms["en"]:
            concepts.setdefault(lemma, []).append(entry)
    found = {}
    for lemma, senses in concepts.items():
        if len(senses) > 1:
            found[lemma] = sum(
                any(
                    not set(one.forms[language]) & set(other.forms[language])
                    for place, one in enumerate(senses)
                    for other in senses[place + 1 :]
                )
                for language in LANGUAGES
                if language != "en"
            )
    return found


def counts(entries: Sequence[ConceptEntry]) -> str:
    """The Markdown between the card's markers."""
    total = len(entries)
    single = sum(" " not in entry.forms["en"][0] for entry in entries)
    differing = polysemous(entries)
    lines = [
        f"{total:,} concepts, {single:,} of them with a single English word first.",
        "",
        "| language | distinct forms | forms per concept |",
        "|---|---|---|",
    ]
    for language in LANGUAGES:
        cells = [entry.forms[language] for entry in entries]
        distinct = {form for cell in cells for form in cell}
        mean = sum(map(len, cells)) / total
        lines.append(f"| {language} | {len(distinct):,} | {mean:.2f} |")
    apart = [sum(found >= least for found in differing.values()) for least in (1, 2)]
    parts = Counter(entry.pos for entry in entries).most_common()
    fields = sorted(Counter(entry.field for entry in entries).items())
    return "\n".join(
        [
            *lines,
            "",
            f"{len(differing):,} English forms stand under two or more concepts. Translations of",
            f"{apart[0]:,} of them differ in at least one language, of {apart[1]:,} in two or",
            "more.",
            "",
            f"Parts of speech: {', '.join(f'{pos} {count:,}' for pos, count in parts)}.",
            "",
            f"Fields: {', '.join(f'{field} {count}' for field, count in fields)}.",
        ]
    )


def updated(card: str, section: str) -> str:
    """``card`` with ``section`` between its markers."""
    before, _, rest = card.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{section}\n{END}{after}"


if __name__ == "__main__":
    CARD.write_text(
        updated(CARD.read_text("utf-8"), counts(list(bundled.entries()))), encoding="utf-8"
    )
