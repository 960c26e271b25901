"""A problem as arrays for the compiled search: a node per stop (two for a double visit), then every car's start,
then every car's home."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from routing.plan import Plan
from routing.problem import FOREVER_S, Problem, Stop

FORBIDDEN = np.int64(1) << 60
Orders = Mapping[str, Sequence[tuple[str, int]]]
"""Per car id the (stop id, part) it serves, in order."""


class Arrays(NamedTuple):
    """What the compiled search reads; n nodes to visit, c cars. Times and costs are int64 seconds, distances between
    nodes int32 seconds."""

    travel: np.ndarray  # [n + 2c, n + 2c] seconds between nodes
    travel_from: np.ndarray  # the same turned round, [to, from]: one row holds all ways to one stop
    service: np.ndarray  # [n]
    opens: np.ndarray  # [n] start of the window
    closes: np.ndarray  # [n] end of the window; later costs
    latest: np.ndarray  # [n] later is forbidden
    late_weight: np.ndarray  # [n]
    penalty: np.ndarray  # [n] of leaving it out; 0 for the second nurse of a double visit
    load: np.ndarray  # [n]
    partner: np.ndarray  # [n] node of the other nurse, -1 for none
    gap_min: np.ndarray  # [n]
    gap_max: np.ndarray  # [n]
    fixed: np.ndarray  # [c, n] cost of this stop on this car, FORBIDDEN when it may not
    leaves: np.ndarray  # [c] first second the car can drive
    ends: np.ndarray  # [c] home at or before
    activation: np.ndarray  # [c]
    capacity: np.ndarray  # [c]
    frozen: np.ndarray  # [c] number of stops at the head of the route that stay
    break_from: np.ndarray  # [c, b] breaks in order, absolute; FORBIDDEN for none
    break_until: np.ndarray  # [c, b]
    break_length: np.ndarray  # [c, b]
    before: np.ndarray  # [c, m] the incumbent's sequence, -1 beyond its end; m = 0 when there is no incumbent
    changed_car: np.int64  # price of a car whose sequence differs from `before`
    travel_weight: np.int64
    max_late_weight: np.int64


class Compiled(NamedTuple):
    """Arrays plus the way back to ids."""

    arrays: Arrays
    parts: tuple[tuple[str, int], ...]
    node_of: dict[tuple[str, int], int]
    has_double_visits: bool
    has_breaks: bool


_MADE: WeakKeyDictionary[Problem, Compiled] = WeakKeyDictionary()
"""Beside the problem and not in it: a problem that is sent to another process travels without its arrays."""


def compiled(problem: Problem) -> Compiled:
    """Arrays for this problem, without an incumbent (see `with_incumbent`); made once for each problem."""
    found = _MADE.get(problem)
    if found is None:
        found = _MADE[problem] = _compile(problem)
    return found


def _compile(problem: Problem) -> Compiled:
    parts = tuple((stop.id, part) for stop in problem.stops for part in range(stop.cars_needed))
    rows = [(stop, part) for stop in problem.stops for part in range(stop.cars_needed)]
    node_of = {part: node for node, part in enumerate(parts)}
    n, cars = len(parts), problem.cars
    places = np.array([s.place for s, _ in rows] + [c.place for c in cars] + [c.ends_at for c in cars], dtype=np.int64)
    partner = np.full(n, -1, np.int64)
    for node, (stop, part) in enumerate(rows):
        if stop.cars_needed == 2:
            partner[node] = node + 1 if part == 0 else node - 1
    under_way = frozen_parts(problem)
    breaks = [[rest for rest in car.breaks if car.shift_s[0] + rest.latest_s >= car.starts_s] for car in cars]
    width = max((len(rests) for rests in breaks), default=0)
    table = np.full((3, len(cars), width), FORBIDDEN, np.int64)
    for c, (car, rests) in enumerate(zip(cars, breaks, strict=True)):
        for b, rest in enumerate(rests):
            table[:, c, b] = car.shift_s[0] + rest.earliest_s, car.shift_s[0] + rest.latest_s, rest.duration_s
    travel = np.ascontiguousarray(np.asarray(problem.matrix.duration_s)[np.ix_(places, places)], dtype=np.int32)
    arrays = Arrays(
        travel=travel,
        travel_from=np.ascontiguousarray(travel.T),
        service=_row(s.service_of(p) for s, p in rows),
        opens=_row(s.window_s[0] for s, _ in rows),
        closes=_row(s.window_s[1] for s, _ in rows),
        latest=_row(FOREVER_S if (s.id, p) in under_way else s.latest_s for s, p in rows),
        late_weight=_row(s.late_weight for s, _ in rows),
        penalty=_row(s.unserved_penalty if p == 0 else 0 for s, p in rows),
        load=_row(s.load if p == 0 else 0 for s, p in rows),
        partner=partner,
        gap_min=_row(s.meeting.min_gap_s for s, _ in rows),
        gap_max=_row(s.meeting.max_gap_s for s, _ in rows),
        fixed=_fixed_costs(problem, rows),
        leaves=_row(c.starts_s for c in cars),
        ends=_row(c.shift_s[1] for c in cars),
        activation=_row(c.activation_cost for c in cars),
        capacity=_row(FORBIDDEN if c.capacity is None else c.capacity for c in cars),
        frozen=_row(len(c.frozen) for c in cars),
        break_from=table[0].copy(),
        break_until=table[1].copy(),
        break_length=table[2].copy(),
        before=np.zeros((len(cars), 0), np.int64),
        changed_car=np.int64(0),
        travel_weight=np.int64(problem.weights.travel),
        max_late_weight=np.int64(problem.weights.max_late),
    )
    return Compiled(arrays, parts, node_of, bool((partner >= 0).any()), width > 0)


def with_incumbent(problem: Problem, incumbent: Plan | None) -> Arrays:
    """The arrays with the price of change against an incumbent in them."""
    made = compiled(problem)
    weights = problem.weights
    if incumbent is None or not (weights.changed_stop or weights.changed_car):
        return made.arrays
    fixed = made.arrays.fixed.copy()
    for stop_id, before in incumbent.cars_of.items():
        if stop_id not in problem.stop_index:
            continue
        for part in range(problem.stop(stop_id).cars_needed):
            node = made.node_of[stop_id, part]
            for c, car in enumerate(problem.cars):
                if car.id not in before and fixed[c, node] < FORBIDDEN:
                    fixed[c, node] += weights.changed_stop
    rows = [[made.node_of.get(one, -2) for one in incumbent.sequences.get(car.id, ())] for car in problem.cars]
    before_nodes = np.full((len(rows), max(map(len, rows), default=0) + 1), -1, np.int64)
    for c, row in enumerate(rows):
        before_nodes[c, : len(row)] = row
    return made.arrays._replace(fixed=fixed, before=before_nodes, changed_car=np.int64(weights.changed_car))


def frozen_parts(problem: Problem) -> dict[tuple[str, int], int]:
    """The visits under way: (stop id, part) -> row of the car. The first car that lists a double visit has its first
    part."""
    found: dict[tuple[str, int], int] = {}
    for c, car in enumerate(problem.cars):
        for stop_id in car.frozen:
            found[stop_id, 1 if (stop_id, 0) in found else 0] = c
    return found


def _row(values: object) -> np.ndarray:
    return np.array(list(values), dtype=np.int64)  # type: ignore[call-overload]


def _fixed_costs(problem: Problem, rows: list[tuple[Stop, int]]) -> np.ndarray:
    """What a stop costs on a car apart from driving: spill-over and preference; FORBIDDEN by skill or lock.

    A visit under way stays where it is, whatever the rules say by now: somebody already decided that.
    """
    weights = problem.weights
    fixed = np.zeros((len(problem.cars), len(rows)), np.int64)
    allowed: dict[tuple[frozenset[str], frozenset[str]], bool] = {}
    under_way = frozen_parts(problem)
    for c, car in enumerate(problem.cars):
        for node, (stop, part) in enumerate(rows):
            if (stop.id, part) in under_way:
                is_barred = under_way[stop.id, part] != c
            else:
                key = (stop.skills_of(part), car.skills)
                if key not in allowed:
                    allowed[key] = key[0] <= key[1]
                is_barred = not allowed[key] or stop.lock_of(part) not in (None, car.id)
            if is_barred:
                fixed[c, node] = FORBIDDEN
                continue
            if stop.region is not None and car.regions and stop.region not in car.regions:
                fixed[c, node] += weights.spill_over
            if part == 0 and stop.preferred_car is not None and stop.preferred_car != car.id:
                fixed[c, node] += weights.not_preferred
    return fixed
