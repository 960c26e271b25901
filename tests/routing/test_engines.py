"""The engines of the long search: each is sound, the exact one is exact, OR-Tools keeps every rule."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from routing import Break, Plan, Problem, Sync, proof, schedule, solve, violations
from routing.engines.line_up import ENGINES, Found, Task, _timed_if_possible, line_up, nodes_in
from routing.search import compiled, with_incumbent
from routing.solve import better_of
from tests.routing.nights import STEP_S, a_car, a_night, a_stop, any_night

seeds = st.integers(0, 10**6)
Part = tuple[str, int]


def asked(problem: Problem, engine: str, start: Plan, incumbent: Plan | None = None) -> Found:
    """CP-SAT stops by itself when it has its proof; the others use all the time they get."""
    found = ENGINES[engine](Task(problem, incumbent, start, 60.0 if engine == "cp-sat" else 0.3, 1))
    assert found is not None
    return found


def asked_of_any(problem: Problem, engine: str, start: Plan, incumbent: Plan | None = None) -> Found:
    """The same, for nights of which some cannot be timed (see `_timed_if_possible`)."""
    found = ENGINES[engine](Task(problem, incumbent, start, 60.0 if engine == "cp-sat" else 0.3, 1))
    assume(found is not None)
    assert found is not None
    return found


def without_breaks(problem: Problem) -> Problem:
    return problem.changed(cars=tuple(replace(car, breaks=()) for car in problem.cars))


def on_the_road(problem: Problem, plan: Plan) -> Problem:
    """The same night when every car has driven off to its first visit."""
    heads = {route.car: tuple(one.stop for one in route.stops[:1]) for route in plan.routes}
    return problem.changed(
        cars=tuple(
            replace(car, frozen=heads[car.id])
            if all(problem.stop(one).cars_needed == 1 for one in heads[car.id])
            else car
            for car in problem.cars
        )
    )


@pytest.mark.parametrize("engine", ENGINES)
@settings(max_examples=8, deadline=None)
@given(seed=seeds)
def test_what_any_engine_answers_on_any_night_passes_the_checker(engine: str, seed: int) -> None:
    problem = without_breaks(any_night(seed, stops=7, is_rich=engine != "ruin-and-recreate"))
    incumbent = solve(problem, iterations=5, seed=seed)
    problem = on_the_road(problem, incumbent)
    found = asked_of_any(problem, engine, incumbent, incumbent)
    assert violations(problem, found.plan, incumbent) == []


@pytest.mark.parametrize("engine", ["annealing", "or-tools", "cp-sat"])
@settings(max_examples=8, deadline=None)
@given(seed=seeds)
def test_whatever_an_engine_makes_of_breaks_the_plan_is_never_worse(engine: str, seed: int) -> None:
    problem = any_night(seed, stops=7)
    incumbent = solve(problem, iterations=5, seed=seed)
    found = asked_of_any(problem, engine, incumbent, incumbent)
    plan = better_of(problem, incumbent, found.plan, incumbent)
    assert plan.cost.total <= incumbent.cost.total
    if plan is found.plan:
        assert violations(problem, plan, incumbent) == []


def every_way(problem: Problem) -> Iterator[dict[str, list[Part]]]:
    """Every choice of stops, in every order, over two cars."""
    first, second = problem.cars
    parts = [(stop.id, part) for stop in problem.stops for part in range(stop.cars_needed)]
    for size in range(len(parts) + 1):
        for order in permutations(parts, size):
            taken = {stop for stop, _ in order}
            if any((stop.id, part) not in order for stop in problem.stops if stop.id in taken
                   for part in range(stop.cars_needed)):  # fmt: skip
                continue
            for cut in range(size + 1):
                yield {first.id: list(order[:cut]), second.id: list(order[cut:])}


def cheapest_by_hand(problem: Problem, incumbent: Plan | None) -> int:
    """The judge's own price of every plan there is."""
    weights = problem.weights
    prices = []
    for orders in every_way(problem):
        if any(
            stop.lock_of(part) not in (None, car.id) or not stop.skills_of(part) <= car.skills
            for car in problem.cars
            for stop, part in ((problem.stop(one), part) for one, part in orders[car.id])
        ) or any(len({one for one, _ in order}) < len(order) for order in orders.values()):
            continue
        price = proof.price(problem, orders)
        taken = {one for order in orders.values() for one, _ in order}
        price += sum(stop.unserved_penalty for stop in problem.stops if stop.id not in taken)
        for car, order in orders.items():
            if incumbent is not None:
                price += weights.changed_car * (list(incumbent.sequences[car]) != order)
                price += weights.changed_stop * sum(
                    one in incumbent.cars_of and car not in incumbent.cars_of[one] for one, _ in order
                )
        prices.append(price)
    return min(prices)


@settings(max_examples=25, deadline=None)
@given(seeds)
def test_the_exact_answer_is_what_trying_every_plan_by_hand_gives(seed: int) -> None:
    problem = without_breaks(any_night(seed, cars=2, stops=4))
    incumbent = solve(problem, iterations=2, seed=seed) if seed % 2 else None
    found = asked_of_any(problem, "cp-sat", incumbent or schedule(problem, {}), incumbent)
    assert found.is_proven
    assert found.plan.cost.total == cheapest_by_hand(problem, incumbent)


@settings(max_examples=15, deadline=None)
@given(seeds)
def test_with_breaks_only_what_is_really_the_best_is_called_proven(seed: int) -> None:
    problem = any_night(seed, cars=2, stops=4)
    found = asked_of_any(problem, "cp-sat", schedule(problem, {}))
    if found.is_proven and not violations(problem, found.plan):
        assert found.plan.cost.total == cheapest_by_hand(problem, None)


REST = Break(earliest_s=600, latest_s=2000, duration_s=1800)
TWO = (a_car(), a_car("auto-2", 9))
KINDS: dict[str, tuple[Problem, dict[str, list[Any]], int]] = {
    "driving and the way home": (a_night([a_car()], [a_stop()]), {}, 2 * STEP_S),
    "a soft window": (a_night([a_car()], [a_stop(window_s=(0, 500), late_weight=7)]), {}, 2 * STEP_S + 700),
    "too late is not at all": (a_night([a_car()], [a_stop(window_s=(0, 9), latest_s=STEP_S - 1)]), {}, 14_400),
    "not worth its penalty": (a_night([a_car()], [a_stop(unserved_penalty=1199)]), {}, 1199),
    "the end of the shift": (a_night([a_car(shift_s=(0, 2 * STEP_S + 1199))], [a_stop()]), {}, 14_400),
    "a skill": (a_night(TWO, [a_stop(skills=frozenset({"infuus"}))]), {}, 14_400),
    "a lock": (a_night(TWO, [a_stop(place=8, locked_car="auto-1")]), {}, 16 * STEP_S),
    "another region": (a_night([a_car(regions=frozenset("w"))], [a_stop(region="o")], spill_over=77), {}, 1277),
    "a preferred car": (a_night(TWO, [a_stop(preferred_car="auto-2")], not_preferred=50), {}, 2 * STEP_S + 50),
    "a back-up that sleeps": (
        a_night([a_car(), a_car("wacht", 1, is_backup=True, activation_cost=5000)], [a_stop()]), {}, 2 * STEP_S,
    ),
    "a back-up that is woken": (
        a_night([a_car(shift_s=(0, 600)), a_car("wacht", 1, activation_cost=5000)], [a_stop()]), {}, 5000,
    ),
    "home is elsewhere": (a_night([a_car(home=5), a_car("auto-2", 1)], [a_stop()]), {}, 5 * STEP_S),
    "a break": (
        a_night([a_car(breaks=(REST,))], [a_stop(window_s=(0, 700), service_s=3000, late_weight=1)]), {},
        2 * STEP_S + 600 + 1800 + STEP_S - 700,
    ),
    "a break of a car that is busy": (
        a_night([a_car(breaks=(REST,), free_at_s=1500)], [a_stop(window_s=(0, 3000), late_weight=1)]), {},
        2 * STEP_S + 1500 + 1800 + STEP_S - 3000,
    ),
    "a visit under way": (
        a_night([a_car(frozen=("ver",)), a_car("auto-2", 9)], [a_stop("ver", 9, late_weight=0), a_stop("b", 1)]),
        {"auto-1": ["ver"]}, 18 * STEP_S + 2 * (17 * STEP_S + 1200 - 7200) + 120,
    ),
    "a full car": (a_night([a_car(capacity=3)], [a_stop("a", 1, load=2), a_stop("b", 2, load=2)]), {}, 15_600),
    "two nurses together": (a_night([a_car(), a_car("auto-2", 5)], [a_stop(cars_needed=2)]), {}, 10 * STEP_S),
    "the second nurse within the gap": (
        a_night([a_car(), a_car("auto-2")],
                [a_stop(cars_needed=2, window_s=(0, 700), late_weight=1, sync=Sync(min_gap_s=1500, max_gap_s=1800))]),
        {}, 4 * STEP_S + 600 + 1500 - 700,
    ),
    "one car is not two nurses": (a_night([a_car()], [a_stop(cars_needed=2)]), {}, 14_400),
    "a lock for each nurse": (
        a_night([a_car(), a_car("auto-2"), a_car("auto-3", 9)],
                [a_stop(cars_needed=2, locked_car="auto-3", sync=Sync(locked_car="auto-2"))]), {}, 18 * STEP_S,
    ),
    "a change without gain": (
        a_night([a_car(), a_car("auto-2")], [a_stop()], changed_stop=10, changed_car=20),
        {"auto-2": ["bezoek-1"]}, 2 * STEP_S,
    ),
    "a change with gain": (
        a_night(TWO, [a_stop()], changed_stop=10, changed_car=20), {"auto-2": ["bezoek-1"]}, 2 * STEP_S + 10 + 2 * 20,
    ),
    "a change with less gain than two phones": (
        a_night([a_car(), a_car("auto-2", 2)], [a_stop("a", 0), a_stop("b", 2)], changed_stop=0, changed_car=9000),
        {"auto-1": ["a", "b"]}, 4 * STEP_S,
    ),
    "the worst lateness": (
        a_night([a_car()], [a_stop(window_s=(0, 500), late_weight=0)], max_late=3), {}, 2 * STEP_S + 300,
    ),
}  # fmt: skip


@pytest.mark.parametrize("engine", ["or-tools", "cp-sat"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_whole_model_is_priced_as_the_judge_prices_it(engine: str, kind: str) -> None:
    problem, before, price = KINDS[kind]
    start = schedule(problem, before)
    incumbent = start if before else None
    found = asked(problem, engine, start, incumbent)
    assert violations(problem, found.plan, incumbent) == []
    assert found.plan.cost.total == price
    assert found.is_proven == (engine == "cp-sat")


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"a break"}))  # it may rest on the way, for less
def test_the_model_of_or_tools_counts_what_the_plan_costs(kind: str) -> None:
    from routing.engines.or_tools import _Night, _parameters

    problem, before, price = KINDS[kind]
    incumbent = schedule(problem, before) if before else None
    best = asked(problem, "cp-sat", schedule(problem, before), incumbent).plan
    routes = nodes_in(problem, best)
    night = _Night(with_incumbent(problem, incumbent), routes)
    night.model.CloseModelWithParameters(_parameters(1.0))
    assert night.model.ReadAssignmentFromRoutes(routes, True).ObjectiveValue() == price


def test_double_visits_crosswise_are_an_answer_only_when_there_is_time_between_the_nurses() -> None:
    crosswise = [[0, 3], [2, 1]]  # one car begins with the first nurse of a, the other with the first nurse of b
    for gap, is_possible in ((Sync(min_gap_s=1200, max_gap_s=28_000), True), (Sync(), False)):
        stops = [a_stop(name, place, cars_needed=2, sync=gap) for name, place in (("a", 1), ("b", 2))]
        problem = a_night([a_car(), a_car("auto-2")], stops)
        task = Task(problem, None, schedule(problem, {}), 0.1, 0)
        plan = _timed_if_possible(task, crosswise)
        assert (plan is not None) == is_possible
        assert plan is None or violations(problem, plan) == []
        assert _timed_if_possible(task, [[0, 2], [1, 3]]) is not None


@pytest.mark.parametrize("lanes", [1, 2, 3])
@pytest.mark.parametrize(("stops", "is_rich"), [(6, True), (30, True), (30, False)])
def test_every_lane_has_an_engine_in_every_phase_and_all_the_time_is_used(
    lanes: int, stops: int, is_rich: bool
) -> None:
    problem = any_night(3, stops=stops, is_rich=is_rich)
    phases = line_up(problem, None, lanes)
    assert sum(phase.share for phase in phases) == pytest.approx(1)
    assert all(len(phase.engines) == lanes and set(phase.engines) <= set(ENGINES) for phase in phases)
    kinds = {engine for phase in phases for engine in phase.engines}
    assert "or-tools" in kinds
    assert ("cp-sat" in kinds) == (stops == 6)
    assert ("annealing" in kinds) == compiled(problem).has_double_visits
