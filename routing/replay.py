"""A rolling night: urgent stops become known when their window opens, and the plan is repaired each time.

What has begun stays: at every call the stops a car has already driven off to are history, and the car is free where
and when the last of
them ends, never before now. A car that would wait at a door waits where it is, until it has to drive.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import Any

from routing.insert import apply, insert
from routing.plan import Plan, PlannedStop
from routing.problem import Car, Problem, Stop
from routing.schedule import schedule
from routing.solve import solve


@dataclass(slots=True)
class _Night:
    """What has been driven so far, and what is still open."""

    cars: dict[str, Car]
    open: dict[str, Stop]
    driven: list[PlannedStop] = field(default_factory=list)
    travel_s: int = 0

    def advance(self, plan: Plan, now_s: int) -> None:
        """Everything a car has driven off to by `now_s` has begun."""
        for route in plan.routes:
            for one in route.stops:
                if one.start_s - one.travel_s > now_s:
                    break
                self.driven.append(one)
                self.travel_s += one.travel_s
                stop, car = self.open.pop(one.stop), self.cars[route.car]
                self.cars[route.car] = replace(car, place=stop.place, home=car.ends_at, free_at_s=one.leave_s)
            car = self.cars[route.car]
            self.cars[route.car] = replace(car, free_at_s=max(now_s, car.starts_s))

    def rest_of(self, plan: Plan) -> dict[str, list[tuple[str, int]]]:
        """The part of the plan that has not begun."""
        return {car: [one for one in order if one[0] in self.open] for car, order in plan.sequences.items()}


def replay(
    problem: Problem, *, limit_s: float = 0.1, first_limit_s: float = 1.0, seed: int = 0, threads: int = 1
) -> dict[str, Any]:
    """Play this night once.

    Parameters
    ----------
    limit_s : search after each call; 0 means insertion only.

    Returns
    -------
    urgent_on_time: share of the calls that begin within their window. cars_changed_per_call: cars with another list
    than before the call,
    the car that took the call included. cost and hindsight: what was driven, and the plan when everything had been
    known.
    """
    urgent = sorted((stop for stop in problem.stops if stop.urgent), key=lambda stop: (stop.window_s[0], stop.id))
    night = _Night({car.id: car for car in problem.cars}, {stop.id: stop for stop in problem.stops if not stop.urgent})
    plan = solve(_now(problem, night), limit_s=first_limit_s, seed=seed, threads=threads)
    changed, waits = 0, []
    for call in urgent:
        night.advance(plan, call.window_s[0])
        before = night.rest_of(plan)
        night.open[call.id] = call
        now = _now(problem, night)
        plan = schedule(now, before)
        began = time.perf_counter()
        advice = insert(now, plan, call.id)
        waits.append(time.perf_counter() - began)
        reference = plan
        if advice.best is not None:
            plan = apply(now, plan, call.id, advice.best)
        if limit_s > 0:
            plan = _better(now, plan, reference, limit_s, seed, threads)
        changed += sum(list(plan.sequences[car]) != order for car, order in before.items())
    night.advance(plan, 10**9)
    starts = {one.stop: one.start_s for one in night.driven}
    hindsight = solve(problem, limit_s=max(first_limit_s, 10 * limit_s), seed=seed, threads=threads)
    cost = _driven_cost(problem, night)
    calls = max(1, len(urgent))
    return {
        "calls": len(urgent),
        "urgent_on_time": round(_on_time(starts, urgent) / calls, 4),
        "urgent_on_time_in_hindsight": round(_on_time(_starts(hindsight), urgent) / calls, 4),
        "cars_changed_per_call": round(changed / calls, 3),
        "cost": cost,
        "hindsight": hindsight.cost.total,
        "above_hindsight": round(cost / max(1, hindsight.cost.total) - 1, 4),
        "unplanned": len(night.open),
        "insert_ms_worst": round(1000 * max(waits, default=0), 3),
    }


def _better(now: Problem, plan: Plan, reference: Plan, limit_s: float, seed: int, threads: int) -> Plan:
    """Search from the plan with the call in it, while changes count against what the phones already hold."""
    return solve(now, incumbent=reference, start=plan, limit_s=limit_s, seed=seed, threads=threads)


def _now(problem: Problem, night: _Night) -> Problem:
    return problem.changed(cars=tuple(night.cars.values()), stops=tuple(night.open.values()))


def _starts(plan: Plan) -> dict[str, int]:
    return {one.stop: one.start_s for route in plan.routes for one in route.stops}


def _on_time(starts: dict[str, int], urgent: list[Stop]) -> int:
    return sum(stop.id in starts and starts[stop.id] <= stop.window_s[1] for stop in urgent)


def _driven_cost(problem: Problem, night: _Night) -> int:
    late = sum(one.late_s * problem.stop(one.stop).late_weight for one in night.driven)
    unserved = sum(stop.unserved_penalty for stop in night.open.values())
    way_home_s = sum(problem.matrix.seconds(car.place, car.ends_at) for car in night.cars.values())
    return problem.weights.travel * (night.travel_s + way_home_s) + late + unserved
