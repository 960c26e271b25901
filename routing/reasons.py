"""Why a stop stays out, found the fast way; `proof.py` finds the same the slow way, and the checker compares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from routing.plan import Plan, Unplanned
from routing.problem import Problem
from routing.search import FORBIDDEN, Arrays, State, cheapest_together, compiled, insertions, load, new_state

Placed = tuple[int, tuple[tuple[int, int], ...]]
"""(extra cost, ((car row, position) per nurse)); (FORBIDDEN, ()) when there is no place."""


def routes_of(problem: Problem, plan: Plan) -> tuple[np.ndarray, np.ndarray]:
    """The plan's sequences as arrays of nodes, with room for two more."""
    made = compiled(problem)
    longest = max((len(route.stops) for route in plan.routes), default=0)
    route = np.full((len(problem.cars), longest + 3), -1, np.int64)
    length = np.zeros(len(problem.cars), np.int64)
    for one in plan.routes:
        c = problem.car_index[one.car]
        length[c] = len(one.stops)
        for k, visit in enumerate(one.stops):
            route[c, k] = made.node_of[visit.stop, visit.part]
    return route, length


def loaded_state(problem: Problem, plan: Plan, arrays: Arrays) -> State:
    """The plan as a searcher's state, kept with the plan because a desk asks several questions about one plan."""
    kept = plan.__dict__.get("_loaded")
    if kept is not None and kept[0] is arrays:
        state: State = kept[1]
        return state
    route, length = routes_of(problem, plan)
    state = new_state(arrays, 0, wide=route.shape[1], neighbours=0)
    load(arrays, state, route, length)
    plan.__dict__["_loaded"] = (arrays, state)
    return state


def cheapest(problem: Problem, plan: Plan, stop_id: str, *, alone: bool = False) -> Placed:
    """The cheapest place for a stop; `alone`: in cars that drive only what they are under way to."""
    made = compiled(problem)
    arrays = made.arrays
    if not made.has_double_visits:
        state = loaded_state(problem, plan, arrays)
        if alone:
            state = new_state(arrays, 0, wide=state.route.shape[1], neighbours=0)
            load(arrays, state, loaded_state(problem, plan, arrays).route, arrays.frozen)
        node = made.node_of[stop_id, 0]
        if not problem.cars:
            return int(FORBIDDEN), ()
        found, places = np.zeros((2, len(problem.cars)), np.int64)
        insertions(arrays, state, node, found, places)
        c = int(found.argmin())
        cost, at = int(found[c]), int(places[c])
        return (cost, ((c, at),)) if cost < FORBIDDEN else (int(FORBIDDEN), ())
    route, length = routes_of(problem, plan)
    if alone:
        length = np.minimum(arrays.frozen, length)
    nodes = [made.node_of[stop_id, part] for part in range(problem.stop(stop_id).cars_needed)]
    cost, first_c, first_at, second_c, second_at = cheapest_together(arrays, route, length, np.array(nodes), len(nodes))
    if cost >= FORBIDDEN:
        return int(FORBIDDEN), ()
    return int(cost), ((first_c, first_at), (second_c, second_at))[: len(nodes)]


def why_out(problem: Problem, plan: Plan, stop_id: str) -> Unplanned:
    """The first reason that is true: no_skill, off_shift, not_in_time, full, costs_more, or fits (nobody planned it
    yet)."""
    made = compiled(problem)
    stop = problem.stop(stop_id)
    allowed = made.arrays.fixed < FORBIDDEN
    able = [
        {int(c) for c in np.flatnonzero(allowed[:, made.node_of[stop_id, part]])} for part in range(stop.cars_needed)
    ]
    if not _crew(able):
        params = {"skills": sorted(stop.skills), "cars": len(able[0]), "cars_needed": stop.cars_needed}
        return Unplanned(stop_id, "no_skill", params)
    on_shift = {
        c for c, car in enumerate(problem.cars) if car.starts_s <= stop.latest_s and car.shift_s[1] >= stop.window_s[0]
    }
    if not _crew([cars & on_shift for cars in able]):
        return Unplanned(stop_id, "off_shift", {"from_s": stop.window_s[0], "until_s": stop.latest_s})
    if cheapest(problem, plan, stop_id, alone=True)[0] >= FORBIDDEN:
        return Unplanned(stop_id, "not_in_time", {"latest_s": stop.latest_s})
    cost, places = cheapest(problem, plan, stop_id)
    if cost >= FORBIDDEN:
        return Unplanned(stop_id, "full", {})
    params = {"cost": int(cost), "penalty": stop.unserved_penalty, "car": problem.cars[places[0][0]].id}
    return Unplanned(stop_id, "costs_more" if cost >= stop.unserved_penalty else "fits", params)


def with_reasons(problem: Problem, plan: Plan) -> Plan:
    """The same plan with a reason for every stop that is left out."""
    return replace(plan, unplanned=tuple(why_out(problem, plan, one.stop) for one in plan.unplanned))


def _crew(able: Iterable[set[int]]) -> bool:
    """Whether a different car can be found for each nurse."""
    sets = list(able)
    return all(sets) and len(set.union(*sets)) >= len(sets)
