"""Search for nights in which two nurses must meet: one order of all visits, and a car for each nurse of each visit."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np

from routing.annealing import HUGE, State, anneal, first_cars, send
from routing.arrays import FORBIDDEN, Arrays, Compiled

if TYPE_CHECKING:
    from routing.problem import Problem

Orders = Mapping[str, Sequence[tuple[str, int]]]


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
