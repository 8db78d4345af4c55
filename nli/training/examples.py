"""Pairs to learn from and to be scored on, out of files that the store also reads."""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from lexicon.errors import InvalidInput
from lexicon.formats.pairs.detect import READERS, detect
from lexicon.formats.pairs.entry import PairEntry, Reading
from lexicon.formats.reading import Input, Rejected, Skipped
from lexicon.models import NLI_LABELS
from nli.evaluation.metrics import Labels
from nli.training.language import seeming

ENGLISH = "en"
MOST_REJECTED = 0.01
"""Share of a file's lines; with more, it is another file than its reader takes it for."""


class FileFacts(BaseModel):
    """What a file held. ``unlabelled`` pairs and ``rejected`` lines are left out; ``skipped`` ones
    are of other languages; ``assumed`` tells that the file does not say its language."""

    model_config = ConfigDict(frozen=True)

    name: str
    sha256: str
    pairs: int
    by_label: dict[str, int]
    unlabelled: int
    rejected: int
    first_reject: str | None
    skipped: int
    assumed: bool


@dataclass(frozen=True)
class Examples:
    """Pairs in the order of their file; ``gold`` are places in ``NLI_LABELS``."""

    premises: list[str]
    hypotheses: list[str]
    gold: Labels
    facts: FileFacts

    def __len__(self) -> int:
        return len(self.gold)


def read_examples(path: Path, language: str | None, every_label: bool) -> Examples:
    """The pairs of a file that have a gold label.

    ``language`` is what the file is written in, or all that is taken of a file of many languages;
    None is English, provided that it looks so. Raises :class:`InvalidInput` for a file of no
    format, of another language, of too many bad lines, without gold labels, and, where
    ``every_label`` is wanted, without one of the three labels.
    """
    source = Input(path)
    wanted = language or ENGLISH
    reading = _Noting((wanted,), wanted)
    entries: list[PairEntry] = []
    rejects: list[Rejected] = []
    skipped = unlabelled = lines = 0
    for record in READERS[detect(source)](source, reading):
        lines += 1
        if isinstance(record, Rejected):
            rejects.append(record)
        elif isinstance(record, Skipped):
            skipped += 1
        elif record.entry.label is None:
            unlabelled += 1
        else:
            entries.append(record.entry)
    _require_sound(path, rejects, lines)
    _require_some(path, wanted, entries, skipped, unlabelled)
    if language is None and reading.unsaid:
        _require_english(path, entries)
    gold = np.array([NLI_LABELS.index(entry.label or "") for entry in entries], dtype=np.int64)
    counts = dict(zip(NLI_LABELS, np.bincount(gold, minlength=3).tolist(), strict=True))
    if every_label and (lacking := [label for label, count in counts.items() if not count]):
        raise InvalidInput(
            f"{path} has no pair labelled {lacking[0]}; a classifier learns all three labels "
            f"({', '.join(f'{count:,} {label}' for label, count in counts.items())})"
        )
    first = f"line {rejects[0].line}: {rejects[0].reason}" if rejects else None
    return Examples(
        [entry.premise for entry in entries],
        [entry.hypothesis for entry in entries],
        gold,
        FileFacts(
            name=path.name,
            sha256=source.sha256(),
            pairs=len(entries),
            by_label=counts,
            unlabelled=unlabelled,
            rejected=len(rejects),
            first_reject=first,
            skipped=skipped,
            assumed=bool(reading.unsaid),
        ),
    )


def shared(one: Examples, other: Examples) -> int:
    """How many pairs of ``other`` are in ``one`` too, word for word."""
    there = set(zip(one.premises, one.hypotheses, strict=True))
    return sum(pair in there for pair in zip(other.premises, other.hypotheses, strict=True))


@dataclass(frozen=True)
class _Noting(Reading):
    """A reading that keeps in mind whether it was asked what the file does not say."""

    unsaid: set[Path] = field(default_factory=set)

    def given(self, path: Path) -> tuple[str, str]:
        self.unsaid.add(path)
        return super().given(path)


def _require_sound(path: Path, rejects: list[Rejected], lines: int) -> None:
    if len(rejects) > MOST_REJECTED * lines:
        first = rejects[0]
        raise InvalidInput(
            f"{path}: line {first.line}: {first.reason}; {len(rejects):,} of {lines:,} lines are "
            f"like that, more than {MOST_REJECTED:.0%}; correct them"
        )


def _require_some(
    path: Path, language: str, entries: list[PairEntry], skipped: int, unlabelled: int
) -> None:
    if entries:
        return
    if unlabelled:
        raise InvalidInput(
            f"{path} has no gold labels: all of its {unlabelled:,} pairs are without one; "
            "name a file with labels"
        )
    if skipped:
        raise InvalidInput(
            f"{path} has no pair of language {language!r}, only {skipped:,} of others; "
            "name their language with --language"
        )
    raise InvalidInput(f"{path} has no pairs; name a file with some")


def _require_english(path: Path, entries: list[PairEntry]) -> None:
    texts = (text for entry in entries for text in (entry.premise, entry.hypothesis))
    found = seeming(texts)
    if found not in (ENGLISH, None):
        raise InvalidInput(
            f"{path} does not say its language and looks like {found!r}, not English; say what it "
            f"is with --language {found}, or --language en if it is English after all"
        )
