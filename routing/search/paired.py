"""Search for nights in which two nurses must meet: chains of visits, annealed (`annealing.py`, `chains.py`)."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from routing.problem import Problem
from routing.search.annealing import anneal, append, renumber
from routing.search.arrays import FORBIDDEN, Arrays, Orders, compiled, frozen_parts
from routing.search.chains import BEST, CAR, CHANGED, LAST, MAX_LATE, PRED, SUCC, TRAVEL, State, settle_all
from routing.search.stopping import Chunks, StoppingCriterion, run_until

MOVES_A_SECOND = 2_500_000
"""About what one thread tries; it only decides how often the search cools down."""
CHUNKS = Chunks(first=100, most=200_000, share=0.005)
MOVES_A_COOLING = 16_000
"""Per node: a plan cooled this slowly gains more from being heated again than from cooling more slowly."""


def search(
    problem: Problem,
    arrays: Arrays,
    start: Orders,
    until: StoppingCriterion,
    seed: int,
    threads: int,
) -> Orders:
    """Anneal from the incumbent's order, or from a greedy one."""
    began_s = time.perf_counter()
    states = [new_state(problem, arrays, start, seed * 64 + thread) for thread in range(threads)]
    n = len(arrays.service)
    scale = max(1.0, float(np.median(arrays.travel[:n, :n])) * float(arrays.travel_weight)) if n > 1 else 1.0

    coolings = max(3, min(12, int(until.about_rounds(MOVES_A_SECOND) / (MOVES_A_COOLING * max(1, n)))))

    def run(state: State) -> None:
        def step(moves: int, share: float) -> None:
            anneal(state, moves, scale * temperature(share, coolings, is_warm=bool(start)))

        run_until(until, began_s, CHUNKS, step)

    if threads == 1:
        run(states[0])
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(run, states))
    return orders_of(problem, arrays, min(states, key=lambda state: int(state.numbers[BEST])))


def temperature(share: float, coolings: int, *, is_warm: bool) -> float:
    """How hot it is when `share` of the search is done, in what a usual drive costs. The first time the search cools
    from ten times as hot as the others."""
    if is_warm:
        hot, cold, done = 0.1, 0.01, share
    else:
        hot, cold, done = (4.0 if share * coolings < 1 else 0.4), 0.015, share * coolings % 1
    return float(hot * (cold / hot) ** done)


def likely_neighbours(a: Arrays, linked: np.ndarray, count: int = 45) -> np.ndarray:
    """Per node the nodes it is likely to be next to: little travel, little waiting, little lateness, whichever goes
    first. Only nodes that are in a chain, never itself or its partner."""
    n = len(a.service)
    travel = a.travel[:n, :n].astype(np.float64)
    ready = a.opens[:, None] + a.service[:, None] + travel
    waiting = np.maximum(0, a.opens[None, :] - np.maximum(ready, a.closes[:, None] + a.service[:, None] + travel))
    lateness = np.maximum(0, ready - a.closes[None, :])
    after = travel + 0.3 * waiting + 1.0 * lateness
    closeness = np.minimum(after, after.T)
    closeness[:, ~linked] = np.inf
    np.fill_diagonal(closeness, np.inf)
    for node, other in enumerate(a.partner):
        if other >= 0:
            closeness[node, other] = np.inf
    fewest = int((closeness[linked] < np.inf).sum(axis=1).min(initial=n)) if linked.any() else 0
    return np.ascontiguousarray(np.argsort(closeness, axis=1, kind="stable")[:, : min(fewest, count)])


def new_state(problem: Problem, a: Arrays, start: Orders, seed: int) -> State:
    """Chains with the incumbent in them, everything else behind it where it costs least."""
    cars, n = a.fixed.shape
    nodes = n + 2 * cars
    linked = _possible(a)
    heads = _heads(problem, a, start, linked)
    ahead = {_visit(a, node) for head in heads for node in head}
    chains = _chains(problem, a, start, linked, heads, ahead)
    turn = _in_order(a, chains)
    key = np.full(nodes, 1e9)
    key[n : n + cars] = -1e9
    for at, visit in enumerate(turn):
        key[[visit, a.partner[visit]] if a.partner[visit] >= 0 else visit] = at - (len(turn) if visit in ahead else 0)
    link = np.full((nodes, 4), -1, np.int64)
    placed = set(turn)
    for c, chain in enumerate(chains):
        row = [n + c, *(node for node in chain if _visit(a, node) in placed), n + cars + c]
        link[row[:-1], SUCC], link[row[1:], PRED], link[row, CAR] = row[1:], row[:-1], c
    loose = [node for node in range(n) if linked[node] and _visit(a, node) not in ahead]
    numbers = np.zeros(13, np.int64)
    numbers[TRAVEL], numbers[MAX_LATE], numbers[CHANGED] = a.travel_weight, a.max_late_weight, a.changed_car
    about = (a.partner, a.service, a.opens, a.closes, a.latest, a.late_weight, a.penalty, a.load, a.gap_min, a.gap_max)
    state = State(
        link=link,
        key=key,
        rows=np.zeros((2, nodes, 8), np.int64),
        todo=np.zeros((2, nodes + 1), np.int64),
        numbers=numbers,
        about=np.ascontiguousarray(np.stack(about, axis=1)),
        crew=np.ascontiguousarray(np.stack((a.ends, a.activation, a.capacity, a.leaves), axis=1)),
        travel=a.travel,
        fixed=a.fixed,
        before=a.before,
        break_from=a.break_from,
        break_until=a.break_until,
        break_length=a.break_length,
        loose=np.array(loose, np.int64),
        near=likely_neighbours(a, linked),
        best_succ=link[:, SUCC].copy(),
        best_key=key.copy(),
        random=np.array([seed * 2 + 0x9E3779B97F4A7C15], np.uint64),
    )
    settle_all(state)
    rest = [node for node in range(n) if linked[node] and _visit(a, node) == node and node not in placed]
    rest.sort(key=lambda node: (int(a.closes[node]), int(a.opens[node])))
    for at, visit in enumerate(rest):
        append(state, visit, float(len(turn) + at))
    renumber(state.link, state.key, state.rows, state.about, cars)
    state.numbers[BEST] = settle_all(state)
    state.best_succ[:] = state.link[:, SUCC]
    state.best_key[:] = state.key
    return state


def _visit(a: Arrays, node: int) -> int:
    """The name of a node's visit: its first node."""
    return node if a.partner[node] < 0 else min(node, int(a.partner[node]))


def _possible(a: Arrays) -> np.ndarray:
    """Per node whether the rules about who allow its visit at all."""
    able = a.fixed < FORBIDDEN
    linked = np.asarray(able.any(axis=0))
    for node, other in enumerate(a.partner):
        if other >= 0:
            is_crew = able[:, node].any() and able[:, other].any()
            linked[node] = is_crew and (able[:, node] | able[:, other]).sum() > 1
    return linked


def _heads(problem: Problem, a: Arrays, start: Orders, linked: np.ndarray) -> list[list[int]]:
    """Per car the visits under way. Who must still join one of them comes at the end of its own."""
    made = compiled(problem)
    owner = frozen_parts(problem)
    heads: list[list[int]] = [[] for _ in problem.cars]
    for c, one in enumerate(problem.cars):
        for stop_id in one.frozen:
            heads[c] += [made.node_of[stop_id, part] for part in (0, 1) if owner.get((stop_id, part)) == c]
    for stop_id, part in owner:
        mate = made.node_of.get((stop_id, 1 - part))
        if mate is None or (stop_id, 1 - part) in owner or not linked[mate]:
            continue
        able = [c for c in np.flatnonzero(a.fixed[:, mate] < FORBIDDEN) if c != owner[stop_id, part]]
        now = [c for c in able if (stop_id, 1 - part) in start.get(problem.cars[c].id, ())]
        heads[(now or able)[0]].append(mate)
    return [[node for node in head if linked[node]] for head in heads]


def _chains(
    problem: Problem, a: Arrays, start: Orders, linked: np.ndarray, heads: list[list[int]], ahead: set[int]
) -> list[list[int]]:
    """Nodes per car as the incumbent has them, without the visits that may not be where they are."""
    made = compiled(problem)
    car_of: dict[int, int] = {}
    for c, one in enumerate(problem.cars):
        for part in start.get(one.id, ()):
            node = made.node_of[part]
            if linked[node] and _visit(a, node) not in ahead and a.fixed[c, node] < FORBIDDEN:
                car_of[node] = c
    for node, other in enumerate(a.partner):
        if other >= 0 and node in car_of and car_of.get(int(other), car_of[node]) == car_of[node]:
            del car_of[node]
    chains = []
    for c, one in enumerate(problem.cars):
        nodes = [made.node_of[part] for part in start.get(one.id, ())]
        chains.append(heads[c] + [node for node in nodes if car_of.get(node) == c])
    return chains


def _in_order(a: Arrays, chains: list[list[int]]) -> list[int]:
    """All visits so that every car's own order is kept; those that wait for each other for ever are left out."""
    queues = [list(chain) for chain in chains]
    turn: list[int] = []
    while any(queues):
        fronts = {queue[0] for queue in queues if queue}
        ready = [node for node in fronts if a.partner[node] < 0 or int(a.partner[node]) in fronts]
        if not ready:
            break
        node = min(ready, key=lambda one: (int(a.closes[one]), one))
        for queue in queues:
            if queue and _visit(a, queue[0]) == _visit(a, node):
                queue.pop(0)
        turn.append(_visit(a, node))
    return turn


def orders_of(problem: Problem, a: Arrays, state: State) -> Orders:
    """The best plan found, without what it passes by."""
    made = compiled(problem)
    restore(state)
    n = a.fixed.shape[1]
    orders: dict[str, list[tuple[str, int]]] = {}
    for c, car in enumerate(problem.cars):
        node = int(state.link[n + c, SUCC])
        orders[car.id] = []
        while node < n:
            if state.rows[0, node, LAST] == node:
                orders[car.id].append(made.parts[node])
            node = int(state.link[node, SUCC])
    return orders


def restore(state: State) -> None:
    """Back to the best plan so far."""
    cars, n = state.fixed.shape
    state.link[:, SUCC] = state.best_succ
    state.key[:] = state.best_key
    for c in range(cars):
        node = n + c
        while node < n + cars:
            after = state.link[node, SUCC]
            state.link[after, PRED], state.link[after, CAR] = node, c
            node = after
    settle_all(state)
