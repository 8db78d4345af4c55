"""Names of post-processed encoders, and of folders that look like one."""

import shutil
from pathlib import Path

import pytest

from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.registry import named, open_encoder, separate, variants
from indexer.encoders.sentence_transformer import SentenceTransformerEncoder
from lexicon.errors import InvalidInput, ModelMissing, UnknownEncoder
from lexicon.settings import Settings


@pytest.mark.parametrize(
    ("name", "base", "method"),
    [
        ("embedded", "embedded", None),
        ("embedded+center", "embedded", "center"),
        ("labse+abtt", "labse", "abtt"),
        ("org/name+whiten", "org/name", "whiten"),
        ("bloom-560m?layer=12&pooling=mean+whiten", "bloom-560m?layer=12&pooling=mean", "whiten"),
        ("/c++/model", "/c++/model", None),
        ("/c++/model+procrustes", "/c++/model", "procrustes"),
        ("/c++/model?layer=1", "/c++/model?layer=1", None),
        ("/c++/model?layer=1+center", "/c++/model?layer=1", "center"),
    ],
)
def test_the_method_stands_last(name: str, base: str, method: str | None) -> None:
    assert separate(name) == (base, method)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("labse+", r"^unknown post-processing '' of encoder 'labse'; known: center, whiten, abtt,"),
        ("labse+foo", r"^unknown post-processing 'foo' of encoder 'labse'; known: center, wh"),
        ("labse+Center", r"^unknown post-processing 'Center' of encoder 'labse'"),
        ("+center", r"^'\+center' is the post-processing of no encoder; .* embedded\+center$"),
        ("+", r"^'\+' is the post-processing of no encoder"),
        ("labse+center+abtt", r"^encoder 'labse\+center\+abtt' is post-processed twice; name one"),
        ("labse+foo+abtt", r"^unknown post-processing 'foo' of encoder 'labse'"),
        ("labse+center?layer=2", r"after the options .* write labse\?layer=2\+center$"),
        ("labse+center?layer=2+abtt", r"after the options .* write labse\?layer=2\+center$"),
        ("~nobody-here+foo", r"^unknown post-processing 'foo' of encoder '~nobody-here'"),
    ],
)
def test_a_bad_name_says_what_is_wrong(settings: Settings, name: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        open_encoder(name, settings)


def test_the_base_must_exist(settings: Settings) -> None:
    with pytest.raises(UnknownEncoder, match=r"^unknown encoder 'word2vec'; known: "):
        open_encoder("word2vec+center", settings)
    with pytest.raises(ModelMissing, match=r"get it with: lexicon models pull labse$"):
        open_encoder("labse+center", settings)


def test_a_folder_with_a_plus_sign_is_a_folder(
    labse: Path, settings: Settings, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(labse, tmp_path / "a+b" / "mine+center"))
    plain = open_encoder(str(folder), settings)
    assert isinstance(plain, SentenceTransformerEncoder)
    assert plain.spec.identity.startswith("mine+center-")
    mapped = open_encoder(f"{folder}+center", settings)
    assert isinstance(mapped, PostProcessed)
    assert mapped.base.spec == plain.spec
    assert isinstance(open_encoder(f"{folder}?precision=fp32", settings), type(plain))


def test_what_is_known_by_name_is_no_folder(
    labse: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(labse, tmp_path / "embedded+center")
    monkeypatch.chdir(tmp_path)
    assert isinstance(open_encoder("embedded+center", settings), PostProcessed)


def test_options_go_before_the_method(bloom: Path, on_cpu: Settings) -> None:
    assert named("labse+center", None, None, None) == "labse+center"
    assert named("labse+center", "last", 0, "fp32") == (
        "labse?pooling=last&layer=0&precision=fp32+center"
    )
    assert variants(f"{bloom}+abtt", on_cpu, layer="all") == [
        f"{bloom}?layer={layer}+abtt" for layer in (0, 1, 2)
    ]


def test_the_base_may_be_open_already(settings: Settings) -> None:
    base = open_encoder("embedded", settings)
    found = open_encoder("embedded+abtt", settings, {"embedded": base}.__getitem__)
    assert isinstance(found, PostProcessed)
    assert found.base is base
    assert (found.name, found.method) == ("embedded+abtt", "abtt")
