"""``lexicon index build``, and what searches say of an index that cannot be used."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load_file, save_file
from sqlalchemy import select

from indexer.build import build
from indexer.encoders import checkpoint, registry
from indexer.service import LexiconService
from lexicon import models as stored
from tests.cli.terminal import as_json, contents, installed, invoke, output, refusal
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.encoders.tiny import make_bloom, mixed

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


@pytest.fixture(scope="module")
def bloom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BLOOM of two layers. Read it, never write to it."""
    return make_bloom(tmp_path_factory.mktemp("decoder") / "bloom")


@pytest.fixture
def on_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where checkpoints run in these tests, whatever the machine has."""
    monkeypatch.setenv("LEXICON_DEVICE", "cpu")
    monkeypatch.setenv("LEXICON_THREADS", "1")


def recorded(service: LexiconService) -> dict[str, Any]:
    """What the store keeps of encoders and generations."""
    with service.sessions() as session:
        encoders = {row.identity: row.spec for row in session.scalars(select(stored.Encoder))}
        generations = {row.id: row.live for row in session.scalars(select(stored.Generation))}
    return {"encoders": encoders, "generations": generations}


class TestCheckpoints:
    @pytest.mark.parametrize("name", ["labse", "bloom-560m", "bloom-1b7"])
    @pytest.mark.parametrize(
        "options", [(), ("--precision", "fp32"), ("--layer", "all"), ("--pooling", "last")]
    )
    def test_one_that_is_not_there_names_the_command_and_changes_nothing(
        self, tiny: LexiconService, name: str, options: tuple[str, ...]
    ) -> None:
        before = contents(tiny.settings.home), recorded(tiny)
        first = () if options else ("--force", "--encoder", "axis")
        said = refusal("index", "build", *first, "--encoder", name, *options)
        assert said == (
            f"model {name!r} is not on this machine; get it with: lexicon models pull {name}"
        )
        assert (contents(tiny.settings.home), recorded(tiny)) == before

    @pytest.mark.usefixtures("on_one_thread")
    def test_a_layer_that_a_later_one_does_not_have_is_known_before_the_first_is_built(
        self, tiny: LexiconService, bloom: Path
    ) -> None:
        before = recorded(tiny)
        many = f"{bloom}?layer=99&pooling=mean"
        said = refusal("index", "build", "--force", "-e", "axis", "-e", many)
        assert "has no layer 99" in said
        assert recorded(tiny) == before

    def test_the_program_says_one_line_and_exits_1(self, tiny: LexiconService) -> None:
        done = installed("index", "build", "--encoder", "labse", home=tiny.settings.home)
        assert (done.returncode, done.stdout) == (1, "")
        assert done.stderr == (
            "lexicon: model 'labse' is not on this machine; "
            "get it with: lexicon models pull labse\n"
        )

    def test_all_layers_are_built_and_searched_by_name(
        self, tiny: LexiconService, bloom: Path, on_one_thread: None
    ) -> None:
        choice = ("--pooling", "last", "--layer", "all", "--precision", "fp32")
        said = invoke("index", "build", "-e", bloom, *choice).stderr
        names = [f"{bloom}?pooling=last&layer={layer}&precision=fp32" for layer in (0, 1, 2)]
        assert [line for line in said.splitlines() if line.startswith("index ")] == [
            line
            for name in names
            for line in (
                f"index   {name}: built en 4, fr 4, kn 5 forms",
                f"index   {name}: no words in hi",
            )
        ]
        made = [spec for spec in recorded(tiny)["encoders"].values() if spec["name"] in names]
        assert sorted((spec["layer"], spec["pooling"], spec["precision"]) for spec in made) == [
            (layer, "last", "fp32") for layer in (0, 1, 2)
        ]
        for name in names:
            answer = as_json(*EN_KN, "--encoder", name)
            assert answer["encoder"] == name
            assert len(answer["results"]) == 5
        again = invoke("index", "build", "-e", bloom, *choice).stderr
        assert again.count("up to date for en, fr, kn\n") == 3

    @pytest.mark.parametrize(
        ("options", "name", "facts"),
        [
            (
                ("--pooling", "mean", "--precision", "fp32"),
                "?pooling=mean&precision=fp32",
                ("mean", 2, "fp32"),
            ),
            (
                ("--layer", "-2", "--precision", "fp32"),
                "?layer=-2&precision=fp32",
                ("mean", 1, "fp32"),
            ),
            (
                ("--pooling", "input", "--precision", "fp32"),
                "?pooling=input&precision=fp32",
                ("input", 0, "fp32"),
            ),
            (("--pooling", "cls", "--precision", "bf16"), "?pooling=cls&precision=bf16", None),
            (("--pooling", "cls", "--precision", "int8"), "?pooling=cls&precision=int8", None),
        ],
    )
    def test_options_are_part_of_the_name_and_of_what_is_recorded(
        self,
        tiny: LexiconService,
        bloom: Path,
        on_one_thread: None,
        monkeypatch: pytest.MonkeyPatch,
        options: tuple[str, ...],
        name: str,
        facts: tuple[str, int, str] | None,
    ) -> None:
        monkeypatch.setattr(checkpoint, "_samples", lambda: mixed(20))
        said = invoke("index", "build", "-e", bloom, *options).stderr
        assert f"index   {bloom}{name}: built en 4, fr 4, kn 5 forms\n" in said
        (spec,) = (spec for spec in recorded(tiny)["encoders"].values() if spec["name"] != "axis")
        found = (spec["pooling"], spec["layer"], spec["precision"])
        assert found == (facts or ("cls", 2, options[-1]))
        assert as_json(*EN_KN, "--encoder", f"{bloom}{name}")["results"]

    @pytest.mark.parametrize(
        ("options", "line"),
        [
            (("--pooling", "max"), "unknown pooling 'max'; known: mean, weightedmean, last, cls, "),
            (("--layer", "top"), "layer 'top' is neither a whole number nor all"),
            (("--precision", "fp8"), "unknown precision 'fp8'; known: auto, fp32, bf16, fp16, in"),
            ((), "has no modules.json, so its pooling is not known; name a complete sentence-tr"),
            (("--layer", "3"), "has no layer 3; it has 0 (input) to 2, or -1 to -3 from the end"),
            (
                ("--layer", "0", "--precision", "fp16"),
                "precision fp16 does not run on cpu; use fp32, bf16 or int8",
            ),
        ],
    )
    def test_a_choice_that_is_none_is_refused_and_changes_nothing(
        self,
        tiny: LexiconService,
        bloom: Path,
        on_one_thread: None,
        options: tuple[str, ...],
        line: str,
    ) -> None:
        before = contents(tiny.settings.home), recorded(tiny)
        assert line in refusal("index", "build", "-e", bloom, *options)
        assert (contents(tiny.settings.home), recorded(tiny)) == before

    def test_a_damaged_one_is_one_line(
        self, tiny: LexiconService, bloom: Path, tmp_path: Path, on_one_thread: None
    ) -> None:
        folder = Path(shutil.copytree(bloom, tmp_path / "bloom"))
        truncate(folder / "model.safetensors")
        said = refusal("index", "build", "-e", folder, "--pooling", "mean", "--precision", "fp32")
        assert said.startswith(f"{folder} cannot be read as a checkpoint (")
        assert said.endswith("); copy or pull it again")

    def test_one_that_lacks_weights_is_one_line(
        self, tiny: LexiconService, bloom: Path, tmp_path: Path
    ) -> None:
        folder = Path(shutil.copytree(bloom, tmp_path / "bloom"))
        weights = load_file(folder / "model.safetensors")
        del weights["h.0.self_attention.dense.weight"]
        save_file(weights, folder / "model.safetensors", {"format": "pt"})
        done = installed(
            *("index", "build", "--encoder", folder, "--pooling", "mean", "--precision", "fp32"),
            home=tiny.settings.home,
        )
        assert done.returncode == 1
        assert done.stderr == (
            f"lexicon: {folder} cannot be read as a checkpoint (it has no weights "
            "h.0.self_attention.dense.weight); copy or pull it again\n"
        )
