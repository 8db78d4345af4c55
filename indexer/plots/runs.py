"""Stored alignment reports: figures by language pair and metric, whatever the metrics are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from indexer.alignment.figures import METRICS
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import InvalidInput
from lexicon.models import Encoder, Generation

ALL, DISTINCT = "", "distinct"
"""Parts that every report has: all pairs, and those without identical spellings and names."""


def name_of(metric: str) -> str:
    """A metric as a reader knows it.

    >>> name_of("p_at_1"), name_of("hidden_norm")
    ('P@1', 'hidden norm')
    """
    known = METRICS.get(metric)
    return known.title if known else metric.replace("_", " ")


def unit_of(metric: str) -> str:
    """What the n of a metric's figures counts."""
    known = METRICS.get(metric)
    return known.unit if known else "concepts"


def part_of(stratum: str) -> str:
    """How a title says which part of the pairs it is about.

    >>> part_of(""), part_of("pos=noun")
    ('', ', pos=noun')
    """
    if stratum == DISTINCT:
        return ", without identical spellings and names"
    return f", {stratum}" if stratum else ""


@dataclass(frozen=True)
class Figure:
    """One figure with its 95% interval, if it has one, and what it rests on."""

    value: float
    low: float | None
    high: float | None
    n: int


@dataclass(frozen=True)
class Run:
    """The newest report of an encoder, and the layer of that. ``stale``: one of the indices it
    was made of is not in use any more."""

    encoder: str
    layer: int
    memorised: bool
    stale: bool
    figures: dict[tuple[str, str, str], Figure]
    """By source, target and metric."""


def stored_runs(service: LexiconService, stratum: str = ALL) -> list[Run]:
    """The newest report of every encoder that has one, by name, over a part of the pairs.

    Raises :class:`InvalidInput` where there are reports and none of them has that part.
    """
    newest: dict[str, tuple[int, Run]] = {}
    with service.sessions() as session:
        for identity, name in queries.encoder_identities(session).items():
            found = _run(session, identity, name, stratum)
            # A checkpoint that was pulled again is another encoder of the same name.
            if found is not None and found[0] > newest.get(name, (0,))[0]:
                newest[name] = found
    runs = [newest[name][1] for name in sorted(newest)]
    if runs and stratum and not any(run.figures for run in runs):
        raise InvalidInput(
            f"no stored report has the part {stratum!r}; "
            "parts are distinct, pos=noun, field=food and the like"
        )
    return runs


def _run(session: Session, identity: str, name: str, stratum: str) -> tuple[int, Run] | None:
    run = queries.latest_alignment_run(session, identity)
    if run is None:
        return None
    figures = {
        (score.source, score.target, score.metric): Figure(
            score.value, score.low, score.high, score.n
        )
        for score in queries.stratum_scores(session, run.id, stratum)
    }
    encoder = session.get(Encoder, identity)
    assert encoder is not None, "the store lets no report outlive its encoder"
    built = [session.get(Generation, number) for number in run.generations.values()]
    stale = not all(one is not None and one.live for one in built)
    layer = int(encoder.spec["layer"])
    return run.id, Run(name, layer, run.evaluation == "memorised", stale, figures)


def require_metrics(runs: Sequence[Run], metrics: Sequence[str]) -> None:
    """Raise :class:`InvalidInput` for a metric that none of the reports has."""
    known = {metric for run in runs for _, _, metric in run.figures}
    for metric in metrics:
        if metric not in known:
            raise InvalidInput(
                f"no stored report has the metric {metric!r}; there are: {', '.join(sorted(known))}"
            )


def chosen_pairs(
    runs: Sequence[Run], metrics: Sequence[str], pairs: Sequence[str]
) -> list[tuple[str, str]]:
    """The directed pairs that are asked for, in that order, or all that have one of the metrics.

    Raises :class:`InvalidInput` for one that has none of them.
    """
    there = {key[:2] for run in runs for key in run.figures if key[2] in metrics}
    known = {f"{source}-{target}": (source, target) for source, target in sorted(there)}
    for pair in pairs:
        if pair not in known:
            raise InvalidInput(
                f"no stored report has the pair {pair!r}; there are: {', '.join(known)}"
            )
    return [known[pair] for pair in dict.fromkeys(pairs)] or list(known.values())


def stale_note(encoders: Sequence[str]) -> list[str]:
    """A sentence about reports that are older than what their encoders have built, if any."""
    if not encoders:
        return []
    return [f"Indices have been built again since the report of {', '.join(encoders)}."]


def memorised_note(encoder: str, memorised: bool) -> list[str]:
    """A sentence about figures that are memory, if these are."""
    return [f"{encoder} was trained on this lexicon: this is what it remembers."] * memorised
