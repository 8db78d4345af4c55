"""``lexicon init``: from nothing, again, and where it cannot."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from indexer.encoders import registry
from indexer.service import open_service
from lexicon import bundled, cldr, migrate
from lexicon.entries import ConceptEntry, checked
from lexicon.settings import Settings, load_settings
from lexicon.store import SCHEMA_REVISION
from tests.cli.terminal import as_json, contents, installed, invoke, refusal
from tests.conftest import TINY, AxisEncoder

FOUR: tuple[ConceptEntry, ...] = (
    *TINY[1:],
    checked(
        "water.noun.1",
        "noun",
        "water",
        "clear liquid",
        {"en": "water", "fr": "eau", "hi": "पानी", "kn": "ನೀರು|ಜಲ"},
    ),
)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home still to be made, of a release that ships four concepts in four languages."""
    monkeypatch.setattr(bundled, "entries", lambda: iter(FOUR))
    monkeypatch.setattr(cldr, "entries", lambda: iter(()))
    monkeypatch.setitem(registry.NAMED, "embedded", lambda _s: AxisEncoder(name="embedded"))
    monkeypatch.setenv("LEXICON_HOME", str(tmp_path / "deep" / "home"))
    return tmp_path / "deep" / "home"


def set_revision(home: Path, revision: str) -> None:
    connection = sqlite3.connect(home / "lexicon.sqlite3")
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
    connection.close()


def test_a_fresh_home_gets_store_words_and_indices(small: Path) -> None:
    result = invoke("init")
    assert (result.exit_code, result.stdout) == (0, "")
    said = result.stderr.splitlines()
    assert said[0] == f"store   created at revision {SCHEMA_REVISION}"
    assert "lexicon 4 concepts added, 0 updated, 0 unchanged, 0 retired" in said
    assert "index   embedded: built en 4, fr 4, hi 1, kn 5 forms" in said
    assert said[-1] == f"ready   {small}"
    answer = as_json("search", "water", "--from", "en", "--to", "hi")
    assert [result["lemma"] for result in answer["results"]] == ["पानी"]


def test_a_second_run_changes_nothing(small: Path) -> None:
    invoke("init")
    indices = contents(small / "indices")
    status = as_json("status")
    said = invoke("init").stderr
    assert "store " not in said
    assert "lexicon 0 concepts added, 0 updated, 4 unchanged, 0 retired\n" in said
    assert "index   embedded: up to date for en, fr, hi, kn\n" in said
    assert contents(small / "indices") == indices
    assert as_json("status") == status


def test_a_release_with_other_words_updates_what_is_there(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    invoke("init")
    monkeypatch.setattr(bundled, "entries", lambda: iter(FOUR[1:]))
    said = invoke("init").stderr
    assert "lexicon 0 concepts added, 0 updated, 3 unchanged, 1 retired\n" in said
    assert "index   embedded: built en 3, fr 3, kn 4 forms\n" in said
    assert "index   embedded: up to date for hi\n" in said


def test_an_upgrade_says_the_revision(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    invoke("init")
    monkeypatch.setattr(migrate, "upgrade", lambda _engine: ("0001", "0002"))
    assert invoke("init").stderr.startswith("store   upgraded at revision 0002\n")


def test_a_store_of_a_later_version_is_left_alone(small: Path) -> None:
    invoke("init")
    set_revision(small, "9999")
    newer = (
        "the store is at schema revision 9999, which is newer than this version's "
        f"{SCHEMA_REVISION}; upgrade the semantic-lexicon package"
    )
    assert refusal("init") == newer
    assert refusal("status") == newer


def test_a_store_of_an_unknown_revision_is_refused_in_one_line(small: Path) -> None:
    invoke("init")
    set_revision(small, "abcdef")
    assert "abcdef" in refusal("init")


def test_an_interrupted_init_is_completed_by_the_next(
    small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = AxisEncoder(name="embedded")
    monkeypatch.setattr(broken, "encode", None)
    with monkeypatch.context() as patch:
        patch.setitem(registry.NAMED, "embedded", lambda _s: broken)
        assert isinstance(invoke("init").exception, TypeError)
    said = invoke("init").stderr
    assert "0 concepts added, 0 updated, 4 unchanged" in said
    assert "built en 4, fr 4, hi 1, kn 5 forms" in said


def test_a_home_that_is_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.write_text("mine")
    monkeypatch.setenv("LEXICON_HOME", str(home))
    assert refusal("init") == (
        f"the home folder {home} cannot be written (File exists); "
        "set LEXICON_HOME to a folder that can"
    )
    assert home.read_text() == "mine"


def test_a_home_below_a_file_is_refused_by_the_installed_command(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    done = installed("init", home=tmp_path / "file" / "home")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"lexicon: the home folder {tmp_path}/file/home cannot be written (Not a directory); "
        "set LEXICON_HOME to a folder that can\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ("search", "water", "--from", "en", "--to", "kn"),
        ("similarity", "water", "ನೀರು", "--from", "en", "--to", "kn"),
        ("report",),
        ("status",),
        ("words", "export"),
        ("index", "build"),
        ("serve", "--port", "0"),
    ],
)
@pytest.mark.parametrize("way", ["nowhere", "file"])
def test_without_a_store_every_command_says_how_to_make_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str, arguments: tuple[str, ...]
) -> None:
    (tmp_path / "file").write_text("mine")
    home = tmp_path / way
    monkeypatch.setenv("LEXICON_HOME", str(home))
    assert refusal(*arguments) == (
        f"no lexicon store at sqlite:///{home}/lexicon.sqlite3; create it with: lexicon init"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file"]


def test_a_store_that_is_no_database_is_refused_and_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEXICON_HOME", str(tmp_path))
    store = tmp_path / "lexicon.sqlite3"
    store.write_bytes(b"not a database " * 100)
    said = refusal("status")
    assert said == refusal("init")
    assert said == (
        f"the store at sqlite:///{store} cannot be read (file is not a database); "
        "check LEXICON_HOME and LEXICON_DATABASE_URL"
    )
    assert store.read_bytes() == b"not a database " * 100


def test_the_bundled_home_is_complete_and_a_second_run_keeps_it(owned: Path) -> None:
    before = contents(owned / "indices")
    result = invoke("init")
    assert result.exit_code == 0
    assert "lexicon 0 concepts added, 0 updated, " in result.stderr
    assert "index   embedded: up to date for en, fr, hi, kn\n" in result.stderr
    assert contents(owned / "indices") == before


def test_the_home_may_be_written_with_a_tilde(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LEXICON_HOME", "~/words")
    assert load_settings().home == tmp_path / "words"
    assert f"sqlite:///{tmp_path}/words/lexicon.sqlite3" in refusal("status")


def test_the_store_that_init_makes_is_opened_by_the_service(small: Path) -> None:
    invoke("init")
    service = open_service(Settings(home=small))
    assert set(service.live_generations(service.encoder(None))) == {"en", "fr", "hi", "kn"}


def test_two_that_start_together_both_end_ready(tmp_path: Path) -> None:
    program = str(Path(sys.executable).with_name("lexicon"))
    environment = {**os.environ, "LEXICON_HOME": str(tmp_path / "home")}
    both = [
        subprocess.Popen([program, "init"], env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=300)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    assert all(words.splitlines()[-1] == f"ready   {tmp_path / 'home'}" for words in said)
