"""The best plan there can be, by CP-SAT, for nights (or the rest of a night) with few stops to decide about.

A circuit per car over the stops it takes, start times along the arcs, and every term of the cost. Breaks may lie
anywhere in their window, so the answer costs at most what the best plan of ours costs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from routing.search import FORBIDDEN, Arrays

MOST_STOPS = 10
MOST_ARCS = 20_000


class Answer(NamedTuple):
    """Nodes per car, what the model says they cost, and whether nothing can be cheaper."""

    routes: list[list[int]]
    cost: int
    is_optimal: bool


def is_within_reach(a: Arrays) -> bool:
    """Few enough stops that are not under way, and few enough arcs, for an answer within seconds."""
    cars, n = a.fixed.shape
    loose = n - int(a.frozen.sum())
    return 0 < loose <= MOST_STOPS and bool(cars * (n + 1) ** 2 <= MOST_ARCS)


def search(a: Arrays, hint: Sequence[Sequence[int]], limit_s: float, seed: int = 0) -> Answer | None:
    """The cheapest routes found within `limit_s` wall seconds, or `None` when there was no time to find any.

    `hint` : nodes per car of a plan to begin from; its heads are the visits under way.
    """
    from ortools.sat.python import cp_model

    night = _Night(a, hint)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(0.05, limit_s)
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    status = solver.solve(night.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return Answer(night.routes(solver), round(solver.objective_value), status == cp_model.OPTIMAL)


class _Night:
    """The night as a model. Variables: an arc per car and pair of nodes, a start per node."""

    def __init__(self, a: Arrays, hint: Sequence[Sequence[int]]) -> None:
        from ortools.sat.python import cp_model

        self.a = a
        self.cars, self.n = a.fixed.shape
        self.model = cp_model.CpModel()
        self.heads = [list(map(int, route[: int(count)])) for route, count in zip(hint, a.frozen, strict=True)]
        self.under_way = {node for head in self.heads for node in head}
        self.far = _horizon(a)
        self.cost: list[Any] = []
        self.start = [self._start(node) for node in range(self.n)]
        self.arcs: list[dict[tuple[int, int], Any]] = []
        self.takes: list[dict[int, Any]] = []
        for c in range(self.cars):
            self._circuit(c)
            self._clock(c)
            self._price_of_change(c)
        self._every_stop_once()
        self._double_visits()
        self._lateness()
        self.model.minimize(sum(self.cost))
        for c, route in enumerate(hint):
            self._hint(c, [int(node) for node in route])

    def _start(self, node: int) -> Any:
        latest = min(int(self.a.latest[node]), self.far)
        return self.model.new_int_var(int(self.a.opens[node]), latest, f"start {node}")

    def _taken(self, node: int) -> list[Any]:
        return [takes[node] for takes in self.takes if node in takes]

    def _circuit(self, c: int) -> None:
        """Depot 0 is where the car leaves and comes home; node k is circuit node k + 1."""
        a, model = self.a, self.model
        may = [node for node in range(self.n) if a.fixed[c, node] < FORBIDDEN]
        arcs: dict[tuple[int, int], Any] = {}
        takes = {node: model.new_bool_var(f"car {c} takes {node}") for node in may}
        self.cost += [int(a.fixed[c, node]) * taken for node, taken in takes.items()]
        ends = [-1, *may]
        for i in ends:
            for j in ends:
                if i != j or i == -1:
                    arcs[i, j] = model.new_bool_var(f"car {c} {i} {j}")
                    self.cost.append(self._arc_cost(c, i, j) * arcs[i, j])
        circuit = [(i + 1, j + 1, arc) for (i, j), arc in arcs.items()]
        model.add_circuit(circuit + [(node + 1, node + 1, ~takes[node]) for node in may])
        previous = -1
        for node in self.heads[c]:
            model.add(arcs[previous, node] == 1)
            previous = node
        if a.capacity[c] < FORBIDDEN:
            model.add(sum(int(a.load[node]) * takes[node] for node in may) <= int(a.capacity[c]))
        self.arcs.append(arcs)
        self.takes.append(takes)

    def _leg(self, c: int, i: int, j: int) -> int:
        origin = self.n + c if i < 0 else i
        return int(self.a.travel[origin, self.n + self.cars + c if j < 0 else j])

    def _arc_cost(self, c: int, i: int, j: int) -> int:
        waking = int(self.a.activation[c]) if i < 0 <= j else 0
        return int(self.a.travel_weight) * self._leg(c, i, j) + waking

    def _clock(self, c: int) -> None:
        """Every stop begins after the one before it, the way, and the breaks between them."""
        a, model = self.a, self.model
        rests = self._breaks(c)
        for (i, j), arc in self.arcs[c].items():
            if i == j:
                continue
            ready = int(a.leaves[c]) if i < 0 else self.start[i] + int(a.service[i])
            leg = self._leg(c, i, j)
            if j >= 0:
                arrival = self.start[j]
            elif i in self.under_way:
                continue  # a car that only ends what it is busy with may come home late
            else:
                arrival = int(a.ends[c])
            model.add(arrival >= ready + leg).only_enforce_if(arc)
            for rest, length, after in rests:
                model.add(arrival >= rest + length + leg).only_enforce_if(arc, after[i])

    def _breaks(self, c: int) -> list[tuple[Any, int, dict[int, Any]]]:
        """Each break: when it begins, how long, and after which stop; none when the car is home before it must begin.

        An empty car needs none either.
        """
        a, model = self.a, self.model
        rests: list[tuple[Any, int, dict[int, Any]]] = []
        nodes = [-1] + [node for node in range(self.n) if a.fixed[c, node] < FORBIDDEN]
        for b in range(a.break_from.shape[1]):
            if a.break_from[c, b] >= FORBIDDEN:
                continue
            first, last, length = int(a.break_from[c, b]), int(a.break_until[c, b]), int(a.break_length[c, b])
            begin = model.new_int_var(first, last, f"break {c} {b}")
            after = {node: model.new_bool_var(f"break {c} {b} after {node}") for node in nodes}
            at_home = model.new_bool_var(f"break {c} {b} at home")
            model.add_exactly_one([*after.values(), at_home, self.arcs[c][-1, -1]])
            for node, here in after.items():
                ready = int(a.leaves[c]) if node < 0 else self.start[node] + int(a.service[node])
                model.add(begin >= ready).only_enforce_if(here)
                if node >= 0:
                    model.add_implication(here, self.takes[c][node])
            for node in nodes[1:]:
                home = self.start[node] + int(a.service[node]) + self._leg(c, node, -1)
                model.add(home <= last).only_enforce_if(at_home, self.arcs[c][node, -1])
                for earlier, lasts, before in rests:
                    after_rest = earlier + lasts + self._leg(c, node, -1)
                    model.add(after_rest <= last).only_enforce_if(at_home, self.arcs[c][node, -1], before[node])
            for earlier, lasts, before in rests:
                for node in nodes:
                    model.add(begin >= earlier + lasts).only_enforce_if(after[node], before[node])
            rests.append((begin, length, after))
        return rests

    def _price_of_change(self, c: int) -> None:
        a, model = self.a, self.model
        if not a.before.shape[1] or not a.changed_car:
            return
        before = [int(node) for node in a.before[c] if node != -1]
        path = list(zip([-1, *before], [*before, -1], strict=True))
        price = int(a.changed_car)
        if any(pair not in self.arcs[c] for pair in path):
            self.cost.append(price)
            return
        changed = model.new_bool_var(f"car {c} changes")
        for pair in path:
            model.add_implication(~self.arcs[c][pair], changed)
        self.cost.append(price * changed)

    def _every_stop_once(self) -> None:
        for node in range(self.n):
            taken = self._taken(node)
            self.model.add_at_most_one(taken)
            self.cost.append(int(self.a.penalty[node]) * (1 - sum(taken)))

    def _double_visits(self) -> None:
        a, model = self.a, self.model
        for node in range(self.n):
            other = int(a.partner[node])
            if other < node:
                continue
            both = model.new_bool_var(f"double visit {node}")
            model.add(sum(self._taken(node)) == both)
            model.add(sum(self._taken(other)) == both)
            for takes in self.takes:
                if node in takes and other in takes:
                    model.add_at_most_one(takes[node], takes[other])
            gap = self.start[other] - self.start[node]
            model.add(gap >= int(a.gap_min[node])).only_enforce_if(both)
            model.add(gap <= int(a.gap_max[node])).only_enforce_if(both)

    def _lateness(self) -> None:
        a, model = self.a, self.model
        worst = model.new_int_var(0, self.far, "worst lateness")
        self.cost.append(int(a.max_late_weight) * worst)
        for node in range(self.n):
            if not a.late_weight[node] and not a.max_late_weight:
                continue
            late = model.new_int_var(0, self.far, f"lateness {node}")
            served = model.new_bool_var(f"{node} is served")
            model.add(sum(self._taken(node)) == served)
            model.add(late >= self.start[node] - int(a.closes[node])).only_enforce_if(served)
            model.add(worst >= late)
            self.cost.append(int(a.late_weight[node]) * late)

    def _hint(self, c: int, route: list[int]) -> None:
        used = set(zip([-1, *route], [*route, -1], strict=True))
        for pair, arc in self.arcs[c].items():
            self.model.add_hint(arc, pair in used)

    def routes(self, solver: Any) -> list[list[int]]:
        """The nodes of every car in the order of the solution."""
        found = []
        for arcs in self.arcs:
            following = {i: j for (i, j), arc in arcs.items() if solver.boolean_value(arc)}
            route, node = [], following[-1]
            while node >= 0:
                route.append(node)
                node = following[node]
            found.append(route)
        return found


def _horizon(a: Arrays) -> int:
    """Later than any stop can begin when nobody waits without need."""
    latest = int(max(a.opens.max(initial=0), a.leaves.max(initial=0)))
    rests = np.where(a.break_length < FORBIDDEN, a.break_length, 0).sum()
    until = np.where(a.break_until < FORBIDDEN, a.break_until, 0).max(initial=0)
    ways = (len(a.service) + 1) * int(a.travel.max(initial=0))
    return max(latest, int(until)) + int(a.service.sum() + a.gap_max.clip(0, 10**7).max(initial=0) + rests) + ways
