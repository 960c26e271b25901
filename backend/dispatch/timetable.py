"""When every car leaves and arrives, takes its break and waits for its partner: plain Python, no database, no clock."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

K = TypeVar("K")


@dataclass(frozen=True)
class Leg:
    """Rit, traject: the drive to one visit and the time it takes there."""

    travel_s: int
    window_start: datetime
    service_minutes: int
    meets: uuid.UUID | None = None
    """The double visit that this is one part of: care begins when both nurses are there."""
    is_urgent: bool = False
    """Who is called goes at once, and waits there for the other; a planned visit is left for in time to meet."""


@dataclass(frozen=True)
class Rest:
    """Pauze: rest that begins between two moments, where the car then is."""

    id: uuid.UUID
    earliest_at: datetime
    latest_at: datetime
    minutes: int


@dataclass(frozen=True)
class Drive:
    """One car: from when it can drive, where to, and what rest it has to come."""

    free_at: datetime
    legs: Sequence[Leg] = ()
    rests: Sequence[Rest] = ()
    home_s: int = 0
    """The way home from the last visit: who is there before the break must begin rests at home."""


@dataclass(frozen=True)
class Times:
    """When to leave for a visit, when to be there, and when care begins."""

    leave_at: datetime
    eta_at: datetime
    start_at: datetime


@dataclass(frozen=True)
class Driven:
    """One car's night as it will go."""

    times: list[Times]
    rests: dict[uuid.UUID, datetime]
    """When each break begins; one that was missed already is not in it."""


@dataclass
class _OnTheWay:
    drive: Drive
    now: datetime
    times: list[Times] = field(default_factory=list)
    rests: dict[uuid.UUID, datetime] = field(default_factory=dict)
    rested: int = 0
    waits_since: datetime | None = None
    """At the door of a double visit, ready from this moment."""

    @property
    def leg(self) -> Leg | None:
        return self.drive.legs[len(self.times)] if len(self.times) < len(self.drive.legs) else None


def timetable(free_at: datetime, legs: Sequence[Leg]) -> list[Times]:
    """Drive these legs one after the other; nobody leaves earlier than needed to be there when the window begins."""
    return timetables({"": Drive(free_at, legs)})[""].times


def timetables(drives: Mapping[K, Drive], standing: Mapping[uuid.UUID, datetime] | None = None) -> dict[K, Driven]:
    """Drive all these cars at once: the two of a double visit begin together.

    `standing` says when a partner who is not among these cars begins. Two cars that wait for each other at two
    doors are not left there: the one that waits longest begins alone.
    """
    known = dict(standing or {})
    cars = {key: _OnTheWay(drive, drive.free_at) for key, drive in drives.items()}
    to_come: dict[uuid.UUID, int] = {}
    for drive in drives.values():
        for leg in drive.legs:
            if leg.meets is not None:
                to_come[leg.meets] = to_come.get(leg.meets, 0) + 1
    while any(car.leg is not None for car in cars.values()):
        moved = [_advance(car, cars.values(), known, to_come) for car in cars.values()]
        if not any(moved):
            first = min((c for c in cars.values() if c.waits_since), key=lambda c: c.waits_since or c.now)
            _begin(first, first.waits_since or first.now, known)
    for car in cars.values():
        _go_home(car)
    return {key: Driven(car.times, car.rests) for key, car in cars.items()}


def _advance(
    car: _OnTheWay, others: Iterable[_OnTheWay], known: dict[uuid.UUID, datetime], to_come: dict[uuid.UUID, int]
) -> bool:
    """One leg further, together with whoever waits at the same door; False when there is nothing to do but wait."""
    leg = car.leg
    if leg is None:
        return False
    if car.waits_since is None:
        _rest_before(car, leg)
        drive = timedelta(seconds=leg.travel_s)
        car.waits_since = max(car.now + drive, leg.window_start)
    if leg.meets is None or to_come[leg.meets] < 2 or leg.meets in known:
        start = max(car.waits_since, known.get(leg.meets, car.waits_since)) if leg.meets else car.waits_since
        _begin(car, start, known)
        return True
    there = [one for one in others if one.leg and one.leg.meets == leg.meets and one.waits_since]
    if len(there) < 2:
        return False
    start = max(one.waits_since or one.now for one in there)
    for one in there:
        _begin(one, start, known)
    return True


def _begin(car: _OnTheWay, start: datetime, known: dict[uuid.UUID, datetime]) -> None:
    leg = car.leg
    assert leg is not None
    drive = timedelta(seconds=leg.travel_s)
    wanted = leg.window_start if leg.is_urgent else start
    leave_at = max(car.now, wanted - drive)
    car.times.append(Times(leave_at, leave_at + drive, start))
    if leg.meets is not None:
        known.setdefault(leg.meets, start)
    car.now, car.waits_since = start + timedelta(minutes=leg.service_minutes), None


# --- breaks: where the optimiser's own clock (`routing.schedule`) puts them ------------------------------------------


def _next_rest(car: _OnTheWay) -> Rest | None:
    while car.rested < len(car.drive.rests):
        rest = car.drive.rests[car.rested]
        if rest.latest_at >= car.drive.free_at:
            return rest
        car.rested += 1  # its time passed while the car was busy: taken or missed, not ours to plan
    return None


def _rest_before(car: _OnTheWay, leg: Leg) -> None:
    drive = timedelta(seconds=leg.travel_s)
    while (rest := _next_rest(car)) is not None:
        begin = max(car.now, rest.earliest_at)
        leave = max(car.now + drive, leg.window_start) + timedelta(minutes=leg.service_minutes)
        is_in_wait = begin <= rest.latest_at and begin + timedelta(minutes=rest.minutes) + drive <= leg.window_start
        if not is_in_wait and leave <= rest.latest_at:
            return
        _take(car, rest, begin)


def _go_home(car: _OnTheWay) -> None:
    while (rest := _next_rest(car)) is not None:
        home_at = car.now + timedelta(seconds=car.drive.home_s)
        is_home_in_time = home_at <= rest.latest_at
        _take(car, rest, max(home_at if is_home_in_time else car.now, rest.earliest_at))


def _take(car: _OnTheWay, rest: Rest, begin: datetime) -> None:
    car.rests[rest.id] = begin
    car.now = begin + timedelta(minutes=rest.minutes)
    car.rested += 1
