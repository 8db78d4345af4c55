"""A checkpoint with options and post-processing: indexed, searched, fitted once."""

from pathlib import Path

import numpy as np

from indexer.service import LexiconService
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import fill
from tests.indexer.asking import ask
from tests.indexer.fitting import build_fitted, post_processed


def test_a_layer_of_a_checkpoint_is_whitened(
    bloom: Path, settings: Settings, sessions: Sessions
) -> None:
    fill(sessions)
    service = LexiconService(settings.model_copy(update={"device": "cpu", "threads": 1}), sessions)
    name = f"{bloom}?layer=1&precision=fp32+whiten"
    assert build_fitted(service, name).built == {"en": 4, "fr": 4, "kn": 5}
    encoder = post_processed(service, name)
    assert encoder.spec.identity.startswith("bloom+whiten-")
    assert (encoder.spec.layer, encoder.spec.name) == (1, name)
    assert encoder.spec.evaluation == "memorised"
    assert encoder.base.spec.evaluation == "zero-shot"
    assert len(ask(service, "ocean", "en", "kn", encoder=name).results) == 5
    # A word is the same whether it was read or is encoded now.
    stored = service.index(encoder, "kn").all_vectors()
    lemmas = ["ಓಡು", "ಜಲ", "ದಡ", "ನೀರು", "ಬ್ಯಾಂಕ್"]
    np.testing.assert_allclose(encoder.encode(lemmas, "kn").vectors, stored, atol=5e-3)
