"""One more stop, now: every car and every position is tried exactly, in well under a millisecond for an ordinary
night."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from routing.plan import Cost, Delay, Option, Placement, Plan, PlannedStop, Reason, Recommendation, Rejection
from routing.problem import Car, Problem, ProblemError, Stop
from routing.reasons import loaded_state, routes_of
from routing.schedule import schedule
from routing.search import (
    FORBIDDEN,
    Arrays,
    State,
    compiled,
    insertion,
    insertions,
    load,
    new_state,
    obstacles,
    prices_together,
    times_with,
)

TOP = 5


def insert(problem: Problem, plan: Plan, stop_id: str) -> Recommendation:
    """Who can take this stop: the five cheapest cars, and for every other car the first rule that failed.

    Parameters
    ----------
    problem : holds the stop.
    plan : what drives now; the stop must not be in it.

    Returns
    -------
    Options sorted by what they add to the plan (seconds of driving), each with its exact times and what it does to
    other stops.

    Raises
    ------
    ProblemError : when the stop is unknown or already planned.
    """
    if stop_id not in problem.stop_index:
        raise ProblemError(f"there is no stop {stop_id!r}")
    if stop_id in plan.cars_of:
        raise ProblemError(f"stop {stop_id!r} is already planned")
    stop = problem.stop(stop_id)
    made = compiled(problem)
    finder = _finder(problem, plan, stop, has_double_visits=made.has_double_visits)
    ranked = sorted((cost, c) for c, cost in enumerate(finder.costs) if cost < FORBIDDEN)
    ranked = _without_sleeping_backups(problem, plan, ranked)
    listed = {c for _, c in ranked}
    options = [finder.option(rank, c) for rank, (_, c) in enumerate(ranked[:TOP], start=1)]
    rejected = [
        finder.rejection(car, c) if cost >= FORBIDDEN else Rejection(car.id, "backup_not_needed", {"cost": int(cost)})
        for c, (car, cost) in enumerate(zip(problem.cars, finder.costs, strict=True))
        if c not in listed
    ]
    rejected += [
        Rejection(problem.cars[c].id, "costs_more", {"cost": int(cost), "best": int(ranked[0][0])})
        for cost, c in ranked[TOP:]
    ]
    return Recommendation(stop_id, tuple(_with_reasons(problem, options, rejected)), tuple(rejected), plan.version)


def apply(problem: Problem, plan: Plan, stop_id: str, option: Option) -> Plan:
    """The plan with this option carried out: the same order everywhere else, new times."""
    sequences = {car: list(order) for car, order in plan.sequences.items()}
    sequences.setdefault(option.car, []).insert(option.position, (stop_id, 0))
    if option.second is not None:
        sequences.setdefault(option.second.car, []).insert(option.second.position, (stop_id, 1))
    return schedule(problem, sequences, unplanned=())


def _finder(problem: Problem, plan: Plan, stop: Stop, *, has_double_visits: bool) -> _CarByCar | _WholePlan:
    """How places are tried. A plan that breaks a rule already (the desk may have decided so) is judged car by car:
    the other cars' troubles are no reason to leave a caller without an answer."""
    if has_double_visits:
        whole_plan = _WholePlan(problem, plan, stop)
        if whole_plan.is_sound or stop.cars_needed == 2:
            return whole_plan
    return _CarByCar(problem, plan, stop)


def _without_sleeping_backups(problem: Problem, plan: Plan, ranked: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A back-up that sleeps is offered only when it is the cheapest, its waking included: until then it is not
    needed."""
    busy = {route.car for route in plan.routes if route.stops}
    kept = []
    for place, (cost, c) in enumerate(ranked):
        car = problem.cars[c]
        if place == 0 or not car.is_backup or car.id in busy or car.activation_cost == 0:
            kept.append((cost, c))
    return kept


class _CarByCar:
    """Nights without double visits: only the car itself changes, so one compiled pass judges all cars."""

    def __init__(self, problem: Problem, plan: Plan, stop: Stop) -> None:
        self.problem, self.plan, self.stop = problem, plan, stop
        made = compiled(problem)
        self.arrays = made.arrays
        self.node = made.node_of[stop.id, 0]
        self.state = loaded_state(problem, plan, self.arrays)
        cars = len(problem.cars)
        self.places = np.zeros(cars, np.int64)
        found = np.zeros(cars, np.int64)
        insertions(self.arrays, self.state, self.node, found, self.places)
        self.costs: list[int] = found.tolist()
        self.met: list[list[int]] | None = None

    def option(self, rank: int, c: int) -> Option:
        """The exact times of this car with the stop at its cheapest place."""
        at = int(self.places[c])
        arrive, _ = times_with(self.arrays, self.state, c, self.node, at)
        car, problem = self.problem.cars[c], self.problem
        route = self.plan.route_of(car.id)
        delays = []
        for k, one in enumerate(route.stops):
            new_s = max(int(arrive[k if k < at else k + 1]), problem.stop(one.stop).window_s[0])
            if new_s != one.start_s:
                delays.append(_delay(problem, one, new_s))
        start_s = max(int(arrive[at]), self.stop.window_s[0])
        return _option(
            problem,
            self.plan,
            self.stop,
            car,
            rank,
            at,
            int(arrive[at]),
            start_s,
            self.costs[c],
            delays,
            None,
            self.arrays,
        )

    def rejection(self, car: Car, c: int) -> Rejection:
        """The first rule that kept this car out."""
        code, params = _who_rules(self.problem, car, self.stop, 0)
        if code:
            return Rejection(car.id, code, params)
        if self.met is None:
            self.met = obstacles(self.arrays, self.state, self.node).tolist()
        return _when_rules(self.problem, self.arrays, self.state, car, c, self.stop, self.node, self.met[c])


class _WholePlan:
    """Nights with double visits: the whole plan is timed for every place, because delays cross from car to car."""

    def __init__(self, problem: Problem, plan: Plan, stop: Stop) -> None:
        self.problem, self.plan, self.stop = problem, plan, stop
        made = compiled(problem)
        self.arrays = made.arrays
        self.nodes = np.array([made.node_of[stop.id, part] for part in range(stop.cars_needed)])
        route, length = routes_of(problem, plan)
        self.found = np.zeros((len(problem.cars), 4), np.int64)
        before = prices_together(self.arrays, route, length, self.nodes, stop.cars_needed, self.found)
        self.is_sound = bool(before < FORBIDDEN)
        self.costs: list[int] = self.found[:, 0].tolist()

    def option(self, rank: int, c: int) -> Option:
        """The exact times with the stop in, for one or two cars."""
        _, at, mate, where = (int(value) for value in self.found[c])
        car = self.problem.cars[c]
        second = Placement(self.problem.cars[mate].id, where, 0, 0) if mate >= 0 else None
        bare = Option(rank, car.id, at, 0, 0, 0, 0, 0, Cost(), second=second)
        after = apply(self.problem, self.plan, self.stop.id, bare)
        times = {(one.stop, one.part): one for route in after.routes for one in route.stops}
        delays = [
            _delay(self.problem, one, times[one.stop, one.part].start_s)
            for route in self.plan.routes
            for one in route.stops
            if times[one.stop, one.part].start_s != one.start_s
        ]
        mine = times[self.stop.id, 0]
        if second is not None:
            other = times[self.stop.id, 1]
            second = Placement(second.car, where, other.arrive_s, other.start_s)
        return _option(
            self.problem,
            self.plan,
            self.stop,
            car,
            rank,
            at,
            mine.arrive_s,
            mine.start_s,
            self.costs[c],
            delays,
            second,
            self.arrays,
        )

    def rejection(self, car: Car, c: int) -> Rejection:
        """The first rule that kept this car out as the first nurse."""
        code, params = _who_rules(self.problem, car, self.stop, 0)
        if code:
            return Rejection(car.id, code, params)
        state = loaded_state(self.problem, self.plan, self.arrays)
        node = int(self.nodes[0])
        met = obstacles(self.arrays, state, node)[c].tolist()
        rejection = _when_rules(self.problem, self.arrays, state, car, c, self.stop, node, met)
        if rejection.code == "full" and self.stop.cars_needed == 2:
            return Rejection(car.id, "no_partner", {})
        return rejection


def _who_rules(problem: Problem, car: Car, stop: Stop, part: int) -> tuple[str, Mapping[str, Any]]:
    if (lock := stop.lock_of(part)) not in (None, car.id):
        return "locked_elsewhere", {"car": lock}
    if missing := stop.skills_of(part) - car.skills:
        return "no_skill", {"skills": sorted(missing)}
    return "", {}


def _when_rules(
    problem: Problem, arrays: Arrays, state: State, car: Car, c: int, stop: Stop, node: int, met: list[int]
) -> Rejection:
    """off_shift, too_late, shift_end, overload, on_break, displaces, full: the first that is true. `met`: see
    `obstacles`."""
    first_s, soonest_s, way_home_s, missed = met
    if car.starts_s > stop.latest_s or car.shift_s[1] < stop.window_s[0]:
        return Rejection(car.id, "off_shift", {"shift_start_s": car.shift_s[0], "shift_end_s": car.shift_s[1]})
    if soonest_s > stop.latest_s:
        return Rejection(car.id, "too_late", {"arrive_s": soonest_s, "latest_s": stop.latest_s})
    home_s = max(first_s, stop.window_s[0]) + stop.service_s + way_home_s
    if home_s > car.shift_s[1]:
        return Rejection(car.id, "shift_end", {"home_s": home_s, "shift_end_s": car.shift_s[1]})
    if state.loaded[c] + stop.load > arrays.capacity[c]:
        return Rejection(
            car.id, "overload", {"load": int(state.loaded[c]) + stop.load, "capacity": int(arrays.capacity[c])}
        )
    if arrays.break_from.shape[1] and arrays.break_from[c, 0] < FORBIDDEN:
        without = arrays._replace(break_from=np.zeros((len(problem.cars), 0), np.int64))
        resting = new_state(without, 0, wide=state.route.shape[1], neighbours=0)
        load(without, resting, state.route, state.length)
        if insertion(without, resting, node, c)[0] < FORBIDDEN:
            rest = car.breaks[0]
            return Rejection(
                car.id,
                "on_break",
                {"from_s": car.shift_s[0] + rest.earliest_s, "until_s": car.shift_s[0] + rest.latest_s},
            )
    if missed < 0:
        return Rejection(car.id, "full", {})
    return Rejection(car.id, "displaces", {"stop": compiled(problem).parts[missed][0]})


def _delay(problem: Problem, one: PlannedStop, new_start_s: int) -> Delay:
    return Delay(one.stop, new_start_s - one.start_s, new_start_s, new_start_s <= problem.stop(one.stop).window_s[1])


def _option(
    problem: Problem, plan: Plan, stop: Stop, car: Car, rank: int, at: int, arrive_s: int, start_s: int,
    cost: int, delays: list[Delay], second: Placement | None, arrays: Arrays,
) -> Option:  # fmt: skip
    """Price an option term by term; the terms add up to the cost the search found."""
    matrix, weights = problem.matrix, problem.weights
    extra_s, extra_m, leg = _detour(problem, plan, car, at, stop)
    late_s = max(0, start_s - stop.window_s[1])
    spill = weights.spill_over * (stop.region is not None and bool(car.regions) and stop.region not in car.regions)
    wakes = [car] if not plan.route_of(car.id).stops else []
    worst = late_s
    if second is not None:
        mate = problem.car(second.car)
        more_s, more_m, _ = _detour(problem, plan, mate, second.position, stop)
        extra_s, extra_m = extra_s + more_s, extra_m + more_m
        worst = max(0, second.start_s - stop.window_s[1])
        spill += weights.spill_over * (
            stop.region is not None and bool(mate.regions) and stop.region not in mate.regions
        )
        wakes += [mate] if not plan.route_of(mate.id).stops else []
    preference = weights.not_preferred * (stop.preferred_car not in (None, car.id))
    activation = sum(one.activation_cost for one in wakes)
    paid = weights.travel * extra_s + spill + preference + activation
    terms = Cost(
        total=cost, travel_s=extra_s, late=cost - paid, spill_over=spill, preference=preference, activation=activation,
        distance_m=extra_m, late_s=late_s + (worst if second is not None else 0),
    )  # fmt: skip
    travel_s = matrix.seconds(leg, stop.place)
    return Option(
        rank, car.id, at, arrive_s, start_s, travel_s, matrix.metres(leg, stop.place), late_s, terms,
        tuple(delays), (), second, matrix.source_of(leg, stop.place),
    )  # fmt: skip


def _detour(problem: Problem, plan: Plan, car: Car, at: int, stop: Stop) -> tuple[int, int, int]:
    """(Extra seconds, extra metres, the place the car comes from)."""
    stops = plan.route_of(car.id).stops
    origin = car.place if at == 0 else problem.stop(stops[at - 1].stop).place
    onward = car.ends_at if at == len(stops) else problem.stop(stops[at].stop).place
    matrix = problem.matrix
    seconds = matrix.seconds(origin, stop.place) + matrix.seconds(stop.place, onward) - matrix.seconds(origin, onward)
    metres = matrix.metres(origin, stop.place) + matrix.metres(stop.place, onward) - matrix.metres(origin, onward)
    return seconds, metres, origin


def _with_reasons(problem: Problem, options: list[Option], rejected: list[Rejection]) -> list[Option]:
    """What speaks for and against each option, in codes."""
    finished = []
    for option in options:
        reasons = []
        car = problem.car(option.car)
        if len(options) > 1 and option.arrive_s == min(one.arrive_s for one in options):
            reasons.append(Reason("first_there", {"arrive_s": option.arrive_s}))
        if len(options) == 1:
            reasons.append(Reason("only_car", {"rejected": len(rejected)}))
        if len(options) > 1 and option.terms.travel_s == min(one.terms.travel_s for one in options):
            reasons.append(Reason("least_detour", {"extra_s": option.terms.travel_s}))
        code = "late" if option.late_s else "in_time"
        reasons.append(Reason(code, {"late_s": option.late_s, "start_s": option.start_s}))
        later = [one for one in option.delays if one.later_s > 0]
        if later:
            worst = max(one.later_s for one in later)
            out = sum(not one.still_in_window for one in later)
            reasons.append(Reason("others_later", {"stops": len(later), "worst_s": worst, "out_of_window": out}))
        else:
            reasons.append(Reason("nobody_later"))
        if option.terms.spill_over:
            reasons.append(Reason("other_region", {"cost": option.terms.spill_over}))
        if option.terms.preference:
            reasons.append(Reason("not_preferred", {"cost": option.terms.preference}))
        if car.is_backup and option.terms.activation:
            reasons.append(Reason("wakes_backup", {"cost": option.terms.activation}))
        if option.rank > 1:
            reasons.append(Reason("dearer", {"extra": option.cost - options[0].cost, "than": options[0].car}))
        finished.append(replace(option, reasons=tuple(reasons)))
    return finished
