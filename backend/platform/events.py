"""The append-only record of the night: what happened, in the order in which it was committed."""

import enum
import uuid
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, ClassVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.platform.actor import Actor, Scope
from backend.platform.db import Base, Visible

_HEADER = ("organisation_id", "subject_id", "stream_id", "topic_id", "feed_id", "happened_at")


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. Subclasses are named in the past tense and add their own facts.

    The header says whose it is (`organisation_id`), whom it is about (`subject_id`), which question it
    belongs to (`stream_id`), which piece of work (`topic_id`), and whose phone must hear of it (`feed_id`).
    """

    look_back: ClassVar[tuple[str, ...]] = ()
    """Facts that a later reader of somebody's recent contacts may see; none means: not shown there."""

    organisation_id: uuid.UUID | None = None
    subject_id: uuid.UUID | None = None
    stream_id: uuid.UUID | None = None
    topic_id: uuid.UUID | None = None
    feed_id: uuid.UUID | None = None
    happened_at: datetime | None = None

    def payload(self) -> dict[str, Any]:
        """The event's own facts as plain JSON values."""
        own = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _HEADER}
        plain: dict[str, Any] = msgspec.to_builtins(own, enc_hook=_plain)
        return plain


def _plain(value: object) -> object:
    if isinstance(value, enum.Enum):
        return value.value
    raise TypeError(f"{type(value).__name__} cannot be kept in an event")


class EventRow(Base):
    """One line of the record. Nothing updates it, nothing deletes it."""

    __tablename__ = "event"
    __table_args__ = (
        sa.Index(None, "subject_id", "seq"),
        sa.Index(None, "stream_id", "seq"),
        sa.Index(None, "feed_id", "seq"),
        sa.Index(None, "organisation_id", "seq"),
    )
    seq: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True,
                                     autoincrement=False)  # fmt: skip
    id: Mapped[uuid.UUID] = mapped_column(unique=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]
    actor_id: Mapped[uuid.UUID | None]
    actor_name: Mapped[str] = mapped_column(sa.String(120))
    organisation_id: Mapped[uuid.UUID | None]
    subject_id: Mapped[uuid.UUID | None]
    stream_id: Mapped[uuid.UUID | None]
    topic_id: Mapped[uuid.UUID | None]
    feed_id: Mapped[uuid.UUID | None]
    payload: Mapped[dict[str, Any]]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """The desk sees all, an organisation its own. A phone reads its feed through the room phone."""
        if actor.scope is Scope.ORGANISATION:
            return cls.organisation_id == actor.organisation_id
        return actor.sees_all


class EventCounter(Base):
    """The one row that hands out sequence numbers, locked until commit: no gaps, in commit order."""

    __tablename__ = "event_counter"
    id: Mapped[int] = mapped_column(primary_key=True)
    last_seq: Mapped[int] = mapped_column(sa.BigInteger)
    epoch: Mapped[uuid.UUID]
    """Changes when a backup is put back: phones then start over from a snapshot and keep their outbox."""

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        return True
