"""Importing a million rows, beside the least that the database could do with them.

    python -m benchmarks.import_words [--rows 1000000] [--languages en,kn] [--json FILE]

A row is a concept with one word in each language. "ours" is ``lexicon words import`` of the TSV
file: read, checked, normalised, compared with the store, merged in one transaction. The floor puts
the same rows, already parsed and numbered, into the same tables with the same indices and
constraints by plain executemany (SQLite) or COPY (PostgreSQL), in one transaction. Then words are
looked up in the store of that size. Each step is a process of its own, so that its peak memory is
its own (with the process that reads the file).
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import select

from benchmarks.results import show
from lexicon import browse, migrate, queries, store
from lexicon.formats.reading import Input
from lexicon.ingest import staging
from lexicon.ingest.files import WordsImport, import_words
from lexicon.ingest.words import seed_languages
from lexicon.lexemes import spellings
from lexicon.models import Concept, Lexeme, Sense, Source
from lexicon.settings import Settings

SEED = 20261121
LETTERS = {
    "en": "abcdefghijklmnopqrstuvwxyz",
    "fr": "abcdefghijklmnopqrstuvwxyzéèçà",
    "hi": "कखगघचछजटडतथदनपबमयरलवसह",
    "kn": "ಕಖಗಘಚಛಜಟಡತಥದನಪಬಮಯರಲವಸಹ",
}
SIGNS = {"hi": ["", "ा", "ि", "ी", "ु", "े"], "kn": ["", "ಾ", "ಿ", "ೀ", "ು", "ೆ"]}
LOOKUPS = 2_000


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
    migrate.upgrade(store.connect(settings))
    sessions = store.open_store(settings)
    with store.writing(sessions) as session:
        seed_languages(session)
    return sessions


def ours(sessions: store.Sessions, file: Path, _languages: list[str]) -> dict[str, float]:
    started = time.perf_counter()
    report = import_words(sessions, Input(file), WordsImport(form="tsv"))
    assert report.rejected == 0
    return {"rows": report.added, "seconds": time.perf_counter() - started}


def floor(sessions: store.Sessions, file: Path, languages: list[str]) -> dict[str, float]:
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
    engine = sessions.kw["bind"]
    started = time.perf_counter()
    with engine.begin() as connection:
        source = {"id": 1, "name": "made", "licence": "-", "version": "-", "checksum": "-"}
        connection.execute(cast(Any, Source.__table__).insert(), source)
        for model in (Concept, Lexeme, Sense):
            table = cast(Any, model.__table__)
            staging.load(connection, table, tables[table.name])
    return {"rows": number, "seconds": time.perf_counter() - started}


def lookup(sessions: store.Sessions, _file: Path, languages: list[str]) -> dict[str, float]:
    """Median milliseconds of a word and of a prefix."""
    draw = random.Random(SEED)
    with sessions() as session:
        some = session.execute(
            select(Lexeme.language, Lexeme.lemma).where(
                Lexeme.id.in_([draw.randint(1, 10**6) for _ in range(LOOKUPS)])
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


STEPS = {"ours": ours, "floor": floor, "lookup": lookup}


def peak_mib() -> float:
    """Of this process and, if it had one, the one that read for it."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(resource.getrusage(one).ru_maxrss for one in who) / 1024


def step(name: str, home: Path, url: str | None, file: Path, languages: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.import_words", "--step", name, "--home", str(home)]
    command += ["--file", str(file), "--languages", languages, *(["--url", url] if url else [])]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return cast(dict[str, float], json.loads(done.stdout))


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
                home, url = folder / name, make()
                done = {
                    "ours": step("ours", home, url, file, arguments.languages),
                    "lookup": step("lookup", home, url, file, arguments.languages),
                    "floor": step(
                        "floor", folder / f"{name}-floor", make(), file, arguments.languages
                    ),
                }
                speed = {one: done[one]["rows"] / done[one]["seconds"] for one in ("ours", "floor")}
                result[name] = done | {"rows_per_s": speed}
                table.append(
                    (
                        name,
                        f"{speed['ours']:,.0f}",
                        f"{speed['floor']:,.0f}",
                        f"{speed['ours'] / speed['floor']:.2f}",
                        f"{done['ours']['peak_mib']:.0f}",
                        f"{done['lookup']['word_ms']:.2f}",
                        f"{done['lookup']['prefix_ms']:.2f}",
                    )
                )
    show(
        "import",
        f"Import of {arguments.rows:,} rows with a word in each of {arguments.languages}",
        ("database", "rows/s", "floor rows/s", "× floor", "peak MiB", "word ms", "prefix ms"),
        table,
        result,
        ("sqlalchemy", "psycopg", "semantic-lexicon"),
        arguments.json,
        arguments.document,
    )


if __name__ == "__main__":
    main()
