"""The tables of the dispatch room: nights, cars, shifts, visits, who was sent, and alarms."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.dispatch.alarm_rules import AlarmKind
from backend.dispatch.rules import PlanState, VisitKind, VisitStatus
from backend.platform.actor import Actor, Scope
from backend.platform.db import Base
from backend.platform.ids import new_id
from backend.triage.rules import Urgency

Visible = sa.ColumnElement[bool] | bool


def _any_login(actor: Actor) -> bool:
    """Nothing about clients in it: whoever is logged in may see it."""
    return actor.scope is not Scope.NOTHING


class Night(Base):
    """Nacht: one night of work with its route plan; `plan_version` goes up whenever a route changes."""

    __tablename__ = "night"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    starts_at: Mapped[datetime] = mapped_column(index=True)
    ends_at: Mapped[datetime]
    plan_version: Mapped[int] = mapped_column(default=0)
    plan_state: Mapped[PlanState] = mapped_column(default=PlanState.IDLE)
    plan_note: Mapped[str | None] = mapped_column(sa.String(60))
    planned_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        return _any_login(actor)


class HomeBase(Base):
    """Standplaats: where a car begins and ends its shift."""

    __tablename__ = "home_base"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(sa.String(80))
    region_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("region.id"))
    lat: Mapped[float]
    lon: Mapped[float]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        return _any_login(actor)


class Car(Base):
    """Auto: a car with a number that everybody knows it by."""

    __tablename__ = "car"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(sa.String(40))
    number: Mapped[int] = mapped_column(unique=True)
    region_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("region.id"))
    home_base_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("home_base.id"))
    phone: Mapped[str | None] = mapped_column(sa.String(30))
    is_active: Mapped[bool] = mapped_column(default=True)

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        return _any_login(actor)


class Shift(Base):
    """Dienst: one nurse in one car for one night; a back-up (achterwacht) sleeps until woken."""

    __tablename__ = "shift"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    night_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("night.id"), index=True)
    car_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("car.id"))
    nurse_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("staff.id"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    is_backup: Mapped[bool] = mapped_column(default=False)
    woken_at: Mapped[datetime | None]
    last_lat: Mapped[float | None]
    last_lon: Mapped[float | None]
    last_position_at: Mapped[datetime | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """The desk sees where the cars are, a nurse her own shift, an organisation none of it."""
        if actor.scope is Scope.ASSIGNED:
            return cls.nurse_id == actor.staff_id
        return actor.sees_all


class ShiftBreak(Base):
    """Pauze: rest of so many minutes that begins between two moments of a shift, or that the nurse has now.

    It is over when its minutes have passed or when somebody says so; moments are UTC, so the odd nights count right.
    """

    __tablename__ = "shift_break"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    shift_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("shift.id"), index=True)
    earliest_at: Mapped[datetime]
    latest_at: Mapped[datetime]
    minutes: Mapped[int]
    planned_at: Mapped[datetime | None]
    """When it will begin, as the car's route stands now; None when its time went by."""
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]

    @property
    def length(self) -> timedelta:
        """How long it lasts."""
        return timedelta(minutes=self.minutes)

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        if actor.scope is Scope.ASSIGNED:
            return cls.shift_id.in_(sa.select(Shift.id).where(Shift.nurse_id == actor.staff_id))
        return actor.sees_all


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


class ResponseNorm(Base):
    """Responsnorm: within how many minutes a region wants somebody at the door; no minutes = before the night ends."""

    __tablename__ = "response_norm"
    __table_args__ = (sa.UniqueConstraint("region_id", "urgency"),)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    region_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("region.id"))
    urgency: Mapped[Urgency]
    minutes: Mapped[int | None]

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        return _any_login(actor)
