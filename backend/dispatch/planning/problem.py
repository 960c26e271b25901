"""Tonight as the optimiser sees it: places, seconds and metres; and its numbers in the house's words again."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from backend.dispatch.planning.pairs import Pairs, moment_of
from backend.dispatch.rules import VisitKind, VisitStatus
from backend.dispatch.tonight import CarTonight, Tonight, VisitTonight
from backend.platform.clock import iso, local
from backend.travel.times import Point
from backend.triage.rules import Urgency

if TYPE_CHECKING:
    from routing import Break, Problem, Sync

OVERTIME_S = 3600
"""A car may be home this much later than its shift ends; the rules say it aloud as `shift_too_short`."""
LATE_WEIGHT = {Urgency.U2: 80, Urgency.U3: 20}
"""A second too late for somebody who called, against 2 for a planned visit. High, because the night is not over: a car
that is a little late now has nothing left for the next call (measured in `routing.replay`: more on time, no dearer)."""
UNSERVED = {Urgency.U2: 400_000, Urgency.U3: 200_000}
FIRST, SECOND = "first_nurse", "second_nurse"
"""Which part of the asked double visit a car may do, as the rules say."""
NO_PAIRS = Pairs({}, {})
MayGo = Mapping[uuid.UUID, frozenset[str]]
_CLOCK_PARAMS = {"arrive_s", "start_s", "latest_s", "home_s", "shift_end_s", "shift_start_s", "from_s", "until_s"}


def problem_of(
    tonight: Tonight,
    cars: Sequence[CarTonight],
    visits: Sequence[VisitTonight],
    *,
    extra: VisitTonight | None = None,
    is_whole_night: bool = False,
    pairs: Pairs = NO_PAIRS,
    may_go: MayGo | None = None,
    without_breaks: Collection[uuid.UUID] = (),
) -> Problem:
    """These cars with these visits (and one more to place) as a routing problem, in seconds around this moment.

    For one insertion the rules have chosen the cars already, so competences and latest times are left out (`may_go`:
    per car which nurse of the asked double visit it may bring); for a whole night (`is_whole_night`) the optimiser
    keeps them, and what the desk gave to a car stays with it. `without_breaks`: shifts whose rest may wait this once.
    """
    import routing

    places: dict[Point, int] = {}

    def place_at(point: Point) -> int:
        return places.setdefault((round(point[0], 6), round(point[1], 6)), len(places))

    middle = _middle(cars)
    asked = visits if extra is None else [*visits, extra]
    apart = _apart(tonight, asked, pairs) if is_whole_night else {}
    made_cars = []
    for car in cars:
        now_at = tonight.place_of(car)
        skills = _skills(tonight, car) if is_whole_night else (may_go or {}).get(car.shift_id, frozenset())
        made_cars.append(
            routing.Car(
                id=str(car.shift_id),
                place=place_at(now_at.point),
                home=place_at(car.home),
                shift_s=(
                    _s(tonight, car.starts_at),
                    max(_s(tonight, car.ends_at), _s(tonight, now_at.free_at)) + OVERTIME_S,
                ),
                free_at_s=_s(tonight, now_at.free_at),
                skills=skills | {mark for mark, taken in apart.values() if car.shift_id not in taken},
                regions=frozenset([str(car.region_id)]) if car.region_id else frozenset(),
                is_backup=car.is_backup,
                breaks=() if car.shift_id in without_breaks else _breaks(tonight, car),
                frozen=_accepted_next(tonight, car, pairs) if is_whole_night else (),
            )
        )
    stops = []
    for visit in asked:
        if pairs.is_second(visit):
            continue  # it is the second nurse of the stop that its partner makes
        second = pairs.second(visit)
        is_fixed = is_whole_night and _is_fixed(visit)
        has_rules = is_whole_night and not is_fixed
        latest_s = _latest_s(tonight, visit) if has_rules else routing.FOREVER_S
        window_s = _window_s(tonight, visit, pairs)
        skills = frozenset(visit.required_competences) if has_rules else frozenset()
        if visit.id in apart:
            skills |= {apart[visit.id][0]}
        if second is not None and may_go is not None and extra is not None and visit.id == extra.id:
            skills = frozenset({FIRST})
        stops.append(
            routing.Stop(
                id=str(visit.id),
                place=place_at(visit.point or middle),
                service_s=visit.service_minutes * 60,
                window_s=window_s,
                latest_s=max(latest_s, window_s[1]),
                late_weight=LATE_WEIGHT.get(visit.urgency, 2),
                unserved_penalty=UNSERVED.get(visit.urgency, 28_800),
                skills=skills,
                region=str(visit.region_id) if visit.region_id else None,
                urgent=visit.kind is VisitKind.UNPLANNED,
                locked_car=str(visit.shift_id) if is_fixed else None,
                cars_needed=1 if second is None else 2,
                sync=_meeting(second, skills, is_whole_night=is_whole_night) if second is not None else None,
            )
        )
    return routing.Problem(
        matrix=tonight.drives.matrix(tuple(places)),
        cars=tuple(made_cars),
        stops=tuple(stops),
        version=tonight.plan_version,
        name=str(tonight.night_id),
    )


def _is_fixed(visit: VisitTonight) -> bool:
    return visit.shift_id is not None and _stays_with_car(visit)


def _meeting(second: VisitTonight, skills: frozenset[str], *, is_whole_night: bool) -> Sync:
    """The second nurse begins with the first, and may be bound to a car of her own."""
    import routing

    is_fixed = is_whole_night and _is_fixed(second)
    if not is_whole_night:
        wanted = frozenset({SECOND}) if FIRST in skills else frozenset()
    else:
        wanted = frozenset() if is_fixed else frozenset(second.required_competences)
    return routing.Sync(
        skills=wanted,
        service_s=second.service_minutes * 60,
        locked_car=str(second.shift_id) if is_fixed else None,
    )


def _window_s(tonight: Tonight, visit: VisitTonight, pairs: Pairs) -> tuple[int, int]:
    """When care may begin and until when it is welcome; who joins a partner is welcome when that one begins."""
    starts_s, ends_s = _s(tonight, visit.window_start), _s(tonight, visit.window_end)
    moment = moment_of(tonight, visit, pairs)
    if moment is not None:
        starts_s = ends_s = max(starts_s, _s(tonight, moment))
    return starts_s, max(starts_s, ends_s)


def _apart(
    tonight: Tonight, visits: Sequence[VisitTonight], pairs: Pairs
) -> dict[uuid.UUID, tuple[str, frozenset[uuid.UUID]]]:
    """Parts that are planned by themselves, with a mark that every car wears except those of their partners."""
    found = {}
    for visit in visits:
        taken = frozenset(one.shift_id for one in tonight.partners(visit) if one.shift_id is not None)
        if taken and visit.id not in pairs.parts and visit.shift_id is None:
            found[visit.id] = (f"not_twice:{visit.id}", taken)
    return found


def _breaks(tonight: Tonight, car: CarTonight) -> tuple[Break, ...]:
    """The rest that is still to be taken; one that the route already pushes later is still taken there."""
    import routing

    begins_s = _s(tonight, car.starts_at)
    planned_at = {one.id: one.planned_at for one in car.breaks}
    return tuple(
        routing.Break(
            earliest_s=_s(tonight, rest.earliest_at) - begins_s,
            latest_s=_s(tonight, max(rest.latest_at, planned_at[rest.id] or rest.latest_at)) - begins_s,
            duration_s=rest.minutes * 60,
        )
        for rest in car.rests_to_come(tonight.now)
        if rest.latest_at >= tonight.place_of(car).free_at
    )


def _stays_with_car(visit: VisitTonight) -> bool:
    """Only the desk assigns: what it gave to a car, what it pinned and what the nurse accepted stays there."""
    return visit.is_locked or not visit.is_by_plan or visit.status is VisitStatus.ACCEPTED


def _accepted_next(tonight: Tonight, car: CarTonight, pairs: Pairs) -> tuple[str, ...]:
    route = tonight.route(car.shift_id)
    return (pairs.part_of(route[0])[0],) if route and route[0].status is VisitStatus.ACCEPTED else ()


def _latest_s(tonight: Tonight, visit: VisitTonight) -> int:
    latest_s = _s(tonight, visit.latest_at)
    if visit.shift_id is not None:  # what already drives late is still driven
        latest_s = max(latest_s, _s(tonight, visit.eta_at or tonight.now) + 1800)
    return latest_s


def _skills(tonight: Tonight, car: CarTonight) -> frozenset[str]:
    """Competences that still hold when the night ends; one that expires at midnight the planner does not use."""
    last_day = local(min(car.ends_at, tonight.ends_at)).date()
    return frozenset(procedure for procedure, valid_until in car.competences.items() if valid_until >= last_day)


def _middle(cars: Sequence[CarTonight]) -> Point:
    """For a door that nobody could find on the map: somewhere between the bases."""
    return (sum(car.home[0] for car in cars) / len(cars), sum(car.home[1] for car in cars) / len(cars))


# --- times and words -------------------------------------------------------------------------------------------------

_NOW_S = 2 * 86_400
"""The second that stands for this moment; two days of room keep every earlier moment of the night above zero."""


def _s(tonight: Tonight, moment: datetime) -> int:
    return int((moment - tonight.now).total_seconds()) + _NOW_S


def at(tonight: Tonight, second: int) -> datetime:
    return tonight.now + timedelta(seconds=second - _NOW_S)


def params_in_words(tonight: Tonight, params: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The optimiser's numbers in the house's words: moments as times, cars by name."""
    found: dict[str, Any] = {}
    for key, value in params.items():
        if key in _CLOCK_PARAMS:
            found[f"{key[:-2]}_at"] = iso(at(tonight, int(value)))
        elif key == "car":
            found["car_name"] = names.get(str(value), str(value))
        elif key == "stop":
            found["visit_id"] = str(value)
        else:
            found[key] = value
    return found
