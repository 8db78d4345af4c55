"""Importing a million rows, beside the least that the database could do with them.

    python -m benchmarks.import_words [--rows 1000000] [--runs 5] [--languages en,kn] [--json FILE]

A row is a concept with one word in each language. "ours" is ``lexicon words import`` of the TSV
file: read, checked, normalised, compared with the store, merged in one transaction. The others put
the same rows, already parsed and numbered, into the same tables with the same indices and
constraints in one transaction, by plain executemany, or by COPY where the database has it. They
take turns, and each time is a process of its own with an empty database, so that its peak memory is
its own (with the process that reads the file). CPU counts the database's server too. Then words
are looked up in the store of that size.
"""

import argparse
import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Table, func, select, text

from benchmarks.engines.speaking import memory
from benchmarks.loading.processes import processor_seconds
from benchmarks.results import SEED, show
from lexicon import browse, migrate, queries, store
from lexicon.formats.reading import Input
from lexicon.ingest import staging
from lexicon.ingest.files import WordsImport, import_words
from lexicon.ingest.words import seed_languages
from lexicon.lexemes import spellings
from lexicon.models import Concept, Lexeme, Sense, Source
from lexicon.settings import Settings

LETTERS = {
    "en": "abcdefghijklmnopqrstuvwxyz",
    "fr": "abcdefghijklmnopqrstuvwxyzéèçà",
    "hi": "कखगघचछजटडतथदनपबमयरलवसह",
    "kn": "ಕಖಗಘಚಛಜಟಡತಥದನಪಬಮಯರಲವಸಹ",
}
SIGNS = {"hi": ["", "ा", "ि", "ी", "ु", "े"], "kn": ["", "ಾ", "ಿ", "ೀ", "ು", "ೆ"]}
LOOKUPS = 2_000
BACKENDS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
ROOT = Path(__file__).parent.parent


def rows(count: int, languages: list[str]) -> Iterator[list[str]]:
    """Concept, part of speech, field, gloss, words: the same every time."""
    draw = random.Random(SEED)

    def word(language: str) -> str:
        signs = SIGNS.get(language, [""])
        length = draw.randint(4, 8) if language in SIGNS else draw.randint(6, 12)
        return "".join(draw.choice(LETTERS[language]) + draw.choice(signs) for _ in range(length))

    for number in range(count):
        facts = [f"made.noun.{number}", "noun", f"field {number % 50}", f"meaning {number}"]
        yield [*facts, *(word(language) for language in languages)]


def open_at(home: str, url: str | None) -> store.Sessions:
    settings = Settings(home=Path(home), database_url=url)
    store.make_home(settings)
    engine = store.connect(settings)
    migrate.upgrade(engine)
    engine.dispose()
    sessions = store.open_store(settings)
    with store.writing(sessions) as session:
        seed_languages(session)
    return sessions


@contextmanager
def measured(sessions: store.Sessions) -> Iterator[dict[str, float]]:
    """Seconds of the clock, and of CPU: of this process, those that it waited for, and the
    server's for its connections, which the pool keeps open."""
    found: dict[str, float] = {}
    started, used = time.perf_counter(), _cpu(sessions)
    yield found
    found["seconds"] = time.perf_counter() - started
    found["cpu_s"] = _cpu(sessions) - used


def _cpu(sessions: store.Sessions) -> float:
    server: Sequence[int] = []
    with sessions() as session:
        if session.get_bind().dialect.name == "postgresql":
            server = session.scalars(text(BACKENDS)).all()
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = time.process_time() + children.ru_utime + children.ru_stime
    return own + sum(map(processor_seconds, server))


def ours(sessions: store.Sessions, file: Path, _languages: list[str]) -> dict[str, float]:
    with measured(sessions) as found:
        report = import_words(sessions, Input(file), WordsImport(form="tsv"))
    assert report.rejected == 0
    return {"rows": report.added, **found}


def prepared(file: Path, languages: list[str]) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of the store's tables, numbered."""
    tables: dict[str, list[tuple[Any, ...]]] = {"concept": [], "lexeme": [], "sense": []}
    known: dict[tuple[str, str], int] = {}
    with file.open(encoding="utf-8") as stream:
        next(stream)
        for number, line in enumerate(stream, start=1):
            key, pos, field, gloss, *words = line.rstrip("\n").split("\t")
            tables["concept"].append((number, key, gloss, pos, field, 1, False))
            for language, word in zip(languages, words, strict=True):
                if (language, word) not in known:
                    known[language, word] = len(known) + 1
                    tables["lexeme"].append(
                        (known[language, word], language, word, *spellings(word), pos, None)
                    )
                tables["sense"].append((number, known[language, word], 0, 1))
    return tables


Load = Callable[[Connection, Table, list[tuple[Any, ...]]], None]


def bare(
    sessions: store.Sessions, file: Path, languages: list[str], load: Load
) -> dict[str, float]:
    tables = prepared(file, languages)
    engine = sessions.kw["bind"]
    with measured(sessions) as found, engine.begin() as connection:
        source = {"id": 1, "name": "made", "licence": "-", "version": "-", "checksum": "-"}
        connection.execute(cast(Any, Source.__table__).insert(), source)
        for model in (Concept, Lexeme, Sense):
            table = cast(Any, model.__table__)
            load(connection, table, tables[table.name])
    return {"rows": len(tables["concept"]), **found}


def executemany(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    names = [column.name for column in table.columns]
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    values = ", ".join(mark for _ in names)
    connection.exec_driver_sql(
        f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({values})", rows
    )


def lookup(sessions: store.Sessions, _file: Path, languages: list[str]) -> dict[str, float]:
    """Median milliseconds of a word and of a prefix."""
    draw = random.Random(SEED)
    with sessions() as session:
        most = session.scalars(select(func.max(Lexeme.id))).one()
        some = session.execute(
            select(Lexeme.language, Lexeme.lemma).where(
                Lexeme.id.in_(draw.sample(range(1, most + 1), min(LOOKUPS, most)))
            )
        ).all()
        found: dict[str, float] = {"rows": len(some)}
        asked: dict[str, Callable[[str, str], object]] = {
            "word": lambda language, lemma: queries.lexemes_matching(session, language, lemma),
            "prefix": lambda language, lemma: browse.find_words(
                session, lemma[:3], language, limit=10
            ),
        }
        for name, ask in asked.items():
            times = []
            for language, lemma in some:
                started = time.perf_counter()
                ask(language, lemma)
                times.append(time.perf_counter() - started)
            found[f"{name}_ms"] = statistics.median(times) * 1000
    return found


Step = Callable[[store.Sessions, Path, list[str]], dict[str, float]]
STEPS: dict[str, Step] = {
    "ours": ours,
    "executemany": partial(bare, load=executemany),
    "COPY": partial(bare, load=staging.load),
    "lookup": lookup,
}
HOW = {"sqlite": ("ours", "executemany"), "postgresql": ("ours", "executemany", "COPY")}


def peak_mib() -> float:
    """Of this process and, if it had one, the one that read for it."""
    read = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return memory()["peak_mib"] + read


def step(name: str, home: Path, url: str | None, file: Path, languages: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.import_words", "--step", name, "--home", str(home)]
    command += ["--file", str(file), "--languages", languages, *(["--url", url] if url else [])]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    return cast(dict[str, float], json.loads(done.stdout))


Found = dict[str, list[dict[str, float]]]


def compared(
    database: str, make: Callable[[], str | None], file: Path, languages: str, runs: int
) -> Found:
    """What each way took each time, and look-ups in a store of ours."""
    found: Found = {}
    for run in range(runs):
        ways = HOW[database] if run % 2 == 0 else HOW[database][::-1]
        for how in ways:
            with tempfile.TemporaryDirectory(dir=file.parent) as folder:
                home, url = Path(folder), make()
                found.setdefault(how, []).append(step(how, home, url, file, languages))
                if how == "ours" and "lookup" not in found:
                    found["lookup"] = [step("lookup", home, url, file, languages)]
    return found


def rows_of(database: str, found: Found) -> list[tuple[str, ...]]:
    """Of the table; ratios are medians of those of each turn."""
    made = []
    for how in HOW[database]:
        rates = [one["rows"] / one["seconds"] for one in found[how]]
        pairs = list(zip(found["ours"], found[how], strict=True))
        sooner = statistics.median(other["seconds"] / ours["seconds"] for ours, other in pairs)
        work = statistics.median(ours["cpu_s"] / other["cpu_s"] for ours, other in pairs)
        (asked,) = found["lookup"] if how == "ours" else ({},)
        made.append(
            (
                *(database, how, f"{statistics.median(rates):,.0f}"),
                f"{min(rates):,.0f}–{max(rates):,.0f}",
                f"{sooner:.2f}",
                f"{statistics.median(one['cpu_s'] for one in found[how]):.1f}",
                f"{work:.2f}",
                f"{max(one['peak_mib'] for one in found[how]):.0f}",
                *(f"{asked[name]:.2f}" if asked else "" for name in ("word_ms", "prefix_ms")),
            )
        )
    return made


@contextmanager
def databases(folder: Path, names: list[str]) -> Iterator[dict[str, Callable[[], str | None]]]:
    """A way to make an empty database of each kind."""
    made: dict[str, Callable[[], str | None]] = {}
    if "sqlite" in names:
        made["sqlite"] = lambda: None
    if "postgresql" not in names:
        yield made
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tests.postgres import Databases, server

        with server(folder / "server") as url:
            kept = Databases(url, folder)
            yield made | {"postgresql": lambda: kept.url(kept.empty())}
            kept.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--languages", default="en,kn")
    parser.add_argument("--databases", default="sqlite,postgresql")
    parser.add_argument("--json", type=Path, help="also write the figures there")
    parser.add_argument("--document", action="store_true", help="also write docs/benchmarks.md")
    for hidden in ("--step", "--home", "--url", "--file"):
        parser.add_argument(hidden, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        sessions = open_at(arguments.home, arguments.url)
        languages = arguments.languages.split(",")
        measured = STEPS[arguments.step](sessions, Path(arguments.file), languages)
        print(json.dumps({**measured, "peak_mib": peak_mib()}))
        return
    table: list[tuple[str, ...]] = []
    result: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        file = folder / "made.tsv"
        with file.open("w", encoding="utf-8") as stream:
            header = ["concept", "pos", "field", "gloss", *arguments.languages.split(",")]
            stream.write("\t".join(header) + "\n")
            for row in rows(arguments.rows, header[4:]):
                stream.write("\t".join(row) + "\n")
        with databases(folder, arguments.databases.split(",")) as kinds:
            for name, make in kinds.items():
                found = compared(name, make, file, arguments.languages, arguments.runs)
                result[name] = found
                table += rows_of(name, found)
    show(
        "import",
        f"Import of {arguments.rows:,} rows with a word in each of {arguments.languages}, median "
        f"of {arguments.runs} runs",
        (
            *("database", "how", "rows/s", "min–max", "ours ÷ its rows/s", "CPU s"),
            *("ours ÷ its CPU", "peak MiB", "word ms", "prefix ms"),
        ),
        table,
        result,
        ("sqlalchemy", "psycopg", "semantic-lexicon"),
        arguments.json,
        arguments.document,
    )


if __name__ == "__main__":
    main()
