"""Whoever means no good: draws requests from a seed and the schema of the service."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import quote

from tests.api import hostile_texts as texts
from tests.api.raw import request
from tests.api.samples import Operation, Sampler, Schema, operations

JSON = ("Content-Type", "application/json")
Headers = Sequence[tuple[str | bytes, str | bytes]]


def query(pairs: Iterable[tuple[str, str]]) -> str:
    """Pairs as a query string.

    >>> query([("q", "a b"), ("k", "1")])
    'q=a%20b&k=1'
    """
    return "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)


@dataclass(frozen=True)
class Keys:
    """Keys of the store that may not write, as (name, key), and the beginning of one that may."""

    powerless: tuple[tuple[str, str], ...] = ()
    prefix: str = "lex_0a1b2c3d"


class Attacker:
    """Draws attacks; every operation and field of the schema has its turn."""

    def __init__(
        self,
        document: Schema,
        seed: int,
        known: Mapping[str, list[Any]],
        keys: Keys | None = None,
        large: int = 2_500_000,
        slow: float = 0.05,
        key: str | None = None,
    ) -> None:
        self.draw = Random(seed)
        self.operations = operations(document)
        self.sample = Sampler(document, self.draw, known)
        self.keys = keys or Keys()
        self.large = large
        self.slow = slow
        self.key = key

    def operation(self, *, body: bool = False, writes: bool = False) -> Operation:
        fitting = [
            one
            for one in self.operations
            if (one.body is not None or not body) and (one.writes or not writes)
        ]
        return self.draw.choice(fitting)

    def target(self, operation: Operation) -> str:
        path = operation.path
        for name, value in self.sample.path(operation).items():
            path = path.replace("{" + name + "}", quote(value, safe=""))
        pairs = self.sample.query(operation)
        return f"{path}?{query(pairs)}" if pairs else path

    def text(self) -> str:
        return self.draw.choice((*texts.INJECTIONS, *texts.UNICODE))

    def asked(
        self,
        operation: Operation,
        body: bytes | None = None,
        headers: Headers = (),
        target: str | None = None,
    ) -> bytes:
        if operation.body is not None and body is None:
            body = json.dumps(self.sample.body(operation)).encode()
        given = [JSON, *headers] if body is not None else list(headers)
        if self.key is not None and all(name != "Authorization" for name, _ in given):
            given.append(("Authorization", f"Bearer {self.key}"))
        return request(operation.method, target or self.target(operation), given, body)
