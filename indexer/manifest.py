"""What an index generation says about itself."""

from pydantic import BaseModel, ConfigDict

FORMAT = 1


class FileRecord(BaseModel):
    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class Manifest(BaseModel):
    """Enough to refuse a generation that is damaged, foreign or out of date.

    ``form_digest`` is that of the store's forms when it was built; ``neighbourhoods`` maps each
    other language to the generation against which CSLS neighbourhood means were taken.
    """

    model_config = ConfigDict(frozen=True)

    format: int
    generation: str
    encoder: str
    identity: str
    spec: dict[str, str | int | None]
    language: str
    rows: int
    dim: int
    covered: int
    kind: str
    form_digest: str
    created_at: str
    versions: dict[str, str]
    neighbourhoods: dict[str, str]
    files: dict[str, FileRecord]
