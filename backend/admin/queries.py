"""What an administrator looks at: what needs attention, a night's roster, its planned visits."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from backend.admin import rules
from backend.admin.rules import Ending
from backend.dispatch.models import Visit
from backend.dispatch.rules import VisitKind
from backend.people import queries as people
from backend.people.models import Client, Competence, Partnership, PostcodeArea, Region, Staff
from backend.people.places import queries as places
from backend.people.places.queries import LayoutChange
from backend.people.places.rules import RegionCheck, spans
from backend.people.rules import Role, is_competent
from backend.platform.clock import local
from backend.platform.db import Session
from backend.roster.models import Car, HomeBase, Night, Shift
from backend.roster.queries import night_at
from backend.triage.models import ScopeList
from backend.triage.queries import scope_list_at


@dataclass(frozen=True)
class Tonight:
    """The night under way or the next one, and what it lacks."""

    night: Night | None
    shifts: int
    regions_without_car: tuple[str, ...]


@dataclass(frozen=True)
class Overview:
    """Everything that may need the administrator today."""

    partnership: Partnership | None
    endings: dict[Ending, list[Competence]]
    nurses_without: list[Staff]
    knows_places: bool
    regions: list[Region]
    check: RegionCheck
    scope_list: ScopeList | None
    has_cars: bool
    tonight: Tonight

    @property
    def is_calm(self) -> bool:
        """Is there nothing to do?"""
        return bool(
            self.partnership
            and not self.endings
            and not self.nurses_without
            and self.regions
            and self.check.is_sound
            and self.scope_list
            and self.has_cars
            and self.tonight.shifts
            and not self.tonight.regions_without_car
        )


def overview(session: Session, now: datetime) -> Overview:
    """What needs attention: ends soon, is missing, or does not fit."""
    today = local(now).date()
    regions = places.regions(session)
    return Overview(
        partnership=session.get(Partnership, 1),
        endings=_endings(session, today),
        nurses_without=[
            nurse
            for nurse in people.staff(session, role=Role.NURSE, is_active=True)
            if not any(is_competent(one.valid_until, today) for one in nurse.competences)
        ],
        knows_places=session.scalar(sa.select(PostcodeArea.pc4).limit(1)) is not None,
        regions=regions,
        check=places.check_regions(session),
        scope_list=scope_list_at(session, now),
        has_cars=session.scalar(sa.select(Car.id).where(Car.is_active).limit(1)) is not None,
        tonight=_tonight(session, now, regions),
    )


def _endings(session: Session, today: date) -> dict[Ending, list[Competence]]:
    found: dict[Ending, list[Competence]] = {}
    for competence in people.competences_ending(session, today + timedelta(days=rules.LOOK_AHEAD_DAYS + 1)):
        soon = rules.ending(competence.valid_until, today)
        if soon is not None:
            found.setdefault(soon, []).append(competence)
    return found


def _tonight(session: Session, now: datetime, regions: list[Region]) -> Tonight:
    night = night_at(session, now)
    if night is None:
        return Tonight(None, 0, ())
    awake = roster(session, night.id)
    served = {duty.car.region_id for duty in awake if not duty.shift.is_backup}
    missing = () if None in served else tuple(region.name for region in regions if region.id not in served)
    return Tonight(night, len(awake), missing if awake else ())


@dataclass(frozen=True)
class Duty:
    """A shift with its car and its nurse."""

    shift: Shift
    car: Car
    nurse: Staff


def roster(session: Session, night_id: uuid.UUID) -> list[Duty]:
    """Who drives which car in a night; back-ups come last."""
    rows = session.execute(
        sa.select(Shift, Car, Staff)
        .join(Car, Car.id == Shift.car_id)
        .join(Staff, Staff.id == Shift.nurse_id)
        .where(Shift.night_id == night_id)
        .order_by(Shift.is_backup, Shift.starts_at, Car.number)
    )
    return [Duty(shift, car, nurse) for shift, car, nurse in rows]


@dataclass(frozen=True)
class Planned:
    """A planned visit with its client, and the car that has it."""

    visit: Visit
    client: Client | None
    car: Car | None


def planned_visits(session: Session, night_id: uuid.UUID) -> list[Planned]:
    """The planned visits of a night, by the time from which they may be done."""
    rows = session.execute(
        sa.select(Visit, Client, Car)
        .outerjoin(Client, Client.id == Visit.client_id)
        .outerjoin(Shift, Shift.id == Visit.shift_id)
        .outerjoin(Car, Car.id == Shift.car_id)
        .where(Visit.night_id == night_id, Visit.kind == VisitKind.PLANNED)
        .order_by(Visit.window_start, Visit.opened_at, Visit.part)
    )
    return [Planned(visit, client, car) for visit, client, car in rows]


def cars_by_base(session: Session) -> list[tuple[HomeBase, list[Car]]]:
    """Every home base, and the cars that start there."""
    cars: dict[uuid.UUID, list[Car]] = {}
    for car in session.scalars(sa.select(Car).order_by(Car.number)):
        cars.setdefault(car.home_base_id, []).append(car)
    return [(base, cars.get(base.id, [])) for base in session.scalars(sa.select(HomeBase).order_by(HomeBase.name))]


@dataclass(frozen=True)
class ToldChange:
    """A move of areas between regions, as it is told: "1056-1058" and "West → Zuid"."""

    event_id: uuid.UUID
    at: datetime
    day: date
    by: str
    ways: tuple[tuple[str, str], ...]
    is_undo: bool
    is_undone: bool
    can_be_undone: bool


def told(change: LayoutChange) -> ToldChange:
    """The areas that went the same way together."""
    ways: dict[str, list[str]] = {}
    for pc4, (before, after) in change.moves.items():
        ways.setdefault(f"{before or 'geen regio'} → {after or 'geen regio'}", []).append(pc4)
    return ToldChange(
        event_id=change.event_id,
        at=change.at,
        day=local(change.at).date(),
        by=change.by,
        ways=tuple((way, spans(areas)) for way, areas in ways.items()),
        is_undo=change.is_undo,
        is_undone=change.is_undone,
        can_be_undone=change.can_be_undone,
    )
