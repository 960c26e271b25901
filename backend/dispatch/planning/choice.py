"""What an advice is made of, and the plain one that needs no optimiser: the rules and the distance."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from backend.dispatch.objections import params_json
from backend.dispatch.tonight import CarTonight, Tonight, VisitTonight, objections
from backend.travel.times import Trip


@dataclass(frozen=True)
class Delay:
    """Somebody else who waits longer (or shorter) because of this choice."""

    visit_id: uuid.UUID
    later_s: int
    new_arrival_at: datetime
    still_in_window: bool


@dataclass(frozen=True)
class Second:
    """De tweede verpleegkundige: the car for the other part of a double visit, when the first car is this choice's."""

    visit_id: uuid.UUID
    car: CarTonight
    arrive_at: datetime
    reasons: tuple[dict[str, Any], ...] = ()
    after_visit_id: uuid.UUID | None = None
    is_first: bool = True


@dataclass(frozen=True)
class Choice:
    """One car that can go, what it costs and why."""

    rank: int
    car: CarTonight
    arrive_at: datetime
    travel_s: int
    distance_m: int
    travel_source: str
    late_s: int
    cost: int
    terms: Mapping[str, int]
    reasons: tuple[dict[str, Any], ...]
    delays: tuple[Delay, ...] = ()
    after_visit_id: uuid.UUID | None = None
    is_first: bool = True
    second: Second | None = None


@dataclass(frozen=True)
class Rejected:
    """One car that cannot go, with the first rule that failed."""

    car: CarTonight
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Advice:
    """Who can go, the best first, and why the others cannot."""

    source: str
    choices: tuple[Choice, ...]
    rejected: tuple[Rejected, ...]


def by_distance(tonight: Tonight, visit: VisitTonight, cars: Iterable[CarTonight]) -> tuple[Choice, ...]:
    """These cars, the soonest there first, behind whatever they are busy with."""
    found: list[tuple[datetime, Trip, CarTonight]] = []
    for car in cars:
        place = tonight.place_of(car)
        trip = tonight.drives.trip(place.point, visit.point or place.point)
        found.append((max(place.free_at + timedelta(seconds=trip.travel_s), visit.window_start), trip, car))
    found.sort(key=lambda one: (one[0], one[2].car_number))
    return tuple(
        Choice(
            rank=rank,
            car=car,
            arrive_at=arrive_at,
            travel_s=trip.travel_s,
            distance_m=trip.distance_m,
            travel_source=trip.source,
            late_s=max(0, int((arrive_at - visit.window_end).total_seconds())),
            cost=trip.travel_s,
            terms={"travel_s": trip.travel_s, "lateness": 0, "waiting": 0, "spill_over": 0, "backup": 0, "change": 0},
            reasons=({"code": "rules_only", "params": {}}, *soft_objections(tonight, visit, car)),
        )
        for rank, (arrive_at, trip, car) in enumerate(found, start=1)
    )


def soft_objections(tonight: Tonight, visit: VisitTonight, car: CarTonight) -> list[dict[str, Any]]:
    """What can be said against a car that may go all the same."""
    return [{"code": one.code, "params": params_json(one.params)} for one in objections(tonight, visit, car)]
