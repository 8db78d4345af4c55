"""What every reader of sentence pairs makes, and the door through which its text enters."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from lexicon import labels
from lexicon.errors import InvalidInput
from lexicon.formats.reading import Rejected, Row
from lexicon.models import NLI_LABELS
from lexicon.normalize import clean

MAX_SENTENCE = 10_000
"""Characters in a premise or hypothesis."""

MAX_KEY = 200


@dataclass(frozen=True)
class PairEntry:
    """A premise and a hypothesis; ``key`` is unique within data set, split and languages."""

    key: str
    premise: str
    hypothesis: str
    premise_language: str
    hypothesis_language: str
    label: str | None


@dataclass(frozen=True)
class Reading:
    """What the caller says of a file: which languages to take, and how it counts labels.

    ``known`` are the languages of the store. ``language`` is what a file that does not say is
    written in, and the only one that is taken of a file that does; ``hypothesis_language`` is the
    same of hypotheses, where it differs.
    """

    known: Collection[str]
    language: str | None = None
    hypothesis_language: str | None = None
    order: Sequence[str] = NLI_LABELS

    def wants(self, premise: str, hypothesis: str) -> bool:
        """Whether a pair of these languages is for this store and this caller."""
        wanted = self.hypothesis_language or self.language
        return (premise == self.language if self.language else premise in self.known) and (
            hypothesis == wanted if wanted else hypothesis in self.known
        )

    def languages(
        self, path: Path, premise: object = None, hypothesis: object = None
    ) -> tuple[str, str] | None:
        """(premise language, hypothesis language) of a record that says so itself, or says
        nothing; None where it is not wanted."""
        if not premise:
            return self.given(path)
        said = str(premise).strip(), str(hypothesis or premise).strip()
        return said if self.wants(*said) else None

    def given(self, path: Path) -> tuple[str, str]:
        """(premise language, hypothesis language) of a file that does not say."""
        if self.language is None:
            raise InvalidInput(
                f"{path} does not say which language it is in; give it with --language"
            )
        return self.language, self.hypothesis_language or self.language


def checked(
    key: object,
    premise: object,
    hypothesis: object,
    languages: tuple[str, str],
    label: object,
    order: Sequence[str] = NLI_LABELS,
) -> PairEntry:
    """An entry of what a file holds, its text made canonical.

    Raises :class:`InvalidInput` naming the value that is missing, no text, or no label.

    >>> checked(7, "Il  pleut.", "It rains.", ("fr", "en"), 0)
    PairEntry(key='7', premise='Il pleut.', hypothesis='It rains.', premise_language='fr', \
hypothesis_language='en', label='entailment')
    """
    written = str(key) if isinstance(key, int) and not isinstance(key, bool) else key
    return PairEntry(
        _text(written, "key", MAX_KEY),
        _text(premise, "premise", MAX_SENTENCE),
        _text(hypothesis, "hypothesis", MAX_SENTENCE),
        *languages,
        labels.gold(label, order),
    )


def made(
    line: int,
    text: str,
    key: object,
    premise: object,
    hypothesis: object,
    languages: tuple[str, str],
    label: object,
    order: Sequence[str] = NLI_LABELS,
) -> Row[PairEntry] | Rejected:
    """What :func:`checked` makes of a line, or why it makes nothing of it."""
    try:
        return Row(line, checked(key, premise, hypothesis, languages, label, order))
    except InvalidInput as error:
        return Rejected.of(line, error, text)


def _text(value: object, what: str, limit: int) -> str:
    if value is None:
        raise InvalidInput(f"no {what}")
    if not isinstance(value, str):
        raise InvalidInput(f"the {what} {str(value)[:40]} is not text")
    return clean(value, what, limit)
