"""Words of the languages, each with the concepts that it expresses."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from api.cursors import cursor as written
from api.cursors import place
from api.deps import ServiceDep
from api.errors import CONFLICT, RESPONSES
from api.fields import (
    MOST,
    AnyScript,
    Code,
    Cursor,
    FieldFilter,
    Limit,
    PosFilter,
    Prefix,
    Text,
    Whole,
)
from api.keys import Writes
from api.upkeep import KeepsUp
from lexicon import word_edits
from lexicon.concept_edits import MAX_WORDS
from lexicon.store import writing
from lexicon.word_listing import START, Place, StoredWord, WordFilter, find_word, list_words

Number = Annotated[int, Path(ge=1, le=MOST, description="The word's id.")]

router = APIRouter(prefix="/v1/words", tags=["words"], responses=RESPONSES)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewWord(_Body):
    """A word for a concept that is there; ``rank`` 0 is the first of its language, and without a
    rank it is the last."""

    language: Code
    lemma: Text
    concept: Text
    rank: Annotated[int, Field(ge=0, le=MAX_WORDS), Whole] | None = None


class Correction(_Body):
    """The right spelling. ``merge``: where a concept has both spellings, keep one word of them."""

    lemma: Text
    merge: StrictBool = False


class WordConceptOut(BaseModel):
    key: str
    gloss: str
    rank: int


class WordOut(BaseModel):
    """A word; ``frequency`` is on the Zipf scale, null where its language has none. Its concepts
    come by rank, in which 0 is the concept's first choice."""

    id: int
    language: str
    lemma: str
    pos: str
    script: str
    frequency: float | None
    concepts: list[WordConceptOut]


class WordPage(BaseModel):
    """``next`` is the cursor of the page behind this one, null on the last."""

    words: list[WordOut]
    next: str | None


@router.get("")
def words(
    service: ServiceDep,
    language: Annotated[Code | None, Query(description="Only of this language.")] = None,
    field: FieldFilter = None,
    pos: PosFilter = None,
    prefix: Prefix = "",
    limit: Limit = 50,
    cursor: Cursor = None,
) -> WordPage:
    """Words by language, spelling and part of speech."""
    after = START if cursor is None else Place(*place(cursor, 3))
    with service.sessions() as session:
        page = list_words(session, WordFilter(language, field, pos, prefix), limit, after)
    return WordPage(
        words=[_out(word) for word in page.words],
        next=None if page.next is None else written(page.next),
    )


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    dependencies=[Writes, KeepsUp],
    responses={HTTPStatus.OK: {"model": WordOut, "description": "The concept had it."}},
)
def add(
    service: ServiceDep, response: Response, body: NewWord, any_script: AnyScript = False
) -> WordOut:
    """Give a concept a word. One that it had is given with status 200, and takes the rank if one is
    said."""
    with writing(service.sessions) as session:
        word, new = word_edits.add(
            session, body.language, body.lemma, body.concept, body.rank, any_script
        )
    response.headers["Location"] = f"{router.prefix}/{word.id}"
    if not new:
        response.status_code = HTTPStatus.OK
    return _out(word)


@router.get("/{number}")
def read(service: ServiceDep, number: Number) -> WordOut:
    """A word with its concepts."""
    with service.sessions() as session:
        return _out(find_word(session, number))


@router.patch("/{number}", dependencies=[Writes, KeepsUp], responses=CONFLICT)
def correct(
    service: ServiceDep,
    response: Response,
    number: Number,
    body: Correction,
    any_script: AnyScript = False,
) -> WordOut:
    """Correct the spelling of a word in all of its concepts. The corrected word has another id; its
    address is in ``Content-Location``."""
    with writing(service.sessions) as session:
        word = word_edits.respell(session, number, body.lemma, body.merge, any_script)
    response.headers["Content-Location"] = f"{router.prefix}/{word.id}"
    return _out(word)


@router.delete(
    "/{number}",
    status_code=HTTPStatus.NO_CONTENT,
    dependencies=[Writes, KeepsUp],
    responses=CONFLICT,
)
def delete(service: ServiceDep, number: Number) -> None:
    """Remove a word from all of its concepts, unless it is the only word of one."""
    with writing(service.sessions) as session:
        word_edits.remove(session, number)


def _out(word: StoredWord) -> WordOut:
    return WordOut.model_validate(word, from_attributes=True)
