"""What each car does as chains of visits that meet, compiled: after a change only what it really delays is timed again.

Every visit has a key, and every chain runs by rising keys. Two cars can therefore never wait for each other for
ever, and every set of chains gives a sound plan: a visit that is impossible at its turn is passed by and pays its
penalty.
"""

# numba infers the types here: a numpy integer and an int are one to it, and two to mypy
# mypy: disable-error-code="return-value, arg-type, no-any-return, assignment"

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.search.arrays import FORBIDDEN
from routing.search.together import drive_home, next_break, set_off

HUGE = int(FORBIDDEN)
PRED, SUCC, CAR, DIRECT = range(4)
"""Columns of `State.link`: the node before, the node after, the car, and the round in which it got other
neighbours."""
NOW, LAST, RESTED, LOADED, MATCHED, PRICE, LATE, STAMP = range(8)
"""Columns of `State.rows`: when the car is free again after this node, the node it then stands at, breaks taken,
load, stops that equal the incumbent's so far (-1 after the first that differs), what the node costs, seconds late,
and the round in which this was found."""
PARTNER, SERVICE, OPENS, CLOSES, LATEST, LATE_WEIGHT, PENALTY, LOAD, GAP_MIN, GAP_MAX = range(10)
"""Columns of `State.about`."""
ENDS, ACTIVATION, CAPACITY, LEAVES = range(4)
"""Columns of `State.crew`."""
COST, BEST, ROUND, TRIED, SOFT, WORST, PENDING, TOUCHED, NEW_SOFT, NEW_WORST, TRAVEL, MAX_LATE, CHANGED = range(13)
"""Places in `State.numbers`: cost, best cost so far, rounds timed, moves tried, what lateness and being left out
cost in all, seconds of the latest visit, visits waiting to be timed, visits timed, SOFT and WORST after this change,
and three weights."""
UNDER_WAY = -0.5
"""Keys below this belong to visits under way: nothing goes before them."""


class State(NamedTuple):
    """One searcher. n visits' nodes, then every car's start, then every car's home; a double visit goes by its first
    node.

    The compiled functions take the arrays one by one: numba counts references, with a lock, for every field taken
    from a tuple, and that costs more than all the arithmetic.
    """

    link: np.ndarray  # [n + 2c, 4] the chains
    key: np.ndarray  # [n + 2c] float
    rows: np.ndarray  # [2, n + 2c, 8] what holds after each node: as accepted, and as being tried
    todo: np.ndarray  # [2, n + 2c] visits to be timed, and timed in this round
    numbers: np.ndarray
    about: np.ndarray  # [n, 10] what a node needs
    crew: np.ndarray  # [c, 4] what a car may
    travel: np.ndarray
    fixed: np.ndarray
    before: np.ndarray
    break_from: np.ndarray
    break_until: np.ndarray
    break_length: np.ndarray
    loose: np.ndarray  # nodes that may move
    near: np.ndarray  # [n, k] nodes that are likely to be driven just before or after
    best_succ: np.ndarray
    best_key: np.ndarray
    random: np.ndarray  # [1] uint64


@njit(cache=True, nogil=True)
def mark(link: np.ndarray, about: np.ndarray, todo: np.ndarray, numbers: np.ndarray, node: int) -> None:
    """This node's visit, or this car's way home, has other neighbours and must be timed again."""
    if node < len(about) and 0 <= about[node, PARTNER] < node:
        node = about[node, PARTNER]
    if link[node, DIRECT] != numbers[ROUND]:
        link[node, DIRECT] = numbers[ROUND]
        todo[0, numbers[PENDING]] = node
        numbers[PENDING] += 1


@njit(cache=True, nogil=True)
def cut(link: np.ndarray, node: int) -> None:
    """Out of its chain."""
    before, after = link[node, PRED], link[node, SUCC]
    link[before, SUCC] = after
    link[after, PRED] = before


@njit(cache=True, nogil=True)
def join(link: np.ndarray, key: np.ndarray, node: int, before: int, place: float) -> None:
    """Into the chain of `before`, right behind it."""
    after = link[before, SUCC]
    link[before, SUCC] = node
    link[node, PRED] = before
    link[node, SUCC] = after
    link[after, PRED] = node
    link[node, CAR] = link[before, CAR]
    key[node] = place


@njit(cache=True, nogil=True)
def settle(
    link: np.ndarray,
    key: np.ndarray,
    rows: np.ndarray,
    todo: np.ndarray,
    numbers: np.ndarray,
    about: np.ndarray,
    crew: np.ndarray,
    travel: np.ndarray,
    fixed: np.ndarray,
    before: np.ndarray,
    break_from: np.ndarray,
    break_until: np.ndarray,
    break_length: np.ndarray,
    limit: float,
) -> int:
    """Time everything that the marked visits delay or bring forward, into the second half of `rows`: the new cost, or
    HUGE as soon as it is sure to exceed `limit`. `keep` makes it hold."""
    cars, n = fixed.shape
    stamp = numbers[ROUND]
    count = numbers[PENDING]
    has_breaks = break_from.shape[1] > 0
    width = before.shape[1]
    weight = numbers[TRAVEL]
    total = numbers[COST]
    softness = numbers[SOFT] - numbers[WORST] * numbers[MAX_LATE]
    hope = numbers[SOFT]  # how much cheaper what is not timed yet can become at most
    worst = np.int64(0)
    is_worst_gone = False
    timed = 0
    for k in range(count):
        node = todo[0, k]
        while node >= 0:
            hope += rows[0, node, PRICE]
            if node >= n:
                break
            hope -= soft(rows, about, node)
            node = about[node, PARTNER] if about[node, PARTNER] > node else np.int64(-1)
    while count > 0:
        soonest = 0
        for k in range(1, count):
            if key[todo[0, k]] < key[todo[0, soonest]]:
                soonest = k
        first = todo[0, soonest]
        count -= 1
        todo[0, soonest] = todo[0, count]
        todo[1, timed] = first
        timed += 1
        is_direct = link[first, DIRECT] == stamp
        prior = link[first, PRED]
        w = 1 if rows[1, prior, STAMP] == stamp else 0
        here = rows[w, prior, LAST]
        leg = np.int64(travel[here, first])
        if first >= n:  # the way home
            c = first - n - cars
            price = leg * weight
            if here < n:
                price += crew[c, ACTIVATION]
            if width > 0 and (rows[w, prior, MATCHED] < 0 or before[c, rows[w, prior, MATCHED]] != -1):
                price += numbers[CHANGED]
            total += price - rows[0, first, PRICE]
            if is_direct:
                hope -= rows[0, first, PRICE]
            rows[1, first, PRICE] = price
            rows[1, first, STAMP] = stamp
            if total - hope > limit:
                return np.int64(HUGE)
            continue
        second = about[first, PARTNER]
        c = link[first, CAR]
        now, rested, loaded, matched = rows[w, prior, NOW], rows[w, prior, 2], rows[w, prior, 3], rows[w, prior, 4]
        off, rest, late_rest = now, rested, False
        opens, service = about[first, OPENS], about[first, SERVICE]
        if has_breaks and next_break(break_from, c, rested):
            off, rest, late_rest = set_off(break_from, break_until, break_length, c, now, rested, leg, opens, service)
        begin = max(off + leg, opens)
        mate, there, mate_begin, mate_leg, mate_rest = c, first, begin, leg, rest
        mate_now, mate_rested, mate_loaded, mate_matched = now, rested, loaded, matched
        possible = not late_rest and loaded + about[first, LOAD] <= crew[c, CAPACITY]
        if second >= 0:
            mate = link[second, CAR]
            prior = link[second, PRED]
            w = 1 if rows[1, prior, STAMP] == stamp else 0
            mate_now, there, mate_rested = rows[w, prior, NOW], rows[w, prior, LAST], rows[w, prior, RESTED]
            mate_loaded, mate_matched = rows[w, prior, LOADED], rows[w, prior, MATCHED]
            mate_leg = np.int64(travel[there, second])
            off, mate_rest = mate_now, mate_rested
            if has_breaks and next_break(break_from, mate, mate_rested):
                off, mate_rest, late_rest = set_off(
                    break_from, break_until, break_length, mate, mate_now, mate_rested, mate_leg,
                    about[second, OPENS], about[second, SERVICE],
                )  # fmt: skip
                possible = possible and not late_rest
            mate_begin = max(max(off + mate_leg, about[second, OPENS]), begin + about[first, GAP_MIN])
            begin = max(begin, mate_begin - about[first, GAP_MAX])
            possible = possible and mate_begin <= about[second, LATEST]
            home = mate_begin + about[second, SERVICE] + np.int64(travel[second, n + cars + mate])
            if possible and has_breaks:
                home, late_rest = drive_home(
                    break_from, break_until, break_length, mate, mate_begin + about[second, SERVICE], mate_rest,
                    np.int64(travel[second, n + cars + mate]),
                )  # fmt: skip
                possible = not late_rest
            possible = possible and home <= crew[mate, ENDS]
        home = begin + service + np.int64(travel[first, n + cars + c])
        if possible and has_breaks:
            home, late_rest = drive_home(
                break_from, break_until, break_length, c, begin + service, rest, np.int64(travel[first, n + cars + c])
            )
            possible = not late_rest
        possible = possible and begin <= about[first, LATEST] and home <= crew[c, ENDS]
        possible = possible or key[first] < UNDER_WAY
        node = first
        while True:  # the first nurse, then the second
            late = np.int64(0)
            softly = price = about[node, PENALTY]
            if possible:
                late = max(np.int64(0), begin - about[node, CLOSES])
                softly = late * about[node, LATE_WEIGHT]
                price = leg * weight + fixed[c, node] + softly
                now = begin + about[node, SERVICE]
                here = node
                rested = rest
                loaded += about[node, LOAD]
                if width > 0 and matched >= 0:
                    matched = matched + 1 if before[c, matched] == node else np.int64(-1)
            was_softly = soft(rows, about, node)
            softness += softly - was_softly
            total += price - rows[0, node, PRICE]
            hope -= rows[0, node, PRICE] if is_direct else was_softly
            worst = max(worst, late)
            is_worst_gone = is_worst_gone or (rows[0, node, LATE] == numbers[WORST] and late < numbers[WORST])
            if (
                now != rows[0, node, NOW]
                or here != rows[0, node, LAST]
                or rested != rows[0, node, RESTED]
                or loaded != rows[0, node, LOADED]
                or matched != rows[0, node, MATCHED]
            ):
                after = link[node, SUCC]
                if after < n and 0 <= about[after, PARTNER] < after:
                    after = about[after, PARTNER]
                k = 0
                while k < count and todo[0, k] != after:
                    k += 1
                if k == count:
                    todo[0, count] = after
                    count += 1
            rows[1, node, NOW] = now
            rows[1, node, LAST] = here
            rows[1, node, RESTED] = rested
            rows[1, node, LOADED] = loaded
            rows[1, node, MATCHED] = matched
            rows[1, node, PRICE] = price
            rows[1, node, LATE] = late
            rows[1, node, STAMP] = stamp
            if node == second or second < 0:
                break
            node, c, leg, begin, now, here, rest = second, mate, mate_leg, mate_begin, mate_now, there, mate_rest
            rested, loaded, matched = mate_rested, mate_loaded, mate_matched
        if total - hope > limit:
            return np.int64(HUGE)
    if numbers[MAX_LATE] > 0:
        if worst < numbers[WORST]:
            if not is_worst_gone:
                worst = numbers[WORST]
            elif total + (worst - numbers[WORST]) * numbers[MAX_LATE] <= limit:
                for node in range(n):
                    w = 1 if rows[1, node, STAMP] == stamp else 0
                    worst = max(worst, rows[w, node, LATE])
        total += (worst - numbers[WORST]) * numbers[MAX_LATE]
    else:
        worst = np.int64(0)
    numbers[TOUCHED] = timed
    numbers[NEW_SOFT] = softness + worst * numbers[MAX_LATE]
    numbers[NEW_WORST] = worst
    return total


@njit(cache=True, nogil=True)
def soft(rows: np.ndarray, about: np.ndarray, node: int) -> int:
    """What lateness or being left out costs this node now: the part of its price that others can take away."""
    if rows[0, node, LAST] != node:
        return rows[0, node, PRICE]
    return rows[0, node, LATE] * about[node, LATE_WEIGHT]


@njit(cache=True, nogil=True)
def keep(rows: np.ndarray, todo: np.ndarray, numbers: np.ndarray, about: np.ndarray, cost: int) -> None:
    """What `settle` found holds from now on."""
    for k in range(numbers[TOUCHED]):
        node = todo[1, k]
        while node >= 0:
            for column in range(STAMP):
                rows[0, node, column] = rows[1, node, column]
            is_first = node < len(about) and about[node, PARTNER] > node
            node = about[node, PARTNER] if is_first else np.int64(-1)
    numbers[COST] = cost
    numbers[SOFT] = numbers[NEW_SOFT]
    numbers[WORST] = numbers[NEW_WORST]


@njit(cache=True, nogil=True)
def settle_all(s: State) -> int:
    """Time every chain from its start, believing nothing of what was found before."""
    cars, n = s.fixed.shape
    s.rows[:, :, :] = 0
    s.rows[0, :, NOW] = -1
    s.numbers[ROUND] += 1
    s.numbers[PENDING] = 0
    s.numbers[COST] = s.numbers[SOFT] = s.numbers[WORST] = 0
    for c in range(cars):
        s.rows[0, n + c, :] = 0
        s.rows[0, n + c, NOW] = s.crew[c, LEAVES]
        s.rows[0, n + c, LAST] = n + c
        mark(s.link, s.about, s.todo, s.numbers, s.link[n + c, SUCC])
    cost = settle(
        s.link, s.key, s.rows, s.todo, s.numbers, s.about, s.crew, s.travel, s.fixed, s.before,
        s.break_from, s.break_until, s.break_length, float(HUGE),
    )  # fmt: skip
    keep(s.rows, s.todo, s.numbers, s.about, cost)
    return cost
