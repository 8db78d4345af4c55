"""Maps of vectors by hand, and what they are for."""

import numpy as np
import pytest

from indexer.transforms import (
    Affine,
    Moments,
    abtt_of,
    all_but_the_top,
    centring,
    centring_of,
    moments,
    procrustes,
    shrinkage,
    top_directions,
    whitening,
    whitening_of,
)
from indexer.vectors import Vectors
from lexicon.errors import InvalidInput
from tests.indexer.asking import Float, unit

CROSS = np.array([[0.8, 0.6], [0.8, -0.6], [-0.8, 0.6], [-0.8, -0.6]], dtype=np.float32)
"""Mean 0, spread .64 along the first axis and .36 along the second."""


def rows(many: int, dim: int, seed: int = 0) -> Vectors:
    drawn: Vectors = unit(np.random.default_rng(seed).normal(size=(many, dim))).astype(np.float32)
    return drawn


def rotation(dim: int, seed: int = 1) -> Float:
    turned, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(dim, dim)))
    return np.asarray(turned)


class TestAffine:
    def test_rows_are_moved_turned_and_of_unit_length(self) -> None:
        turn = Affine(np.array([0.0, 1.0]), np.array([[0.0, 2.0], [1.0, 0.0]]))
        found = turn.apply(np.array([[0.6, 0.8], [1.0, 0.0]], dtype=np.float32))
        np.testing.assert_allclose(found, unit([[-0.2, 1.2], [-1.0, 2.0]]), atol=1e-6)
        assert found.dtype == np.float32

    def test_a_row_that_is_taken_out_keeps_its_direction_and_is_marked(self) -> None:
        given = np.array([[0, 1], [1, 0]], dtype=np.float32)
        found, directed = Affine(np.array([0.0, 1.0])).marked(given)
        assert directed.tolist() == [False, True]
        assert found[0].tolist() == [0, 1]
        np.testing.assert_allclose(found[1], unit([1.0, -1.0]), atol=1e-6)

    def test_what_rounding_leaves_is_no_direction(self) -> None:
        _, directed = Affine(np.array([1.0, 1e-7])).marked(np.array([[1, 0]], dtype=np.float32))
        assert directed.tolist() == [False]

    def test_no_rows_are_none(self) -> None:
        assert Affine(np.zeros(3)).apply(np.zeros((0, 3), dtype=np.float32)).shape == (0, 3)

    def test_what_is_given_is_left_as_it_is(self) -> None:
        given = CROSS.copy()
        Affine(np.array([0.5, 0.5])).apply(given)
        assert (given == CROSS).all()

    def test_many_rows_are_as_each_by_itself(self) -> None:
        many = np.tile(CROSS, (2_100, 1))
        turn = Affine(np.array([0.3, 0.1]), np.array([[1.0, 0.5], [0.0, 1.0]]))
        assert (turn.apply(many) == np.tile(turn.apply(CROSS), (2_100, 1))).all()


class TestMoments:
    def test_sums_by_hand(self) -> None:
        sums = moments(np.array([[1, 0], [0, 1], [0, 1]], dtype=np.float32))
        assert (sums.n, sums.total.tolist()) == (3, [1, 2])
        assert sums.second.tolist() == [[1, 0], [0, 2]]
        np.testing.assert_allclose(sums.mean, [1 / 3, 2 / 3])
        np.testing.assert_allclose(sums.covariance, np.array([[2, -2], [-2, 2]]) / 9)

    def test_a_fold_is_taken_away_and_added(self) -> None:
        whole, fold = rows(9_000, 3), slice(100, 700)
        rest = moments(np.delete(whole, fold, axis=0))
        left = moments(whole) - moments(whole[fold])
        assert left.n == rest.n == 8_400
        for one, other in ((left, rest), (rest + moments(whole[fold]), moments(whole))):
            np.testing.assert_allclose(one.mean, other.mean, atol=1e-12)
            np.testing.assert_allclose(one.covariance, other.covariance, atol=1e-12)

    def test_maps_of_sums_are_those_of_rows(self) -> None:
        some = rows(50, 6)
        for of_rows, of_sums in (
            (centring(some), centring_of(moments(some))),
            (whitening(some), whitening_of(moments(some))),
            (all_but_the_top(some, 2), abtt_of(moments(some), 2)),
        ):
            np.testing.assert_allclose(of_rows.apply(some), of_sums.apply(some), atol=1e-6)

    def test_no_rows_have_no_mean(self) -> None:
        nothing = np.zeros((0, 2), dtype=np.float32)
        for fit in (centring, whitening, all_but_the_top):
            with pytest.raises(InvalidInput, match=r"^no rows have no mean"):
                fit(nothing)


class TestCentring:
    def test_by_hand(self) -> None:
        found = centring(np.eye(2, dtype=np.float32)).apply(np.eye(2, dtype=np.float32))
        np.testing.assert_allclose(found, unit([[1.0, -1.0], [-1.0, 1.0]]), atol=1e-6)

    def test_a_shared_mean_no_longer_looks_like_alignment(self) -> None:
        shared = np.array([7.0] + [0.0] * 31)
        drawn = np.random.default_rng(0).normal(size=(400, 32))
        given = unit(drawn + 6 * shared).astype(np.float32)
        assert (given[:200] @ given[200:].T).mean() > 0.97
        found = centring(given).apply(given)
        assert abs((found[:200] @ found[200:].T).mean()) < 0.01


class TestWhitening:
    def test_by_hand(self) -> None:
        # OAS of 100 rows: (0 · .5392 + 1) / (100 · (.5392 - .5)) of a sphere of .5.
        rho = 1 / (100 * 0.0392)
        spread = (1 - rho) * np.array([0.64, 0.36]) + rho * 0.5
        found = whitening(np.tile(CROSS, (25, 1)))
        expected = np.diag(np.sqrt(spread.min() / spread))
        assert found.matrix is not None
        np.testing.assert_allclose(found.matrix, expected, atol=1e-6)
        np.testing.assert_allclose(found.offset, [0, 0], atol=1e-6)

    def test_the_shrunk_covariance_becomes_a_sphere(self) -> None:
        some = rows(200, 8) * np.linspace(1, 3, 8, dtype=np.float32)
        given = unit(some + 1).astype(np.float32)
        sums = moments(given)
        rho = shrinkage(sums.covariance, sums.n)
        sphere = np.trace(sums.covariance) / 8 * np.eye(8)
        shrunk = (1 - rho) * sums.covariance + rho * sphere
        matrix = whitening(given).matrix
        assert matrix is not None
        evened = matrix @ shrunk @ matrix
        np.testing.assert_allclose(evened, evened[0, 0] * np.eye(8), atol=1e-9)
        np.testing.assert_allclose(matrix, matrix.T, atol=1e-12)

    def test_fewer_rows_than_dimensions_will_do(self) -> None:
        some = rows(5, 40)
        found, directed = whitening(some).marked(rows(30, 40, seed=3))
        assert directed.all()
        np.testing.assert_allclose(np.linalg.norm(found, axis=1), 1, atol=1e-6)

    def test_equal_rows_are_only_centred(self) -> None:
        found = whitening(np.tile(CROSS[:1], (4, 1)))
        assert found.matrix is None
        np.testing.assert_allclose(found.offset, [0.8, 0.6], atol=1e-6)

    def test_a_sphere_and_a_single_row_are_shrunk_to_a_sphere(self) -> None:
        assert shrinkage(np.eye(3), 100) == 1
        assert shrinkage(np.diag([5.0, 1.0]), 1) == 1
        assert shrinkage(np.array([[2.0]]), 10) == 1


class TestAllButTheTop:
    def test_the_top_direction_is_gone(self) -> None:
        found = all_but_the_top(CROSS, 1).apply(CROSS)
        np.testing.assert_allclose(found, [[0, 1], [0, -1], [0, 1], [0, -1]], atol=1e-6)

    @pytest.mark.parametrize(("dim", "many"), [(4, 1), (199, 1), (768, 7), (1_024, 10)])
    def test_one_direction_per_hundred_dimensions(self, dim: int, many: int) -> None:
        assert top_directions(dim) == many

    def test_the_default_is_the_papers(self) -> None:
        some = rows(300, 200)
        matrix = all_but_the_top(some).matrix
        assert matrix is not None
        assert np.linalg.matrix_rank(matrix) == 198

    def test_directions_without_spread_are_kept(self) -> None:
        given = np.array([[1, 0, 0], [0, 1, 0]], dtype=np.float32)
        matrix = all_but_the_top(given, 2).matrix
        assert matrix is not None
        expected = np.array([[0.5, 0.5, 0], [0.5, 0.5, 0], [0, 0, 1]])
        np.testing.assert_allclose(matrix, expected, atol=1e-6)

    def test_nothing_removed_is_centring(self) -> None:
        some = rows(20, 4)
        np.testing.assert_allclose(
            all_but_the_top(some, 0).apply(some), centring(some).apply(some), atol=1e-6
        )

    @pytest.mark.parametrize("many", [-1, 2, 3])
    def test_all_directions_cannot_go(self, many: int) -> None:
        with pytest.raises(
            InvalidInput, match=rf"^cannot remove {many} of 2 directions; .* 0 to 1"
        ):
            all_but_the_top(CROSS, many)


class TestProcrustes:
    def test_a_turned_space_is_turned_back(self) -> None:
        target = rows(60, 8)
        turn = rotation(8)
        source = (target @ turn.T).astype(np.float32)
        found = procrustes(source, target)
        assert found.matrix is not None
        np.testing.assert_allclose(found.matrix, turn, atol=1e-5)
        np.testing.assert_allclose(found.apply(source), centring(target).apply(target), atol=1e-5)

    def test_pairs_that_were_not_seen_are_found(self) -> None:
        target = unit(rows(300, 16) + 1).astype(np.float32)
        source = (target @ rotation(16).T).astype(np.float32)
        seen, held_out = np.arange(200), np.arange(200, 300)
        before = (source[held_out] @ target.T).argmax(axis=1)
        assert (before == held_out).mean() < 0.05
        turned = procrustes(source[seen], target[seen]).apply(source[held_out])
        after = (turned @ centring(target[seen]).apply(target).T).argmax(axis=1)
        assert (after == held_out).mean() > 0.95

    def test_rows_say_which_belong_together(self) -> None:
        source, target = rows(40, 4), rows(40, 4)
        mixed = np.random.default_rng(2).permutation(40)
        straight = procrustes(source, target)
        found = procrustes(source[mixed], target, (np.arange(40), mixed))
        assert found.matrix is not None
        assert straight.matrix is not None
        np.testing.assert_allclose(found.matrix, straight.matrix, atol=1e-6)

    def test_lengths_are_kept(self) -> None:
        matrix = procrustes(rows(10, 6), rows(10, 6, seed=5)).matrix
        assert matrix is not None
        np.testing.assert_allclose(matrix @ matrix.T, np.eye(6), atol=1e-12)

    @pytest.mark.parametrize(("ours", "theirs"), [(0, 0), (2, 3)])
    def test_rows_that_are_no_pairs_are_refused(self, ours: int, theirs: int) -> None:
        with pytest.raises(InvalidInput, match=rf"^{ours} rows cannot be turned onto {theirs};"):
            procrustes(rows(ours, 4), rows(theirs, 4))


def test_moments_are_plain_sums() -> None:
    one = Moments(1, np.array([1.0]), np.array([[1.0]]))
    assert (one + one - one).mean.tolist() == [1.0]
