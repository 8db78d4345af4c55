"""Concepts: meanings with their words in all languages."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from starlette.convertors import Convertor, register_url_convertor

from api.cursors import cursor as written
from api.cursors import place
from api.deps import ServiceDep
from api.errors import CONFLICT, RESPONSES
from api.etags import (
    NOT_MODIFIED,
    PRECONDITION,
    IfMatch,
    IfNoneMatch,
    etag,
    is_held,
    require_match,
)
from api.fields import (
    MAX_FORMS,
    NO_OTHER_NAMES,
    AnyScript,
    Code,
    ConceptKey,
    Cursor,
    External,
    FieldFilter,
    Forms,
    LanguageFilter,
    Limit,
    PosFilter,
    Prefix,
    Text,
)
from api.keys import Writes
from api.upkeep import KeepsUp
from lexicon import concept_edits, edits
from lexicon.entries import ConceptEntry, PartOfSpeech, checked_lists
from lexicon.listing import ConceptFilter, StoredConcept, list_concepts, stored_concept
from lexicon.normalize import clean
from lexicon.store import writing

MOST_LANGUAGES = 100


class KeyConvertor(Convertor[str]):
    """The rest of a path, to its last character: Starlette's own would let a line break at the
    end pass unseen."""

    regex = r"(?s:.*)\Z"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return quote(value, safe="")


register_url_convertor("key", KeyConvertor())

router = APIRouter(prefix="/v1/concepts", tags=["concepts"], responses=RESPONSES)


class _Body(BaseModel):
    # A misspelt field would otherwise be as good as one left out.
    model_config = ConfigDict(extra="forbid")


class WholeConcept(_Body):
    """All that a concept says; ``forms`` are its words by language, best first."""

    gloss: Text
    pos: PartOfSpeech = "noun"
    field: Text = "unsorted"
    forms: Annotated[
        dict[Code, Forms],
        Field(min_length=1, max_length=MOST_LANGUAGES, json_schema_extra=NO_OTHER_NAMES),
    ]
    external: External = {}
    unsensed: StrictBool = False


class NewConcept(WholeConcept):
    """A concept to add; without a key, its first word makes one."""

    key: Text | None = None


class WordRef(_Body):
    language: Code
    lemma: Text


Words = Annotated[list[WordRef], Field(max_length=MAX_FORMS)]


class ConceptChanges(_Body):
    """What changes; the rest stays. ``forms`` replaces the words of the languages it names, and an
    empty list removes them; then words are added and removed."""

    gloss: Text | None = None
    pos: PartOfSpeech | None = None
    field: Text | None = None
    forms: Annotated[
        dict[Code, Annotated[list[Text], Field(max_length=MAX_FORMS)]],
        Field(max_length=MOST_LANGUAGES, json_schema_extra=NO_OTHER_NAMES),
    ] = {}
    add: Words = []
    remove: Words = []


class ConceptOut(BaseModel):
    """A concept. ``unsensed``: a pair of words whose source does not say which of their senses it
    means. ``forms`` are its words by language, best first, ``external`` its identifiers elsewhere
    by scheme."""

    key: str
    pos: str
    field: str
    gloss: str
    unsensed: bool
    source: str
    forms: dict[str, list[str]]
    external: dict[str, list[str]]


class ConceptPage(BaseModel):
    """``next`` is the cursor of the page behind this one, null on the last."""

    concepts: list[ConceptOut]
    next: str | None


@router.get("")
def concepts(
    service: ServiceDep,
    language: LanguageFilter = None,
    field: FieldFilter = None,
    pos: PosFilter = None,
    prefix: Prefix = "",
    source: Annotated[
        Text | None, Query(description="Only those that this source brought.")
    ] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ConceptPage:
    """Concepts by key. ``prefix`` begins a word, of ``language`` if that is named."""
    [after] = place(cursor, 1) if cursor is not None else [""]
    wanted = ConceptFilter(language, field, pos, prefix, source)
    with service.sessions() as session:
        page = list_concepts(session, wanted, limit, after)
    return ConceptPage(
        concepts=[_out(one) for one in page.concepts],
        next=None if page.next is None else written([page.next]),
    )


@router.post(
    "", status_code=HTTPStatus.CREATED, dependencies=[Writes, KeepsUp], responses={**CONFLICT}
)
def create(
    service: ServiceDep, response: Response, body: NewConcept, any_script: AnyScript = False
) -> ConceptOut:
    """Add a concept; its address is in ``Location``."""
    entry = _entry(body.key or "new", body)
    with writing(service.sessions) as session:
        made = concept_edits.create(
            session, entry if body.key else replace(entry, key=""), any_script
        )
    response.headers["Location"] = f"{router.prefix}/{quote(made.key, safe='')}"
    return _tagged(response, made)


@router.get("/{key:key}", responses=NOT_MODIFIED, response_model=ConceptOut)
def read(
    service: ServiceDep, response: Response, key: ConceptKey, if_none_match: IfNoneMatch = None
) -> ConceptOut | Response:
    """A concept with its ``ETag``."""
    with service.sessions() as session:
        found = _tagged(response, stored_concept(session, key))
    tag = response.headers["ETag"]
    if is_held(if_none_match, tag):
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    return found


@router.put("/{key:key}", dependencies=[Writes, KeepsUp], responses=PRECONDITION)
def replace_(
    service: ServiceDep,
    response: Response,
    key: ConceptKey,
    body: WholeConcept,
    any_script: AnyScript = False,
    if_match: IfMatch = None,
) -> ConceptOut:
    """Make a concept exactly this; words that no concept has any more go."""
    with writing(service.sessions) as session:
        held = concept_edits.held_concept(session, key)
        _require_seen(if_match, held)
        made = concept_edits.change(session, held, _entry(held.key, body), any_script)
    return _tagged(response, made)


@router.patch("/{key:key}", dependencies=[Writes, KeepsUp], responses=PRECONDITION)
def change(
    service: ServiceDep,
    response: Response,
    key: ConceptKey,
    body: ConceptChanges,
    any_script: AnyScript = False,
    if_match: IfMatch = None,
) -> ConceptOut:
    """Change some of a concept."""
    with writing(service.sessions) as session:
        held = concept_edits.held_concept(session, key)
        _require_seen(if_match, held)
        entry = edits.changed(
            held.entry(),
            body.pos,
            body.field,
            body.gloss,
            body.forms,
            _pairs(body.add),
            _pairs(body.remove),
        )
        made = concept_edits.change(session, held, entry, any_script)
    return _tagged(response, made)


@router.delete(
    "/{key:key}",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[Writes, KeepsUp],
    responses=PRECONDITION,
)
def delete(service: ServiceDep, key: ConceptKey, if_match: IfMatch = None) -> None:
    """Remove a concept; words that no other concept has go with it."""
    with writing(service.sessions) as session:
        held = concept_edits.held_concept(session, key)
        _require_seen(if_match, held)
        edits.remove(session, [held.key])


def _entry(key: str, body: WholeConcept) -> ConceptEntry:
    return checked_lists(
        key, body.pos, body.field, body.gloss, body.forms, body.external, body.unsensed
    )


def _pairs(words: list[WordRef]) -> list[tuple[str, str]]:
    return [(word.language, clean(word.lemma, "word")) for word in words]


def _require_seen(if_match: str | None, held: StoredConcept) -> None:
    require_match(if_match, etag(_out(held)), f"concept {held.key[:100]!r}")


def _tagged(response: Response, concept: StoredConcept) -> ConceptOut:
    shown = _out(concept)
    response.headers["ETag"] = etag(shown)
    return shown


def _out(concept: StoredConcept) -> ConceptOut:
    return ConceptOut(
        key=concept.key,
        pos=concept.pos,
        field=concept.field,
        gloss=concept.gloss,
        unsensed=concept.unsensed,
        source=concept.source,
        forms=_lists(concept.forms),
        external=_lists(concept.external),
    )


def _lists(given: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {name: list(some) for name, some in given.items()}
