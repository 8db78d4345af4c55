"""What several resources take, bounded: the same words for the same things."""

import unicodedata
from typing import Annotated

from fastapi import Depends, Path, Query
from pydantic import BeforeValidator, Field, StringConstraints
from pydantic.config import JsonDict

from lexicon.entries import MAX_SCHEME, PartOfSpeech
from lexicon.normalize import MAX_TEXT

MOST = 2**63 - 1
"""What a database counts to."""

NO_NUL = "^[^\\x00]*$"
"""PostgreSQL has no word for NUL."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT, pattern=NO_NUL)]
"""A word, gloss, field or key."""

Code = Annotated[str, StringConstraints(min_length=1, max_length=16, pattern="^[A-Za-z0-9-]+$")]
"""A language's BCP 47 code."""

NO_OTHER_NAMES: JsonDict = {"additionalProperties": False}
"""For mappings: what a name must be like is otherwise only said of those that are."""

Scheme = Annotated[str, StringConstraints(min_length=1, max_length=MAX_SCHEME, pattern=NO_NUL)]

MAX_FORMS = 200
"""Words of one language in one request."""

Forms = Annotated[list[Text], Field(min_length=1, max_length=MAX_FORMS)]
External = Annotated[
    dict[Scheme, Annotated[list[Text], Field(max_length=50)]],
    Field(max_length=50, json_schema_extra=NO_OTHER_NAMES),
]

LanguageFilter = Annotated[Code | None, Query(description="Only with a word in this language.")]
MAX_LANGUAGES = 16
"""Languages that one request may name."""

SomeLanguages = Annotated[
    list[Code],
    Query(
        default_factory=list,
        max_length=MAX_LANGUAGES,
        description="Language of the words; repeatable, all that have words if left out.",
    ),
]
FieldFilter = Annotated[Text | None, Query(description="Only of this semantic field.")]
PosFilter = Annotated[PartOfSpeech | None, Query(description="Only this part of speech.")]
Prefix = Annotated[
    str,
    Query(
        max_length=200,
        pattern=NO_NUL,
        description="How a word begins; case, joiners and kinds of apostrophes do not matter.",
    ),
]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]
Cursor = Annotated[
    str | None,
    Query(max_length=8_000, pattern="^[A-Za-z0-9_-]+$", description="``next`` of the page before."),
]


def _truth(given: object) -> object:
    # As documented, and no "yes" or "on" beside it.
    if given not in ("true", "false", True, False):
        raise ValueError("write true or false")
    return given


def _whole(given: object) -> object:
    # JSON has numbers: neither true nor "1" is one.
    if isinstance(given, bool | str):
        raise ValueError("write a whole number")
    return given


Whole = BeforeValidator(_whole)
"""For whole numbers of a body."""

Truth = BeforeValidator(_truth)
"""For what is true or false in a query."""

AnyScript = Annotated[
    bool,
    Truth,
    Query(description="Take words in another script than that of their language."),
]


def _concept_key(
    key: Annotated[
        str,
        Path(
            min_length=1,
            max_length=2 * MAX_TEXT,
            pattern=NO_NUL,
            description="Key of the concept; a slash in it may be written as such or as %2F.",
        ),
    ],
) -> str:
    # Keys are kept composed, however a client writes them.
    return unicodedata.normalize("NFC", key)


ConceptKey = Annotated[str, Depends(_concept_key)]
