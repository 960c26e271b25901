"""The tables of the roster: nights, bases, cars, shifts with their rest, and how soon a region wants somebody."""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.platform.actor import Actor, Scope
from backend.platform.db import Base, Visible
from backend.platform.ids import new_id
from backend.roster.rules import PlanState
from backend.triage.rules import Urgency


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
