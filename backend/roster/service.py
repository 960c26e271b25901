"""Nights, bases, cars and shifts: who is on duty tonight, and who is woken."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from backend.people.models import Region, Staff
from backend.people.rules import Role
from backend.platform.clock import iso
from backend.platform.config import settings
from backend.platform.errors import DomainError, Invalid, NotFound
from backend.platform.uow import UnitOfWork
from backend.roster import queries, rules
from backend.roster.events import BackupWoken, NightOpened, RosterChanged
from backend.roster.models import Car, HomeBase, Night, ResponseNorm, Shift, ShiftBreak
from backend.triage.rules import Urgency


class NightIsClosed(DomainError):
    """The night was closed and handed over; nothing in it changes any more."""

    code = "night_is_closed"


class NightsOverlap(DomainError):
    """Another night that is not closed yet runs at that time: no visit may belong to two."""

    code = "nights_overlap"


class ShiftsOverlap(DomainError):
    """This nurse or this car already has a shift in that time."""

    code = "shifts_overlap"


def lock_night(uow: UnitOfWork, night_id: uuid.UUID) -> Night:
    """The night's row, held until the commit. Always taken before a visit's, so that nobody waits in a circle."""
    night = uow.session.scalar(
        sa.select(Night).where(Night.id == night_id).with_for_update().execution_options(populate_existing=True)
    )
    if night is None:
        raise NotFound()
    return night


def tonight(uow: UnitOfWork) -> Night:
    """The night that a visit opened now belongs to; made when the roster has none, so that no visit is refused."""
    found = queries.night_at(uow.session, uow.now)
    if found is not None and found.ends_at > uow.now:
        return found
    starts_at, ends_at = rules.night_around(uow.now)
    return open_night(uow, starts_at=starts_at, ends_at=ends_at)


def open_night(uow: UnitOfWork, *, starts_at: datetime, ends_at: datetime, night_id: uuid.UUID | None = None) -> Night:
    """Put a night on the roster. The same times again give the same night."""
    if ends_at <= starts_at:
        raise Invalid({"ends_at": ["before_start"]})
    known = uow.session.scalar(sa.select(Night).where(Night.starts_at == starts_at, Night.ends_at == ends_at))
    if known is not None:
        return known
    overlapping = uow.session.scalar(
        sa.select(Night.id).where(Night.starts_at < ends_at, Night.ends_at > starts_at, Night.closed_at.is_(None))
    )
    if overlapping is not None:
        raise NightsOverlap()
    night = Night(starts_at=starts_at, ends_at=ends_at, plan_version=0, plan_state=rules.PlanState.IDLE)
    if night_id is not None:
        night.id = night_id
    uow.session.add(night)
    uow.session.flush()
    uow.record(NightOpened(night_id=night.id, starts_at=night.starts_at, ends_at=night.ends_at))
    return night


def add_home_base(
    uow: UnitOfWork, *, id: uuid.UUID, name: str, lat: float, lon: float, region_id: uuid.UUID | None = None
) -> HomeBase:
    """Add a place where cars begin; the same id again changes nothing."""
    if (known := uow.session.get(HomeBase, id)) is not None:
        return known
    _known_region(uow, region_id)
    base = HomeBase(id=id, name=name, lat=lat, lon=lon, region_id=region_id)
    uow.session.add(base)
    uow.session.flush()
    uow.record(RosterChanged(what="home_base", id=base.id, changes={"name": [None, name]}))
    return base


def add_car(
    uow: UnitOfWork,
    *,
    id: uuid.UUID,
    name: str,
    number: int,
    home_base_id: uuid.UUID,
    region_id: uuid.UUID | None = None,
    phone: str | None = None,
) -> Car:
    """Add a car; the same id again changes nothing."""
    if (known := uow.session.get(Car, id)) is not None:
        return known
    _known_region(uow, region_id)
    if uow.session.get(HomeBase, home_base_id) is None:
        raise Invalid({"home_base_id": ["unknown"]})
    if uow.session.scalar(sa.select(Car.id).where(Car.number == number)) is not None:
        raise Invalid({"number": ["already_used"]})
    car = Car(id=id, name=name, number=number, home_base_id=home_base_id, region_id=region_id, phone=phone)
    uow.session.add(car)
    uow.session.flush()
    uow.record(RosterChanged(what="car", id=car.id, changes={"name": [None, name], "number": [None, number]}))
    return car


def change_car(uow: UnitOfWork, car_id: uuid.UUID, **facts: Any) -> Car:
    """Name, number, region, base, telephone; a car that rides no more is set inactive and gets no new shift."""
    car = uow.session.get(Car, car_id)
    if car is None:
        raise NotFound()
    _known_region(uow, facts.get("region_id"))
    if "home_base_id" in facts and uow.session.get(HomeBase, facts["home_base_id"]) is None:
        raise Invalid({"home_base_id": ["unknown"]})
    taken = sa.select(Car.id).where(Car.number == facts.get("number", car.number), Car.id != car_id)
    if uow.session.scalar(taken) is not None:
        raise Invalid({"number": ["already_used"]})
    changes = {name: [_plain(getattr(car, name)), _plain(value)] for name, value in facts.items()}
    for name, value in facts.items():
        setattr(car, name, value)
    uow.session.flush()
    uow.record(RosterChanged(what="car", id=car.id, changes={k: v for k, v in changes.items() if v[0] != v[1]}))
    return car


def add_shift(
    uow: UnitOfWork,
    *,
    id: uuid.UUID,
    car_id: uuid.UUID,
    nurse_id: uuid.UUID,
    starts_at: datetime,
    ends_at: datetime,
    is_backup: bool = False,
    night_id: uuid.UUID | None = None,
) -> Shift:
    """Put a nurse in a car for a night. Nobody has two shifts at once, and neither has a car."""
    if (known := uow.session.get(Shift, id)) is not None:
        return known
    errors: dict[str, list[str]] = {}
    if ends_at <= starts_at:
        errors["ends_at"] = ["before_start"]
    nurse = uow.session.get(Staff, nurse_id)
    if nurse is None or nurse.role is not Role.NURSE or not nurse.is_active:
        errors["nurse_id"] = ["not_a_nurse"]
    car = uow.session.get(Car, car_id)
    if car is None or not car.is_active:
        errors["car_id"] = ["unknown"]
    if errors:
        raise Invalid(errors)
    night = _night_of_shift(uow, night_id, starts_at)
    overlapping = uow.session.scalar(
        sa.select(Shift.id).where(
            sa.or_(Shift.nurse_id == nurse_id, Shift.car_id == car_id),
            Shift.starts_at < ends_at,
            Shift.ends_at > starts_at,
        )
    )
    if overlapping is not None:
        raise ShiftsOverlap()
    shift = Shift(
        id=id,
        night_id=night.id,
        car_id=car_id,
        nurse_id=nurse_id,
        starts_at=starts_at,
        ends_at=ends_at,
        is_backup=is_backup,
    )
    uow.session.add(shift)
    uow.session.flush()
    if (rest := usual_break(shift)) is not None:
        uow.session.add(rest)
    changes = {"car_id": [None, str(car_id)], "nurse_id": [None, str(nurse_id)], "starts_at": [None, iso(starts_at)]}
    uow.record(RosterChanged(what="shift", id=shift.id, changes=changes))
    return shift


def usual_break(shift: Shift) -> ShiftBreak | None:
    """The break that every shift of this installation has (`break_minutes`), counted from its start and its end."""
    knobs = settings()
    earliest_at = shift.starts_at + timedelta(minutes=knobs.break_after_min)
    latest_at = shift.ends_at - timedelta(minutes=knobs.break_before_min)
    if knobs.break_minutes <= 0 or shift.is_backup or latest_at < earliest_at:
        return None
    return ShiftBreak(
        shift_id=shift.id, earliest_at=earliest_at, latest_at=latest_at, minutes=knobs.break_minutes,
        planned_at=earliest_at,
    )  # fmt: skip


def _plain(value: object) -> object:
    return str(value) if isinstance(value, uuid.UUID) else value


def _night_of_shift(uow: UnitOfWork, night_id: uuid.UUID | None, starts_at: datetime) -> Night:
    if night_id is not None:
        night = uow.session.get(Night, night_id)
        if night is None:
            raise Invalid({"night_id": ["unknown"]})
        if night.closed_at is not None:
            raise NightIsClosed()
        return night
    found = uow.session.scalar(
        sa.select(Night).where(Night.starts_at <= starts_at, Night.ends_at > starts_at, Night.closed_at.is_(None))
    )
    if found is not None:
        return found
    begins, ends = rules.night_around(starts_at)
    return open_night(uow, starts_at=min(begins, starts_at), ends_at=ends)


def wake(uow: UnitOfWork, shift_id: uuid.UUID) -> Shift:
    """Wake the back-up: from now on this car can be sent. Waking twice changes nothing."""
    shift = uow.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound()
    lock_night(uow, shift.night_id)
    if shift.woken_at is None:
        shift.woken_at = uow.now
        car = uow.session.get_one(Car, shift.car_id)
        uow.record(BackupWoken(feed_id=shift.id, car_name=car.name))
    return shift


def set_norms(uow: UnitOfWork, region_id: uuid.UUID, minutes: dict[Urgency, int | None]) -> None:
    """Write down a region's own response norms; an urgency that is left out follows the default again."""
    _known_region(uow, region_id)
    known = {norm.urgency: norm for norm in queries.norms(uow.session, region_id)}
    for urgency, norm in known.items():
        if urgency not in minutes:
            uow.session.delete(norm)
    for urgency, value in minutes.items():
        if urgency in known:
            known[urgency].minutes = value
        else:
            uow.session.add(ResponseNorm(region_id=region_id, urgency=urgency, minutes=value))


def _known_region(uow: UnitOfWork, region_id: uuid.UUID | None) -> None:
    if region_id is not None and uow.session.get(Region, region_id) is None:
        raise Invalid({"region_id": ["unknown"]})
