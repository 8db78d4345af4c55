"""``lexicon index build``, and what searches say of an index that cannot be used."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.build import build
from indexer.encoders import registry
from indexer.service import LexiconService
from tests.cli.terminal import as_json, contents, invoke, output, refusal
from tests.conftest import TINY, AxisEncoder, fill

EN_KN = ("search", "water", "--from", "en", "--to", "kn")


def live_folder(service: LexiconService, encoder: AxisEncoder, language: str) -> Path:
    identity = encoder.spec.identity
    live = service.generations.live(identity, language)
    assert live is not None
    return service.generations.folder(identity, language) / live.generation


def pointers(service: LexiconService) -> dict[str, str]:
    """Which generation every language's pointer names."""
    return {
        path.parent.name: path.read_text().split()[0]
        for path in service.settings.indices.glob("*/*/live")
    }


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def flip_a_bit(path: Path) -> None:
    held = bytearray(path.read_bytes())
    held[-1] ^= 1
    path.write_bytes(held)


def test_what_is_up_to_date_is_left_alone(tiny: LexiconService, axis: AxisEncoder) -> None:
    before = contents(tiny.settings.indices)
    result = invoke("index", "build")
    assert "index   axis: up to date for en, fr, kn\n" in result.stderr
    assert "index   axis: no words in hi\n" in result.stderr
    assert contents(tiny.settings.indices) == before
    assert axis.encoded == 0


def test_force_builds_what_is_up_to_date(tiny: LexiconService) -> None:
    before = pointers(tiny)
    result = invoke("index", "build", "--force", "--language", "kn")
    assert "index   axis: built kn 5 forms\n" in result.stderr
    after = pointers(tiny)
    assert after["kn"] != before["kn"]
    assert (after["en"], after["fr"]) == (before["en"], before["fr"])


def test_several_languages_are_built_in_one_go(tiny: LexiconService) -> None:
    result = invoke("index", "build", "--force", "-l", "fr", "-l", "en")
    assert "index   axis: built fr 4, en 4 forms\n" in result.stderr


def test_changed_words_are_built(tiny: LexiconService) -> None:
    fill(tiny.sessions, [entry for entry in TINY if entry.key != "run.verb.1"])
    assert "built en 3, fr 3, kn 4 forms" in invoke("index", "build").stderr


def test_guessed_vectors_are_announced(tiny: LexiconService, axis: AxisEncoder) -> None:
    axis.table = {"en": {}}
    said = invoke("index", "build", "--language", "en", "--force").stderr
    assert "index   axis: built en 4 forms\n" in said
    assert said.endswith(
        "note: 4 forms are not in the vocabulary of 'axis'; "
        "their vectors are guesses, and results mark them as not covered\n"
    )


def test_nothing_is_written_to_standard_output(tiny: LexiconService) -> None:
    assert output("index", "build", "--force") == ""


def test_an_unknown_language_changes_nothing(tiny: LexiconService) -> None:
    before = contents(tiny.settings.home)
    result = invoke("index", "build", "--language", "en", "--language", "xx", "--force")
    assert str(result.exception) == "unknown language 'xx'; known: en, fr, hi, kn"
    assert contents(tiny.settings.home) == before


def test_a_refused_build_says_one_line(tiny: LexiconService) -> None:
    assert refusal("index", "build", "--language", "xx").startswith("unknown language 'xx'")


def test_an_unknown_encoder_changes_nothing(tiny: LexiconService) -> None:
    before = contents(tiny.settings.home)
    said = refusal("index", "build", "--force", "--encoder", "axis", "--encoder", "word2vec")
    assert said.startswith(
        "unknown encoder 'word2vec'; known: bloom-1b7, bloom-560m, embedded, labse,"
    )
    assert contents(tiny.settings.home) == before


def test_each_named_encoder_is_built(tiny: LexiconService, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry.NAMED, "second", lambda _s: AxisEncoder(name="second"))
    said = invoke("index", "build", "-e", "axis", "-e", "second").stderr
    assert "index   axis: up to date for en, fr, kn\n" in said
    assert "index   second: built en 4, fr 4, kn 5 forms\n" in said


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (truncate, r"index.faiss has 12\d bytes, not 12\d"),
        (flip_a_bit, r"the content of index.faiss was changed"),
        (Path.unlink, r"index.faiss: No such file or directory"),
    ],
)
def test_a_damaged_index_is_refused_and_then_repaired(
    tiny: LexiconService, axis: AxisEncoder, damage: Callable[[Path], None], why: str
) -> None:
    folder = live_folder(tiny, axis, "kn")
    damage(folder / "index.faiss")
    said = refusal(*EN_KN)
    assert said.startswith(f"index generation {folder.name} is damaged (")
    assert said.endswith(") and is not used; rebuild it with: lexicon index build")
    assert f"index   axis kn: rebuilt, because {said}" in invoke("index", "build").stderr
    assert as_json(*EN_KN)["results"][0]["lemma"] == "ನೀರು"


@pytest.mark.parametrize("damage", [truncate, flip_a_bit, Path.unlink])
@pytest.mark.parametrize("name", ["manifest.json", "lexemes.npy", "neighbourhood.en.npy"])
def test_every_file_of_a_generation_is_checked(
    tiny: LexiconService, axis: AxisEncoder, name: str, damage: Callable[[Path], None]
) -> None:
    folder = live_folder(tiny, axis, "kn")
    damage(folder / name)
    said = refusal(*EN_KN)
    assert said.startswith(f"index generation {folder.name} is damaged (")
    assert name in said
    invoke("index", "build")
    assert as_json(*EN_KN)["results"][0]["lemma"] == "ನೀರು"


@pytest.mark.parametrize("text", ["", "nonsense", "../../elsewhere abc", "\udcff"])
def test_a_pointer_that_names_no_generation_is_repaired(
    tiny: LexiconService, axis: AxisEncoder, text: str
) -> None:
    pointer = live_folder(tiny, axis, "kn").with_name("live")
    pointer.write_bytes(text.encode(errors="surrogateescape"))
    assert f"{pointer} is damaged (its pointer " in refusal(*EN_KN)
    invoke("index", "build")
    assert as_json(*EN_KN)["results"][0]["lemma"] == "ನೀರು"


def test_a_manifest_of_another_identity_is_refused_by_name_and_rebuilt(
    tiny: LexiconService, axis: AxisEncoder
) -> None:
    other = AxisEncoder(revision="2")
    build(tiny.sessions, tiny.generations, other)
    own = tiny.generations.folder(axis.spec.identity, "kn")
    shutil.rmtree(own)
    shutil.copytree(tiny.generations.folder(other.spec.identity, "kn"), own)
    said = refusal(*EN_KN)
    assert said == (
        f"index generation {live_folder(tiny, other, 'kn').name} was built by encoder "
        f"{other.spec.identity}, not by {axis.spec.identity}; "
        "rebuild it with: lexicon index build"
    )
    assert f"rebuilt, because {said}" in invoke("index", "build").stderr
    assert as_json(*EN_KN)["results"][0]["lemma"] == "ನೀರು"


def test_no_index_yet_says_how_to_build_it(tiny: LexiconService) -> None:
    shutil.rmtree(tiny.settings.indices)
    assert refusal(*EN_KN) == (
        "no index for encoder 'axis', language 'en'; "
        "build it with: lexicon index build --encoder axis"
    )
    assert "built en 4, fr 4, kn 5 forms" in invoke("index", "build", "--encoder", "axis").stderr
    assert as_json(*EN_KN)["results"][0]["lemma"] == "ನೀರು"


def test_a_second_builder_is_refused(tiny: LexiconService, axis: AxisEncoder) -> None:
    with tiny.generations.building(axis.spec.identity):
        result = invoke("index", "build")
    assert str(result.exception) == (
        f"another process is building the indices of {axis.spec.identity}; wait for it to end"
    )


def test_an_index_folder_that_cannot_be_written_is_named(tiny: LexiconService) -> None:
    shutil.rmtree(tiny.settings.indices)
    tiny.settings.indices.write_text("in the way")
    said = str(invoke("index", "build").exception)
    assert str(tiny.settings.indices) in said
    assert "or set LEXICON_HOME to a folder that can" in said


def test_a_bit_flipped_in_the_bundled_index_is_repaired(owned: Path) -> None:
    (pointer,) = owned.glob("indices/*/kn/live")
    generation = pointer.read_text().split()[0]
    flip_a_bit(pointer.with_name(generation) / "index.faiss")
    assert refusal(*EN_KN) == (
        f"index generation {generation} is damaged (the content of index.faiss was changed) "
        "and is not used; rebuild it with: lexicon index build"
    )
    said = invoke("index", "build").stderr
    assert f"index   embedded kn: rebuilt, because index generation {generation}" in said
    assert "index   embedded: up to date for en, fr, hi\n" in said
    assert pointer.read_text().split()[0] != generation
    assert as_json(*EN_KN)["results"]
