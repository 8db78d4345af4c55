"""Names of prediction runs that say what the run is of, so that every process can follow it."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import astuple, dataclass
from datetime import datetime

LONGEST = 4_000
"""Letters of a name."""


@dataclass(frozen=True)
class RunId:
    """``token`` tells runs of the same pairs apart."""

    token: str
    started_at: datetime
    model: str
    dataset: str | None
    split: str | None
    language: str | None


def written(run: RunId) -> str:
    """The name of a run, of letters that a URL holds as they are."""
    token, started_at, *selection = astuple(run)
    text = json.dumps([token, started_at.isoformat(), *selection], separators=(",", ":"))
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read(name: str) -> RunId | None:
    """The run that a name names, or None where it is no name.

    >>> read("0" * 32)
    """
    if len(name) > LONGEST:
        return None
    try:
        held = json.loads(urlsafe_b64decode(name + "=" * (-len(name) % 4)))
        token, started_at, model, *selection = held
        dataset, split, language = selection
        moment = datetime.fromisoformat(started_at)
    except (ValueError, TypeError):
        return None
    given = (token, model, *(text for text in selection if text is not None))
    # PostgreSQL has no word for NUL.
    if moment.tzinfo is None or not all(
        isinstance(text, str) and "\0" not in text for text in given
    ):
        return None
    found = RunId(token, moment, model, dataset, split, language)
    # Another spelling of the same run is none.
    return found if written(found) == name else None
