"""Pulls that are refused."""

import pytest

from indexer.checkpoints import hub as checkpoints
from lexicon.errors import LexiconError
from lexicon.settings import Settings

AGAIN = "lexicon models pull labse"


def refusal(kind: type[LexiconError], settings: Settings, revision: str | None = None) -> str:
    """The one line of a pull that is refused; what was there before is there still."""
    before = checkpoints.stored(settings)
    with pytest.raises(LexiconError) as raised:
        checkpoints.pull(settings, "labse", revision)
    assert type(raised.value) is kind
    assert checkpoints.stored(settings) == before
    line = str(raised.value)
    assert "\n" not in line
    return line
