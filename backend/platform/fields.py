"""The fields that requests and answers are made of; a bad value leaves as a code, never as a sentence."""

import datetime as dt
from typing import Any

import marshmallow as ma
from marshmallow import validate as validate
from marshmallow.fields import *  # noqa: F403  (rooms write fields.Text, fields.UUID, fields.List from one place)
from marshmallow.fields import Field, String

from backend.platform.clock import iso
from backend.platform.strict_json import safe_text


def _speak_in_codes() -> None:
    """Marshmallow speaks English sentences; the apps want codes for their Dutch ones."""
    pending: list[Any] = [Field]
    while pending:
        kind = pending.pop()
        pending.extend(kind.__subclasses__())
        own = vars(kind).get("default_error_messages")
        if own:
            kind.default_error_messages = {key: ("invalid" if key.startswith("invalid") else key) for key in own}
    validate.Length.message_min = validate.Length.message_all = validate.Length.message_equal = "too_short"
    validate.Length.message_max = "too_long"
    validate.Range.message_min = "too_small"
    validate.Range.message_max = "too_large"
    validate.Range.message_all = "out_of_range"
    validate.OneOf.default_message = "unknown_choice"
    validate.Regexp.default_message = "invalid"


_speak_in_codes()


class Text(String):
    """Text that a person typed: trimmed, at most `max` characters, nothing a database chokes on."""

    def __init__(self, *, max: int = 500, min: int = 0, **options: Any) -> None:
        # Two checks, not one: a single one with both ends cannot say which end was passed.
        ends = [validate.Length(max=max), *([validate.Length(min=min)] if min else [])]
        options.setdefault("validate", ends)
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        if not safe_text(text):
            raise ma.ValidationError("invalid")
        return text.strip()


class Instant(Field[dt.datetime]):
    """A moment: ISO 8601 with a zone on the way in, UTC ending in Z on the way out."""

    def _serialize(self, value: dt.datetime | None, attr: str | None, obj: Any, **options: Any) -> str | None:
        return None if value is None else iso(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> dt.datetime:
        if not isinstance(value, str) or len(value) > 40:
            raise ma.ValidationError("invalid")
        try:
            moment = dt.datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise ma.ValidationError("zone_missing")
            moment = moment.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            raise ma.ValidationError("invalid") from None
        if not 1900 <= moment.year <= 2200:
            raise ma.ValidationError("invalid")
        return moment
