"""What a check finds, how bad it is, and what to do about it."""

from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import NamedTuple

from lexicon.errors import LexiconError


class State(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


class Finding(NamedTuple):
    state: State
    found: str
    remedy: str | None = None


def ok(found: str) -> Finding:
    return Finding(State.OK, found)


def warning(found: str, remedy: str) -> Finding:
    return Finding(State.WARNING, found, remedy)


def failed(found: str, remedy: str) -> Finding:
    return Finding(State.FAILED, found, remedy)


_WORSE = list(State)


def worst(states: Iterable[State]) -> State:
    return max(states, key=_WORSE.index)


def together(findings: Sequence[Finding]) -> Finding:
    """One finding of several, as bad as the worst.

    >>> together([ok("torch 2.13"), warning("no GPU", "buy one")]).found
    'torch 2.13; no GPU'
    """
    remedies = [finding.remedy for finding in findings if finding.remedy]
    return Finding(
        worst(finding.state for finding in findings),
        "; ".join(finding.found for finding in findings),
        "; ".join(dict.fromkeys(remedies)) or None,
    )


def from_error(error: LexiconError) -> Finding:
    """An error's message, which ends with the remedy."""
    found, semicolon, remedy = str(error).rpartition("; ")
    return failed(found, remedy) if semicolon else failed(remedy, "mend what it says")
