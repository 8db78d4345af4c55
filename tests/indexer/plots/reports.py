"""Alignment reports that are stored without being made."""

from collections.abc import Mapping

from indexer.service import LexiconService
from lexicon import models
from lexicon.store import writing

Scored = Mapping[tuple[str, str], Mapping[str, float]]
"""Values of metrics by pair; each has an interval of a tenth on either side."""


def keep(
    service: LexiconService,
    name: str,
    scored: Scored,
    layer: int = 0,
    evaluation: str = "zero-shot",
    stratum: str = "",
    generations: Mapping[str, str] | None = None,
    revision: str = "1",
) -> None:
    """A report of an encoder that nobody has to have; the newer of two is the later kept."""
    identity = f"{name}-{revision}"
    with writing(service.sessions) as session:
        if session.get(models.Encoder, identity) is None:
            spec = {"layer": layer}
            session.add(models.Encoder(identity=identity, name=name, dim=4, spec=spec))
            session.flush()
        run = models.AlignmentRun(
            encoder=identity,
            evaluation=evaluation,
            parameters={},
            generations=dict(generations or {}),
        )
        session.add(run)
        session.flush()
        session.add_all(
            models.AlignmentScore(
                run_id=run.id,
                source=source,
                target=target,
                stratum=stratum,
                metric=metric,
                value=value,
                low=value - 0.1,
                high=value + 0.1,
                n=4,
            )
            for (source, target), values in scored.items()
            for metric, value in values.items()
        )
