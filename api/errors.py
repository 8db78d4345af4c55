"""Domain errors as HTTP: one table, one shape (RFC 9457 ``application/problem+json``)."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from lexicon import errors

PROBLEM_JSON = "application/problem+json"
log = logging.getLogger("lexicon.api")

# The first class that an error is an instance of decides; everything else is the server's fault.
STATUS: tuple[tuple[type[errors.LexiconError], HTTPStatus], ...] = (
    (errors.UnknownConcept, HTTPStatus.NOT_FOUND),
    (errors.UnknownPair, HTTPStatus.NOT_FOUND),
    (errors.UnknownRun, HTTPStatus.NOT_FOUND),
    (errors.PairConflict, HTTPStatus.CONFLICT),
    (errors.InvalidInput, HTTPStatus.UNPROCESSABLE_ENTITY),
    (errors.LexiconError, HTTPStatus.SERVICE_UNAVAILABLE),
)


class Problem(BaseModel):
    """``type`` is stable and names the kind of error; ``detail`` names the value and the remedy."""

    type: str
    title: str
    status: int
    detail: str


def _name(error: type[Exception]) -> str:
    """``UnknownLanguage`` as ``unknown-language``."""
    return "".join(f"-{c.lower()}" if c.isupper() else c for c in error.__name__).lstrip("-")


def problem(
    kind: str, status: HTTPStatus, detail: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    body = Problem(
        type=f"urn:semantic-lexicon:{kind}", title=status.phrase, status=status, detail=detail
    )
    return JSONResponse(body.model_dump(), status, headers=headers, media_type=PROBLEM_JSON)


def _lexicon_error(_request: Request, error: Exception) -> JSONResponse:
    status = next(status for kind, status in STATUS if isinstance(error, kind))
    return problem(_name(type(error)), status, str(error))


def _invalid_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    fault: dict[str, Any] = error.errors()[0]
    where = ".".join(str(part) for part in fault["loc"][1:]) or "body"
    value = "" if fault["type"] == "missing" else f"={str(fault.get('input'))[:80]!r}"
    detail = f"{where}{value}: {fault['msg']}; see /docs"
    return problem("invalid-request", HTTPStatus.UNPROCESSABLE_ENTITY, detail)


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    details = {
        HTTPStatus.NOT_FOUND: f"no route {request.url.path}; see /docs",
        HTTPStatus.METHOD_NOT_ALLOWED: f"{request.url.path} does not take {request.method}",
    }
    detail = details.get(status, str(error.detail))
    kind = status.phrase.lower().replace(" ", "-")
    return problem(kind, status, detail, dict(error.headers or {}))


def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("unexpected error on %s", request.url.path, exc_info=error)
    return problem(
        "internal-error",
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "unexpected error; the server's log has its cause",
    )


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
        return schema

    app.openapi = with_problem  # type: ignore[method-assign]


PROBLEM_SCHEMA = {"$ref": "#/components/schemas/Problem"}


def _documented(*statuses: HTTPStatus) -> dict[int | str, dict[str, Any]]:
    return {
        status.value: {
            "content": {PROBLEM_JSON: {"schema": PROBLEM_SCHEMA}},
            "description": status.phrase,
        }
        for status in statuses
    }


RESPONSES = _documented(
    HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE
)
"""What routes document besides success."""

CONFLICT = _documented(HTTPStatus.CONFLICT)
"""And those that write."""
