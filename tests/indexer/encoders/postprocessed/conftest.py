"""Encoders with a fit by hand."""

from pathlib import Path

import pytest

from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.postprocessed.fits import Fit, Fits, FittedTo
from tests.conftest import AxisEncoder
from tests.indexer.encoders.postprocessed.moving import CENTRED, TURNED


@pytest.fixture
def encoder(tmp_path: Path) -> PostProcessed:
    """``axis+center`` before anything was fitted."""
    return PostProcessed("axis+center", AxisEncoder(), "center", tmp_path)


@pytest.fixture
def fits(encoder: PostProcessed) -> Fits:
    return encoder.fits


@pytest.fixture
def fit(fits: Fits) -> Fit:
    """English and French, in use."""
    with fits.fitting():
        made = fits.keep(
            {"en": CENTRED, "fr": TURNED},
            {"en": FittedTo(forms=4, pairs=0), "fr": FittedTo(forms=4, pairs=3)},
            "words",
        )
        assert fits.use(made) == []
    return made
