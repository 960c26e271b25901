"""A rolling night: urgent stops become known when their window opens, and the plan is repaired each time.

What has begun stays: at every call the stops that a car has driven off to are history, and the car is free where and
when the last of them ends, never before now. A car that would wait at a door waits where it is, until it has to drive.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from routing.check import evaluate
from routing.insert import apply, insert
from routing.plan import Cost, Plan, PlannedBreak, PlannedStop, Route, Unplanned
from routing.problem import Break, Car, Problem, Stop
from routing.schedule import schedule
from routing.solve import solve

URGENT_COUNTS = 30
"""While the night is open, lateness and refusal of an urgent call count this often. A car that takes the long way to
stay on time loses a little; one that is a little late has nothing left when the next call comes. Measured on three of
the public nights, three seeds each, 330 calls: 94.9 % on time at 1, 97.3 % at 3, 98.2 % at 8, 99.1 % at 30, at equal
cost."""

END_S = 10**9
"""Later than any night: everything that is still planned is driven."""


@dataclass(slots=True)
class _Night:
    """What has begun so far, and what is still open."""

    cars: dict[str, Car]
    open: dict[str, Stop]
    driven: dict[str, list[PlannedStop]]
    rested: dict[str, list[PlannedBreak]]

    def advance(self, plan: Plan, now_s: int) -> None:
        """Everything a car has driven off to by `now_s`, and every break it is in, has begun."""
        begun = _begun(plan, now_s)
        for route in plan.routes:
            car, history = self.cars[route.car], self.driven[route.car]
            count, before = begun[route.car], len(history)
            free_s = car.starts_s
            for one in route.stops[:count]:
                stop = self.open[one.stop]
                history.append(replace(one, arrive_s=one.start_s))
                load = stop.load if one.part == 0 else 0
                car = replace(
                    car,
                    place=stop.place,
                    home=car.ends_at,
                    activation_cost=0,
                    capacity=None if car.capacity is None else car.capacity - load,
                )
                free_s = max(free_s, one.leave_s)
            planned = [
                one for one in route.breaks if one.after < count or (one.after == count and one.start_s <= now_s)
            ]
            for rest in planned:
                car, free_s = replace(car, breaks=_without(car, rest)), max(free_s, rest.end_s)
            at_ease = _at_ease(car, count, free_s, now_s) if count == len(route.stops) and now_s < END_S else []
            for rest in at_ease:
                car, free_s = replace(car, breaks=_without(car, rest)), rest.end_s
            self.rested[car.id] += [replace(rest, after=before + rest.after) for rest in planned + at_ease]
            over = {one.stop for one in history}
            self.cars[car.id] = replace(
                car, free_at_s=max(free_s, now_s), frozen=tuple(stop for stop in car.frozen if stop not in over)
            )
        for history in self.driven.values():
            for one in history:
                self.open.pop(one.stop, None)

    def rest_of(self, plan: Plan) -> dict[str, list[tuple[str, int]]]:
        """The part of the plan that has not begun."""
        return {car: [one for one in order if one[0] in self.open] for car, order in plan.sequences.items()}


def _begun(plan: Plan, now_s: int) -> dict[str, int]:
    """Per car how many stops of its route have begun: those it has driven off to by `now_s`. As soon as one nurse
    drives off to a double visit, the other is promised there, with everything on her route before it."""
    begun = {route.car: sum(one.start_s - one.travel_s <= now_s for one in route.stops) for route in plan.routes}
    while True:
        promised = {one.stop for route in plan.routes for one in route.stops[: begun[route.car]]}
        further = {
            route.car: max((k for k, one in enumerate(route.stops, 1) if one.stop in promised), default=0)
            for route in plan.routes
        }
        if further == begun:
            return begun
        begun = further


def _at_ease(car: Car, count: int, free_s: int, now_s: int) -> list[PlannedBreak]:
    """Who has nothing left to drive to rests as soon as she may, and is not called out of her break."""
    found = []
    for one in car.breaks:
        start_s = max(free_s, car.shift_s[0] + one.earliest_s)
        if start_s <= min(now_s, car.shift_s[0] + one.latest_s):
            free_s = start_s + one.duration_s
            found.append(PlannedBreak(start_s, free_s, count))
    return found


def _without(car: Car, rest: PlannedBreak) -> tuple[Break, ...]:
    """The car's breaks without the one taken here: the one whose moment is nearest, because a break can be late."""
    begun_s = rest.start_s - car.shift_s[0]
    taken = min(car.breaks, key=lambda one: max(one.earliest_s - begun_s, begun_s - one.latest_s, 0))
    return tuple(one for one in car.breaks if one is not taken)


@dataclass(frozen=True, slots=True)
class Driven:
    """A night that was played: what was driven as a plan of the whole night, and what repairing it took.

    changed: per call the number of cars with another list than before it, the car that took the call included.
    insert_s: per call the seconds until the first answer.
    """

    plan: Plan
    calls: tuple[Stop, ...]
    changed: tuple[int, ...]
    insert_s: tuple[float, ...]


def replay(
    problem: Problem, *, limit_s: float = 0.1, first_limit_s: float = 1.0, seed: int = 0, threads: int = 1
) -> dict[str, Any]:
    """Play this night once and hold it against the plan that knew everything.

    Parameters
    ----------
    limit_s : search after each call; 0 means insertion only.

    Returns
    -------
    urgent_on_time : share of the calls that begin within their window.
    cars_changed_per_call : cars with another list than before the call, the car that took the call included.
    cost, hindsight : what was driven, and the plan when everything had been known.
    insert_ms_worst : the longest wait for the first answer to a call.
    """
    driven = play(problem, limit_s=limit_s, first_limit_s=first_limit_s, seed=seed, threads=threads)
    hindsight = solve(problem, limit_s=max(first_limit_s, 10 * limit_s), seed=seed, threads=threads)
    calls = max(1, len(driven.calls))
    cost = driven.plan.cost.total
    return {
        "calls": len(driven.calls),
        "urgent_on_time": round(_on_time(driven.plan, driven.calls) / calls, 4),
        "urgent_on_time_in_hindsight": round(_on_time(hindsight, driven.calls) / calls, 4),
        "cars_changed_per_call": round(sum(driven.changed) / calls, 3),
        "cost": cost,
        "hindsight": hindsight.cost.total,
        "above_hindsight": round(cost / max(1, hindsight.cost.total) - 1, 4),
        "unplanned": len(driven.plan.unplanned),
        "insert_ms_worst": round(1000 * max(driven.insert_s, default=0), 3),
    }


def play(
    problem: Problem,
    *,
    limit_s: float | None = None,
    iterations: int | None = None,
    first_limit_s: float | None = None,
    seed: int = 0,
    threads: int = 1,
) -> Driven:
    """Drive this night call by call; with `iterations` instead of seconds the same seed gives the same night."""
    known = {stop_id for car in problem.cars for stop_id in car.frozen}
    calls = tuple(
        sorted(
            (stop for stop in problem.stops if stop.urgent and stop.id not in known),
            key=lambda stop: (stop.window_s[0], stop.id),
        )
    )
    night = _Night(
        cars={car.id: car for car in problem.cars},
        open={stop.id: stop for stop in problem.stops if stop not in calls},
        driven={car.id: [] for car in problem.cars},
        rested={car.id: [] for car in problem.cars},
    )
    plan = solve(_now(problem, night), limit_s=first_limit_s, iterations=iterations, seed=seed, threads=threads)
    changed, waits = [], []
    for call in calls:
        night.advance(plan, call.window_s[0])
        before = night.rest_of(plan)
        night.open[call.id] = call
        now = _now(problem, night)
        reference = plan = schedule(now, before)
        began = time.perf_counter()
        best = insert(now, plan, call.id).best
        waits.append(time.perf_counter() - began)
        if best is not None:
            plan = apply(now, plan, call.id, best)
        if limit_s != 0:
            plan = solve(
                now, incumbent=reference, start=plan, limit_s=limit_s, iterations=iterations, seed=seed, threads=threads
            )
        changed.append(sum(list(plan.sequences[car]) != order for car, order in before.items()))
    night.advance(plan, END_S)
    return Driven(_whole(problem, night), calls, tuple(changed), tuple(waits))


def _now(problem: Problem, night: _Night) -> Problem:
    """What is open at this moment, urgent calls with more weight than the file gives them."""
    stops = (
        replace(
            stop,
            late_weight=stop.late_weight * URGENT_COUNTS,
            unserved_penalty=stop.unserved_penalty * URGENT_COUNTS,
        )
        if stop.urgent
        else stop
        for stop in night.open.values()
    )
    return problem.changed(cars=tuple(night.cars.values()), stops=tuple(stops))


def _whole(problem: Problem, night: _Night) -> Plan:
    """Everything that was driven, as one plan of the night; priced with the file's own weights."""
    routes = []
    for car in problem.cars:
        stops, rests = night.driven[car.id], night.rested[car.id]
        free_s = max([car.starts_s, *(one.leave_s for one in stops[-1:]), *(one.end_s for one in rests[-1:])])
        leg_s = problem.matrix.seconds(problem.stop(stops[-1].stop).place if stops else car.place, car.ends_at)
        for one in night.cars[car.id].breaks:
            if free_s + leg_s > car.shift_s[0] + one.latest_s:  # not home in time to rest there
                for rest in _at_ease(replace(car, breaks=(one,)), len(stops), free_s, END_S):
                    rests, free_s = [*rests, rest], rest.end_s
        routes.append(Route(car.id, tuple(stops), tuple(rests) if stops else (), free_s + leg_s))
    left_out = tuple(Unplanned(stop_id, "full") for stop_id in night.open)
    plan = Plan(tuple(routes), left_out, Cost(), problem.version, problem.name)
    return replace(plan, cost=evaluate(problem, plan))


def _on_time(plan: Plan, calls: Sequence[Stop]) -> int:
    """Calls where everybody who was needed began within the window."""
    starts: dict[str, int] = {}
    for route in plan.routes:
        for one in route.stops:
            starts[one.stop] = max(one.start_s, starts.get(one.stop, 0))
    return sum(call.id in starts and starts[call.id] <= call.window_s[1] for call in calls)
