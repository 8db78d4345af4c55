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
    writes: Literal["key", "open"] = Field(
        default="key",
        description="Who may write over HTTP: holders of a key, or whoever is on this machine.",
    )
    reads: Literal["open", "key"] = Field(
        default="open", description="Who may read over HTTP: anybody, or holders of a key."
    )
    cors_origins: str = Field(
        default="",
        pattern=r"^(https?://[^\s,/*?#]+( *, *https?://[^\s,/*?#]+)*)?$",
        description="Origins whose pages may ask over HTTP, comma separated; none when unset.",
    )
    max_body: int = Field(
        default=4 * 2**20, ge=1_024, description="Bytes of a request's body; more are refused."
    )
    max_query: int = Field(
        default=12_288, ge=1_024, le=16_000, description="Bytes of a query string."
    )
    max_requests: int = Field(
        default=512, ge=1, description="Requests that a process answers at once; more are refused."
    )
    max_waiting: int = Field(
        default=128, ge=1, description="Requests of a process that may wait for a worker thread."
    )
    header_seconds: float = Field(
        default=10, gt=0, description="Time for a client to send the head of a request."
    )
    body_seconds: float = Field(
        default=30, gt=0, description="Time for a client to send the body of a request."
    )
    request_seconds: float = Field(
        default=30, gt=0, description="Time for a route to begin its answer."
    )
    drain_seconds: float = Field(
        default=0,
        ge=0,
        description="Time for balancers to see that a process is about to end, before it closes.",
    )
    grace_seconds: float = Field(
        default=30, gt=0, description="Time for requests to be finished when a process ends."
    )
    queue: int = Field(
        default=2_048,
        ge=1,
        description="Texts or pairs that may wait for the models of a process; more are refused.",
    )
    vector_cache_mib: int = Field(
        default=64,
        ge=0,
        description="Memory for vectors of texts that are not in the lexicon, in MiB a process.",
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
