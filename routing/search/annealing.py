"""Annealing over chains of visits, compiled: move a visit beside a likely neighbour, let two cars exchange a stretch of
the night, let two visits change places."""

# numba infers the types here: a numpy integer and an int are one to it, and two to mypy
# mypy: disable-error-code="return-value, arg-type, no-any-return, assignment"

from __future__ import annotations

import numpy as np
from numba import njit

from routing.search.arrays import FORBIDDEN
from routing.search.chains import (
    BEST,
    CAR,
    COST,
    HUGE,
    LATE,
    PARTNER,
    PENDING,
    PRED,
    ROUND,
    SERVICE,
    SUCC,
    TRIED,
    UNDER_WAY,
    State,
    cut,
    join,
    keep,
    mark,
    settle,
)
from routing.search.moves import exchange, least_exchanged, least_moved, least_swapped
from routing.search.timing import draw


@njit(cache=True, nogil=True)
def anneal(s: State, moves: int, temperature: float) -> None:
    """Try `moves` changes at one temperature."""
    link, key, rows, todo, numbers, about = s.link, s.key, s.rows, s.todo, s.numbers, s.about
    crew, travel, fixed, before = s.crew, s.travel, s.fixed, s.before
    break_from, break_until, break_length = s.break_from, s.break_until, s.break_length
    free, close, random, best_succ, best_key = s.loose, s.near, s.random, s.best_succ, s.best_key
    cars, n = fixed.shape
    loose = len(free)
    near = close.shape[1]
    kept_since = 0
    if loose < 1 or near < 1:
        return
    for _ in range(moves):
        numbers[TRIED] += 1
        numbers[ROUND] += 1
        numbers[PENDING] = 0
        limit = numbers[COST] - temperature * np.log(draw(random) + 1e-300)
        node = free[int(draw(random) * loose)]
        if draw(random) < 0.15:
            for _try in range(3):
                other = free[int(draw(random) * loose)]
                if rows[0, other, LATE] > rows[0, node, LATE]:
                    node = other
        mate = about[node, PARTNER]
        c = link[node, CAR]
        pick = draw(random)
        beside = close[node, int(pick * pick * near)]
        kind = draw(random)
        place = key[node]
        other = np.int64(-1)
        origin = its_origin = x = y = x_end = y_end = np.int64(0)
        its_place = 0.0
        if kind < 0.45:  # beside a neighbour, in its car
            x = beside if draw(random) < 0.5 else link[beside, PRED]
            d = link[x, CAR]
            if x == node or fixed[d, node] >= FORBIDDEN:
                continue
            q = link[x, SUCC]
            if key[q] < UNDER_WAY:
                continue
            if mate < 0:
                if q == node or least_moved(link, rows, travel, fixed, numbers, node, x) > limit:
                    continue
                low = max(UNDER_WAY, key[x])
                middle = low + 0.5 * min(2.0, key[q] - low)
                if not low < middle < key[q]:
                    renumber(link, key, rows, about, cars)
                    continue
                origin = link[node, PRED]
                mark(link, about, todo, numbers, link[node, SUCC])
                cut(link, node)
                join(link, key, node, x, middle)
            else:
                e, w = link[mate, CAR], np.int64(-1)
                if draw(random) < 0.3:
                    w = close[mate, int(draw(random) * near)]
                    e = link[w, CAR]
                elif e == d:
                    e = c
                if e == d or fixed[e, mate] >= FORBIDDEN:
                    continue
                other = mate
                origin = link[node, PRED]
                mark(link, about, todo, numbers, link[node, SUCC])
                cut(link, node)
                its_origin, its_place = link[mate, PRED], place
                mark(link, about, todo, numbers, link[mate, SUCC])
                cut(link, mate)
                if x == mate:
                    x = its_origin
                z = w if w >= 0 else (its_origin if e == link[mate, CAR] else origin)
                low, high = max(UNDER_WAY, key[x]), key[link[x, SUCC]]
                low_too, high_too = key[z], key[link[z, SUCC]]
                if max(low, low_too) < min(high, high_too) and draw(random) < 0.7:
                    low, high = max(low, low_too), min(high, high_too)
                middle = low + min(2.0, high - low) * (0.02 + 0.96 * draw(random))
                if not low < middle < high:
                    join(link, key, mate, its_origin, place)
                    join(link, key, node, origin, place)
                    renumber(link, key, rows, about, cars)
                    continue
                while key[z] > middle:
                    z = link[z, PRED]
                while key[link[z, SUCC]] < middle:
                    z = link[z, SUCC]
                join(link, key, node, x, middle)
                join(link, key, mate, z, middle)
                mark(link, about, todo, numbers, link[mate, SUCC])
            mark(link, about, todo, numbers, node)
            mark(link, about, todo, numbers, link[node, SUCC])
        elif kind < 0.75:  # two cars exchange a stretch of the night
            d = link[beside, CAR] if draw(random) < 0.7 else int(draw(random) * cars)
            if d == c:
                continue
            low, high = place, np.inf
            x, x_end = link[node, PRED], node
            if draw(random) < 0.6:
                for _step in range(int(draw(random) * 3)):
                    if link[x_end, SUCC] < n:
                        x_end = link[x_end, SUCC]
                high = key[x_end] + 1e-9 if draw(random) < 0.3 else key[link[x_end, SUCC]]
            else:
                x_end = link[n + cars + c, PRED]
            y = n + d
            if link[beside, CAR] == d:
                y = beside
                while key[y] >= low:
                    y = link[y, PRED]
            while key[link[y, SUCC]] < low:
                y = link[y, SUCC]
            y_end = y
            while link[y_end, SUCC] < n and key[link[y_end, SUCC]] < high:
                y_end = link[y_end, SUCC]
            if least_exchanged(link, rows, travel, fixed, numbers, x, x_end, y, y_end) > limit:
                continue
            exchange(link, about, todo, numbers, x, x_end, y, y_end)
        else:  # change places
            other = beside
            pick = draw(random)
            if pick < 0.4:
                other = link[beside, SUCC]
            elif pick < 0.8:
                other = link[beside, PRED]
            if other >= n or key[other] < UNDER_WAY or other in (node, mate):
                continue
            d = link[other, CAR]
            if fixed[d, node] >= FORBIDDEN or fixed[c, other] >= FORBIDDEN:
                continue
            if link[other, SUCC] == node or link[node, SUCC] == other or (mate >= 0 and link[mate, CAR] == d):
                continue
            its_mate = about[other, PARTNER]
            if its_mate >= 0 and link[its_mate, CAR] == c:
                continue
            its_place = key[other]
            low, high = max(UNDER_WAY, key[link[other, PRED]]), key[link[other, SUCC]]
            middle = place if mate >= 0 else low + 0.5 * min(2.0, high - low)
            if not low < middle < high:
                continue
            low, high = max(UNDER_WAY, key[link[node, PRED]]), key[link[node, SUCC]]
            its_middle = its_place if its_mate >= 0 else low + 0.5 * min(2.0, high - low)
            if not low < its_middle < high:
                continue
            if least_swapped(link, rows, travel, fixed, numbers, node, other) > limit:
                continue
            origin = link[node, PRED]
            cut(link, node)
            its_origin = link[other, PRED]
            cut(link, other)
            join(link, key, node, its_origin, middle)
            join(link, key, other, origin, its_middle)
            for one in (node, link[node, SUCC], other, link[other, SUCC]):
                mark(link, about, todo, numbers, one)
        cost = settle(
            link, key, rows, todo, numbers, about, crew, travel, fixed, before,
            break_from, break_until, break_length, limit,
        )  # fmt: skip
        if cost <= limit:
            keep(rows, todo, numbers, about, cost)
            kept_since += 1
            if cost < numbers[BEST]:
                numbers[BEST] = cost
                for k in range(len(key)):
                    best_succ[k] = link[k, SUCC]
                    best_key[k] = key[k]
            if kept_since > 2 * n:
                kept_since = 0
                renumber(link, key, rows, about, cars)
        elif 0.45 <= kind < 0.75:
            exchange(link, about, todo, numbers, x, y_end if y_end != y else x, y, x_end if x_end != x else y)
        else:
            cut(link, node)
            if other >= 0:
                cut(link, other)
                join(link, key, other, its_origin, its_place)
            join(link, key, node, origin, place)


@njit(cache=True, nogil=True)
def renumber(link: np.ndarray, key: np.ndarray, rows: np.ndarray, about: np.ndarray, cars: int) -> None:
    """New keys, in the order in which the visits begin as far as the chains allow it."""
    n = len(about)
    front = link[n : n + cars, SUCC].copy()
    ready = np.zeros(n, np.bool_)
    turn = 0.0
    for c in range(cars):
        while front[c] < n and key[front[c]] < UNDER_WAY:
            front[c] = link[front[c], SUCC]
        if front[c] < n:
            ready[front[c]] = True
    while True:
        best, soonest = np.int64(-1), np.int64(HUGE)
        for c in range(cars):
            node = front[c]
            if node < n and (about[node, PARTNER] < 0 or ready[about[node, PARTNER]]):
                begin = rows[0, node, 0] - about[node, SERVICE]
                if begin < soonest:
                    best, soonest = node, begin
        if best < 0:
            return
        node = best
        for _ in range(2):
            if node >= 0:
                key[node] = turn
                after = link[node, SUCC]
                front[link[node, CAR]] = after
                if after < n:
                    ready[after] = True
            node = about[best, PARTNER]
        turn += 1.0


@njit(cache=True, nogil=True)
def append(s: State, visit: int, place: float) -> None:
    """Put a new visit at the end of the car (or the two cars) where it costs least."""
    cars = len(s.fixed)
    second = s.about[visit, PARTNER]
    best, best_c, best_m = np.int64(HUGE), np.int64(-1), np.int64(-1)
    for c in range(cars):
        if s.fixed[c, visit] >= FORBIDDEN:
            continue
        for m in range(cars if second >= 0 else 1):
            if second >= 0 and (m == c or s.fixed[m, second] >= FORBIDDEN):
                continue
            cost = at_the_end(s, visit, second, c, m, place)
            if cost < best:
                best, best_c, best_m = cost, c, m
            cut(s.link, visit)
            if second >= 0:
                cut(s.link, second)
    keep(s.rows, s.todo, s.numbers, s.about, at_the_end(s, visit, second, best_c, best_m, place))


@njit(cache=True, nogil=True)
def at_the_end(s: State, visit: int, second: int, c: int, m: int, place: float) -> int:
    """Put it there: the cost of the plan."""
    cars, n = s.fixed.shape
    s.numbers[ROUND] += 1
    s.numbers[PENDING] = 0
    join(s.link, s.key, visit, s.link[n + cars + c, PRED], place)
    mark(s.link, s.about, s.todo, s.numbers, visit)
    mark(s.link, s.about, s.todo, s.numbers, n + cars + c)
    if second >= 0:
        join(s.link, s.key, second, s.link[n + cars + m, PRED], place)
        mark(s.link, s.about, s.todo, s.numbers, n + cars + m)
    return settle(
        s.link, s.key, s.rows, s.todo, s.numbers, s.about, s.crew, s.travel, s.fixed, s.before,
        s.break_from, s.break_until, s.break_length, float(HUGE),
    )  # fmt: skip
