"""What leaves the house: one struct is the type in the code, the JSON, and the shape in the API's document."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Self

import msgspec
from apispec import APISpec

from backend.platform.clock import iso


class Answer(msgspec.Struct):
    """Something that leaves, or a part of it. Every field is always there; what may be nothing says `| None`."""

    @classmethod
    def of(cls, facts: object) -> Self:
        """What leaves of the facts on a row or in a dict; one that lacks, or is of another kind, is refused."""
        return msgspec.convert(facts, cls, from_attributes=True, dec_hook=_taken)


class Moment(str):
    """A moment as it leaves: ISO 8601 in UTC, to the millisecond, ending in Z."""

    __slots__ = ()

    def __new__(cls, moment: datetime) -> Self:
        return super().__new__(cls, iso(moment))

    @classmethod
    def maybe(cls, moment: datetime | None) -> Self | None:
        """The moment, if there was one."""
        return None if moment is None else cls(moment)


Facts = Annotated[dict[str, Any], msgspec.Meta(extra_json_schema={"additionalProperties": {}})]
"""Things that are known by name; which ones, and of what kind, depends on the code that goes with them."""


def encoded(answer: Answer) -> bytes:
    """The answer as JSON."""
    return _ENCODER.encode(answer)


def reference(kind: type[Answer]) -> dict[str, str]:
    """Where the document describes this answer."""
    return {"$ref": _REFERENCE.format(name=kind.__name__)}


def describe(document: APISpec, kinds: Iterable[type[Answer]]) -> None:
    """Write these answers and all that they are made of into the document; two shapes of one name are refused."""
    _, components = msgspec.json.schema_components(kinds, schema_hook=_described, ref_template=_REFERENCE)
    choices = {_REFERENCE.format(name=name): one["enum"] for name, one in components.items() if "enum" in one}
    for name, component in components.items():
        if _REFERENCE.format(name=name) in choices:
            continue
        shape = {key: _written_out(component[key], choices) for key in ("type", "properties", "required")}
        shape["additionalProperties"] = False
        if document.components.schemas.get(name) != shape:
            document.components.schema(name, shape)


_REFERENCE = "#/components/schemas/{name}"


def _taken(kind: type, value: Any) -> Any:
    if kind is Moment and isinstance(value, datetime):
        return Moment(value)
    if kind is Moment and isinstance(value, str):  # kept as JSON: it was written as it leaves
        return str.__new__(Moment, value)
    return value


def _plain(value: Any) -> str:
    if isinstance(value, Moment):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot leave as JSON")


def _written_out(shape: Any, choices: dict[str, list[str]]) -> Any:
    """The shape with every list of choices where it is used, as in what enters: two rooms may both have a `Channel`."""
    if isinstance(shape, list):
        return [_written_out(one, choices) for one in shape]
    if not isinstance(shape, dict):
        return shape
    if shape.get("$ref") in choices:
        return {"type": "string", "enum": choices[shape["$ref"]]}
    return {key: _written_out(value, choices) for key, value in shape.items()}


def _described(kind: type) -> dict[str, Any]:
    if kind is Moment:
        return {"type": "string", "format": "date-time"}
    raise TypeError(f"{kind.__name__} has no shape in the document")


_ENCODER = msgspec.json.Encoder(enc_hook=_plain)
