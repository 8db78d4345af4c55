"""An encoder over another one: what it gives, who it is, what it refuses."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.encoders.postprocessed.encoder import PostProcessed
from indexer.encoders.postprocessed.fits import Fit, Fits, FittedTo
from lexicon.errors import InvalidInput, ModelMissing
from tests.conftest import AxisEncoder
from tests.indexer.asking import unit
from tests.indexer.encoders.postprocessed.moving import CENTRED, TURNED


class TestVectors:
    def test_each_language_has_its_own_map(self, encoder: PostProcessed, fit: Fit) -> None:
        english = encoder.encode(["shore", "bank"], "en")
        np.testing.assert_allclose(
            english.vectors, unit([[-1, 1, 0, 0], [-1, 0.5**0.5, 0.5**0.5, 0]]), atol=1e-6
        )
        french = encoder.encode(["eau"], "fr")
        assert french.vectors.tolist() == [[0, 1, 0, 0]]
        assert english.covered.tolist() == [True, True]
        assert english.vectors.dtype == np.float32

    def test_what_the_base_guesses_stays_a_guess(self, encoder: PostProcessed, fit: Fit) -> None:
        assert encoder.encode(["flurbish", "run"], "en").covered.tolist() == [False, True]

    def test_a_word_without_a_direction_is_not_covered(
        self, encoder: PostProcessed, fit: Fit
    ) -> None:
        found = encoder.encode(["water", "run"], "en")
        assert found.covered.tolist() == [False, True]
        assert found.vectors[0].tolist() == [1, 0, 0, 0]

    def test_nothing_is_nothing(self, encoder: PostProcessed) -> None:
        assert encoder.encode([]).vectors.shape == (0, 4)

    def test_a_text_needs_a_language(self, encoder: PostProcessed, fit: Fit) -> None:
        with pytest.raises(InvalidInput, match=r"^encoder 'axis\+center' maps each language"):
            encoder.encode(["water"])

    def test_a_language_that_was_not_fitted_is_refused(
        self, encoder: PostProcessed, fit: Fit
    ) -> None:
        with pytest.raises(InvalidInput) as told:
            encoder.encode(["ನೀರು"], "kn")
        assert str(told.value) == (
            "encoder 'axis+center' was not fitted to language 'kn', only to en, fr; "
            "fit it again with: lexicon index build --encoder axis+center --refit"
        )


class TestIdentity:
    def test_the_spec_is_that_of_the_base_but_for_what_was_fitted(
        self, encoder: PostProcessed, fit: Fit
    ) -> None:
        assert encoder.spec == replace(
            AxisEncoder.spec,
            name="axis+center",
            post_processing=f"center:{fit.digest[:16]}",
            trained_on="words",
        )
        assert encoder.spec.evaluation == "memorised"
        assert encoder.spec.identity.startswith("axis+center-")
        assert encoder.languages == ["en", "fr"]

    def test_options_are_left_out_of_the_shown_name(self) -> None:
        spec = replace(AxisEncoder.spec, name="/m/mine?layer=1+abtt", post_processing="abtt:0")
        assert spec.identity.startswith("mine+abtt-")
        assert replace(spec, name="/m/mine+abtt").identity.startswith("mine+abtt-")
        assert replace(spec, name="/m/a+b", post_processing="none").identity.startswith("a+b-")

    def test_another_method_or_fit_is_another_encoder(self, tmp_path: Path) -> None:
        found = set()
        for method in ("center", "abtt"):
            encoder = PostProcessed(f"axis+{method}", AxisEncoder(), method, tmp_path)
            for map_, words in ((CENTRED, "a"), (CENTRED, "b"), (TURNED, "a")):
                kept = encoder.fits.keep({"en": map_}, {"en": FittedTo(forms=1, pairs=0)}, words)
                found.add(encoder.of(kept).spec.identity)
        assert len(found) == 6

    def test_another_base_has_fits_of_its_own(self, encoder: PostProcessed, fit: Fit) -> None:
        home = encoder.fits.folder.parents[2]
        other = PostProcessed("axis+center", AxisEncoder(revision="2"), "center", home)
        with pytest.raises(ModelMissing, match="is not fitted yet"):
            _ = other.spec


class TestLatest:
    def test_the_fit_in_use_is_kept_until_another_one_is(
        self, encoder: PostProcessed, fits: Fits, fit: Fit
    ) -> None:
        before = encoder.spec
        assert encoder.latest() is encoder
        new = fits.keep({"en": TURNED}, {"en": FittedTo(forms=1, pairs=0)}, "new")
        assert encoder.latest() is encoder
        fits.use(new)
        later = encoder.latest()
        assert later.spec.post_processing == f"center:{new.digest[:16]}"
        assert later.base is encoder.base
        # What was being answered meanwhile is answered as it began.
        assert encoder.spec == before

    def test_what_has_read_no_fit_has_none_to_replace(self, encoder: PostProcessed) -> None:
        assert encoder.latest() is encoder
