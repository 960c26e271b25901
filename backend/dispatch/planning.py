"""The only door to the optimiser: tonight as seconds and metres, and its answer as cars and visits again."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog

from backend.dispatch.choice import Choice, Delay, Rejected, soft_objections
from backend.dispatch.problem import at, problem_of, told
from backend.dispatch.rules import VisitKind, VisitStatus
from backend.dispatch.tonight import CarTonight, Tonight, VisitTonight
from backend.triage.rules import Urgency

if TYPE_CHECKING:  # the optimiser loads compiled code: only when it is asked something, never at the start of the house
    from routing import Option, Plan, Problem

log = structlog.get_logger()

WAITING_WEIGHT = {Urgency.U2: 2.0, Urgency.U3: 0.5}
"""What a second of waiting counts for somebody who called, also within the norm: who is there sooner goes before who
saves a detour or stays in the own region. A planned visit does not wait; its window says when it is welcome."""


class PlanningFailed(Exception):
    """The optimiser gave no answer that may be used; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# --- insertion -------------------------------------------------------------------------------------------------------


def insert(
    tonight: Tonight, visit: VisitTonight, allowed: Sequence[CarTonight]
) -> tuple[tuple[Choice, ...], list[Rejected]]:
    """Every place in the routes of these cars, tried exactly; what is wrong with the optimiser comes out as it is."""
    import routing

    routes = {car.shift_id: [v for v in tonight.route(car.shift_id) if v.id != visit.id] for car in allowed}
    planned = [one for route in routes.values() for one in route]
    problem = problem_of(tonight, allowed, planned, extra=visit)
    orders = {str(shift_id): [str(one.id) for one in route] for shift_id, route in routes.items()}
    # Named here, so that the optimiser does not look for a proof why the very stop that is asked about is not planned.
    plan = routing.schedule(problem, orders, unplanned=(routing.Unplanned(str(visit.id), "fits"),))
    answer = routing.insert(problem, plan, str(visit.id))
    by_id = {str(car.shift_id): car for car in allowed}
    names = {str(car.shift_id): car.car_name for car in allowed}
    found = (
        _choice(tonight, visit, option, by_id[option.car], routes[by_id[option.car].shift_id], names)
        for option in answer.options
    )
    choices = tuple(replace(one, rank=rank) for rank, one in enumerate(sorted(found, key=lambda one: one.cost), 1))
    rejected = [Rejected(by_id[one.car], one.code, told(tonight, one.params, names)) for one in answer.rejected]
    return choices, rejected


def _choice(
    tonight: Tonight,
    visit: VisitTonight,
    option: Option,
    car: CarTonight,
    route: Sequence[VisitTonight],
    names: Mapping[str, str],
) -> Choice:
    reasons = [{"code": one.code, "params": told(tonight, one.params, names)} for one in option.reasons]
    said = {one["code"] for one in reasons}
    reasons += [one for one in soft_objections(tonight, visit, car) if one["code"] not in said]
    terms = option.terms
    weight = WAITING_WEIGHT.get(visit.urgency, 0.0) if visit.kind is VisitKind.UNPLANNED else 0.0
    waiting = round(weight * max(0.0, (at(tonight, option.arrive_s) - tonight.now).total_seconds()))
    return Choice(
        rank=option.rank,
        car=car,
        arrive_at=at(tonight, option.arrive_s),
        travel_s=option.travel_s,
        distance_m=option.distance_m,
        late_s=option.late_s,
        cost=option.cost + waiting,
        terms={
            "travel_s": terms.travel_s,
            "lateness": terms.late,
            "waiting": waiting,
            "spill_over": terms.spill_over,
            "backup": terms.activation,
            "change": terms.change,
        },
        reasons=tuple(reasons),
        delays=tuple(
            Delay(uuid.UUID(one.stop), one.later_s, at(tonight, one.new_start_s), one.still_in_window)
            for one in option.delays
        ),
        after_visit_id=route[option.position - 1].id if option.position > 0 else None,
        is_first=option.position == 0,
    )


# --- planning the whole night ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoutePlan:
    """An answer for the whole night: the order of visits of every car, and what fits nowhere with the reason."""

    orders: Mapping[uuid.UUID, tuple[uuid.UUID, ...]]
    unplanned: Mapping[uuid.UUID, str]
    cost_before: int
    cost_after: int


def plan_routes(tonight: Tonight, *, limit_s: float, seed: int = 0) -> RoutePlan:
    """Plan what is ahead of every awake car; raises `PlanningFailed` when there is no answer that may be used.

    What is under way, at the door or accepted as the next visit stays where it is; what the desk assigned or pinned
    stays with its car. Only visits that the plan itself placed may move to another car.
    """
    import routing

    cars = [
        car for car in tonight.cars if car.ends_at > tonight.now and (not car.is_backup or car.woken_at is not None)
    ]
    routes = {car.shift_id: tonight.route(car.shift_id) for car in cars}
    waiting = [
        visit
        for visit in tonight.visits
        if visit.kind is VisitKind.PLANNED and visit.status is VisitStatus.OPEN and visit.shift_id is None
    ]
    ahead = [visit for route in routes.values() for visit in route]
    if not cars or not (ahead or waiting):
        return RoutePlan({}, {visit.id: "no_car" for visit in waiting}, 0, 0)
    try:
        problem = problem_of(tonight, cars, [*ahead, *waiting], is_whole_night=True)
        orders = {str(shift_id): [str(visit.id) for visit in route] for shift_id, route in routes.items()}
        incumbent = routing.schedule(problem, orders)
        plan = _solve(problem, _filled(problem, incumbent, waiting), incumbent, limit_s, seed)
        broken = routing.violations(problem, plan)
    except PlanningFailed:
        raise
    except Exception as error:
        raise PlanningFailed("solver_failed") from error
    if broken and routing.violations(problem, incumbent):
        # What drives now already breaks a rule (somebody is late): then only a plan without new breaches will do.
        known = {(one.code, one.car, one.stop) for one in routing.violations(problem, incumbent)}
        broken = [one for one in broken if (one.code, one.car, one.stop) not in known]
    if broken:
        raise PlanningFailed("plan_breaks_rules")
    dropped = {str(visit.id) for visit in ahead} & {one.stop for one in plan.unplanned}
    if dropped:
        raise PlanningFailed("plan_drops_visits")
    return RoutePlan(
        orders={uuid.UUID(route.car): tuple(uuid.UUID(one.stop) for one in route.stops) for route in plan.routes},
        unplanned={uuid.UUID(one.stop): one.reason for one in plan.unplanned},
        cost_before=incumbent.cost.total,
        cost_after=plan.cost.total,
    )


def _filled(problem: Problem, plan: Plan, waiting: Sequence[VisitTonight]) -> Plan:
    """Every waiting visit put in where it fits best, one after the other: a plan that stands without any search."""
    import routing

    for visit in sorted(waiting, key=lambda one: (one.window_end, one.id)):
        best = routing.insert(problem, plan, str(visit.id)).best
        if best is not None:
            plan = routing.apply(problem, plan, str(visit.id), best)
    return plan


def _solve(problem: Problem, start: Plan, incumbent: Plan, limit_s: float, seed: int) -> Plan:
    """Search in a child process, so that a solver that hangs or eats memory takes nothing with it.

    A child that searched used its time. One that is back at once, or had to be waited for, and improved nothing has
    failed: then the plan in force stands, and the desk is told.
    """
    import routing

    began = time.perf_counter()
    plan = routing.solve_apart(problem, incumbent=start, limit_s=limit_s, seed=seed)
    spent_s = time.perf_counter() - began
    searched = 0.8 * limit_s <= spent_s <= limit_s + 25
    if not searched and plan.sequences == start.sequences:
        if start.sequences == incumbent.sequences:
            raise PlanningFailed("solver_silent")
        log.warning("solver_silent", spent_s=round(spent_s, 1))
    return plan


_loading = threading.Event()


def warm_up() -> None:
    """Load the compiled search before the first question comes; harmless when it cannot be loaded."""
    _loading.set()
    try:
        import routing

        routing.warm_up()
    except Exception as error:  # the house opens without an optimiser too
        log.warning("optimiser_not_loaded", kind=type(error).__name__)
    finally:
        _loading.clear()


def is_loading() -> bool:
    """Is the search being loaded at this moment? Whoever asked would wait for it, seconds on a busy machine."""
    return _loading.is_set()
