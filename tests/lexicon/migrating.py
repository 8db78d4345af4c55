"""What the tests of migrations share."""

import shutil
from pathlib import Path
from typing import Any

import pytest
from alembic import op
from sqlalchemy import Engine, inspect, text

from lexicon import migrate
from lexicon.store import SCHEMA_REVISION


def tables(engine: Engine) -> set[str]:
    """The tables that are there, but for Alembic's own."""
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def stamp(engine: Engine, revision: str) -> None:
    """Make the store say that it is at ``revision``."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})


def interrupt(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Upgrade until the table of the lexemes is about to be made."""
    create = op.create_table

    def interrupted(name: str, *columns: Any, **options: Any) -> Any:
        if name == "lexeme":
            raise KeyboardInterrupt
        return create(name, *columns, **options)

    with monkeypatch.context() as patch:
        patch.setattr(op, "create_table", interrupted)
        with pytest.raises(KeyboardInterrupt):
            migrate.upgrade(engine)


def add_revision(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Let a later version's ``script`` follow those that there are."""
    shutil.copytree(migrate.scripts(), folder / "later")
    names = f'revision = "0999"\ndown_revision = "{SCHEMA_REVISION}"\n'
    (folder / "later" / "versions" / "0999_later.py").write_text(names + script)
    monkeypatch.setattr(migrate, "scripts", lambda: folder / "later")
