"""What there is: the store, the encoders that have built something, and what is live."""

from pydantic import BaseModel

from indexer.doctor.wheels import problems, versions
from indexer.encoders.registry import KNOWN
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import LexiconError
from lexicon.store import SCHEMA_REVISION


class SourceStatus(BaseModel):
    name: str
    licence: str
    version: str


class StoreStatus(BaseModel):
    url: str
    revision: str
    concepts: int
    senses: int
    lexemes: dict[str, int]
    forms: dict[str, int]
    sources: list[SourceStatus]


class IndexStatus(BaseModel):
    """``state``: ``current``, ``stale`` (the store has changed since), or why it cannot be used.
    ``uncovered`` forms have a guessed vector, ``missing`` ones none yet; ``changes`` forms have
    come or gone since the build."""

    language: str
    state: str
    generation: str | None = None
    rows: int = 0
    uncovered: int = 0
    missing: int = 0
    kind: str | None = None
    recall: float | None = None
    changes: int = 0


class EncoderStatus(BaseModel):
    name: str
    identity: str | None
    default: bool
    problem: str | None = None
    indices: list[IndexStatus] = []


class Status(BaseModel):
    home: str
    store: StoreStatus
    encoders: list[EncoderStatus]
    known_encoders: list[str]
    versions: dict[str, str]
    problems: list[str]


def index_status(service: LexiconService, name: str) -> EncoderStatus:
    """The live indices of one encoder, every one of them opened and checked."""
    default = name == service.settings.encoder
    try:
        encoder = service.encoder(name)
        identity = encoder.spec.identity
    except LexiconError as error:
        return EncoderStatus(name=name, identity=None, default=default, problem=str(error))
    found = []
    remedy = "lexicon index build" + ("" if default else f" --encoder {name}")
    with service.sessions() as session:
        for language in queries.written_languages(session):
            try:
                index = service.index(encoder, language, encode=False)
            except LexiconError as error:
                missing = queries.count_forms(session, language)
                found.append(IndexStatus(language=language, state=str(error), missing=missing))
                continue
            manifest, pending = index.base.manifest, index.changes.pending
            found.append(
                IndexStatus(
                    language=language,
                    state=f"stale; update it with: {remedy}" if pending else "current",
                    generation=manifest.generation,
                    rows=index.rows,
                    uncovered=int((~index.covered).sum()),
                    missing=pending,
                    kind=manifest.kind,
                    recall=manifest.recall,
                    changes=index.changes.size,
                )
            )
    return EncoderStatus(name=name, identity=identity, default=default, indices=found)


class VectorGap(BaseModel):
    """Forms of the store that an encoder has no vector for, or only a guessed one, over all
    languages; ``problem`` when the encoder itself cannot be opened."""

    encoder: str
    missing: int
    uncovered: int
    problem: str | None = None


def vector_gaps(service: LexiconService) -> list[VectorGap]:
    """One for each encoder that has built something, and for the default one."""
    with service.sessions() as session:
        recorded = queries.encoder_names(session)
    found = [
        index_status(service, name) for name in dict.fromkeys([service.settings.encoder, *recorded])
    ]
    return [
        VectorGap(
            encoder=encoder.name,
            missing=sum(index.missing for index in encoder.indices),
            uncovered=sum(index.uncovered for index in encoder.indices),
            problem=encoder.problem,
        )
        for encoder in found
    ]


def status(service: LexiconService) -> Status:
    """Everything that ``lexicon status`` tells."""
    with service.sessions() as session:
        counts = queries.counts(session)
        sources = queries.sources(session)
        recorded = queries.encoder_names(session)
    installed = versions()
    names = dict.fromkeys([service.settings.encoder, *recorded])
    return Status(
        home=str(service.settings.home),
        store=StoreStatus(
            url=service.location,
            revision=SCHEMA_REVISION,
            concepts=counts.concepts,
            senses=counts.senses,
            lexemes=counts.lexemes,
            forms=counts.forms,
            sources=[
                SourceStatus(name=s.name, licence=s.licence, version=s.version) for s in sources
            ],
        ),
        encoders=[index_status(service, name) for name in names],
        known_encoders=sorted(KNOWN),
        versions=installed,
        problems=problems(installed),
    )
