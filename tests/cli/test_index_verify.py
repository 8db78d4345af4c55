"""``lexicon index verify``."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from indexer.build import build
from indexer.service import LexiconService
from lexicon.entries import checked
from tests.cli.kept import flip_a_bit, folder_of, live_of, rebuild, rows, truncate
from tests.cli.terminal import as_json, installed, invoke, refusal
from tests.conftest import TINY, AxisEncoder, fill


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
