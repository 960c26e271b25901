"""Planned against driven: written down on the assignment, so that a car that turned back keeps its own kilometres."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from backend.dispatch.driving import driven_rules
from backend.dispatch.driving.driven_rules import AT_THE_START, Point, Trail
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.writing import HeldNight
from backend.platform.clock import iso
from backend.platform.uow import UnitOfWork
from backend.roster.models import Shift
from backend.travel.rules import crow_m


def departs(held: HeldNight, visit: Visit, assignment: Assignment, moment: datetime) -> None:
    """Keep what this drive was planned to take, from where the car was when it left; the visit's times follow it.

    Before the visit is under way: from then on the car counts as being at its door.
    """
    if assignment.planned_travel_s is not None or visit.lat is None or visit.lon is None:
        return
    seen = held.seen(moment)
    car = seen.car(assignment.shift_id)
    if car is None:
        return
    start = seen.place_of(car).point
    trip = seen.drives.trip(start, (visit.lat, visit.lon))
    assignment.planned_travel_s, assignment.planned_distance_m = trip.travel_s, trip.distance_m
    assignment.travel_source, assignment.raw_travel_s = trip.source, trip.raw_s
    visit.travel_s, visit.distance_m, visit.travel_source = trip.travel_s, trip.distance_m, trip.source
    trail = driven_rules.begun(moment, car.position, car.position_at)
    assignment.trail = _trail_json(trail, start)
    if trail.point is not None:
        assignment.start_off_m = round(crow_m(*start, *trail.point))


def keep_plan(visit: Visit, assignment: Assignment) -> None:
    """A drive that nobody began, or told of, keeps what was planned for it last."""
    if assignment.planned_travel_s is None and visit.travel_s is not None:
        assignment.planned_travel_s, assignment.planned_distance_m = visit.travel_s, visit.distance_m
        assignment.travel_source = visit.travel_source


def turns_back(visit: Visit, assignment: Assignment, moment: datetime) -> None:
    """The visit is taken from the car: it keeps what was planned, and the metres so far when it was on its way."""
    keep_plan(visit, assignment)
    if assignment.trail is not None:
        assignment.driven_m = driven_rules.broken_off(_trail_from(assignment.trail), moment)
        assignment.trail = None


def follow(uow: UnitOfWork, shift: Shift, lat: float, lon: float, moment: datetime) -> None:
    """The phone of this car told where it is: count the metres of the drive it is on, if it is on one."""
    assignment = uow.session.scalar(
        sa.select(Assignment)
        .where(
            Assignment.shift_id == shift.id,
            Assignment.departed_at.is_not(None),
            Assignment.arrived_at.is_(None),
            Assignment.ended_at.is_(None),
        )
        .order_by(Assignment.departed_at.desc())
        .limit(1)
    )
    if assignment is None or assignment.trail is None or assignment.departed_at is None:
        return
    start = (assignment.trail["start"][0], assignment.trail["start"][1])
    if assignment.start_off_m is None and abs(moment - assignment.departed_at) <= AT_THE_START:
        assignment.start_off_m = round(crow_m(*start, lat, lon))
    assignment.trail = _trail_json(driven_rules.followed(_trail_from(assignment.trail), (lat, lon), moment), start)


def arrives(visit: Visit, assignment: Assignment) -> None:
    """The drive is over: its metres are known or not, and where the phone was is forgotten."""
    keep_plan(visit, assignment)
    if assignment.trail is not None and assignment.arrived_at is not None:
        door = None if visit.lat is None or visit.lon is None else (visit.lat, visit.lon)
        assignment.driven_m = driven_rules.ended(_trail_from(assignment.trail), assignment.arrived_at, door)
    assignment.trail = None


def _trail_json(trail: Trail, start: Point) -> dict[str, Any]:
    return {
        "at": iso(trail.at),
        "point": list(trail.point) if trail.point is not None else None,
        "metres": round(trail.metres, 1),
        "is_whole": trail.is_whole,
        "start": list(start),
    }


def _trail_from(stored: dict[str, Any]) -> Trail:
    point = stored["point"]
    return Trail(
        datetime.fromisoformat(stored["at"]), None if point is None else (point[0], point[1]), stored["metres"],
        stored["is_whole"],
    )  # fmt: skip
