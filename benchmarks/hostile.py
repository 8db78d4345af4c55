"""Ten thousand hostile requests against a running ``lexicon serve``.

    python -m benchmarks.hostile [--requests 10000] [--home DIR] [--seed N] [--workers N] \\
        [--json FILE] [--document]

Bad JSON, wrong types, injections, forged keys, oversized and slow requests, and what is hardly
HTTP, drawn from a seed and the service's own schema, go over raw sockets to the bundled lexicon;
``--home`` names a ready one, which is copied. First nobody has a key that may write: the store must
be what it was. Then a fifth as many values come with such a key, so that they reach further. Never
may the answer be a 500, show an inside, or be another shape than a problem; the service must answer
and its memory be bounded afterwards.
"""

import argparse
import asyncio
import json
import os
import time
from collections import Counter
from pathlib import Path
from typing import Any

from benchmarks import homes
from benchmarks.loading.processes import Server, resident, wait_until_ready
from benchmarks.results import SEED, show
from lexicon import keys
from lexicon.settings import Settings
from lexicon.store import open_store, writing
from tests.api import hostile, stored
from tests.api.attacker import Attacker, Keys
from tests.api.raw import Attack, request, send

AT_ONCE = 16
PATIENCE = 40.0
"""Seconds in which something must come back: more than the service gives a client."""

WARM = 500
"""Requests before the memory is looked at for the first time."""

QUARTERS = 4
GROWTH = 1.1
"""Times as much memory after the last quarter as after the one before: what is opened when it is
first needed has been by then."""

KNOWN: dict[str, list[Any]] = {
    "language": ["en", "fr", "hi", "kn"],
    "source": ["en", "hi"],
    "target": ["kn", "fr"],
    "premise_language": ["en", "fr"],
    "hypothesis_language": ["en", "kn"],
    "key": ["water.noun.1", "house.noun.1", "run.verb.1"],
    "concept": ["water.noun.1", "run.verb.1"],
    "number": [1, 2, 3, 4, 5],
    "q": ["water", "house", "a place to live", "xyzzy"],
}


def asked(server: Server, path: str) -> tuple[bytes, float]:
    """What a well-meant request gets, and after how many seconds."""
    found = asyncio.run(send(server.address, Attack("well", (request("GET", path),)), PATIENCE))
    if [answer.status for answer in found.answers] != [200]:
        raise SystemExit(f"{path} is not answered: {found}")
    return found.answers[0].body, found.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--document", action="store_true")
    arguments = parser.parse_args()
    with homes.home(arguments.home) as home:
        if run(home, arguments):
            raise SystemExit(1)


def run(home: Path, arguments: argparse.Namespace) -> bool:
    """Whether anything was wrong."""
    sessions = open_store(Settings(home=home))
    with writing(sessions) as session:
        key = keys.create(session, "writer", "write")[1]
        reading = keys.create(session, "reader", "read")[1]
        gone = keys.create(session, "gone", "write")[1]
        keys.revoke(session, "gone")
    given = Keys((("reading", reading), ("revoked", gone)), key[: len("lex_0a1b2c3d")])
    environment = {
        **os.environ,
        "LEXICON_HOME": str(home),
        # Less than usual, so that slow clients meet their end while they are watched.
        "LEXICON_HEADER_SECONDS": "2",
        "LEXICON_BODY_SECONDS": "2",
        "HF_HUB_OFFLINE": "1",
    }
    server = Server(environment, arguments.workers, home.parent / "hostile.log")
    secrets = (key.encode(), str(home).encode())
    try:
        wait_until_ready(server)
        document = json.loads(asked(server, "/openapi.json")[0])
        before = stored.fingerprint(sessions)
        outcome, memory, begun = hostile.Outcome(), [], time.monotonic()
        attacker = Attacker(document, arguments.seed, KNOWN, given)
        planned = hostile.attacks(attacker, arguments.requests)
        quarter = (arguments.requests - WARM) // QUARTERS
        last = arguments.requests - WARM - (QUARTERS - 1) * quarter
        for count in (WARM, *[quarter] * (QUARTERS - 1), last):
            some = (attack for _, attack in zip(range(count), planned, strict=False))
            work = hostile.run(server.address, some, AT_ONCE, PATIENCE, secrets, outcome)
            asyncio.run(work)
            memory.append(sum(resident([pid]) for pid in server.serving()))
        seconds = time.monotonic() - begun
        after = stored.fingerprint(sessions)
        with_key = hostile.Outcome()
        attacker = Attacker(document, arguments.seed + 1, KNOWN, given, key=key)
        planned = hostile.attacks(attacker, arguments.requests // 5)
        work = hostile.run(server.address, planned, AT_ONCE, PATIENCE, secrets[1:], with_key)
        asyncio.run(work)
        memory.append(sum(resident([pid]) for pid in server.serving()))
        alive = asked(server, "/livez")[1]
        complaints = server.complaints()
    finally:
        server.kill()
        sessions.kw["bind"].dispose()
    faults = [*outcome.faults.items(), *with_key.faults.items()]
    for kind, example in faults:
        print(f"{kind}\n    {example}")
    for line in complaints[:20]:
        print(f"log: {line[:1_000]}")
    changed = {name: (before[name], after[name]) for name in before if before[name] != after[name]}
    if changed:
        print(f"written without a key: {changed}")
    grown = memory[-2] > GROWTH * memory[-3]
    by_kind, with_key_by_kind = _by_kind(outcome), _by_kind(with_key)
    figures = {
        "requests": outcome.attacks,
        "with_key": with_key.attacks,
        "seconds": seconds,
        "statuses": by_kind,
        "statuses_with_key": with_key_by_kind,
        "faults": dict(faults),
        "complaints": len(complaints),
        "changed": changed,
        "slowest_s": max(outcome.slowest, with_key.slowest),
        "livez_s": alive,
        "resident_mib": [size / 2**20 for size in memory],
    }
    show(
        "hostile",
        f"{outcome.attacks:,} hostile requests without a key that may write, "
        f"{with_key.attacks:,} with one: {len(faults)} faults, "
        f"{'something' if changed else 'nothing'} written without a key, resident "
        f"{' → '.join(f'{size / 2**20:.0f}' for size in memory)} MiB, "
        f"livez after it in {alive * 1_000:.0f} ms",
        ("kind", "answers without a key", "with one"),
        [
            (kind, _said(statuses), _said(with_key_by_kind.get(kind, {})))
            for kind, statuses in by_kind.items()
        ],
        figures,
        ("semantic-lexicon", "fastapi", "uvicorn", "httptools"),
        arguments.json,
        arguments.document,
        seed=arguments.seed,
    )
    return bool(faults or complaints or changed or grown)


def _by_kind(outcome: hostile.Outcome) -> dict[str, dict[str, int]]:
    found: dict[str, Counter[str]] = {}
    for (kind, status), count in outcome.statuses.items():
        found.setdefault(kind, Counter())[status] += count
    return {kind: dict(sorted(found[kind].items())) for kind in sorted(found)}


def _said(statuses: dict[str, int]) -> str:
    return ", ".join(f"{count:,} × {status}" for status, count in statuses.items())


if __name__ == "__main__":
    main()
