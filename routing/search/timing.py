"""One route's times and costs, compiled: when a car is where, and what one stop more would cost at every place.

A start that is later than planned costs nothing at first, then lateness, then is impossible: `slack_free` and
`slack_hard` hold both limits per position, so most insertions are judged without walking down the route.
"""

# numba infers the types here: a numpy integer and an int are one to it, and two to mypy
# flat code compiles faster
# ruff: noqa: SIM110
# mypy: disable-error-code="return-value, arg-type, no-any-return, assignment"

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from routing.search.arrays import FORBIDDEN, Arrays
from routing.search.state import HUGE, STAMP, State

lean: Any = njit(cache=True, nogil=True, _nrt=False)  # type: ignore[call-overload]
"""Compiled, without counting who uses an array: counting took a third of the search. May not make or return one."""


@njit(cache=True, nogil=True, inline="always")
def draw(state: np.ndarray) -> float:
    """A number in [0, 1): xorshift64*, so a seed gives the same plan in every thread."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@lean
def is_changed(a: Arrays, s: State, c: int) -> bool:
    """Whether the car's sequence differs from the incumbent's."""
    length = s.length[c]
    width = a.before.shape[1]
    if width == 0:
        return False
    if a.before[c, min(length, width - 1)] != -1 or length >= width:
        return True
    for k in range(length):
        if s.route[c, k] != a.before[c, k]:
            return True
    return False


@lean
def time_route(a: Arrays, s: State, c: int) -> None:
    """Recompute times, slacks and cost of one car's route after a change."""
    n = a.fixed.shape[1]
    cars = a.fixed.shape[0]
    length = s.length[c]
    t = a.leaves[c]
    node = n + c
    travelled = np.int64(0)
    cost = np.int64(0)
    loaded = np.int64(0)
    next_break = np.int64(0)
    breaks = a.break_from.shape[1]
    while next_break < breaks and a.break_from[c, next_break] >= FORBIDDEN:
        next_break = breaks
    broken = False
    for k in range(length):
        stop = s.route[c, k]
        leg = np.int64(a.travel[node, stop])
        while next_break < breaks and a.break_from[c, next_break] < FORBIDDEN:
            begin = max(t, a.break_from[c, next_break])
            until = a.break_until[c, next_break]
            over = begin + a.break_length[c, next_break]
            in_wait = begin <= until and over + leg <= a.opens[stop]
            if not in_wait and max(t + leg, a.opens[stop]) + a.service[stop] <= until:
                break
            if begin > until:
                broken = True
            t = over
            next_break += 1
        travelled += leg
        s.leave[c, k] = t
        t += leg
        s.arrive[c, k] = t
        t = max(t, a.opens[stop])
        if t > a.latest[stop]:
            broken = True
        if t > a.closes[stop]:
            cost += (t - a.closes[stop]) * a.late_weight[stop]
        cost += a.fixed[c, stop]
        loaded += a.load[stop]
        t += a.service[stop]
        node = stop
    home = n + cars + c
    leg = np.int64(a.travel[node, home])
    while length > 0 and next_break < breaks and a.break_from[c, next_break] < FORBIDDEN:
        if t + leg > a.break_until[c, next_break]:
            begin = max(t, a.break_from[c, next_break])
            if begin > a.break_until[c, next_break]:
                broken = True
            t = begin + a.break_length[c, next_break]
        next_break += 1
    travelled += leg
    s.leave[c, length] = t
    s.arrive[c, length] = t + leg
    if length > 0:
        cost += a.activation[c]
        if t + leg > a.ends[c]:
            broken = True
    if is_changed(a, s, c):
        cost += a.changed_car
    s.cost[c] = cost + travelled * a.travel_weight + (FORBIDDEN if broken and length > a.frozen[c] else 0)
    s.loaded[c] = loaded
    hard = max(np.int64(0), a.ends[c] - s.arrive[c, length])
    free = hard
    s.slack_hard[c, length] = hard
    s.slack_free[c, length] = free
    for k in range(length - 1, -1, -1):
        stop = s.route[c, k]
        start = max(s.arrive[c, k], a.opens[stop])
        wait = start - s.arrive[c, k]
        hard = wait + min(hard, max(np.int64(0), a.latest[stop] - start))
        free = wait + min(free, max(np.int64(0), a.closes[stop] - start) if a.late_weight[stop] > 0 else HUGE)
        s.slack_hard[c, k] = hard
        s.slack_free[c, k] = min(free, hard)
    s.numbers[STAMP] += 1
    s.stamp[c] = s.numbers[STAMP]


@lean
def put_in(a: Arrays, s: State, c: int, stop: int, at: int, extra: int) -> None:
    """Insert `stop` at position `at`, which costs `extra`; only what changes is timed again."""
    cars, n = a.fixed.shape
    length = s.length[c] + 1
    for k in range(length - 1, at, -1):
        s.route[c, k] = s.route[c, k - 1]
    s.route[c, at] = stop
    s.length[c] = length
    s.car_of[stop] = c
    if a.changed_car > 0 or s.cost[c] >= FORBIDDEN or a.break_from.shape[1] > 0:
        time_route(a, s, c)
        return
    for k in range(length, at, -1):
        s.leave[c, k] = s.leave[c, k - 1]
        s.arrive[c, k] = s.arrive[c, k - 1]
        s.slack_free[c, k] = s.slack_free[c, k - 1]
        s.slack_hard[c, k] = s.slack_hard[c, k - 1]
    s.cost[c] += extra
    s.loaded[c] += a.load[stop]
    node = n + c if at == 0 else s.route[c, at - 1]
    t = s.leave[c, at]
    last = at
    for k in range(at, length + 1):
        here = s.route[c, k] if k < length else n + cars + c
        arrive = t + a.travel[node, here]
        last = k
        if k > at + 1 and arrive == s.arrive[c, k]:
            s.leave[c, k] = t
            break
        s.leave[c, k] = t
        s.arrive[c, k] = arrive
        if k < length:
            t = max(arrive, a.opens[here]) + a.service[here]
            node = here
    if last == length:
        hard = max(np.int64(0), a.ends[c] - s.arrive[c, length])
        s.slack_hard[c, length] = hard
        s.slack_free[c, length] = hard
        last -= 1
    hard, free = s.slack_hard[c, last + 1], s.slack_free[c, last + 1]
    for k in range(last, -1, -1):
        here = s.route[c, k]
        start = max(s.arrive[c, k], a.opens[here])
        wait = start - s.arrive[c, k]
        hard = wait + min(hard, max(np.int64(0), a.latest[here] - start))
        free = wait + min(free, max(np.int64(0), a.closes[here] - start) if a.late_weight[here] > 0 else HUGE)
        free = min(free, hard)
        if k < at and hard == s.slack_hard[c, k] and free == s.slack_free[c, k]:
            break
        s.slack_hard[c, k] = hard
        s.slack_free[c, k] = free
    s.numbers[STAMP] += 1
    s.stamp[c] = s.numbers[STAMP]


@lean
def cost_with(a: Arrays, s: State, c: int, stop: int, at: int) -> int:
    """Cost of a route with breaks if `stop` came in at position `at`: walked out in full; FORBIDDEN when impossible."""
    length = s.length[c]
    for k in range(length, at, -1):
        s.route[c, k] = s.route[c, k - 1]
    s.route[c, at] = stop
    s.length[c] = length + 1
    time_route(a, s, c)
    answer = s.cost[c]
    for k in range(at, length):
        s.route[c, k] = s.route[c, k + 1]
    s.length[c] = length
    return answer


@lean
def scan(
    a: Arrays, s: State, stop: int, todo: np.ndarray, count: int, bound: int, found: np.ndarray, places: np.ndarray
) -> None:
    """The cheapest place of `stop` in each of the first `count` routes of `todo`, price of change left out.

    Extra cost in `found`, FORBIDDEN for none, and position in `places`. In a route that is touched only a place that
    costs less than `bound` and than what other routes offered is worth finding.

    One long function on purpose: passing all these arrays to a function a position costs more than the arithmetic.
    """
    cars, n = a.fixed.shape
    latest = a.latest[stop]
    opens = a.opens[stop]
    closes = a.closes[stop]
    weight = a.late_weight[stop]
    service = a.service[stop]
    done = opens + service
    has_breaks = a.break_from.shape[1] > 0
    for i in range(count):
        c = todo[i]
        found[c] = HUGE
        places[c] = -1
        fixed = a.fixed[c, stop]
        if fixed >= FORBIDDEN or s.loaded[c] + a.load[stop] > a.capacity[c]:
            continue
        best = bound if s.is_touched[c] else np.int64(HUGE)
        best_at = np.int64(-1)
        length = s.length[c]
        first = a.frozen[c]
        if has_breaks and a.break_from[c, 0] < FORBIDDEN:
            before, stamp = s.cost[c], s.stamp[c]
            for at in range(first, length + 1):
                after = cost_with(a, s, c, stop, at)
                if after < FORBIDDEN and after - before < best:
                    best, best_at = after - before, at
            time_route(a, s, c)
            s.stamp[c] = stamp
            if best_at >= 0:
                found[c], places[c] = best, best_at
                bound = min(bound, best)
            continue
        if length == 0:
            fixed += a.activation[c]
        while first < length and s.arrive[c, first] + s.slack_hard[c, first] < done:
            first += 1  # whoever comes next here would be too late even without any driving
        previous = n + c if first == 0 else s.route[c, first - 1]
        for at in range(first, length + 1):
            leave = s.leave[c, at]
            if leave > latest:
                break
            following = s.route[c, at] if at < length else n + cars + c
            to_stop = np.int64(a.travel_from[stop, previous])
            previous = following
            arrive = leave + to_stop
            if arrive > latest:
                continue
            onward = np.int64(a.travel[stop, following])
            extra = fixed + (to_stop + onward - (s.arrive[c, at] - leave)) * a.travel_weight
            if extra >= best:
                continue
            start = max(arrive, opens)
            if start > closes:
                extra += (start - closes) * weight
            later = start + service + onward - s.arrive[c, at]
            if later > s.slack_hard[c, at]:
                continue
            k = at
            while k < length and later > s.slack_free[c, k] and extra < best:
                node = s.route[c, k]
                begin = max(s.arrive[c, k], a.opens[node])
                later -= begin - s.arrive[c, k]
                over = begin + later - max(begin, a.closes[node])
                if over > 0:
                    extra += a.late_weight[node] * over
                k += 1
            if extra < best:
                best, best_at = extra, at
        if best_at >= 0:
            found[c], places[c] = best, best_at
            bound = min(bound, best)


@njit(cache=True, nogil=True)
def insertions(a: Arrays, s: State, stop: int, found: np.ndarray, places: np.ndarray) -> None:
    """The cheapest place in every route: extra costs in `found`, FORBIDDEN for none, positions in `places`."""
    cars = a.fixed.shape[0]
    scan(a, s, stop, np.arange(cars), cars, HUGE, found, places)


@njit(cache=True, nogil=True)
def insertion(a: Arrays, s: State, stop: int, c: int) -> tuple[int, int]:
    """The cheapest place of `stop` in one route: (extra cost, position); FORBIDDEN when there is none."""
    cars = a.fixed.shape[0]
    found = np.zeros(cars, np.int64)
    places = np.zeros(cars, np.int64)
    scan(a, s, stop, np.full(1, c), 1, HUGE, found, places)
    return found[c], places[c]


@njit(cache=True, nogil=True)
def obstacles(a: Arrays, s: State, stop: int) -> np.ndarray:
    """What each car meets on its way to `stop`, whether it may go or not.

    [c, 4]: arrival when it goes there first, soonest arrival of all, seconds from there home, and the node that misses
    its latest time where `stop` disturbs least (-1 for none).
    """
    cars, n = a.fixed.shape
    met = np.full((cars, 4), -1, np.int64)
    for c in range(cars):
        met[c, 2] = a.travel[stop, n + cars + c]
        least = np.int64(HUGE)
        for at in range(a.frozen[c], s.length[c] + 1):
            before = n + c if at == 0 else s.route[c, at - 1]
            arrive = s.leave[c, at] + np.int64(a.travel[before, stop])
            if at == a.frozen[c]:
                met[c, 0] = met[c, 1] = arrive
            met[c, 1] = min(met[c, 1], arrive)
            if arrive > a.latest[stop]:
                continue
            now = max(arrive, a.opens[stop]) + a.service[stop]
            here = stop
            for k in range(at, s.length[c]):
                there = s.route[c, k]
                now = max(now + np.int64(a.travel[here, there]), a.opens[there])
                if now > a.latest[there]:
                    if now - a.latest[there] < least:
                        least = now - a.latest[there]
                        met[c, 3] = there
                    break
                now += a.service[there]
                here = there
    return met


@njit(cache=True, nogil=True)
def times_with(a: Arrays, s: State, c: int, stop: int, at: int) -> tuple[np.ndarray, int]:
    """Arrivals along route c if `stop` came in at position `at`, and when the car would be home."""
    length = s.length[c]
    stamp = s.stamp[c]
    for k in range(length, at, -1):
        s.route[c, k] = s.route[c, k - 1]
    s.route[c, at] = stop
    s.length[c] = length + 1
    time_route(a, s, c)
    arrive = s.arrive[c, : length + 1].copy()
    home = s.arrive[c, length + 1]
    for k in range(at, length):
        s.route[c, k] = s.route[c, k + 1]
    s.length[c] = length
    time_route(a, s, c)
    s.stamp[c] = stamp
    return arrive, home
