"""Tonight as the planner and the rules need it: every car with its nurse, every visit, in a handful of statements."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from backend.dispatch import rules
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.rules import BUSY, OVER, CarOnDuty, Need, VisitKind, VisitStatus
from backend.dispatch.timetable import Rest
from backend.people.models import Competence, Staff
from backend.platform.db import Session
from backend.roster.models import Car, HomeBase, Night, Shift, ShiftBreak
from backend.travel import times as travel
from backend.travel.times import Drives, Point
from backend.triage.rules import Urgency

FRESH_POSITION = timedelta(minutes=20)
"""A position older than this says little about where a car is now; it is shown with its age and not used."""

MEANWHILE = timedelta(minutes=1)
"""So much later than the moment that is looked at, a position still says where a car was then."""


@dataclass(frozen=True)
class BreakTonight:
    """One break of a shift."""

    id: uuid.UUID
    earliest_at: datetime
    latest_at: datetime
    minutes: int
    planned_at: datetime | None
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def ends_at(self) -> datetime:
        """When it is over, or was."""
        begun = self.started_at or self.planned_at or self.earliest_at
        return self.ended_at or begun + timedelta(minutes=self.minutes)

    def is_under_way(self, now: datetime) -> bool:
        """Has the nurse her break at this moment?"""
        return self.started_at is not None and self.started_at <= now < self.ends_at


@dataclass(frozen=True)
class CarTonight:
    """One shift with everything about it that a decision needs."""

    shift_id: uuid.UUID
    car_id: uuid.UUID
    car_name: str
    car_number: int
    phone: str | None
    nurse_id: uuid.UUID
    nurse_name: str
    region_id: uuid.UUID | None
    starts_at: datetime
    ends_at: datetime
    is_backup: bool
    woken_at: datetime | None
    home: Point
    position: Point | None
    position_at: datetime | None
    competences: dict[str, date] = field(default_factory=dict)
    breaks: tuple[BreakTonight, ...] = ()

    def rests_until(self, now: datetime) -> datetime | None:
        """When the break that the nurse is in ends; None when she is in none."""
        return max((one.ends_at for one in self.breaks if one.is_under_way(now)), default=None)

    def rests_to_come(self, now: datetime) -> list[Rest]:
        """The breaks that are still to be taken, in order."""
        return [Rest(one.id, one.earliest_at, one.latest_at, one.minutes) for one in self.breaks if not one.started_at]

    def on_duty(self, now: datetime) -> CarOnDuty:
        """What the rules look at, at this moment."""
        return CarOnDuty(
            shift_id=self.shift_id,
            rests_until=self.rests_until(now),
            starts_at=self.starts_at,
            ends_at=self.ends_at,
            region_id=self.region_id,
            is_backup=self.is_backup,
            is_woken=self.woken_at is not None,
            competences=self.competences,
        )


@dataclass(frozen=True)
class VisitTonight:
    """One visit as the planner sees it: no names."""

    id: uuid.UUID
    client_id: uuid.UUID | None
    care_request_id: uuid.UUID | None
    part: int
    double_id: uuid.UUID | None
    kind: VisitKind
    urgency: Urgency
    status: VisitStatus
    region_id: uuid.UUID | None
    lat: float | None
    lon: float | None
    window_start: datetime
    window_end: datetime
    latest_at: datetime
    service_minutes: int
    required_competences: list[str]
    shift_id: uuid.UUID | None
    sequence: int | None
    is_locked: bool
    departed_at: datetime | None
    arrived_at: datetime | None
    finished_at: datetime | None
    eta_at: datetime | None
    is_by_plan: bool | None

    @classmethod
    def of(cls, visit: Visit, assignment: Assignment | None) -> "VisitTonight":
        """The visit as its row stands."""
        is_by_plan = assignment.is_by_plan if assignment is not None else None
        return cls(*(*_facts_of_visit(visit), is_by_plan))

    @property
    def point(self) -> Point | None:
        """Where it is, as far as known."""
        return None if self.lat is None or self.lon is None else (self.lat, self.lon)

    @property
    def is_ahead(self) -> bool:
        """Is it still to be driven to?"""
        return self.status not in OVER and self.status not in BUSY


_VISIT = [name for name in VisitTonight.__dataclass_fields__ if name != "is_by_plan"]
_facts_of_visit: Callable[[Visit], Sequence[Any]] = attrgetter(*_VISIT)
_facts_of_break: Callable[[ShiftBreak], Sequence[Any]] = attrgetter(*BreakTonight.__dataclass_fields__)


@dataclass(frozen=True)
class Place:
    """Where a car is, or will be, and from when it can drive on."""

    point: Point
    free_at: datetime


@dataclass(frozen=True)
class Tonight:
    """One moment of one night."""

    night_id: uuid.UUID
    plan_version: int
    ends_at: datetime
    now: datetime
    cars: tuple[CarTonight, ...]
    visits: tuple[VisitTonight, ...]
    drives: Drives = field(default_factory=Drives)

    def car(self, shift_id: uuid.UUID) -> CarTonight | None:
        """The car of this shift."""
        return next((car for car in self.cars if car.shift_id == shift_id), None)

    def visit(self, visit_id: uuid.UUID) -> VisitTonight | None:
        """This visit."""
        return next((visit for visit in self.visits if visit.id == visit_id), None)

    @cached_property
    def of_car(self) -> dict[uuid.UUID | None, list[VisitTonight]]:
        """Per shift everything it has, or had, tonight."""
        found: dict[uuid.UUID | None, list[VisitTonight]] = {}
        for visit in self.visits:
            found.setdefault(visit.shift_id, []).append(visit)
        return found

    @cached_property
    def of_double(self) -> dict[uuid.UUID, list[VisitTonight]]:
        """Per double visit the parts that are not over."""
        found: dict[uuid.UUID, list[VisitTonight]] = {}
        for visit in self.visits:
            if visit.double_id is not None and visit.status not in OVER:
                found.setdefault(visit.double_id, []).append(visit)
        return found

    def partners(self, visit: VisitTonight) -> list[VisitTonight]:
        """The other parts of the same double visit that are not over."""
        parts = self.of_double.get(visit.double_id, []) if visit.double_id is not None else []
        return [one for one in parts if one.id != visit.id]

    def need(self, visit: VisitTonight) -> Need:
        """What this visit asks of a car."""
        others = [one for one in self.visits if one.double_id == visit.double_id and one.id != visit.id]
        taken = frozenset(one.shift_id for one in others if one.double_id is not None and one.shift_id is not None)
        return replace(need_of(visit, self.now), partner_shifts=taken)

    def begins_at(self, visit: VisitTonight) -> datetime | None:
        """When care begins there as things stand: the nurse is there, or will be; None without a car."""
        if visit.shift_id is None or visit.status in OVER:
            return None
        return visit.arrived_at or max(visit.eta_at or self.now, visit.window_start, self.now)

    def route(self, shift_id: uuid.UUID | None) -> list[VisitTonight]:
        """What this car still has to drive to, in order."""
        ahead = [visit for visit in self.of_car.get(shift_id, ()) if visit.is_ahead]
        return sorted(ahead, key=_place_in_route)

    def place_of(self, car: CarTonight) -> Place:
        """Where the car is now: at the visit it is busy with, else its last position, its last visit or its base."""
        free_at = max(self.now, car.starts_at, car.rests_until(self.now) or self.now)
        mine = self.of_car.get(car.shift_id, ())
        for visit in mine:
            if visit.status in BUSY and visit.point is not None:
                begun = visit.arrived_at or max(visit.eta_at or self.now, self.now)
                # At a double visit the care begins when the other nurse is there too.
                begun = max([begun, *(one.eta_at for one in self.partners(visit) if one.shift_id and one.eta_at)])
                return Place(visit.point, max(free_at, begun + timedelta(minutes=visit.service_minutes)))
        done = max(
            (v for v in mine if v.finished_at and v.point), key=lambda v: v.finished_at or self.now, default=None
        )
        left_at = done.finished_at if done is not None else None
        if car.position is not None and car.position_at is not None:
            is_fresh = -MEANWHILE <= self.now - car.position_at <= FRESH_POSITION
            if is_fresh and (left_at is None or car.position_at >= left_at):
                return Place(car.position, free_at)
        if done is not None and done.point is not None:
            return Place(done.point, free_at)
        return Place(car.home, free_at)


def _place_in_route(visit: VisitTonight) -> tuple[bool, int, datetime]:
    return (visit.sequence is None, visit.sequence or 0, visit.window_start)


def need_of(visit: VisitTonight | Visit, now: datetime) -> Need:
    """What a visit asks of a car, at this moment."""
    begins = max(visit.window_start, now)
    return Need(
        urgency=visit.urgency,
        is_over=visit.status in OVER,
        is_planned=visit.kind is VisitKind.PLANNED,
        region_id=visit.region_id,
        competences=frozenset(visit.required_competences),
        begins_at=begins,
        ends_at=begins + timedelta(minutes=visit.service_minutes),
    )


def load(session: Session, night: Night, now: datetime) -> Tonight:
    """Read tonight: cars with nurses, their competences and breaks, and the visits."""
    columns: list[Any] = [*(getattr(Visit, name) for name in _VISIT), Assignment.is_by_plan]
    rows = session.execute(
        sa.select(*columns)
        .outerjoin(Assignment, Assignment.id == Visit.assignment_id)
        .where(Visit.night_id == night.id, Visit.status != VisitStatus.CANCELLED)
        .order_by(Visit.opened_at, Visit.id)
    )
    return Tonight(
        night_id=night.id,
        plan_version=night.plan_version,
        ends_at=night.ends_at,
        now=now,
        cars=tuple(load_cars(session, Shift.night_id == night.id)),
        visits=tuple(VisitTonight(*row) for row in rows),
        drives=travel.current(session),
    )


def load_cars(session: Session, which: sa.ColumnElement[bool]) -> list[CarTonight]:
    """These shifts with their car, base, nurse, what she is competent in and her breaks."""
    return [rows.seen() for rows in read_cars(session, which)]


@dataclass(frozen=True)
class CarRows:
    """What one car of tonight is read from."""

    shift: Shift
    car: Car
    home: Point
    nurse_name: str
    competences: dict[str, date]
    breaks: list[ShiftBreak]

    def seen(self) -> CarTonight:
        """The car as its rows stand."""
        shift, car = self.shift, self.car
        has_position = shift.last_lat is not None and shift.last_lon is not None
        breaks = sorted(
            (one for one in self.breaks if one.cancelled_at is None), key=lambda one: (one.earliest_at, one.id)
        )
        return CarTonight(
            shift_id=shift.id,
            car_id=car.id,
            car_name=car.name,
            car_number=car.number,
            phone=car.phone,
            nurse_id=shift.nurse_id,
            nurse_name=self.nurse_name,
            region_id=car.region_id,
            starts_at=shift.starts_at,
            ends_at=shift.ends_at,
            is_backup=shift.is_backup,
            woken_at=shift.woken_at,
            home=self.home,
            position=(shift.last_lat or 0.0, shift.last_lon or 0.0) if has_position else None,
            position_at=shift.last_position_at,
            competences=self.competences,
            breaks=tuple(BreakTonight(*_facts_of_break(one)) for one in breaks),
        )


def read_cars(session: Session, which: sa.ColumnElement[bool]) -> list[CarRows]:
    """The rows of these shifts, by the number of the car."""
    rows = session.execute(
        sa.select(Shift, Car, HomeBase.lat, HomeBase.lon, Staff.name)
        .join(Car, Car.id == Shift.car_id)
        .join(HomeBase, HomeBase.id == Car.home_base_id)
        .join(Staff, Staff.id == Shift.nurse_id)
        .where(which)
        .order_by(Car.number)
    ).all()
    competences = _competences(session, [shift.nurse_id for shift, *_ in rows])
    breaks = _breaks(session, [shift.id for shift, *_ in rows])
    return [
        CarRows(shift, car, (lat, lon), name, competences.get(shift.nurse_id, {}), breaks.get(shift.id, []))
        for shift, car, lat, lon, name in rows
    ]


def _breaks(session: Session, shift_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, list[ShiftBreak]]:
    found: dict[uuid.UUID, list[ShiftBreak]] = {}
    query = sa.select(ShiftBreak).where(ShiftBreak.shift_id.in_(shift_ids), ShiftBreak.cancelled_at.is_(None))
    for one in session.scalars(query.execution_options(populate_existing=True)):
        found.setdefault(one.shift_id, []).append(one)
    return found


def _competences(session: Session, nurse_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, dict[str, date]]:
    found: dict[uuid.UUID, dict[str, date]] = {}
    rows = session.execute(
        sa.select(Competence.staff_id, Competence.procedure, Competence.valid_until).where(
            Competence.staff_id.in_(nurse_ids)
        )
    )
    for staff_id, procedure, valid_until in rows:
        found.setdefault(staff_id, {})[str(procedure)] = valid_until
    return found


def objections(tonight: Tonight, visit: VisitTonight, car: CarTonight) -> tuple[rules.Objection, ...]:
    """Every objection to sending this car to this visit."""
    return rules.may_assign(tonight.need(visit), car.on_duty(tonight.now), now=tonight.now)
