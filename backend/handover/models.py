"""The letters of the morning, frozen as they were sent, and what the organisations answered."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.handover.rules import Channel, DeliveryStatus, ReceiptStatus
from backend.platform.actor import Actor, Scope
from backend.platform.db import Base, Visible
from backend.triage.rules import Urgency


class _OfOneOrganisation:
    """What belongs to one organisation: the desk sees all of it, the organisation its own, a nurse nothing."""

    organisation_id: Mapped[uuid.UUID]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        if actor.scope is Scope.ORGANISATION:
            return cls.organisation_id == actor.organisation_id
        return actor.sees_all


class MorningHandover(_OfOneOrganisation, Base):
    """Morgenoverdracht: what happened in one night to the clients of one organisation. Never edited, only added to."""

    __tablename__ = "morning_handover"
    __table_args__ = (
        sa.UniqueConstraint("night_id", "organisation_id", "version"),
        sa.Index(None, "organisation_id", "generated_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    night_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("night.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    version: Mapped[int]
    """1 is the letter of the morning itself; every addendum counts on."""
    addendum_of: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("morning_handover.id"), index=True)
    delta: Mapped[str | None] = mapped_column(sa.Text)
    """What an addendum adds or corrects, in a sentence."""
    period_from: Mapped[datetime]
    period_to: Mapped[datetime]
    generated_at: Mapped[datetime]
    is_nil: Mapped[bool]
    body: Mapped[dict[str, Any]]
    """Heading, sentences and figures as they were sent."""
    content_hash: Mapped[str] = mapped_column(sa.String(64))
    opened_at: Mapped[datetime | None]
    opened_by: Mapped[str | None] = mapped_column(sa.String(120))
    unread_flagged_at: Mapped[datetime | None]

    entries: Mapped[list["HandoverEntry"]] = relationship(
        back_populates="handover", order_by="HandoverEntry.position", lazy="selectin"
    )
    deliveries: Mapped[list["Delivery"]] = relationship(back_populates="handover", lazy="selectin")


class HandoverEntry(_OfOneOrganisation, Base):
    """Terugkoppeling: one line of a handover, about one question or one planned visit."""

    __tablename__ = "handover_entry"
    __table_args__ = (sa.UniqueConstraint("handover_id", "position"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    handover_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("morning_handover.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    position: Mapped[int]
    care_request_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("care_request.id"), index=True)
    visit_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("visit.id"), index=True)
    """Only of a planned visit: a question has its visits behind it."""
    client_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("client.id"))
    urgency: Mapped[Urgency | None]
    body: Mapped[dict[str, Any]]

    handover: Mapped[MorningHandover] = relationship(back_populates="entries")
    receipts: Mapped[list["Receipt"]] = relationship(
        back_populates="entry", order_by="(Receipt.at, Receipt.id)", lazy="selectin"
    )


class Receipt(_OfOneOrganisation, Base):
    """Ontvangst: what the organisation answered to one line, by whom and when."""

    __tablename__ = "receipt"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entry_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("handover_entry.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    action_id: Mapped[uuid.UUID | None]
    """The action of the line that it is about; without one it is about the whole line."""
    status: Mapped[ReceiptStatus]
    staff_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("staff.id"))
    by: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[datetime]
    note: Mapped[str | None] = mapped_column(sa.Text)

    entry: Mapped[HandoverEntry] = relationship(back_populates="receipts")


class Delivery(_OfOneOrganisation, Base):
    """Bezorging: the notice that a handover waits, and how that went."""

    __tablename__ = "delivery"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    handover_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("morning_handover.id"), index=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("organisation.id"))
    channel: Mapped[Channel]
    status: Mapped[DeliveryStatus]
    note: Mapped[str | None] = mapped_column(sa.String(200))
    """Why it was skipped or failed, as a code."""
    at: Mapped[datetime]

    handover: Mapped[MorningHandover] = relationship(back_populates="deliveries")
