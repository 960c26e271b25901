"""A car's route: its visits in order, with times that follow what really happens."""

import uuid
from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa

from backend.dispatch import rules
from backend.dispatch.events import RouteChanged
from backend.dispatch.models import Night, Visit
from backend.dispatch.tonight import Tonight, load
from backend.dispatch.travel import trips
from backend.platform.uow import UnitOfWork

WORTH_TELLING = timedelta(minutes=5)
"""A smaller shift of an arrival time is no news for a phone."""


def put_in_route(
    uow: UnitOfWork, night: Night, visit: Visit, *, after_visit_id: uuid.UUID | None, is_urgent: bool
) -> None:
    """Give a visit its place: after the given one; else first when it is urgent, last when it is not."""
    seen = load(uow.session, night, uow.now, shift_id=visit.shift_id)
    order = [one.id for one in seen.route(visit.shift_id) if one.id != visit.id] if visit.shift_id else []
    if after_visit_id in order:
        place = order.index(after_visit_id) + 1
    else:
        place = 0 if is_urgent or after_visit_id is not None else len(order)
    order.insert(place, visit.id)
    set_order(uow, night, {visit.shift_id: order} if visit.shift_id else {}, quiet={visit.id})


def set_order(
    uow: UnitOfWork, night: Night, orders: dict[uuid.UUID, list[uuid.UUID]], *, quiet: Iterable[uuid.UUID] = ()
) -> None:
    """Number the visits of these cars in this order and work out their times again."""
    wanted = {visit_id: number for order in orders.values() for number, visit_id in enumerate(order, start=1)}
    rows = uow.session.scalars(sa.select(Visit).where(Visit.id.in_(wanted)))
    renumbered = set()
    for visit in rows:
        if visit.sequence != wanted[visit.id]:
            visit.sequence = wanted[visit.id]
            renumbered.add(visit.id)
    retime(uow, night, list(orders), renumbered=renumbered - set(quiet), quiet=quiet)


def retime(
    uow: UnitOfWork,
    night: Night,
    shift_ids: Iterable[uuid.UUID],
    *,
    renumbered: Iterable[uuid.UUID] = (),
    quiet: Iterable[uuid.UUID] = (),
) -> None:
    """Work out when these cars leave and arrive, from where they are now; tell a phone only what is news to it."""
    for shift_id in shift_ids:
        seen = load(uow.session, night, uow.now, shift_id=shift_id)
        _retime_one(uow, seen, shift_id, renumbered=set(renumbered), quiet=set(quiet))


def _retime_one(
    uow: UnitOfWork, seen: Tonight, shift_id: uuid.UUID, *, renumbered: set[uuid.UUID], quiet: set[uuid.UUID]
) -> None:
    car = seen.car(shift_id)
    route = seen.route(shift_id)
    if car is None or not route:
        return
    place = seen.place_of(car)
    points = [place.point]
    for stop in route:
        points.append(stop.point or points[-1])
    drives = trips(points)
    times = rules.timetable(
        place.free_at,
        [
            rules.Leg(trip.travel_s, stop.window_start, stop.service_minutes)
            for trip, stop in zip(drives, route, strict=True)
        ],
    )
    rows = {row.id: row for row in uow.session.scalars(sa.select(Visit).where(Visit.id.in_([v.id for v in route])))}
    for number, (stop, trip, when) in enumerate(zip(route, drives, times, strict=True), start=1):
        visit = rows[stop.id]
        moved = visit.eta_at is None or abs(when.eta_at - visit.eta_at) >= WORTH_TELLING
        is_news = visit.id in renumbered or visit.sequence != number or moved
        visit.sequence, visit.leave_at, visit.eta_at = number, when.leave_at, when.eta_at
        visit.travel_s, visit.distance_m, visit.travel_source = trip.travel_s, trip.distance_m, trip.source
        if is_news and visit.id not in quiet:
            uow.record(
                RouteChanged(
                    organisation_id=visit.organisation_id,
                    subject_id=visit.client_id,
                    stream_id=visit.care_request_id,
                    topic_id=visit.id,
                    feed_id=shift_id,
                    reference=visit.reference,
                    sequence=number,
                )
            )
