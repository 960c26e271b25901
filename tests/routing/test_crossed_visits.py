"""Double visits with time between the nurses, which two cars may have in opposite order: everybody agrees on them."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import Problem, Sync, Unplanned, apply, insert, schedule, solve, violations
from routing.problem import ProblemError
from routing.proof import LIMIT, price
from routing.search import FORBIDDEN, compiled
from routing.search.together import walk
from routing.solve import better_of
from tests.routing.nights import a_car, a_night, a_stop, any_night

many = settings(max_examples=60, deadline=None)
seeds = st.integers(0, 10**6)
Orders = dict[str, list[tuple[str, int]]]


def any_orders(seed: int) -> tuple[Problem, Orders]:
    """A night with much room and many pairs, and an order of everything that may well cross."""
    rnd = random.Random(seed)
    night = any_night(seed, cars=2 + seed % 2, stops=3 + seed % 4)
    gaps = [
        Sync(),
        Sync(min_gap_s=600, max_gap_s=5400),
        Sync(max_gap_s=7200, service_s=900),
        Sync(min_gap_s=3000, max_gap_s=9000),
    ]
    stops = [
        replace(
            one, window_s=(one.window_s[0] // 4, 20_000), latest_s=26_000, skills=frozenset(), locked_car=None,
            cars_needed=2 if rnd.random() < 0.7 else 1, sync=rnd.choice(gaps),
        )
        for one in night.stops
    ]  # fmt: skip
    problem = night.changed(stops=tuple(one if one.cars_needed == 2 else replace(one, sync=None) for one in stops))
    orders: Orders = {car.id: [] for car in problem.cars}
    for stop in problem.stops:
        for part, car in enumerate(rnd.sample(problem.cars, stop.cars_needed)):
            orders[car.id].insert(rnd.randint(0, len(orders[car.id])), (stop.id, part))
    return problem, orders


def walked(problem: Problem, orders: Orders) -> int:
    """What the compiled search says these orders cost."""
    node_of = compiled(problem).node_of
    route = np.full((len(orders), max(map(len, orders.values())) + 1), -1, np.int64)
    for c, car in enumerate(problem.cars):
        route[c, : len(orders[car.id])] = [node_of[one] for one in orders[car.id]]
    length = np.array([len(orders[car.id]) for car in problem.cars])
    arrive, start = np.zeros((2, len(node_of)), np.int64)
    return int(walk(compiled(problem).arrays, route, length, arrive, start))


@many
@given(seeds)
def test_judge_scheduler_and_search_agree_on_every_order_crossed_or_not(seed: int) -> None:
    problem, orders = any_orders(seed)
    judged, searched = price(problem, orders), walked(problem, orders)
    assert (judged < LIMIT) == (searched < FORBIDDEN)
    try:
        plan = schedule(problem, orders)
    except ProblemError:
        assert judged >= LIMIT
        return
    assert (violations(problem, plan) == []) == (judged < LIMIT)
    if judged < LIMIT:
        assert plan.cost.total == judged == searched


def two_that_pay_to_cross() -> tuple[Problem, Orders]:
    """Each nurse lives beside one of two clients, who both need two nurses within two hours of each other."""
    cars = [a_car("links", 0), a_car("rechts", 9)]
    gap = Sync(max_gap_s=7200)
    stops = [a_stop(name, place, cars_needed=2, sync=gap, late_weight=10) for name, place in (("an", 1), ("bo", 8))]
    return a_night(cars, stops), {"links": [("an", 0), ("bo", 1)], "rechts": [("bo", 0), ("an", 1)]}


def test_two_nurses_may_begin_at_either_end_when_there_may_be_time_between_them() -> None:
    problem, orders = two_that_pay_to_cross()
    plan = schedule(problem, orders)
    assert violations(problem, plan) == []
    starts = {(one.stop, one.part): one.start_s for route in plan.routes for one in route.stops}
    assert starts == {("an", 0): 600, ("bo", 0): 600, ("an", 1): 6000, ("bo", 1): 6000}
    assert walked(problem, orders) == plan.cost.total
    assert solve(problem, start=plan, iterations=50).cost.total <= plan.cost.total
    together = problem.changed(stops=tuple(replace(one, sync=Sync()) for one in problem.stops))
    with pytest.raises(ProblemError, match="for ever"):
        schedule(together, orders)


@many
@given(seeds)
def test_insertion_finds_the_cheapest_places_of_all_crossed_or_not(seed: int) -> None:
    problem, orders = any_orders(seed)
    last = problem.stops[-1].id
    without = {car: [one for one in order if one[0] != last] for car, order in orders.items()}
    before = price(problem, without)
    if before >= LIMIT:
        return
    plan = schedule(problem, without)
    costs = []
    for crew in permutations(without, problem.stop(last).cars_needed):
        for places in product(*(range(len(without[car]) + 1) for car in crew)):
            trial = {car: list(order) for car, order in without.items()}
            for part, (car, at) in enumerate(zip(crew, places, strict=True)):
                trial[car].insert(at, (last, part))
            costs.append(price(problem, trial))
    options = insert(problem, plan, last).options
    assert bool(options) == (min(costs) < LIMIT)
    assert violations(problem, solve(problem, incumbent=plan, iterations=50)) == []
    if options:
        assert options[0].cost == min(costs) - before
        assert violations(problem, apply(problem, plan, last, options[0])) == []


def test_a_plan_with_only_an_untrue_reason_in_it_is_kept_with_the_true_one() -> None:
    problem = a_night(
        [a_car()], [a_stop("thuis"), a_stop("ver", 9, latest_s=7200, window_s=(0, 60), skills=frozenset({"x"}))]
    )
    plan = schedule(problem, {"auto-1": ["thuis"]})
    lie = replace(plan, unplanned=(Unplanned("ver", "full"),))
    assert [one.code for one in violations(problem, lie)] == ["wrong_reason"]
    kept = better_of(problem, None, lie, None)
    assert kept.sequences == plan.sequences
    assert [one.reason for one in kept.unplanned] == ["no_skill"]
    nothing = schedule(problem, {})
    assert better_of(problem, nothing, lie, None).sequences == plan.sequences
    assert better_of(problem, lie, nothing, None).sequences == plan.sequences
