"""Means towards the other languages: what they are, and where a pair finds them."""

from itertools import permutations

import numpy as np
import pytest

from indexer.build import build
from indexer.building import neighbourhoods
from indexer.building.choose import choose
from indexer.building.neighbourhoods import means_towards
from indexer.csls import NEIGHBOURHOOD
from indexer.generations.arrays import HalfVectors, Means
from indexer.indices.kinds import KINDS
from indexer.service import LexiconService
from indexer.status import index_status
from lexicon.store import Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.indices.generating import clustered, half
from tests.indexer.worlds import entry


def towards(words: HalfVectors, others: HalfVectors) -> Means:
    return means_towards(words, choose(others, [], "auto").searcher)


class TestMeans:
    def test_they_are_taken_over_ten_and_over_four_neighbours(self) -> None:
        angles = np.arccos(np.linspace(0.1, 1.0, 19))
        others = half(np.stack([np.cos(angles), np.sin(angles)], axis=1))
        # The ten nearest have cosines .55, .60 … 1.0, the four nearest .85, .90, .95 and 1.0.
        found = towards(half([[1.0, 0.0]]), others)
        np.testing.assert_allclose(found, [[0.775, 0.925]], atol=1e-4)
        assert found.dtype == np.float32

    def test_they_are_taken_over_all_where_there_are_fewer(self) -> None:
        others = half([[1.0, 0.0], [3.0, 4.0]])
        found = towards(half([[1.0, 0.0], [0.0, 1.0]]), others)
        np.testing.assert_allclose(found, [[0.8, 0.8], [0.4, 0.4]], atol=2e-4)

    def test_towards_nothing_they_are_zero(self) -> None:
        words = half([[1.0, 0.0], [0.0, 1.0]])
        assert towards(words, words[:0]).tolist() == [[0, 0], [0, 0]]
        assert towards(words[:0], words).shape == (0, 2)

    @pytest.mark.parametrize("kind", KINDS)
    @pytest.mark.parametrize("large", [0, 10**9])
    def test_every_kind_gives_those_of_brute_force(
        self, monkeypatch: pytest.MonkeyPatch, kind: str, large: int
    ) -> None:
        monkeypatch.setattr(neighbourhoods, "LARGE", large)
        monkeypatch.setattr(neighbourhoods, "BATCH", 90)
        words, others = half(clustered(1, 200, 32)), half(clustered(1, 2_000, 32, spread=0.6))
        found = means_towards(words, choose(others, [words], kind).searcher)
        scores = words.astype(np.float64) @ others.astype(np.float64).T
        nearest = np.sort(scores, axis=1)[:, ::-1]
        expected = np.stack([nearest[:, :10].mean(axis=1), nearest[:, :4].mean(axis=1)], axis=1)
        np.testing.assert_allclose(found, expected, atol=0.04)
        assert np.abs(found - expected).mean() < 5e-4

    def test_towards_an_exact_kind_they_are_exact(self) -> None:
        words, others = half(clustered(1, 200, 32)), half(clustered(2, 500, 32))
        nearest = np.sort(words.astype(np.float64) @ others.astype(np.float64).T, axis=1)
        expected = nearest[:, -NEIGHBOURHOOD:].mean(axis=1)
        np.testing.assert_allclose(towards(words, others)[:, 0], expected, atol=1e-6)


def pointed(service: LexiconService, encoder: AxisEncoder) -> dict[str, str]:
    """The live generation of each language."""
    return {item.language: str(item.generation) for item in index_status(service, "axis").indices}


class TestStored:
    def test_they_are_those_towards_every_other_language(
        self, tiny: LexiconService, tiny_axis: AxisEncoder
    ) -> None:
        french = tiny.index(tiny_axis, "fr").base
        towards_english = french.neighbourhood("en")
        assert towards_english is not None
        # banque: bank. courir: run. eau: water. rive: bank, shore. Of four English words.
        part = 0.5**0.5
        expected = [part / 4, 1 / 4, 1 / 4, (1 + part) / 4]
        np.testing.assert_allclose(towards_english, np.transpose([expected] * 2), atol=1e-4)
        towards_kannada = french.neighbourhood("kn")
        assert towards_kannada is not None
        # Of five Kannada words, and of the four nearest.
        expected = [1, 1, 2, 1]
        np.testing.assert_allclose(towards_kannada[:, 0], np.array(expected) / 5, atol=1e-6)
        np.testing.assert_allclose(towards_kannada[:, 1], np.array(expected) / 4, atol=1e-6)
        assert french.neighbourhood("hi") is None

    def test_a_language_built_alone_keeps_those_of_the_others_towards_it(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        build(sessions, service.generations, axis, ["en"], force=True)
        live = pointed(service, axis)
        manifest = service.index(axis, "en").manifest
        others = {"fr": live["fr"], "kn": live["kn"]}
        assert manifest.neighbourhoods == manifest.reverse == others

    @pytest.mark.parametrize("order", list(permutations(("en", "fr", "kn"))), ids="-".join)
    def test_whatever_is_built_alone_every_pair_finds_its_means(
        self,
        service: LexiconService,
        sessions: Sessions,
        axis: AxisEncoder,
        monkeypatch: pytest.MonkeyPatch,
        order: tuple[str, ...],
    ) -> None:
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea", fr="mer", kn="ಸಮುದ್ರ")])
        for language in order:
            build(sessions, service.generations, axis, [language])
            indices = {code: service.index(axis, code) for code in order}

            def refuse(*_: object) -> None:
                raise AssertionError("taken again")

            with monkeypatch.context() as patch:
                patch.setattr("indexer.service.means_towards", refuse)
                for mine, theirs in permutations(order, 2):
                    found = service.neighbourhood(indices[mine], indices[theirs])
                    base, other = indices[mine].base, indices[theirs].base
                    expected = means_towards(base.half, other.searcher)
                    np.testing.assert_array_equal(found.means[: base.rows], expected)

    def test_a_damaged_neighbour_does_not_stop_a_build(
        self, service: LexiconService, sessions: Sessions, axis: AxisEncoder
    ) -> None:
        live = pointed(service, axis)
        folder = service.settings.indices / axis.spec.identity / "fr" / live["fr"]
        (folder / "index.faiss").write_bytes(b"")
        report = build(sessions, service.generations, axis, ["en"], force=True)
        assert report.built == {"en": 4}
        manifest = service.index(axis, "en").manifest
        assert manifest.neighbourhoods == manifest.reverse == {"kn": live["kn"]}
