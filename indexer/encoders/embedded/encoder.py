"""Running the embedded encoder: tokenizers, safetensors and numpy, nothing else.

The model folder is an ordinary sentence-transformers folder (``StaticEmbedding`` and
``Normalize``); :class:`StaticModel` reads the same files and gives the same numbers.
"""

import json
from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from indexer.encoders.protocol import Encoded, EncoderSpec
from indexer.vectors import unit_rows
from lexicon.disk import file_digest
from lexicon.errors import InvalidInput, ModelDamaged
from lexicon.normalize import VERSION as NORMALISER_VERSION
from lexicon.normalize import clean, search_key

FOLDER = Path(__file__).parent / "model"
RECORD = "lexicon.json"
"""Our own file in the model folder: what it was built from. sentence-transformers ignores it."""

HELD_OUT = "held_out.json"
"""Also ours: what students that were not taught a fifth of the lexicon score on it."""


class StaticModel:
    """A static embedding: a text's vector is the mean of its tokens' rows, normalised.

    Rows are kept once: ``mapping`` takes a token to its row and ``weights`` scales it, the layout
    that model2vec introduced and sentence-transformers 6.2 reads.
    """

    def __init__(self, folder: Path) -> None:
        try:
            tensors = load_file(folder / "model.safetensors")
            self.rows: NDArray[np.float32] = tensors["embeddings"]
            self.mapping: NDArray[np.int32] = tensors["mapping"]
            self.weights: NDArray[np.float32] = tensors["weights"]
            text = (folder / "tokenizer.json").read_bytes()
            self.tokenizer: Tokenizer = Tokenizer.from_buffer(text)
        except (OSError, SafetensorError, KeyError, ValueError) as error:
            raise ModelDamaged(
                f"the encoder in {folder} cannot be read ({error}); reinstall semantic-lexicon"
            ) from error
        self.tokenizer.no_padding()

    def token_ids(self, texts: Sequence[str]) -> list[list[int]]:
        encodings = self.tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [encoding.ids for encoding in encodings]

    def pool(self, token_ids: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """Mean rows, (n, dim), not normalised; a text without tokens gives a zero row."""
        lengths = np.fromiter(map(len, token_ids), dtype=np.int64, count=len(token_ids))
        pooled = np.zeros((len(token_ids), self.rows.shape[1]), dtype=np.float32)
        filled = lengths > 0
        if filled.any():
            flat = np.fromiter(chain.from_iterable(token_ids), dtype=np.int64)
            rows = self.rows[self.mapping[flat]] * self.weights[flat, None]
            starts = np.concatenate(([0], np.cumsum(lengths[filled])[:-1]))
            pooled[filled] = np.add.reduceat(rows, starts, axis=0) / lengths[filled, None]
        return pooled


class EmbeddedEncoder:
    """The lexicon's words by heart, everything else by its stems.

    ``language`` picks the sense of a form that two languages share: French *or* is gold, English
    *or* joins alternatives.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder
        try:
            self._record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
            self._languages = frozenset(self._record["languages"])
            self._first_whole_word = int(self._record["first_whole_word"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelDamaged(
                f"the embedded encoder's record {folder / RECORD} cannot be read ({error}); "
                "reinstall semantic-lexicon"
            ) from error

    @cached_property
    def spec(self) -> EncoderSpec:
        return EncoderSpec(
            name="embedded",
            model_id="semantic-lexicon/embedded",
            revision=self._revision(),
            layer=0,
            pooling="mean",
            post_processing="none",
            normaliser_version=NORMALISER_VERSION,
            precision="fp32",
            dim=int(self._record["dim"]),
            max_length=int(self._record["max_length"]),
            trained_on=str(self._record["lexicon_digest"]),
        )

    def held_out(self) -> list[dict[str, Any]]:
        """Figures of every directed pair on words that were held out, as reports have them; []
        for a model that was not cross-validated."""
        if not (self._folder / HELD_OUT).exists():
            return []
        try:
            said = json.loads((self._folder / HELD_OUT).read_text(encoding="utf-8"))
            if said["lexicon_digest"] != self._record["lexicon_digest"]:
                raise ValueError("it is of another lexicon")
            found: list[dict[str, Any]] = said["pairs"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelDamaged(
                f"the embedded encoder's figures {self._folder / HELD_OUT} cannot be read "
                f"({error}); reinstall semantic-lexicon"
            ) from error
        return found

    def _revision(self) -> str:
        try:
            return file_digest(self._folder / "model.safetensors", self._folder / "tokenizer.json")
        except OSError as error:
            raise ModelDamaged(
                f"the embedded encoder in {self._folder} cannot be read ({error}); "
                "reinstall semantic-lexicon"
            ) from error

    # Reading 20 MB is only worth it when something is encoded: a search for a known word is not.
    @cached_property
    def model(self) -> StaticModel:
        return StaticModel(self._folder)

    def token_counts(self, texts: Sequence[str], language: str | None = None) -> NDArray[np.int64]:
        """(n,) tokens of each text; the marker of its language is none."""
        marker = f"<{language}>" if language in self._languages else ""
        ids = self.model.token_ids([marker + search_key(text) for text in texts])
        return np.array([len(one) for one in ids], dtype=np.int64) - int(bool(marker))

    def encode(self, texts: Sequence[str], language: str | None = None) -> Encoded:
        keys = [search_key(clean(text)) for text in texts]
        marker = f"<{language}>" if language in self._languages else ""
        ids = self.model.token_ids([marker + key for key in keys])
        pooled = self.model.pool(ids)
        for text, row in zip(texts, pooled, strict=True):
            if not row.any():
                raise InvalidInput(
                    f"text {text!r} has no character that the embedded encoder reads; "
                    "write it in one of the lexicon's scripts"
                )
        markers = int(bool(marker))
        covered = [
            all(self._first_whole_word <= token for token in tokens[markers * (len(tokens) > 1) :])
            for tokens in ids
        ]
        return Encoded(
            unit_rows(pooled, "the embedded encoder"),
            np.array(covered, dtype=np.bool_),
            np.zeros(len(keys), dtype=np.bool_),
        )
