"""schemathesis against a running ``lexicon serve``: all checks, links too, for minutes.

    python -m benchmarks.schemathesis_long [--seconds 330] [--home DIR] [--seed N] \\
        [--json FILE] [--document]

The bundled lexicon answers, with a key that may write; ``--home`` names a ready one, which is
copied. The limits on requests at once are raised, so that no answer is a 503 for want of room. Of a
schema-valid request that is refused, only what a schema cannot say is no fault; see
``tests/api/conformance.py``.
"""

import argparse
import os
import time
from pathlib import Path

import schemathesis

from benchmarks import homes
from benchmarks.loading.processes import Server, resident, wait_until_ready
from benchmarks.results import SEED, show
from lexicon import keys
from lexicon.settings import Settings
from lexicon.store import open_store, writing
from tests.api import conformance

EXAMPLES = 60
STEPS = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=int, default=330)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--home", type=Path)
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
    sessions.kw["bind"].dispose()
    environment = {
        **os.environ,
        "LEXICON_HOME": str(home),
        "LEXICON_MAX_REQUESTS": "4096",
        "LEXICON_MAX_WAITING": "4096",
        "LEXICON_REQUEST_SECONDS": "120",
        "HF_HUB_OFFLINE": "1",
    }
    server = Server(environment, 1, home.parent / "schemathesis.log")
    try:
        wait_until_ready(server)
        memory = [resident(server.serving())]
        begun = time.monotonic()
        config = conformance.configuration(
            EXAMPLES,
            {"Authorization": f"Bearer {key}"},
            arguments.seed,
            arguments.seconds,
            phases={"stateful": {"max-steps": STEPS}},
        )
        host, port = server.address
        schema = schemathesis.openapi.from_url(f"http://{host}:{port}/openapi.json", config=config)
        outcome = conformance.run(schema)
        seconds = time.monotonic() - begun
        memory.append(resident(server.serving()))
        complaints = server.complaints()
    finally:
        server.kill()
    print(outcome.report())
    for line in complaints[:20]:
        print(f"log: {line[:1_000]}")
    worst = sum(count for status, count in outcome.statuses.items() if status >= 500)
    figures = {
        "requests": outcome.requests,
        "seconds": seconds,
        "statuses": {str(status): count for status, count in sorted(outcome.statuses.items())},
        "phases": dict(outcome.phases),
        "operations": dict(sorted(outcome.operations.items())),
        "faults": outcome.faults,
        "server_errors": worst,
        "complaints": len(complaints),
        "resident_mib": [size / 2**20 for size in memory],
    }
    show(
        "schemathesis",
        f"schemathesis for {seconds:,.0f} s: {outcome.requests:,} requests to "
        f"{len(outcome.operations)} operations, {len(outcome.faults)} kinds of fault, "
        f"{worst} answers of 500 and above",
        ("status", "answers"),
        [(str(status), f"{count:,}") for status, count in sorted(outcome.statuses.items())],
        figures,
        ("semantic-lexicon", "schemathesis", "hypothesis", "fastapi"),
        arguments.json,
        arguments.document,
        seed=arguments.seed,
    )
    return bool(outcome.faults or worst or complaints)


if __name__ == "__main__":
    main()
