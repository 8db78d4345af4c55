"""Requests that a schema allows, drawn from it: new routes are taken in by themselves."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

METHODS = ("get", "put", "post", "patch", "delete")

Schema = Mapping[str, Any]


@dataclass(frozen=True)
class Parameter:
    name: str
    where: str
    required: bool
    schema: Schema


@dataclass(frozen=True)
class Operation:
    """One method of one path; ``writes`` where a key is asked for."""

    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: Schema | None
    writes: bool

    def of(self, where: str) -> list[Parameter]:
        return [one for one in self.parameters if one.where == where]


def operations(document: Schema) -> list[Operation]:
    """Every operation of an OpenAPI document, in its order."""
    return [
        _operation(method.upper(), path, item[method])
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


def _operation(method: str, path: str, said: Schema) -> Operation:
    content = said.get("requestBody", {}).get("content", {})
    return Operation(
        method,
        path,
        tuple(
            Parameter(one["name"], one["in"], one.get("required", False), one["schema"])
            for one in said.get("parameters", ())
        ),
        content["application/json"]["schema"] if "application/json" in content else None,
        bool(said.get("security")),
    )


class Sampler:
    """Draws values that a schema allows. ``known`` has values of this store by name, such as keys
    of concepts, so that a good part of the requests finds something."""

    def __init__(self, document: Schema, draw: Random, known: Mapping[str, list[Any]]) -> None:
        self._schemas = document.get("components", {}).get("schemas", {})
        self._draw = draw
        self._known = known

    def value(self, schema: Schema, name: str = "", depth: int = 0) -> Any:
        """One value; of what is optional, about half is there."""
        draw = self._draw
        if "$ref" in schema:
            return self.value(self._schemas[schema["$ref"].rpartition("/")[2]], name, depth)
        for several in ("anyOf", "oneOf"):
            if several in schema:
                given = [one for one in schema[several] if one.get("type") != "null"]
                return self.value(draw.choice(given or schema[several]), name, depth)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return draw.choice(schema["enum"])
        return self._typed(schema, name, depth)

    def _typed(self, schema: Schema, name: str, depth: int) -> Any:
        draw, kind = self._draw, schema.get("type")
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            least = schema.get("minItems", 0)
            count = max(least, draw.randrange(3) if depth < 4 else 0)
            return [self.value(schema.get("items", {}), name, depth + 1) for _ in range(count)]
        if name in self._known:
            return draw.choice(self._known[name])
        if kind in ("integer", "number"):
            return min(schema.get("minimum", 0) + draw.randrange(5), schema.get("maximum", 2**53))
        if kind == "boolean":
            return draw.random() < 0.5
        if kind == "null":
            return None
        if kind == "string":
            text = draw.choice(("water", "eau", "पानी", "ನೀರು", "a small stone", "x1"))
            return (text * 40)[: schema["minLength"]] if schema.get("minLength", 0) > 5 else text
        return draw.choice(("water", 1, True, None))

    def _object(self, schema: Schema, depth: int) -> dict[str, Any]:
        named = schema.get("properties", {})
        required = schema.get("required", ())
        made = {
            name: self.value(one, name, depth + 1)
            for name, one in named.items()
            if name in required or self._draw.random() < 0.5
        }
        more = schema.get("additionalProperties")
        if isinstance(more, Mapping) and not named:
            codes = self._draw.sample(self._known["language"], 2)
            made = {code: self.value(more, "", depth + 1) for code in codes}
        return made

    def query(self, operation: Operation) -> list[tuple[str, str]]:
        return [
            (one.name, written(self.value(one.schema, one.name)))
            for one in operation.of("query")
            if one.required or self._draw.random() < 0.3
        ]

    def path(self, operation: Operation) -> dict[str, str]:
        return {one.name: written(self.value(one.schema, one.name)) for one in operation.of("path")}

    def body(self, operation: Operation) -> Any:
        return None if operation.body is None else self.value(operation.body)


def written(value: Any) -> str:
    """As a query or path has it.

    >>> written(True), written("x"), written(2)
    ('true', 'x', '2')
    """
    return value if isinstance(value, str) else json.dumps(value)
