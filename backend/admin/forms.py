"""A form that forgets nothing: read it, do what it asks, or show it again as it was typed, with why not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import marshmallow as ma
from flask import redirect, request
from werkzeug.datastructures import MultiDict

from backend.admin import wording
from backend.platform import fields
from backend.platform.errors import DomainError, Invalid, NotAllowed, NotFound, TryLater
from backend.platform.uow import UnitOfWork, unit_of_work
from backend.platform.web import Schema


@dataclass(frozen=True)
class Form:
    """What stands in the boxes, what is wrong with it, and what the page needs to explain it."""

    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    problem: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_refused(self) -> bool:
        """Was this sent, and not done?"""
        return bool(self.errors or self.problem)

    def value(self, name: str) -> str:
        """What stands in this box."""
        found = self.typed.get(name)
        return "" if found is None else str(found)

    def values(self, name: str) -> list[str]:
        """Which boxes of a group are ticked."""
        if isinstance(self.typed, MultiDict):
            return self.typed.getlist(name)
        return [str(one) for one in self.typed.get(name, ())]


def load(schema: Schema, typed: MultiDict[str, str]) -> dict[str, Any]:
    """The boxes that this schema knows, as values. An empty box is nothing; a box that is not ticked is false."""
    given: dict[str, Any] = {}
    for name, box in schema.fields.items():
        if isinstance(box, fields.List):
            given[name] = typed.getlist(name)
        elif isinstance(box, fields.Boolean):
            given[name] = name in typed
        else:
            text = typed.get(name, "")
            is_secret = type(box) is fields.String  # blanks are part of a password
            given[name] = None if not text.strip() else text if is_secret else text.strip()
    try:
        loaded: dict[str, Any] = schema.load(given)
    except ma.ValidationError as refused:
        raise Invalid(refused.normalized_messages()) from None  # type: ignore[no-untyped-call]
    return loaded


def submit(schema: Schema, write: Callable[[UnitOfWork, dict[str, Any]], str], *, again: Callable[[Form], str]) -> Any:
    """Do what the form asks and go where `write` says; a refusal shows the same page `again`, nothing forgotten."""
    try:
        data = load(schema, request.form)
        with unit_of_work() as uow:
            where = write(uow, data)
    except (NotFound, NotAllowed, TryLater):
        raise
    except DomainError as refused:
        errors, problem = wording.refusal(refused)
        return again(Form(request.form, errors, problem, refused.details)), refused.http_status
    return redirect(where, 303)
