"""Names of encoders, and what is said where one cannot be opened."""

import json
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from indexer.encoders import registry
from indexer.encoders.embedded.encoder import EmbeddedEncoder
from indexer.encoders.registry import open_encoder
from indexer.encoders.sentence_transformer import SentenceTransformerEncoder
from lexicon.errors import ExtraMissing, ModelDamaged, ModelMissing, UnknownEncoder
from lexicon.settings import Settings


@pytest.fixture(params=["torch", "sentence_transformers"])
def without_extra(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if one of the extra's packages were not installed."""

    def find(name: str) -> ModuleSpec | None:
        return None if name == request.param else ModuleSpec(name, None)

    monkeypatch.setattr(registry, "find_spec", find)


@pytest.fixture
def with_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda name: ModuleSpec(name, None))


def test_embedded_needs_nothing(settings: Settings, without_extra: None) -> None:
    assert isinstance(open_encoder("embedded", settings), EmbeddedEncoder)


@pytest.mark.parametrize("name", ["nope", "EMBEDDED", "./nowhere", "labse2"])
def test_an_unknown_name_names_the_known_ones(settings: Settings, name: str) -> None:
    with pytest.raises(
        UnknownEncoder,
        match=rf"^unknown encoder '{name}'; known: bloom-1b7, bloom-560m, embedded, labse, or the "
        "path of a sentence-transformers folder$",
    ):
        open_encoder(name, settings)


@pytest.mark.parametrize(
    "name",
    ["~nosuchuser/model", "x" * 300, "x" * 10_000, "a\0b"],
    ids=["no such user", "long", "very long", "null byte"],
)
def test_a_name_that_is_no_path_either_is_unknown(settings: Settings, name: str) -> None:
    with pytest.raises(UnknownEncoder):
        open_encoder(name, settings)


def test_a_file_is_no_encoder(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "model.bin").touch()
    with pytest.raises(UnknownEncoder):
        open_encoder(str(tmp_path / "model.bin"), settings)


def test_labse_without_the_extra_names_it(settings: Settings, without_extra: None) -> None:
    with pytest.raises(
        ExtraMissing,
        match=r"^encoder 'labse' needs the extra 'models'; .*\"semantic-lexicon\[models\]\"$",
    ):
        open_encoder("labse", settings)


def test_a_folder_without_the_extra_names_it(
    settings: Settings, without_extra: None, tmp_path: Path
) -> None:
    with pytest.raises(ExtraMissing, match=rf"^encoder '{tmp_path}' needs the extra 'models'"):
        open_encoder(str(tmp_path), settings)


@pytest.mark.parametrize("name", ["labse", "bloom-560m", "bloom-1b7"])
def test_a_checkpoint_that_is_not_there_says_how_to_get_it(
    settings: Settings, with_extra: None, name: str
) -> None:
    with pytest.raises(ModelMissing) as caught:
        open_encoder(name, settings)
    assert str(caught.value) == (
        f"model {name!r} is not on this machine; get it with: lexicon models pull {name}"
    )


def test_a_labse_that_is_there_is_opened_without_reading_it(
    settings: Settings, with_extra: None
) -> None:
    folder = settings.models / "labse"
    folder.mkdir(parents=True)
    kinds = ("Transformer", "Pooling", "Dense", "Normalize")
    chain = [{"type": f"sentence_transformers.models.{kind}"} for kind in kinds]
    (folder / "modules.json").write_text(json.dumps(chain))
    assert isinstance(open_encoder("labse", settings), SentenceTransformerEncoder)


@pytest.mark.parametrize("name", ["labse", "sentence-transformers/LaBSE"])
@pytest.mark.parametrize(
    "kinds", [(), ("Transformer", "Pooling"), ("Transformer", "Pooling", "Normalize")]
)
def test_a_labse_of_other_modules_is_refused(
    settings: Settings, with_extra: None, kinds: tuple[str, ...], name: str
) -> None:
    folder = settings.models / "labse"
    folder.mkdir(parents=True)
    chain = [{"type": f"sentence_transformers.models.{kind}"} for kind in kinds]
    (folder / "modules.json").write_text(json.dumps(chain))
    with pytest.raises(ModelDamaged) as caught:
        open_encoder(name, settings)
    assert str(caught.value) == (
        f"{folder} is not {name}: its modules are {', '.join(kinds) or 'unreadable'}, not "
        f"Transformer, Pooling, Dense, Normalize; pull it again with: lexicon models pull {name}"
    )


def test_an_incomplete_labse_is_refused(settings: Settings, with_extra: None) -> None:
    (settings.models / "labse").mkdir(parents=True)
    with pytest.raises(ModelDamaged, match=r"labse has no modules.json"):
        open_encoder("labse", settings)


def test_a_folder_without_modules_is_refused_by_its_path(
    settings: Settings, with_extra: None, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(ModelDamaged, match=rf"^{tmp_path} has no modules.json, .* complete sent"):
        open_encoder(str(tmp_path), settings)


def test_a_folder_is_found_from_the_home_and_from_here(
    settings: Settings, with_extra: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "modules.json").write_text("[]")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in ("~/model", "model", "./model", str(tmp_path / "model")):
        assert isinstance(open_encoder(name, settings), SentenceTransformerEncoder)
