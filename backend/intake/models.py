"""What is kept about a question that came in."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.intake.rules import CallerRelation, Channel, Question, RequestStatus, reference_of
from backend.people.models import TreatmentRelation, treats
from backend.platform.actor import SYSTEM, Actor, Scope
from backend.platform.clock import now
from backend.platform.db import Base, Visible


class CareRequest(Base):
    """Zorgvraag: a question that came in at night, with its number."""

    __tablename__ = "care_request"
    __table_args__ = (
        sa.Index(None, "client_id", "received_at"),
        sa.Index(None, "status", "received_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    received_at: Mapped[datetime]
    """When the phone rang; may lie before `registered_at` after a night on paper."""
    answered_at: Mapped[datetime | None]
    registered_at: Mapped[datetime]
    registered_by: Mapped[uuid.UUID | None]
    channel: Mapped[Channel]
    client_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("client.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    caller_name: Mapped[str] = mapped_column(sa.String(200))
    caller_relation: Mapped[CallerRelation]
    callback_number: Mapped[str] = mapped_column(sa.String(40))
    is_with_client: Mapped[bool | None]
    question: Mapped[str] = mapped_column(sa.Text)
    entry_complaint: Mapped[str] = mapped_column(sa.String(40))
    onset: Mapped[str | None] = mapped_column(sa.Text)
    measures_taken: Mapped[str | None] = mapped_column(sa.Text)
    location_note: Mapped[str | None] = mapped_column(sa.Text)
    contact_72h_checked: Mapped[bool]
    status: Mapped[RequestStatus]
    linked_to_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("care_request.id"), index=True)

    @property
    def reference(self) -> str:
        """The spoken number."""
        return reference_of(self.number)

    @property
    def as_question(self) -> Question:
        """The parts by which a second call about it is recognised."""
        return Question(self.id, self.client_id, self.entry_complaint, self.received_at)

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """The desk sees all, an organisation its own, a nurse those of the clients she was sent to."""
        if actor.scope is Scope.ORGANISATION:
            return cls.organisation_id == actor.organisation_id
        if actor.scope is Scope.ASSIGNED:
            return cls.client_id.in_(sa.select(TreatmentRelation.client_id).where(treats(actor, now())))
        return actor.sees_all


class RequestCounter(Base):
    """Volgnummer: the one row that hands out the spoken numbers, locked until commit: no number is given twice."""

    __tablename__ = "care_request_counter"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last_number: Mapped[int]

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        """Only who may register a question needs it."""
        return actor.sees_all


class IntakeDraft(Base):
    """Concept: what somebody at the desk had typed before the browser closed. Nobody else sees it."""

    __tablename__ = "intake_draft"

    # Both together are the key: an id that a colleague already used is then no clash and gives nothing away.
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"), primary_key=True)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    body: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """Only its maker; the house itself may clear up."""
        return True if actor is SYSTEM else cls.staff_id == actor.staff_id
