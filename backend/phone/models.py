"""What a nurse wrote, what has to follow from it, and what her phone was answered."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.dispatch.models import Assignment
from backend.phone.rules import CommandKind, FollowUpOwner, NeededAfter, Priority, ProblemSolved
from backend.platform.actor import Actor, Scope
from backend.platform.db import Base, Visible
from backend.roster.models import Shift
from backend.triage.rules import Counterfactual


def _visits_of(actor: Actor) -> sa.Select[Any]:
    """The visits that a nurse is, or was, sent to."""
    shifts = sa.select(Assignment.visit_id).join(Shift, Shift.id == Assignment.shift_id)
    return shifts.where(Shift.nurse_id == actor.staff_id)


class VisitReport(Base):
    """Bezoekverslag: one version of what a nurse wrote about one visit, in SOEP shape. Never changed, only followed."""

    __tablename__ = "visit_report"
    __table_args__ = (sa.Index(None, "visit_id", "received_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("visit.id"))
    client_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("client.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    shift_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("shift.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    author_name: Mapped[str] = mapped_column(sa.String(120))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("visit_report.id"))
    """The version this one was written on top of. Two versions on one parent both stand."""
    version: Mapped[int]
    subjective: Mapped[str] = mapped_column(sa.Text)
    objective: Mapped[str] = mapped_column(sa.Text)
    evaluation: Mapped[str] = mapped_column(sa.Text)
    plan: Mapped[str] = mapped_column(sa.Text)
    measurements: Mapped[list[dict[str, Any]]]
    procedures: Mapped[list[dict[str, Any]]]
    medication_given: Mapped[list[dict[str, Any]]]
    access_result: Mapped[str | None] = mapped_column(sa.String(500))
    problem_solved: Mapped[ProblemSolved]
    needed_after: Mapped[NeededAfter]
    safety_net_told: Mapped[bool]
    counterfactual: Mapped[Counterfactual]
    incident: Mapped[bool]
    is_late: Mapped[bool]
    """Was the visit withdrawn, or somebody else's, by the time this arrived?"""
    happened_at: Mapped[datetime]
    received_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """The desk sees all, an organisation its own, a nurse those of visits that she is, or was, sent to."""
        if actor.scope is Scope.ORGANISATION:
            return cls.organisation_id == actor.organisation_id
        if actor.scope is Scope.ASSIGNED:
            return cls.visit_id.in_(_visits_of(actor))
        return actor.sees_all


class FollowUp(Base):
    """Vervolgactie: what somebody has to do after the night, with an owner and a time."""

    __tablename__ = "follow_up"
    __table_args__ = (sa.UniqueConstraint("report_id", "phone_id"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    phone_id: Mapped[uuid.UUID]
    """The id that the phone gave it; a later version of the report carries the same action along."""
    report_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("visit_report.id"))
    visit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("visit.id"), index=True)
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    author_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    owner: Mapped[FollowUpOwner]
    due_at: Mapped[datetime | None]
    priority: Mapped[Priority]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """As the report it stands in."""
        if actor.scope is Scope.ORGANISATION:
            return cls.organisation_id == actor.organisation_id
        if actor.scope is Scope.ASSIGNED:
            return cls.author_id == actor.staff_id
        return actor.sees_all


class CommandResult(Base):
    """Antwoord op een opdracht: what a phone was told about one command, kept so that a repeat hears the same."""

    __tablename__ = "command_result"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[CommandKind]
    visit_id: Mapped[uuid.UUID | None]
    shift_id: Mapped[uuid.UUID | None]
    staff_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"))
    body_hash: Mapped[str] = mapped_column(sa.String(64))
    result: Mapped[dict[str, Any]]
    phone_clock: Mapped[dict[str, Any]]
    """The phone's own time, its monotonic time and the measured offset, as it sent them."""
    created_at: Mapped[datetime] = mapped_column(index=True)

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """A phone reads back only what its own nurse sent."""
        if actor.scope is Scope.ASSIGNED:
            return cls.staff_id == actor.staff_id
        return actor.sees_all
