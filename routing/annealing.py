"""Annealing over one order of all visits, compiled: send the cars visit by visit, change the order and the cars.

Cars are sent in that order, so two cars can never wait for each other for ever, and every order gives a sound plan: a
visit that comes too late at its turn is left out and pays its penalty.
"""

# numba infers the types here: a numpy integer and an int are one to it, and two to mypy
# flat code compiles faster
# ruff: noqa: SIM102, SIM109
# mypy: disable-error-code="return-value, arg-type, no-any-return, assignment"

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from routing.arrays import FORBIDDEN, Arrays
from routing.timing import draw
from routing.together import drive_home, next_break, set_off

HUGE = int(FORBIDDEN)


class State(NamedTuple):
    """One searcher. A visit is named by its first node."""

    turn: np.ndarray  # [v] visits in the order in which cars are sent
    place: np.ndarray  # [n] where a visit stands in `turn`
    car: np.ndarray  # [n] car per node
    served: np.ndarray  # [n] whether the last send found it possible
    best_turn: np.ndarray
    best_car: np.ndarray
    near: np.ndarray  # [n, k] nodes that are likely to be driven just before or after
    numbers: np.ndarray  # 0: cost, 1: best cost, 2: visits under way at the head of `turn`, 3: rounds
    random: np.ndarray  # [1] uint64
    now: np.ndarray  # [c] scratch of `send`
    node: np.ndarray
    rested: np.ndarray
    loaded: np.ndarray
    driven: np.ndarray
    differs: np.ndarray


@njit(cache=True, nogil=True)
def send(a: Arrays, s: State, limit: float) -> int:
    """Send the cars in order; the cost, or FORBIDDEN as soon as it is sure to exceed `limit`."""
    cars, n = a.fixed.shape
    total = np.int64(0)
    worst = np.int64(0)
    has_breaks = a.break_from.shape[1] > 0
    width = a.before.shape[1]
    for c in range(cars):
        s.now[c] = a.leaves[c]
        s.node[c] = n + c
        s.rested[c] = 0
        s.loaded[c] = 0
        s.driven[c] = 0
        s.differs[c] = False
    for t in range(len(s.turn)):
        first = s.turn[t]
        second = a.partner[first]
        c = s.car[first]
        is_fixed = t < s.numbers[2]
        possible = a.fixed[c, first] < FORBIDDEN and s.loaded[c] + a.load[first] <= a.capacity[c]
        off, rested, late_rest = s.now[c], s.rested[c], False
        if has_breaks and next_break(a, c, s.rested[c]):
            off, rested, late_rest = set_off(a, c, s.now[c], s.rested[c], s.node[c], first)
        begin = max(off + np.int64(a.travel[s.node[c], first]), a.opens[first])
        mate = np.int64(-1)
        mate_rested = np.int64(0)
        mate_begin = np.int64(0)
        if second >= 0:
            mate = s.car[second]
            possible = possible and mate != c and a.fixed[mate, second] < FORBIDDEN
            off, mate_rested = s.now[mate], s.rested[mate]
            if has_breaks and next_break(a, mate, s.rested[mate]):
                off, mate_rested, late_mate = set_off(a, mate, s.now[mate], s.rested[mate], s.node[mate], second)
                late_rest = late_rest or late_mate
            mate_begin = max(off + np.int64(a.travel[s.node[mate], second]), a.opens[second])
            mate_begin = max(mate_begin, begin + a.gap_min[first])
            begin = max(begin, mate_begin - a.gap_max[first])
            possible = possible and mate_begin <= a.latest[second]
        possible = possible and begin <= a.latest[first] and not late_rest
        if not possible:
            pass
        elif has_breaks:
            home, late_rest = drive_home(a, c, begin + a.service[first], rested, first)
            possible = home <= a.ends[c] and not late_rest
            if second >= 0:
                home, late_rest = drive_home(a, mate, mate_begin + a.service[second], mate_rested, second)
                possible = possible and home <= a.ends[mate] and not late_rest
        else:
            possible = begin + a.service[first] + np.int64(a.travel[first, n + cars + c]) <= a.ends[c]
            if second >= 0:
                home = mate_begin + a.service[second] + np.int64(a.travel[second, n + cars + mate])
                possible = possible and home <= a.ends[mate]
        if not possible and not is_fixed:
            s.served[first] = False
            total += a.penalty[first]
            if total > limit:
                return np.int64(FORBIDDEN)
            continue
        s.served[first] = True
        total += np.int64(a.travel[s.node[c], first]) * a.travel_weight + a.fixed[c, first]
        late = begin - a.closes[first]
        if late > 0:
            total += late * a.late_weight[first]
            worst = max(worst, late)
        s.now[c] = begin + a.service[first]
        s.node[c] = first
        s.rested[c] = rested
        s.loaded[c] += a.load[first]
        if width > 0:
            if s.driven[c] >= width or a.before[c, s.driven[c]] != first:
                s.differs[c] = True
        s.driven[c] += 1
        if second >= 0:
            total += np.int64(a.travel[s.node[mate], second]) * a.travel_weight + a.fixed[mate, second]
            late = mate_begin - a.closes[second]
            if late > 0:
                total += late * a.late_weight[second]
                worst = max(worst, late)
            s.now[mate] = mate_begin + a.service[second]
            s.node[mate] = second
            s.rested[mate] = mate_rested
            if width > 0:
                if s.driven[mate] >= width or a.before[mate, s.driven[mate]] != second:
                    s.differs[mate] = True
            s.driven[mate] += 1
        if total + worst * a.max_late_weight > limit:
            return np.int64(FORBIDDEN)
    for c in range(cars):
        total += np.int64(a.travel[s.node[c], n + cars + c]) * a.travel_weight
        if s.driven[c] > 0:
            total += a.activation[c]
        if width > 0:
            if s.differs[c] or s.driven[c] >= width or a.before[c, s.driven[c]] != -1:
                total += a.changed_car
    return total + worst * a.max_late_weight


@njit(cache=True, nogil=True)
def shift(s: State, origin: int, target: int) -> None:
    """Move the visit at `origin` in the order to `target`."""
    visit = s.turn[origin]
    step = 1 if target > origin else -1
    k = origin
    while k != target:
        s.turn[k] = s.turn[k + step]
        s.place[s.turn[k]] = k
        k += step
    s.turn[target] = visit
    s.place[visit] = target


@njit(cache=True, nogil=True)
def swap_tails(a: Arrays, s: State, first: int, c: int, other: int) -> None:
    """From place `first` in the order on, car c drives what `other` would, and the other way round."""
    for t in range(first, len(s.turn)):
        node = s.turn[t]
        while node >= 0:
            if s.car[node] == c:
                s.car[node] = other
            elif s.car[node] == other:
                s.car[node] = c
            node = a.partner[node] if node == s.turn[t] else -1


@njit(cache=True, nogil=True)
def anneal(a: Arrays, s: State, rounds: int, temperature: float) -> None:
    """Try `rounds` changes of the order or the cars at one temperature."""
    cars = a.fixed.shape[0]
    visits = len(s.turn)
    head = s.numbers[2]
    loose = visits - head
    if loose < 1:
        return
    near = s.near.shape[1]
    for _ in range(rounds):
        s.numbers[3] += 1
        limit = s.numbers[0] - temperature * np.log(draw(s.random) + 1e-300)
        kind = draw(s.random)
        origin = head + int(draw(s.random) * loose)
        visit = s.turn[origin]
        node = visit
        if a.partner[visit] >= 0 and draw(s.random) < 0.5:
            node = a.partner[visit]
        old_car = s.car[node]
        mate_node = a.partner[node]
        old_mate = s.car[mate_node] if mate_node >= 0 else -1
        if kind < 0.70 and near > 1:  # next to a neighbour, in its car
            pick = draw(s.random)
            beside = s.near[node, 1 + int(pick * pick * (near - 1))]
            into = s.car[beside]
            other = beside if beside == s.turn[s.place[beside]] else a.partner[beside]
            target = s.place[other]
            if draw(s.random) < 0.5:
                target += 1
            if target > origin:
                target -= 1
            target = max(target, head)
            if a.fixed[into, node] < FORBIDDEN:
                s.car[node] = into
                if mate_node >= 0 and s.car[mate_node] == into:
                    if a.fixed[old_car, mate_node] >= FORBIDDEN:
                        s.car[node] = old_car
                    else:
                        s.car[mate_node] = old_car
            if target == origin and s.car[node] == old_car:
                continue
            shift(s, origin, target)
            cost = send(a, s, limit)
            if cost > limit:
                shift(s, target, origin)
                s.car[node] = old_car
                if mate_node >= 0:
                    s.car[mate_node] = old_mate
                continue
        elif kind < 0.80:  # another car, same moment
            into = int(draw(s.random) * cars)
            if into == old_car or into == old_mate or a.fixed[into, node] >= FORBIDDEN:
                continue
            s.car[node] = into
            cost = send(a, s, limit)
            if cost > limit:
                s.car[node] = old_car
                continue
        elif kind < 0.92:  # change places with another visit
            there = head + int(draw(s.random) * loose)
            if draw(s.random) < 0.7 and near > 1:
                beside = s.near[node, 1 + int(draw(s.random) * (near - 1))]
                other = beside if beside == s.turn[s.place[beside]] else a.partner[beside]
                there = s.place[other]
            if there == origin or there < head:
                continue
            swap = s.turn[there]
            swap_car = s.car[swap]
            if mate_node >= 0 or a.partner[swap] >= 0:
                if s.place[visit] != origin:
                    continue
            is_exchange = a.fixed[swap_car, node] < FORBIDDEN and a.fixed[old_car, swap] < FORBIDDEN
            if is_exchange and mate_node >= 0 and s.car[mate_node] == swap_car:
                is_exchange = False
            if is_exchange and a.partner[swap] >= 0 and s.car[a.partner[swap]] == old_car:
                is_exchange = False
            s.turn[origin], s.turn[there] = swap, visit
            s.place[visit], s.place[swap] = there, origin
            if is_exchange:
                s.car[node], s.car[swap] = swap_car, old_car
            cost = send(a, s, limit)
            if cost > limit:
                s.turn[origin], s.turn[there] = visit, swap
                s.place[visit], s.place[swap] = origin, there
                s.car[node], s.car[swap] = old_car, swap_car
                continue
        else:  # two cars change the rest of their routes
            into = int(draw(s.random) * cars)
            if into == old_car:
                continue
            swap_tails(a, s, origin, old_car, into)
            cost = send(a, s, limit)
            if cost > limit:
                swap_tails(a, s, origin, old_car, into)
                continue
        s.numbers[0] = cost
        if cost < s.numbers[1]:
            s.numbers[1] = cost
            s.best_turn[:] = s.turn
            s.best_car[:] = s.car


@njit(cache=True, nogil=True)
def first_cars(a: Arrays, s: State, assigned: int) -> None:
    """Give every visit from place `assigned` on the car (or the two cars) that serves it cheapest at its turn."""
    cars = a.fixed.shape[0]
    visits = len(s.turn)
    for t in range(assigned, visits):
        visit = s.turn[t]
        second = a.partner[visit]
        best, best_c, best_m = np.int64(HUGE), s.car[visit], s.car[second] if second >= 0 else np.int64(-1)
        whole = s.turn[: t + 1]
        part = State(
            whole, s.place, s.car, s.served, s.best_turn, s.best_car, s.near, s.numbers, s.random,
            s.now, s.node, s.rested, s.loaded, s.driven, s.differs,
        )  # fmt: skip
        for c in range(cars):
            if a.fixed[c, visit] >= FORBIDDEN:
                continue
            s.car[visit] = c
            for m in range(cars if second >= 0 else 1):
                if second >= 0:
                    if m == c or a.fixed[m, second] >= FORBIDDEN:
                        continue
                    s.car[second] = m
                cost = send(a, part, float(HUGE))
                if cost < best:
                    best, best_c, best_m = cost, c, m
        s.car[visit] = best_c
        if second >= 0:
            s.car[second] = best_m
