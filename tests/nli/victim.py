"""A process that predicts stored pairs, slowly enough to be killed: ``victim.py HOME``."""

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from lexicon.settings import Settings
from lexicon.store import open_store
from nli import predict as predicting
from nli.protocol import NliPair, NliScores
from tests.nli.stub import StubNli

AT_A_TIME = 20


class SlowNli(StubNli):
    def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
        time.sleep(0.03)
        return super().classify(pairs)


def main() -> None:
    predicting.FEWEST = predicting.MOST = AT_A_TIME
    classifier = SlowNli()
    made = predicting.predict(open_store(Settings(home=Path(sys.argv[1]))), classifier)
    print(made.held, made.added, classifier.asked)


if __name__ == "__main__":
    main()
