"""From tokens to a vector: sums that can be done by hand, and padding that counts for nothing."""

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from indexer.encoders.pooling import POOLINGS, pool, require_pooling
from lexicon.errors import InvalidInput

TEXT = [[1.0, 10.0], [2.0, 20.0], [6.0, 60.0]]
POOLED = {
    "mean": [3.0, 30.0],
    "weightedmean": [(1 + 4 + 18) / 6, (10 + 40 + 180) / 6],
    "last": [6.0, 60.0],
    "cls": [1.0, 10.0],
}
PADDING = [777.0, -777.0]


@pytest.mark.parametrize("how", POOLED)
def test_what_each_pooling_gives_of_three_tokens(how: str) -> None:
    found = pool(torch.tensor([TEXT]), None, how)
    np.testing.assert_allclose(found.numpy(), [POOLED[how]], rtol=1e-6)


@pytest.mark.parametrize("how", POOLED)
def test_one_token_is_its_own_vector_however_pooled(how: str) -> None:
    assert pool(torch.tensor([[[3.0, 4.0]]]), None, how).tolist() == [[3.0, 4.0]]


@pytest.mark.parametrize("how", POOLED)
def test_padding_on_either_side_and_in_any_row_changes_nothing(how: str) -> None:
    one, two = [9.0, 8.0], [5.0, 5.0]
    hidden = torch.tensor(
        [
            [PADDING, PADDING, *TEXT],
            [PADDING, *TEXT, PADDING],
            [*TEXT, PADDING, PADDING],
            [one, *TEXT, two],
            [PADDING, PADDING, PADDING, PADDING, one],
        ]
    )
    mask = torch.tensor(
        [[0, 0, 1, 1, 1], [0, 1, 1, 1, 0], [1, 1, 1, 0, 0], [1, 1, 1, 1, 1], [0, 0, 0, 0, 1]]
    )
    found = pool(hidden, mask, how).numpy()
    whole = pool(hidden[3:4], None, how).numpy()[0]
    expected = [POOLED[how], POOLED[how], POOLED[how], whole, one]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


@pytest.mark.parametrize("how", POOLED)
@pytest.mark.parametrize("kind", [torch.bfloat16, torch.float16])
def test_sums_run_in_float32_whatever_comes_in(how: str, kind: torch.dtype) -> None:
    # 256 + 1 is 256 in bfloat16, so a sum that ran in it would never leave 256.
    hidden = torch.ones((1, 1_024, 2)).to(kind)
    hidden[0, 0] = 256
    found = pool(hidden, None, how)
    assert found.dtype == torch.float32
    places = np.arange(1, 1_025)
    values = np.where(places == 1, 256.0, 1.0)
    expected = {
        "mean": values.mean(),
        "weightedmean": (values * places).sum() / places.sum(),
        "last": 1.0,
        "cls": 256.0,
    }
    np.testing.assert_allclose(found.numpy(), np.full((1, 2), expected[how]), rtol=1e-6)


def test_weights_rise_from_the_first_token_to_the_last() -> None:
    rng = np.random.default_rng(0)
    hidden: NDArray[np.float64] = rng.standard_normal((1, 5, 3))
    expected = sum((i + 1) / 15 * hidden[0, i] for i in range(5))
    found = pool(torch.tensor(hidden), None, "weightedmean")
    np.testing.assert_allclose(found[0].numpy(), expected, rtol=1e-5)


@pytest.mark.parametrize("name", POOLINGS)
def test_known_poolings_pass(name: str) -> None:
    assert require_pooling(name) == name


@pytest.mark.parametrize("name", ["", "max", "Mean", "mean "])
def test_other_poolings_are_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_pooling(name)
    assert str(refused.value) == (
        f"unknown pooling {name!r}; known: mean, weightedmean, last, cls, input"
    )
