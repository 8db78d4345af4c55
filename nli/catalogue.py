"""Which classifiers there are, and what they have predicted, told without opening one."""

from pathlib import Path

from pydantic import BaseModel
from sqlalchemy.orm import Session

from indexer.checkpoints import known, stored
from lexicon.errors import InvalidInput, ModelMissing
from lexicon.pairs import PairCount, pair_counts
from lexicon.predictions import PredictionCount, prediction_counts
from lexicon.settings import Settings
from nli import registry
from nli.options import split

Place = tuple[str, str, str, str]
"""Data set, split, and the languages of premise and hypothesis."""


class ClassifierItem(BaseModel):
    """``here``: its files are on this machine. ``checkpoint`` is the hub's name of what it reads,
    null for a ``baseline``, which comes with the package, and for a folder."""

    name: str
    here: bool
    baseline: bool
    checkpoint: str | None


class PredictedBy(BaseModel):
    """How many of the pairs the classifier of that identity has predicted; ``name`` is the one
    that it is asked for by, null for one that only this machine knows."""

    model: str
    name: str | None
    pairs: int


class DatasetItem(BaseModel):
    """The pairs of one data set, split and languages; ``labelled`` ones have a gold label."""

    dataset: str
    split: str
    premise_language: str
    hypothesis_language: str
    pairs: int
    labelled: int
    predictions: list[PredictedBy]


def classifiers(settings: Settings) -> list[ClassifierItem]:
    """Every known classifier and the configured one, by name."""
    return [_classifier(name, settings) for name in sorted({*registry.KNOWN, settings.nli})]


def datasets(session: Session) -> list[DatasetItem]:
    """What pairs are stored and who has predicted them, by data set, split and languages."""
    said: dict[Place, list[PredictedBy]] = {}
    for done in prediction_counts(session):
        by = PredictedBy(model=done.checkpoint, name=name_of(done.checkpoint), pairs=done.predicted)
        said.setdefault(_place(done), []).append(by)
    found: dict[Place, DatasetItem] = {}
    for count in pair_counts(session):
        place = _place(count)
        if place not in found:
            dataset, split_, premise, hypothesis = place
            found[place] = DatasetItem(
                dataset=dataset,
                split=split_,
                premise_language=premise,
                hypothesis_language=hypothesis,
                pairs=0,
                labelled=0,
                predictions=said.get(place, []),
            )
        found[place].pairs += count.pairs
        found[place].labelled += 0 if count.label is None else count.pairs
    return list(found.values())


def name_of(identity: str) -> str | None:
    """The known classifier of an identity.

    >>> name_of("embedded-nli-0123456789abcdef"), name_of("tuned-0123456789abcdef")
    ('embedded-nli', None)
    """
    name = identity.rpartition("-")[0]
    return name if name in registry.KNOWN else None


def _classifier(name: str, settings: Settings) -> ClassifierItem:
    baseline = name in registry.NAMED
    return ClassifierItem(
        name=name,
        here=baseline or _is_here(name, settings),
        baseline=baseline,
        checkpoint=None if baseline else _repository(name),
    )


def _is_here(name: str, settings: Settings) -> bool:
    try:
        base = split(name)[0]
        if _is_folder(base):
            return True
        stored.path(settings, base)
    except (InvalidInput, ModelMissing):
        return False
    return True


def _repository(name: str) -> str | None:
    try:
        base = split(name)[0]
        return None if _is_folder(base) else known.named(base).repository.id
    except InvalidInput:
        return None


def _is_folder(base: str) -> bool:
    try:
        return base not in registry.PULLED and Path(base).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):
        return False


def _place(count: PairCount | PredictionCount) -> Place:
    return count.dataset, count.split, count.premise_language, count.hypothesis_language
