"""How ``lexicon search`` says which words were perhaps meant."""

from indexer.service import LexiconService
from tests.cli.terminal import as_json, invoke, output


def add(*forms: str) -> None:
    options = [part for form in forms for part in ("-w", form)]
    output("words", "add", *options, "--gloss", "clear liquid")


def test_a_note_names_the_word_that_was_meant(tiny: LexiconService) -> None:
    add("en=water", "hi=पानी")
    output("index", "build")
    result = invoke("search", "paani", "--from", "hi", "--to", "en")
    assert result.exception is None
    assert result.stderr.splitlines()[-1] == (
        "note: 'paani' is not in the lexicon; did you mean पानी (hi, romanised)?"
    )
    assert "water" in result.stdout


def test_json_lists_the_words_that_were_meant(tiny: LexiconService) -> None:
    found = as_json("search", "watre", "--from", "en", "--to", "fr")
    assert found["suggestions"] == [{"lemma": "water", "language": "en", "kind": "spelling"}]
    assert [one["lemma"] for one in found["results"]] == ["banque", "courir", "eau", "rive"]
    found = as_json("search", "neeru", "--from", "kn", "--to", "fr")
    assert found["suggestions"] == [{"lemma": "ನೀರು", "language": "kn", "kind": "romanised"}]


def test_a_word_of_the_lexicon_and_a_long_text_suggest_nothing(tiny: LexiconService) -> None:
    add("en=later")
    for text in ("water", "Water", "a clear liquid that falls from the sky as rain"):
        assert as_json("search", text, "--from", "en", "--to", "fr")["suggestions"] == []
        result = invoke("search", text, "--from", "en", "--to", "fr")
        assert "did you mean" not in result.stderr


def test_csv_is_as_it_was(tiny: LexiconService) -> None:
    header = output("search", "watre", "--from", "en", "--to", "fr", "-f", "csv").splitlines()[0]
    assert "suggestions" not in header
