"""The questions about tonight that the optimiser answers: who fits where, and better routes for the whole night."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import structlog

from backend.dispatch.planning.choice import Choice, Delay, Rejected, Second, soft_objections
from backend.dispatch.planning.pairs import Pairs, moment_of, tie
from backend.dispatch.planning.problem import FIRST, SECOND, at, params_in_words, problem_of
from backend.dispatch.rules import VisitKind, VisitStatus
from backend.dispatch.tonight import CarTonight, Tonight, VisitTonight
from backend.travel.times import CROW
from backend.triage.rules import Urgency

if TYPE_CHECKING:  # the optimiser loads compiled code: only when it is asked something, never at the start of the house
    from routing import Option, Placement, Plan, Problem

log = structlog.get_logger()

WAITING_WEIGHT = {Urgency.U2: 2.0, Urgency.U3: 0.5}
"""What a second of waiting counts for somebody who called, also within the norm: who is there sooner goes before who
saves a detour or stays in the own region. A planned visit does not wait; its window says when it is welcome."""

LATER_BREAK = 1800
"""What it costs to have a nurse take her break later than agreed, in seconds of driving."""


class PlanningFailed(Exception):
    """The optimiser gave no answer that may be used; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


# --- insertion -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Question:
    """One question to the optimiser about one visit, and what is needed to read its answer."""

    tonight: Tonight
    visit: VisitTonight
    cars: Mapping[str, CarTonight]
    routes: Mapping[uuid.UUID, list[VisitTonight]]
    pairs: Pairs
    problem: Problem
    plan: Plan

    @property
    def names(self) -> dict[str, str]:
        return {shift_id: car.car_name for shift_id, car in self.cars.items()}

    def after(self, shift_id: uuid.UUID, position: int) -> uuid.UUID | None:
        """The visit after which this place in the car's route comes."""
        return self.routes[shift_id][position - 1].id if position > 0 else None


def insert(
    tonight: Tonight, visit: VisitTonight, allowed: Sequence[CarTonight], *, for_second: Sequence[CarTonight] = ()
) -> tuple[tuple[Choice, ...], list[Rejected]]:
    """Every place in the routes of these cars, tried exactly; what is wrong with the optimiser comes out as it is.

    `for_second`: the cars that may bring the second nurse; then a double visit of which no car has a part yet gets
    two cars that begin together. A break that is in the way of somebody who called is taken later: it keeps no car
    from going.
    """
    import routing

    question = _question(tonight, visit, allowed, for_second)
    answer = routing.insert(question.problem, question.plan, str(visit.id))
    found = [_choice(question, option) for option in answer.options]
    rejected = {
        one.car: Rejected(question.cars[one.car], one.code, _in_words(question, one.params)) for one in answer.rejected
    }
    resting = [car for car, one in rejected.items() if one.reason == "on_break"]
    if resting and visit.kind is VisitKind.UNPLANNED:
        later = _question(
            tonight, visit, allowed, for_second, without_breaks=[question.cars[car].shift_id for car in resting]
        )
        for option in routing.insert(later.problem, later.plan, str(visit.id)).options:
            if rejected.pop(option.car, None) is not None:
                found.append(_with_later_break(_choice(later, option)))
    return _ranked(found), list(rejected.values())


def _ranked(found: Iterable[Choice]) -> tuple[Choice, ...]:
    """The cheapest first; two cars that go together are one choice, whoever of them is named first."""
    kept: list[Choice] = []
    crews: set[frozenset[uuid.UUID]] = set()
    for choice in sorted(found, key=lambda one: one.cost):
        crew = frozenset([choice.car.shift_id, *([choice.second.car.shift_id] if choice.second else [])])
        if crew not in crews:
            crews.add(crew)
            kept.append(replace(choice, rank=len(kept) + 1))
    return tuple(kept)


def _with_later_break(choice: Choice) -> Choice:
    return replace(
        choice, cost=choice.cost + LATER_BREAK, reasons=(*choice.reasons, {"code": "break_later", "params": {}})
    )


def _question(
    tonight: Tonight,
    visit: VisitTonight,
    allowed: Sequence[CarTonight],
    for_second: Sequence[CarTonight],
    without_breaks: Collection[uuid.UUID] = (),
) -> _Question:
    import routing

    may_first, may_second = {car.shift_id for car in allowed}, {car.shift_id for car in for_second}
    cars = [car for car in tonight.cars if car.shift_id in may_first | may_second]
    routes = {car.shift_id: [v for v in tonight.route(car.shift_id) if v.id != visit.id] for car in cars}
    others = [one for one in tonight.partners(visit) if one.shift_id is None and one.is_ahead][:1] if for_second else []
    planned = [*(one for route in routes.values() for one in route), *others]
    pairs = tie(tonight, [*planned, visit], asked=visit, alone=not others)
    may_go = None
    if others:
        marks = ((FIRST, may_first), (SECOND, may_second))
        may_go = {car.shift_id: frozenset(mark for mark, who in marks if car.shift_id in who) for car in cars}
    problem = problem_of(
        tonight, cars, planned, extra=visit, pairs=pairs, may_go=may_go, without_breaks=without_breaks
    )  # fmt: skip
    orders = {str(shift_id): [pairs.part_of(one) for one in route] for shift_id, route in routes.items()}
    # Named here, so that the optimiser does not look for a proof why the very stop that is asked about is not planned.
    plan = routing.schedule(problem, orders, unplanned=(routing.Unplanned(str(visit.id), "fits"),))
    return _Question(tonight, visit, {str(car.shift_id): car for car in cars}, routes, pairs, problem, plan)


def _in_words(question: _Question, params: Mapping[str, Any]) -> dict[str, Any]:
    return params_in_words(question.tonight, params, question.names)


def _choice(question: _Question, option: Option) -> Choice:
    tonight, visit, car = question.tonight, question.visit, question.cars[option.car]
    arrive_at, start_at = at(tonight, option.arrive_s), at(tonight, option.start_s)
    late_s = max(0, int((start_at - visit.window_end).total_seconds()))
    reasons = [{"code": one.code, "params": _in_words(question, one.params)} for one in option.reasons]
    if late_s != option.late_s:  # who joins a partner is asked to be there with her, which is not the norm
        reasons = [one for one in reasons if one["code"] not in ("late", "in_time")]
        reasons.append({"code": "late" if late_s else "in_time", "params": {"late_s": late_s}})
    reasons += _together(question, start_at)
    said = {one["code"] for one in reasons}
    reasons += [one for one in soft_objections(tonight, visit, car) if one["code"] not in said]
    terms = option.terms
    weight = WAITING_WEIGHT.get(visit.urgency, 0.0) if visit.kind is VisitKind.UNPLANNED else 0.0
    waiting = round(weight * max(0.0, (start_at - tonight.now).total_seconds()))  # until everybody needed is there
    delayed = {one.stop: one for one in option.delays}
    return Choice(
        rank=option.rank,
        car=car,
        arrive_at=arrive_at,
        travel_s=option.travel_s,
        distance_m=option.distance_m,
        travel_source=_source(question, option),
        late_s=late_s,
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
            for one in delayed.values()
        ),
        after_visit_id=question.after(car.shift_id, option.position),
        is_first=option.position == 0,
        second=_second(question, option.second) if option.second is not None else None,
    )


def _second(question: _Question, placed: Placement) -> Second:
    car = question.cars[placed.car]
    partner = question.pairs.rows[str(question.visit.id)][1]
    return Second(
        visit_id=partner.id,
        car=car,
        arrive_at=at(question.tonight, placed.arrive_s),
        reasons=tuple(soft_objections(question.tonight, partner, car)),
        after_visit_id=question.after(car.shift_id, placed.position),
        is_first=placed.position == 0,
    )


def _together(question: _Question, start_at: datetime) -> list[dict[str, Any]]:
    """With whom, and how much later or earlier than the partner who is already on her way."""
    moment = moment_of(question.tonight, question.visit, question.pairs)
    partner = next((one for one in question.tonight.partners(question.visit) if one.shift_id is not None), None)
    car = question.tonight.car(partner.shift_id) if partner is not None and partner.shift_id is not None else None
    if moment is None or car is None:
        return []
    later_s = int((start_at - moment).total_seconds())
    return [{"code": "joins", "params": {"car_name": car.car_name, "later_s": later_s}}]


def _source(question: _Question, option: Option) -> str:
    """Where the time of the drive to this door comes from; a door that nobody could find is estimated."""
    tonight, car = question.tonight, question.cars[option.car]
    before_id = question.after(car.shift_id, option.position)
    before = tonight.visit(before_id) if before_id is not None else None
    here, there = tonight.place_of(car).point if before is None else before.point, question.visit.point
    return CROW if here is None or there is None else tonight.drives.trip(here, there).source


# --- planning the whole night ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class RoutePlan:
    """An answer for the whole night: the order of visits of every car, and what fits nowhere with the reason."""

    orders: Mapping[uuid.UUID, tuple[uuid.UUID, ...]]
    unplanned: Mapping[uuid.UUID, str]
    cost_before: int
    cost_after: int


@dataclass(frozen=True)
class Search:
    """A question about the whole night, with the routes that drive now and those that were found."""

    problem: Problem
    pairs: Pairs
    incumbent: Plan
    plan: Plan

    def orders(self, plan: Plan) -> dict[uuid.UUID, tuple[uuid.UUID, ...]]:
        """These routes as visits, per shift."""
        return self.pairs.orders((route.car, [(one.stop, one.part) for one in route.stops]) for route in plan.routes)

    @property
    def unplanned(self) -> dict[uuid.UUID, str]:
        """What fits in no route, with the reason."""
        return {row: one.reason for one in self.plan.unplanned for row in self.pairs.rows_of(one.stop)}


def plan_routes(tonight: Tonight, *, limit_s: float, seed: int = 0) -> RoutePlan:
    """Plan what is ahead of every awake car; raises `PlanningFailed` when there is no answer that may be used.

    What is under way, at the door or accepted as the next visit stays where it is; what the desk assigned or pinned
    stays with its car. Only visits that the plan itself placed may move to another car.
    """
    found = search(tonight, limit_s=limit_s, seed=seed)
    if found is None:
        return RoutePlan({}, {visit.id: "no_car" for visit in _waiting(tonight)}, 0, 0)
    return RoutePlan(
        orders=found.orders(found.plan),
        unplanned=found.unplanned,
        cost_before=found.incumbent.cost.total,
        cost_after=found.plan.cost.total,
    )


def search(tonight: Tonight, *, limit_s: float, seed: int = 0) -> Search | None:
    """The search behind `plan_routes`; nothing when there is no car or nothing to plan."""
    import routing

    cars = [
        car for car in tonight.cars if car.ends_at > tonight.now and (not car.is_backup or car.woken_at is not None)
    ]
    routes = {car.shift_id: tonight.route(car.shift_id) for car in cars}
    waiting = _waiting(tonight)
    ahead = [visit for route in routes.values() for visit in route]
    if not cars or not (ahead or waiting):
        return None
    try:
        pairs = tie(tonight, [*ahead, *waiting])
        problem = problem_of(tonight, cars, [*ahead, *waiting], is_whole_night=True, pairs=pairs)
        orders = {str(shift_id): [pairs.part_of(visit) for visit in route] for shift_id, route in routes.items()}
        incumbent = routing.schedule(problem, orders)
        alone = [visit for visit in waiting if not pairs.is_second(visit)]
        plan = _solve(problem, _insert_waiting(problem, incumbent, alone), incumbent, limit_s, seed)
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
    return Search(problem, pairs, incumbent, plan)


def _waiting(tonight: Tonight) -> list[VisitTonight]:
    return [
        visit
        for visit in tonight.visits
        if visit.kind is VisitKind.PLANNED and visit.status is VisitStatus.OPEN and visit.shift_id is None
    ]


def _insert_waiting(problem: Problem, plan: Plan, waiting: Sequence[VisitTonight]) -> Plan:
    """Every waiting visit put in where it fits best, one after the other: a plan that stands without any search."""
    import routing

    for visit in sorted(waiting, key=lambda one: (one.window_end, one.id)):
        best = routing.insert(problem, plan, str(visit.id)).best
        if best is not None:
            plan = routing.apply(problem, plan, str(visit.id), best)
    return plan


def _solve(problem: Problem, start: Plan, incumbent: Plan, limit_s: float, seed: int) -> Plan:
    """Search in child processes, so that a solver that hangs or eats memory takes nothing with it.

    When no engine answers and nothing is improved, the search has failed: then the plan in force stands, and the desk
    is told.
    """
    import routing

    answers: list[routing.Answer] = []
    plan = routing.solve_in_processes(problem, incumbent=start, limit_s=limit_s, seed=seed, told=answers.append)
    if answers:
        winner = next((one.engine for one in reversed(answers) if one.is_better), None)
        log.info("solver_answered", found_by=winner, is_proven=any(one.is_proven for one in answers))
    elif start.sequences == incumbent.sequences:
        raise PlanningFailed("solver_silent")
    else:
        log.warning("solver_silent")
    return plan
