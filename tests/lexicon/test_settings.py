"""Settings: what LEXICON_* says, and what it may not say."""

from pathlib import Path

import platformdirs
import pytest

from lexicon.errors import InvalidSettings
from lexicon.settings import Settings, load_settings
from lexicon.store import location


def test_a_machine_without_variables_uses_the_platforms_data_folder() -> None:
    settings = load_settings()
    home = platformdirs.user_data_path("semantic-lexicon", appauthor=False)
    assert settings.home == home
    assert location(settings) == f"sqlite:///{home}/lexicon.sqlite3"
    assert settings.encoder == "embedded"


def test_everything_lives_in_the_home(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    assert location(settings) == f"sqlite:///{tmp_path}/lexicon.sqlite3"
    assert settings.indices == tmp_path / "indices"
    assert settings.models == tmp_path / "models"


def test_the_variables_are_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LEXICON_HOME", str(tmp_path))
    monkeypatch.setenv("LEXICON_DATABASE_URL", "postgresql+psycopg://me@db/words")
    monkeypatch.setenv("LEXICON_ENCODER", "labse")
    monkeypatch.setenv("LEXICON_SOMETHING_ELSE", "1")
    settings = load_settings()
    assert settings.home == tmp_path
    assert location(settings) == "postgresql+psycopg://me@db/words"
    assert settings.encoder == "labse"


def test_an_empty_database_url_is_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LEXICON_HOME", str(tmp_path))
    monkeypatch.setenv("LEXICON_DATABASE_URL", "")
    assert location(load_settings()) == f"sqlite:///{tmp_path}/lexicon.sqlite3"


def test_a_home_may_begin_with_a_tilde(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("LEXICON_HOME", "~/words")
    assert load_settings().home == tmp_path / "words"


def test_a_relative_home_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEXICON_HOME", "words")
    assert load_settings().home == tmp_path / "words"


def test_an_empty_encoder_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEXICON_ENCODER", "")
    assert load_settings().encoder == "embedded"


def test_the_home_of_an_unknown_user_is_refused_by_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LEXICON_HOME", "~nobody-of-that-name/words")
    with pytest.raises(InvalidSettings, match=r"^LEXICON_HOME='?~nobody-of-that-name/words"):
        load_settings()


def test_an_empty_home_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEXICON_HOME", "")
    assert load_settings().home == platformdirs.user_data_path("semantic-lexicon", appauthor=False)
