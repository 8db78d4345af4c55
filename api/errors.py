"""Domain errors as HTTP: one table, one shape (RFC 9457 ``application/problem+json``)."""

import logging
from http import HTTPStatus
from reprlib import repr as shortened
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.routing import Match

from api.logs import REQUEST_ID
from api.refusals import SOON, InternalError, RefusedRequest
from lexicon import errors

PROBLEM_JSON = "application/problem+json"
log = logging.getLogger("lexicon.api")

# The first class that an error is an instance of decides; everything else is the server's fault.
STATUS: tuple[tuple[type[errors.LexiconError], HTTPStatus], ...] = (
    (errors.UnknownConcept, HTTPStatus.NOT_FOUND),
    (errors.UnknownPair, HTTPStatus.NOT_FOUND),
    (errors.ReportMissing, HTTPStatus.NOT_FOUND),
    (errors.LayersMissing, HTTPStatus.NOT_FOUND),
    (errors.UnknownRun, HTTPStatus.NOT_FOUND),
    (errors.UnknownWord, HTTPStatus.NOT_FOUND),
    (errors.ConceptExists, HTTPStatus.CONFLICT),
    (errors.WordConflict, HTTPStatus.CONFLICT),
    (errors.EditedMeanwhile, HTTPStatus.PRECONDITION_FAILED),
    (errors.PairConflict, HTTPStatus.CONFLICT),
    (errors.KeyMissing, HTTPStatus.UNAUTHORIZED),
    (errors.KeyRefused, HTTPStatus.UNAUTHORIZED),
    (errors.KeyTooNarrow, HTTPStatus.FORBIDDEN),
    (errors.WritesClosed, HTTPStatus.FORBIDDEN),
    (errors.InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.LexiconError, HTTPStatus.SERVICE_UNAVAILABLE),
)

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="semantic-lexicon"'}
LATER = {"Retry-After": "5"}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class Problem(BaseModel):
    """``type`` is stable and names the kind of error; ``detail`` names the value and the remedy;
    ``instance`` is the request's id, under which the server's log has it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str | None = None


RENAMED = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}
"""By RFC 9110; Python 3.11 and 3.12 have the older names."""


def phrase(status: HTTPStatus) -> str:
    """What a status is called, whatever Python answers.

    >>> phrase(HTTPStatus(422))
    'Unprocessable Content'
    """
    return RENAMED.get(status.value, status.phrase)


def _name(error: type[Exception]) -> str:
    """``UnknownLanguage`` as ``unknown-language``."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in error.__name__).lstrip("-")


def problem(
    kind: str,
    status: HTTPStatus,
    detail: str,
    headers: dict[str, str] | None = None,
    **others: Any,
) -> JSONResponse:
    """An error as an answer; ``others`` are further members of it."""
    named = REQUEST_ID.get()
    body = Problem(
        type=f"urn:semantic-lexicon:{kind}",
        title=phrase(status),
        status=status,
        # What a client sent may hold what no answer can.
        detail=detail.encode(errors="backslashreplace").decode(),
        instance=None if named is None else f"urn:semantic-lexicon:request:{named}",
    )
    content = {**body.model_dump(exclude_none=True), **others}
    if status is HTTPStatus.SERVICE_UNAVAILABLE:
        headers = LATER | (headers or {})
    return JSONResponse(content, status, headers=headers, media_type=PROBLEM_JSON)


def answer(error: errors.LexiconError) -> JSONResponse:
    """What a client is told of an error."""
    if isinstance(error, RefusedRequest):
        status, headers = error.status, error.headers
    else:
        status = next(status for kind, status in STATUS if isinstance(error, kind))
        headers = CHALLENGE if status is HTTPStatus.UNAUTHORIZED else {}
        if isinstance(error, errors.Overloaded):
            headers = SOON
    return problem(_name(type(error)), status, str(error), dict(headers))


def _lexicon_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.LexiconError)
    return answer(error)


def _invalid_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fault: dict[str, Any] = error.errors()[0]
    where = ".".join(str(part)[:80] for part in fault["loc"][1:]) or "body"
    given = fault.get("input")
    # A body of megabytes need not be written out to show its beginning.
    shown = given if isinstance(given, str) else shortened(given)
    value = "" if fault["type"] == "missing" else f"={shown[:80]!r}"
    detail = f"{where}{value}: {fault['msg']}; see /docs"
    return problem("invalid-request", HTTPStatus.UNPROCESSABLE_ENTITY, detail)


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status, headers = HTTPStatus(error.status_code), dict(error.headers or {})
    # Not request.url, which a Host header that is none would break.
    path = request.scope["path"][:200]
    detail = str(error.detail)
    if status is HTTPStatus.NOT_FOUND:
        detail = f"no route {path}; see /docs"
    elif status is HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"{path} does not take {request.method}"
        headers["Allow"] = ", ".join(_methods(request))
    kind = phrase(status).lower().replace(" ", "-")
    return problem(kind, status, detail, headers)


def _methods(request: Request) -> list[str]:
    """What a path takes. A route knows only its own methods, and a path may have several."""
    found = []
    for method in METHODS:
        asked = {"type": "http", "path": request.scope["path"], "method": method, "headers": []}
        if any(route.matches(dict(asked))[0] is Match.FULL for route in request.app.routes):
            found += ["GET", "HEAD"] if method == "GET" else [method]
    return found


def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    # Only of what is around the routes: api.middleware.answering answers for what is in them.
    log.error("unexpected error around a route", exc_info=error)
    return answer(InternalError())


def install(app: FastAPI) -> None:
    """Let every error leave the app as a problem."""
    app.add_exception_handler(errors.LexiconError, _lexicon_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)
    described = app.openapi

    def with_problem() -> dict[str, Any]:
        # FastAPI only describes models that it serialises itself, as application/json.
        schema = described()
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        schemas["Problem"] = Problem.model_json_schema()
        for path in schema.get("paths", {}).values():
            for operation in path.values():
                _document(operation)
        return schema

    app.openapi = with_problem  # type: ignore[method-assign]


PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}


def _documented(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    return {
        status.value: {
            "content": {PROBLEM_JSON: {"schema": PROBLEM_SCHEMA}},
            "description": phrase(status),
        }
        for status in statuses
    }


_EVERYWHERE = _documented(
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_URI_TOO_LONG,
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
_WITH_BODY = _documented(
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)
_WITH_KEY = _documented(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def _document(operation: dict[str, Any]) -> None:
    """Add the answers that a route need not know of."""
    said: dict[str, Any] = operation["responses"]
    added = dict(_EVERYWHERE)
    if "requestBody" in operation:
        added |= _WITH_BODY
    if "security" in operation:
        added |= _WITH_KEY
    for status, described in added.items():
        said.setdefault(str(status), described)
    operation["responses"] = dict(sorted(said.items()))


RESPONSES = _documented(
    HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
)
"""What routes document besides success."""

CONFLICT = _documented(HTTPStatus.CONFLICT)
"""And those that write."""
