"""``lexicon index rollback``."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from indexer.answers import SearchRequest
from indexer.search import search
from indexer.service import LexiconService
from lexicon import models
from lexicon.entries import checked
from tests.cli.kept import add_old, flip_a_bit, folder_of, live_of, rebuild, rows, truncate
from tests.cli.terminal import as_json, contents, invoke, refusal, usage_error
from tests.conftest import TINY, AxisEncoder, fill

LEAF = checked("leaf.noun.1", "noun", "plants", "green part", {"en": "leaf", "kn": "ಎಲೆ"})


def recorded(service: LexiconService, language: str) -> dict[str, bool]:
    """Which generations SQL knows, and which of them it says is live."""
    chosen = select(models.Generation).where(models.Generation.language == language)
    with service.sessions() as session:
        return {row.id: row.live for row in session.scalars(chosen)}


class TestRollingBack:
    def test_the_generation_before_answers_and_sql_follows(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        first = live_of("kn")
        rebuild(tiny, axis, "kn")
        second = live_of("kn")
        assert recorded(tiny, "kn") == {first: False, second: True}
        result = invoke("index", "rollback", "--language", "kn")
        assert (result.exit_code, result.stdout) == (0, "")
        assert result.stderr.startswith(f"index   axis kn: {first} of 20")
        assert result.stderr.endswith(f" answers again (5 forms), in place of {second}\n")
        assert live_of("kn") == first
        assert recorded(tiny, "kn") == {first: True, second: False}
        assert tiny.index(axis, "kn").generation == first
        found = as_json("search", "water", "--from", "en", "--to", "kn", "--score", "csls")
        assert found["results"][0]["lemma"] == "ನೀರು"
        assert invoke("index", "verify", "--all").exit_code == 0

    def test_the_date_of_its_build_stays(self, tiny: LexiconService, axis: AxisEncoder) -> None:
        def dates() -> dict[str, object]:
            with tiny.sessions() as session:
                return {
                    row.id: row.created_at for row in session.scalars(select(models.Generation))
                }

        rebuild(tiny, axis, "kn")
        before = dates()
        invoke("index", "rollback", "-l", "kn")
        assert dates() == before

    def test_words_that_came_since_are_found_and_a_build_brings_it_forward(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        axis.table = {code: dict(words) for code, words in axis.table.items()}
        axis.table["kn"]["ಎಲೆ"] = [1, 1, 0, 0]
        axis.table["en"]["leaf"] = [1, 1, 0, 0]
        first = live_of("kn")
        fill(tiny.sessions, [*TINY, LEAF])
        invoke("index", "build")
        second = live_of("kn")
        result = invoke("index", "rollback", "-l", "kn")
        assert "index   axis kn: 1 form has come since then\n" in result.stderr
        assert live_of("kn") == first
        asked = SearchRequest("leaf", "en", "kn", k=10)
        assert search(tiny, asked).results[0].lemma == "ಎಲೆ"
        axis.encoded = 0
        search(LexiconService(tiny.settings, tiny.sessions), asked)
        assert axis.encoded == 0
        assert "built kn 6 forms" in invoke("index", "build").stderr
        assert live_of("kn") not in (first, second)
        assert sorted(recorded(tiny, "kn").values()) == [False, False, True]

    def test_words_that_left_since_are_not_found(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        fill(tiny.sessions, [one for one in TINY if one.key != "run.verb.1"])
        invoke("index", "build")
        invoke("index", "rollback", "-l", "kn")
        assert [row["rows"] for row in rows("-l", "kn") if row["live"]] == [5]
        assert tiny.index(axis, "kn").rows == 4

    def test_again_goes_further_back_and_never_forward(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        rebuild(tiny, axis, "kn")
        (oldest,) = add_old(tiny, "kn", 1)
        first, second = (row["generation"] for row in rows("-l", "kn")[1:])
        invoke("index", "rollback", "-l", "kn")
        assert live_of("kn") == first
        invoke("index", "rollback", "-l", "kn")
        assert live_of("kn") == oldest
        assert refusal("index", "rollback", "-l", "kn") == (
            "no generation of encoder 'axis', language 'kn' is older than the live one; "
            f"name one with --to: {first}, {second}"
        )
        invoke("index", "rollback", "-l", "kn", "--to", second)
        assert live_of("kn") == second

    def test_where_there_is_none_nothing_changes(self, tiny: LexiconService) -> None:
        before = contents(tiny.settings.home)
        assert refusal("index", "rollback", "-l", "kn") == (
            "no generation of encoder 'axis', language 'kn' is older than the live one; "
            "a build keeps the one before it"
        )
        live = live_of("kn")
        assert refusal("index", "rollback", "-l", "kn", "--to", live) == (
            f"generation {live} of encoder 'axis', language 'kn' answers already; "
            "kept beside it: none"
        )
        assert refusal("index", "rollback", "-l", "kn", "--to", "../en") == (
            "unknown generation '../en' of encoder 'axis', language 'kn'; "
            "kept beside the live one: none"
        )
        assert refusal("index", "rollback", "-l", "hi") == (
            "no index for encoder 'axis', language 'hi'; "
            "build it with: lexicon index build --encoder axis"
        )
        assert refusal("index", "rollback", "-l", "xx").startswith("unknown language 'xx'; known:")
        unknown = refusal("index", "rollback", "-l", "kn", "-e", "nix")
        assert unknown.startswith("unknown encoder 'nix'; known:")
        assert contents(tiny.settings.home) == before

    @pytest.mark.parametrize("damage", [flip_a_bit, truncate, Path.unlink])
    def test_a_damaged_one_is_refused(
        self, tiny: LexiconService, axis: AxisEncoder, damage: Callable[[Path], None]
    ) -> None:
        rebuild(tiny, axis, "kn")
        old, new = rows("-l", "kn")
        damage(folder_of(tiny, old) / "vectors.npy")
        said = refusal("index", "rollback", "-l", "kn")
        assert said.startswith(f"index generation {old['generation']} is damaged (")
        assert live_of("kn") == new["generation"]
        assert recorded(tiny, "kn")[new["generation"]]

    def test_one_of_another_store_is_refused(self, tiny: LexiconService, axis: AxisEncoder) -> None:
        rebuild(tiny, axis, "kn")
        with tiny.sessions.begin() as session:
            session.scalars(select(models.StoreIdentity)).one().id = "another"
        assert "its words are those of another store" in refusal("index", "rollback", "-l", "kn")

    def test_a_damaged_live_one_can_be_left_by_it(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        first = live_of("kn")
        rebuild(tiny, axis, "kn")
        (tiny.settings.indices / axis.spec.identity / "kn" / "live").write_text("nonsense")
        invoke("index", "rollback", "-l", "kn", "--to", first)
        assert live_of("kn") == first

    def test_while_another_builds_it_is_refused(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        rebuild(tiny, axis, "kn")
        before = contents(tiny.settings.home)
        with tiny.generations.building(axis.spec.identity):
            assert refusal("index", "rollback", "-l", "kn") == (
                f"another process is building the indices of {axis.spec.identity}; "
                "wait for it to end"
            )
        assert contents(tiny.settings.home) == before

    def test_a_language_has_to_be_named(self, tiny: LexiconService) -> None:
        assert "--language" in usage_error("index", "rollback")
