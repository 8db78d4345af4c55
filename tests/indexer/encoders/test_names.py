"""Names of checkpoints: their options, what they find, and what is said where they do not."""

import shutil
import sys
from importlib.machinery import ModuleSpec
from itertools import permutations
from pathlib import Path

import pytest

from indexer.encoders import registry
from indexer.encoders.registry import PULLED, named, open_encoder, variants
from indexer.encoders.sentence_transformer import SentenceTransformerEncoder
from indexer.encoders.transformer import TransformerEncoder
from lexicon.errors import InvalidInput, ModelDamaged, ModelMissing
from lexicon.settings import Settings


@pytest.mark.parametrize("name", PULLED)
@pytest.mark.parametrize("options", ["?precision=fp32", "?layer=3&pooling=last"])
def test_the_command_that_gets_a_checkpoint_has_no_options(
    settings: Settings, name: str, options: str
) -> None:
    with pytest.raises(ModelMissing, match=rf"'{name}' .*: lexicon models pull {name}$"):
        open_encoder(f"{name}{options}", settings)
    assert not settings.home.exists()


def test_a_repository_that_was_not_pulled_names_the_command(settings: Settings) -> None:
    with pytest.raises(ModelMissing, match=r"'org--some' .*: lexicon models pull org--some$"):
        open_encoder("org/some?pooling=mean", settings)


def test_a_repository_is_found_where_pulling_puts_it(
    labse: Path, bloom: Path, settings: Settings
) -> None:
    for name, folder in (("org/some", labse), ("org/other", bloom)):
        shutil.copytree(folder, settings.models / name.replace("/", "--"))
    own = open_encoder("org/some", settings)
    assert isinstance(own, SentenceTransformerEncoder)
    assert (own.spec.name, own.spec.model_id) == ("org/some", "org--some")
    assert own.spec.identity.startswith("some-")
    chosen = open_encoder("org/other?pooling=last&layer=1", settings)
    assert isinstance(chosen, TransformerEncoder)
    assert chosen.spec.identity.startswith("other-")
    with pytest.raises(ModelDamaged, match=r"no modules.json.*choose with --pooling$"):
        open_encoder("org/other", settings)


def test_a_labse_is_its_own_chain_unless_it_is_pooled_otherwise(
    labse: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = Path(shutil.copytree(labse, settings.models / "labse"))
    (settings.models / "bloom-560m").mkdir()
    # Nothing is read yet, so nothing is needed yet.
    monkeypatch.setattr(registry, "find_spec", lambda name: ModuleSpec(name, None))
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    monkeypatch.setitem(sys.modules, "transformers", None)
    assert isinstance(open_encoder("labse", settings), SentenceTransformerEncoder)
    assert isinstance(open_encoder("labse?precision=int8", settings), SentenceTransformerEncoder)
    for name in ("labse?pooling=mean", "labse?layer=0", "bloom-560m", "bloom-560m?pooling=last"):
        assert isinstance(open_encoder(name, settings), TransformerEncoder)
    for listed in ("[]", "{", "[3]", '[{"kind": "Transformer"}]'):
        (folder / "modules.json").write_text(listed)
        with pytest.raises(ModelDamaged, match=r"unreadable.*: lexicon models pull labse$"):
            open_encoder("labse?precision=fp32", settings)


@pytest.mark.parametrize(
    ("name", "chosen", "expected"),
    [
        ("labse", (None, None, None), "labse"),
        ("labse", (None, None, "fp32"), "labse?precision=fp32"),
        ("labse", (None, None, "auto"), "labse"),
        ("labse?precision=auto", (None, None, None), "labse"),
        ("labse?precision=bf16", (None, None, "auto"), "labse"),
        ("m", ("last", 0, "int8"), "m?pooling=last&layer=0&precision=int8"),
        (
            "m?precision=int8&layer=0&pooling=last",
            (None, None, None),
            "m?pooling=last&layer=0&precision=int8",
        ),
        ("m?pooling=mean&layer=7", ("last", None, None), "m?pooling=last&layer=7"),
        ("m?pooling=mean&layer=7", (None, -1, None), "m?pooling=mean&layer=-1"),
    ],
)
def test_equal_options_make_equal_names(
    name: str, chosen: tuple[str | None, int | None, str | None], expected: str
) -> None:
    assert named(name, *chosen) == expected


def test_the_order_of_options_makes_no_other_encoder(bloom: Path, on_cpu: Settings) -> None:
    said = ("pooling=last", "layer=1", "precision=fp32")
    made = [open_encoder(f"{bloom}?{'&'.join(order)}", on_cpu) for order in permutations(said)]
    assert len({encoder.spec.identity for encoder in made}) == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("poolng=mean", "unknown option 'poolng' of encoder 'bloom-560m'; known: pooling, layer,"),
        ("pooling=mean&x", "unknown option 'x' of encoder 'bloom-560m'; known: pooling, layer, p"),
        ("pooling=", "unknown pooling ''; known: mean, weightedmean, last, cls, input"),
        ("pooling=max", "unknown pooling 'max'; known: mean, weightedmean, last, cls, input"),
        ("layer=", "layer '' of encoder 'bloom-560m' is not a whole number"),
        ("layer=all", "layer 'all' of encoder 'bloom-560m' is not a whole number"),
        ("layer=1.5", "layer '1.5' of encoder 'bloom-560m' is not a whole number"),
        ("layer=--1", "layer '--1' of encoder 'bloom-560m' is not a whole number"),
        ("precision=fp8", "unknown precision 'fp8'; known: auto, fp32, bf16, fp16, int8"),
        ("precision=", "unknown precision ''; known: auto, fp32, bf16, fp16, int8"),
    ],
)
def test_an_option_that_is_none_is_refused(settings: Settings, options: str, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_encoder(f"bloom-560m?{options}", settings)
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize("options", ["pooling=mean", "layer=1", "precision=fp32"])
def test_the_embedded_encoder_has_no_options(settings: Settings, options: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        open_encoder(f"embedded?{options}", settings)
    assert str(refused.value) == f"encoder 'embedded' has no options; leave '{options}' out"


def test_all_layers_are_a_name_each(bloom: Path, on_cpu: Settings) -> None:
    assert variants(str(bloom), on_cpu, "last", "all", "fp32") == [
        f"{bloom}?pooling=last&layer={layer}&precision=fp32" for layer in (0, 1, 2)
    ]
    assert variants(str(bloom), on_cpu, layer="all") == [
        f"{bloom}?layer={layer}" for layer in (0, 1, 2)
    ]


def test_the_input_has_one_layer(bloom: Path, on_cpu: Settings) -> None:
    names = variants(str(bloom), on_cpu, "input", "all", "fp32")
    identities = [open_encoder(name, on_cpu).spec.identity for name in names]
    assert len(identities) == len(set(identities))


def test_one_layer_or_none_is_one_name(bloom: Path, settings: Settings) -> None:
    assert variants("labse", settings) == ["labse"]
    assert variants(str(bloom), settings, layer="-1") == [f"{bloom}?layer=-1"]
    assert variants(f"{bloom}?layer=2", settings, "cls") == [f"{bloom}?pooling=cls&layer=2"]


@pytest.mark.parametrize("layer", ["", "some", "1.5", "ALL"])
def test_a_layer_that_is_no_number_and_not_all_is_refused(settings: Settings, layer: str) -> None:
    with pytest.raises(InvalidInput, match=rf"^layer '{layer}' is neither a whole number nor all$"):
        variants("labse", settings, layer=layer)


def test_all_layers_of_what_has_none_is_refused(settings: Settings) -> None:
    with pytest.raises(InvalidInput, match="'embedded' has no options"):
        variants("embedded", settings, layer="all")
