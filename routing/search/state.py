"""One searcher's routes, and everything that makes the next insertion cheap."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from routing.search.arrays import FORBIDDEN, Arrays

HUGE = int(FORBIDDEN)
NEVER = -2
"""The stamp of a route that a stop may never join."""


ABSENT, STAMP, COST, BEST, ROUNDS, TOUCHED = range(6)
"""Places in `State.numbers`: stops left out, newest stamp, cost now, best cost, rounds done, cars changed."""


class State(NamedTuple):
    """One searcher's routes, with everything that makes the next insertion cheap. Changed in place."""

    route: np.ndarray  # [c, m] nodes
    length: np.ndarray  # [c]
    arrive: np.ndarray  # [c, m + 1]; at `length` the arrival at home
    leave: np.ndarray  # [c, m + 1]; leave[k] = when the car leaves the stop before position k
    slack_free: np.ndarray  # [c, m + 1] later arrival at position k that costs nothing
    slack_hard: np.ndarray  # [c, m + 1] later arrival at position k that is still allowed
    cost: np.ndarray  # [c]
    loaded: np.ndarray  # [c]
    stamp: np.ndarray  # [c] changes whenever the route does
    car_of: np.ndarray  # [n] car, -1 when left out
    absent: np.ndarray  # [n] list of nodes left out
    numbers: np.ndarray  # [6] ABSENT, STAMP, COST, BEST, ROUNDS, TOUCHED
    best_route: np.ndarray
    best_length: np.ndarray
    cached: np.ndarray  # [n, c, 3] cheapest place in a route: extra cost, place, stamp (NEVER: may not go)
    twin: np.ndarray  # [c] the car before it that is the same in every way, -1 for none
    todo: np.ndarray  # [c] list of cars to scan
    found: np.ndarray  # [c] what `scan` found: extra cost
    places: np.ndarray  # [c] and place
    near: np.ndarray  # [n, k] neighbours, the closest first
    random: np.ndarray  # [1] uint64
    kept_route: np.ndarray  # what to go back to when an iteration is refused
    kept_length: np.ndarray
    kept_arrive: np.ndarray
    kept_leave: np.ndarray
    kept_free: np.ndarray
    kept_hard: np.ndarray
    kept_cost: np.ndarray
    kept_loaded: np.ndarray
    kept_stamp: np.ndarray
    touched: np.ndarray  # [c] list of cars changed in this iteration
    is_touched: np.ndarray  # [c]
    removed: np.ndarray  # [n]
    sort_key: np.ndarray  # [n]
    kept_absent: np.ndarray  # [n]


def new_state(a: Arrays, seed: int, *, wide: int | None = None, neighbours: int = 120) -> State:
    """An empty plan: every stop absent. `wide`: the longest route there can ever be, stops + 2."""
    c, n = a.fixed.shape
    wide = n + 1 if wide is None else wide
    cached = np.full((n, c, 3) if neighbours else (0, 0, 3), -1, np.int64)
    if neighbours:
        cached[a.fixed.T >= FORBIDDEN, 2] = NEVER
    return State(
        route=np.full((c, wide), -1, np.int64),
        length=np.zeros(c, np.int64),
        arrive=np.zeros((c, wide + 1), np.int64),
        leave=np.zeros((c, wide + 1), np.int64),
        slack_free=np.zeros((c, wide + 1), np.int64),
        slack_hard=np.zeros((c, wide + 1), np.int64),
        cost=np.zeros(c, np.int64),
        loaded=np.zeros(c, np.int64),
        stamp=np.zeros(c, np.int64),
        car_of=np.full(n, -1, np.int64),
        absent=np.arange(n, dtype=np.int64),
        numbers=np.array([n, 1, 0, HUGE, 0, 0], np.int64),
        best_route=np.full((c, wide), -1, np.int64),
        best_length=np.zeros(c, np.int64),
        cached=cached,
        twin=twins(a),
        todo=np.arange(c, dtype=np.int64),
        found=np.zeros(c, np.int64),
        places=np.zeros(c, np.int64),
        near=nearest(a, neighbours),
        random=np.array([seed * 2 + 0x9E3779B97F4A7C15], np.uint64),
        kept_route=np.zeros((c, wide), np.int64),
        kept_length=np.zeros(c, np.int64),
        kept_arrive=np.zeros((c, wide + 1), np.int64),
        kept_leave=np.zeros((c, wide + 1), np.int64),
        kept_free=np.zeros((c, wide + 1), np.int64),
        kept_hard=np.zeros((c, wide + 1), np.int64),
        kept_cost=np.zeros(c, np.int64),
        kept_loaded=np.zeros(c, np.int64),
        kept_stamp=np.zeros(c, np.int64),
        touched=np.zeros(c + 1, np.int64),
        is_touched=np.zeros(c, np.bool_),
        removed=np.zeros(n + 1, np.int64),
        sort_key=np.zeros(n + 1, np.float64),
        kept_absent=np.zeros(n + 1, np.int64),
    )


def nearest(a: Arrays, count: int) -> np.ndarray:
    """Neighbours of every stop by travel time, the stop itself first."""
    n = len(a.service)
    if n == 0 or count == 0:
        return np.zeros((n, 0), np.int64)
    between = a.travel[:n, :n].astype(np.int64)
    between = between + between.T
    np.fill_diagonal(between, -1)
    return np.ascontiguousarray(np.argsort(between, axis=1, kind="stable")[:, :count])


def twins(a: Arrays) -> np.ndarray:
    """For every car the last one before it that is the same in every way: while both are empty, one will do."""
    cars, n = a.fixed.shape
    last: dict[tuple[bytes, ...], int] = {}
    found = np.full(cars, -1, np.int64)
    for c in range(cars):
        if a.frozen[c] or (a.changed_car and (a.before[c] >= 0).any()):
            continue
        ways = (a.travel[n + c, :n], a.travel[:n, n + cars + c], a.travel[n + c, n + cars + c], a.fixed[c])
        times = (a.leaves[c], a.ends[c], a.activation[c], a.capacity[c])
        breaks = (a.break_from[c], a.break_until[c], a.break_length[c])
        key = tuple(one.tobytes() for one in (*ways, *times, *breaks))
        found[c] = last.get(key, -1)
        last[key] = c
    return found
