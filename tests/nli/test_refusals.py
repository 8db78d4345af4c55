"""Checkpoints that cannot classify, and texts that cannot be classified: one line each."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.checkpoints import pair_model
from lexicon.errors import InvalidInput, LexiconError, ModelDamaged, PackageMissing
from lexicon.settings import Settings
from nli.checkpoint import CheckpointNli
from nli.options import Options
from nli.protocol import NliPair
from nli.texts import MAX_TEXT
from tests.nli import tiny

Damage = Callable[[Path], object]
WEIGHTS = "model.safetensors"
PAIR = [NliPair("water", "eau")]


def opened(folder: Path, settings: Settings, **options: object) -> CheckpointNli:
    return CheckpointNli(
        str(folder),
        folder,
        settings,
        Options(precision="fp32", **options),  # type: ignore[arg-type]
    )


def refusal(folder: Path, settings: Settings, kind: type[LexiconError], **options: object) -> str:
    """The one line that is said, however often it is tried."""
    classifier, said = opened(folder, settings, **options), set()
    for _ in "12":
        with pytest.raises(kind) as raised:
            classifier.classify(PAIR)
        said.add(str(raised.value))
    [line] = said
    assert "\n" not in line
    return line


class TestLabels:
    @pytest.mark.parametrize(
        ("labels", "said"),
        [
            (
                ("entailment", "not_entailment"),
                (
                    "has two labels (entailment, not_entailment): it cannot tell neutral from "
                    "contradiction; name a checkpoint that was trained on three"
                ),
            ),
            (
                ("entailment", "neutral", "contradiction", "unrelated"),
                (
                    "has 4 labels (entailment, neutral, contradiction, unrelated), not entailment, "
                    "neutral, contradiction; name a checkpoint for natural language inference"
                ),
            ),
            (("score",), "has 1 labels (score), not "),
            (
                ("LABEL_0", "LABEL_1", "LABEL_2"),
                (
                    "does not name its labels (LABEL_0, LABEL_1, LABEL_2); say what they are, as "
                    "in --labels contradiction,neutral,entailment"
                ),
            ),
            (
                ("positive", "neutral", "negative"),
                (
                    "calls its labels positive, neutral, negative (unknown NLI label 'positive'; "
                    "known: entailment, neutral, contradiction); say what they are"
                ),
            ),
            (("neutral", "neutral", "entailment"), "must name each of"),
        ],
    )
    def test_other_labels_are_refused(
        self, tmp_path: Path, on_cpu: Settings, labels: tuple[str, ...], said: str
    ) -> None:
        folder = tiny.make_bloom(tmp_path / "bloom", labels)
        line = refusal(folder, on_cpu, InvalidInput)
        assert line.startswith(f"nli '{folder}' ")
        assert said in line

    @pytest.mark.parametrize(
        "labels",
        [
            ("CONTRADICTION", "NEUTRAL", "ENTAILMENT"),
            ("Contradictory", " neutral", "entails"),
            ("contradicts", "Neutral", "entailed"),
        ],
    )
    def test_other_spellings_of_the_same_are_not(
        self, tmp_path: Path, on_cpu: Settings, labels: tuple[str, ...]
    ) -> None:
        folder = tiny.make_bloom(tmp_path / "bloom", labels)
        assert opened(folder, on_cpu).spec.labels == ("contradiction", "neutral", "entailment")

    @pytest.mark.parametrize("written", [("LABEL_0", "LABEL_1", "LABEL_2"), ("a", "b", "c")])
    def test_labels_without_names_can_be_given(
        self, tmp_path: Path, on_cpu: Settings, written: tuple[str, ...]
    ) -> None:
        order = ("contradiction", "neutral", "entailment")
        unnamed = tiny.make_bloom(tmp_path / "bloom", written)
        named = tiny.make_bloom(tmp_path / "named", order)
        given = opened(unnamed, on_cpu, labels=order)
        assert given.spec.labels == order
        assert given.classify(PAIR) == opened(named, on_cpu).classify(PAIR)

    def test_labels_cannot_be_given_to_a_head_of_two(
        self, tmp_path: Path, on_cpu: Settings
    ) -> None:
        folder = tiny.make_bloom(tmp_path / "bloom", ("entailment", "not_entailment"))
        order = ("contradiction", "neutral", "entailment")
        assert "has two labels" in refusal(folder, on_cpu, InvalidInput, labels=order)


def without(*names: str) -> Damage:
    def damage(folder: Path) -> None:
        for name in names:
            (folder / name).unlink(missing_ok=True)

    return damage


def holding(name: str, content: bytes) -> Damage:
    return lambda folder: (folder / name).write_bytes(content)


def cut(name: str, left: int) -> Damage:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:left])


def unknown_model(folder: Path) -> None:
    """A tokenizer of a kind that the library does not know, for which it raises ``Exception``."""
    file = folder / "tokenizer.json"
    said = json.loads(file.read_text(encoding="utf-8"))
    said["model"] = {"type": "unknown"}
    file.write_text(json.dumps(said), encoding="utf-8")


def headless(folder: Path) -> None:
    """Leave only the weights of the model that it was trained from."""
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / WEIGHTS)
    kept = {
        name: values
        for name, values in weights.items()
        if not name.startswith(("classifier.", "score."))
    }
    assert len(kept) < len(weights)
    save_file(kept, folder / WEIGHTS, metadata={"format": "pt"})


def unpooled(folder: Path) -> None:
    """Leave out what BERT's head reads."""
    from safetensors.numpy import load_file, save_file

    weights = load_file(folder / WEIGHTS)
    kept = {name: values for name, values in weights.items() if ".pooler." not in name}
    assert len(kept) < len(weights)
    save_file(kept, folder / WEIGHTS, metadata={"format": "pt"})


class TestDamage:
    @pytest.mark.parametrize("name", ["xlmr", "bloom", "bert"])
    @pytest.mark.parametrize(
        "damage",
        [
            pytest.param(headless, id="no head"),
            pytest.param(without(WEIGHTS), id="no weights"),
            pytest.param(cut(WEIGHTS, 100), id="weights cut in the header"),
            pytest.param(cut(WEIGHTS, 9_000), id="weights cut"),
            pytest.param(holding(WEIGHTS, b"nonsense"), id="no weights in the file"),
            pytest.param(without("config.json"), id="no config"),
            pytest.param(holding("config.json", b"{"), id="config cut"),
            pytest.param(holding("config.json", b"[]"), id="another config"),
            pytest.param(holding("config.json", b'{"model_type": "none"}'), id="unknown model"),
            pytest.param(holding("tokenizer.json", b"{}"), id="another tokenizer"),
            pytest.param(cut("tokenizer.json", 50), id="tokenizer cut"),
            pytest.param(unknown_model, id="tokenizer of an unknown kind"),
        ],
    )
    def test_a_damaged_folder_is_refused_by_name(
        self,
        name: str,
        damage: Damage,
        request: pytest.FixtureRequest,
        tmp_path: Path,
        on_cpu: Settings,
    ) -> None:
        folder = Path(shutil.copytree(request.getfixturevalue(name), tmp_path / name))
        damage(folder)
        line = refusal(folder, on_cpu, ModelDamaged)
        assert line.startswith(f"{folder} cannot be read as a checkpoint (")
        assert "copy or pull it again" in line

    @pytest.mark.parametrize("name", ["xlmr", "bloom", "bert"])
    def test_a_checkpoint_without_a_tokenizer_is_refused(
        self, name: str, request: pytest.FixtureRequest, tmp_path: Path, on_cpu: Settings
    ) -> None:
        folder = Path(shutil.copytree(request.getfixturevalue(name), tmp_path / name))
        for path in folder.iterdir():
            if path.name not in (WEIGHTS, "config.json"):
                path.unlink()
        line = refusal(folder, on_cpu, ModelDamaged)
        assert line.endswith(
            "; what a checkpoint needs beside its weights is the tokenizer of the model that it "
            "was trained from (tokenizer.json)"
        )

    def test_a_tokenizer_that_needs_another_package_is_told_as_that(
        self, xlmr: Path, tmp_path: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = Path(shutil.copytree(xlmr, tmp_path / "xlmr"))
        (folder / "tokenizer.json").rename(folder / "sentencepiece.bpe.model")
        monkeypatch.setattr(pair_model, "find_spec", lambda _name: None)
        assert refusal(folder, on_cpu, PackageMissing) == (
            f"nli '{folder}' has its tokenizer in sentencepiece.bpe.model, which needs another "
            "package; install it with: pip install sentencepiece protobuf"
        )

    def test_a_head_that_reads_what_is_not_there_is_refused(
        self, bert: Path, tmp_path: Path, on_cpu: Settings
    ) -> None:
        folder = Path(shutil.copytree(bert, tmp_path / "bert"))
        unpooled(folder)
        assert "has no weights bert.pooler" in refusal(folder, on_cpu, ModelDamaged)

    def test_a_head_of_another_size_is_refused(
        self, bloom: Path, tmp_path: Path, on_cpu: Settings
    ) -> None:
        four = tiny.make_bloom(tmp_path / "four", ("a", "b", "c", "d"))
        folder = Path(shutil.copytree(bloom, tmp_path / "bloom"))
        shutil.copy(four / WEIGHTS, folder / WEIGHTS)
        refusal(folder, on_cpu, ModelDamaged)

    def test_pickled_weights_that_are_none_are_refused(
        self, bloom: Path, tmp_path: Path, on_cpu: Settings
    ) -> None:
        folder = Path(shutil.copytree(bloom, tmp_path / "bloom"))
        (folder / WEIGHTS).unlink()
        (folder / "pytorch_model.bin").write_bytes(b"nonsense")
        refusal(folder, on_cpu, ModelDamaged)

    def test_pickled_weights_are_read(self, bloom: Path, tmp_path: Path, on_cpu: Settings) -> None:
        import torch
        from safetensors.torch import load_file

        folder = Path(shutil.copytree(bloom, tmp_path / "bloom"))
        torch.save(load_file(folder / WEIGHTS), folder / "pytorch_model.bin")
        (folder / WEIGHTS).unlink()
        assert opened(folder, on_cpu).classify(PAIR) == opened(bloom, on_cpu).classify(PAIR)


class TestTexts:
    @pytest.mark.parametrize(
        ("pair", "said"),
        [
            (NliPair("", "eau"), "empty premise ''; give at least one letter"),
            (NliPair("water", " \t\n"), "empty hypothesis"),
            (NliPair("water", "\u200b"), r"empty hypothesis '\u200b'"),
            (NliPair("a\0b", "eau"), "premise 'a\\x00b' holds the character U+0000, which is not"),
            (NliPair("water", "a\x07b"), "hypothesis 'a\\x07b' holds the character U+0007"),
            (NliPair("\ud800", "eau"), "premise '\\ud800' holds the character U+D800"),
            (
                NliPair("a" * (MAX_TEXT + 1), "eau"),
                "premise of 100,001 characters ('aaaaaaaaaaaaaaaaaaaa'…) is longer than 100,000",
            ),
        ],
    )
    def test_what_is_no_text_is_refused_by_name(
        self, bloom: Path, on_cpu: Settings, pair: NliPair, said: str
    ) -> None:
        classifier = opened(bloom, on_cpu)
        with pytest.raises(InvalidInput) as alone:
            classifier.classify([pair])
        assert str(alone.value).startswith(said)
        with pytest.raises(InvalidInput) as among:
            classifier.classify([*PAIR, pair, *PAIR])
        assert str(among.value) == f"pair 2: {alone.value}"
