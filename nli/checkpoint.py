"""The classifier over a checkpoint: which of its labels is which, proved before it answers."""

import threading
from collections.abc import Sequence
from functools import cached_property
from itertools import cycle, islice
from pathlib import Path

from indexer.checkpoints.pair_model import PairModel
from lexicon.errors import LabelsRefused
from lexicon.models import NLI_LABELS
from lexicon.settings import Settings
from nli.canary import CANARIES, WEAK, Sung, judge
from nli.labels import Labels, of_checkpoint
from nli.options import Options
from nli.protocol import NliPair, NliScores, NliSpec
from nli.texts import tidy

SAMPLE = 64
"""Pairs of the bundled lexicon on which fewer bits are tried, beside the canaries."""


class CheckpointNli:
    """Answers of a sequence-classification checkpoint, in input order. Cheap until it is asked:
    weights are read then, canaries asked, and what was found is kept under the identity."""

    def __init__(self, name: str, folder: Path, settings: Settings, options: Options) -> None:
        self._what = f"nli {name!r}"
        self._name = name
        self._folder = folder
        self._given = options.labels
        self._model = PairModel(self._what, folder, settings, options.max_length, options.precision)
        self._sung = Sung(settings.home / "cache" / "canary.json")
        self._proving = threading.Lock()
        self._right: int | None = None

    @cached_property
    def labels(self) -> Labels:
        """The labels as the checkpoint counts them."""
        return of_checkpoint(self._what, self._model.labels, self._given)

    @cached_property
    def spec(self) -> NliSpec:
        # What is refused is refused before gigabytes are read for the revision.
        labels, numbers, most = self.labels, self._model.precision, self._model.max_length
        return NliSpec(
            name=self._name,
            model_id=self._folder.name,
            revision=self._model.revision,
            labels=labels,
            precision=numbers,
            max_length=most,
            kind="checkpoint",
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever reads the answers ought to know; reads the weights."""
        right = self._proved()
        if right > WEAK:
            return ()
        weak = (
            f"{self._what} has {right} of {len(CANARIES)} unmistakable English pairs right, which "
            "is hardly better than guessing: evaluate it before you rely on it"
        )
        return (weak,)

    def classify(self, pairs: Sequence[NliPair]) -> list[NliScores]:
        """``covered`` is None: a subword vocabulary has tokens for any word."""
        tidied = tidy(pairs)
        if not tidied:
            return []
        self._proved()
        return self._scores(tidied)

    def _scores(self, pairs: Sequence[NliPair]) -> list[NliScores]:
        found, truncated = self._model.classify([(one.premise, one.hypothesis) for one in pairs])
        places = [self.labels.index(label) for label in NLI_LABELS]
        rows = found[:, places].tolist()
        return [
            NliScores(entailment, neutral, contradiction, cut)
            for (entailment, neutral, contradiction), cut in zip(rows, truncated, strict=True)
        ]

    def _proved(self) -> int:
        """How many canaries are right. Raises :class:`LabelsRefused` where another order of the
        labels is the right one."""
        with self._proving:
            if self._right is None:
                identity = self.spec.identity
                self._model.open(identity, _samples)
                held = self._sung.get(identity)
                self._right = self._ask(identity) if held is None else held
            return self._right

    def _ask(self, identity: str) -> int:
        pairs = [(one.premise, one.hypothesis) for one in CANARIES]
        found, _ = self._model.classify(pairs)
        finding = judge(self.labels, found.argmax(axis=1).tolist())
        if finding.misnamed:
            raise LabelsRefused(
                f"{self._what} counts its labels as {', '.join(finding.best)}, and not as "
                f"{', '.join(self.labels)}: so {finding.best_right} of {len(CANARIES)} "
                f"unmistakable pairs are right, and {finding.right} as declared; "
                f"use --labels {','.join(finding.best)}"
            )
        self._sung.add(identity, finding.right)
        return finding.right


def _samples() -> list[tuple[str, str]]:
    """The canaries, and meanings with words of each language, for trying a precision."""
    # Reading the lexicon is not what most commands that name a classifier are for.
    from lexicon import bundled

    entries = list(bundled.entries())
    languages = cycle(("en", "fr", "hi", "kn"))
    meanings = [
        (entry.gloss, ", ".join(entry.forms.get(language, entry.forms["en"])))
        for entry, language in zip(entries[:: len(entries) // SAMPLE], languages, strict=False)
    ]
    return [*((one.premise, one.hypothesis) for one in CANARIES), *islice(meanings, SAMPLE)]
