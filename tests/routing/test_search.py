"""The search: sound on any night, the same twice, never worse than what drives, and exact when one stop comes in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import (
    Break,
    ProblemError,
    apply,
    check,
    evaluate,
    explain,
    insert,
    proof,
    schedule,
    solve,
    violations,
)
from routing.words import SENTENCES, lines, sentence
from tests.routing.nights import a_car, a_night, a_stop, any_night

quick = settings(max_examples=40, deadline=None)
seeds = st.integers(0, 10**6)


@quick
@given(seeds)
def test_any_night_gets_a_plan_that_the_checker_accepts(seed: int) -> None:
    problem = any_night(seed)
    plan = solve(problem, iterations=150, seed=seed)
    assert violations(problem, plan) == []
    assert all(one.reason != "fits" for one in plan.unplanned)


@quick
@given(seeds)
def test_any_replan_is_never_worse_and_moves_no_visit_under_way(seed: int) -> None:
    problem = any_night(seed)
    plan = solve(problem, iterations=40, seed=seed)
    heads = {route.car: tuple(one.stop for one in route.stops[:1]) for route in plan.routes}
    busy = tuple(
        replace(car, frozen=heads[car.id]) if all(problem.stop(one).cars_needed == 1 for one in heads[car.id]) else car
        for car in problem.cars
    )
    bound = problem.changed(cars=busy)
    again = solve(bound, incumbent=plan, iterations=100, seed=seed + 1)
    assert violations(bound, again, plan) == []
    assert again.cost.total <= plan.cost.total


@quick
@given(seeds)
def test_inserting_is_as_good_as_trying_every_place_by_hand(seed: int) -> None:
    problem = any_night(seed, stops=8, is_rich=seed % 2 == 0)
    plan = solve(problem, iterations=60, seed=seed)
    for stop in problem.stops[:3]:
        rest = {car: [one for one in order if one[0] != stop.id] for car, order in plan.sequences.items()}
        without = schedule(problem, rest)
        if violations(problem, without):
            continue  # a wait for a partner can push a break out of its window; what is broken cannot be priced
        advice = insert(problem, without, stop.id)
        orders = {car: list(order) for car, order in rest.items()}
        before = proof.price(problem, orders)
        prices = [
            price - before
            for crew in proof._crews(problem, stop)
            for price in proof._places(problem, orders, crew, stop, is_every=True)
        ]
        assert (advice.best.cost if advice.best else None) == (min(prices) if prices else None)
        assert {one.car for one in advice.options} | {one.car for one in advice.rejected} == set(problem.car_index)
        for option in advice.options:
            after = apply(problem, without, stop.id, option)
            left_in = {one.stop for one in without.unplanned if one.stop != stop.id}
            added = after.cost.total - without.cost.total + stop.unserved_penalty
            assert added == option.cost
            assert left_in == {one.stop for one in after.unplanned}
            for delay in option.delays:
                starts = {one.start_s for route in after.routes for one in route.stops if one.stop == delay.stop}
                assert delay.new_start_s in starts


@quick
@given(seeds)
def test_the_judge_counts_the_same_cost_as_the_scheduler(seed: int) -> None:
    problem = any_night(seed)
    incumbent = solve(problem, iterations=5, seed=seed)
    plan = solve(problem, iterations=60, seed=seed + 1, incumbent=incumbent)
    assert evaluate(problem, plan, incumbent) == plan.cost


@pytest.mark.parametrize("is_rich", [True, False])
def test_the_same_seed_and_iterations_give_the_same_plan(is_rich: bool) -> None:
    first = solve(any_night(7, is_rich=is_rich), iterations=300, seed=3, threads=2)
    second = solve(any_night(7, is_rich=is_rich), iterations=300, seed=3, threads=2)
    assert first == second


def test_more_search_is_never_worse() -> None:
    problem = any_night(11, cars=4, stops=30, is_rich=False)
    some = solve(problem, iterations=20)
    assert solve(problem, iterations=2000, incumbent=some).cost.total <= some.cost.total


def test_a_night_without_stops_or_without_cars_is_a_plan_too() -> None:
    assert solve(a_night([a_car()], []), iterations=5).cost.total == 0
    alone = a_night([], [a_stop()])
    plan = solve(alone, iterations=5)
    assert [one.reason for one in plan.unplanned] == ["no_skill"]
    assert violations(alone, plan) == []


@pytest.mark.parametrize(
    ("car", "stop", "code"),
    [
        ({"skills": frozenset()}, {"skills": frozenset({"infuus"})}, "no_skill"),
        ({}, {"locked_car": "auto-2"}, "locked_elsewhere"),
        ({"shift_s": (20_000, 28_000)}, {}, "off_shift"),
        ({"free_at_s": 14_000}, {}, "too_late"),
        ({"shift_s": (0, 2000)}, {}, "shift_end"),
        ({"capacity": 0}, {"load": 1}, "overload"),
        ({"breaks": (Break(earliest_s=0, latest_s=300, duration_s=14_000),)}, {}, "on_break"),
    ],
)
def test_a_car_that_cannot_go_says_which_rule_failed_first(
    car: dict[str, Any], stop: dict[str, Any], code: str
) -> None:
    backup = a_car("auto-2", skills=frozenset({"infuus"}))
    problem = a_night([a_car(**car), backup], [a_stop(**stop)])
    advice = insert(problem, schedule(problem, {}), "bezoek-1")
    assert {one.car: one.code for one in advice.rejected}["auto-1"] == code
    assert all(sentence(one) for one in advice.rejected)


def test_a_car_whose_visit_would_come_too_late_names_that_visit() -> None:
    tight = a_night([a_car()], [a_stop("vast", 1, window_s=(5400, 5400)), a_stop("nieuw", 9, latest_s=5400)])
    strict = tight.changed(stops=(replace(tight.stops[0], latest_s=5400), tight.stops[1]))
    (rejection,) = insert(strict, schedule(strict, {"auto-1": ["vast"]}), "nieuw").rejected
    assert (rejection.code, rejection.params) == ("displaces", {"stop": "vast"})


def test_a_sleeping_backup_is_not_offered_while_another_car_can_go() -> None:
    problem = a_night([a_car(), a_car("achterwacht", is_backup=True, activation_cost=900)], [a_stop()])
    advice = insert(problem, schedule(problem, {}), "bezoek-1")
    assert [one.car for one in advice.options] == ["auto-1"]
    assert [one.code for one in advice.rejected] == ["backup_not_needed"]


def test_planning_a_stop_that_is_planned_or_unknown_is_refused() -> None:
    problem = a_night([a_car()], [a_stop()])
    with pytest.raises(ProblemError):
        insert(problem, schedule(problem, {"auto-1": ["bezoek-1"]}), "bezoek-1")
    with pytest.raises(ProblemError):
        insert(problem, schedule(problem, {}), "bezoek-2")


@quick
@given(seeds)
def test_every_stop_of_any_night_can_be_explained_in_dutch(seed: int) -> None:
    problem = any_night(seed, stops=8)
    plan = solve(problem, iterations=20, seed=seed)
    for stop in problem.stops:
        told = explain(problem, plan, stop.id)
        assert lines(told)
        codes = [one.code for one in (*told.reasons, *told.others, *told.possible)]
        assert set(codes) <= set(SENTENCES)
        assert not any("{" in line for line in lines(told))


def test_what_would_make_it_possible_is_true() -> None:
    problem = a_night([a_car()], [a_stop(skills=frozenset({"infuus"}))])
    plan = solve(problem, iterations=10)
    told = explain(problem, plan, "bezoek-1")
    assert "Mogelijk als auto-1 bekwaam was voor infuus." in lines(told)
    taught = problem.changed(cars=(replace(problem.cars[0], skills=frozenset({"infuus"})),))
    assert solve(taught, iterations=10).unplanned == ()


def test_the_judge_shares_no_code_with_the_engines() -> None:
    import ast
    import inspect

    for module in (check, proof):
        tree = ast.parse(inspect.getsource(module))
        names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert {name for name in names if name and name.startswith("routing")} <= {
            "routing.plan",
            "routing.problem",
            "routing.proof",
        }
