"""A word and its translations, over the tiny lexicon."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer.alignment.similarities import Chance, Similarities, Word, similarities
from indexer.build import build
from indexer.plots.canvas import Ruler, sheet, style
from indexer.plots.word import WordPicture
from indexer.service import LexiconService
from lexicon.errors import InvalidInput, UnknownLanguage
from lexicon.settings import Settings
from lexicon.store import Sessions
from tests.conftest import TINY, AxisEncoder, fill
from tests.indexer.plots.drawn import require_drawn
from tests.indexer.worlds import entry, world

HALF = 0.5**0.5


def named(found: Similarities) -> list[str]:
    return [f"{word.text} {word.language}" for word in found.words]


def test_every_translation_by_language_and_choice(tiny: LexiconService) -> None:
    found = similarities(tiny, "water", "en")
    assert named(found) == ["water en", "eau fr", "ನೀರು kn", "ಜಲ kn"]
    assert found.cosine.tolist() == np.ones((4, 4)).tolist()
    assert found.glosses == ("clear liquid",)
    assert (found.encoder, found.memorised, found.left_out, found.pending) == ("axis", False, 0, 0)
    # Between languages, once each; in this world nothing but translations is alike.
    assert found.chance == (
        Chance("en", "fr", 0.0), Chance("en", "kn", 0.0), Chance("fr", "kn", 0.0)
    )  # fmt: skip


def test_an_ambiguous_word_has_the_translations_of_all_its_senses(tiny: LexiconService) -> None:
    found = similarities(tiny, "Bank", "en", targets=["kn", "fr", "kn", "en"])
    assert named(found) == ["bank en", "ದಡ kn", "ಬ್ಯಾಂಕ್ kn", "rive fr", "banque fr"]
    assert found.cosine[0].tolist() == pytest.approx([1, HALF, HALF, HALF, HALF], abs=1e-3)
    assert found.cosine[1].tolist() == pytest.approx([HALF, 1, 0, 1, 0], abs=1e-3)
    assert found.glosses == ("land beside a river", "house that keeps money")
    one = similarities(tiny, "bank", "en", concept="bank.noun.2")
    assert named(one) == ["bank en", "banque fr", "ಬ್ಯಾಂಕ್ kn"]
    assert named(similarities(tiny, "run", "en", pos="verb")) == ["run en", "courir fr", "ಓಡು kn"]


def test_first_choices_of_all_senses_come_before_second_ones(
    settings: Settings, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [entry("one", en="x", fr="a|b"), entry("two", en="x", fr="c|a")]
    service = world(settings, sessions, monkeypatch, entries, {"fr": {"a": [1, 0, 0, 0]}})
    found = similarities(service, "x", "en", most=2)
    assert named(found) == ["x en", "a fr", "c fr"]
    assert found.left_out == 1
    assert [word.covered for word in found.words] == [False, True, False]
    # Every pair is a translation, so that none is a random one.
    assert found.chance == ()
    notes = WordPicture(found).notes
    nothing = "There are no random pairs of the same part of speech to compare it with."
    assert notes == [
        f"Cosine under axis. {nothing}",
        "* Not in the encoder's vocabulary: guessed from its spelling.",
        "Translations left out: 1.",
    ]
    assert list(WordPicture(found).words())[:3] == ["x* en", "a fr", "c* fr"]


def test_words_without_a_vector_are_counted(
    service: LexiconService, sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.delta.FEW", 0)
    fill(sessions, [*TINY, entry("liquid.noun.1", en="water", fr="liquide", kn="ದ್ರವ")])
    found = similarities(service, "water", "en")
    assert named(found) == ["water en", "eau fr", "ನೀರು kn", "ಜಲ kn"]
    assert found.pending == 2
    assert "Translations without a vector until the next build: 2." in WordPicture(found).notes
    with pytest.raises(InvalidInput, match=r"'water' \(en\) has no translation"):
        similarities(service, "water", "en", concept="liquid.noun.1")


def test_an_encoder_that_remembers_is_said(
    service: LexiconService, sessions: Sessions, axis: AxisEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(axis, "spec", replace(axis.spec, trained_on="this lexicon"))
    build(sessions, service.generations, axis)
    notes = WordPicture(similarities(service, "water", "en")).notes
    assert notes[1] == "axis was trained on this lexicon: this is what it remembers."


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"text": "brook"}, "'brook' (en) is not in the lexicon; give a word that it holds"),
        ({"text": "watre"}, "'watre' (en) is not in the lexicon; did you mean water (spelling)?"),
        ({"text": "bank", "pos": "verb"}, "no sense that is verb; it has: bank.noun.1 (noun)"),
        ({"text": "bank", "pos": "noun", "concept": "x"}, "no sense that is noun and 'x'; it has"),
        ({"text": "bank", "pos": "thing"}, "thing"),
        ({"text": "bank", "most": 0}, "0 translations are none; give at least 1"),
        ({"text": "bank", "targets": ["hi"]}, "has no translation into hi in the lexicon"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked(tiny: LexiconService, asked: dict[str, str], said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        similarities(tiny, language="en", **asked)  # type: ignore[arg-type]
    assert said in str(refused.value)
    with pytest.raises(UnknownLanguage):
        similarities(tiny, "water", "xx")


LIGHT = Similarities(
    (Word("light", "en", True), Word("lumière", "fr", True), Word("léger", "fr", False)),
    np.array([[1.0, 0.985, 0.98], [0.985, 1.0, 0.979], [0.98, 0.979, 1.0]]),
    (Chance("en", "fr", 0.979),),
    ("what the eye sees by", "of little weight"),
    "anisotropic",
    False,
)


def test_the_picture_begins_where_random_pairs_are(tmp_path: Path) -> None:
    picture = WordPicture(LIGHT)
    said = require_drawn(picture, tmp_path, 3.3)
    assert '"zmin":0.979,"zmax":1.0' in said
    assert "light en ~ lumière fr<br>cosine 0.9850" in said.replace("\\u003c", "<")
    assert '<th scope="col" lang="fr">lumière</th>' in said
    assert picture.title == "light (en): what the eye sees by; of little weight"
    assert picture.notes[0] == "Cosine under anisotropic. Random pairs score en–fr 0.98 on average."


def test_many_languages_have_a_range_of_random_cosines() -> None:
    chance = tuple(Chance("en", f"l{n}", n / 10) for n in range(1, 8))
    picture = WordPicture(replace(LIGHT, chance=chance))
    assert picture.notes[0].endswith("Random pairs score 0.10 to 0.70 on average.")


def test_long_words_slant_and_keep_to_the_page() -> None:
    first, *others = (Word(f"{'m' * n} {n}", "en", True) for n in (30, 2, 3))
    with style(["DejaVu Sans"]):
        ruler = Ruler()
        figures = []
        for words in ((first, *others), (*others, first)):
            body = WordPicture(replace(LIGHT, words=words)).body(ruler, 6)
            figure = sheet(ruler, body, "", ())
            figure.draw_without_rendering()
            grid = figure.axes[0]
            labels = grid.get_xticklabels()
            assert {label.get_rotation() for label in labels} == {45}
            page = figure.bbox
            for label in (*labels, *grid.get_yticklabels()):
                box = label.get_window_extent()
                assert page.x0 <= box.x0 < box.x1 <= page.x1
                assert page.y0 <= box.y0 < box.y1 <= page.y1
            figures.append(body.width)
    assert figures[0] == pytest.approx(figures[1])


def test_a_picture_too_narrow_for_its_numbers_is_refused() -> None:
    words = tuple(Word(f"w{n}", "en", True) for n in range(30))
    many = replace(LIGHT, words=words, cosine=np.ones((30, 30)))
    with style(["DejaVu Sans"]), pytest.raises(InvalidInput) as refused:
        WordPicture(many).body(Ruler(), 3.2)
    assert str(refused.value) == (
        "its numbers cannot be read on 3.2 inches; show fewer translations with -k, "
        "or make it wider with --width"
    )


def test_all_four_languages(
    indic_fonts: tuple[str, ...], tiny: LexiconService, tmp_path: Path
) -> None:
    said = require_drawn(WordPicture(similarities(tiny, "bank", "en")), tmp_path)
    assert '<th scope="row" lang="kn">ಬ್ಯಾಂಕ್</th>' in said
