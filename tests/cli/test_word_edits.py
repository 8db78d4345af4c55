"""``lexicon words add``, ``edit``, ``remove``, ``show``, ``find`` and ``sources``; and how a
search says what was perhaps meant."""

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from indexer.service import LexiconService
from lexicon import browse
from lexicon.entries import ConceptEntry
from tests.cli.terminal import as_csv, as_json, invoke, output, refusal
from tests.conftest import TINY

WATER, SHORE, MONEY, RUN = TINY
GUESSED = "because its vocabulary does not have them; all are found by their spelling\n"
REST = "all are found by their spelling; to search by meaning run: lexicon index build\n"
TEA = ("-w", "en=tea", "-w", "fr=thé|infusion", "-w", "kn=ಚಹಾ")


def told(*arguments: str | Path) -> str:
    """What a command that succeeds and prints nothing says on standard error."""
    result = invoke("words", *arguments)
    assert result.exception is None, result.exception
    assert result.stdout == ""
    return result.stderr


def held(service: LexiconService, key: str) -> ConceptEntry:
    with service.sessions() as session:
        return browse.concept_entry(session, key)


def objects(*arguments: str) -> list[dict[str, Any]]:
    """One object a line."""
    lines = output("words", *arguments, "--format", "json").splitlines()
    return [json.loads(line) for line in lines]


class TestAdd:
    def test_the_key_is_printed_and_what_is_left_to_do_a_note(self, tiny: LexiconService) -> None:
        result = invoke("words", "add", *TEA, "--gloss", "hot  drink", "--field", "food")
        assert result.stdout == "tea.noun.1\n"
        assert result.stderr == f"note: axis: 4 forms have a guessed vector, {GUESSED}"
        assert held(tiny, "tea.noun.1") == ConceptEntry(
            "tea.noun.1",
            "noun",
            "food",
            "hot drink",
            {"en": ("tea",), "fr": ("thé", "infusion"), "kn": ("ಚಹಾ",)},
        )

    def test_words_of_a_language_may_be_given_one_by_one(self, tiny: LexiconService) -> None:
        printed = output(
            "words", "add", "-w", "en=run", "-w", "en = jog", "-w", "fr=", "--pos", "verb",
            "--gloss", "g",
        )  # fmt: skip
        assert printed == "run.verb.2\n"
        assert held(tiny, "run.verb.2").forms == {"en": ("run", "jog")}
        assert held(tiny, "run.verb.2").field == "unsorted"

    def test_words_that_all_have_vectors_leave_nothing_to_do(self, tiny: LexiconService) -> None:
        result = invoke("words", "add", "-w", "en=bank", "--gloss", "row", "--key", "bank.row")
        assert (result.stdout, result.stderr) == ("bank.row\n", "")

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["--gloss", "g"], "a concept needs words and a meaning, such as: "),
            (["-w", "en=tea"], "a concept needs words and a meaning, such as: "),
            (["-w", "tea", "--gloss", "g"], "'tea' is not LANGUAGE=WORD; write it as en=water"),
            (["-w", "de=Tee", "--gloss", "g"], "unknown language 'de'; known: en, fr, hi, kn"),
            (["-w", "en=", "--gloss", "g"], "concept 'new' has no word in any language"),
            (["-w", "en=чай", "--gloss", "g"], "en form 'чай' is written in Cyrl, not Latn"),
            (["-w", "en=a", "--gloss", "g", "--pos", "thing"], "unknown part of speech 'thing'"),
            (
                ["-w", "en=a", "--gloss", "g", "--key", "run.verb.1"],
                "concept 'run.verb.1' exists; change it with: lexicon words edit run.verb.1",
            ),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, tiny: LexiconService, arguments: list[str], said: str
    ) -> None:
        assert refusal("words", "add", *arguments).startswith(said)
        assert as_json("status")["store"]["concepts"] == 4

    def test_any_script_may_be_asked_for(self, tiny: LexiconService) -> None:
        output("words", "add", "-w", "en=чай", "--gloss", "g", "--key", "k", "--any-script")
        assert held(tiny, "k").forms == {"en": ("чай",)}


class TestEdit:
    def test_words_are_added_and_removed(self, tiny: LexiconService) -> None:
        changes = ("--add", "fr=flotte", "--remove", "kn=ಜಲ", "--form", "hi=पानी|जल")
        assert told("edit", "water.noun.1", *changes) == (
            "water.noun.1: updated\n"
            f"note: axis: 2 forms have no vector yet, 1 a guessed one; {REST}"
        )
        assert held(tiny, "water.noun.1").forms == {
            "en": ("water",),
            "fr": ("eau", "flotte"),
            "hi": ("पानी", "जल"),
            "kn": ("ನೀರು",),
        }

    def test_an_empty_form_removes_the_language(self, tiny: LexiconService) -> None:
        told("edit", "water.noun.1", "--form", "kn=")
        assert held(tiny, "water.noun.1").forms == {"en": ("water",), "fr": ("eau",)}

    def test_facts_are_changed(self, tiny: LexiconService) -> None:
        said = told("edit", "run.verb.1", "--gloss", "a race", "--field", "sport")
        assert said == "run.verb.1: updated\n"
        found = held(tiny, "run.verb.1")
        assert (found.pos, found.gloss, found.field) == ("verb", "a race", "sport")

    def test_another_part_of_speech_is_other_words(self, tiny: LexiconService) -> None:
        assert told("edit", "run.verb.1", "--pos", "noun") == "run.verb.1: updated\n"
        assert held(tiny, "run.verb.1").pos == "noun"
        assert held(tiny, "run.verb.1").forms == RUN.forms

    def test_the_same_again_is_unchanged(self, tiny: LexiconService) -> None:
        assert told("edit", "water.noun.1") == "water.noun.1: unchanged\n"
        assert told("edit", "water.noun.1", "--add", "en=water", "--gloss", "clear liquid") == (
            "water.noun.1: unchanged\n"
        )

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (["sea.noun.1", "--gloss", "g"], "unknown concept 'sea.noun.1'; "),
            (
                ["water.noun.1", "--remove", "fr=flotte"],
                "concept 'water.noun.1' has no fr word 'flotte'; it has: eau",
            ),
            (["water.noun.1", "--add", "fr"], "'fr' is not LANGUAGE=WORD; write it as en=water"),
            (["water.noun.1", "--add", "de=Wasser"], "unknown language 'de'; known: en, fr, hi,"),
            (["water.noun.1", "--add", "fr=вода"], "fr form 'вода' is written in Cyrl, not Latn"),
            (["water.noun.1", "--gloss", ""], "empty gloss ''; give at least one letter"),
            (
                ["water.noun.1", "-w", "en=", "-w", "fr=", "-w", "kn="],
                "concept 'water.noun.1' has no word in any language; give at least one",
            ),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, tiny: LexiconService, arguments: list[str], said: str
    ) -> None:
        assert refusal("words", "edit", *arguments).startswith(said)
        assert held(tiny, "water.noun.1") == WATER


class TestRemove:
    def test_concepts_go_with_their_words(self, tiny: LexiconService) -> None:
        assert told("remove", "bank.noun.2", "run.verb.1") == "removed 2 concepts and 5 words\n"
        assert [one["concept"] for one in objects("show", "bank")] == ["bank.noun.1"]

    def test_a_source_is_removed_without_asking_when_told_so(self, tiny: LexiconService) -> None:
        output("words", "add", *TEA, "--gloss", "hot drink")
        assert told("remove", "--source", "tiny", "-y") == (
            f"removed tiny: 4 entries\nnote: axis: 4 forms have a guessed vector, {GUESSED}"
        )
        assert [row["source"] for row in as_json("words", "sources")] == ["local"]
        assert as_json("status")["store"]["concepts"] == 1

    @pytest.mark.parametrize(("answer", "left"), [("y\n", 0), ("n\n", 4), ("\n", 4), ("", 4)])
    def test_a_source_is_removed_after_a_yes(
        self, tiny: LexiconService, answer: str, left: int
    ) -> None:
        arguments = ["words", "remove", "--source", "tiny"]
        result = CliRunner().invoke(app, arguments, input=answer)
        assert result.stderr.startswith("Remove everything that 'tiny' brought? [y/N]:")
        assert result.exit_code == (0 if left == 0 else 1)
        assert as_json("status")["store"]["concepts"] == left

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ([], "give the keys of concepts, or --source"),
            (["water.noun.1", "--source", "tiny"], "give the keys of concepts, or --source"),
            (["--source", "wolf", "--yes"], "unknown source 'wolf'; known: tiny"),
            (
                ["water.noun.1", "sea.noun.1"],
                "unknown concept 'sea.noun.1'; find keys with: lexicon words find --prefix sea",
            ),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, tiny: LexiconService, arguments: list[str], said: str
    ) -> None:
        assert refusal("words", "remove", *arguments) == said
        assert as_json("status")["store"]["concepts"] == 4


class TestShow:
    def test_every_concept_of_the_word_with_its_words(self, tiny: LexiconService) -> None:
        assert output("words", "show", "Bank").splitlines() == [
            "bank.noun.1 (noun, landscape): land beside a river",
            "  en  bank, shore",
            "  fr  rive",
            "  kn  ದಡ",
            "bank.noun.2 (noun, money): house that keeps money",
            "  en  bank",
            "  fr  banque",
            "  kn  ಬ್ಯಾಂಕ್",
        ]

    def test_a_key_shows_its_concept(self, tiny: LexiconService) -> None:
        assert objects("show", "bank.noun.2") == [
            {
                "concept": "bank.noun.2",
                "pos": "noun",
                "field": "money",
                "gloss": "house that keeps money",
                "forms": {"en": ["bank"], "fr": ["banque"], "kn": ["ಬ್ಯಾಂಕ್"]},
            }
        ]

    def test_csv_is_the_wide_layout(self, tiny: LexiconService) -> None:
        rows = list(csv.reader(StringIO(output("words", "show", "ಜಲ", "--format", "csv"))))
        assert rows == [
            ["concept", "pos", "field", "gloss", "en", "fr", "kn"],
            ["water.noun.1", "noun", "water", "clear liquid", "water", "eau", "ನೀರು|ಜಲ"],
        ]

    def test_pairs_of_words_are_marked(self, tiny: LexiconService, tmp_path: Path) -> None:
        file = tmp_path / "pairs.txt"
        file.write_text("ice glace\n", encoding="utf-8")
        told("import", file, "--from", "en", "--to", "fr")
        assert output("words", "show", "ice").splitlines()[0] == (
            "pair.en.ice.fr.glace (x, unsensed): ice = glace [unsensed]"
        )

    def test_a_word_that_is_not_there_is_refused_with_what_was_perhaps_meant(
        self, tiny: LexiconService
    ) -> None:
        assert refusal("words", "show", "watre") == (
            "no concept has the word or key 'watre'; did you mean water (en, spelling)?"
        )
        assert refusal("words", "show", "neeru") == (
            "no concept has the word or key 'neeru'; did you mean ನೀರು (kn, romanised)?"
        )
        assert refusal("words", "show", "brook") == "no concept has the word or key 'brook'"
        assert refusal("words", "show", "water", "-l", "fr") == (
            "no concept has the word or key 'water'"
        )
        assert refusal("words", "show", "water", "-l", "xx").startswith("unknown language 'xx'")


class TestFind:
    def test_words_that_begin_so(self, tiny: LexiconService) -> None:
        assert as_csv("words", "find", "-p", "B") == [
            {
                "language": "en",
                "word": "bank",
                "pos": "noun",
                "concepts": "bank.noun.1|bank.noun.2",
                "meaning": "land beside a river; house that keeps money",
            },
            {
                "language": "fr",
                "word": "banque",
                "pos": "noun",
                "concepts": "bank.noun.2",
                "meaning": "house that keeps money",
            },
        ]

    def test_json_is_an_object_a_line(self, tiny: LexiconService) -> None:
        [found] = objects("find", "--prefix", "ru")
        assert {name: found[name] for name in found if name != "lexeme_id"} == {
            "language": "en",
            "lemma": "run",
            "pos": "verb",
            "concepts": [["run.verb.1", "to move fast on foot"]],
        }

    def test_the_table_says_how_many(self, tiny: LexiconService) -> None:
        title, header, *rows = output("words", "find", "-l", "kn", "--pos", "noun").splitlines()
        assert title.rstrip() == "words: 4"
        assert header.split() == ["language", "word", "pos", "concepts", "meaning"]
        assert [row.split()[1] for row in rows] == ["ಜಲ", "ದಡ", "ನೀರು", "ಬ್ಯಾಂಕ್"]

    def test_choices_are_joined(self, tiny: LexiconService) -> None:
        assert objects("find", "--field", "money", "-l", "fr")[0]["lemma"] == "banque"
        assert objects("find", "--pos", "verb", "-l", "fr", "--prefix", "b") == []
        assert len(objects("find", "--limit", "2")) == 2
        assert refusal("words", "find", "-l", "xx").startswith("unknown language 'xx'")


class TestSources:
    def test_csv_and_json_say_the_same(self, tiny: LexiconService) -> None:
        [row] = as_json("words", "sources")
        updated = row.pop("updated")
        assert row == {
            "source": "tiny",
            "licence": "CC0-1.0",
            "version": "1",
            "concepts": 4,
            "senses": 14,
        }
        [same] = as_csv("words", "sources")
        assert same == {name: str(value) for name, value in row.items()} | {"updated": updated}

    def test_the_table_has_a_row_for_each(self, tiny: LexiconService) -> None:
        title, header, row = output("words", "sources").splitlines()
        assert title.rstrip() == "sources"
        assert header.split()[:5] == ["source", "licence", "version", "concepts", "senses"]
        assert row.split()[:5] == ["tiny", "CC0-1.0", "1", "4", "14"]
