"""Tonight as the optimiser sees it: places, seconds and metres; and its numbers in the house's words again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from backend.dispatch.rules import VisitKind, VisitStatus
from backend.dispatch.tonight import CarTonight, Point, Tonight, VisitTonight
from backend.platform.clock import iso, local
from backend.platform.config import settings
from backend.triage.rules import Urgency

if TYPE_CHECKING:
    from routing import Problem, TravelMatrix

OVERTIME_S = 3600
"""A car may be home this much later than its shift ends; the rules say it aloud as `shift_too_short`."""
LATE_WEIGHT = {Urgency.U2: 20, Urgency.U3: 8}
UNSERVED = {Urgency.U2: 400_000, Urgency.U3: 200_000}
_CLOCK_PARAMS = {"arrive_s", "start_s", "latest_s", "home_s", "shift_end_s", "shift_start_s", "from_s", "until_s"}


def problem_of(
    tonight: Tonight,
    cars: Sequence[CarTonight],
    visits: Sequence[VisitTonight],
    *,
    extra: VisitTonight | None = None,
    is_whole_night: bool = False,
) -> Problem:
    """These cars with these visits (and one more to place) as a routing problem, in seconds around this moment.

    For one insertion the rules have chosen the cars already, so competences and latest times are left out; for a whole
    night (`is_whole_night`) the optimiser keeps them, and what the desk gave to a car stays with it.
    """
    import routing

    places: dict[Point, int] = {}

    def place_at(point: Point) -> int:
        return places.setdefault((round(point[0], 6), round(point[1], 6)), len(places))

    middle = _middle(cars)
    made_cars = []
    for car in cars:
        now_at = tonight.place_of(car)
        frozen = _accepted_next(tonight, car) if is_whole_night else ()
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
                skills=_skills(tonight, car) if is_whole_night else frozenset(),
                regions=frozenset([str(car.region_id)]) if car.region_id else frozenset(),
                is_backup=car.is_backup,
                frozen=frozen,
            )
        )
    stops = []
    for visit in visits if extra is None else [*visits, extra]:
        is_fixed = is_whole_night and visit.shift_id is not None and _stays_with_car(visit)
        latest_s = _latest_s(tonight, visit) if is_whole_night and not is_fixed else routing.FOREVER_S
        window_end_s = max(_s(tonight, visit.window_start), _s(tonight, visit.window_end))
        stops.append(
            routing.Stop(
                id=str(visit.id),
                place=place_at(visit.point or middle),
                service_s=visit.service_minutes * 60,
                window_s=(_s(tonight, visit.window_start), window_end_s),
                latest_s=max(latest_s, window_end_s),
                late_weight=LATE_WEIGHT.get(visit.urgency, 2),
                unserved_penalty=UNSERVED.get(visit.urgency, 28_800),
                skills=frozenset(visit.required_competences) if is_whole_night and not is_fixed else frozenset(),
                region=str(visit.region_id) if visit.region_id else None,
                urgent=visit.kind is VisitKind.UNPLANNED,
                locked_car=str(visit.shift_id) if is_fixed else None,
            )
        )
    return routing.Problem(
        matrix=_matrix(tuple(places)),
        cars=tuple(made_cars),
        stops=tuple(stops),
        version=tonight.plan_version,
        name=str(tonight.night_id),
    )


def _stays_with_car(visit: VisitTonight) -> bool:
    """Only the desk assigns: what it gave to a car, what it pinned and what the nurse accepted stays there."""
    return visit.is_locked or not visit.is_by_plan or visit.status is VisitStatus.ACCEPTED


def _accepted_next(tonight: Tonight, car: CarTonight) -> tuple[str, ...]:
    route = tonight.route(car.shift_id)
    return (str(route[0].id),) if route and route[0].status is VisitStatus.ACCEPTED else ()


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


# --- travel ----------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _crow_matrix(points: tuple[Point, ...], factor: float) -> TravelMatrix:
    """Estimated travel between all points. Kept per process: a desk asks many questions about the same addresses."""
    from routing import travel

    return travel.Crow(factor).matrix([travel.Point(*point) for point in points])


def _matrix(points: tuple[Point, ...]) -> TravelMatrix:
    return _crow_matrix(points, settings().routing_time_factor)


# --- times and words -------------------------------------------------------------------------------------------------

_NOW_S = 2 * 86_400
"""The second that stands for this moment; two days of room keep every earlier moment of the night above zero."""


def _s(tonight: Tonight, moment: datetime) -> int:
    return int((moment - tonight.now).total_seconds()) + _NOW_S


def at(tonight: Tonight, second: int) -> datetime:
    return tonight.now + timedelta(seconds=second - _NOW_S)


def told(tonight: Tonight, params: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
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
