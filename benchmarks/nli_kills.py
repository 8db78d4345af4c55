"""Killing ``lexicon nli predict`` and starting it again: is every pair predicted, and none twice?

    python -m benchmarks.nli_kills [--pairs 5010] [--kills 3] [--seed N] [--json FILE]

The installed command classifies stored pairs of four languages with a small XLM-R of random weights
until it is killed with SIGKILL, at a random moment after it has written something; then it is
started again, and after the last kill left to finish. Exits 1 when a pair has no prediction, a
prediction is not that of an uninterrupted run, or one was made again.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import astuple
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"

from sqlalchemy import insert

from benchmarks.nli import drawn, xlmr
from benchmarks.results import SEED, show
from lexicon import migrate, store
from lexicon.ingest.words import seed_languages
from lexicon.models import SentencePair
from lexicon.pairs import every_pair
from lexicon.predictions import predictions, progress
from lexicon.settings import Settings
from lexicon.store import Sessions
from nli.protocol import NliPair
from nli.registry import open_classifier

LANGUAGES = ("en", "fr", "hi", "kn")
TOLERANCE = 1e-5


def made(settings: Settings, count: int) -> Sessions:
    """A store with so many pairs."""
    store.make_home(settings)
    engine = store.connect(settings)
    migrate.upgrade(engine)
    engine.dispose()
    sessions = store.open_store(settings)
    with store.writing(sessions) as session:
        seed_languages(session)
        rows = [
            {
                "dataset": "drawn",
                "split": "test",
                "key": str(number),
                "premise": pair.premise,
                "hypothesis": pair.hypothesis,
                "premise_language": LANGUAGES[number % 4],
                "hypothesis_language": LANGUAGES[number // 4 % 4],
            }
            for number, pair in enumerate(drawn(count))
        ]
        session.execute(insert(SentencePair), rows)
    return sessions


def start(settings: Settings) -> subprocess.Popen[str]:
    environment = {
        **os.environ,
        "LEXICON_HOME": str(settings.home),
        "LEXICON_NLI": settings.nli,
        "LEXICON_DEVICE": "cpu",
        # More would wait for each other more than they compute.
        "LEXICON_THREADS": "1",
    }
    return subprocess.Popen(
        [Path(sys.executable).with_name("lexicon"), "nli", "predict"],
        env=environment,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def written(sessions: Sessions, checkpoint: str) -> int:
    with sessions() as session:
        return progress(session, checkpoint)[0]


def kill(
    settings: Settings, sessions: Sessions, checkpoint: str, draw: random.Random
) -> tuple[int, int]:
    """Start the command, kill it once it has written; how many predictions there were and are."""
    before = written(sessions, checkpoint)
    victim = start(settings)
    while written(sessions, checkpoint) == before:
        if victim.poll() is not None:
            sys.exit(f"it ended by itself: {victim.stderr and victim.stderr.read()}")
        time.sleep(0.01)
    time.sleep(draw.random() * 0.3)
    os.kill(victim.pid, signal.SIGKILL)
    victim.communicate()
    return before, written(sessions, checkpoint)


def check(settings: Settings, sessions: Sessions, count: int) -> list[str]:
    """What is wrong with the predictions, beside those of one run over all pairs."""
    classifier = open_classifier(settings.nli, settings)
    with sessions() as session:
        held = {pair.id: said for pair, said in predictions(session, classifier.spec.identity)}
        pairs = list(every_pair(session))
    faults = [] if len(held) == count else [f"{len(held):,} predictions, not {count:,}"]
    scores = classifier.classify([NliPair(pair.premise, pair.hypothesis) for pair in pairs])
    for pair, one in zip(pairs, scores, strict=True):
        if pair.id not in held:
            faults.append(f"pair {pair.id} has none")
            continue
        apart = zip(astuple(held[pair.id])[:3], astuple(one)[:3], strict=True)
        if max(abs(kept - now) for kept, now in apart) > TOLERANCE:
            faults.append(f"pair {pair.id} has another")
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pairs", type=int, default=5_010)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as temporary:
        folder = xlmr(Path(temporary, "small"), drawn(500), 4, 128, 40_000)
        name = f"{folder}?precision=fp32"
        settings = Settings(home=Path(temporary, "home"), device="cpu", threads=1, nli=name)
        sessions = made(settings, arguments.pairs)
        checkpoint = open_classifier(name, settings).spec.identity
        rows, last = [], 0
        faults = []
        for number in range(1, arguments.kills + 1):
            before, last = kill(settings, sessions, checkpoint, draw)
            rows.append((f"kill {number}", f"{before:,}", f"{last:,}"))
            if last >= arguments.pairs:
                faults.append("nothing was left to kill; take more pairs")
        rest = start(settings)
        _, said = rest.communicate()
        after = written(sessions, checkpoint)
        rows.append(("left to finish", f"{last:,}", f"{after:,}"))
        expected = f"{last:,} had a prediction, {arguments.pairs - last:,} have one now"
        if rest.returncode or expected not in said:
            faults.append(f"the last run said: {said}")
        faults += check(settings, sessions, arguments.pairs)
        sessions.kw["bind"].dispose()
    show(
        "nli-kills",
        f"Killing the prediction of {arguments.pairs:,} stored pairs; {len(faults)} faults",
        ("run", "predictions before", "after"),
        rows,
        {"rows": rows, "faults": faults},
        ("torch", "transformers", "sqlalchemy"),
        arguments.json,
        arguments.document,
        seed=arguments.seed,
    )
    if faults:
        print(*faults[:20], sep="\n", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
