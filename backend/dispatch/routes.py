"""A car's route: its visits in order, with times that follow what really happens."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm.attributes import flag_modified

from backend.dispatch.events import RouteChanged
from backend.dispatch.models import Visit
from backend.dispatch.rules import BUSY, VisitKind
from backend.dispatch.timetable import Drive, Leg, Times, timetables
from backend.dispatch.tonight import Tonight, VisitTonight
from backend.dispatch.writing import HeldNight
from backend.platform.uow import UnitOfWork
from backend.travel.times import Trip

WORTH_TELLING = timedelta(minutes=5)
"""A smaller shift of an arrival time is no news for a phone."""

_TIMED = ("sequence", "leave_at", "eta_at", "travel_s", "distance_m", "travel_source")


def put_in_route(
    uow: UnitOfWork, held: HeldNight, visit: Visit, *, after_visit_id: uuid.UUID | None, is_urgent: bool
) -> None:
    """Give a visit its place: after the given one; else first when it is urgent, last when it is not."""
    order = [one.id for one in held.seen().route(visit.shift_id) if one.id != visit.id] if visit.shift_id else []
    if after_visit_id in order:
        place = order.index(after_visit_id) + 1
    else:
        place = 0 if is_urgent or after_visit_id is not None else len(order)
    order.insert(place, visit.id)
    set_order(uow, held, {visit.shift_id: order} if visit.shift_id else {}, quiet={visit.id})


def set_order(
    uow: UnitOfWork, held: HeldNight, orders: dict[uuid.UUID, list[uuid.UUID]], *, quiet: Iterable[uuid.UUID] = ()
) -> None:
    """Number the visits of these cars in this order and work out their times again."""
    wanted = {visit_id: number for order in orders.values() for number, visit_id in enumerate(order, start=1)}
    renumbered = set()
    for visit_id, number in wanted.items():
        visit = held.visits[visit_id]
        if visit.sequence != number:
            visit.sequence = number
            renumbered.add(visit_id)
    retime(uow, held, list(orders), renumbered=renumbered - set(quiet), quiet=quiet)


def retime(
    uow: UnitOfWork,
    held: HeldNight,
    shift_ids: Iterable[uuid.UUID],
    *,
    renumbered: Iterable[uuid.UUID] = (),
    quiet: Iterable[uuid.UUID] = (),
) -> None:
    """Work out when these cars leave, arrive and rest, from where they are now; tell a phone only what is news to it.

    The car of a partner at a double visit goes along: when one of the two is later, both begin later.
    """
    seen = held.seen()
    together = _with_partners(seen, [shift_id for shift_id in shift_ids if seen.car(shift_id) is not None])
    trips_of = {shift_id: _trips(seen, shift_id) for shift_id in together}
    inside = {visit.double_id for shift_id in together for visit in _legs_of(seen, shift_id)}
    drives = {shift_id: _drive(seen, shift_id, trips_of[shift_id]) for shift_id in together}
    driven = timetables(drives, _standing(seen, inside, set(together)))
    for shift_id in together:
        skipped = len(_legs_of(seen, shift_id)) - len(seen.route(shift_id))
        _write(
            uow, held, seen.route(shift_id), trips_of[shift_id], driven[shift_id].times[skipped:],
            renumbered=set(renumbered), quiet=set(quiet),
        )  # fmt: skip
        for one in held.breaks(shift_id):
            if one.started_at is None and one.cancelled_at is None:
                one.planned_at = driven[shift_id].rests.get(one.id)


def _with_partners(seen: Tonight, shift_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """These cars and every car that one of them meets, and so on."""
    found: list[uuid.UUID] = []
    queue = list(dict.fromkeys(shift_ids))
    while queue:
        shift_id = queue.pop(0)
        if shift_id in found or seen.car(shift_id) is None:
            continue
        found.append(shift_id)
        for visit in _legs_of(seen, shift_id):
            queue += [one.shift_id for one in seen.partners(visit) if one.shift_id is not None]
    return found


def _legs_of(seen: Tonight, shift_id: uuid.UUID) -> list[VisitTonight]:
    """What the car drives to; the double visit it is busy with counts too, for its partner may still have to come."""
    busy = [one for one in seen.of_car.get(shift_id, ()) if one.status in BUSY and seen.partners(one)]
    return [*busy[:1], *seen.route(shift_id)]


def _trips(seen: Tonight, shift_id: uuid.UUID) -> list[Trip]:
    """The drives to each visit ahead, and home from the last."""
    car = seen.car(shift_id)
    assert car is not None
    points = [seen.place_of(car).point]
    for visit in seen.route(shift_id):
        points.append(visit.point or points[-1])
    return seen.drives.trips([*points, car.home])


def _drive(seen: Tonight, shift_id: uuid.UUID, drives: Sequence[Trip]) -> Drive:
    car = seen.car(shift_id)
    assert car is not None
    place, ahead, legs = seen.place_of(car), seen.route(shift_id), []
    free_at = place.free_at
    busy = _legs_of(seen, shift_id)[: len(_legs_of(seen, shift_id)) - len(ahead)]
    for visit in busy:
        free_at = visit.arrived_at or max(visit.eta_at or seen.now, seen.now)
        legs.append(Leg(0, free_at, visit.service_minutes, visit.double_id, is_urgent=True))
    for visit, trip in zip(ahead, drives, strict=False):
        is_urgent = visit.kind is VisitKind.UNPLANNED
        meets = visit.double_id if seen.partners(visit) else None
        legs.append(Leg(trip.travel_s, visit.window_start, visit.service_minutes, meets, is_urgent))
    return Drive(free_at, legs, car.rests_to_come(seen.now), drives[-1].travel_s)


def _standing(
    seen: Tonight, doubles: Iterable[uuid.UUID | None], together: set[uuid.UUID]
) -> dict[uuid.UUID, datetime]:
    """When partners begin whose cars are not timed here."""
    found = {}
    for double_id in doubles:
        for visit in seen.of_double.get(double_id, ()) if double_id is not None else ():
            begins_at = seen.begins_at(visit) if visit.shift_id not in together else None
            if double_id is not None and begins_at is not None:
                found[double_id] = begins_at
    return found


def _write(
    uow: UnitOfWork,
    held: HeldNight,
    route: Sequence[VisitTonight],
    drives: Sequence[Trip],
    times: Sequence[Times],
    *,
    renumbered: set[uuid.UUID],
    quiet: set[uuid.UUID],
) -> None:
    for number, (stop, trip, when) in enumerate(zip(route, drives, times, strict=False), start=1):
        visit = held.visits[stop.id]
        moved = visit.eta_at is None or abs(when.eta_at - visit.eta_at) >= WORTH_TELLING
        is_news = visit.id in renumbered or visit.sequence != number or moved
        visit.sequence, visit.leave_at, visit.eta_at = number, when.leave_at, when.eta_at
        visit.travel_s, visit.distance_m, visit.travel_source = trip.travel_s, trip.distance_m, trip.source
        if uow.session.is_modified(visit):
            for column in _TIMED:  # the same columns of every visit: a route is then written in one statement
                flag_modified(visit, column)
        if is_news and visit.id not in quiet:
            tell_route(uow, visit)


def tell_route(uow: UnitOfWork, visit: Visit) -> None:
    """Tell the phone of the car that has this visit that something about it is different."""
    uow.record(
        RouteChanged(
            organisation_id=visit.organisation_id,
            subject_id=visit.client_id,
            stream_id=visit.care_request_id,
            topic_id=visit.id,
            feed_id=visit.shift_id,
            reference=visit.reference,
            sequence=visit.sequence,
        )
    )
