"""What the desk hears of the morning."""

import uuid
from dataclasses import dataclass

from backend.handover.rules import ReceiptStatus
from backend.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class NightClosed(Event):
    """The night was closed; every organisation has its letter."""

    night_id: uuid.UUID
    handovers: int
    without_organisation: tuple[str, ...]
    """Questions of which nobody knows yet whose client it was: they are in no letter."""


@dataclass(frozen=True, kw_only=True)
class HandoverMade(Event):
    """A letter, or an addendum to one, is ready for an organisation."""

    handover_id: uuid.UUID
    version: int
    is_nil: bool
    is_addendum: bool


@dataclass(frozen=True, kw_only=True)
class HandoverOpened(Event):
    """Somebody of the organisation opened its letter for the first time."""

    handover_id: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class HandoverUnread(Event):
    """A quarter of an hour after it was sent nobody had opened the letter: call them."""

    handover_id: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class HandoverAnswered(Event):
    """The organisation took a line over, asks about it, or does not agree with it."""

    entry_id: uuid.UUID
    status: ReceiptStatus
    reference: str | None
