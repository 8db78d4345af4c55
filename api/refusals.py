"""Requests that are refused before a route sees them, or instead of its answer."""

from http import HTTPStatus
from typing import ClassVar

from lexicon.errors import LexiconError

SOON = {"Retry-After": "1"}
_CLOSE = {"Connection": "close"}


class RefusedRequest(LexiconError):
    """Carries the status of its answer, and headers of it."""

    status: ClassVar[HTTPStatus]
    headers: ClassVar[dict[str, str]] = {}


class MalformedRequest(RefusedRequest):
    """What is no HTTP."""

    status = HTTPStatus.BAD_REQUEST
    headers = _CLOSE

    def __init__(self) -> None:
        super().__init__("this is no HTTP/1.1 request; use an HTTP client")


class UnreadableTarget(RefusedRequest):
    status = HTTPStatus.BAD_REQUEST

    def __init__(self, fault: str) -> None:
        super().__init__(f"{fault}; send UTF-8, percent-encoded")


class UnreadableBody(RefusedRequest):
    status = HTTPStatus.BAD_REQUEST

    def __init__(self, fault: str) -> None:
        super().__init__(f"{fault}; send JSON in UTF-8 as /docs describes it")


class BodyTooSlow(RefusedRequest):
    status = HTTPStatus.REQUEST_TIMEOUT
    headers = _CLOSE

    def __init__(self, seconds: float) -> None:
        super().__init__(f"the body was not complete within {seconds:g} s; send it at once")


class BodyTooLarge(RefusedRequest):
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    headers = _CLOSE

    def __init__(self, most: int) -> None:
        super().__init__(
            f"the body is larger than {most:,} bytes; send less at once, or raise LEXICON_MAX_BODY"
        )


class QueryTooLong(RefusedRequest):
    status = HTTPStatus.REQUEST_URI_TOO_LONG

    def __init__(self, size: int, most: int) -> None:
        super().__init__(
            f"the query string has {size:,} bytes, more than {most:,}; ask for less, or raise "
            "LEXICON_MAX_QUERY"
        )


class RequestLineTooLong(RefusedRequest):
    status = HTTPStatus.REQUEST_URI_TOO_LONG
    headers = _CLOSE

    def __init__(self, most: int) -> None:
        super().__init__(f"the path and query are longer than {most:,} bytes; ask for less")


class UnsupportedType(RefusedRequest):
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE

    def __init__(self, header: str, value: str) -> None:
        super().__init__(
            f"{header} {value[:80]!r} is not read here; send application/json in UTF-8, not "
            "compressed"
        )


class HeadersTooLarge(RefusedRequest):
    status = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    headers = _CLOSE

    def __init__(self, number: int, size: int) -> None:
        super().__init__(f"more than {number} headers or {size:,} bytes of them; send fewer")


class InternalError(RefusedRequest):
    status = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self) -> None:
        super().__init__("unexpected error; the server's log has its cause")


class Crowded(RefusedRequest):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    headers = SOON

    def __init__(self, what: str) -> None:
        super().__init__(f"{what}, which is as many as there may be; ask again in a second")


class TimedOut(RefusedRequest):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    headers = SOON

    def __init__(self, seconds: float) -> None:
        super().__init__(f"no answer within {seconds:g} s; ask again, or for less at once")


class ShuttingDown(RefusedRequest):
    status = HTTPStatus.SERVICE_UNAVAILABLE
    headers = SOON | _CLOSE

    def __init__(self) -> None:
        super().__init__("this process is about to end; ask again, another one answers")
