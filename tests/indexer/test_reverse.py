"""The reverse dictionary over the tiny lexicon, read by the embedded encoder."""

import pytest

from indexer.encoders import registry
from indexer.encoders.embedded.encoder import EmbeddedEncoder
from indexer.reverse import ReverseDictionary
from indexer.service import LexiconService
from lexicon import meanings
from lexicon.entries import checked
from lexicon.errors import InvalidInput, NoWords, UnknownLanguage
from tests.conftest import TINY, fill

BED = checked("bed.noun.1", "noun", "house", "furniture one sleeps in", {"en": "bed", "fr": "lit"})


@pytest.fixture(scope="module")
def embedded() -> EmbeddedEncoder:
    return EmbeddedEncoder()


@pytest.fixture(autouse=True)
def one_encoder(embedded: EmbeddedEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its 20 MB are read once."""
    monkeypatch.setitem(registry.NAMED, "embedded", lambda _settings: embedded)


def found(
    service: LexiconService, text: str, source: str = "en", target: str = "kn", k: int = 10
) -> list[tuple[str, list[str]]]:
    answer = ReverseDictionary(service).find(text, source, target, k)
    return [(one.concept.key, one.words) for one in answer.results]


def test_a_definition_finds_the_words_of_its_meaning(service: LexiconService) -> None:
    assert found(service, "a house for money", k=1) == [("bank.noun.2", ["ಬ್ಯಾಂಕ್"])]
    assert found(service, "liquid", k=1) == [("water.noun.1", ["ನೀರು", "ಜಲ"])]
    assert found(service, "liquid", target="en", k=1) == [("water.noun.1", ["water"])]
    assert found(service, "rivière", "fr", "fr", k=1) == [("bank.noun.1", ["rive"])]


def test_only_meanings_with_words_of_the_language_are_found(service: LexiconService) -> None:
    assert len(found(service, "liquid", target="fr")) == len(TINY)
    assert found(service, "liquid", target="hi") == []


def test_every_cosine_comes_with_the_mean(service: LexiconService) -> None:
    answer = ReverseDictionary(service).find("clear liquid, zxqv", "en", "fr")
    cosine = [one.cosine for one in answer.results]
    assert cosine == sorted(cosine, reverse=True)
    assert answer.mean_cosine == pytest.approx(sum(cosine) / len(TINY), abs=1e-6)
    assert (answer.encoder, answer.query.covered) == ("embedded", False)
    assert ReverseDictionary(service).find("water", "en", "fr").query.covered


def test_what_is_written_is_found(service: LexiconService) -> None:
    dictionary = ReverseDictionary(service)
    asked = ("furniture to sleep in", "en", "fr", 1)
    assert dictionary.find(*asked).results[0].concept.key != "bed.noun.1"
    fill(service.sessions, (*TINY, BED))
    assert dictionary.find(*asked).results[0].words == ["lit"]


def test_while_it_is_read_again_others_are_answered_from_what_was_there(
    service: LexiconService,
) -> None:
    dictionary = ReverseDictionary(service)
    before = dictionary.find("furniture to sleep in", "en", "fr", 1)
    fill(service.sessions, (*TINY, BED))
    with dictionary._lock:
        assert dictionary.find("furniture to sleep in", "en", "fr", 1) == before


@pytest.mark.parametrize(
    ("text", "k", "message"),
    [
        ("water", 0, "k=0 is not between 1 and 100"),
        ("water", 101, "k=101 is not between 1 and 100"),
        (" ", 1, "empty definition ' '"),
        ("…", 1, "definition '…' has no word; give at least one"),
    ],
)
def test_what_cannot_be_answered_is_refused(
    service: LexiconService, text: str, k: int, message: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        ReverseDictionary(service).find(text, "en", "fr", k)
    assert str(refused.value).startswith(message)


def test_unknown_languages_are_refused(service: LexiconService) -> None:
    for source, target in (("xx", "en"), ("en", "xx")):
        with pytest.raises(UnknownLanguage, match="unknown language 'xx'"):
            ReverseDictionary(service).find("water", source, target)


def test_an_empty_lexicon_has_no_meanings(service: LexiconService) -> None:
    fill(service.sessions, ())
    with pytest.raises(NoWords):
        ReverseDictionary(service).find("water", "en", "fr")


def test_words_come_by_rank_and_once(service: LexiconService) -> None:
    with service.sessions() as session:
        said = {one.key: one for one in meanings.said(session, "en")}
        assert list(said) == sorted(said)
        assert said["bank.noun.1"].lemmas == ("bank", "shore")
        number = said["bank.noun.1"].concept_id
        assert meanings.words(session, "kn", [number]) == {number: ["ದಡ"]}
        assert meanings.words(session, "hi", [number]) == {}
