"""Creating and upgrading the store with Alembic, from a checkout or from an installed wheel."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from lexicon import store
from lexicon.errors import StoreTooNew, StoreUnavailable


def scripts() -> Path:
    """The folder of migration scripts: packed beside this module, or the checkout's own."""
    packed = Path(__file__).parent / "migrations"
    return packed if packed.is_dir() else Path(__file__).parent.parent / "migrations"


def config(engine: Engine) -> Config:
    made = Config()
    # The option is read with interpolation, where a percent sign has a meaning.
    made.set_main_option("script_location", str(scripts()).replace("%", "%%"))
    made.attributes["engine"] = engine
    return made


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring the store to this version's schema; returns the revisions before and after."""
    before = store.revision(engine)
    if before is not None and before.isdigit() and before > store.SCHEMA_REVISION:
        raise StoreTooNew(before, store.SCHEMA_REVISION)
    try:
        command.upgrade(config(engine), "head")
    except CommandError as error:
        raise StoreUnavailable(
            f"the store is at schema revision {before}, which this version does not know "
            f"({error}); restore a backup, or use the version that wrote it"
        ) from error
    except DBAPIError as error:
        raise StoreUnavailable(
            f"the store at {engine.url.render_as_string(hide_password=True)} could not be "
            f"upgraded ({store.reason(error)}); check LEXICON_HOME and LEXICON_DATABASE_URL"
        ) from error
    return before, store.SCHEMA_REVISION
