"""What a run has shown: a table, figures, and every must with whether it is met."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from benchmarks.loading.campaign import GRACE, Record
from benchmarks.loading.driving import Outcome
from benchmarks.loading.traffic import SHARES

FLAT = 0.10
"""By what share the memory of the last fifth may differ from that of the second."""

NOTICED = 2.0
"""Seconds in which a change has to have reached all workers."""

REPLACED = 30.0
"""Seconds in which a killed worker has to have been replaced."""

AROUND = 1.0
"""Seconds in which the connections of a killed process are seen to be broken."""

GOOD = frozenset((200, 201, 204))


@dataclass(frozen=True)
class Must:
    what: str
    met: bool
    found: str


def held_by_killed(record: Record, one: Outcome) -> bool:
    """Whether its connection was one that a killed worker held."""
    return one.result == "broken" and any(
        one.port in kill.ports and one.begun < kill.at + AROUND and one.done > kill.at - AROUND
        for kill in record.kills
    )


def is_refusal(one: Outcome) -> bool:
    """Whether it is the one refusal that a server may give."""
    return one.result == 503 and one.retry_after


def faults(record: Record) -> list[str]:
    """Everything before the end that is neither an answer, nor a 503 with Retry-After, nor a
    connection that a killed worker held; afterwards, only answers that should not be are."""
    found: Counter[str] = Counter()
    for one in record.outcomes:
        if one.result in GOOD or is_refusal(one) or held_by_killed(record, one):
            continue
        late = one.begun >= record.ended
        if late and one.result in ("broken", "refused"):
            continue
        found[f"{one.kind}: {one.result}"] += 1
    return [f"{many} × {what}" for what, many in sorted(found.items())]


def unfinished(record: Record) -> tuple[int, int]:
    """Of the requests that were being answered when the end was asked for: how many there were,
    and how many had no answer."""
    flying = [one for one in record.outcomes if one.begun < record.ended < one.done]
    return len(flying), sum(not isinstance(one.result, int) for one in flying)


def fifth(record: Record, place: int) -> float:
    """Mean memory in a fifth of the time, in MiB."""
    length = record.seconds / 5
    some = [held for at, held in record.memory if place * length <= at < (place + 1) * length]
    return float(np.mean(some)) / 2**20 if some else float("nan")


def _longest(delays: Sequence[float]) -> float:
    return max(delays, default=float("nan"))


def musts(record: Record, workers: int, swaps: int) -> list[Must]:
    """Every must; ``swaps`` generations at least have to have been published."""
    builds, probes = record.builds, record.probes
    assert builds is not None
    assert probes is not None
    wrong = faults(record)
    flying, cut = unfinished(record)
    second, last = fifth(record, 1), fifth(record, 4)
    change = last / second - 1
    words, generations = _longest(probes.delays), _longest(builds.delays)
    slowest = _longest([one.replaced or float("inf") for one in record.kills])
    kills = 2 if workers > 1 else 0
    return [
        Must("no fault but 503 with Retry-After", not wrong, "; ".join(wrong[:8]) or "none"),
        Must(
            f"a killed worker is replaced within {REPLACED:g} s",
            len(record.kills) == kills and (not kills or slowest <= REPLACED),
            f"{len(record.kills)} killed, {slowest:.1f} s" if kills else "no workers to kill",
        ),
        Must(
            f"memory is flat within {FLAT:.0%}",
            abs(change) <= FLAT,
            f"{second:.0f} → {last:.0f} MiB, {change:+.1%}",
        ),
        Must(
            f"{swaps} generations are swapped",
            len(builds.delays) >= swaps and not builds.failed,
            f"{len(builds.delays)}" + "".join(f"; {one}" for one in builds.failed[:3]),
        ),
        Must(
            f"a generation reaches all workers within {NOTICED:g} s",
            generations <= NOTICED,
            f"{generations:.2f} s at most, of {len(builds.delays)}",
        ),
        Must(
            f"a word reaches all workers within {NOTICED:g} s",
            words <= NOTICED,
            f"{words:.2f} s at most, of {len(probes.delays)}",
        ),
        Must(
            "what was acknowledged is there, what was removed is gone",
            bool(record.written) and not record.lost,
            "; ".join(record.lost[:5]) or f"{record.written} concepts, {record.unsure} unsure",
        ),
        Must(
            "what was being answered at SIGTERM is answered",
            flying > 0 and cut == 0,
            f"{flying} were, {cut} without an answer",
        ),
        Must(
            f"the end comes within {GRACE:g} s, with status 0 and nothing left",
            bool(record.exits)
            and all(one == 0 for one in record.exits)
            and record.ending <= GRACE
            and record.refusing
            and not record.orphans,
            f"status {record.exits}, {record.ending:.1f} s, port "
            f"{'refuses' if record.refusing else 'answers'}, {len(record.orphans)} left",
        ),
        Must("the log tells of no error", not record.said, "; ".join(record.said[:3]) or "none"),
    ]


COLUMNS = ("kind", "asked", "answered", "503", "killed", "other", "p50 ms", "p99 ms", "max ms")


def table(record: Record) -> list[tuple[str, ...]]:
    """A row for each kind, and one for all; of what was asked before the end."""
    before = [one for one in record.outcomes if one.begun < record.ended and one.kind in SHARES]
    rows = [_row(record, kind, [one for one in before if one.kind == kind]) for kind in SHARES]
    return [*rows, _row(record, "all", before)]


def _row(record: Record, name: str, some: Sequence[Outcome]) -> tuple[str, ...]:
    good = [one for one in some if one.result in GOOD]
    refused = sum(is_refusal(one) for one in some)
    killed = sum(held_by_killed(record, one) for one in some)
    other = len(some) - len(good) - refused - killed
    counts = (len(some), len(good), refused, killed, other)
    return (
        name,
        *(f"{count:,}" for count in counts),
        *(f"{value:,.1f}" for value in _milliseconds(good)),
    )


def _milliseconds(some: Sequence[Outcome]) -> list[float]:
    """Median, 99th percentile and greatest."""
    if not some:
        return [float("nan")] * 3
    taken = [one.seconds * 1_000 for one in some]
    return [float(value) for value in np.quantile(taken, (0.5, 0.99, 1.0))]


def figures(record: Record, found: Sequence[Must]) -> dict[str, Any]:
    """Everything that a table has no room for."""
    builds, probes = record.builds, record.probes
    assert builds is not None
    assert probes is not None
    before = [one for one in record.outcomes if one.begun < record.ended]
    statuses: dict[str, dict[str, int]] = {}
    for kind in dict.fromkeys(one.kind for one in before):
        counted = Counter(str(one.result) for one in before if one.kind == kind)
        statuses[kind] = dict(sorted(counted.items()))
    after = Counter(str(one.result) for one in record.outcomes if one.begun >= record.ended)
    late = [one.begun - one.due for one in before if isinstance(one.result, int)]
    return {
        "capacity_per_s": record.capacity,
        "asked_per_s": record.rate,
        "answered_per_s": sum(one.result in GOOD for one in before) / (record.ended - record.begun),
        "generator_late_ms_p99": float(np.quantile(late, 0.99)) * 1_000 if late else None,
        "cores": None if record.cores is None else asdict(record.cores),
        "load_average_before": record.busy,
        "ready_s": record.ready,
        "statuses": statuses,
        "after_sigterm": dict(sorted(after.items())),
        "kills": [
            {"at_s": kill.at - record.begun, "connections": len(kill.ports), "s": kill.replaced}
            for kill in record.kills
        ],
        "memory_mib": [(round(at, 1), round(held / 2**20, 1)) for at, held in record.memory],
        "build_s": builds.seconds,
        "generation_delay_s": builds.delays,
        "word_delay_s": probes.delays,
        "probes_lost": probes.lost,
        "concepts_written": record.written,
        "concepts_unsure": record.unsure,
        "ending_s": record.ending,
        "musts": [asdict(must) for must in found],
        "lost": record.lost[:100],
        "said": record.said[:100],
    }
