"""Vectors of earlier builds: taken bit by bit, whatever has become of the words around them."""

from collections.abc import Sequence

import numpy as np
import pytest

from indexer.build import build
from indexer.building import encode as encoding
from indexer.encoders.protocol import Encoded
from indexer.generations.folder import Generations
from indexer.indices import kinds
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import InvalidInput
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.worlds import entry

SEA = entry("sea.noun.1", en="sea|abyss", fr="mer")


class WanderingEncoder(AxisEncoder):
    """Never gives the same vector twice; remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.draw = np.random.default_rng(0)
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], language: str | None = None) -> Encoded:
        self.asked += texts
        made = super().encode(texts, language)
        rows = self.draw.standard_normal(made.vectors.shape).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return Encoded(rows, made.covered, made.truncated)


@pytest.fixture
def encoder() -> WanderingEncoder:
    return WanderingEncoder()


@pytest.fixture
def generations(settings: Settings, sessions: Sessions, encoder: WanderingEncoder) -> Generations:
    """With indices of the tiny world."""
    fill(sessions)
    made = Generations(settings.indices)
    build(sessions, made, encoder)
    encoder.asked.clear()
    return made


def stored(
    sessions: Sessions, generations: Generations, encoder: AxisEncoder, language: str = "en"
) -> dict[str, tuple[bytes, bool]]:
    """The bits and the coverage of each form."""
    index = generations.load(encoder.spec, language)
    with sessions() as session:
        forms = queries.forms(session, language)
    assert index.rows == len(forms)
    found = {}
    for form in forms:
        (row,) = index.rows_of(np.array(form.lexeme_ids[:1]))
        found[form.lemma] = (index.half[row].tobytes(), bool(index.covered[row]))
    return found


class TestReuse:
    def test_only_new_words_are_encoded(
        self, sessions: Sessions, generations: Generations, encoder: WanderingEncoder
    ) -> None:
        before = stored(sessions, generations, encoder)
        fill(sessions, [*TINY[1:], SEA])
        report = build(sessions, generations, encoder)
        assert sorted(encoder.asked) == ["abyss", "mer", "sea"]
        assert report.built == {"en": 5, "fr": 4, "kn": 3}
        assert report.reused == {"en": 3, "fr": 3, "kn": 3}
        after = stored(sessions, generations, encoder)
        assert {lemma: after[lemma] for lemma in ("bank", "run", "shore")} == {
            lemma: before[lemma] for lemma in ("bank", "run", "shore")
        }
        assert [after[lemma][1] for lemma in ("bank", "sea")] == [True, False]

    def test_a_word_that_became_another_lexeme_keeps_its_vector(
        self, sessions: Sessions, generations: Generations, encoder: WanderingEncoder
    ) -> None:
        before = stored(sessions, generations, encoder)
        fill(sessions, [])
        fill(sessions, [entry("other", "adj", en="shore|run|water|bank")])
        report = build(sessions, generations, encoder, ["en"])
        assert (report.built, report.reused) == ({"en": 4}, {"en": 4})
        assert encoder.asked == []
        assert stored(sessions, generations, encoder) == before

    def test_another_process_takes_them_as_well(
        self,
        settings: Settings,
        sessions: Sessions,
        generations: Generations,
        encoder: WanderingEncoder,
    ) -> None:
        fill(sessions, [*TINY, SEA])
        again = WanderingEncoder()
        build(sessions, LexiconService(settings, sessions).generations, again)
        assert sorted(again.asked) == ["abyss", "mer", "sea"]

    def test_force_encodes_everything_anew(
        self, sessions: Sessions, generations: Generations, encoder: WanderingEncoder
    ) -> None:
        before = stored(sessions, generations, encoder)
        report = build(sessions, generations, encoder, ["en"], force=True)
        assert (report.built, report.reused) == ({"en": 4}, {"en": 0})
        assert sorted(encoder.asked) == ["bank", "run", "shore", "water"]
        after = stored(sessions, generations, encoder)
        assert all(after[lemma] != before[lemma] for lemma in before)

    def test_another_kind_of_index_is_of_the_same_vectors(
        self, sessions: Sessions, generations: Generations, encoder: WanderingEncoder
    ) -> None:
        before = stored(sessions, generations, encoder)
        report = build(sessions, generations, encoder, ["en"], kind="hnsw")
        assert (report.built, report.reused, encoder.asked) == ({"en": 4}, {"en": 4}, [])
        assert generations.manifest(encoder.spec.identity, "en").kind == "hnsw"
        assert stored(sessions, generations, encoder) == before

    def test_a_kind_that_was_asked_for_stays_until_another_is(
        self, sessions: Sessions, generations: Generations, encoder: WanderingEncoder
    ) -> None:
        def kind_after(kind: str | None, built: dict[str, int]) -> str:
            assert build(sessions, generations, encoder, ["en"], kind=kind).built == built
            return generations.manifest(encoder.spec.identity, "en").kind

        assert kind_after("hnsw", {"en": 4}) == "hnsw"
        for kind in (None, "hnsw"):
            assert kind_after(kind, {}) == "hnsw"
        fill(sessions, [*TINY, entry("sea.noun.1", en="sea")])
        assert kind_after(None, {"en": 5}) == "hnsw"
        assert kind_after("auto", {"en": 5}) == "sq"
        assert kind_after(None, {}) == "sq"

    def test_a_damaged_generation_is_no_source_of_vectors(
        self, sessions: Sessions, generations: Generations, encoder: WanderingEncoder
    ) -> None:
        (file,) = generations.root.glob("*/en/*/vectors.npy")
        content = bytearray(file.read_bytes())
        content[-1] ^= 1
        file.write_bytes(content)
        report = build(sessions, generations, encoder)
        assert (list(report.repaired), report.reused) == (["en"], {"en": 0})
        assert sorted(encoder.asked) == ["bank", "run", "shore", "water"]

    def test_batches_are_of_new_words_alone(
        self,
        sessions: Sessions,
        generations: Generations,
        encoder: WanderingEncoder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(encoding, "ENCODE_BATCH", 2)
        fill(sessions, [*TINY, entry("many", en="a|c|n|x|z")])
        told: list[tuple[str, int, int]] = []
        build(sessions, generations, encoder, advance=lambda *said: told.append(said))
        assert told == [("en", 6, 9), ("en", 8, 9), ("en", 9, 9)]


class TestEmptied:
    def test_a_language_that_lost_its_words_has_an_index_without_rows(
        self, sessions: Sessions, generations: Generations, encoder: WanderingEncoder
    ) -> None:
        fill(sessions, [entry("tea.noun.1", en="tea")])
        report = build(sessions, generations, encoder)
        assert (report.built, report.empty) == ({"en": 1, "fr": 0, "kn": 0}, ["hi"])
        assert generations.load(encoder.spec, "fr").rows == 0
        assert build(sessions, generations, encoder).empty == ["fr", "hi", "kn"]
        fill(sessions, TINY)
        assert build(sessions, generations, encoder).built == {"en": 4, "fr": 4, "kn": 5}


class TestKinds:
    def test_an_unknown_kind_builds_nothing(
        self, sessions: Sessions, generations: Generations, encoder: WanderingEncoder
    ) -> None:
        with pytest.raises(InvalidInput, match=r"unknown kind 'pq'; known: auto, flat"):
            build(sessions, generations, encoder, kind="pq", force=True)
        assert encoder.asked == []

    def test_a_kind_that_was_asked_for_is_reported_when_it_is_weak(
        self,
        sessions: Sessions,
        generations: Generations,
        encoder: WanderingEncoder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr("indexer.indices.kinds.recall", lambda *_: 0.5)
        report = build(sessions, generations, encoder, ["en"], kind="hnsw")
        assert report.weak == {"en": 0.5}
        manifest = generations.manifest(encoder.spec.identity, "en")
        assert (manifest.kind, manifest.recall, manifest.recall_queries) == ("hnsw", 0.5, 9)
        assert manifest.parameters["ef_search"] == 2_048

    def test_one_that_was_not_asked_for_is_not_published_weak(
        self,
        sessions: Sessions,
        generations: Generations,
        encoder: WanderingEncoder,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(kinds, "SMALL", 0)
        measured = kinds.recall
        monkeypatch.setattr(
            kinds,
            "recall",
            lambda found, *said: measured(found, *said) if found.exact else 0.5,
        )
        report = build(sessions, generations, encoder, ["en"], force=True)
        assert report.weak == {}
        manifest = generations.manifest(encoder.spec.identity, "en")
        assert (manifest.kind, manifest.recall) == ("sq", 1.0)
