"""docs/openapi.json is what the service says of itself."""

import json
import runpy
from pathlib import Path

import pytest

from api import openapi
from tests.api.samples import operations

COMMITTED = Path(__file__).parent.parent.parent / "docs" / "openapi.json"
REMEDY = "write it anew with: python -m api.openapi > docs/openapi.json"


def test_the_committed_schema_is_that_of_the_service() -> None:
    said, kept = json.loads(openapi.document()), json.loads(COMMITTED.read_text(encoding="utf-8"))
    changed = [
        f"{part}.{name}"
        for part in ("paths", "components")
        for name in sorted(said[part].keys() | kept[part].keys())
        if said[part].get(name) != kept[part].get(name)
    ]
    if said != kept:
        pytest.fail(f"docs/openapi.json differs in {', '.join(changed) or 'its head'}; {REMEDY}")


def test_it_is_written_by_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.warns(RuntimeWarning, match="found in sys.modules"):
        runpy.run_module("api.openapi", run_name="__main__")
    assert capsys.readouterr().out == openapi.document()


def test_the_developers_variables_do_not_change_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = openapi.document()
    monkeypatch.setenv("LEXICON_READS", "key")
    monkeypatch.setenv("LEXICON_ENCODER", "another")
    assert openapi.document() == before


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does() -> None:
    document = json.loads(openapi.document())
    said = [
        operation
        for path in document["paths"].values()
        for operation in path.values()
        if "responses" in operation
    ]
    assert len(said) == len(operations(document))
    names = [operation["operationId"] for operation in said]
    assert len(set(names)) == len(names)
    assert all(operation.get("description") and operation.get("tags") for operation in said)
