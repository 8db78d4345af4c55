"""How common words are: read from a file, measured by a library that may be absent."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from lexicon import bundled, frequencies
from lexicon.errors import ExtraMissing
from tests.conftest import TINY


def test_the_file_is_read_by_language_and_lemma(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "zipf.tsv"
    file.write_text('language\tlemma\tzipf\nen\twater\t5.5\nfr\t"eau\t5\n', encoding="utf-8")
    monkeypatch.setattr(frequencies, "FILE", file)
    assert frequencies.load() == {("en", "water"): 5.5, ("fr", '"eau'): 5.0}


def test_the_bundled_values_are_on_the_zipf_scale() -> None:
    found = frequencies.load()
    assert {language for language, _ in found} <= set(frequencies.LANGUAGES)
    assert all(0 < value < 9 for value in found.values())
    assert found["en", "water"] > found["en", "antelope"]


def test_words_that_were_seen_are_measured_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    def zipf_frequency(lemma: str, language: str) -> float:
        return 0.0 if lemma == "rive" else len(lemma) + (language == "fr") / 2

    monkeypatch.setitem(sys.modules, "wordfreq", SimpleNamespace(zipf_frequency=zipf_frequency))
    monkeypatch.setattr(bundled, "everything", lambda: iter(TINY))
    assert list(frequencies.measure()) == [
        ("en", "bank", 4.0),
        ("en", "run", 3.0),
        ("en", "shore", 5.0),
        ("en", "water", 5.0),
        ("fr", "banque", 6.5),
        ("fr", "courir", 6.5),
        ("fr", "eau", 3.5),
    ]


def test_measuring_without_the_library_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wordfreq", None)
    with pytest.raises(ExtraMissing, match=r"measuring frequencies needs the extra 'distil'"):
        list(frequencies.measure())
