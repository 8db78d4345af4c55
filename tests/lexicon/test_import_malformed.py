"""Damaged files: refused as a whole and nothing is changed, or taken line by line and counted."""

import gzip
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import select

from lexicon import browse, migrate, store
from lexicon.entries import ConceptEntry, require_scripts
from lexicon.errors import InvalidInput
from lexicon.formats import muse, words
from lexicon.formats.pairs.detect import READERS
from lexicon.formats.pairs.detect import detect as detect_pairs
from lexicon.formats.pairs.entry import PairEntry, Reading
from lexicon.formats.reading import Input, Rejected, Row, Skipped
from lexicon.ingest.files import WordsImport, import_words
from lexicon.ingest.report import IngestReport
from lexicon.ingest.sentences import PairImport, import_pairs
from lexicon.models import Lexeme
from lexicon.normalize import search_key
from lexicon.pairs import every_pair
from lexicon.settings import Settings
from tests.conftest import TINY, fill
from tests.lexicon.damage import FILES, SCRIPTS, WORDS, damaged, damages
from tests.lexicon.snapshot import everything
from tests.postgres import Databases

SOURCE = "damaged"

# What must come of a file


def import_file(sessions: store.Sessions, path: Path, form: str, named: bool) -> IngestReport:
    if form in WORDS:
        pair = ("fr", "en") if form == "muse" else None
        wanted = WordsImport(form if named else None, SOURCE, languages=pair)
        return import_words(sessions, Input(path), wanted)
    known = form.partition("-")[0] if named else None
    return import_pairs(sessions, Input(path), PairImport(SOURCE, "test", "en", form=known))


Records = list[Row[Any] | Rejected | Skipped]


def _read(path: Path, form: str, named: bool) -> tuple[str, Records]:
    source = Input(path)
    if form not in WORDS:
        found = form.partition("-")[0] if named else detect_pairs(source)
        return found, list(READERS[found](source, Reading(frozenset(SCRIPTS), "en")))
    found = form if named else words.detect(source)
    if found == "muse":
        return found, list(muse.records(source))
    return found, list(words.records(source, found, SCRIPTS))


def _in_script(forms: Mapping[str, tuple[str, ...]]) -> bool:
    try:
        require_scripts(ConceptEntry("k", "x", "f", "g", forms), SCRIPTS)
    except InvalidInput:
        return False
    return True


def _lemmas(entries: Mapping[str, ConceptEntry]) -> set[tuple[str, str, str]]:
    return {
        (language, lemma, entry.pos)
        for entry in entries.values()
        for language, lemmas in entry.forms.items()
        for lemma in lemmas
    }


def _check_concepts(sessions: store.Sessions, report: IngestReport, rows: list[Any]) -> int:
    """The store holds what the rows say, and no word of another; returns how many were taken."""
    tiny = {entry.key: entry for entry in TINY}
    taken: dict[str, ConceptEntry] = {}
    for entry in rows:
        if _in_script(entry.forms) and entry.key not in tiny:
            taken.setdefault(entry.key, entry)
    with sessions() as session:
        held = {one.key: one for one in browse.concept_entries(session, SOURCE)}
        others = {one.key: one for one in browse.concept_entries(session, "tiny")}
        lexemes = set(session.execute(select(Lexeme.language, Lexeme.lemma, Lexeme.pos)))
    facts = [
        {key: (one.pos, one.field, one.gloss, one.forms, one.external) for key, one in part.items()}
        for part in (held, taken)
    ]
    assert facts[0] == facts[1]
    assert others.keys() == tiny.keys()
    assert lexemes == _lemmas(tiny) | _lemmas(taken)
    assert report.added == len(taken)
    return len(taken)


def _check_word_pairs(sessions: store.Sessions, report: IngestReport, rows: list[Any]) -> int:
    pairs = [pair for pair in rows if _in_script({"fr": (pair.first,), "en": (pair.second,)})]
    with sessions() as session:
        entries = list(browse.concept_entries(session))
        lexemes = set(session.execute(select(Lexeme.language, Lexeme.lemma)))
    shared = {
        (search_key(one), search_key(other))
        for entry in entries
        for one in entry.forms.get("fr", ())
        for other in entry.forms.get("en", ())
    }
    assert {(search_key(pair.first), search_key(pair.second)) for pair in pairs} <= shared
    known = {(language, lemma) for language, lemma, _ in _lemmas({e.key: e for e in TINY})}
    said = {("fr", pair.first) for pair in pairs} | {("en", pair.second) for pair in pairs}
    assert known <= lexemes <= known | said
    assert report.added + report.unchanged == len(pairs)
    return len(pairs)


def _check_sentences(sessions: store.Sessions, report: IngestReport, rows: list[Any]) -> int:
    taken: dict[tuple[str, str, str], PairEntry] = {}
    for pair in rows:
        taken.setdefault((pair.premise_language, pair.hypothesis_language, pair.key), pair)
    with sessions() as session:
        held = [
            PairEntry(**{name: getattr(pair, name) for name in PairEntry.__dataclass_fields__})
            for pair in every_pair(session, SOURCE, "test")
        ]
    assert sorted(map(repr, held)) == sorted(map(repr, taken.values()))
    assert report.added == len(taken)
    return len(taken)


def require_sound(sessions: store.Sessions, path: Path, form: str, named: bool) -> None:
    """Import, and see that it was all or nothing, line by line."""
    before = everything(sessions)
    try:
        report = import_file(sessions, path, form, named)
    except InvalidInput as error:
        refused = str(error)
    else:
        refused = ""
    if refused:
        assert "\n" not in refused
        assert len(refused) < 1_000 + len(str(path))
        assert everything(sessions) == before
        return
    found, records = _read(path, form, named)
    rows = [record.entry for record in records if isinstance(record, Row)]
    check = _check_sentences
    if form in WORDS:
        check = _check_word_pairs if found == "muse" else _check_concepts
    taken = check(sessions, report, rows)
    counts = report.added + report.updated + report.unchanged, report.rejected, report.skipped
    assert report.retired == 0
    assert sum(counts) == len(records)
    assert report.skipped == sum(isinstance(record, Skipped) for record in records)
    assert not any("\n" in reject.reason for reject in report.rejects)
    after = everything(sessions)
    again = import_file(sessions, path, form, named)
    assert not again.changed
    assert (again.unchanged, again.rejects) == (taken, report.rejects)
    assert everything(sessions) == after


# Stores


def _filled(settings: Settings) -> None:
    store.make_home(settings)
    engine = store.connect(settings)
    migrate.upgrade(engine)
    sessions = store.open_store(settings)
    fill(sessions)
    for used in (engine, sessions.kw["bind"]):
        used.dispose()


@pytest.fixture(scope="module")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the tiny lexicon; examples work on copies of it."""
    home = tmp_path_factory.mktemp("filled") / "home"
    _filled(Settings(home=home))
    return home


@contextmanager
def _opened(settings: Settings) -> Iterator[store.Sessions]:
    sessions = store.open_store(settings)
    try:
        yield sessions
    finally:
        sessions.kw["bind"].dispose()


@contextmanager
def _copied(home: Path, folder: Path) -> Iterator[store.Sessions]:
    own = folder / "home"
    shutil.rmtree(own, ignore_errors=True)
    shutil.copytree(home, own)
    with _opened(Settings(home=own)) as sessions:
        yield sessions


PROPERTY = hypothesis_settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("form", sorted(FILES))
def test_the_sound_file_is_taken(form: str, filled_home: Path, tmp_path: Path) -> None:
    path = tmp_path / "sound"
    path.write_bytes(FILES[form])
    with _copied(filled_home, tmp_path) as sessions:
        require_sound(sessions, path, form, named=False)
        assert import_file(sessions, path, form, named=True).unchanged > 2


@pytest.mark.parametrize("form", sorted(FILES))
@PROPERTY
@given(what=damages, named=st.booleans())
def test_a_damaged_file_is_refused_or_taken_line_by_line(
    form: str, filled_home: Path, tmp_path: Path, what: list[tuple[str, int, int]], named: bool
) -> None:
    path = tmp_path / "damaged"
    path.write_bytes(damaged(FILES[form], what))
    with _copied(filled_home, tmp_path) as sessions:
        require_sound(sessions, path, form, named)


@pytest.mark.parametrize("form", sorted(FILES))
@hypothesis_settings(PROPERTY, max_examples=3)
@given(what=damages, named=st.booleans())
def test_postgresql_takes_and_refuses_the_same(
    form: str, databases: Databases, tmp_path: Path, what: list[tuple[str, int, int]], named: bool
) -> None:
    path = tmp_path / "damaged"
    path.write_bytes(damaged(FILES[form], what))
    name = databases.migrated()
    with _opened(Settings(home=tmp_path, database_url=databases.url(name))) as sessions:
        fill(sessions)
        require_sound(sessions, path, form, named)
    databases.drop(name)


HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE LexicalResource SYSTEM "{}"{}>\n'
DTD = "https://globalwordnet.github.io/schemas/WN-LMF-1.1.dtd"
BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("system", "subset", "why"),
    [
        (DTD, f' [<!ENTITY e0 "lol">{BOMB}]', "declares XML entities"),
        (DTD, ' [<!ENTITY e11 SYSTEM "file:///etc/passwd">]', "declares XML entities"),
        (DTD, ' [<!ENTITY % p SYSTEM "http://127.0.0.1:9/x.dtd"> %p;]', "declares XML entities"),
        ("file:///etc/passwd", "", "is not WN-LMF"),
        ("http://127.0.0.1:9/own.dtd", "", "is not WN-LMF"),
        (DTD, "", "is not well-formed XML"),
    ],
)
@pytest.mark.parametrize("packed", [False, True])
def test_entities_and_foreign_dtds_are_refused(
    filled_home: Path, tmp_path: Path, system: str, subset: str, why: str, packed: bool
) -> None:
    body = FILES["wn-lmf"].decode().partition("<LexicalResource")[2].replace("small", "&e11;")
    data = (HEAD.format(system, subset) + "<LexicalResource" + body).encode()
    path = tmp_path / "hostile.xml"
    path.write_bytes(gzip.compress(data) if packed else data)
    with _copied(filled_home, tmp_path) as sessions:
        before = everything(sessions)
        for named in (False, True):
            with pytest.raises(InvalidInput, match=why):
                import_file(sessions, path, "wn-lmf", named)
        assert everything(sessions) == before


@pytest.mark.parametrize("named", [False, True])
@pytest.mark.parametrize("form", sorted(FILES))
@pytest.mark.parametrize("kind", ["missing", "folder", "below a file", "loop", "name"])
def test_what_is_no_file_is_refused_with_its_name(
    filled_home: Path, tmp_path: Path, kind: str, form: str, named: bool
) -> None:
    path = tmp_path / "none.tsv"
    if kind == "folder":
        path.mkdir()
    elif kind == "loop":
        path.symlink_to(path)
    elif kind == "below a file":
        path.write_bytes(FILES[form])
        path = path / "deeper.tsv"
    elif kind == "name":
        path = tmp_path / ("n" * 300)
    with _copied(filled_home, tmp_path) as sessions:
        before = everything(sessions)
        with pytest.raises(InvalidInput, match="cannot be read: ") as caught:
            import_file(sessions, path, form, named)
        assert str(caught.value).startswith(str(path))
        assert "\n" not in str(caught.value)
        assert everything(sessions) == before


@pytest.mark.parametrize("form", sorted(FILES))
@pytest.mark.parametrize("name", ["words.zip", "words.xlsx", "words", "words.exe", "ಪದ.gz", "-"])
def test_the_name_of_a_file_decides_nothing(
    filled_home: Path, tmp_path: Path, form: str, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(FILES[form])
    with _copied(filled_home, tmp_path) as sessions:
        assert import_file(sessions, path, form, named=False).added > 2


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_what_no_database_could_hold_rejects_its_line(
    filled_home: Path, tmp_path: Path, request: pytest.FixtureRequest, database: str
) -> None:
    settings = Settings(home=tmp_path / "home")
    shutil.copytree(filled_home, settings.home)
    if database == "postgresql":
        url = request.getfixturevalue("postgres_url")
        settings = Settings(home=settings.home, database_url=url)
    path = tmp_path / "words.jsonl"
    scheme = b'"external": {"' + b"s" * 33 + b'": ["1"]}, "forms"'
    path.write_bytes(FILES["jsonl"].replace(b'"forms"', scheme, 1))
    with _opened(settings) as sessions:
        if database == "postgresql":
            fill(sessions)
        require_sound(sessions, path, "jsonl", named=True)
        assert import_file(sessions, path, "jsonl", named=True).rejects[0].line == 1
