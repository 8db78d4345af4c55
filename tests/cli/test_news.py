"""Words that are written and searched for at once, without a build in between."""

import pytest

from indexer import delta
from indexer.service import LexiconService
from tests.cli.terminal import as_csv, as_json, invoke, output
from tests.conftest import AxisEncoder

TEA = ("-w", "en=tea", "-w", "fr=thé", "-w", "kn=ಚಹಾ", "--gloss", "hot drink")


def found(text: str, source: str = "en", target: str = "kn") -> list[str]:
    """Translations that the lexicon knows."""
    answer = as_json("search", text, "--from", source, "--to", target)
    return [result["lemma"] for result in answer["results"] if result["known_translation"]]


def everything(target: str) -> set[str]:
    """Every form that a search for an unknown text gives."""
    answer = as_json("search", "nowhere", "--from", "en", "--to", target, "-k", "100")
    return {result["lemma"] for result in answer["results"]}


def test_a_word_is_found_as_soon_as_it_was_added_and_no_more_once_it_was_removed(
    tiny: LexiconService, axis: AxisEncoder
) -> None:
    output("words", "add", *TEA)
    assert (found("tea"), found("thé", "fr", "en")) == (["ಚಹಾ"], ["tea"])
    axis.encoded = 0
    assert found("ಚಹಾ", "kn", "fr") == ["thé"]
    assert axis.encoded == 0
    assert {row["state"] for row in as_csv("status")} == {"current"}
    output("words", "remove", "tea.noun.1")
    assert "ಚಹಾ" not in everything("kn")
    assert found("water") == ["ನೀರು", "ಜಲ"]
    assert {row["state"] for row in as_csv("status")} == {"current"}


def test_a_word_that_is_changed_is_found_as_it_is_now(tiny: LexiconService) -> None:
    output("words", "edit", "water.noun.1", "--add", "kn=ಸಲಿಲ", "--remove", "kn=ಜಲ")
    assert found("water") == ["ನೀರು", "ಸಲಿಲ"]
    assert everything("kn") >= {"ಸಲಿಲ", "ನೀರು"}
    assert "ಜಲ" not in everything("kn")


def test_a_word_that_was_removed_and_added_again_is_found(tiny: LexiconService) -> None:
    output("words", "remove", "run.verb.1")
    assert "courir" not in everything("fr")
    output("words", "add", "-w", "en=run", "-w", "fr=courir", "--pos", "verb", "--gloss", "g")
    assert found("run", "en", "fr") == ["courir"]


def test_many_words_are_built_at_once(tiny: LexiconService) -> None:
    words = "|".join(f"w{n}" for n in range(51))
    result = invoke("words", "add", "-w", f"en={words}", "--gloss", "g")
    assert "index   axis: built en 55 forms\n" in result.stderr
    assert {row["rows"] for row in as_csv("status")} == {"55", "4", "5"}


def test_a_search_says_how_many_words_it_does_not_see_yet(
    tiny: LexiconService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delta, "FEW", 0)
    added = invoke("words", "add", "-w", "kn=ಚಹಾ|ಟೀ", "--gloss", "hot drink")
    assert added.stderr == (
        "note: axis: 2 forms have no vector yet; all are found by their spelling; "
        "to search by meaning run: lexicon index build\n"
    )
    result = invoke("search", "water", "--from", "en", "--to", "kn")
    assert result.stderr == (
        "note: 2 words of 'kn' came since the index of 'axis' was built and are not among these; "
        "take them in with: lexicon index build --encoder axis\n"
    )
    assert as_json("search", "water", "--from", "en", "--to", "kn")["pending"] == 2
    output("index", "build")
    assert invoke("search", "water", "--from", "en", "--to", "kn").stderr == ""
    assert "ಟೀ" in everything("kn")
