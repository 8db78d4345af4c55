"""One typed settings object, read from ``LEXICON_*`` and checked at start."""

from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from lexicon.errors import InvalidSettings


class Settings(BaseSettings):
    """Where the store lives, and which encoder and classifier answer by default.

    Entry points construct it once and pass it down; no module keeps one.

    >>> Settings(home=Path("/srv/lexicon")).indices.as_posix()
    '/srv/lexicon/indices'
    """

    # A variable that is set to nothing is as good as unset: LEXICON_HOME= must not mean ".".
    model_config = SettingsConfigDict(env_prefix="LEXICON_", extra="ignore", env_ignore_empty=True)

    home: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("semantic-lexicon", appauthor=False),
        description="Folder of the store, the indices and pulled models.",
    )
    database_url: str | None = Field(
        default=None, description="SQLAlchemy URL; SQLite in the home folder when unset."
    )
    encoder: str = Field(default="embedded", min_length=1, description="The default encoder.")
    nli: str = Field(
        default="embedded-nli",
        min_length=1,
        description="The default classifier of premise and hypothesis.",
    )
    vector_backend: Literal["faiss", "pgvector"] = Field(
        default="faiss",
        description="Where indices are: files in the home folder, or tables of the PostgreSQL "
        "database.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        default="auto", description="Where checkpoints run; auto takes a GPU if there is one."
    )
    threads: int | None = Field(
        default=None, ge=1, description="CPU threads of a checkpoint; PyTorch's choice when unset."
    )

    @property
    def indices(self) -> Path:
        return self.home / "indices"

    @property
    def models(self) -> Path:
        return self.home / "models"


def load_settings() -> Settings:
    """Settings from the environment, or :class:`InvalidSettings` naming the variable."""
    try:
        settings = Settings()
    except ValidationError as error:
        fault = error.errors()[0]
        variable = "LEXICON_" + "_".join(str(part) for part in fault["loc"]).upper()
        raise InvalidSettings(f"{variable}={fault['input']!r}: {fault['msg']}") from error
    try:
        home = settings.home.expanduser().absolute()
    except RuntimeError as error:
        raise InvalidSettings(
            f"LEXICON_HOME={str(settings.home)!r} names the home of an unknown user; "
            "set it to a folder that can be written"
        ) from error
    return settings.model_copy(update={"home": home})
