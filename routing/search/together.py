"""Timing of a whole plan at once, compiled: needed as soon as two nurses meet, because one car's delay then travels
to another car."""

# numba infers the types here: a numpy integer and an int are one to it, and two to mypy
# flat code compiles faster
# mypy: disable-error-code="return-value, arg-type, no-any-return, assignment"

from __future__ import annotations

import numpy as np
from numba import njit

from routing.search.arrays import FORBIDDEN, Arrays

CROSSED = np.int64(-1)
"""No cost: some visits turned out to be crossed, and the routes must be timed again."""
TOO_SOON = np.int64(-2)
"""No cost: a rule breaks, but a crossed visit that begins later can mend that, as the break then comes before it."""


@njit(cache=True, nogil=True)
def next_break(break_from: np.ndarray, c: int, done: int) -> bool:
    """Whether car c still has a break to take."""
    return done < break_from.shape[1] and break_from[c, done] < FORBIDDEN


@njit(cache=True, nogil=True)
def set_off(
    break_from: np.ndarray,
    break_until: np.ndarray,
    break_length: np.ndarray,
    c: int,
    now: int,
    done: int,
    leg: int,
    opens: int,
    service: int,
) -> tuple[int, int, bool]:
    """Take the breaks that must come before driving `leg` seconds to a stop: (moment of driving off, breaks done,
    whether a break came too late)."""
    broken = False
    while next_break(break_from, c, done):
        begin = max(now, break_from[c, done])
        over = begin + break_length[c, done]
        in_wait = begin <= break_until[c, done] and over + leg <= opens
        if not in_wait and max(now + leg, opens) + service <= break_until[c, done]:
            break
        broken = broken or begin > break_until[c, done]
        now = over
        done += 1
    return now, done, broken


@njit(cache=True, nogil=True)
def drive_home(
    break_from: np.ndarray,
    break_until: np.ndarray,
    break_length: np.ndarray,
    c: int,
    now: int,
    done: int,
    leg: int,
) -> tuple[int, bool]:
    """(Moment of being home, whether a break came too late); who is home before the break must begin rests there."""
    broken = False
    while next_break(break_from, c, done):
        if now + leg > break_until[c, done]:
            begin = max(now, break_from[c, done])
            broken = broken or begin > break_until[c, done]
            now = begin + break_length[c, done]
        done += 1
    return now + leg, broken


@njit(cache=True, nogil=True)
def tardy(a: Arrays, node: int, start: int) -> int:
    """Seconds after its window, -1 when it is too late altogether."""
    if start > a.latest[node]:
        return np.int64(-1)
    return max(np.int64(0), start - a.closes[node])


@njit(cache=True, nogil=True)
def walk_once(
    a: Arrays, route: np.ndarray, length: np.ndarray, arrive: np.ndarray, start: np.ndarray, begins: np.ndarray
) -> int:
    """Time these routes; a visit that is crossed begins at `begins` or later, whoever else is there. Returns the cost,
    FORBIDDEN when a rule breaks, CROSSED when visits had to be added to `begins` first, or TOO_SOON."""
    cars, n = a.fixed.shape
    now = a.leaves.copy()
    at = np.zeros(cars, np.int64)
    done = np.zeros(cars, np.int64)
    waits = np.zeros(cars, np.bool_)
    loaded = np.zeros(cars, np.int64)
    car_at = np.full(n, -1, np.int64)
    total = np.int64(0)
    worst = np.int64(0)
    left = np.int64(0)
    may_mend = a.break_from.shape[1] > 0 and begins.max() >= 0
    spoiled = False
    for c in range(cars):
        left += length[c]
    moved = True
    while moved and left > 0:
        moved = False
        for c in range(cars):
            while at[c] < length[c] and not waits[c]:
                stop = route[c, at[c]]
                loaded[c] += a.load[stop]
                if a.fixed[c, stop] >= FORBIDDEN or loaded[c] > a.capacity[c]:
                    return np.int64(FORBIDDEN)
                node = n + c if at[c] == 0 else route[c, at[c] - 1]
                leg = np.int64(a.travel[node, stop])
                now[c], done[c], broken = set_off(
                    a.break_from, a.break_until, a.break_length, c, now[c], done[c], leg, a.opens[stop], a.service[stop]
                )
                if broken and not may_mend:
                    return np.int64(FORBIDDEN)
                spoiled = spoiled or broken
                total += leg * a.travel_weight + a.fixed[c, stop]
                arrive[stop] = now[c] + leg
                start[stop] = max(arrive[stop], a.opens[stop])
                moved = True
                other = a.partner[stop]
                if begins[stop] >= 0:
                    start[stop] = max(start[stop], begins[stop])
                if other < 0 or begins[stop] >= 0:
                    now[c] = start[stop] + a.service[stop]
                    at[c] += 1
                    left -= 1
                elif car_at[other] < 0:
                    car_at[stop] = c
                    waits[c] = True
                    break
                else:
                    mate = car_at[other]
                    if mate == c:
                        return np.int64(FORBIDDEN)
                    first, second = (stop, other) if other > stop else (other, stop)
                    start[second] = max(start[second], start[first] + a.gap_min[first])
                    start[first] = max(start[first], start[second] - a.gap_max[first])
                    now[c] = start[stop] + a.service[stop]
                    now[mate] = start[other] + a.service[other]
                    waits[mate] = False
                    at[c] += 1
                    at[mate] += 1
                    left -= 2
                    late = tardy(a, other, start[other])
                    if late < 0 and not may_mend:
                        return np.int64(FORBIDDEN)
                    spoiled = spoiled or late < 0
                    total += late * a.late_weight[other]
                    worst = max(worst, late)
                late = tardy(a, stop, start[stop])
                if late < 0 and not may_mend:
                    return np.int64(FORBIDDEN)
                spoiled = spoiled or late < 0
                total += late * a.late_weight[stop]
                worst = max(worst, late)
    if left > 0:
        return cross(a, route, length, at, waits, begins)
    for c in range(cars):
        node = n + c if length[c] == 0 else route[c, length[c] - 1]
        if length[c] == 0:
            total += np.int64(a.travel[node, n + cars + c]) * a.travel_weight
            continue
        leg = np.int64(a.travel[node, n + cars + c])
        home, broken = drive_home(a.break_from, a.break_until, a.break_length, c, now[c], done[c], leg)
        if (broken or home > a.ends[c]) and length[c] > a.frozen[c]:
            if not may_mend:
                return np.int64(FORBIDDEN)
            spoiled = True
        total += np.int64(a.travel[node, n + cars + c]) * a.travel_weight + a.activation[c]
        total += price_of_change(a, route, length[c], c)
    return TOO_SOON if spoiled else total + worst * a.max_late_weight


@njit(cache=True, nogil=True)
def walk(a: Arrays, route: np.ndarray, length: np.ndarray, arrive: np.ndarray, start: np.ndarray) -> int:
    """Time these routes; fills `arrive` and `start` per node and returns the cost without stops left out, FORBIDDEN
    when a rule breaks.

    Every car moves until it waits for its partner. When nobody moves any more, two cars have their double visits in
    opposite order (they cross). With a gap that can be driven: then those visits wait for nobody, and are put off
    until the gaps are right; when that never ends, two wait for each other for ever.
    """
    begins = np.full(a.fixed.shape[1], -1, np.int64)
    for _ in range(2 + 2 * length.sum()):
        cost = walk_once(a, route, length, arrive, start, begins)
        if cost != CROSSED and (cost >= FORBIDDEN or not put_off(a, start, begins)):
            return np.int64(FORBIDDEN) if cost == TOO_SOON else cost
    return np.int64(FORBIDDEN)


@njit(cache=True, nogil=True)
def put_off(a: Arrays, start: np.ndarray, begins: np.ndarray) -> bool:
    """Whether a crossed visit must begin later than it did for its gap to be right; if so it is noted in `begins`."""
    moved = False
    for first in range(len(begins)):
        second = a.partner[first]
        if begins[first] < 0 or second < first:
            continue
        begins[second] = max(start[second], start[first] + a.gap_min[first])
        begins[first] = max(start[first], begins[second] - a.gap_max[first])
        moved = moved or begins[second] > start[second] or begins[first] > start[first]
    return moved


@njit(cache=True, nogil=True)
def cross(
    a: Arrays, route: np.ndarray, length: np.ndarray, at: np.ndarray, waits: np.ndarray, begins: np.ndarray
) -> int:
    """Nobody moves any more: CROSSED when the visits that are waited at may cross, FORBIDDEN when that cannot help."""
    cars = len(length)
    is_hopeless = True
    for c in range(cars):
        if waits[c]:
            stop = route[c, at[c]]
            give = a.gap_max[stop] if a.partner[stop] > stop else -a.gap_min[stop]
            is_hopeless = is_hopeless and a.service[stop] > give  # round every knot time only grows
    if is_hopeless:
        return np.int64(FORBIDDEN)
    for c in range(cars):
        if not waits[c]:
            continue
        stop = route[c, at[c]]
        is_coming = False
        for mate in range(cars):
            for k in range(at[mate] if mate != c else length[mate], length[mate]):
                is_coming = is_coming or route[mate, k] == a.partner[stop]
        if not is_coming:
            return np.int64(FORBIDDEN)
        begins[stop] = begins[a.partner[stop]] = 0
    return CROSSED


@njit(cache=True, nogil=True)
def price_of_change(a: Arrays, route: np.ndarray, length: int, c: int) -> int:
    """What it costs that car c drives another sequence than in the incumbent."""
    width = a.before.shape[1]
    if width == 0:
        return np.int64(0)
    if length >= width or a.before[c, length] != -1:
        return a.changed_car
    for k in range(length):
        if route[c, k] != a.before[c, k]:
            return a.changed_car
    return np.int64(0)


@njit(cache=True, nogil=True)
def put(route: np.ndarray, length: np.ndarray, c: int, at: int, node: int) -> None:
    """Insert a node in a route."""
    for k in range(length[c], at, -1):
        route[c, k] = route[c, k - 1]
    route[c, at] = node
    length[c] += 1


@njit(cache=True, nogil=True)
def take(route: np.ndarray, length: np.ndarray, c: int, at: int) -> None:
    """Remove the node at a position."""
    length[c] -= 1
    for k in range(at, length[c]):
        route[c, k] = route[c, k + 1]
    route[c, length[c]] = -1


@njit(cache=True, nogil=True)
def may_arrive(a: Arrays, route: np.ndarray, length: np.ndarray, c: int, at: int, node: int) -> bool:
    """Cheap test that ignores partners and breaks: an earliest arrival after `latest` can never work."""
    n = a.fixed.shape[1]
    now = a.leaves[c]
    here = n + c
    for k in range(at):
        stop = route[c, k]
        now = max(now + np.int64(a.travel[here, stop]), a.opens[stop]) + a.service[stop]
        here = stop
    return now + np.int64(a.travel[here, node]) <= a.latest[node]


@njit(cache=True, nogil=True)
def prices(a: Arrays, route: np.ndarray, length: np.ndarray, nodes: np.ndarray, wanted: int, found: np.ndarray) -> int:
    """Try every place (every pair of places when `nodes` has two) and keep the best per first car in `found` [c, 4]:
    extra cost, position, second car, second position. Returns the cost before; FORBIDDEN when the plan itself breaks
    a rule."""
    cars, n = a.fixed.shape
    arrive = np.zeros(n, np.int64)
    start = np.zeros(n, np.int64)
    before = walk(a, route, length, arrive, start)
    for c in range(cars):
        found[c, 0], found[c, 1], found[c, 2], found[c, 3] = FORBIDDEN, -1, -1, -1
    if before >= FORBIDDEN:
        return before
    for c in range(cars):
        if a.fixed[c, nodes[0]] >= FORBIDDEN:
            continue
        for at in range(a.frozen[c], length[c] + 1):
            if not may_arrive(a, route, length, c, at, nodes[0]):
                continue
            put(route, length, c, at, nodes[0])
            if wanted == 1:
                cost = walk(a, route, length, arrive, start)
                if cost < FORBIDDEN and cost - before < found[c, 0]:
                    found[c, 0], found[c, 1] = cost - before, at
            else:
                for mate in range(cars):
                    if mate == c or a.fixed[mate, nodes[1]] >= FORBIDDEN:
                        continue
                    for where in range(a.frozen[mate], length[mate] + 1):
                        if not may_arrive(a, route, length, mate, where, nodes[1]):
                            continue
                        put(route, length, mate, where, nodes[1])
                        cost = walk(a, route, length, arrive, start)
                        take(route, length, mate, where)
                        if cost < FORBIDDEN and cost - before < found[c, 0]:
                            found[c, 0], found[c, 1], found[c, 2], found[c, 3] = cost - before, at, mate, where
            take(route, length, c, at)
    return before


@njit(cache=True, nogil=True)
def cheapest(
    a: Arrays, route: np.ndarray, length: np.ndarray, nodes: np.ndarray, wanted: int
) -> tuple[int, int, int, int, int]:
    """The cheapest place of all: (extra cost, first car, position, second car, position); FORBIDDEN when there is
    none."""
    found = np.zeros((a.fixed.shape[0], 4), np.int64)
    prices(a, route, length, nodes, wanted, found)
    best = np.int64(0)
    for c in range(len(found)):
        if found[c, 0] < found[best, 0]:
            best = c
    return found[best, 0], best, found[best, 1], found[best, 2], found[best, 3]
