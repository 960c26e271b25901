"""Two sets of routes side by side, as the desk reads them: minutes, kilometres, and who arrives when."""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from backend.dispatch.proposals.outlook import Arrival, Better, Drive, Outlook
from backend.dispatch.rules import BUSY, OVER, VisitKind, VisitStatus
from backend.dispatch.tonight import CarTonight, Tonight, VisitTonight
from backend.platform.clock import iso

WORTH_SAYING_S = 300
"""A smaller shift of a planned visit is no news."""
URGENT_S = 60
"""Of somebody who called every minute is told."""


def compare(tonight: Tonight, found: Better, *, free: Collection[uuid.UUID] = ()) -> dict[str, Any]:
    """Before and after: the totals, each car, each visit that changes, and what stood fast. Plain JSON values."""
    known = {visit.id: visit for visit in tonight.visits}
    cars = {car.shift_id: car for car in tonight.cars}
    changes = [
        _change(known[one], cars, found, one)
        for one in {**found.before.arrivals, **found.after.arrivals}
        if _is_news(known[one], found.before.arrivals.get(one), found.after.arrivals.get(one))
    ]
    changes.sort(key=lambda one: (not one["is_urgent_later"], not one["is_late"], one["at"] or "", one["visit_id"]))
    return {
        "before": _totals(tonight, found.before),
        "after": _totals(tonight, found.after),
        "cars": [_car(car, found) for car in tonight.cars if car.shift_id in found.after.drives],
        "visits": changes,
        "fixed": _fixed(tonight, found.before, free),
        "without_car": [
            {"visit_id": str(one.id), "reasons": list(found.why.get(one.id, ()))}
            for one in _visits_without_car(tonight, found.after)
        ],
        "urgent_waiting": sum(
            visit.kind is VisitKind.UNPLANNED and visit.shift_id is None and visit.status is VisitStatus.OPEN
            for visit in tonight.visits
        ),
        "terms": {"before": dict(found.before.terms), "after": dict(found.after.terms)},
    }


def _totals(tonight: Tonight, outlook: Outlook) -> dict[str, int]:
    late = [arrival.late_s for arrival in outlook.arrivals.values() if arrival.late_s > 0]
    regions = {car.shift_id: car.region_id for car in tonight.cars}
    helped = [
        visit.id
        for visit in tonight.visits
        if (there := outlook.arrivals.get(visit.id)) is not None
        and visit.region_id is not None
        and regions.get(there.shift_id) not in (None, visit.region_id)
    ]
    return {
        "travel_s": sum(drive.travel_s for drive in outlook.drives.values()),
        "distance_m": sum(drive.distance_m for drive in outlook.drives.values()),
        "late_s": sum(late),
        "late_visits": len(late),
        "without_car": len(_visits_without_car(tonight, outlook)),
        "cars_used": sum(bool(drive.order) for drive in outlook.drives.values()),
        "other_region": len(helped),
    }


def _visits_without_car(tonight: Tonight, outlook: Outlook) -> list[VisitTonight]:
    """Planned visits that these routes leave without a car."""
    return [
        visit
        for visit in tonight.visits
        if visit.kind is VisitKind.PLANNED
        and visit.status is VisitStatus.OPEN
        and visit.shift_id is None
        and visit.id not in outlook.arrivals
    ]


def _is_news(visit: VisitTonight, before: Arrival | None, after: Arrival | None) -> bool:
    if before is None or after is None or before.shift_id != after.shift_id:
        return True
    shift_s = abs(after.begins_at - before.begins_at)
    least = URGENT_S if visit.kind is VisitKind.UNPLANNED else WORTH_SAYING_S
    is_late, was_late = after.late_s > 0, before.late_s > 0
    return shift_s >= timedelta(seconds=least) or is_late is not was_late


def _change(
    visit: VisitTonight, cars: dict[uuid.UUID, CarTonight], found: Better, visit_id: uuid.UUID
) -> dict[str, Any]:
    before, after = found.before.arrivals.get(visit_id), found.after.arrivals.get(visit_id)
    later_s = round((after.begins_at - before.begins_at).total_seconds()) if before and after else None
    is_next = {arrival.shift_id for arrival in (before, after) if arrival is not None} & _new_next(found)
    first = {drive.order[0] for look in (found.before, found.after) for drive in look.drives.values() if drive.order}
    return {
        "visit_id": str(visit_id),
        "at": iso(after.begins_at) if after else None,
        "old": _stop(before, cars),
        "new": _stop(after, cars),
        "later_s": later_s,
        "is_urgent_later": visit.kind is VisitKind.UNPLANNED and later_s is not None and later_s >= URGENT_S,
        "is_late": after is not None and after.late_s > 0,
        "is_next": bool(is_next) and visit_id in first,
        "why": list(found.why.get(visit_id, ())),
    }


def _stop(arrival: Arrival | None, cars: dict[uuid.UUID, CarTonight]) -> dict[str, Any] | None:
    if arrival is None:
        return None
    car = cars[arrival.shift_id]
    return {
        "shift_id": str(arrival.shift_id),
        "car_name": car.car_name,
        "begins_at": iso(arrival.begins_at),
        "late_s": arrival.late_s,
    }


def _new_next(found: Better) -> set[uuid.UUID]:
    """The cars whose very next stop becomes another one."""
    return {
        shift_id
        for shift_id, drive in found.after.drives.items()
        if drive.order[:1] != found.before.drives[shift_id].order[:1]
    }


def _car(car: CarTonight, found: Better) -> dict[str, Any]:
    before, after = found.before.drives[car.shift_id], found.after.drives[car.shift_id]
    return {
        "shift_id": str(car.shift_id),
        "car_name": car.car_name,
        "is_changed": before.order != after.order,
        "is_next_changed": car.shift_id in _new_next(found),
        "before": _drive(before, found.before),
        "after": _drive(after, found.after),
    }


def _drive(drive: Drive, outlook: Outlook) -> dict[str, Any]:
    return {
        "travel_s": drive.travel_s,
        "distance_m": drive.distance_m,
        "home_at": iso(drive.home_at),
        "stops": [
            {
                "visit_id": str(one),
                "begins_at": iso(outlook.arrivals[one].begins_at),
                "late_s": outlook.arrivals[one].late_s,
            }
            for one in drive.order
        ],
    }


def _fixed(tonight: Tonight, before: Outlook, free: Collection[uuid.UUID]) -> dict[str, int]:
    """What nobody may move, each visit counted once, by the strongest reason."""
    counted = Counter(_why_fixed(visits, free) for visits in _on_routes(tonight, before))
    return {name: counted[name] for name in ("under_way", "accepted", "locked", "by_desk")}


def _on_routes(tonight: Tonight, before: Outlook) -> Iterable[VisitTonight]:
    return (visit for visit in tonight.visits if visit.id in before.arrivals or visit.status in BUSY)


def _why_fixed(visit: VisitTonight, free: Collection[uuid.UUID]) -> str:
    if visit.status in BUSY or visit.status in OVER:
        return "under_way"
    if visit.status is VisitStatus.ACCEPTED:
        return "accepted"
    if visit.is_locked:
        return "locked"
    return "by_desk" if not visit.is_by_plan and visit.id not in free else "free"
