"""The texts of all requests of a process, each encoded once and in company."""

import threading
from collections.abc import Sequence
from functools import partial
from typing import Literal

import numpy as np

from indexer.asking.cache import EncodedText, VectorCache
from indexer.asking.gathering import MicroBatcher, Observer, Room, Unobserved
from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.protocol import CountsTokens, Encoded, Encoder

_Job = tuple[Literal["encode", "count"], str | None]


class SharedEncoding:
    """Called as an encoder's own ``encode`` is, with the encoder first, and gives the same.

    Texts that wait for one encoder are encoded together, on a thread of that encoder's own; those
    encoded lately not at all. Post-processing is done over what is shared with its base.
    """

    def __init__(self, waiting: int, cache: int, observer: Observer | None = None) -> None:
        """Room for so many texts that wait, and for so many bytes of vectors."""
        self._observer = observer or Unobserved()
        self._cache = VectorCache(cache)
        self.room = Room(waiting, self._observer)
        self._lock = threading.Lock()
        self._closed = False
        self._batchers: dict[str, MicroBatcher[_Job, str, EncodedText | int]] = {}

    def __call__(
        self, encoder: Encoder, texts: Sequence[str], language: str | None = None
    ) -> Encoded:
        """Raises what the encoder does, and :class:`Overloaded` where too many texts wait."""
        if isinstance(encoder, PostProcessed) and texts:
            encoder.require(language)
            return encoder.mapped(self(encoder.base, texts, language), language)
        found = []
        for one in self._outcomes(encoder, texts, language):
            if isinstance(one, Exception):
                raise one
            found.append(one)
        return Encoded(
            np.stack([one.vector for one in found])
            if found
            else np.zeros((0, encoder.spec.dim), dtype=np.float32),
            np.array([one.covered for one in found], dtype=np.bool_),
            np.array([one.truncated for one in found], dtype=np.bool_),
        )

    def prepare(self, encoder: Encoder, texts: Sequence[str], language: str | None) -> None:
        """Encode together what will be asked for one by one. A text that cannot be encoded is
        left to whoever asks for it; :class:`Overloaded` is raised here."""
        if self._cache.most:
            self._outcomes(_base(encoder), texts, language)

    def token_counts(
        self, encoder: Encoder, texts: Sequence[str], language: str | None = None
    ) -> list[int]:
        """Tokens of each text, or its words where the encoder counts no tokens."""
        base = _base(encoder)
        if not isinstance(base, CountsTokens):
            return [len(text.split()) for text in texts]
        # On the thread that encodes: a tokenizer is no use to two at once.
        found = self._batcher(base).ask(("count", language), texts)
        return [one for one in found if isinstance(one, int)]

    def close(self, timeout: float | None = None) -> None:
        """Answer what waits and take nothing more."""
        with self._lock:
            self._closed = True
            batchers = list(self._batchers.values())
        for batcher in batchers:
            batcher.close(timeout)

    def _outcomes(
        self, encoder: Encoder, texts: Sequence[str], language: str | None
    ) -> list[EncodedText | Exception]:
        identity = encoder.spec.identity
        held = self._cache.get([(identity, language, text) for text in texts])
        wanted = {text: None for text, one in zip(texts, held, strict=True) if one is None}
        self._observer.looked_up(sum(one is not None for one in held), len(wanted))
        new: dict[str, EncodedText | Exception] = {}
        if wanted:
            batcher = self._batcher(encoder)
            found = batcher.outcomes(("encode", language), list(wanted))
            for text, outcome in zip(wanted, found, strict=True):
                assert not isinstance(outcome, int)
                new[text] = outcome
                if isinstance(outcome, EncodedText):
                    self._cache.put((identity, language, text), outcome)
        return [one or new[text] for text, one in zip(texts, held, strict=True)]

    def _batcher(self, encoder: Encoder) -> MicroBatcher[_Job, str, EncodedText | int]:
        identity = encoder.spec.identity
        with self._lock:
            if identity not in self._batchers:
                made: MicroBatcher[_Job, str, EncodedText | int] = MicroBatcher(
                    partial(_work, encoder),
                    self.room,
                    observer=self._observer,
                    name=f"encoding by {encoder.spec.name}",
                )
                if self._closed:
                    made.close()
                self._batchers[identity] = made
            return self._batchers[identity]


def _base(encoder: Encoder) -> Encoder:
    return encoder.base if isinstance(encoder, PostProcessed) else encoder


def _work(encoder: Encoder, job: _Job, texts: Sequence[str]) -> list[EncodedText | int]:
    what, language = job
    if what == "count":
        assert isinstance(encoder, CountsTokens)
        return list(encoder.token_counts(texts, language).tolist())
    # What several requests wait for is encoded once.
    unique = list(dict.fromkeys(texts))
    encoded = encoder.encode(unique, language)
    rows = zip(encoded.vectors, encoded.covered.tolist(), encoded.truncated.tolist(), strict=True)
    # Copied, or one vector that is kept would keep those of its whole batch.
    found = {
        text: EncodedText(row.copy(), *said)
        for text, (row, *said) in zip(unique, rows, strict=True)
    }
    return [found[text] for text in texts]
