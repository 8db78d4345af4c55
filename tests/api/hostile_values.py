"""Requests whose values are not what they should be."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any
from urllib.parse import quote

from tests.api import hostile_texts as texts
from tests.api.attacker import Attacker, Headers, query
from tests.api.raw import Attack, request


def bad_json(self: Attacker) -> Attack:
    operation = self.operation(body=True)
    whole = json.dumps(self.sample.body(operation)).encode()
    cut = whole[: self.draw.randrange(1, len(whole))]
    body = self.draw.choice((cut, whole + b"}", whole + whole, *texts.BAD_JSON))
    return Attack("bad json", (self.asked(operation, body),))


def wrong_value(self: Attacker) -> Attack:
    """A body in which one value is what it must not be, or one field too many or too few."""
    operation = self.operation(body=True)
    body = self.sample.body(operation)
    marks: list[str] = []
    body = _marked(self.draw, body, marks)
    said = json.dumps(body)
    for mark in marks:
        said = said.replace(json.dumps(mark), self.draw.choice(texts.JSON_VALUES))
    return Attack("wrong value", (self.asked(operation, said.encode("utf-8", "surrogatepass")),))


def _marked(draw: Random, value: Any, marks: list[str]) -> Any:
    """``value`` with one place of it marked, or with a field that is missing or not known."""
    here = draw.random()
    if isinstance(value, dict) and value and here < 0.85:
        name = draw.choice(list(value))
        if here < 0.1:
            return {key: one for key, one in value.items() if key != name}
        if here < 0.2:
            return {**value, "unknown": marks[0] if marks else 1}
        return {**value, name: _marked(draw, value[name], marks)}
    if isinstance(value, list) and value and here < 0.85:
        place = draw.randrange(len(value))
        return [
            _marked(draw, one, marks) if number == place else one
            for number, one in enumerate(value)
        ]
    marks.append("mark")
    return "mark"


def injected_body(self: Attacker) -> Attack:
    operation = self.operation(body=True)
    marks: list[str] = []
    said = json.dumps(_marked(self.draw, self.sample.body(operation), marks))
    for mark in marks:
        said = said.replace(json.dumps(mark), json.dumps(self.text(), ensure_ascii=False))
    return Attack("injected body", (self.asked(operation, said.encode("utf-8", "surrogatepass")),))


def injected_target(self: Attacker) -> Attack:
    """A text that harms in the place of one parameter, encoded or not."""
    operation = self.operation()
    places = [one for one in operation.parameters if one.where in ("query", "path")]
    if not places:
        target = f"{operation.path}?{query([(self.text(), self.text())])}"
        return Attack("injected query", (self.asked(operation, target=target),))
    chosen = self.draw.choice(places)
    path, pairs = operation.path, dict(self.sample.query(operation))
    for name, value in self.sample.path(operation).items():
        given = self.text() if name == chosen.name else value
        path = path.replace("{" + name + "}", quote(given, safe=""))
    if chosen.where == "query":
        pairs[chosen.name] = self.text()
    target = f"{path}?{query(pairs.items())}"
    return Attack(f"injected {chosen.where}", (self.asked(operation, target=target),))


def numbers(self: Attacker) -> Attack:
    """What is hardly a number, for every parameter that wants one."""
    fitting = [
        (operation, one)
        for operation in self.operations
        for one in operation.parameters
        if '"integer"' in json.dumps(one.schema) or '"number"' in json.dumps(one.schema)
    ]
    operation, chosen = self.draw.choice(fitting)
    value = quote(self.draw.choice(texts.NUMBERS), safe="")
    path, pairs = operation.path, dict(self.sample.query(operation))
    for name, held in self.sample.path(operation).items():
        given = value if name == chosen.name else quote(held, safe="")
        path = path.replace("{" + name + "}", given)
    asked = "&".join(
        f"{name}={value if name == chosen.name else quote(held, safe='')}"
        for name, held in {**pairs, chosen.name: ""}.items()
        if chosen.where == "query" or name != chosen.name
    )
    return Attack("numbers", (self.asked(operation, target=f"{path}?{asked}"),))


def raw_query(self: Attacker) -> Attack:
    """Bytes that are no UTF-8, half an escape, the same twice, brackets."""
    operation = self.operation()
    name = self.draw.choice([one.name for one in operation.of("query")] or ["x"])
    value = self.draw.choice(
        ("%", "%f", "%ff", "%c0%80", "%ed%a0%80", "%00", "%u0041", "a" * 9_000, "+" * 3_000, "")
    )
    asked = self.draw.choice(
        (f"{name}={value}", f"{name}={value}&{name}=x", f"{name}[]={value}", f"{name}.x={value}",
         f"{name};{name}={value}", f"{value}", f"{name}", "&" * 2_000, f"{name}=={value}#x")
    )  # fmt: skip
    target = self.target(operation).partition("?")[0]
    return Attack("raw query", (self.asked(operation, target=f"{target}?{asked}"),))


def paths(self: Attacker) -> Attack:
    method = self.draw.choice(("GET", "GET", "GET", "DELETE", "POST", "HEAD"))
    body = b"{}" if method == "POST" else None
    target = self.draw.choice(texts.TARGETS)
    return Attack("paths", (request(method, target, (), body),), head=method == "HEAD")


def methods(self: Attacker) -> Attack:
    method = self.draw.choice(texts.METHODS)
    target = self.target(self.operation())
    return Attack("methods", (request(method, target, (), b"{}"),), head=method == "HEAD")


def headers(self: Attacker) -> Attack:
    given = [self.draw.choice(texts.HEADERS) for _ in range(self.draw.randrange(1, 4))]
    return Attack("headers", (self.asked(self.operation(), headers=given),))


def forged(self: Attacker) -> Attack:
    """A write that would succeed, with every kind of key but one that may."""
    operation = self.operation(writes=True)
    draw = self.draw
    random = f"lex_{draw.randbytes(4).hex()}_" + "".join(draw.choices("aZ09_-", k=43))
    known = f"{self.keys.prefix}_" + "".join(draw.choices("aZ09_-", k=43))
    powerless = [(f"Bearer {key}") for _, key in self.keys.powerless]
    values: Sequence[str | bytes] = (
            "", "Bearer", "Bearer ", "Bearer  ", "bearer x", "Bearer null", "Bearer undefined",
            "Basic YWRtaW46YWRtaW4=", "Digest x", f"Bearer {random}", f"Bearer {known}",
            f"Bearer {known} x", f"Bearer {known},Bearer {random}", f"Bearer '{known}'",
            f"Bearer {self.keys.prefix}", f"Bearer {self.keys.prefix}_", f"Bearer {known}==",
            f"Bearer {known[:-1]}", f"Bearer {known.upper()}", f"Bearer {known}\x00".encode(),
            b"Bearer \xff\xfe", "Bearer " + "a" * 7_000, "Bearer ' OR 1=1--", "Bearer %00",
            "Bearer " + "\u0661" * 30, "Token " + known, known, *powerless * 3,
    )  # fmt: skip
    value = draw.choice(values)
    given: Headers = draw.choice(
        (
            [("Authorization", value)],
            [("Authorization", value)],
            [("Authorization", value)],
            [("X-API-Key", value), ("api_key", known)],
            [("Cookie", f"key={known}; Authorization=Bearer {known}")],
            [("Proxy-Authorization", value)],
            [],
        )
    )
    target = self.target(operation)
    if draw.random() < 0.1:
        target += ("&" if "?" in target else "?") + f"key={known}&access_token={known}"
    return Attack("forged keys", (self.asked(operation, headers=given, target=target),))
