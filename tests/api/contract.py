"""The OpenAPI document as a source of tests: every operation, and a body that fits it."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Operation:
    """One thing that can be asked of the house."""

    method: str
    path: str
    body: Any
    """The schema of the JSON body; None when the operation takes none."""
    query: tuple[str, ...]
    numbers: tuple[str, ...]
    """Parts of the path that are a number rather than an id."""

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"

    def url(self, **ids: object) -> str:
        """The path with every id filled in; an id that is not given is one that nobody has."""
        return "/".join(self._filled(part, ids) for part in self.path.split("/"))

    def _filled(self, part: str, ids: dict[str, object]) -> str:
        if not part.startswith("{"):
            return part
        name = part[1:-1]
        return str(ids.get(name, 1 if name in self.numbers else uuid.uuid4()))


def document() -> Any:
    """The committed document."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def operations() -> list[Operation]:
    """Everything that can be asked, in the order of the document."""
    whole = document()
    found = []
    for path, item in whole["paths"].items():
        shared = item.get("parameters", [])
        for method in METHODS:
            if method not in item:
                continue
            parameters = [resolved(whole, parameter) for parameter in shared + item[method].get("parameters", [])]
            content = item[method].get("requestBody", {}).get("content", {})
            body = content.get("application/json", {}).get("schema")
            query = tuple(parameter["name"] for parameter in parameters if parameter["in"] == "query")
            numbers = tuple(one["name"] for one in parameters if one.get("schema", {}).get("type") == "integer")
            found.append(Operation(method, path, None if body is None else expanded(whole, body), query, numbers))
    return found


def faults(method: str, path: str, status: int, answer: Any) -> list[str]:
    """Where a real answer is not what the document says of it."""
    validator = _validators().get((method.lower(), _template(path), status))
    if validator is None:
        return [f"{method} {path} answers {status}, of which the document says nothing"]
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer)]


@cache
def _validators() -> dict[tuple[str, str, int], Draft202012Validator]:
    whole = document()
    found = {}
    for path, item in whole["paths"].items():
        for method in METHODS:
            for status, response in item.get(method, {}).get("responses", {}).items():
                schema = response.get("content", {}).get("application/json", {}).get("schema")
                if schema is not None:
                    rule = {**schema, "components": whole["components"]}
                    found[method, path, int(status)] = Draft202012Validator(
                        rule, format_checker=Draft202012Validator.FORMAT_CHECKER
                    )
    return found


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    paths = sorted(document()["paths"], key=lambda path: path.count("{"))  # /regions/check before /regions/{region_id}
    return [(re.compile(re.sub(r"{[^}]+}", "[^/]+", path)), path) for path in paths]


def _template(path: str) -> str:
    return next((template for pattern, template in _templates() if pattern.fullmatch(path)), path)


def resolved(whole: Any, schema: Any) -> Any:
    """Follow one reference."""
    while "$ref" in schema:
        target = whole
        for part in schema["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        schema = target
    return schema


def expanded(whole: Any, schema: Any, depth: int = 0) -> Any:
    """The schema without references, down to where it repeats itself."""
    schema = dict(resolved(whole, schema))
    if depth > 6:
        return {}
    if "properties" in schema:
        schema["properties"] = {name: expanded(whole, inner, depth + 1) for name, inner in schema["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            schema[key] = expanded(whole, schema[key], depth + 1)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            schema[key] = [expanded(whole, inner, depth + 1) for inner in schema[key]]
    return schema


def example(schema: Any, ids: Mapping[str, object] | None = None, name: str = "") -> Any:
    """A value that fits the schema: everything that may be sent, in its plainest form, with `ids` where they belong."""
    for key in ("anyOf", "oneOf", "allOf"):
        if schema.get(key):
            return example(next((inner for inner in schema[key] if inner.get("type") != "null"), {}), ids, name)
    choices = [choice for choice in schema.get("enum", ()) if choice is not None]
    if choices:
        return choices[0]
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if kind == "object" or "properties" in schema:
        inside = schema.get("properties", {}).items()
        return {name: example(inner, ids, name) for name, inner in inside if not inner.get("readOnly")}
    if kind == "array":
        return [example(schema.get("items", {}), ids, name)]
    if kind == "integer":
        return int(schema.get("minimum", 1))
    if kind == "number":
        return float(schema.get("minimum", 1))
    if kind == "boolean":
        return True
    match schema.get("format"):
        case "uuid":
            return str((ids or {}).get(name) or uuid.uuid4())
        case "date-time":
            return "2026-01-15T01:30:00Z"
        case "date":
            return "2026-01-15"
    return "x" * max(1, int(schema.get("minLength", 1)))


def places(schema: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a body where a value can be put: ('caller', 'name'), ('measurements', 0, 'value') ..."""
    found = [path]
    for key in ("anyOf", "oneOf", "allOf"):
        for inner in schema.get(key, ()):
            found += [place for place in places(inner, path) if place != path]
    for name, inner in schema.get("properties", {}).items():
        if not inner.get("readOnly"):
            found += places(inner, (*path, name))
    if isinstance(schema.get("items"), dict):
        found += places(schema["items"], (*path, 0))
    return list(dict.fromkeys(found))


def replaced(value: Any, place: tuple[Any, ...], other: Any) -> Any:
    """The same body with something else at one place."""
    if not place:
        return other
    step, rest = place[0], place[1:]
    if isinstance(value, list):
        return [replaced(inner, rest, other) if index == step else inner for index, inner in enumerate(value)]
    if isinstance(value, dict):
        return {**value, step: replaced(value.get(step), rest, other)}
    return value
