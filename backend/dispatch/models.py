"""The tables of the dispatch room: visits, who was sent, alarms, and who at the desk is busy with what."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.dispatch.alarm_rules import AlarmKind
from backend.dispatch.rules import VisitKind, VisitStatus
from backend.platform.actor import Actor, Scope
from backend.platform.db import Base, Visible
from backend.platform.ids import new_id
from backend.roster.models import Shift
from backend.triage.rules import Urgency


class Visit(Base):
    """Inzet: somebody goes to somebody's door tonight, planned or not.

    The status moves forward only; when the desk withdraws it from a car, a new assignment starts again at `open`.
    Times of the steps belong to the present assignment; earlier ones stay on their own `Assignment`.
    """

    __tablename__ = "visit"
    __table_args__ = (
        sa.UniqueConstraint("care_request_id", "part"),
        sa.UniqueConstraint("double_id", "shift_id"),
        sa.Index(None, "night_id", "status"),
        sa.Index(None, "shift_id", "sequence"),
        sa.Index(None, "organisation_id", "night_id"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    night_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("night.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"))
    client_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("client.id"), index=True)
    care_request_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("care_request.id"))
    part: Mapped[int] = mapped_column(default=1)
    """1, or 2 for the second car when two must come (`cars_needed`)."""
    double_id: Mapped[uuid.UUID | None]
    """What the parts of a double visit have in common; no car ever has two of them."""
    reference: Mapped[str | None] = mapped_column(sa.String(20))
    kind: Mapped[VisitKind]
    urgency: Mapped[Urgency]
    status: Mapped[VisitStatus] = mapped_column(default=VisitStatus.OPEN)
    complaint: Mapped[str] = mapped_column(sa.String(120))
    """The entry complaint's code, or a planned visit's title."""
    question: Mapped[str | None] = mapped_column(sa.Text)
    pathway_id: Mapped[str | None] = mapped_column(sa.String(60))
    region_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("region.id"))
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    opened_at: Mapped[datetime]
    window_start: Mapped[datetime]
    window_end: Mapped[datetime]
    latest_at: Mapped[datetime]
    service_minutes: Mapped[int]
    required_competences: Mapped[list[str]] = mapped_column(default=list)
    cars_needed: Mapped[int] = mapped_column(default=1)

    shift_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("shift.id"))
    assignment_id: Mapped[uuid.UUID | None]
    """The assignment in force; without a foreign key, because the assignment points here."""
    sequence: Mapped[int | None]
    eta_at: Mapped[datetime | None]
    leave_at: Mapped[datetime | None]
    travel_s: Mapped[int | None]
    distance_m: Mapped[int | None]
    travel_source: Mapped[str | None] = mapped_column(sa.String(20))
    is_locked: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)

    assigned_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(sa.String(300))
    reported_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """An organisation sees its own clients' visits; a nurse those that she is, or was, sent to."""
        if actor.scope is Scope.ORGANISATION:
            return cls.organisation_id == actor.organisation_id
        if actor.scope is Scope.ASSIGNED:
            sent_to = sa.select(Assignment.visit_id).join(Shift, Shift.id == Assignment.shift_id)
            return cls.id.in_(sent_to.where(Shift.nurse_id == actor.staff_id))
        return actor.sees_all


class Assignment(Base):
    """Toewijzing: this car was sent to this visit, by whom, why not the first choice, and what the nurse then did."""

    __tablename__ = "assignment"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    visit_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("visit.id"), index=True)
    shift_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("shift.id"), index=True)
    assigned_at: Mapped[datetime]
    assigned_by_id: Mapped[uuid.UUID | None]
    assigned_by: Mapped[str] = mapped_column(sa.String(120))
    is_by_plan: Mapped[bool] = mapped_column(default=False)
    """Set by the optimiser, which may also move it; what the desk assigned only the desk moves."""
    recommended_shift_id: Mapped[uuid.UUID | None]
    override_code: Mapped[str | None] = mapped_column(sa.String(40))
    override_text: Mapped[str | None] = mapped_column(sa.String(500))
    override_person: Mapped[str | None] = mapped_column(sa.String(120))
    acknowledged_at: Mapped[datetime | None]
    """Accepted on the phone, or the desk said that the nurse knows: this alone stops the ringing."""
    accepted_at: Mapped[datetime | None]
    departed_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    phone_steps: Mapped[list[str]] = mapped_column(default=list)
    """Steps that came from the phone itself; the desk may have set others by phone call."""
    planned_travel_s: Mapped[int | None]
    """Planned as at departure, from where the car then was; kept when the visit goes to another car."""
    planned_distance_m: Mapped[int | None]
    travel_source: Mapped[str | None] = mapped_column(sa.String(20))
    raw_travel_s: Mapped[int | None]
    """The same drive in the source's own seconds, no factor applied."""
    start_off_m: Mapped[int | None]
    """How far from that start the phone was at departure, as far as it told."""
    trail: Mapped[dict[str, Any] | None]
    """Where the phone last was on this drive, and the metres so far; empty when the drive is over."""
    driven_m: Mapped[int | None]
    """Measured by the phone's positions; unknown when they were too few."""
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None] = mapped_column(sa.String(300))

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        if actor.scope is Scope.ASSIGNED:
            return cls.shift_id.in_(sa.select(Shift.id).where(Shift.nurse_id == actor.staff_id))
        return actor.sees_all


class Alarm(Base):
    """Alarm: something that cannot wait for somebody to look; every step it took stands on it."""

    __tablename__ = "alarm"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[AlarmKind]
    night_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("night.id"))
    visit_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("visit.id"), index=True)
    shift_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("shift.id"))
    care_request_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("care_request.id"))
    reference: Mapped[str | None] = mapped_column(sa.String(20))
    car_name: Mapped[str | None] = mapped_column(sa.String(40))
    note: Mapped[str | None] = mapped_column(sa.String(500))
    raised_at: Mapped[datetime]
    step: Mapped[str] = mapped_column(sa.String(40))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(sa.String(120))
    resolved_at: Mapped[datetime | None] = mapped_column(index=True)

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """The desk sees all; a nurse her own and those about visits she was sent to, because her steps end them."""
        if actor.scope is Scope.ASSIGNED:
            hers = sa.select(Shift.id).where(Shift.nurse_id == actor.staff_id)
            sent_to = sa.select(Assignment.visit_id).where(Assignment.shift_id.in_(hers))
            return cls.shift_id.in_(hers) | cls.visit_id.in_(sent_to)
        return actor.sees_all


class Presence(Base):
    """Aanwezigheid: who at the desk is busy with a question, for 60 seconds at a time."""

    __tablename__ = "presence"
    care_request_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("care_request.id"), primary_key=True)
    staff_id: Mapped[uuid.UUID]
    staff_name: Mapped[str] = mapped_column(sa.String(120))
    until_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        return actor.sees_all
