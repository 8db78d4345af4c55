"""What there is: the store, the encoders that have built something, and what is live."""

import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

import numpy as np
from pydantic import BaseModel

from indexer.encoders.registry import KNOWN
from indexer.indices.faiss import FaissIndex
from indexer.service import LexiconService
from lexicon import queries
from lexicon.errors import LexiconError
from lexicon.store import SCHEMA_REVISION

PACKAGES = ("semantic-lexicon", "numpy", "sqlalchemy", "tokenizers", "babel")
FAISS_WHEELS = ("faiss-cpu", "faiss-gpu", "faiss-gpu-cuvs")
OPTIONAL = (*FAISS_WHEELS, "torch", "transformers", "sentence-transformers")


NOT_INSTALLED = "not installed"


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
    ``uncovered`` forms have a guessed vector, ``missing`` ones none yet."""

    language: str
    state: str
    generation: str | None = None
    rows: int = 0
    uncovered: int = 0
    missing: int = 0


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


def versions() -> dict[str, str]:
    found = {"python": platform.python_version()}
    for package in (*PACKAGES, *OPTIONAL):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = NOT_INSTALLED
    return found


def problems(installed: dict[str, str]) -> list[str]:
    """What is wrong with the installation.

    >>> problems({"faiss-cpu": "1.15.1", "faiss-gpu": "1.7.2"})
    ['faiss-cpu, faiss-gpu share one import name; uninstall all of them but one']
    """
    wheels = [name for name in FAISS_WHEELS if installed.get(name, NOT_INSTALLED) != NOT_INSTALLED]
    if not wheels:
        return ['no FAISS wheel; install one with: pip install "semantic-lexicon[cpu]"']
    if len(wheels) > 1:
        return [f"{', '.join(wheels)} share one import name; uninstall all of them but one"]
    return []


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
            forms = queries.forms(session, language)
            try:
                index = service.index(encoder, language)
            except LexiconError as error:
                found.append(IndexStatus(language=language, state=str(error), missing=len(forms)))
                continue
            manifest = index.manifest
            same = manifest.form_digest == queries.form_digest(forms)
            found.append(
                IndexStatus(
                    language=language,
                    state="current" if same else f"stale; update it with: {remedy}",
                    generation=manifest.generation,
                    rows=manifest.rows,
                    uncovered=manifest.rows - manifest.covered,
                    missing=0 if same else _missing(index, forms),
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


def _missing(index: FaissIndex, forms: Sequence[queries.Form]) -> int:
    """How many forms have come since the index was built."""
    ids = [lexeme for form in forms for lexeme in form.lexeme_ids]
    there = index.rows_of(np.array(ids, dtype=np.int64)) >= 0
    ends = np.cumsum([0, *(len(form.lexeme_ids) for form in forms)])[:-1]
    return int((~np.logical_or.reduceat(there, ends)).sum()) if len(forms) else 0


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
