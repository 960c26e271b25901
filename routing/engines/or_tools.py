"""A second opinion: OR-Tools, started from the best plan we have, with the whole model of the night.

On its own OR-Tools is far behind at our sizes; started from a good plan it sometimes finds what string removal does
not. Transit matrices, not Python callbacks (those cost half the quality), and always a time limit (guided local search
never stops by itself).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from routing.search import FORBIDDEN, Arrays

MOST_CELLS = 20_000_000
"""Cost tables differ per car when stops prefer or may not leave a car; beyond this many cells they cost more time and
memory to build than they can win."""


def is_within_reach(a: Arrays) -> bool:
    """Whether the model of this night is small enough to build."""
    cars, n = a.fixed.shape
    return min(n, cars) > 0 and bool((len(_tables(a)) + 1) * (n + 2 * cars) ** 2 <= MOST_CELLS)


def polish(a: Arrays, routes: Sequence[Sequence[int]], limit_s: float) -> list[list[int]] | None:
    """Better routes (nodes per car) than these within `limit_s` wall seconds, building the model included; `None` when
    OR-Tools finds nothing or cannot start from them."""
    began = time.perf_counter()
    night = _Night(a, routes)
    parameters = _parameters(limit_s - (time.perf_counter() - began))
    night.model.CloseModelWithParameters(parameters)
    seed = night.model.ReadAssignmentFromRoutes([[int(node) for node in route] for route in routes], True)
    if seed is None:
        return None
    parameters = _parameters(limit_s - (time.perf_counter() - began))
    solution = night.model.SolveFromAssignmentWithParameters(seed, parameters)
    return None if solution is None else night.routes(solution)


def from_nothing(a: Arrays, limit_s: float) -> list[list[int]] | None:
    """OR-Tools as it comes: cheapest insertion, then guided local search. Only the benchmark asks for this."""
    from ortools.constraint_solver import routing_enums_pb2

    began = time.perf_counter()
    night = _Night(a, [[] for _ in a.frozen])
    parameters = _parameters(limit_s - (time.perf_counter() - began))
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    solution = night.model.SolveWithParameters(parameters)
    return None if solution is None else night.routes(solution)


def _parameters(limit_s: float) -> Any:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(max(50, int(limit_s * 1000)))
    return parameters


def _tables(a: Arrays) -> dict[bytes, list[int]]:
    """Cars whose stops cost the same, by that cost."""
    shared: dict[bytes, list[int]] = {}
    for c, row in enumerate(a.fixed):
        shared.setdefault(np.where(row < FORBIDDEN, row, 0).tobytes(), []).append(c)
    return shared


class _Night:
    """The night as a routing model. Times count from the moment the first car can leave."""

    def __init__(self, a: Arrays, routes: Sequence[Sequence[int]]) -> None:
        from ortools.constraint_solver import pywrapcp

        self.a = a
        self.cars, self.n = a.fixed.shape
        starts = [self.n + c for c in range(self.cars)]
        ends = [self.n + self.cars + c for c in range(self.cars)]
        self.manager = pywrapcp.RoutingIndexManager(self.n + 2 * self.cars, self.cars, starts, ends)
        self.model: Any = pywrapcp.RoutingModel(self.manager)
        self.solver: Any = self.model.solver()
        self.origin = int(a.leaves.min())
        self.horizon = self._horizon()
        self.clock = self._clock()
        self._costs()
        self.heads = [list(map(int, route[: int(count)])) for route, count in zip(routes, a.frozen, strict=True)]
        self._stops()
        for c in range(self.cars):
            self._car(c)
            self._keep_under_way(c)
        self._double_visits()
        self._load()
        self._price_of_change()
        self._price_of_worst()

    def _horizon(self) -> int:
        a = self.a
        known = [a.opens, a.closes[a.closes < FORBIDDEN], a.leaves, a.break_until[a.break_until < FORBIDDEN]]
        rests = a.break_length[a.break_length < FORBIDDEN].sum()
        ways = (self.n + 1) * int(a.travel.max(initial=0))
        last = max(int(one.max(initial=0)) for one in known)
        return int(last - self.origin + a.service.sum() + rests + ways)

    def _second(self, moment: int) -> int:
        """A moment as this model counts, no earlier than its beginning and no later than its end."""
        return max(0, min(int(moment) - self.origin, self.horizon))

    def _clock(self) -> Any:
        leaving = self.a.travel.astype(np.int64)
        leaving[: self.n] += self.a.service[:, None]
        transit = self.model.RegisterTransitMatrix(leaving.tolist())
        self.model.AddDimension(transit, self.horizon, self.horizon, False, "time")
        return self.model.GetDimensionOrDie("time")

    def _costs(self) -> None:
        """Driving, the stop on this car, and waking a back-up: the last on the way out of its base, so that a car that
        stays out only pays its way home."""
        a, n = self.a, self.n
        plain = a.travel.astype(np.int64) * int(a.travel_weight)
        plain[n : n + self.cars, :n] += a.activation[:, None]
        for key, cars in _tables(a).items():
            costs = plain.copy()
            costs[:, :n] += np.frombuffer(key, np.int64)[None, :]
            table = self.model.RegisterTransitMatrix(costs.tolist())
            for c in cars:
                self.model.SetArcCostEvaluatorOfVehicle(table, c)
                had_a_list = bool((a.before[c] != -1).any())
                if had_a_list or a.travel[n + c, n + self.cars + c]:
                    self.model.SetVehicleUsedWhenEmpty(True, c)  # else an empty car costs nothing in this library

    def _stops(self) -> None:
        a = self.a
        for node in range(self.n):
            index = self.manager.NodeToIndex(node)
            self.clock.CumulVar(index).SetRange(self._second(a.opens[node]), self._second(a.latest[node]))
            if a.late_weight[node] and a.closes[node] < a.latest[node]:
                self.clock.SetCumulVarSoftUpperBound(index, self._second(a.closes[node]), int(a.late_weight[node]))
            allowed = [int(c) for c in np.flatnonzero(a.fixed[:, node] < FORBIDDEN)]
            is_possible = a.latest[node] >= self.origin
            self.model.VehicleVar(index).SetValues([-1, *allowed] if is_possible else [-1])
            self.model.AddDisjunction([index], int(a.penalty[node]))

    def _car(self, c: int) -> None:
        a = self.a
        self.clock.CumulVar(self.model.Start(c)).SetRange(self._second(a.leaves[c]), self.horizon)
        self.clock.CumulVar(self.model.End(c)).SetRange(0, self._second(a.ends[c]))
        rests = [
            self.solver.FixedDurationIntervalVar(
                self._second(max(int(first), int(a.leaves[c]))), self._second(last), int(length), False, f"break {c}"
            )
            for first, last, length in zip(a.break_from[c], a.break_until[c], a.break_length[c], strict=True)
            if first < FORBIDDEN
        ]
        if rests:
            at_doors = [*a.service.tolist(), *([0] * (self.model.Size() - self.n))]
            # no break within a visit; one on the way counts here too, `schedule` takes it before the car drives off
            self.clock.SetBreakIntervalsOfVehicle(rests, c, at_doors)

    def _keep_under_way(self, c: int) -> None:
        previous = self.model.Start(c)
        for node in self.heads[c]:
            index = self.manager.NodeToIndex(node)
            self.solver.Add(self.model.NextVar(previous) == index)
            previous = index

    def _double_visits(self) -> None:
        """Both nurses or neither, in two cars, within the gap."""
        a, solver = self.a, self.solver
        for node in range(self.n):
            other = int(a.partner[node])
            if other < node:
                continue
            first, second = self.manager.NodeToIndex(node), self.manager.NodeToIndex(other)
            both = self.model.ActiveVar(first)
            solver.Add(both == self.model.ActiveVar(second))
            same = solver.IsEqualVar(self.model.VehicleVar(first), self.model.VehicleVar(second))
            solver.Add(same + both <= 1)
            gap = self.clock.CumulVar(second) - self.clock.CumulVar(first)
            solver.Add(gap >= int(a.gap_min[node]) - (1 - both) * self.horizon)
            solver.Add(gap <= int(min(a.gap_max[node], self.horizon)) + (1 - both) * self.horizon)

    def _load(self) -> None:
        a = self.a
        if (a.capacity < FORBIDDEN).any():
            load = self.model.RegisterUnaryTransitVector([*a.load.tolist(), *([0] * 2 * self.cars)])
            capacities = np.minimum(a.capacity, a.load.sum()).tolist()
            self.model.AddDimensionWithVehicleCapacity(load, 0, capacities, True, "load")

    def _priced(self, name: str, most: int) -> Any:
        """A dimension that nothing moves: its value at a car's end is a number of that car, and a soft bound prices
        it. The library has no other way to add a term to the cost."""
        still = self.model.RegisterUnaryTransitVector([0] * (self.n + 2 * self.cars))
        self.model.AddDimension(still, 0, most, False, name)
        return self.model.GetDimensionOrDie(name)

    def _price_of_change(self) -> None:
        """A car pays when its list differs from the incumbent's in any place."""
        a = self.a
        if not a.before.shape[1] or not a.changed_car:
            return
        changes = self._priced("changes", 1)
        for c in range(self.cars):
            before = [int(node) for node in a.before[c] if node != -1]
            if any(node < 0 for node in before):
                continue  # a stop that is gone: the list differs whatever we do
            stages = [self.model.Start(c), *(self.manager.NodeToIndex(node) for node in before)]
            follow = [*stages[1:], self.model.End(c)]
            is_changed = changes.CumulVar(self.model.End(c))
            for here, following in zip(stages, follow, strict=True):
                self.solver.Add(is_changed >= self.solver.IsDifferentCstVar(self.model.NextVar(here), following))
            changes.SetCumulVarSoftUpperBound(self.model.End(c), 0, int(a.changed_car))
            self.model.AddVariableMinimizedByFinalizer(is_changed)

    def _price_of_worst(self) -> None:
        """The worst lateness of the night, on the first car's account."""
        a = self.a
        if not a.max_late_weight:
            return
        lateness = self._priced("worst", self.horizon)
        worst = lateness.CumulVar(self.model.End(0))
        for node in range(self.n):
            self.solver.Add(worst >= self.clock.CumulVar(self.manager.NodeToIndex(node)) - self._second(a.closes[node]))
        lateness.SetCumulVarSoftUpperBound(self.model.End(0), 0, int(a.max_late_weight))
        self.model.AddVariableMinimizedByFinalizer(worst)

    def routes(self, solution: Any) -> list[list[int]]:
        """The nodes of every car in the order of the solution."""
        model, found = self.model, []
        for c in range(self.cars):
            route, index = [], solution.Value(model.NextVar(model.Start(c)))
            while not model.IsEnd(index):
                route.append(self.manager.IndexToNode(index))
                index = solution.Value(model.NextVar(index))
            found.append(route)
        return found
