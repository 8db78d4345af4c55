"""How one pair of words stands, by hand."""

import numpy as np
import pytest

from indexer.alignment.pairwise import Similarity, random_cosines, similarity
from indexer.alignment.sample import RANDOM_PAIRS
from indexer.service import LexiconService
from lexicon.errors import InvalidInput, NoWords, UnknownEncoder, UnknownLanguage
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import AxisEncoder
from tests.indexer.worlds import Table, entry, world

DIAGONAL = 0.707107


def test_a_translation_by_hand(tiny: LexiconService) -> None:
    said = similarity(tiny, "water", "ನೀರು", "en", "kn")
    assert said.source.model_dump() == {
        "text": "water",
        "language": "en",
        "covered": True,
        "known": True,
    }
    assert (said.target.text, said.target.known) == ("ನೀರು", True)
    assert (said.encoder, said.evaluation) == ("axis", "zero-shot")
    assert said.cosine == 1.0
    assert said.percentile == 100.0
    assert said.random_cosine_mean == 0.0
    assert 0 < said.random_n <= RANDOM_PAIRS
    # ಜಲ scores the same and shares the first place.
    assert (said.rank, said.candidates) == (1, 5)
    assert (said.reverse_rank, said.reverse_candidates) == (1, 4)
    assert said.known_translation is True


def test_a_second_place_each_way(tiny: LexiconService) -> None:
    said = similarity(tiny, "bank", "rive", "en", "fr")
    assert said.cosine == DIAGONAL
    # For bank, rive and banque share the first place; for rive, shore is nearer.
    assert said.rank == 1
    assert said.reverse_rank == 2
    assert said.known_translation is True


def test_words_that_share_no_concept(tiny: LexiconService) -> None:
    said = similarity(tiny, "water", "courir", "en", "fr")
    assert said.cosine == 0.0
    assert said.percentile == 0.0
    assert (said.rank, said.reverse_rank) == (2, 2)
    assert said.known_translation is False


def test_known_words_are_not_encoded(tiny: LexiconService, tiny_axis: AxisEncoder) -> None:
    similarity(tiny, "Water", "EAU", "en", "fr")
    assert tiny_axis.encoded == 0


def test_an_unknown_text_is_encoded_and_says_so(
    tiny: LexiconService, tiny_axis: AxisEncoder
) -> None:
    said = similarity(tiny, " clear  brook ", "eau", "en", "fr")
    assert tiny_axis.encoded == 1
    assert said.source.model_dump() == {
        "text": "clear brook",
        "language": "en",
        "covered": False,
        "known": False,
    }
    assert said.cosine == 0.5
    assert said.rank == 1
    assert said.reverse_rank == 2
    assert said.known_translation is False


def test_the_other_way_round_swaps_the_ranks(tiny: LexiconService) -> None:
    there = similarity(tiny, "bank", "rive", "en", "fr")
    back = similarity(tiny, "rive", "bank", "fr", "en")
    assert (back.rank, back.reverse_rank) == (there.reverse_rank, there.rank)
    assert back.cosine == there.cosine


def test_two_runs_are_equal_byte_for_byte(tiny: LexiconService) -> None:
    first, second = (
        similarity(tiny, "water", "ದಡ", "en", "kn").model_dump_json() for _ in range(2)
    )
    assert first == second


def ladder(
    settings: Settings, sessions: Sessions, patch: pytest.MonkeyPatch
) -> tuple[LexiconService, Similarity]:
    """One English word and four French ones at cosines 1, .8, .6 and 0; only the last shares its
    concept, so that the random pairs are the first three."""
    table: Table = {
        "en": {"x": [1, 0, 0, 0]},
        "fr": {
            "same": [1, 0, 0, 0],
            "near": [0.8, 0.6, 0, 0],
            "far": [0.6, 0.8, 0, 0],
            "off": [0, 1, 0, 0],
        },
    }
    entries = [entry("one", en="x", fr="off"), entry("two", fr="same|near|far")]
    service = world(settings, sessions, patch, entries, table)
    return service, similarity(service, "x", "near", "en", "fr")


def test_the_percentile_is_the_share_of_random_pairs_below(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, said = ladder(settings, sessions, monkeypatch)
    assert said.rank == 2
    encoder = service.encoder(None)
    with service.sessions() as session:
        chance = random_cosines(session, service.index(encoder, "en"), service.index(encoder, "fr"))
    values, counts = np.unique(chance.round(3), return_counts=True)
    assert values.tolist() == pytest.approx([0.6, 0.8, 1.0])
    assert said.random_n == counts.sum()
    assert said.percentile == pytest.approx(100 * counts[0] / counts.sum(), abs=0.01)
    assert said.random_cosine_mean == pytest.approx(0.8, abs=0.01)


def test_without_random_pairs_there_is_no_percentile(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = world(settings, sessions, monkeypatch, [entry("one", en="x", fr="y")])
    said = similarity(service, "x", "y", "en", "fr")
    assert said.percentile is None
    assert said.random_cosine_mean is None
    assert said.random_n == 0
    assert said.cosine == 1.0


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        (("", "eau"), "^empty first text ''"),
        (("water", " \t"), "^empty second text "),
        (("x" * 10_000, "eau"), "^first text of 10,000 characters"),
        (("water", "x" * 10_000), "^second text of 10,000 characters"),
    ],
)
def test_a_bad_text_is_refused_by_its_place(
    tiny: LexiconService, texts: tuple[str, str], message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        similarity(tiny, *texts, "en", "fr")


def test_one_language_twice_is_refused(tiny: LexiconService) -> None:
    with pytest.raises(InvalidInput, match=r"both 'en'; choose two different languages"):
        similarity(tiny, "water", "bank", "en", "en")


@pytest.mark.parametrize(("source", "target"), [("xx", "fr"), ("en", "xx")])
def test_an_unknown_language_names_the_known_ones(
    tiny: LexiconService, source: str, target: str
) -> None:
    with pytest.raises(UnknownLanguage, match=r"'xx'; known: en, fr, hi, kn"):
        similarity(tiny, "water", "eau", source, target)


def test_an_unknown_encoder_names_the_known_ones(tiny: LexiconService) -> None:
    with pytest.raises(
        UnknownEncoder, match=r"'nope'; known: bloom-1b7, bloom-560m, embedded, labse"
    ):
        similarity(tiny, "water", "eau", "en", "fr", "nope")


def test_a_language_without_words_is_refused(tiny: LexiconService) -> None:
    with pytest.raises(NoWords, match=r"language 'hi'"):
        similarity(tiny, "water", "पानी", "en", "hi")
