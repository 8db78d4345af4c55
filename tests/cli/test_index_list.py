"""``lexicon index list``: every generation that is kept, and which of them answer."""

import shutil
from typing import Any

from indexer.build import build
from indexer.service import LexiconService
from tests.cli.terminal import as_csv, as_json, contents, output, refusal
from tests.conftest import AxisEncoder

LIST = ("index", "list")


def of(language: str, *arguments: str) -> list[dict[str, Any]]:
    return [row for row in as_json(*LIST, *arguments) if row["language"] == language]


def test_every_generation_is_listed_by_encoder_language_and_age(
    tiny: LexiconService, axis: AxisEncoder
) -> None:
    first = {row["language"]: row["generation"] for row in as_json(*LIST)}
    assert list(first) == ["en", "fr", "kn"]
    build(tiny.sessions, tiny.generations, axis, ["kn"], force=True)
    old, new = of("kn")
    assert (old["generation"], old["live"], new["live"]) == (first["kn"], False, True)
    assert [len(of(code)) for code in ("en", "fr", "hi")] == [1, 1, 0]
    manifest = tiny.generations.manifest(axis.spec.identity, "kn")
    assert new == {
        "encoder": "axis",
        "identity": axis.spec.identity,
        "language": "kn",
        "generation": manifest.generation,
        "live": True,
        "rows": 5,
        "kind": manifest.kind,
        "parameters": manifest.parameters,
        "recall": manifest.recall,
        "megabytes": new["megabytes"],
        "created": manifest.created_at,
        "problem": None,
    }
    assert 0.001 < new["megabytes"] < 0.1


def test_the_table_marks_those_that_answer(tiny: LexiconService, axis: AxisEncoder) -> None:
    build(tiny.sessions, tiny.generations, axis, ["kn"], force=True)
    shown = output(*LIST, "--language", "kn").splitlines()
    assert shown[1].split() == [
        *("encoder", "language", "generation", "live", "rows", "kind", "recall", "MB", "created"),
    ]
    assert [" live " in line for line in shown[2:]] == [False, True]


def test_csv_writes_the_parameters_of_a_kind_in_one_cell(
    tiny: LexiconService, axis: AxisEncoder
) -> None:
    build(tiny.sessions, tiny.generations, axis, ["kn"], kind="hnsw")
    (row,) = (row for row in as_csv(*LIST, "--language", "kn") if row["live"] == "True")
    given = tiny.generations.manifest(axis.spec.identity, "kn").parameters
    assert row["kind"] == "hnsw"
    assert given
    assert row["parameters"] == " ".join(f"{name}={value}" for name, value in given.items())
    assert f"hnsw {row['parameters']}" in output(*LIST, "-l", "kn")


def test_what_builds_keep_for_themselves_is_not_listed(
    tiny: LexiconService, axis: AxisEncoder
) -> None:
    before = as_json(*LIST)
    root = tiny.settings.indices
    home = root / axis.spec.identity
    for folder in (
        home / ".encoded" / "kn" / "20260101T000000-00000000",
        home / "kn" / ".staging-20260101T000000-00000000",
        home / "kn" / ".removed-20260101T000000-00000000",
        root / ".hidden" / "kn" / "20260101T000000-00000000",
    ):
        folder.mkdir(parents=True)
    (root / "a file").write_text("")
    assert as_json(*LIST) == before


def test_damage_is_said_in_its_row(tiny: LexiconService, axis: AxisEncoder) -> None:
    identity = axis.spec.identity
    root = tiny.settings.indices / identity
    live = {row["language"]: row["generation"] for row in as_json(*LIST)}
    (root / "en" / live["en"] / "manifest.json").unlink()
    (root / "fr" / "live").write_text("nonsense")
    shutil.rmtree(root / "kn" / live["kn"])
    (en,), (pointer, fr), (kn,) = of("en"), of("fr"), of("kn")
    assert en["problem"] == "no manifest.json: No such file or directory"
    assert (en["encoder"], en["rows"], en["live"]) == ("axis", None, True)
    assert (pointer["generation"], pointer["live"]) == (None, True)
    assert pointer["problem"] == "its pointer names no generation"
    assert (fr["generation"], fr["live"], fr["problem"]) == (live["fr"], False, None)
    assert (kn["live"], kn["problem"]) == (True, "no manifest.json: No such file or directory")
    assert "its pointer names no generation" in output(*LIST)


def test_a_generation_that_was_copied_from_elsewhere_is_named(
    tiny: LexiconService, axis: AxisEncoder
) -> None:
    home = tiny.settings.indices / axis.spec.identity
    (row,) = of("en")
    shutil.copytree(home / "en" / row["generation"], home / "kn" / row["generation"])
    found = next(one for one in of("kn") if one["generation"] == row["generation"])
    assert found["problem"] == (
        f"its manifest.json is that of {axis.spec.identity}/en/{row['generation']}"
    )


def test_encoders_and_languages_can_be_chosen(tiny: LexiconService, axis: AxisEncoder) -> None:
    other = AxisEncoder(name="other", revision="2")
    build(tiny.sessions, tiny.generations, other, ["kn"])
    assert {row["encoder"] for row in as_json(*LIST)} == {"axis", "other"}
    assert {row["encoder"] for row in as_json(*LIST, "-e", "other")} == {"other"}
    assert as_json(*LIST, "-e", other.spec.identity) == as_json(*LIST, "-e", "other")
    chosen = as_json(*LIST, "-e", "axis", "-l", "kn", "-l", "fr")
    assert [row["language"] for row in chosen] == ["fr", "kn"]


def test_an_encoder_that_has_built_nothing_has_an_empty_list(tiny: LexiconService) -> None:
    assert as_json(*LIST, "--encoder", "embedded") == []


def test_unknown_names_are_refused_and_nothing_is_made(tiny: LexiconService) -> None:
    before = contents(tiny.settings.home)
    assert refusal(*LIST, "--encoder", "word2vec").startswith("unknown encoder 'word2vec'; known:")
    assert refusal(*LIST, "--language", "xx") == "unknown language 'xx'; known: en, fr, hi, kn"
    assert contents(tiny.settings.home) == before


def test_no_index_at_all_is_an_empty_list(tiny: LexiconService) -> None:
    shutil.rmtree(tiny.settings.indices)
    assert as_json(*LIST) == []
    assert as_csv(*LIST) == []


def test_every_command_of_a_kept_index_has_help() -> None:
    for name in ("list", "verify", "prune", "rollback"):
        assert "Usage: " in output("index", name, "--help")
