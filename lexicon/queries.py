"""Every read of the store, each a named function. Routes and commands build no statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from lexicon.errors import UnknownConcept, UnknownLanguage
from lexicon.models import (
    AlignmentRun,
    AlignmentScore,
    Concept,
    Encoder,
    Generation,
    Language,
    Lexeme,
    Sense,
    Source,
    StoreIdentity,
)
from lexicon.normalize import search_key

# Keeps IN lists below SQLite's limit on variables.
_CHUNK = 10_000


def store_identity(session: Session) -> str:
    """Which store this is: a UUID that a backup keeps."""
    return session.scalars(select(StoreIdentity.id)).one()


def languages(session: Session) -> list[str]:
    """Language codes, sorted."""
    return list(session.scalars(select(Language.code).order_by(Language.code)))


def written_languages(session: Session) -> list[str]:
    """Codes of the languages that have words, sorted: those that need an index."""
    there = select(Lexeme.id).where(Lexeme.language == Language.code).exists()
    return list(session.scalars(select(Language.code).where(there).order_by(Language.code)))


def require_language(session: Session, code: str) -> str:
    """``code``, or :class:`UnknownLanguage` naming the known ones."""
    known = languages(session)
    if code not in known:
        raise UnknownLanguage(code, known)
    return code


@dataclass(frozen=True)
class Form:
    """One written form of a language; ``lexeme_ids`` are its parts of speech, ascending."""

    lemma: str
    lexeme_ids: tuple[int, ...]


def forms(session: Session, language: str) -> list[Form]:
    """The distinct forms of a language, ordered by their first lexeme: the rows of an index."""
    gathered: dict[str, list[int]] = {}
    for row in session.execute(
        select(Lexeme.lemma, Lexeme.id).where(Lexeme.language == language).order_by(Lexeme.id)
    ):
        gathered.setdefault(row.lemma, []).append(row.id)
    return [Form(lemma, tuple(ids)) for lemma, ids in gathered.items()]


def count_forms(session: Session, language: str) -> int:
    """How many distinct forms a language has."""
    distinct = func.count(func.distinct(Lexeme.lemma))
    return session.scalar(select(distinct).where(Lexeme.language == language)) or 0


def form_digest(rows: Sequence[Form]) -> str:
    """sha256 over forms and their lexeme ids: 64 hexadecimal digits, equal iff an index of the
    one is an index of the other."""
    text = "\n".join(f"{row.lemma}\t{','.join(map(str, row.lexeme_ids))}" for row in rows)
    return sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class SenseRow:
    """One sense with what a result shows of it and is ordered by."""

    lexeme_id: int
    language: str
    lemma: str
    pos: str
    frequency: float | None
    rank: int
    concept_id: int
    key: str
    gloss: str
    field: str
    unsensed: bool


_SENSE_COLUMNS = (
    Lexeme.id.label("lexeme_id"),
    Lexeme.language,
    Lexeme.lemma,
    Lexeme.pos,
    Lexeme.frequency,
    Sense.rank,
    Concept.id.label("concept_id"),
    Concept.key,
    Concept.gloss,
    Concept.field,
    Concept.unsensed,
)


def _sense_row(
    row: Row[int, str, str, str, float | None, int, int, str, str, str, bool],
) -> SenseRow:
    return SenseRow(*row)


# What every search asks is put together once: that takes longer than the database with it.
_MATCHING = (
    select(Lexeme.id, Lexeme.lemma, Lexeme.pos)
    .where(Lexeme.language == bindparam("code"), Lexeme.search_key == bindparam("key"))
    .order_by(Lexeme.id)
)

_SENSES_OF = (
    select(*_SENSE_COLUMNS)
    .join(Sense, Sense.lexeme_id == Lexeme.id)
    .join(Concept, Concept.id == Sense.concept_id)
    .where(Lexeme.id.in_(bindparam("ids", expanding=True)))
    .order_by(Concept.unsensed, Sense.rank, Concept.key)
)

_SAME = aliased(Lexeme)

_FORMS_OF = (
    select(Lexeme.id, _SAME.id, _SAME.lemma)
    .join(_SAME, (_SAME.language == Lexeme.language) & (_SAME.lemma == Lexeme.lemma))
    .where(Lexeme.id.in_(bindparam("ids", expanding=True)))
    .order_by(Lexeme.id, _SAME.id)
)


def lexemes_matching(session: Session, language: str, text: str) -> list[Row[int, str, str]]:
    """(id, lemma, pos) of the lexemes whose search key is that of ``text``."""
    return list(session.execute(_MATCHING, {"code": language, "key": search_key(text)}))


def search_keys_held(session: Session, language: str, keys: Sequence[str]) -> set[str]:
    """Those of the search keys that a lexeme of the language has."""
    found: set[str] = set()
    for start in range(0, len(keys), _CHUNK):
        some = Lexeme.search_key.in_(keys[start : start + _CHUNK])
        found |= set(
            session.scalars(select(Lexeme.search_key).where(Lexeme.language == language, some))
        )
    return found


def senses_of(session: Session, lexeme_ids: Sequence[int]) -> list[SenseRow]:
    """Senses of the lexemes, by rank, then concept key; unsensed ones last."""
    found: list[SenseRow] = []
    for start in range(0, len(lexeme_ids), _CHUNK):
        rows = session.execute(_SENSES_OF, {"ids": lexeme_ids[start : start + _CHUNK]})
        found += map(_sense_row, rows)
    return found


def forms_of_lexemes(session: Session, lexeme_ids: Sequence[int]) -> dict[int, Form]:
    """For each lexeme that still exists, the form that it shares with its homographs."""
    gathered: dict[int, tuple[str, list[int]]] = {}
    for start in range(0, len(lexeme_ids), _CHUNK):
        rows = session.execute(_FORMS_OF, {"ids": lexeme_ids[start : start + _CHUNK]})
        for lexeme_id, twin, lemma in rows:
            gathered.setdefault(lexeme_id, (lemma, []))[1].append(twin)
    return {key: Form(lemma, tuple(ids)) for key, (lemma, ids) in gathered.items()}


def concept_senses(session: Session, key: str) -> list[SenseRow]:
    """Every word of a concept, or :class:`UnknownConcept`."""
    found = [
        _sense_row(row)
        for row in session.execute(
            select(*_SENSE_COLUMNS)
            .join(Sense, Sense.lexeme_id == Lexeme.id)
            .join(Concept, Concept.id == Sense.concept_id)
            .where(Concept.key == key)
            .order_by(Lexeme.language, Sense.rank, Lexeme.lemma)
        )
    ]
    if not found:
        raise UnknownConcept(key, "list the keys with: lexicon words export")
    return found


@dataclass(frozen=True)
class SenseTriple:
    """A sense as the scores need it: which lexeme expresses which concept, in which role."""

    lexeme_id: int
    concept_id: int
    pos: str
    rank: int


def sense_triples(session: Session, language: str) -> list[SenseTriple]:
    """All senses of a language, by concept and rank."""
    return [
        SenseTriple(*row)
        for row in session.execute(
            select(Sense.lexeme_id, Sense.concept_id, Lexeme.pos, Sense.rank)
            .join(Lexeme, Lexeme.id == Sense.lexeme_id)
            .where(Lexeme.language == language)
            .order_by(Sense.concept_id, Sense.rank, Sense.lexeme_id)
        )
    ]


@dataclass(frozen=True)
class SenseFacts:
    """A sense with what reports break their figures down by; ``pos`` and ``field`` are those of
    the concept, ``frequency`` that of the lexeme on the Zipf scale."""

    lexeme_id: int
    concept_id: int
    pos: str
    field: str
    lemma: str
    search_key: str
    frequency: float | None


def sense_facts(session: Session, language: str) -> list[SenseFacts]:
    """All senses of a language, by concept and rank."""
    columns = (
        Sense.lexeme_id,
        Sense.concept_id,
        Concept.pos,
        Concept.field,
        Lexeme.lemma,
        Lexeme.search_key,
        Lexeme.frequency,
    )
    return [
        SenseFacts(*row)
        for row in session.execute(
            select(*columns)
            .join(Lexeme, Lexeme.id == Sense.lexeme_id)
            .join(Concept, Concept.id == Sense.concept_id)
            .where(Lexeme.language == language)
            .order_by(Sense.concept_id, Sense.rank, Sense.lexeme_id)
        )
    ]


def concepts_by_id(session: Session, ids: Sequence[int]) -> dict[int, Concept]:
    """The concepts with these numbers."""
    found: dict[int, Concept] = {}
    for start in range(0, len(ids), _CHUNK):
        some = select(Concept).where(Concept.id.in_(ids[start : start + _CHUNK]))
        found |= {concept.id: concept for concept in session.scalars(some)}
    return found


def lemmas(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """The lemma of each lexeme with one of these numbers."""
    found: dict[int, str] = {}
    for start in range(0, len(ids), _CHUNK):
        some = select(Lexeme.id, Lexeme.lemma).where(Lexeme.id.in_(ids[start : start + _CHUNK]))
        found |= {row[0]: row[1] for row in session.execute(some)}
    return found


@dataclass(frozen=True)
class StoreCounts:
    """How much the store holds; ``lexemes`` and ``forms`` by language."""

    concepts: int
    senses: int
    lexemes: dict[str, int]
    forms: dict[str, int]


def counts(session: Session) -> StoreCounts:
    by_language = session.execute(
        select(
            Lexeme.language, func.count(Lexeme.id), func.count(func.distinct(Lexeme.lemma))
        ).group_by(Lexeme.language)
    ).all()
    return StoreCounts(
        concepts=session.scalar(select(func.count(Concept.id))) or 0,
        senses=session.scalar(select(func.count()).select_from(Sense)) or 0,
        lexemes={language: total for language, total, _ in by_language},
        forms={language: distinct for language, _, distinct in by_language},
    )


def sources(session: Session) -> list[Source]:
    return list(session.scalars(select(Source).order_by(Source.name)))


def source(session: Session, name: str) -> Source | None:
    return session.scalar(select(Source).where(Source.name == name))


def encoder_names(session: Session) -> list[str]:
    """Names of the encoders that have built something, sorted."""
    return list(session.scalars(select(Encoder.name).distinct().order_by(Encoder.name)))


def encoders(session: Session) -> list[Encoder]:
    """The encoders that have built something, by identity."""
    return list(session.scalars(select(Encoder).order_by(Encoder.identity)))


def encoder_identities(session: Session) -> dict[str, str]:
    """The name of every encoder identity that has built something."""
    rows = session.execute(select(Encoder.identity, Encoder.name).order_by(Encoder.identity))
    return {row.identity: row.name for row in rows}


def generations(session: Session, encoder: str) -> list[Generation]:
    """Generations of an encoder identity, newest first."""
    return list(
        session.scalars(
            select(Generation)
            .where(Generation.encoder == encoder)
            .order_by(Generation.created_at.desc())
        )
    )


def alignment_runs(
    session: Session, encoder: str | None = None, limit: int | None = None
) -> list[AlignmentRun]:
    """All runs, or at most ``limit``, or those of one encoder identity, the newest first."""
    statement = select(AlignmentRun).order_by(AlignmentRun.id.desc()).limit(limit)
    if encoder is not None:
        statement = statement.where(AlignmentRun.encoder == encoder)
    return list(session.scalars(statement))


def alignment_run(session: Session, number: int) -> AlignmentRun | None:
    return session.get(AlignmentRun, number)


def latest_alignment_run(session: Session, encoder: str) -> AlignmentRun | None:
    """The newest report of an encoder identity."""
    return session.scalar(
        select(AlignmentRun)
        .where(AlignmentRun.encoder == encoder)
        .order_by(AlignmentRun.id.desc())
        .limit(1)
    )


def alignment_pairs(session: Session, run_id: int) -> list[tuple[str, str]]:
    """The directed pairs of a run, sorted."""
    columns = AlignmentScore.source, AlignmentScore.target
    statement = select(*columns).where(AlignmentScore.run_id == run_id).distinct()
    return [(row[0], row[1]) for row in session.execute(statement.order_by(*columns))]


def alignment_scores(
    session: Session, run_id: int, source: str | None = None, target: str | None = None
) -> list[AlignmentScore]:
    """The figures of a run, of one source or target language where one is named."""
    score = AlignmentScore
    statement = select(score).where(score.run_id == run_id)
    if source is not None:
        statement = statement.where(score.source == source)
    if target is not None:
        statement = statement.where(score.target == target)
    order = score.source, score.target, score.stratum, score.metric
    return list(session.scalars(statement.order_by(*order)))


def metric_scores(
    session: Session, run_id: int, strata: Collection[str], metrics: Collection[str]
) -> list[AlignmentScore]:
    """Some figures of a run over some parts of its pairs."""
    score = AlignmentScore
    chosen = select(score).where(
        score.run_id == run_id, score.stratum.in_(strata), score.metric.in_(metrics)
    )
    order = score.source, score.target, score.stratum, score.metric
    return list(session.scalars(chosen.order_by(*order)))


def stratum_scores(session: Session, run_id: int, stratum: str) -> list[AlignmentScore]:
    """The figures of a run over one part of its pairs, all of them for an empty ``stratum``."""
    score = AlignmentScore
    chosen = select(score).where(score.run_id == run_id, score.stratum == stratum)
    return list(session.scalars(chosen.order_by(score.source, score.target, score.metric)))
