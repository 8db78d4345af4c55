"""The bundled lexicon: every row of lexicon/data is well formed, and loading it is idempotent."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import text

from lexicon import browse, bundled, cldr, frequencies, queries, store
from lexicon.entries import PARTS_OF_SPEECH, ConceptEntry, checked, digest
from lexicon.errors import InvalidInput
from lexicon.formats import wide
from lexicon.ingest.report import IngestReport
from lexicon.normalize import clean, search_key
from tests.conftest import TINY
from tests.lexicon.snapshot import everything

SCRIPTS = {"en": "LATIN", "fr": "LATIN", "hi": "DEVANAGARI", "kn": "KANNADA"}
KEY = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\.([a-z]+)\.[1-9][0-9]*")
INVISIBLE = set("\u00ad\u200b\u200c\u200d\u2060\ufeff")


@dataclass(frozen=True)
class Row:
    """One line of a file, as it stands there."""

    file: str
    line: int
    key: str
    pos: str
    field: str
    gloss: str
    cells: tuple[str, str, str, str]

    def __str__(self) -> str:
        return f"{self.file}.tsv:{self.line}: {self.key}"

    def forms(self) -> Iterator[tuple[str, str]]:
        """(language, form) of every form."""
        for language, cell in zip(SCRIPTS, self.cells, strict=True):
            for form in cell.split("|"):
                yield language, form


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """Every row of every file, by file."""
    found = []
    for path in bundled.files():
        for line, content in enumerate(path.read_bytes().decode().split("\n")[1:-1], start=2):
            key, pos, field, gloss, *cells = content.split("\t")
            en, fr, hi, kn = cells
            found.append(Row(path.stem, line, key, pos, field, gloss, (en, fr, hi, kn)))
    return found


def test_there_is_a_file_and_every_file_has_the_header() -> None:
    headers = {path.read_text(encoding="utf-8").split("\n")[0] for path in bundled.files()}
    assert headers == {"concept\tpos\tfield\tgloss\ten\tfr\thi\tkn"}


def test_every_file_ends_its_last_line() -> None:
    assert [path.name for path in bundled.files() if not path.read_bytes().endswith(b"\n")] == []


def test_at_least_five_hundred_concepts_ship(rows: list[Row]) -> None:
    assert len(rows) >= 500


def test_the_reader_reads_every_row_as_it_stands(rows: list[Row]) -> None:
    for row, entry in zip(rows, bundled.entries(), strict=True):
        cells = tuple("|".join(entry.forms.get(code, ())) for code in SCRIPTS)
        read = (entry.key, entry.pos, entry.field, entry.gloss, cells)
        assert read == (row.key, row.pos, row.field, row.gloss, row.cells), str(row)


def test_keys_are_unique(rows: list[Row]) -> None:
    taken = Counter(row.key for row in rows) + Counter(entry.key for entry in cldr.entries())
    assert [str(row) for row in rows if taken[row.key] > 1] == []


def test_keys_are_slug_part_of_speech_and_number(rows: list[Row]) -> None:
    def wrong(row: Row) -> bool:
        match = KEY.fullmatch(row.key)
        return match is None or match[2] != row.pos or row.pos not in PARTS_OF_SPEECH

    assert [str(row) for row in rows if wrong(row)] == []


def test_the_field_is_the_name_of_the_file(rows: list[Row]) -> None:
    assert [str(row) for row in rows if row.field != row.file] == []


def test_rows_are_sorted_by_key_within_a_file(rows: list[Row]) -> None:
    pairs = pairwise(rows)
    assert [str(b) for a, b in pairs if a.file == b.file and a.key >= b.key] == []


def test_no_cell_is_empty(rows: list[Row]) -> None:
    assert [str(row) for row in rows if not all((row.gloss, *row.cells))] == []
    assert [str(row) for row in rows if any(not form for _, form in row.forms())] == []


def test_a_cell_has_five_forms_at_most(rows: list[Row]) -> None:
    assert [str(row) for row in rows if any(cell.count("|") > 4 for cell in row.cells)] == []


def test_no_form_stands_twice_in_a_cell(rows: list[Row]) -> None:
    def repeated(cell: str) -> bool:
        keys = [search_key(form) for form in cell.split("|")]
        return len(set(keys)) < len(keys)

    assert [str(row) for row in rows if any(map(repeated, row.cells))] == []


def test_no_two_rows_have_the_same_four_cells(rows: list[Row]) -> None:
    taken = Counter(row.cells for row in rows)
    assert [str(row) for row in rows if taken[row.cells] > 1] == []


def test_every_cell_is_clean_and_composed(rows: list[Row]) -> None:
    texts = [
        (row, form) for row in rows for form in (row.gloss, *(form for _, form in row.forms()))
    ]
    assert [f"{row} {form!r}" for row, form in texts if clean(form) != form] == []
    assert [
        f"{row} {form!r}" for row, form in texts if not unicodedata.is_normalized("NFC", form)
    ] == []


def test_no_cell_holds_an_invisible_character(rows: list[Row]) -> None:
    assert [str(row) for row in rows if INVISIBLE & set("".join((row.gloss, *row.cells)))] == []


def foreign(language: str, form: str) -> str:
    """What in ``form`` is neither of the language's script nor a blank, hyphen or apostrophe."""
    return "".join(
        character
        for character in form
        if character not in " -'"
        and not (
            unicodedata.category(character)[0] in "LM"
            and unicodedata.name(character).startswith(SCRIPTS[language] + " ")
        )
    )


def test_every_cell_is_in_the_script_of_its_language(rows: list[Row]) -> None:
    found = [(row, language, form) for row in rows for language, form in row.forms()]
    assert [f"{row} {code} {form!r}" for row, code, form in found if foreign(code, form)] == []


@pytest.mark.parametrize(
    ("language", "form", "found"),
    [
        ("fr", "l'œuvre d'été-là", ""),
        ("hi", "कड़ी-कड़ी", ""),
        ("kn", "ಕ್ಷಣ ಮಾತ್ರ", ""),
        ("en", "wаter", "а"),
        ("fr", "l’eau", "’"),
        ("hi", "पानी 2", "2"),
        ("kn", "ನೀरು.", "र."),
    ],
)
def test_foreign_characters_are_seen(language: str, form: str, found: str) -> None:
    assert foreign(language, form) == found


def test_every_form_begins_and_ends_with_a_letter_or_mark(rows: list[Row]) -> None:
    def wrong(form: str) -> bool:
        return form[0] in " -'" or form[-1] in " -"

    found = [(row, form) for row in rows for _, form in row.forms()]
    assert [f"{row} {form!r}" for row, form in found if wrong(form)] == []


def test_english_verbs_stand_without_to(rows: list[Row]) -> None:
    verbs = [row for row in rows if row.pos == "verb"]
    assert [
        str(row)
        for row in verbs
        if any(code == "en" and form.startswith("to ") for code, form in row.forms())
    ] == []


def test_everything_is_our_rows_then_the_cldrs() -> None:
    ours, theirs = list(bundled.entries()), list(cldr.entries())
    assert list(bundled.everything()) == ours + theirs
    assert bundled.everything_digest() == digest(ours + theirs)


def test_loading_what_ships_is_idempotent(
    sessions: store.Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = list(bundled.entries()), list(cldr.entries())
    monkeypatch.setattr(bundled, "entries", lambda: iter(ours))
    monkeypatch.setattr(cldr, "entries", lambda: iter(theirs))
    total = len(ours) + len(theirs)
    assert bundled.load(sessions) == IngestReport(added=total)
    with sessions() as session:
        assert digest(browse.concept_entries(session)) == digest(ours + theirs)
        assert queries.written_languages(session) == ["en", "fr", "hi", "kn"]
    before = everything(sessions)
    assert bundled.load(sessions) == IngestReport(unchanged=total)
    assert everything(sessions) == before


WATER, SHORE, MONEY, RUN = TINY
FRANCE = checked("territory.FR", "propn", "territory", "country", {"en": "France", "fr": "France"})


class Release:
    """A release whose two sources a test may choose."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ship(self, *entries: ConceptEntry) -> None:
        """Make ``entries`` our rows."""
        with (self.folder / "all.tsv").open("w", encoding="utf-8") as stream:
            wide.write(entries, ["en", "fr", "hi", "kn"], stream)

    def files(self) -> list[Path]:
        return [self.folder / "all.tsv"]


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Release:
    """Our rows are the tiny lexicon and the CLDR knows France alone."""
    made = Release(tmp_path)
    made.ship(*TINY)
    monkeypatch.setattr(bundled, "files", made.files)
    monkeypatch.setattr(cldr, "entries", lambda: iter([FRANCE]))
    monkeypatch.setattr(cldr, "version", lambda: "99")
    return made


def glosses(sessions: store.Sessions) -> dict[str, str]:
    with sessions() as session:
        return {entry.key: entry.gloss for entry in browse.concept_entries(session)}


def checksum(rows: Sequence[ConceptEntry]) -> str:
    """Of rows and of the frequencies that travel with them."""
    return sha256((digest(rows) + frequencies.digest()).encode()).hexdigest()


def test_the_two_sources_are_recorded(sessions: store.Sessions, release: Release) -> None:
    assert bundled.load(sessions) == IngestReport(added=5)
    with sessions() as session:
        found = [
            (source.name, source.licence, source.version, source.checksum)
            for source in queries.sources(session)
        ]
    assert found == [
        ("CLDR", "Unicode-3.0", "99", checksum([FRANCE])),
        ("semantic-lexicon", "CC-BY-4.0", "1", checksum(TINY)),
    ]


def test_progress_runs_over_both_sources(sessions: store.Sessions, release: Release) -> None:
    told: list[tuple[int, int]] = []
    bundled.load(sessions, lambda done, total: told.append((done, total)))
    bundled.load(sessions, lambda done, total: told.append((done, total)))
    assert told == [(done, 5) for done in (1, 2, 3, 4, 5)] + [(4, 5), (5, 5)]


def test_a_correction_lasts_until_a_release_changes_the_source(
    sessions: store.Sessions, release: Release
) -> None:
    bundled.load(sessions)
    with sessions.begin() as session:
        session.execute(text("UPDATE concept SET gloss = 'mine' WHERE key = 'water.noun.1'"))
    assert bundled.load(sessions) == IngestReport(unchanged=5)
    assert glosses(sessions)["water.noun.1"] == "mine"
    release.ship(WATER, SHORE, MONEY)
    assert bundled.load(sessions) == IngestReport(updated=1, unchanged=3, retired=1)
    assert glosses(sessions) == {entry.key: entry.gloss for entry in (WATER, SHORE, MONEY, FRANCE)}


def test_a_damaged_file_leaves_the_store_as_it_was(
    sessions: store.Sessions, release: Release
) -> None:
    bundled.load(sessions)
    before = everything(sessions)
    release.ship(WATER, WATER)
    with pytest.raises(InvalidInput, match=r"'water\.noun\.1' stands twice"):
        bundled.load(sessions)
    assert everything(sessions) == before


def test_a_key_that_the_cldr_holds_leaves_the_store_as_it_was(
    sessions: store.Sessions, release: Release
) -> None:
    bundled.load(sessions)
    before = everything(sessions)
    release.ship(WATER, FRANCE)
    with pytest.raises(InvalidInput, match=r"'territory\.FR' belongs to the source 'CLDR'"):
        bundled.load(sessions)
    assert everything(sessions) == before
