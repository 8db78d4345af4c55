"""Which classifiers there are, and what a name of one says."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.checkpoints import stored
from lexicon.errors import ExtraMissing, InvalidInput, ModelMissing, UnknownClassifier
from lexicon.settings import Settings
from nli import registry
from nli.checkpoint import CheckpointNli
from nli.embedded import classifier
from nli.options import Options, named, split
from nli.protocol import NliClassifier
from nli.registry import KNOWN, PRODUCTION, notes, open_classifier
from tests.nli.stub import SPEC, StubNli

ORDER = ("contradiction", "neutral", "entailment")


class TestNames:
    @pytest.mark.parametrize(
        ("name", "base", "options"),
        [
            ("xlmr-base-xnli", "xlmr-base-xnli", Options()),
            ("a/b?max_length=64", "a/b", Options(max_length=64)),
            (
                "/f?precision=int8&labels=Contradictory,NEUTRAL,entails",
                "/f",
                Options(ORDER, precision="int8"),
            ),
        ],
    )
    def test_options_stand_behind_a_question_mark(
        self, name: str, base: str, options: Options
    ) -> None:
        assert split(name) == (base, options)

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("a/b?pooling=mean", "unknown option 'pooling' of classifier 'a/b'; known: labels, "),
            ("a/b?max_length=", "max_length '' of classifier 'a/b' is no whole number"),
            ("a/b?max_length=-1", "max_length '-1' of classifier 'a/b' is no whole number"),
            ("a/b?max_length=٣", "max_length '٣' of classifier 'a/b' is no whole number"),
            ("a/b?max_length=99999999", "is no whole number"),
            ("a/b?precision=fp8", "unknown precision 'fp8'; known: auto, fp32, bf16, fp16, int8"),
            ("a/b?labels=neutral", "the order of labels 'neutral' must name each of"),
            ("a/b?labels=", "unknown NLI label ''"),
        ],
    )
    def test_options_that_are_none_are_refused(self, name: str, said: str) -> None:
        with pytest.raises(InvalidInput) as refused:
            split(name)
        assert said in str(refused.value)

    @pytest.mark.parametrize(
        ("name", "given", "expected"),
        [
            ("a/b", (None, None, None), "a/b"),
            ("a/b?precision=auto", (None, None, None), "a/b"),
            ("a/b?max_length=9", (None, 64, "fp32"), "a/b?max_length=64&precision=fp32"),
            (
                "a/b?precision=bf16&labels=entails,neutral,contradicts",
                (None, None, None),
                "a/b?labels=entailment,neutral,contradiction&precision=bf16",
            ),
            ("a/b?precision=bf16", (None, None, "auto"), "a/b"),
            ("a/b", (",".join(ORDER), 0, None), f"a/b?labels={','.join(ORDER)}&max_length=0"),
        ],
    )
    def test_options_are_added_in_one_order(
        self, name: str, given: tuple[str | None, int | None, str | None], expected: str
    ) -> None:
        assert named(name, *given) == expected
        assert named(expected) == expected


class TestOpening:
    def test_what_needs_nothing_is_made_by_its_name(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        stub = StubNli()
        monkeypatch.setitem(registry.NAMED, "stub", lambda _settings: stub)
        assert open_classifier("stub", settings) is stub
        with pytest.raises(InvalidInput, match="'stub' has no options; leave 'max_length=9' out"):
            open_classifier("stub?max_length=9", settings)

    def test_the_one_that_comes_with_the_package_is_the_default(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(classifier, "EmbeddedNli", StubNli)
        assert settings.nli == "embedded-nli"
        assert isinstance(open_classifier(settings.nli, settings), StubNli)

    def test_a_folder_is_opened_under_its_whole_path(
        self, bloom: Path, on_cpu: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(bloom.parent)
        for name in ("bloom", "./bloom/", str(bloom)):
            opened = open_classifier(f"{name}?max_length=64&precision=fp32", on_cpu)
            assert isinstance(opened, CheckpointNli)
            assert opened.spec.name == f"{bloom}?max_length=64&precision=fp32"
            assert opened.spec.max_length == 64
            assert opened.spec.identity.startswith("bloom-")

    @pytest.mark.parametrize(
        ("name", "spelt"),
        [
            ("xlmr-base-xnli", "xlmr-base-xnli"),
            ("symanto/xlm-roberta-base-snli-mnli-anli-xnli", "xlmr-base-xnli"),
            ("joeddav/xlm-roberta-large-xnli", "xlmr-large-xnli"),
            ("MoritzLaurer/mDeBERTa-v3", "MoritzLaurer/mDeBERTa-v3"),
        ],
    )
    def test_a_pulled_checkpoint_has_one_name(
        self, name: str, spelt: str, bloom: Path, settings: Settings
    ) -> None:
        with pytest.raises(ModelMissing, match="get it with: lexicon models pull"):
            open_classifier(name, settings)
        folder = stored.places(settings, name).target
        shutil.copytree(bloom, folder)
        opened = open_classifier(f"{name}?precision=fp32", settings)
        assert opened.spec.name == f"{spelt}?precision=fp32"
        assert opened.spec.model_id == folder.name

    @pytest.mark.parametrize("name", ["word2vec", "", "a\0b", "x" * 5_000, "a/b/c", "~nobody/y"])
    def test_a_name_of_nothing_names_the_known_ones(self, name: str, settings: Settings) -> None:
        with pytest.raises(UnknownClassifier) as refused:
            open_classifier(name, settings)
        assert f"known: {', '.join(sorted(KNOWN))}, or the path of a" in str(refused.value)

    @pytest.mark.parametrize("missing", ["torch", "transformers"])
    def test_a_checkpoint_needs_the_extra(
        self, bloom: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch, missing: str
    ) -> None:
        monkeypatch.setattr(registry, "find_spec", lambda one: one != missing or None)
        with pytest.raises(ExtraMissing, match=r"semantic-lexicon\[models\]"):
            open_classifier(str(bloom), settings)


class TestNotes:
    def test_a_baseline_says_what_to_pull(self) -> None:
        class Baseline(StubNli):
            spec = replace(SPEC, kind="baseline")

        made: NliClassifier = Baseline()
        assert notes(made) == (PRODUCTION,)
        assert "lexicon models pull xlmr-base-xnli" in PRODUCTION

    def test_others_say_what_they_have_to_say(self) -> None:
        assert notes(StubNli()) == ()
