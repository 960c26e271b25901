"""Slack induction by string removals: nearby strings of stops are taken out and put back where they cost least.

For nights in which every visit has one nurse. The compiled part is in `ruin.py`.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from routing.problem import Problem
from routing.search import ruin, timing
from routing.search.arrays import FORBIDDEN, Arrays, Orders, compiled
from routing.search.state import BEST, State, new_state
from routing.search.stopping import Chunks, StoppingCriterion, run_until

STRENGTH = 10.0
"""Stops taken out in a round, on average."""
LONGEST = 6
"""The longest string taken out of one route; short strings from more routes did best on nights with cars that
differ."""
BLINK = 0.01
"""How often a stop looks away from a car when it is put back."""
HOT, WARM, COLD = 1.5, 0.1, 0.0125
"""First temperature (of a search from nothing, and from a plan) and last, in median journeys between two stops."""
ENOUGH = 500
"""Rounds per stop after which a search from nothing has settled; another start then gives more than more rounds."""
MOST_STARTS = 3
ROUNDS_A_SECOND = 100_000
"""About what one thread does; it only decides how many starts there are."""
CHUNKS = Chunks(first=200, most=5000, share=0.01)


def search(
    problem: Problem,
    arrays: Arrays,
    start: Orders,
    until: StoppingCriterion,
    seed: int,
    threads: int,
) -> Orders:
    """Ruin and recreate for nights without double visits."""
    began_s = time.perf_counter()
    route, length = sound_start(problem, arrays, start)
    states = []
    for thread in range(threads):
        state = new_state(arrays, seed * 64 + thread)
        ruin.load(arrays, state, route, length)
        state.numbers[BEST] = FORBIDDEN
        if start:
            ruin.keep_best(state)
        ruin.fill(arrays, state)
        states.append(state)
    hot, cold = temperatures(arrays, is_warm=bool(start))

    starts = 1 if start else starts_within(arrays, states[0], until)

    def run(state: State) -> None:
        at = 0

        def step(rounds: int, share: float) -> None:
            nonlocal at
            if int(share * starts) > at:
                at = int(share * starts)
                ruin.load(arrays, state, route, length)
                ruin.fill(arrays, state)
            temperature = hot * (cold / hot) ** (share * starts - at)
            ruin.search(arrays, state, rounds, temperature, 1.0, STRENGTH, LONGEST, BLINK)

        run_until(until, began_s, CHUNKS, step)

    if threads == 1:
        run(states[0])
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, states))
    best = min(states, key=lambda state: int(state.numbers[BEST]))
    return orders_of(problem, best.best_route, best.best_length)


def starts_within(arrays: Arrays, state: State, until: StoppingCriterion) -> int:
    """How many times to begin from nothing. Which car does what is decided early and hardly changes later, so where
    cars differ a few short searches end better than a long one; where most cars are the same one search is best."""
    cars, n = arrays.fixed.shape
    if 2 * int((state.twin >= 0).sum()) > cars:
        return 1
    return max(1, min(MOST_STARTS, int(until.about_rounds(ROUNDS_A_SECOND) / (ENOUGH * max(1, n)))))


def temperatures(arrays: Arrays, *, is_warm: bool) -> tuple[float, float]:
    """First and last temperature, from what one stop's travel costs in this problem."""
    n = len(arrays.service)
    scale = float(np.median(arrays.travel[:n, :n])) * float(arrays.travel_weight) if n > 1 else 1.0
    return max(1.0, scale * (WARM if is_warm else HOT)), max(0.1, scale * COLD)


def sound_start(problem: Problem, arrays: Arrays, start: Orders) -> tuple[np.ndarray, np.ndarray]:
    """These orders as arrays, without the stops that break a rule where they are: the search puts those elsewhere."""
    made = compiled(problem)
    state = new_state(arrays, 0, wide=arrays.fixed.shape[1] + 2, neighbours=0)
    for c, car in enumerate(problem.cars):
        sequence = start.get(car.id) or [(stop_id, 0) for stop_id in car.frozen]
        for position, one in enumerate(sequence):
            node = made.node_of[one]
            if position >= arrays.frozen[c] and arrays.fixed[c, node] >= FORBIDDEN:
                continue
            at = int(state.length[c])
            state.route[c, at] = node
            state.length[c] = at + 1
            timing.time_route(arrays, state, c)
            is_full = state.loaded[c] > arrays.capacity[c] or state.cost[c] >= FORBIDDEN
            if position >= arrays.frozen[c] and is_full:
                state.length[c] = at
                timing.time_route(arrays, state, c)
    return state.route, state.length


def orders_of(problem: Problem, route: np.ndarray, length: np.ndarray) -> Orders:
    """Arrays back to ids."""
    made = compiled(problem)
    return {car.id: [made.parts[node] for node in route[c, : length[c]]] for c, car in enumerate(problem.cars)}
