"""Which fonts are taken, out of tables that are made up."""

import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest

from indexer.plots import fonts
from indexer.plots.fonts import APPLE, Face, Glyphs, choose, glyphs_of, installed
from lexicon.errors import ExtraMissing, FontMissing

LATIN = "abcdefghijklmnopqrstuvwxyz.()0123456789 "
DEVANAGARI, KANNADA = "हिन्दीक्षण", "ಕನ್ನಡಕ್ಷ"


def glyphs(letters: str, *shapes: str) -> Glyphs:
    return Glyphs(frozenset(map(ord, letters)), frozenset(shapes))


NOTO = {
    "Noto Sans": glyphs(LATIN),
    "Noto Sans Devanagari": glyphs(DEVANAGARI, "dev2"),
    "Noto Sans Kannada": glyphs(KANNADA, "knda", "knd2"),
}
DEJAVU = {"DejaVu Sans": glyphs(LATIN + "→−", "latn")}


def chosen(tables: Mapping[str, Glyphs], *texts: str) -> tuple[str, ...]:
    faces = [Face(family, f"/{family}") for family in tables]
    return choose(texts, faces, lambda face: tables[face.family])


def test_each_script_has_its_family_latin_first() -> None:
    assert chosen({**DEJAVU, **NOTO}, "ಕನ್ನಡ (kn)", "हिन्दी") == tuple(NOTO)
    assert chosen({**DEJAVU, **NOTO}, "water") == ("Noto Sans",)


def test_numbers_alone_need_latin() -> None:
    assert chosen(NOTO, "0.5") == ("Noto Sans",)


def test_other_families_serve_where_the_best_are_not() -> None:
    tables = {
        **DEJAVU,
        "Tunga": glyphs(KANNADA, "knda"),
        "Akshar": glyphs(DEVANAGARI, "deva"),
        "Zebra": glyphs(DEVANAGARI, "deva"),
    }
    assert chosen(tables, DEVANAGARI, KANNADA) == ("DejaVu Sans", "Akshar", "Tunga")


def test_letters_without_the_rules_that_join_them_are_not_enough() -> None:
    plain = {**DEJAVU, "Noto Sans Kannada": glyphs(KANNADA)}
    with pytest.raises(FontMissing):
        chosen(plain, "ಕನ್ನಡ")
    assert chosen({**plain, "Apple": glyphs(KANNADA, APPLE)}, "ಕನ್ನಡ")[1] == "Apple"


def test_a_font_that_would_take_letters_from_the_one_that_joins_them_is_passed_over() -> None:
    tables = {**NOTO, **DEJAVU, "Noto Sans": glyphs(LATIN + DEVANAGARI)}
    assert chosen(tables, "हिन्दी a") == ("DejaVu Sans", "Noto Sans Devanagari")
    assert chosen(tables, "a") == ("Noto Sans",)


def test_a_font_that_lacks_one_letter_is_passed_over() -> None:
    tables = {
        **NOTO,
        "Noto Sans Kannada": glyphs("ಕ", "knd2"),
        "Lohit Kannada": NOTO["Noto Sans Kannada"],
    }
    assert chosen(tables, "ಕನ್ನಡ")[1] == "Lohit Kannada"


def test_a_script_without_a_font_is_refused_by_name() -> None:
    with pytest.raises(FontMissing) as refused:
        chosen({**DEJAVU, "Noto Sans Devanagari": NOTO["Noto Sans Devanagari"]}, "हिन्दी", "ಕನ್ನಡ")
    assert str(refused.value) == (
        "no installed font can show Kannada letters; install Noto Sans Kannada "
        "(on Debian and Ubuntu: apt install fonts-noto-core)"
    )
    with pytest.raises(FontMissing, match=r"CJK letters; install Noto Sans CJK .*fonts-noto-cjk"):
        chosen(DEJAVU, "水")


def test_signs_that_all_scripts_share_may_come_from_any_font() -> None:
    tables = {**NOTO, **DEJAVU}
    assert chosen(tables, "en→kn −0.1") == ("Noto Sans", "DejaVu Sans")
    with pytest.raises(FontMissing, match=r"can show '→' \(U\+2192\); install one that has it"):
        chosen(NOTO, "en→kn")


def test_joiners_are_obeyed_not_shown() -> None:
    assert chosen(NOTO, "ಕ್\u200dಷ ಕ್\u200cಷ")[1] == "Noto Sans Kannada"


# What is installed


def test_matplotlib_brings_a_font_and_its_boxes_are_none() -> None:
    found = {face.family: face for face in installed()}
    assert "DejaVu Sans" in found
    assert not [family for family in found if "Last Resort" in family]
    held = glyphs_of(found["DejaVu Sans"])
    assert ord("é") in held.characters
    assert held.shape("Latin")
    assert not held.shape("Kannada")
    assert glyphs_of(found["cmr10"]).shapes == set()


def test_a_file_that_is_gone_or_no_font_shows_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "bad.ttf"
    bad.write_bytes(b"not a font")
    for path in (bad, tmp_path / "gone.ttf"):
        assert glyphs_of(Face("Bad", str(path))) == Glyphs(frozenset())


def test_fonts_that_came_since_the_list_was_made_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added: list[str] = []

    def addfont(path: str) -> None:
        if path == "damaged":
            raise RuntimeError
        added.append(path)

    old = SimpleNamespace(name="DejaVu Sans", fname="old", style="normal", stretch="normal")
    manager = SimpleNamespace(ttflist=[old], addfont=addfont)
    monkeypatch.setattr(fonts, "_manager", lambda: manager)
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: ["old", "damaged"])
    tables = {**DEJAVU, "Tunga": NOTO["Noto Sans Kannada"]}
    monkeypatch.setattr(
        fonts, "installed", lambda: [Face("DejaVu Sans", ""), *(Face("Tunga", p) for p in added)]
    )
    monkeypatch.setattr(fonts, "glyphs_of", lambda face: tables[face.family])
    with pytest.raises(FontMissing):
        fonts.families(["ಕನ್ನಡ"])
    monkeypatch.setattr("matplotlib.font_manager.findSystemFonts", lambda: ["old", "new"])
    assert fonts.families(["ಕನ್ನಡ"]) == ("DejaVu Sans", "Tunga")


def test_without_the_extra_drawing_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib.font_manager", None)
    with pytest.raises(ExtraMissing, match=r"semantic-lexicon\[plots\]"):
        fonts.families(["a"])
