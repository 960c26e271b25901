"""The judge finds every kind of lie in a plan."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from routing import Break, Plan, Problem, Sync, Unplanned, schedule, solve, violations
from tests.routing.nights import a_car, a_night, a_stop


def a_problem() -> Problem:
    rest = Break(earliest_s=6000, latest_s=9000, duration_s=1800)
    cars = [a_car(skills=frozenset({"infuus"})), a_car("auto-2", 3, breaks=(rest,)), a_car("auto-3", 4, capacity=1)]
    stops = [
        a_stop("een", 1, skills=frozenset({"infuus"})),
        a_stop("twee", 2),
        a_stop("samen", 3, cars_needed=2, sync=Sync(max_gap_s=600), window_s=(9500, 12_000)),
        a_stop("nooit", 4, skills=frozenset({"opereren"})),
        a_stop("vast", 2, locked_car="auto-1"),
    ]
    return a_night(cars, stops)


def a_plan(problem: Problem) -> Plan:
    plan = schedule(problem, {"auto-1": ["een", "twee", "vast", "samen"], "auto-2": ["samen"]})
    assert violations(problem, plan) == []
    return plan


def with_stop(plan: Plan, car: int, position: int, **changes: Any) -> Plan:
    """The plan with one stop told differently."""
    route = plan.routes[car]
    stops = list(route.stops)
    stops[position] = replace(stops[position], **changes)
    return with_route(plan, car, stops=tuple(stops))


def with_route(plan: Plan, number: int, /, **changes: Any) -> Plan:
    """The plan with one route told differently."""
    routes = list(plan.routes)
    routes[number] = replace(routes[number], **changes)
    return replace(plan, routes=tuple(routes))


LIES: dict[str, Callable[[Problem, Plan], Plan]] = {
    "unknown_car": lambda _, plan: with_route(plan, 2, car="auto-9"),
    "route_twice": lambda _, plan: replace(plan, routes=(*plan.routes, plan.routes[2])),
    "unknown_stop": lambda _, plan: with_stop(plan, 0, 0, stop="tien"),
    "stop_missing": lambda _, plan: replace(plan, unplanned=()),
    "stop_twice": lambda _, plan: with_route(plan, 2, stops=plan.routes[0].stops[:1]),
    "planned_and_unplanned": lambda _, plan: replace(plan, unplanned=(*plan.unplanned, Unplanned("een", "full"))),
    "partner_missing": lambda _, plan: with_route(plan, 1, stops=()),
    "no_skill": lambda problem, _: schedule(problem, {"auto-2": ["een"]}),
    "locked_elsewhere": lambda problem, _: schedule(problem, {"auto-2": ["vast"]}),
    "travels_too_fast": lambda _, plan: with_stop(plan, 0, 1, arrive_s=100),
    "too_early": lambda _, plan: with_stop(plan, 0, 3, start_s=9000),
    "too_late": lambda _, plan: with_stop(plan, 0, 3, start_s=14_500, leave_s=16_000, late_s=2500),
    "leaves_too_soon": lambda _, plan: with_stop(plan, 0, 0, leave_s=700),
    "wrong_lateness": lambda _, plan: with_stop(plan, 0, 0, late_s=5),
    "gap": lambda _, plan: with_stop(plan, 0, 3, start_s=10_400, leave_s=11_600),
    "break_missing": lambda _, plan: with_route(plan, 1, breaks=()),
    "break_window": lambda _, plan: with_route(
        plan, 1, breaks=(replace(plan.routes[1].breaks[0], start_s=0, end_s=1800),)
    ),
    "break_short": lambda _, plan: with_route(
        plan, 1, breaks=(replace(plan.routes[1].breaks[0], start_s=-900, end_s=900),)
    ),
    "shift_end": lambda _, plan: with_route(plan, 0, home_s=30_000),
    "wrong_cost": lambda _, plan: replace(plan, cost=replace(plan.cost, late=-100)),
    "wrong_version": lambda _, plan: replace(plan, version=2),
    "wrong_reason": lambda _, plan: replace(plan, unplanned=(Unplanned("nooit", "full"),)),
    "overload": lambda problem, _: schedule(problem.changed(stops=(a_stop("een", load=2),)), {"auto-3": ["een"]}),
    "frozen_moved": lambda _, plan: plan,
    "same_car_twice": lambda _, plan: with_route(plan, 0, stops=(*plan.routes[0].stops, *plan.routes[1].stops)),
}


@pytest.mark.parametrize("code", LIES)
def test_the_judge_finds_this_lie(code: str) -> None:
    problem = a_problem()
    plan = LIES[code](problem, a_plan(problem))
    if code == "overload":
        problem = problem.changed(stops=(a_stop("een", load=2),))
    if code == "frozen_moved":
        problem = problem.changed(cars=(replace(problem.cars[0], frozen=("twee",)), *problem.cars[1:]))
    if code == "same_car_twice":
        plan = with_route(plan, 1, stops=())
    assert code in {one.code for one in violations(problem, plan)}


def test_the_judge_finds_a_second_nurse_from_another_car_than_the_desk_said() -> None:
    samen = a_stop("samen", 3, cars_needed=2, sync=Sync(locked_car="auto-2"))
    problem = a_night([a_car(), a_car("auto-2", 3), a_car("auto-3", 4)], [samen])
    told = {"auto-1": [("samen", 0)], "auto-2": [("samen", 1)]}
    assert violations(problem, schedule(problem, told)) == []
    other = schedule(problem, {"auto-1": [("samen", 0)], "auto-3": [("samen", 1)]})
    (lie,) = violations(problem, other)
    assert (lie.code, lie.car, lie.params) == ("locked_elsewhere", "auto-3", {"car": "auto-2"})


@pytest.mark.parametrize(
    ("stop", "sequence", "code"),
    [
        ({"skills": frozenset({"opereren"})}, [], "no_skill"),
        ({"window_s": (40_000, 41_000), "latest_s": 42_000}, [], "off_shift"),
        ({"window_s": (0, 10), "latest_s": 20}, [], "not_in_time"),
        ({"latest_s": 700, "window_s": (0, 650)}, ["ander"], "full"),
        ({"unserved_penalty": 1}, [], "costs_more"),
        ({}, [], "fits"),
    ],
)
def test_a_stop_is_left_out_for_a_reason_that_the_judge_can_prove(
    stop: dict[str, Any], sequence: list[str], code: str
) -> None:
    other = a_stop("ander", 5, window_s=(0, 3000), latest_s=3000)
    problem = a_night([a_car()], [a_stop(**stop), other])
    plan = schedule(problem, {"auto-1": sequence})
    assert {one.stop: one.reason for one in plan.unplanned}["bezoek-1"] == code
    assert violations(problem, plan) == []


def test_a_plan_of_the_search_keeps_its_promise_after_every_rule_is_tightened() -> None:
    problem = a_problem()
    plan = solve(problem, iterations=300)
    assert violations(problem, plan) == []
    assert [one.stop for one in plan.unplanned] == ["nooit"]
