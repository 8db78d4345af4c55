"""Entity tags: what a client has seen, so that two editors do not overwrite one another."""

from hashlib import sha256
from typing import Annotated

from fastapi import Header
from pydantic import BaseModel

from api.errors import PROBLEM_JSON, PROBLEM_SCHEMA
from lexicon.errors import EditedMeanwhile

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        max_length=2_000,
        description="``ETag`` of what was seen; anything else there by now is left as it is (412).",
    ),
]
IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        max_length=2_000,
        description="``ETag`` of what the client has; 304 while it is still so.",
    ),
]

NOT_MODIFIED: dict[int | str, dict[str, object]] = {304: {"description": "Not Modified"}}
PRECONDITION: dict[int | str, dict[str, object]] = {
    412: {
        "content": {PROBLEM_JSON: {"schema": PROBLEM_SCHEMA}},
        "description": "Precondition Failed",
    }
}


def etag(shown: BaseModel) -> str:
    """The strong tag of what a resource shows: 32 hexadecimal digits, in quotes."""
    return f'"{sha256(shown.model_dump_json().encode()).hexdigest()[:32]}"'


def require_match(given: str | None, tag: str, what: str) -> None:
    """Raise :class:`EditedMeanwhile` unless ``If-Match`` lets the tag pass."""
    if given is not None and not _names(given, tag):
        raise EditedMeanwhile(
            f"{what} is {tag} by now, not {given[:80]}; read it again and repeat the change"
        )


def is_held(given: str | None, tag: str) -> bool:
    """Whether ``If-None-Match`` says that the client has it; a weak tag will do."""
    return given is not None and _names(given.replace("W/", ""), tag)


def _names(given: str, tag: str) -> bool:
    return given.strip() == "*" or tag in (one.strip() for one in given.split(","))
