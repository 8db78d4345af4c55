"""Dictionaries of word pairs: to which concept a pair belongs, and that nothing is guessed."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import delete

from lexicon import browse, edits, store
from lexicon.entries import ConceptEntry, checked
from lexicon.ingest.report import IngestReport
from lexicon.models import Base
from tests.conftest import fill
from tests.lexicon.importing import counts, file, held, lemmas, owners, reasons, run, seed, table
from tests.lexicon.snapshot import everything

KNOWN = (
    checked("water.noun.1", "noun", "w", "liquid", {"en": "water", "fr": "eau", "kn": "ನೀರು"}),
    checked("bank.noun.1", "noun", "l", "land", {"en": "bank|shore", "fr": "rive", "kn": "ದಡ"}),
    checked("bank.noun.2", "noun", "m", "money house", {"en": "bank", "fr": "banque"}),
    checked("light.noun.1", "noun", "p", "brightness", {"en": "light", "fr": "lumière"}),
    checked("light.adj.1", "adj", "p", "of little weight", {"en": "light", "fr": "léger"}),
    checked("chat.noun.1", "noun", "c", "friendly talk", {"en": "chat", "fr": "causerie"}),
    checked("cat.noun.1", "noun", "a", "small feline", {"en": "cat", "fr": "chat"}),
)
BEFORE = {
    entry.key: {code: "|".join(forms) for code, forms in entry.forms.items()} for entry in KNOWN
}


@pytest.fixture
def known(sessions: store.Sessions) -> store.Sessions:
    """Words of several senses, in English, French and Kannada."""
    fill(sessions, KNOWN)
    return sessions


def pairs(
    sessions: store.Sessions,
    folder: Path,
    text: str,
    languages: tuple[str, str] = ("en", "fr"),
    **options: object,
) -> IngestReport:
    """Import lines of pairs as the source ``pairs``."""
    lines = "\n".join(line.strip(" ") for line in text.strip().split("\n"))
    path = file(folder, "pairs.txt", lines + "\n")
    return run(sessions, path, form="muse", languages=languages, **options)


def brought(sessions: store.Sessions) -> dict[str, dict[str, str]]:
    """The concepts that are others than before."""
    return {key: forms for key, forms in held(sessions).items() if BEFORE.get(key) != forms}


@pytest.mark.parametrize(
    "pair", ["bank rive", "bank banque", "light léger", "cat chat", "WATER Eau", "shore RIVE"]
)
def test_words_that_share_a_concept_say_nothing_new(
    known: store.Sessions, tmp_path: Path, pair: str
) -> None:
    before = {name: rows for name, rows in everything(known).items() if name != "source"}
    assert counts(pairs(known, tmp_path, pair)) == {"unchanged": 1}
    assert {name: rows for name, rows in everything(known).items() if name != "source"} == before


def test_the_other_word_joins_the_one_sense_of_the_english_word(
    known: store.Sessions, tmp_path: Path
) -> None:
    assert counts(pairs(known, tmp_path, "water flotte\nshore bord")) == {"added": 2}
    assert brought(known) == {
        "water.noun.1": {"en": "water", "fr": "eau|flotte", "kn": "ನೀರು"},
        "bank.noun.1": {"en": "bank|shore", "fr": "rive|bord", "kn": "ದಡ"},
    }
    assert set(owners(known).values()) == {"tiny"}


def test_the_one_sense_of_the_english_word_comes_before_that_of_the_other(
    known: store.Sessions, tmp_path: Path
) -> None:
    # Both have exactly one sense: *causerie* comes to the cat, not *cat* to the talk.
    assert counts(pairs(known, tmp_path, "cat causerie")) == {"added": 1}
    assert brought(known) == {"cat.noun.1": {"en": "cat", "fr": "chat|causerie"}}


@pytest.mark.parametrize("pair", ["embankment rive", "bank chat", "light banque"])
def test_else_the_english_word_joins_the_one_sense_of_the_other(
    known: store.Sessions, tmp_path: Path, pair: str
) -> None:
    english, french = pair.split()
    assert counts(pairs(known, tmp_path, pair)) == {"added": 1}
    [key] = [one.key for one in KNOWN if french in one.forms["fr"]]
    changed = BEFORE[key] | {"en": f"{BEFORE[key]['en']}|{english}"}
    assert brought(known) == {key: changed}


@pytest.mark.parametrize("pair", ["bank banc", "light feu", "ice glace", "bank lumiere"])
def test_else_a_pair_is_an_unsensed_concept_of_its_own(
    known: store.Sessions, tmp_path: Path, pair: str
) -> None:
    english, french = pair.split()
    assert counts(pairs(known, tmp_path, pair)) == {"added": 1}
    key = f"pair.en.{english}.fr.{french}"
    assert brought(known) == {key: {"en": english, "fr": french}}
    with known() as session:
        assert browse.concept_entry(session, key) == ConceptEntry(
            key,
            "x",
            "unsensed",
            f"{english} = {french}",
            {"en": (english,), "fr": (french,)},
            unsensed=True,
        )


def test_unsensed_concepts_of_another_source_are_no_senses(
    known: store.Sessions, tmp_path: Path
) -> None:
    pairs(known, tmp_path, "ice glace", source="first")
    assert counts(pairs(known, tmp_path, "ice verglas\nice glace")) == {"added": 1, "unchanged": 1}
    assert brought(known) == {
        "pair.en.ice.fr.glace": {"en": "ice", "fr": "glace"},
        "pair.en.ice.fr.verglas": {"en": "ice", "fr": "verglas"},
    }


def test_a_part_of_speech_leaves_only_its_senses_to_choose_from(
    known: store.Sessions, tmp_path: Path
) -> None:
    assert counts(pairs(known, tmp_path, "light clarté", pos="noun", source="a")) == {"added": 1}
    assert counts(pairs(known, tmp_path, "light facile", pos="adj", source="b")) == {"added": 1}
    assert counts(pairs(known, tmp_path, "light feu", pos="verb", source="c")) == {"added": 1}
    assert counts(pairs(known, tmp_path, "light lumière", pos="adj", source="d")) == {"added": 1}
    assert brought(known) == {
        "light.noun.1": {"en": "light", "fr": "lumière|clarté"},
        "light.adj.1": {"en": "light", "fr": "léger|facile|lumière"},
        "pair.en.light.fr.feu": {"en": "light", "fr": "feu"},
    }
    with known() as session:
        assert browse.concept_entry(session, "pair.en.light.fr.feu").pos == "verb"


def test_repeated_lines_count_as_unchanged(known: store.Sessions, tmp_path: Path) -> None:
    text = "water flotte\nice glace\nwater flotte\nice\tglace\nIce glace"
    assert counts(pairs(known, tmp_path, text)) == {"added": 3, "unchanged": 2}
    assert counts(pairs(known, tmp_path, text)) == {"unchanged": 5}
    assert brought(known) == {
        "water.noun.1": {"en": "water", "fr": "eau|flotte", "kn": "ನೀರು"},
        "pair.en.ice.fr.glace": {"en": "ice", "fr": "glace"},
        "pair.en.Ice.fr.glace": {"en": "Ice", "fr": "glace"},
    }


def test_words_are_compared_without_case(known: store.Sessions, tmp_path: Path) -> None:
    assert counts(pairs(known, tmp_path, "WATER Flotte\nstrand RIVE")) == {"added": 2}
    assert brought(known) == {
        "water.noun.1": {"en": "water", "fr": "eau|Flotte", "kn": "ನೀರು"},
        "bank.noun.1": {"en": "bank|shore|strand", "fr": "rive", "kn": "ದಡ"},
    }


def test_pairs_without_english_start_from_the_first_word(
    known: store.Sessions, tmp_path: Path
) -> None:
    text = "eau ಜಲ\nbanque ಬ್ಯಾಂಕ್\nglace ಮಂಜು\nberge ದಡ"
    assert counts(pairs(known, tmp_path, text, ("fr", "kn"))) == {"added": 4}
    assert brought(known) == {
        "water.noun.1": {"en": "water", "fr": "eau", "kn": "ನೀರು|ಜಲ"},
        "bank.noun.2": {"en": "bank", "fr": "banque", "kn": "ಬ್ಯಾಂಕ್"},
        "bank.noun.1": {"en": "bank|shore", "fr": "rive|berge", "kn": "ದಡ"},
        "pair.fr.glace.kn.ಮಂಜು": {"fr": "glace", "kn": "ಮಂಜು"},
    }


def test_english_is_looked_at_first_wherever_it_stands(
    known: store.Sessions, tmp_path: Path
) -> None:
    assert counts(pairs(known, tmp_path, "causerie cat", ("fr", "en"))) == {"added": 1}
    assert brought(known) == {"cat.noun.1": {"en": "cat", "fr": "chat|causerie"}}


def test_tabs_separate_phrases_and_a_header_is_no_pair(
    known: store.Sessions, tmp_path: Path
) -> None:
    text = "src\ttgt\nwater\teau de source\nice cold\tglacé\nwater  rain"
    report = pairs(known, tmp_path, text)
    assert counts(report) == {"added": 3}
    assert brought(known) == {
        "water.noun.1": {"en": "water", "fr": "eau|eau de source|rain", "kn": "ನೀರು"},
        "pair.en.ice cold.fr.glacé": {"en": "ice cold", "fr": "glacé"},
    }


def test_lines_that_are_no_pair_are_rejected(known: store.Sessions, tmp_path: Path) -> None:
    report = pairs(known, tmp_path, "water flotte\nice cold glacé\nwater\nводa eau\nice\t\u200b")
    assert counts(report) == {"added": 1, "rejected": 4}
    remedy = "write it in Latn, or import with --any-script"
    assert reasons(report) == [
        (2, "3 columns, not 2; separate phrases by a tab"),
        (3, "1 column, not 2; separate phrases by a tab"),
        (4, f"en form 'водa' mixes scripts within a word; {remedy}"),
        (5, "empty word '\\u200b'; give at least one letter"),
    ]
    assert counts(pairs(known, tmp_path, "вода eau", any_script=True)) == {"added": 1}
    assert held(known)["water.noun.1"]["en"] == "water|вода"


MANY = (
    "water flotte",
    "Water flotte",
    "shore bord",
    "bank banc",
    "bank rive",
    "light feu",
    "ice glace",
    "ice banque",
    "cat matou",
    "cat chat",
    "chat chat",
    "chat matou",
    "tomcat matou",
    "strand rive",
    "strand bord",
    "shore chat",
    "strand chat",
)


@pytest.mark.parametrize("replace", [False, True])
def test_the_same_file_again_changes_nothing(
    known: store.Sessions, tmp_path: Path, replace: bool
) -> None:
    first = pairs(known, tmp_path, "\n".join(MANY))
    before = everything(known)
    again = pairs(known, tmp_path, "\n".join(MANY), replace=replace)
    assert counts(again) == {"unchanged": len(MANY)}
    assert first.added + first.unchanged == len(MANY)
    assert everything(known) == before


def test_replace_takes_back_only_what_this_source_brought(
    known: store.Sessions, tmp_path: Path
) -> None:
    pairs(known, tmp_path, "water onde\nice glace", source="other")
    before = held(known)
    pairs(known, tmp_path, "\n".join(MANY))
    report = pairs(known, tmp_path, "cat chat", replace=True)
    assert report.unchanged == 1
    assert report.added == 0
    assert held(known) == before
    assert "fr:flotte" not in lemmas(known)


def test_replace_keeps_the_pairs_that_are_still_there(
    known: store.Sessions, tmp_path: Path
) -> None:
    pairs(known, tmp_path, "water flotte\nshore bord\nice glace\nbank banc")
    report = pairs(known, tmp_path, "shore bord\nbank banc", replace=True)
    assert counts(report) == {"unchanged": 2, "retired": 2}
    assert brought(known) == {
        "bank.noun.1": {"en": "bank|shore", "fr": "rive|bord", "kn": "ದಡ"},
        "pair.en.bank.fr.banc": {"en": "bank", "fr": "banc"},
    }


def test_removing_the_source_takes_all_of_it_back(known: store.Sessions, tmp_path: Path) -> None:
    before = lemmas(known)
    pairs(known, tmp_path, "\n".join(MANY))
    with store.writing(known) as session:
        edits.remove_source(session, "pairs")
    assert held(known) == BEFORE
    assert lemmas(known) == before


def test_a_concept_that_a_pair_holds_on_to_is_kept_on_replace(
    known: store.Sessions, tmp_path: Path
) -> None:
    rows = "concept,pos,field,gloss,en,fr\nsoup.noun.1,noun,f,food,soup,\n"
    table(known, tmp_path, rows, source="cook")
    pairs(known, tmp_path, "soup soupe")
    pairs(known, tmp_path, "soup ಸಾರು", ("en", "kn"), source="kannada")
    with store.writing(known) as session:
        edits.remove_source(session, "cook")
    assert held(known)["soup.noun.1"] == {"fr": "soupe", "kn": "ಸಾರು"}
    pairs(known, tmp_path, "soupe ಸಾರು", ("fr", "kn"), source="kannada", replace=True)
    assert held(known)["soup.noun.1"] == {"fr": "soupe", "kn": "ಸಾರು"}


class TestOrder:
    """The order of a file's lines, and what the file said before, are no part of its meaning."""

    @pytest.fixture
    def shared(
        self, sessions: store.Sessions, tmp_path_factory: pytest.TempPathFactory
    ) -> tuple[store.Sessions, Path]:
        return sessions, tmp_path_factory.mktemp("order")

    @staticmethod
    def renewed(sessions: store.Sessions) -> None:
        with store.writing(sessions) as session:
            for one in reversed(Base.metadata.sorted_tables):
                session.execute(delete(one))
        seed(sessions)
        fill(sessions, KNOWN)

    @staticmethod
    def said(sessions: store.Sessions) -> dict[str, dict[str, set[str]]]:
        """Without ranks: words that joined together have none among themselves."""
        return {
            key: {code: set(cell.split("|")) for code, cell in forms.items()}
            for key, forms in held(sessions).items()
        }

    @given(lines=st.permutations(MANY))
    @hypothesis_settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_lines_may_stand_in_any_order(
        self, shared: tuple[store.Sessions, Path], lines: list[str]
    ) -> None:
        sessions, folder = shared
        self.renewed(sessions)
        first = pairs(sessions, folder, "\n".join(MANY))
        expected = self.said(sessions)
        self.renewed(sessions)
        assert counts(pairs(sessions, folder, "\n".join(lines))) == counts(first)
        assert self.said(sessions) == expected
        assert counts(pairs(sessions, folder, "\n".join(MANY))) == {"unchanged": len(MANY)}

    @given(later=st.lists(st.sampled_from(MANY), unique=True, min_size=1))
    @example(later=["strand chat"])
    @example(later=["strand bord"])
    @hypothesis_settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    def test_replaced_by_a_part_is_as_if_only_that_had_ever_been_there(
        self, shared: tuple[store.Sessions, Path], later: list[str]
    ) -> None:
        sessions, folder = shared
        self.renewed(sessions)
        pairs(sessions, folder, "\n".join(later))
        expected = self.said(sessions)
        self.renewed(sessions)
        pairs(sessions, folder, "\n".join(MANY))
        pairs(sessions, folder, "\n".join(later), replace=True)
        assert self.said(sessions) == expected
