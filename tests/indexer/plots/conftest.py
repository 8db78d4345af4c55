"""What the machine has to draw with."""

import pytest

from indexer.plots import fonts
from lexicon.errors import FontMissing


@pytest.fixture(scope="session")
def indic_fonts() -> tuple[str, ...]:
    """Families that show Devanagari and Kannada; skips where there are none."""
    try:
        return fonts.families(["हिन्दी ಕನ್ನಡ"])
    except FontMissing as error:
        pytest.skip(str(error))
