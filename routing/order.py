"""Search for nights in which two nurses must meet: one order of all visits, and a car for each nurse of each visit.

Cars are sent visit by visit in that order, so two cars can never wait for each other for ever, and every order gives
a sound plan: a visit
that comes too late at its turn is left out and pays its penalty. Simulated annealing changes the order and the cars.
"""

# numba infers the types here: a numpy integer and an int are one to it, and two to mypy
# flat code compiles faster
# ruff: noqa: SIM102, SIM109
# mypy: disable-error-code="return-value, arg-type, no-any-return, assignment"

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from routing.arrays import FORBIDDEN, Arrays, Compiled
from routing.together import drive_home, next_break, set_off

if TYPE_CHECKING:
    from routing.problem import Problem

Orders = Mapping[str, Sequence[tuple[str, int]]]
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
def draw(state: np.ndarray) -> float:
    """A number in [0, 1): xorshift64*."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


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


def likely_neighbours(a: Arrays, count: int = 24) -> np.ndarray:
    """Per node the nodes it is likely to be next to: little travel, little waiting, little lateness, whichever goes
    first."""
    n = len(a.service)
    travel = a.travel[:n, :n].astype(np.float64)
    ready = a.opens[:, None] + a.service[:, None] + travel
    waiting = np.maximum(0, a.opens[None, :] - np.maximum(ready, a.closes[:, None] + a.service[:, None] + travel))
    lateness = np.maximum(0, ready - a.closes[None, :])
    after = travel + 0.3 * waiting + 1.0 * lateness
    closeness = np.minimum(after, after.T)
    np.fill_diagonal(closeness, -1)
    for node, other in enumerate(a.partner):
        if other >= 0:
            closeness[node, other] = np.inf
    return np.ascontiguousarray(np.argsort(closeness, axis=1, kind="stable")[:, : min(n, count + 1)])


def search(
    problem: Problem,
    arrays: Arrays,
    start: Orders,
    limit_s: float | None,
    iterations: int | None,
    seed: int,
    threads: int,
) -> Orders:
    """Anneal from the incumbent's order, or from a greedy one."""
    began = time.perf_counter()
    states = [_new_state(problem, arrays, start, seed * 64 + thread) for thread in range(threads)]
    n = len(arrays.service)
    scale = float(np.median(arrays.travel[:n, :n])) * float(arrays.travel_weight) if n > 1 else 1.0
    hot, cold = max(1.0, scale * (0.1 if start else 0.5)), max(0.05, scale * 0.003)

    def run(state: State) -> None:
        done, chunk = 0, 100
        while True:
            spent = (time.perf_counter() - began) / limit_s if limit_s is not None else 0.0
            share = max(spent, done / iterations if iterations is not None else 0.0)
            if share >= 1.0:
                return
            size = chunk if iterations is None else min(chunk, iterations - done)
            anneal(arrays, state, size, hot * (cold / hot) ** share)
            done += size
            if limit_s is not None and iterations is None:
                now = (time.perf_counter() - began) / limit_s
                chunk = max(20, min(20_000, int(chunk * min(2.0, 0.005 / max(1e-9, now - spent)))))

    if threads == 1:
        run(states[0])
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, states))
    return _orders(problem, arrays, min(states, key=lambda state: int(state.numbers[1])))


def _new_state(problem: Problem, a: Arrays, start: Orders, seed: int) -> State:
    compiled: Compiled = problem.compiled
    cars, n = a.fixed.shape
    car = np.zeros(n, np.int64)
    for node in range(n):
        able = np.flatnonzero(a.fixed[:, node] < FORBIDDEN)
        car[node] = able[0] if len(able) else 0
    for c, one in enumerate(problem.cars):
        for part in start.get(one.id, ()):
            car[compiled.node_of[part]] = c
    under_way = [compiled.node_of[one.frozen[k], 0] for one in problem.cars for k in range(len(one.frozen))]
    head = list(dict.fromkeys(under_way))
    for node in head:
        owners = [c for c, one in enumerate(problem.cars) if compiled.parts[node][0] in one.frozen]
        car[node] = owners[0]
        if a.partner[node] >= 0 and len(owners) > 1:
            car[a.partner[node]] = owners[1]
    firsts = [node for node in range(n) if a.partner[node] < 0 or a.partner[node] > node]
    planned = _in_order(compiled, a, start, set(head))
    rest = [node for node in firsts if node not in set(head) and node not in set(planned)]
    rest.sort(key=lambda node: (int(a.closes[node]), int(a.opens[node])))
    turn = np.array(head + planned + rest, np.int64)
    place = np.full(n, -1, np.int64)
    place[turn] = np.arange(len(turn))
    state = State(
        turn=turn,
        place=place,
        car=car,
        served=np.zeros(n, np.bool_),
        best_turn=turn.copy(),
        best_car=car.copy(),
        near=likely_neighbours(a),
        numbers=np.array([HUGE, HUGE, len(head), 0], np.int64),
        random=np.array([seed * 2 + 0x9E3779B97F4A7C15], np.uint64),
        now=np.zeros(cars, np.int64),
        node=np.zeros(cars, np.int64),
        rested=np.zeros(cars, np.int64),
        loaded=np.zeros(cars, np.int64),
        driven=np.zeros(cars, np.int64),
        differs=np.zeros(cars, np.bool_),
    )
    first_cars(a, state, len(head) + len(planned))
    state.numbers[:2] = send(a, state, float(HUGE))
    state.best_turn[:] = state.turn
    state.best_car[:] = state.car
    return state


def _in_order(compiled: Compiled, a: Arrays, start: Orders, head: set[int]) -> list[int]:
    """The incumbent's visits so that every car's own order is kept."""
    queues = []
    for sequence in start.values():
        nodes = [compiled.node_of[part] for part in sequence]
        queues.append(
            [node for node in nodes if min(node, a.partner[node] if a.partner[node] >= 0 else node) not in head]
        )
    turn: list[int] = []
    while any(queues):
        fronts = {queue[0] for queue in queues if queue}
        ready = [node for node in fronts if a.partner[node] < 0 or int(a.partner[node]) in fronts]
        if not ready:
            break
        node = min(ready, key=lambda one: int(a.closes[one]))
        for queue in queues:
            if queue and queue[0] in (node, int(a.partner[node])):
                queue.pop(0)
        turn.append(min(node, int(a.partner[node])) if a.partner[node] >= 0 else node)
    return turn


def _orders(problem: Problem, a: Arrays, state: State) -> Orders:
    compiled: Compiled = problem.compiled
    state.turn[:] = state.best_turn
    state.car[:] = state.best_car
    send(a, state, float(HUGE))
    orders: dict[str, list[tuple[str, int]]] = {car.id: [] for car in problem.cars}
    for visit in state.turn:
        if not state.served[visit]:
            continue
        for node in (visit, a.partner[visit]):
            if node >= 0:
                orders[problem.cars[state.car[node]].id].append(compiled.parts[node])
    return orders
