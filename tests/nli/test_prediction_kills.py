"""A run that is killed at any moment loses no more than what it was about to write."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from sqlalchemy import func, select

from lexicon.models import NliPrediction
from lexicon.predictions import predictions
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.lexicon.sentences import know_languages
from tests.nli.stub import SPEC, add_pairs
from tests.nli.victim import AT_A_TIME

PAIRS = 500
PATIENCE = 60.0


def start(home: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.nli.victim", home],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def count(sessions: Sessions) -> int:
    with sessions() as session:
        return int(session.scalar(select(func.count()).select_from(NliPrediction)) or 0)


def test_three_kills_leave_each_pair_with_one_prediction(
    settings: Settings, sessions: Sessions
) -> None:
    know_languages(sessions)
    add_pairs(sessions, PAIRS)
    before = 0
    for _ in range(3):
        victim = start(settings.home)
        deadline = time.monotonic() + PATIENCE
        while count(sessions) < before + 3 * AT_A_TIME:
            assert time.monotonic() < deadline
            assert victim.poll() is None
            time.sleep(0.01)
        os.kill(victim.pid, signal.SIGKILL)
        victim.communicate()
        assert victim.returncode == -signal.SIGKILL
        before = count(sessions)
        assert before < PAIRS
        assert before % AT_A_TIME == 0
    last = start(settings.home)
    said, _ = last.communicate(timeout=PATIENCE)
    assert [int(number) for number in said.split()] == [before, PAIRS - before, PAIRS - before]
    with sessions() as session:
        found = list(predictions(session, SPEC.identity))
    assert len({pair.id for pair, _ in found}) == len(found) == count(sessions) == PAIRS
    expected = {pair.key: pair.label for pair, _ in found if pair.label}
    assert {pair.key: said.label for pair, said in found if pair.label} == expected
