"""The tables. SQL is the truth; every index is a cache that can be rebuilt from these rows."""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

NLI_LABELS = ("entailment", "neutral", "contradiction")
KEY_SCOPES = ("read", "write")

# SQLite only numbers rows by itself in a column that is literally INTEGER.
RowId = BigInteger().with_variant(Integer(), "sqlite")

# Ordered by code point in every database, whatever its locale: exports are the same everywhere,
# and an index serves a prefix.
Written = Text().with_variant(Text(collation="C"), "postgresql")


def _now() -> datetime:
    return datetime.now(UTC)


class Base(DeclarativeBase):
    # Constraints carry names, because a migration can only drop what it can name.
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_N_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: RowId,
        str: Written,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSON(),
        list[str]: JSON(none_as_null=True),
    }


class Language(Base):
    """A language of the lexicon, by its BCP 47 code."""

    __tablename__ = "language"

    code: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str]
    autonym: Mapped[str]
    script: Mapped[str] = mapped_column(String(4))


class Source(Base):
    """Where rows came from."""

    __tablename__ = "source"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    licence: Mapped[str]
    version: Mapped[str]
    checksum: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(default=_now, onupdate=_now)


class Concept(Base):
    """One meaning, whatever the language. ``unsensed``: a pair of words whose source does not say
    which of their senses it means."""

    __tablename__ = "concept"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    gloss: Mapped[str]
    pos: Mapped[str] = mapped_column(String(16))
    field: Mapped[str] = mapped_column(index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"), index=True)
    unsensed: Mapped[bool] = mapped_column(default=False, server_default=false())

    senses: Mapped[list["Sense"]] = relationship(back_populates="concept", passive_deletes=True)


class ExternalId(Base):
    """A concept's identifier elsewhere, such as its Interlingual Index entry (scheme ``ili``)."""

    __tablename__ = "external_id"

    scheme: Mapped[str] = mapped_column(String(32), primary_key=True)
    identifier: Mapped[str] = mapped_column(primary_key=True)
    concept_id: Mapped[int] = mapped_column(
        ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True, index=True
    )


class Lexeme(Base):
    """One word of one language and part of speech. ``frequency`` is on the Zipf scale; ``folded``
    finds it for who spells it otherwise."""

    __tablename__ = "lexeme"
    __table_args__ = (
        UniqueConstraint("language", "lemma", "pos"),
        Index(None, "language", "search_key"),
        Index(None, "language", "folded"),
        # An index knows words by these numbers: a new word must not get that of one that left.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(String(16), ForeignKey("language.code"))
    lemma: Mapped[str]
    search_key: Mapped[str]
    folded: Mapped[str] = mapped_column(server_default="")
    script: Mapped[str] = mapped_column(String(4))
    pos: Mapped[str] = mapped_column(String(16))
    frequency: Mapped[float | None]

    senses: Mapped[list["Sense"]] = relationship(back_populates="lexeme", passive_deletes=True)


class Sense(Base):
    """A lexeme expresses a concept. ``rank`` 0 is the concept's first choice in that language."""

    __tablename__ = "sense"

    concept_id: Mapped[int] = mapped_column(
        ForeignKey("concept.id", ondelete="CASCADE"), primary_key=True
    )
    lexeme_id: Mapped[int] = mapped_column(
        ForeignKey("lexeme.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    rank: Mapped[int] = mapped_column(Integer())
    source_id: Mapped[int] = mapped_column(ForeignKey("source.id"))

    concept: Mapped[Concept] = relationship(back_populates="senses")
    lexeme: Mapped[Lexeme] = relationship(back_populates="senses")


class DepartedLexeme(Base):
    """A lexeme that was removed, in the order of removal: what an index must no longer answer."""

    __tablename__ = "departed_lexeme"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    lexeme_id: Mapped[int]
    language: Mapped[str] = mapped_column(String(16))


class StoreIdentity(Base):
    """One row: which store this is. An index knows words by numbers that only its store gives."""

    __tablename__ = "store_identity"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)


class WordEdition(Base):
    """One row for each of the latest changes of words, concepts or senses, none before the first.
    What was read of them holds as long as the newest ``id`` stays; after that, but for the words
    that are spelt as one of ``lemmas``, unless those are null: then anything may have changed."""

    __tablename__ = "word_edition"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(String(36))
    lemmas: Mapped[list[str] | None]


class SentencePair(Base):
    """A premise and a hypothesis, possibly of two languages; ``label`` when gold is known."""

    __tablename__ = "sentence_pair"
    __table_args__ = (
        # Named, because the conventional name is longer than PostgreSQL's 63 characters.
        UniqueConstraint(
            "dataset",
            "split",
            "premise_language",
            "hypothesis_language",
            "key",
            name="uq_sentence_pair_identity",
        ),
        CheckConstraint(f"label IN {NLI_LABELS}", name="label"),
        # Clients know pairs by these numbers: a new pair must not get that of one that left.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset: Mapped[str]
    split: Mapped[str] = mapped_column(String(32))
    key: Mapped[str]
    premise: Mapped[str]
    hypothesis: Mapped[str]
    premise_language: Mapped[str] = mapped_column(String(16), ForeignKey("language.code"))
    hypothesis_language: Mapped[str] = mapped_column(String(16), ForeignKey("language.code"))
    label: Mapped[str | None] = mapped_column(String(16))
    source_id: Mapped[int | None] = mapped_column(ForeignKey("source.id"), index=True)


class NliPrediction(Base):
    """What one checkpoint says of one stored pair."""

    __tablename__ = "nli_prediction"

    pair_id: Mapped[int] = mapped_column(
        ForeignKey("sentence_pair.id", ondelete="CASCADE"), primary_key=True
    )
    checkpoint: Mapped[str] = mapped_column(String(128), primary_key=True, index=True)
    entailment: Mapped[float]
    neutral: Mapped[float]
    contradiction: Mapped[float]
    truncated: Mapped[bool]
    predicted_at: Mapped[datetime] = mapped_column(default=_now)


class ApiKey(Base):
    """A key that opens the HTTP service. Of the key itself only ``digest`` (SHA-256) is kept;
    ``prefix`` is its beginning, which may be shown and finds it."""

    __tablename__ = "api_key"
    __table_args__ = (
        CheckConstraint(f"scope IN {KEY_SCOPES}", name="scope"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(String(16), unique=True)
    digest: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(default=_now)
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Encoder(Base):
    """An encoder that has built something, with all that makes its vectors what they are."""

    __tablename__ = "encoder"

    identity: Mapped[str] = mapped_column(String(128), primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    dim: Mapped[int] = mapped_column(Integer())
    spec: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=_now)


class Generation(Base):
    """One immutable index. The pointer file beside it decides which is live; ``live`` follows."""

    __tablename__ = "generation"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    encoder: Mapped[str] = mapped_column(String(128), ForeignKey("encoder.identity"), index=True)
    language: Mapped[str] = mapped_column(String(16), ForeignKey("language.code"))
    rows: Mapped[int] = mapped_column(Integer())
    form_digest: Mapped[str] = mapped_column(String(64))
    manifest: Mapped[dict[str, Any]]
    live: Mapped[bool]
    created_at: Mapped[datetime] = mapped_column(default=_now)


class WordVector(Base):
    """The vector of a word that came after its language's index was built, until the next build.

    ``digest`` is that of its text; ``vector`` holds little-endian float16.
    """

    __tablename__ = "word_vector"

    encoder: Mapped[str] = mapped_column(
        String(128), ForeignKey("encoder.identity", ondelete="CASCADE"), primary_key=True
    )
    language: Mapped[str] = mapped_column(String(16), ForeignKey("language.code"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(32), primary_key=True)
    covered: Mapped[bool]
    vector: Mapped[bytes] = mapped_column(LargeBinary())


class AlignmentRun(Base):
    """One alignment report, with all that is needed to make it again."""

    __tablename__ = "alignment_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    encoder: Mapped[str] = mapped_column(String(128), ForeignKey("encoder.identity"), index=True)
    evaluation: Mapped[str] = mapped_column(String(32))
    parameters: Mapped[dict[str, Any]]
    generations: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=_now)

    scores: Mapped[list["AlignmentScore"]] = relationship(
        back_populates="run", passive_deletes=True
    )


class AlignmentScore(Base):
    """One figure of one directed pair: tall, so that a new metric needs no migration. ``stratum``
    is the part of the pairs that it is of, empty for all."""

    __tablename__ = "alignment_score"

    run_id: Mapped[int] = mapped_column(
        ForeignKey("alignment_run.id", ondelete="CASCADE"), primary_key=True
    )
    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    target: Mapped[str] = mapped_column(String(16), primary_key=True)
    stratum: Mapped[str] = mapped_column(primary_key=True, server_default="")
    metric: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[float]
    low: Mapped[float | None]
    high: Mapped[float | None]
    n: Mapped[int] = mapped_column(Integer())

    run: Mapped[AlignmentRun] = relationship(back_populates="scores")
