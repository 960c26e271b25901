"""A second opinion: OR-Tools, started from the best plan we have, with the whole model of a night without double
visits.

On its own OR-Tools is far behind at our sizes; started from a good plan it sometimes finds what string removal does
not. Transit matrices,
not Python callbacks (those cost half the quality), and always a time limit (guided local search never stops by itself).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from routing.arrays import FORBIDDEN, Arrays

HORIZON_S = 400_000


def polish(a: Arrays, routes: Sequence[Sequence[int]], limit_s: float) -> list[list[int]] | None:
    """Better routes (nodes per car) than these, or `None` when OR-Tools finds nothing or cannot start from them."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    cars, n = a.fixed.shape
    starts = [n + c for c in range(cars)]
    ends = [n + cars + c for c in range(cars)]
    manager = pywrapcp.RoutingIndexManager(n + 2 * cars, cars, starts, ends)
    model: Any = pywrapcp.RoutingModel(manager)
    travel = a.travel.astype(np.int64)
    leaving = travel.copy()
    leaving[:n] += a.service[:, None]
    time_transit = model.RegisterTransitMatrix(leaving.tolist())
    origin = int(a.leaves.min())
    model.AddDimension(time_transit, HORIZON_S, HORIZON_S, False, "time")
    clock = model.GetDimensionOrDie("time")
    _set_costs(a, model, travel)
    for node in range(n):
        index = manager.NodeToIndex(node)
        latest = min(int(a.latest[node]) - origin, HORIZON_S)
        clock.CumulVar(index).SetRange(max(0, int(a.opens[node]) - origin), max(0, latest))
        if a.late_weight[node] and a.closes[node] < a.latest[node]:
            clock.SetCumulVarSoftUpperBound(index, max(0, int(a.closes[node]) - origin), int(a.late_weight[node]))
        allowed = [int(c) for c in np.flatnonzero(a.fixed[:, node] < FORBIDDEN)]
        model.VehicleVar(index).SetValues([-1, *allowed])
        model.AddDisjunction([index], int(a.penalty[node]))
    _set_cars(a, model, clock, origin)
    _keep_under_way(a, model, manager, routes)
    if (a.capacity < FORBIDDEN).any():
        load = model.RegisterUnaryTransitVector([*a.load.tolist(), *([0] * 2 * cars)])
        capacities = np.minimum(a.capacity, a.load.sum()).tolist()
        model.AddDimensionWithVehicleCapacity(load, 0, capacities, True, "load")
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(max(50, int(limit_s * 1000)))
    model.CloseModelWithParameters(parameters)
    seed = model.ReadAssignmentFromRoutes([[int(node) for node in route] for route in routes], True)
    if seed is None:
        return None
    solution = model.SolveFromAssignmentWithParameters(seed, parameters)
    return None if solution is None else _routes(model, manager, solution, cars)


def _set_costs(a: Arrays, model: Any, travel: np.ndarray) -> None:
    cars, n = a.fixed.shape
    plain = travel * int(a.travel_weight)
    shared: dict[bytes, int] = {}
    for c in range(cars):
        extra = np.where(a.fixed[c] < FORBIDDEN, a.fixed[c], 0)
        key = extra.tobytes()
        if key not in shared:
            costs = plain.copy()
            costs[:, :n] += extra[None, :]
            shared[key] = model.RegisterTransitMatrix(costs.tolist())
        model.SetArcCostEvaluatorOfVehicle(shared[key], c)
        model.SetFixedCostOfVehicle(int(a.activation[c]), c)


def _set_cars(a: Arrays, model: Any, clock: Any, origin: int) -> None:
    solver = model.solver()
    no_visit_time = [0] * model.Size()
    for node in range(len(a.service)):
        no_visit_time[node] = int(a.service[node])
    for c in range(a.fixed.shape[0]):
        clock.CumulVar(model.Start(c)).SetRange(int(a.leaves[c]) - origin, HORIZON_S)
        clock.CumulVar(model.End(c)).SetRange(0, max(0, min(int(a.ends[c]) - origin, HORIZON_S)))
        rests = [
            solver.FixedDurationIntervalVar(
                max(0, int(first) - origin), int(last) - origin, int(length), False, f"break {c} {b}"
            )
            for b, (first, last, length) in enumerate(
                zip(a.break_from[c], a.break_until[c], a.break_length[c], strict=True)
            )
            if first < FORBIDDEN
        ]
        if rests:
            clock.SetBreakIntervalsOfVehicle(rests, c, no_visit_time)


def _keep_under_way(a: Arrays, model: Any, manager: Any, routes: Sequence[Sequence[int]]) -> None:
    for c, route in enumerate(routes):
        previous = model.Start(c)
        for node in route[: int(a.frozen[c])]:
            index = manager.NodeToIndex(int(node))
            model.solver().Add(model.NextVar(previous) == index)
            previous = index


def _routes(model: Any, manager: Any, solution: Any, cars: int) -> list[list[int]]:
    found = []
    for c in range(cars):
        route, index = [], solution.Value(model.NextVar(model.Start(c)))
        while not model.IsEnd(index):
            route.append(manager.IndexToNode(index))
            index = solution.Value(model.NextVar(index))
        found.append(route)
    return found


def orders_from(
    parts: Sequence[tuple[str, int]], car_ids: Sequence[str], routes: Sequence[Sequence[int]]
) -> Mapping[str, list[tuple[str, int]]]:
    """Nodes per car back to ids."""
    return {car: [parts[node] for node in route] for car, route in zip(car_ids, routes, strict=True)}
