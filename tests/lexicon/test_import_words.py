"""Importing files of words: what is added, updated, left, retired and rejected."""

from pathlib import Path

import pytest

from lexicon import browse, queries, store
from lexicon.entries import ConceptEntry
from lexicon.errors import InvalidInput, UnknownLanguage
from lexicon.models import Language
from tests.conftest import TINY
from tests.lexicon.importing import (
    counts,
    file,
    held,
    lemmas,
    owners,
    reasons,
    run,
    table,
    written,
)
from tests.lexicon.snapshot import everything

BOTH = """
    concept,      pos,  field,  gloss,        en,    fr
    water.noun.1, noun, water,  clear liquid, water, eau|flotte
    bank.noun.2,  noun, money,  money house,  bank,  banque
    run.verb.1,   verb, motion, to move fast, run,   courir
"""


@pytest.fixture
def words(seeded: store.Sessions, tmp_path: Path) -> store.Sessions:
    """Three concepts of the source ``words``."""
    assert counts(table(seeded, tmp_path, BOTH)) == {"added": 3}
    return seeded


def changed(**rows: str) -> str:
    """``BOTH`` with other rows for some keys (``water`` for ``water.noun.1``)."""
    lines = BOTH.strip().split("\n")
    return "\n".join(rows.get(line.strip().partition(".")[0], line) for line in lines)


def without(*words: str) -> str:
    return "\n".join(
        line for line in BOTH.strip().split("\n") if line.strip().partition(".")[0] not in words
    )


@pytest.mark.parametrize("form", ["tsv", "csv", "jsonl", "wn-lmf"])
def test_a_file_brings_its_concepts_and_again_changes_nothing(
    seeded: store.Sessions, tmp_path: Path, form: str
) -> None:
    path = file(tmp_path, f"tiny.{form}", written(TINY, form))
    assert counts(run(seeded, path)) == {"added": 4}
    with seeded() as session:
        entries = {one.key: one for one in browse.concept_entries(session)}
    assert entries == {one.key: one for one in TINY}
    before = everything(seeded)
    for replace in (False, True):
        assert counts(run(seeded, path, replace=replace)) == {"unchanged": 4}
        assert everything(seeded) == before


def test_a_changed_row_is_updated_and_the_others_are_not_touched(
    words: store.Sessions, tmp_path: Path
) -> None:
    before = everything(words)
    rows = changed(water="water.noun.1, noun, water, transparent liquid, water, eau|flotte")
    assert counts(table(words, tmp_path, rows)) == {"updated": 1, "unchanged": 2}
    after = everything(words)
    assert {name for name in before if before[name] != after[name]} == {"concept", "source"}
    with words() as session:
        assert browse.concept_entry(session, "water.noun.1").gloss == "transparent liquid"


@pytest.mark.parametrize(
    ("cells", "forms"),
    [
        ("water, flotte|eau", {"en": "water", "fr": "flotte|eau"}),
        ("water, flotte", {"en": "water", "fr": "flotte"}),
        ("water|aqua, eau|flotte", {"en": "water|aqua", "fr": "eau|flotte"}),
        ("water, ", {"en": "water"}),
    ],
    ids=["order", "fewer", "more", "a language less"],
)
def test_changed_words_are_an_update(
    words: store.Sessions, tmp_path: Path, cells: str, forms: dict[str, str]
) -> None:
    rows = changed(water=f"water.noun.1, noun, water, clear liquid, {cells}")
    assert counts(table(words, tmp_path, rows)) == {"updated": 1, "unchanged": 2}
    assert held(words)["water.noun.1"] == forms
    written = {f"{code}:{one}" for code, cell in forms.items() for one in cell.split("|")}
    assert lemmas(words) == written | {"en:bank", "fr:banque", "en:run", "fr:courir"}


def test_without_replace_nothing_is_retired(words: store.Sessions, tmp_path: Path) -> None:
    before = held(words)
    assert counts(table(words, tmp_path, without("bank", "run"))) == {"unchanged": 1}
    assert held(words) == before


def test_replace_retires_what_the_file_lacks_and_words_that_nothing_else_uses(
    words: store.Sessions, tmp_path: Path
) -> None:
    rows = without("bank", "water") + "\nshore.noun.1, noun, land, edge of water, bank, rive"
    assert counts(table(words, tmp_path, rows, replace=True)) == {
        "added": 1,
        "unchanged": 1,
        "retired": 2,
    }
    assert set(held(words)) == {"run.verb.1", "shore.noun.1"}
    # The English word of the retired concept has another one now.
    assert lemmas(words) == {"en:bank", "fr:rive", "en:run", "fr:courir"}


def test_replace_leaves_other_sources_and_their_words_alone(
    words: store.Sessions, tmp_path: Path
) -> None:
    rows = "concept,pos,field,gloss,en,fr\nriver.noun.1,noun,water,stream,river,eau"
    table(words, tmp_path, rows, source="other")
    assert counts(table(words, tmp_path, without("water"), replace=True)) == {
        "unchanged": 2,
        "retired": 1,
    }
    assert held(words)["river.noun.1"] == {"en": "river", "fr": "eau"}
    assert {"fr:eau", "en:river"} <= lemmas(words)
    assert not {"en:water", "fr:flotte"} & lemmas(words)


def test_a_key_of_another_source_is_rejected_with_its_line_and_the_rest_taken(
    words: store.Sessions, tmp_path: Path
) -> None:
    before = held(words)
    rows = """
        concept,      pos,  field, gloss,     en,    fr
        tea.noun.1,   noun, food,  hot drink, tea,   thé
        water.noun.1, noun, food,  drink,     water, eau
        milk.noun.1,  noun, food,  drink,     milk,  lait
    """
    for expected in ("added", "unchanged"):
        report = table(words, tmp_path, rows, source="food")
        assert counts(report) == {expected: 2, "rejected": 1}
        assert reasons(report) == [
            (
                3,
                "concept 'water.noun.1' belongs to the source 'words'; give it another key",
            )
        ]
    assert held(words) == before | {
        "tea.noun.1": {"en": "tea", "fr": "thé"},
        "milk.noun.1": {"en": "milk", "fr": "lait"},
    }
    assert owners(words)["water.noun.1"] == "words"


def test_of_a_key_that_stands_twice_the_first_row_counts(
    seeded: store.Sessions, tmp_path: Path
) -> None:
    rows = """
        concept,    pos,  field, gloss,     en,     fr
        tea.noun.1, noun, food,  hot drink, tea,    thé
        tea.noun.1, noun, food,  a meal,    dinner, repas
        tea.noun.2, noun, food,  a meal,    tea,    goûter
        tea.noun.1, noun, food,  leaves,    leaves, feuilles
    """
    for expected in ("added", "unchanged"):
        report = table(seeded, tmp_path, rows)
        assert counts(report) == {expected: 2, "rejected": 2}
        assert reasons(report) == [
            (line, "concept 'tea.noun.1' stands twice; merge the two rows") for line in (3, 5)
        ]
    assert held(seeded) == {
        "tea.noun.1": {"en": "tea", "fr": "thé"},
        "tea.noun.2": {"en": "tea", "fr": "goûter"},
    }
    assert lemmas(seeded) == {"en:tea", "fr:thé", "fr:goûter"}


def test_chat_is_a_word_of_each_language(seeded: store.Sessions, tmp_path: Path) -> None:
    rows = """
        concept,     pos,  field, gloss,         en,   fr
        cat.noun.1,  noun, x,     small feline,  cat,  chat
        chat.noun.1, noun, x,     friendly talk, chat, bavardage|chat
    """
    assert counts(table(seeded, tmp_path, rows)) == {"added": 2}
    assert lemmas(seeded) == {"en:cat", "fr:chat", "en:chat", "fr:bavardage"}
    with seeded() as session:
        [french] = queries.lexemes_matching(session, "fr", "chat")
        [english] = queries.lexemes_matching(session, "en", "chat")
        meant = [sense.key for sense in queries.senses_of(session, [french.id])]
        other = [sense.key for sense in queries.senses_of(session, [english.id])]
    assert french.id != english.id
    assert (meant, other) == (["cat.noun.1", "chat.noun.1"], ["chat.noun.1"])


def test_the_source_is_named_after_the_file_or_as_asked(
    seeded: store.Sessions, tmp_path: Path
) -> None:
    text = written(TINY[:1], "tsv")
    run(seeded, file(tmp_path, "my.words.tsv", text), dry_run=False)
    second = text.replace("water.noun.1", "water.noun.2")
    run(
        seeded,
        file(tmp_path, "b.tsv", second),
        source=" Other  words ",
        licence="CC0-1.0",
        version="7",
    )
    with seeded() as session:
        found = {one.name: (one.licence, one.version) for one in queries.sources(session)}
    assert found == {
        "my.words": ("unstated", "unstated"),
        "Other words": ("CC0-1.0", "7"),
    }
    assert owners(seeded) == {"water.noun.1": "my.words", "water.noun.2": "Other words"}


def test_a_new_language_is_added_with_its_words(words: store.Sessions, tmp_path: Path) -> None:
    rows = "concept,pos,field,gloss,en,de\ntea.noun.1,noun,food,hot drink,tea,Tee"
    with pytest.raises(UnknownLanguage) as caught:
        table(words, tmp_path, rows, source="german")
    assert str(caught.value) == "unknown language 'de'; known: en, fr, hi, kn"
    report = table(words, tmp_path, rows, source="german", new_languages=("de", "fr"))
    assert counts(report) == {"added": 1}
    with words() as session:
        assert queries.languages(session) == ["de", "en", "fr", "hi", "kn"]
        german = session.get_one(Language, "de")
        assert (german.name, german.autonym, german.script) == ("German", "Deutsch", "Latn")
    assert held(words)["tea.noun.1"] == {"de": "Tee", "en": "tea"}
    # Once known, it need not be named again; naming it again does no harm either.
    before = everything(words)
    for new in ((), ("de",)):
        again = table(words, tmp_path, rows, source="german", new_languages=new)
        assert counts(again) == {"unchanged": 1}
    assert everything(words) == before


def test_a_code_that_is_no_language_is_refused_and_nothing_is_changed(
    words: store.Sessions, tmp_path: Path
) -> None:
    before = everything(words)
    rows = "concept,pos,field,gloss,en,qqq\ntea.noun.1,noun,food,hot drink,tea,Tee"
    with pytest.raises(InvalidInput) as caught:
        table(words, tmp_path, rows, new_languages=("de", "qqq"))
    assert str(caught.value) == (
        "'qqq' is no language code that the CLDR knows; use BCP 47, such as de or pt-BR"
    )
    assert everything(words) == before


def test_words_in_another_script_are_rejected_with_line_and_reason(
    seeded: store.Sessions, tmp_path: Path
) -> None:
    rows = """
        concept,      pos,  field, gloss,        en,     hi
        tea.noun.1,   noun, food,  hot drink,    tea,    chai
        milk.noun.1,  noun, food,  white drink,  milk,   दूध
        ray.noun.1,   noun, x,     strong beams, X-ray,  X-किरण|एक्स किरण
        bar.noun.1,   noun, x,     counter,      bаr,    बार
        two.num.1,    num,  x,     2,            2,      2
        ware.noun.1,  noun, x,     goods,        ware,   waरे
    """
    report = table(seeded, tmp_path, rows)
    assert counts(report) == {"added": 3, "rejected": 3}
    remedy = "write it in {}, or import with --any-script"
    assert reasons(report) == [
        (2, f"hi form 'chai' is written in Latn, not Deva; {remedy.format('Deva')}"),
        (5, f"en form 'bаr' mixes scripts within a word; {remedy.format('Latn')}"),
        (7, f"hi form 'waरे' mixes scripts within a word; {remedy.format('Deva')}"),
    ]
    assert report.rejects[1].text == "bar.noun.1 | bаr | बार"
    assert held(seeded) == {
        "milk.noun.1": {"en": "milk", "hi": "दूध"},
        "ray.noun.1": {"en": "X-ray", "hi": "X-किरण|एक्स किरण"},
        "two.num.1": {"en": "2", "hi": "2"},
    }
    again = table(seeded, tmp_path, rows, any_script=True)
    assert counts(again) == {"added": 3, "unchanged": 3}
    assert held(seeded)["tea.noun.1"] == {"en": "tea", "hi": "chai"}


def test_an_entry_without_words_of_the_store_is_kept_whole(
    seeded: store.Sessions, tmp_path: Path
) -> None:
    entry = ConceptEntry(
        "k", "noun", "f", "g", {"kn": ("ನೀರು",)}, {"ili": ("i1", "i2")}, True, {("kn", "ನೀರು"): 5.5}
    )
    run(seeded, file(tmp_path, "a.jsonl", written([entry], "jsonl")))
    with seeded() as session:
        assert list(browse.concept_entries(session)) == [entry]
