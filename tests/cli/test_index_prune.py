"""``lexicon index prune``."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from indexer.build import build
from indexer.indices import faiss
from indexer.service import LexiconService
from lexicon import models
from tests.cli.kept import add_old, live_of, rebuild, rows
from tests.cli.terminal import as_json, contents, invoke, refusal, usage_error
from tests.conftest import AxisEncoder


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
