"""What an index generation says about itself."""

from pydantic import BaseModel, ConfigDict

FORMAT = 2


class FileRecord(BaseModel):
    model_config = ConfigDict(frozen=True)

    bytes: int
    sha256: str


class Watermark(BaseModel):
    """How much of which store a generation knows: every word up to ``lexeme`` (the highest id
    given) but those that left up to ``departed`` (the highest number of a departure)."""

    model_config = ConfigDict(frozen=True)

    store: str
    lexeme: int
    departed: int


class Manifest(BaseModel):
    """Enough to refuse a generation that is damaged, foreign or out of date.

    ``form_digest`` is that of the store's forms when it was built. ``neighbourhoods`` maps each
    other language to the generation against which this one's neighbourhood means were taken;
    ``reverse`` maps those whose means towards this generation lie here too, because they were
    built before it. ``asked`` is the kind of index that somebody wanted. ``recall`` is that of the
    first ten against exact search, measured with ``recall_queries`` words of other languages.
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
    asked: str = "auto"
    kind: str
    parameters: dict[str, int]
    recall: float | None
    recall_queries: int
    form_digest: str
    watermark: Watermark
    created_at: str
    versions: dict[str, str]
    neighbourhoods: dict[str, str]
    reverse: dict[str, str]
    files: dict[str, FileRecord]
