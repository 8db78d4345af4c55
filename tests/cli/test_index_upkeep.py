"""``lexicon index verify``, ``prune`` and ``rollback``."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select

from indexer.build import build
from indexer.indices import faiss
from indexer.search import SearchRequest, search
from indexer.service import LexiconService
from lexicon import models
from lexicon.entries import checked
from tests.cli.terminal import as_json, contents, installed, invoke, output, refusal, usage_error
from tests.conftest import TINY, AxisEncoder, fill

LEAF = checked("leaf.noun.1", "noun", "plants", "green part", {"en": "leaf", "kn": "ಎಲೆ"})


def rows(*arguments: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = as_json("index", "list", *arguments)
    return found


def live_of(language: str) -> str:
    (row,) = (row for row in rows("-l", language) if row["live"])
    return str(row["generation"])


def folder_of(service: LexiconService, row: dict[str, Any]) -> Path:
    found: Path = service.settings.indices / row["identity"] / row["language"] / row["generation"]
    return found


def rebuild(service: LexiconService, axis: AxisEncoder, *languages: str, times: int = 1) -> None:
    for _ in range(times):
        build(service.sessions, service.generations, axis, list(languages) or None, force=True)


def add_old(service: LexiconService, language: str, many: int) -> list[str]:
    """More generations than builds keep, older than all others."""
    (row,) = (row for row in rows("-l", language) if row["live"])
    names = [f"200{number}0101T000000000000-00000000" for number in range(many)]
    for name in names:
        shutil.copytree(folder_of(service, row), folder_of(service, row | {"generation": name}))
        manifest = folder_of(service, row | {"generation": name}) / "manifest.json"
        manifest.write_text(manifest.read_text().replace(row["generation"], name))
    return names


def flip_a_bit(path: Path) -> None:
    held = bytearray(path.read_bytes())
    held[-1] ^= 1
    path.write_bytes(held)


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def recorded(service: LexiconService, language: str) -> dict[str, bool]:
    """Which generations SQL knows, and which of them it says is live."""
    chosen = select(models.Generation).where(models.Generation.language == language)
    with service.sessions() as session:
        return {row.id: row.live for row in session.scalars(chosen)}


class TestVerifying:
    def test_sound_generations_are_counted(self, tiny: LexiconService, axis: AxisEncoder) -> None:
        rebuild(tiny, axis, "kn")
        result = invoke("index", "verify")
        assert (result.exit_code, result.stdout) == (0, "")
        assert "index   verified 3 generations (0.0 MB)\n" in result.stderr
        assert "verify (MB)" in result.stderr
        assert "verified 4 generations" in invoke("index", "verify", "--all").stderr
        chosen = invoke("index", "verify", "--all", "-l", "kn", "-e", "axis").stderr
        assert "verified 2 generations" in chosen
        assert "verified 1 generation (" in invoke("index", "verify", "-l", "kn").stderr

    @pytest.mark.parametrize("damage", [flip_a_bit, truncate, Path.unlink])
    @pytest.mark.parametrize(
        "name", ["index.faiss", "manifest.json", "vectors.npy", "neighbourhood.en.npy"]
    )
    def test_any_damage_is_found_named_and_repaired(
        self, tiny: LexiconService, name: str, damage: Callable[[Path], None]
    ) -> None:
        (row,) = rows("-l", "kn")
        damage(folder_of(tiny, row) / name)
        result = invoke("index", "verify")
        assert result.exit_code == 1
        (line,) = result.stdout.splitlines()
        assert line.startswith(f"axis kn: generation {row['generation']}: ")
        assert name in line
        assert result.stderr.endswith(
            "index   axis kn: rebuild it with: lexicon index verify --repair --encoder axis\n"
        )
        repaired = invoke("index", "verify", "--repair")
        assert repaired.exit_code == 0
        assert repaired.stdout.splitlines() == [line]
        assert "index   axis kn: rebuilt, because " in repaired.stderr
        assert "after the repair, 0 of 3 generations" in repaired.stderr
        assert invoke("index", "verify").exit_code == 0
        assert live_of("kn") != row["generation"]
        found = as_json("search", "water", "--from", "en", "--to", "kn")
        assert found["results"][0]["lemma"] == "ನೀರು"

    @pytest.mark.parametrize("text", ["nonsense", "20260101T000000-00000000 abc", ""])
    def test_a_pointer_that_leads_nowhere_is_damage(
        self, tiny: LexiconService, axis: AxisEncoder, text: str
    ) -> None:
        (tiny.settings.indices / axis.spec.identity / "kn" / "live").write_text(text)
        result = invoke("index", "verify")
        assert result.exit_code == 1
        assert result.stdout.startswith("axis kn: ")
        assert invoke("index", "verify", "--repair").exit_code == 0
        assert invoke("index", "verify").exit_code == 0

    def test_several_damaged_ones_are_all_named_and_rebuilt_together(
        self, tiny: LexiconService
    ) -> None:
        for row in rows():
            flip_a_bit(folder_of(tiny, row) / "vectors.npy")
        named = invoke("index", "verify").stdout.splitlines()
        assert [line.split(":")[0] for line in named] == ["axis en", "axis fr", "axis kn"]
        said = invoke("index", "verify", "--repair").stderr
        assert "index   axis: built en 4, fr 4, kn 5 forms\n" in said
        assert invoke("index", "verify").exit_code == 0

    def test_a_kept_one_is_checked_with_all_and_goes_by_pruning(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        rebuild(tiny, axis, "kn")
        old, _ = rows("-l", "kn")
        flip_a_bit(folder_of(tiny, old) / "vectors.npy")
        assert invoke("index", "verify").exit_code == 0
        for options in ((), ("--repair",)):
            result = invoke("index", "verify", "--all", *options)
            assert result.exit_code == 1
            assert result.stdout == (
                f"axis kn: generation {old['generation']}: the content of vectors.npy was changed\n"
            )
            assert "remove it with: lexicon index prune --encoder axis\n" in result.stderr
        invoke("index", "prune", "--encoder", "axis")
        assert invoke("index", "verify", "--all").exit_code == 0

    def test_words_that_are_gone_leave_an_empty_index_when_it_is_repaired(
        self, tiny: LexiconService
    ) -> None:
        (row,) = rows("-l", "kn")
        flip_a_bit(folder_of(tiny, row) / "vectors.npy")
        only = [
            checked(one.key, one.pos, one.field, one.gloss, {"en": one.forms["en"][0]})
            for one in TINY[:1]
        ]
        fill(tiny.sessions, only)
        assert invoke("index", "verify", "--repair").exit_code == 0
        assert [row["rows"] for row in rows("-l", "kn") if row["live"]] == [0]

    def test_what_its_encoder_cannot_rebuild_says_so(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        build(tiny.sessions, tiny.generations, AxisEncoder(name="gone", revision="2"), ["kn"])
        (row,) = rows("-e", "gone")
        flip_a_bit(folder_of(tiny, row) / "vectors.npy")
        result = invoke("index", "verify", "--repair")
        assert result.exit_code == 1
        assert "index   gone kn: it cannot be rebuilt (unknown encoder 'gone'; " in result.stderr

    def test_while_another_builds_repair_is_refused(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        (row,) = rows("-l", "kn")
        flip_a_bit(folder_of(tiny, row) / "vectors.npy")
        with tiny.generations.building(axis.spec.identity):
            assert invoke("index", "verify", "-l", "en").exit_code == 0
            result = invoke("index", "verify", "--repair")
        assert str(result.exception) == (
            f"another process is building the indices of {axis.spec.identity}; wait for it to end"
        )

    def test_nothing_to_verify_says_how_to_build(self, tiny: LexiconService) -> None:
        shutil.rmtree(tiny.settings.indices)
        result = invoke("index", "verify")
        assert result.exit_code == 0
        assert result.stderr == (
            "no index is there to verify; build one with: lexicon index build\n"
        )

    def test_unknown_names_are_refused(self, tiny: LexiconService) -> None:
        assert refusal("index", "verify", "-e", "nix").startswith("unknown encoder 'nix'")
        assert refusal("index", "verify", "-l", "xx").startswith("unknown language 'xx'")

    def test_the_program_exits_with_1(self, tiny: LexiconService) -> None:
        (pointer,) = tiny.settings.indices.glob("*/kn/live")
        pointer.write_text("nonsense")
        done = installed("index", "verify", home=tiny.settings.home)
        assert done.returncode == 1
        assert done.stdout == "axis kn: the pointer: its pointer names no generation\n"


class TestPruning:
    def test_only_those_that_answer_are_left(self, tiny: LexiconService, axis: AxisEncoder) -> None:
        rebuild(tiny, axis)
        old = [row for row in rows() if not row["live"]]
        result = invoke("index", "prune")
        assert (result.exit_code, result.stdout) == (0, "")
        for row in old:
            assert (
                f"index   axis {row['language']}: removed 1 generation (0.0 MB): "
                f"{row['generation']}\n"
            ) in result.stderr
        assert result.stderr.endswith("index   3 generations (0.0 MB) removed\n")
        assert all(row["live"] for row in rows())
        assert len(rows()) == 3
        assert as_json("search", "water", "--from", "en", "--to", "kn")["results"]

    def test_the_newest_older_ones_can_be_kept(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        first, second, third = add_old(tiny, "kn", 3)
        live = live_of("kn")
        invoke("index", "prune", "--keep", "2")
        assert [row["generation"] for row in rows("-l", "kn")] == [second, third, live]
        invoke("index", "prune", "--keep", "7")
        assert len(rows("-l", "kn")) == 3
        invoke("index", "prune", "--keep", "1")
        assert [row["generation"] for row in rows("-l", "kn")] == [third, live]
        assert first not in [row["generation"] for row in rows()]

    def test_a_dry_run_says_the_same_and_removes_nothing(self, tiny: LexiconService) -> None:
        names = add_old(tiny, "kn", 2)
        before = contents(tiny.settings.home)
        said = invoke("index", "prune", "--dry-run").stderr
        assert contents(tiny.settings.home) == before
        assert f"index   axis kn: would remove 2 generations (0.0 MB): {', '.join(names)}" in said
        assert said.endswith("would be removed (dry run: nothing was changed)\n")
        real = invoke("index", "prune").stderr
        assert f"index   axis kn: removed 2 generations (0.0 MB): {', '.join(names)}" in real

    def test_again_removes_nothing(self, tiny: LexiconService) -> None:
        before = contents(tiny.settings.home)
        assert invoke("index", "prune").stderr == "index   0 generations (0.0 MB) removed\n"
        assert contents(tiny.settings.home) == before

    def test_an_encoder_can_be_chosen(self, tiny: LexiconService, axis: AxisEncoder) -> None:
        other = AxisEncoder(name="other", revision="2")
        for _ in range(2):
            build(tiny.sessions, tiny.generations, other, ["kn"], force=True)
        rebuild(tiny, axis, "kn")
        invoke("index", "prune", "--encoder", "other")
        assert [len(rows("-l", "kn", "-e", name)) for name in ("axis", "other")] == [2, 1]

    def test_what_the_store_does_not_know_goes_only_when_asked(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        build(tiny.sessions, tiny.generations, AxisEncoder(name="strange", revision="2"), ["kn"])
        (row,) = rows("-e", "strange")
        with tiny.sessions.begin() as session:
            for table in (models.Generation.encoder, models.Encoder.identity):
                session.execute(delete(table.class_).where(table == row["identity"]))
        said = invoke("index", "prune").stderr
        assert (
            "note: strange: the store does not know this encoder; remove its 1 generation (0.0 MB) "
            "with: lexicon index prune --unknown\n"
        ) in said
        assert rows("-e", "strange") == [row]
        dry = invoke("index", "prune", "--unknown", "--dry-run").stderr
        assert f"would remove 1 generation (0.0 MB): {row['generation']}" in dry
        assert rows("-e", "strange") == [row]
        real = invoke("index", "prune", "--unknown").stderr
        assert f"index   strange kn: removed 1 generation (0.0 MB): {row['generation']}" in real
        assert {one["encoder"] for one in rows()} == {"axis"}
        assert not (tiny.settings.indices / row["identity"] / "kn").exists()

    def test_a_language_of_which_none_answers_keeps_all(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        add_old(tiny, "kn", 2)
        (tiny.settings.indices / axis.spec.identity / "kn" / "live").unlink()
        for options in (("--dry-run",), ()):
            said = invoke("index", "prune", *options).stderr
            assert "note: axis kn: none of its generations answers, so all are kept; " in said
            assert len(rows("-l", "kn")) == 3

    def test_what_cannot_be_removed_is_named(
        self, tiny: LexiconService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names = add_old(tiny, "kn", 1)

        def stuck(_path: Path, _target: object) -> None:
            raise PermissionError(13, "Permission denied")

        with monkeypatch.context() as patch:
            patch.setattr(Path, "rename", stuck)
            result = invoke("index", "prune")
        assert result.exit_code == 1
        assert f"note: axis kn: generation {names[0]} could not be removed; " in result.stderr
        assert result.stderr.endswith("index   0 generations (0.0 MB) removed\n")

    def test_while_another_builds_it_is_refused(
        self, tiny: LexiconService, axis: AxisEncoder
    ) -> None:
        add_old(tiny, "kn", 1)
        before = contents(tiny.settings.home)
        with tiny.generations.building(axis.spec.identity):
            said = refusal("index", "prune")
        assert said.startswith("another process is building the indices of ")
        assert contents(tiny.settings.home) == before

    def test_who_has_one_open_goes_on_reading_it(
        self, tiny: LexiconService, axis: AxisEncoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("indexer.generations.folder.MAPPED_FROM", 0)
        rebuild(tiny, axis, "kn")
        open_ = {code: tiny.generations.load(axis.spec, code) for code in ("en", "kn")}
        asked = open_["kn"].all_vectors()
        before = open_["kn"].search(asked, 5).ids.tolist()
        rebuild(tiny, axis)
        invoke("index", "prune")
        home = tiny.settings.indices / axis.spec.identity / "kn"
        assert not (home / open_["kn"].generation).exists()
        assert open_["kn"].search(asked, 5).ids.tolist() == before
        assert isinstance(open_["kn"], faiss.FaissIndex)
        assert open_["kn"].reverse("en", open_["en"].rows) is None

    def test_who_opens_one_that_is_being_replaced_gets_the_next(
        self, tiny: LexiconService, axis: AxisEncoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first, open_ = live_of("kn"), faiss.FaissIndex

        def late(*arguments: Any, **options: Any) -> faiss.FaissIndex:
            monkeypatch.setattr("indexer.generations.folder.FaissIndex", open_)
            rebuild(tiny, axis, "kn")
            invoke("index", "prune")
            return open_(*arguments, **options)

        monkeypatch.setattr("indexer.generations.folder.FaissIndex", late)
        found = tiny.generations.load(axis.spec, "kn")
        assert found.generation == live_of("kn") != first

    def test_a_negative_number_to_keep_is_no_use(self, tiny: LexiconService) -> None:
        assert "--keep" in usage_error("index", "prune", "--keep", "-1")

    def test_an_unknown_encoder_is_refused(self, tiny: LexiconService) -> None:
        assert refusal("index", "prune", "-e", "nix").startswith("unknown encoder 'nix'")


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


def test_every_command_of_a_kept_index_has_help() -> None:
    for name in ("list", "verify", "prune", "rollback"):
        assert "Usage: " in output("index", name, "--help")
