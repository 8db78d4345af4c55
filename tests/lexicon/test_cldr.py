"""Names of the CLDR in the four languages."""

from collections import Counter
from typing import ClassVar

import pytest

from lexicon import cldr
from lexicon.entries import ConceptEntry, checked
from lexicon.languages import SEED, script_of
from lexicon.normalize import search_key


@pytest.fixture(scope="module")
def entries() -> dict[str, ConceptEntry]:
    return {entry.key: entry for entry in cldr.entries()}


def test_the_version_is_a_number() -> None:
    assert int(cldr.version().split(".")[0]) >= 42


@pytest.mark.parametrize(
    ("key", "names"),
    [
        ("territory.IN", ("India", "Inde", "भारत", "ಭಾರತ")),
        ("territory.FR", ("France", "France", "फ़्रांस", "ಫ್ರಾನ್ಸ್")),
        ("language.kn", ("Kannada", "kannada", "कन्नड़", "ಕನ್ನಡ")),
        ("month.01", ("January", "janvier", "जनवरी", "ಜನವರಿ")),
        ("weekday.monday", ("Monday", "lundi", "सोमवार", "ಸೋಮವಾರ")),
        ("weekday.sunday", ("Sunday", "dimanche", "रविवार", "ಭಾನುವಾರ")),
    ],
)
def test_a_name_is_there_in_all_four_languages(
    entries: dict[str, ConceptEntry], key: str, names: tuple[str, ...]
) -> None:
    assert tuple(entries[key].forms.values()) == tuple((name,) for name in names)
    assert entries[key].pos == "propn"
    assert entries[key].field == key.split(".")[0]


def test_all_months_and_weekdays_are_there(entries: dict[str, ConceptEntry]) -> None:
    fields = Counter(entry.field for entry in entries.values())
    assert set(fields) == {"territory", "language", "month", "weekday"}
    assert (fields["month"], fields["weekday"]) == (12, 7)
    assert {key for key in entries if key.startswith("month.")} == {
        f"month.{number:02}" for number in range(1, 13)
    }


def test_keys_are_unique(entries: dict[str, ConceptEntry]) -> None:
    assert len(list(cldr.entries())) == len(entries)


def test_every_entry_has_one_name_in_each_language(entries: dict[str, ConceptEntry]) -> None:
    codes = [seed.code for seed in SEED]
    for entry in entries.values():
        assert list(entry.forms) == codes
        assert {len(forms) for forms in entry.forms.values()} == {1}


def test_every_name_passes_the_door_unchanged(entries: dict[str, ConceptEntry]) -> None:
    for entry in entries.values():
        cells = {code: "|".join(forms) for code, forms in entry.forms.items()}
        assert checked(entry.key, entry.pos, entry.field, entry.gloss, cells) == entry


@pytest.mark.parametrize(("code", "script"), [("hi", "Deva"), ("kn", "Knda")])
def test_no_name_was_left_in_english(
    entries: dict[str, ConceptEntry], code: str, script: str
) -> None:
    names = [entry.forms[code][0] for entry in entries.values()]
    assert [name for name in names if script_of(name) != script] == []


def test_a_description_is_not_a_name(entries: dict[str, ConceptEntry]) -> None:
    for entry in entries.values():
        for [name] in entry.forms.values():
            assert not set(name) & set("0123456789(),&[]/|")
    assert "territory.BA" not in entries


def test_what_stands_for_no_place_and_no_language_is_not_a_name(
    entries: dict[str, ConceptEntry],
) -> None:
    special = {"territory.ZZ", "territory.XA", "territory.XB"}
    special |= {"language.und", "language.mul", "language.zxx"}
    assert special & set(entries) == set()


def test_no_two_entries_have_the_same_names(entries: dict[str, ConceptEntry]) -> None:
    names = Counter(
        tuple(search_key(form) for [form] in entry.forms.values()) for entry in entries.values()
    )
    assert names.most_common(1)[0][1] == 1


class FourLocales:
    """A CLDR of six territories, and no months or weekdays."""

    NAMES: ClassVar[dict[str, dict[str, str]]] = {
        "en": {"FR": "France", "F2": "FRANCE", "BA": "B & H", "US": "U2", "XX": "Xx", "YY": "Yy"},
        "fr": {"FR": "France", "F2": "france", "BA": "BH", "US": "US", "XX": "Xx", "YY": "Yy"},
        "hi": {"FR": "फ़्रांस", "F2": "फ़्रांस", "BA": "ब", "US": "अ", "XX": "xx", "YY": "य"},
        "kn": {"FR": "ಫ್ರಾನ್ಸ್", "F2": "ಫ್ರಾನ್ಸ್\u200c", "BA": "ಬ", "US": "ಅ", "XX": "ಕ"},
    }
    languages: ClassVar[dict[str, str]] = {}
    months: ClassVar[dict[str, dict[str, dict[int, str]]]] = {"stand-alone": {"wide": {}}}
    days = months

    def __init__(self, code: str) -> None:
        self.territories = self.NAMES[code]

    @classmethod
    def parse(cls, code: str) -> "FourLocales":
        return cls(code)


def test_names_are_left_out_that_repeat_describe_stay_english_or_are_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cldr, "Locale", FourLocales)
    [france] = cldr.entries()
    assert france.key == "territory.F2"
    assert france.forms["kn"] == ("ಫ್ರಾನ್ಸ್\u200c",)
