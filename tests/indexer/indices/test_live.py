"""A generation with the words that came and went since: the same as one that is built now."""

import random
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from indexer.build import build
from indexer.delta import changes
from indexer.encoders.protocol import Encoded
from indexer.generations.folder import Generations
from indexer.indices.kinds import KINDS
from indexer.indices.live import Changes, LiveIndex
from indexer.indices.stored import StoredIndex
from indexer.vectors import LexemeIds, unit_rows
from lexicon import queries
from lexicon.entries import ConceptEntry
from lexicon.errors import InvalidInput
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import AxisEncoder, fill
from tests.indexer.indices.generating import MARK, clustered, half, opened
from tests.indexer.worlds import entry

LEMMAS = [f"w{n:02}" for n in range(30)]
POS = ("noun", "verb", "adj")


class ScatteringEncoder(AxisEncoder):
    """Gives every text a direction of its own; knows half of them."""

    def __init__(self) -> None:
        super().__init__(None, dim=32)

    def encode(self, texts: Sequence[str], language: str | None = None) -> Encoded:
        self.encoded += len(texts)
        seeds = [sha256(text.encode()).digest() for text in texts]
        rows = [np.random.default_rng(list(seed)).standard_normal(32) for seed in seeds]
        return Encoded(
            unit_rows(np.array(rows).reshape(len(texts), 32), "scattering"),
            np.array([seed[0] % 2 == 0 for seed in seeds], dtype=np.bool_),
            np.zeros(len(texts), dtype=np.bool_),
        )


def entries(words: set[tuple[str, str]]) -> list[ConceptEntry]:
    return [entry(f"{lemma}.{pos}", pos, en=lemma) for lemma, pos in sorted(words)]


def world(chance: random.Random) -> set[tuple[str, str]]:
    """Some lemmas of some parts of speech; seldom none at all."""
    share = chance.choice([0, 0.2, 0.5, 0.8])
    return {(lemma, pos) for lemma in LEMMAS for pos in POS if chance.random() < share / 2}


def lexemes(sessions: Sessions) -> list[tuple[int, ...]]:
    with sessions() as session:
        return [form.lexeme_ids for form in queries.forms(session, "en")]


def by_form(index: LiveIndex | StoredIndex, forms: Sequence[tuple[int, ...]]) -> LexemeIds:
    """The row of each form, the same for all of its lexemes."""
    rows = [index.rows_of(np.array(ids, dtype=np.int64)) for ids in forms]
    assert all((some == some[0]).all() for some in rows)
    return np.array([some[0] for some in rows], dtype=np.int64)


def agree(live: LiveIndex, built: StoredIndex, forms: Sequence[tuple[int, ...]]) -> None:
    """The same words, vectors and answers, whatever the order of the rows."""
    assert live.changes.pending == 0
    mine, theirs = by_form(live, forms), by_form(built, forms)
    assert live.rows == built.rows == len(forms)
    assert sorted(mine.tolist()) == sorted(theirs.tolist()) == list(range(len(forms)))
    np.testing.assert_array_equal(live.ids[mine], built.ids[theirs])
    np.testing.assert_array_equal(live.covered[mine], built.covered[theirs])
    np.testing.assert_array_equal(live.all_vectors()[mine], built.all_vectors()[theirs])
    every = np.array([ids[-1] for ids in forms], dtype=np.int64)
    np.testing.assert_array_equal(live.vectors(every), built.vectors(every))
    asked = ScatteringEncoder().encode(["w03", "w07", "elsewhere"]).vectors
    for k in (1, 7, 100):
        found, expected = live.search(asked, k), built.search(asked, k)
        np.testing.assert_allclose(found.cosine, expected.cosine, atol=2e-4)
        np.testing.assert_array_equal(found.ids, live.ids[found.rows])
        scores = np.einsum("qkd,qd->qk", live.all_vectors()[found.rows], asked)
        np.testing.assert_allclose(found.cosine, scores, atol=2e-4)
        assert all(len(set(one)) == min(k, len(forms)) for one in found.rows.tolist())


@pytest.mark.parametrize("seed", range(12))
def test_it_agrees_with_an_index_that_is_built_now(
    settings: Settings, sessions: Sessions, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    encoder = ScatteringEncoder()
    generations = Generations(settings.indices)
    fill(sessions, entries(world(chance) | {("w03", "noun"), ("w04", "verb"), ("w04", "noun")}))
    build(sessions, generations, encoder, ["en"])
    base = generations.load(encoder.spec, "en")
    there: set[int] = set()
    for step in range(6):
        there |= {lexeme for ids in lexemes(sessions) for lexeme in ids}
        fill(sessions, entries(world(chance)))
        live = LiveIndex(base, changes(sessions, encoder, base))
        forms = lexemes(sessions)
        gone = there - {lexeme for ids in forms for lexeme in ids}
        assert set(live.rows_of(np.array(sorted(gone), dtype=np.int64)).tolist()) <= {-1}
        if not forms:
            assert (live.rows, live.all_vectors().shape) == (0, (0, 32))
            continue
        anew = Generations(tmp_path / str(step))
        build(sessions, anew, encoder, ["en"])
        agree(live, anew.load(encoder.spec, "en"), forms)


@pytest.fixture
def base(tmp_path: Path) -> StoredIndex:
    """Two rows of one lexeme and one of two."""
    return opened(tmp_path / "g", half([[1, 0], [0.6, 0.8], [0, 1]]), [(10, 40), (20,), (30,)])


def changed(
    base: StoredIndex,
    gone: Sequence[int] = (),
    renamed: dict[int, int] | None = None,
    aliases: dict[int, int] | None = None,
    departed: Sequence[int] = (),
    forms: Sequence[tuple[int, ...]] = (),
) -> LiveIndex:
    made = Changes(
        MARK,
        np.array(gone, dtype=np.int64),
        renamed or {},
        aliases or {},
        np.array(departed, dtype=np.int64),
        list(forms),
        clustered(2, len(forms), base.manifest.dim).astype(np.float16) if forms else base.half[:0],
        np.zeros(len(forms), dtype=np.bool_),
    )
    return LiveIndex(base, made)


def test_without_changes_it_is_the_generation(base: StoredIndex) -> None:
    live = changed(base)
    assert (live.rows, live.changes.size, live.exact) == (3, 0, True)
    assert live.ids.tolist() == base.ids.tolist()
    assert live.search(base.all_vectors(), 3).rows.tolist() == [[0, 1, 2], [1, 2, 0], [2, 1, 0]]


def test_a_row_whose_first_lexeme_left_goes_on_under_the_next(base: StoredIndex) -> None:
    live = changed(base, renamed={0: 40}, departed=[10])
    assert live.ids.tolist() == [40, 20, 30]
    assert live.rows_of(np.array([10, 40])).tolist() == [-1, 0]
    assert live.search(base.all_vectors()[:1], 1).ids.tolist() == [[40]]
    assert base.ids.tolist() == [10, 20, 30]


def test_a_lexeme_that_came_to_a_row_after_one_that_left_has_its_new_number(
    base: StoredIndex,
) -> None:
    live = changed(base, gone=[0], aliases={101: 2}, departed=[10, 40], forms=[(102, 103)])
    assert live.ids.tolist() == [20, 30, 102]
    assert live.rows_of(np.array([103, 101, 20, 10, 40, 104])).tolist() == [2, 1, 0, -1, -1, -1]
    with pytest.raises(KeyError, match=r"^40$"):
        live.vectors(np.array([20, 40]))


def test_where_every_row_left_the_new_ones_answer(base: StoredIndex) -> None:
    live = changed(base, gone=[0, 1, 2], departed=[10, 20, 30, 40], forms=[(101,), (102,)])
    assert sorted(live.search(base.all_vectors()[:1], 9).ids[0].tolist()) == [101, 102]
    assert changed(base, gone=[0, 1, 2]).search(base.all_vectors(), 9).ids.shape == (3, 0)


@pytest.mark.parametrize("forms", [[], [(101,)]])
def test_what_cannot_be_searched_for_is_refused_as_by_the_generation(
    base: StoredIndex, forms: list[tuple[int, ...]]
) -> None:
    live = changed(base, gone=[1], forms=forms)
    with pytest.raises(InvalidInput, match=r"query 0 holds NaN"):
        live.search(np.full((1, 2), np.nan, dtype=np.float32), 1)
    with pytest.raises(InvalidInput, match=r"do not fit an index of 2 dimensions"):
        live.search(np.ones((1, 3), dtype=np.float32), 1)
    assert live.search(base.all_vectors(), 0).ids.shape == (3, 0)
    assert live.search(base.all_vectors()[:0], 2).ids.shape == (0, 2)


@pytest.mark.parametrize("kind", KINDS)
def test_however_close_together_those_that_left_stood_the_next_are_found(
    tmp_path: Path, kind: str
) -> None:
    rows = half(clustered(9, 600, 16))
    query = rows[:2].astype(np.float32)
    order = np.argsort(-(query @ rows.astype(np.float32).T), axis=1, kind="stable")
    base = opened(tmp_path / "g", rows, [(1 + row,) for row in range(600)], kind)
    gone = np.sort(order[0, :250])
    live = changed(base, gone=gone.tolist(), departed=(gone + 1).tolist(), forms=[(900,), (901,)])
    found = live.search(query, 30)
    left = [[row + 1 for row in one.tolist() if row not in set(gone.tolist())] for one in order]
    for ids, expected in zip(found.ids.tolist(), left, strict=True):
        old = [lexeme for lexeme in ids if lexeme < 900]
        assert len(set(old) & set(expected[: len(old)])) >= 0.95 * len(old)


def test_means_follow_the_rows(base: StoredIndex) -> None:
    live = changed(base, gone=[1], forms=[(101,)])
    means = np.array([[1, 1], [2, 2], [3, 3]], dtype=np.float32)
    new = np.array([[4, 4]], dtype=np.float32)
    assert live.dense(means, new).tolist() == [[1, 1], [3, 3], [4, 4]]
    assert changed(base).dense(means, new[:0]).tolist() == means.tolist()
