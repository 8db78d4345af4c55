"""Recorded requests, sent to a service in their order."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.api.recording import Request

OF_THE_MOMENT = {"date", "server", "server-timing"}
"""Headers that need not be alike. Ids of requests are: the client gives them."""


class Replay:
    """A service that is asked, and what its answers gave for the requests after them."""

    def __init__(self, client: TestClient, key: str) -> None:
        self._client = client
        self._key = key
        self._group = -1
        self._asked = 0
        self._given: dict[str, str] = {}

    def answer(self, request: Request) -> Response:
        if request.group != self._group:
            self._group, self._given = request.group, {}
        self._asked += 1
        # Problems repeat it.
        headers = {"X-Request-ID": f"recorded-{self._asked}"}
        headers |= {name: self._filled(text) for name, text in (request.headers or {}).items()}
        if request.key:
            headers["Authorization"] = f"Bearer {self._key}"
        answer = self._client.request(
            request.method,
            self._filled(request.path),
            params={name: self._filled(value) for name, value in request.query.items()},
            json=self._filled(request.body),
            headers=headers,
        )
        self._note(answer)
        return answer

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            for name, given in self._given.items():
                value = value.replace(f"<{name}>", given)
            return value
        if isinstance(value, dict):
            return {name: self._filled(one) for name, one in value.items()}
        return [self._filled(one) for one in value] if isinstance(value, list) else value

    def _note(self, answer: Response) -> None:
        for name in ("etag", "location"):
            if name in answer.headers:
                self._given[name] = answer.headers[name]
        if answer.headers.get("content-type") != "application/json" or not answer.content:
            return
        said = json.loads(answer.content)
        if not isinstance(said, dict):
            return
        listed = next((said[name] for name in ("words", "pairs") if said.get(name)), [said])
        for name, found in (("id", listed[0].get("id")), ("next", said.get("next"))):
            if found is not None:
                self._given[name] = str(found)


def seen(answer: Response) -> tuple[int, tuple[tuple[str, str], ...], bytes]:
    """All of an answer that must be alike everywhere: status, headers and bytes."""
    headers = sorted(
        (name.lower(), value)
        for name, value in answer.headers.items()
        if name.lower() not in OF_THE_MOMENT
    )
    return answer.status_code, tuple(headers), answer.content


def differences(one: Replay, other: Replay, requests: Iterable[Request]) -> Iterator[str]:
    """What two services answer differently, as (request, one answer, the other)."""
    for number, request in enumerate(requests):
        first, second = seen(one.answer(request)), seen(other.answer(request))
        if first != second:
            yield f"{number} {request}\n    {first!r}\n    {second!r}"
