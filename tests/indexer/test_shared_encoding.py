"""Encoding that requests share, over ``AxisEncoder``, which counts what it is asked."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from indexer.asking.cache import OVERHEAD, EncodedText, VectorCache
from indexer.asking.encoding import SharedEncoding
from indexer.asking.gathering import Unobserved
from indexer.asking.knowing import prepare
from indexer.encoders.embedded.encoder import EmbeddedEncoder
from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.protocol import Encoded
from indexer.service import LexiconService
from lexicon.errors import InvalidInput, Overloaded
from tests.conftest import AxisEncoder

MIB = 2**20


class Counted(Unobserved):
    def __init__(self) -> None:
        self.hits = self.misses = 0

    def looked_up(self, hits: int, misses: int) -> None:
        self.hits += hits
        self.misses += misses


class CountingAxes(AxisEncoder):
    """Has as many tokens as letters."""

    def token_counts(self, texts: Sequence[str], language: str | None = None) -> NDArray[np.int64]:
        return np.array([len(text) for text in texts], dtype=np.int64)


def text_of(*numbers: float) -> EncodedText:
    return EncodedText(np.array(numbers, dtype=np.float32), covered=True, truncated=False)


class TestCache:
    def test_what_was_used_least_lately_is_forgotten_first(self) -> None:
        # "a" to "c": 4 bytes of text, 8 of vector each.
        cache = VectorCache(2 * (OVERHEAD + 12))
        keys = [("axis", "en", text) for text in "abc"]
        cache.put(keys[0], text_of(1, 0))
        cache.put(keys[1], text_of(0, 1))
        assert cache.get(keys[:1]) != [None]
        cache.put(keys[2], text_of(1, 1))
        assert [one is None for one in cache.get(keys)] == [False, True, False]
        assert (len(cache), cache.bytes) == (2, cache.most)

    def test_putting_again_takes_no_more_room(self) -> None:
        cache = VectorCache(MIB)
        for _ in range(2):
            cache.put(("axis", "en", "a"), text_of(1, 0))
        assert (len(cache), cache.bytes) == (1, OVERHEAD + 12)

    def test_what_is_larger_than_the_cache_is_not_kept(self) -> None:
        cache = VectorCache(OVERHEAD)
        cache.put(("axis", "en", "a"), text_of(1, 0))
        assert (len(cache), cache.bytes) == (0, 0)


def same(left: Encoded, right: Encoded) -> bool:
    pairs = zip(vars(left).values(), vars(right).values(), strict=True)
    return all(np.array_equal(a, b) for a, b in pairs)


def test_vectors_are_those_that_the_encoder_gives_alone() -> None:
    encoder, shared = AxisEncoder(), SharedEncoding(100, MIB)
    texts = ["water", "flurbish", "bank", "water"]
    assert same(shared(encoder, texts, "en"), AxisEncoder().encode(texts, "en"))
    assert same(shared(encoder, [], "en"), AxisEncoder().encode([], "en"))


def test_the_embedded_encoder_gives_the_same_bits_in_any_company() -> None:
    encoder, shared = EmbeddedEncoder(), SharedEncoding(100, 0)
    texts = ["a large cat", "ನೀರಿನ ಬಣ್ಣ", "l'eau claire", "zxqv"] * 5
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda text: shared(encoder, [text], "en"), texts))
    for text, one in zip(texts, found, strict=True):
        assert same(one, encoder.encode([text], "en")), text


def test_a_text_is_encoded_once_for_each_language() -> None:
    counted, encoder = Counted(), AxisEncoder()
    shared = SharedEncoding(100, MIB, counted)
    for language in ("en", "fr", "en", None):
        shared(encoder, ["water", "water"], language)
    assert encoder.encoded == 3
    assert (counted.hits, counted.misses) == (2, 3)
    other = AxisEncoder(revision="2")
    shared(other, ["water"], "en")
    assert other.encoded == 1


def test_without_a_cache_everything_is_encoded_again() -> None:
    encoder, shared = AxisEncoder(), SharedEncoding(100, 0)
    for _ in range(2):
        shared(encoder, ["water"], "en")
    shared.prepare(encoder, ["water"], "en")
    assert encoder.encoded == 2


def test_an_error_is_that_of_the_text() -> None:
    encoder, shared = AxisEncoder(), SharedEncoding(100, MIB)
    shared.prepare(encoder, ["water", ""], "en")
    with pytest.raises(InvalidInput, match="empty text ''"):
        shared(encoder, ["water", ""], "en")
    encoder.encoded = 0
    shared(encoder, ["water"], "en")
    assert encoder.encoded == 0


def test_tokens_are_counted_by_the_encoder_or_are_words() -> None:
    shared = SharedEncoding(100, MIB)
    assert shared.token_counts(AxisEncoder(), ["a big cat", "cat"], "en") == [3, 1]
    assert shared.token_counts(CountingAxes(), ["a big cat", "cat"], "en") == [9, 3]


def test_closing_takes_nothing_more() -> None:
    encoder, shared = AxisEncoder(), SharedEncoding(100, MIB)
    shared(encoder, ["water"], "en")
    shared.close(5)
    assert shared(encoder, ["water"], "en").covered.all()
    for one in (encoder, AxisEncoder(revision="2")):
        with pytest.raises(Overloaded, match="shutting down"):
            shared(one, ["bank"], "en")


class TestPostProcessed:
    """Whatever its maps, what its base gives is shared."""

    class Turned(PostProcessed):
        def __init__(self, base: AxisEncoder) -> None:
            super().__init__("axis+center", base, "center", Path("nowhere"))

        def require(self, language: str | None) -> str:
            if language is None:
                raise InvalidInput("say which language")
            return language

        def mapped(self, found: Encoded, language: str | None) -> Encoded:
            return Encoded(-found.vectors, found.covered, found.truncated)

    def test_the_base_is_asked_once(self) -> None:
        base, shared = CountingAxes(), SharedEncoding(100, MIB)
        turned = self.Turned(base)
        shared.prepare(turned, ["water"], "en")
        plain, found = shared(base, ["water"], "en"), shared(turned, ["water"], "en")
        assert np.array_equal(found.vectors, -plain.vectors)
        assert base.encoded == 1
        assert shared.token_counts(turned, ["water"], "en") == [5]
        with pytest.raises(InvalidInput, match="say which language"):
            shared(turned, ["water"], None)


class TestPreparing:
    def test_only_what_the_lexicon_does_not_hold_is_encoded(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        service.encode = SharedEncoding(100, MIB)
        texts = [
            ("Water", "en"),
            ("flurbish", "en"),
            ("flurbish", "fr"),
            (" ", "en"),
            ("eau", "fr"),
        ]
        with service.sessions() as session:
            prepare(service, session, axis, texts)
            assert axis.encoded == 2
            prepare(service, session, axis, texts)
        assert axis.encoded == 2

    def test_where_encoding_is_not_shared_nothing_is_prepared(
        self, service: LexiconService, axis: AxisEncoder
    ) -> None:
        with service.sessions() as session:
            prepare(service, session, axis, [("flurbish", "en")])
        assert axis.encoded == 0
