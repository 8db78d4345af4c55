"""Hostile requests of all kinds, and what an answer to one must not be."""

import asyncio
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from api.errors import PROBLEM_JSON
from tests.api import hostile_values as values
from tests.api import hostile_wire as wire
from tests.api.attacker import Attacker
from tests.api.raw import Answer, Attack, Exchange, send

Kind = Callable[[Attacker], Attack]
KINDS: tuple[tuple[Kind, int], ...] = (
    (values.bad_json, 10),
    (values.wrong_value, 20),
    (values.injected_body, 12),
    (values.injected_target, 15),
    (values.numbers, 8),
    (values.raw_query, 8),
    (values.paths, 10),
    (values.methods, 5),
    (values.headers, 10),
    (values.forged, 20),
    (wire.doubled, 8),
    (wire.nested, 4),
    (wire.large, 2),
    (wire.slow, 1),
    (wire.flood, 4),
    (wire.protocols, 6),
    (wire.pipelined, 3),
    (wire.preflight, 4),
)
"""Each kind with how often it comes, relative to the others."""

LEAKS = re.compile(
    rb"Traceback \(most|File \\?\"/|site-packages|sqlalche\.me|sqlite3\.|psycopg|"
    rb"OperationalError|ProgrammingError|IntegrityError|DataError|UnicodeEncodeError|"
    rb"SELECT lexeme|FROM lexeme|FROM concept|INSERT INTO|UPDATE concept|RecursionError"
)
"""What answers of a service in trouble show of its inside."""

_NEEDED = {"type", "title", "status", "detail"}

EVALUATED = b"1787569"
"""What a template engine makes of 1337*1337."""


def attacks(attacker: Attacker, count: int) -> Iterator[Attack]:
    """So many attacks; the first ones are one of each kind, so that a short run has them all."""
    kinds = [kind for kind, weight in KINDS for _ in range(weight)]
    for number in range(count):
        kind = KINDS[number][0] if number < len(KINDS) else attacker.draw.choice(kinds)
        yield kind(attacker)


def faults(attack: Attack, found: Exchange, secrets: Iterable[bytes] = ()) -> list[str]:
    """What is wrong with what came back; ``secrets`` must not be in it."""
    wrong = [fault for answer in found.answers for fault in _faults(attack, answer, secrets)]
    if not found.answers and not found.closed and attack.then != "stay":
        wrong.append("no answer")
    if not found.answers and found.rest and not found.reset:
        wrong.append(f"what came back is no HTTP: {found.rest[:100]!r}")
    return wrong


def _faults(attack: Attack, answer: Answer, secrets: Iterable[bytes]) -> Iterator[str]:
    said = repr(answer.headers).encode() + answer.body
    leak = LEAKS.search(said)
    if leak is not None and leak.group() not in attack.sent:
        yield f"shows {leak.group()!r}"
    if EVALUATED in said:
        yield "evaluated a template"
    if any(secret in said and secret not in attack.sent for secret in secrets):
        yield "shows a secret"
    if answer.header("x-injected") is not None:
        yield "took a header from a value"
    if answer.header("access-control-allow-origin") is not None:
        yield "allows another origin"
    if answer.status >= 500:
        waiting = answer.status == 503 and answer.header("retry-after") is not None
        if not waiting:
            yield f"status {answer.status}: {answer.body[:200]!r}"
    if answer.status >= 400 and not attack.head:
        yield from _unlike_a_problem(answer)


def _unlike_a_problem(answer: Answer) -> Iterator[str]:
    if answer.header("content-type") != PROBLEM_JSON:
        yield f"{answer.status} is {answer.header('content-type')}, not a problem"
        return
    try:
        problem = json.loads(answer.body)
    except ValueError:
        yield "a problem that is no JSON"
        return
    if not isinstance(problem, dict) or _NEEDED - set(problem):
        yield "a problem without what it needs"
    elif problem["status"] != answer.status:
        yield "a problem of another status"
    elif len(problem["detail"]) > 2_000:
        yield "a problem that repeats what was sent"


@dataclass
class Outcome:
    """Answers by kind of attack and status, and every kind of fault with its first example."""

    statuses: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: dict[str, str] = field(default_factory=dict)
    faulty: Counter[str] = field(default_factory=Counter)
    attacks: int = 0
    slowest: float = 0.0

    def add(self, attack: Attack, found: Exchange, secrets: Iterable[bytes]) -> None:
        self.attacks += 1
        if attack.then != "stay":
            self.slowest = max(self.slowest, found.seconds)
        for answer in found.answers:
            self.statuses[attack.kind, str(answer.status)] += 1
        if not found.answers:
            self.statuses[attack.kind, "closed" if found.closed else "left open"] += 1
        for fault in faults(attack, found, secrets):
            name = f"{attack.kind}: {fault}"
            self.faulty[name] += 1
            self.faults.setdefault(name, repr(attack.sent[:600]))

    def report(self) -> str:
        return "\n".join(
            f"{self.faulty[name]} x {name}\n    {example}"
            for name, example in sorted(self.faults.items())
        )


async def run(
    address: tuple[str, int],
    planned: Iterable[Attack],
    at_once: int,
    patience: float,
    secrets: tuple[bytes, ...] = (),
    outcome: Outcome | None = None,
) -> Outcome:
    """Send all attacks, so many at once, each on a connection of its own. What is left open is
    waited for during ``patience`` seconds, but a tenth of that where nothing need come. Adds to
    ``outcome`` if one is given."""
    outcome = Outcome() if outcome is None else outcome
    waiting = iter(planned)

    async def work() -> None:
        for attack in waiting:
            seconds = patience / 10 if attack.then == "stay" else patience
            outcome.add(attack, await send(address, attack, seconds), secrets)

    await asyncio.gather(*(work() for _ in range(at_once)))
    return outcome
