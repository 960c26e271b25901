"""The independent judge: reads a plan, believes nothing, and shares no code with the engines or the scheduler.

Everything is recomputed from the problem and from the times the plan states. `violations` must be empty before a
plan is published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from routing.plan import Cost, Plan, Route, Violation
from routing.problem import Car, Problem
from routing.proof import reason_holds


def evaluate(problem: Problem, plan: Plan, incumbent: Plan | None = None) -> Cost:
    """What the plan costs by its own stated start times, in seconds of driving.

    Changes are counted against `incumbent`.
    """
    weights = problem.weights
    terms: Counter[str] = Counter()
    worst_s = 0
    planned: set[str] = set()
    cars_before: dict[str, set[str]] = {}
    order_before: dict[str, list[tuple[str, int]]] = {}
    for route in incumbent.routes if incumbent else ():
        order_before[route.car] = [(one.stop, one.part) for one in route.stops]
        for one in route.stops:
            cars_before.setdefault(one.stop, set()).add(route.car)
    for route in plan.routes:
        car = problem.car(route.car)
        places = [car.place, *(problem.stop(one.stop).place for one in route.stops), car.ends_at]
        for origin, destination in pairwise(places):
            terms["travel_s"] += problem.matrix.seconds(origin, destination)
            terms["distance_m"] += problem.matrix.metres(origin, destination)
        if route.stops:
            terms["activation"] += car.activation_cost
        for one in route.stops:
            planned.add(one.stop)
            stop = problem.stop(one.stop)
            tardy_s = max(0, one.start_s - stop.window_s[1])
            worst_s = max(worst_s, tardy_s)
            terms["late_s"] += tardy_s
            terms["late"] += tardy_s * stop.late_weight
            if stop.region is not None and car.regions and stop.region not in car.regions:
                terms["spill_over"] += weights.spill_over
            if one.part == 0 and stop.preferred_car is not None and stop.preferred_car != car.id:
                terms["preference"] += weights.not_preferred
            if one.stop in cars_before and car.id not in cars_before[one.stop]:
                terms["change"] += weights.changed_stop
        if incumbent and order_before.get(car.id, []) != [(one.stop, one.part) for one in route.stops]:
            terms["change"] += weights.changed_car
    terms["unserved"] = sum(stop.unserved_penalty for stop in problem.stops if stop.id not in planned)
    terms["max_late"] = weights.max_late * worst_s
    paid = ("late", "unserved", "spill_over", "preference", "activation", "change", "max_late")
    terms["total"] = weights.travel * terms["travel_s"] + sum(terms[name] for name in paid)
    return Cost(**terms)


def violations(problem: Problem, plan: Plan, incumbent: Plan | None = None) -> list[Violation]:
    """Every rule this plan breaks; an empty list means it may be published.

    Codes: unknown_car, route_twice, unknown_stop, stop_missing, stop_twice, planned_and_unplanned; no_skill,
    locked_elsewhere, frozen_moved; too_early, too_late, leaves_too_soon, travels_too_fast, shift_end, overload;
    break_missing, break_window, break_short; same_car_twice, partner_missing, gap; wrong_lateness, wrong_cost,
    wrong_reason, wrong_version.
    """
    found = list(_membership(problem, plan))
    if found:
        return found  # the rest cannot be judged when ids do not exist or a stop is counted twice
    for route in plan.routes:
        found += _rules_of_one_car(problem, problem.car(route.car), route)
    found += _double_visits(problem, plan)
    found += _stated_cost(problem, plan, incumbent)
    if plan.version != problem.version:
        found.append(Violation("wrong_version", params={"plan": plan.version, "problem": problem.version}))
    if not found:
        for left_out in plan.unplanned:
            if not reason_holds(problem, plan, left_out):
                found.append(Violation("wrong_reason", stop=left_out.stop, params={"reason": left_out.reason}))
    return found


def _membership(problem: Problem, plan: Plan) -> Iterator[Violation]:
    seen: Counter[tuple[str, int]] = Counter()
    for car_id, times in Counter(route.car for route in plan.routes).items():
        if car_id not in problem.car_index:
            yield Violation("unknown_car", car=car_id)
        if times > 1:
            yield Violation("route_twice", car=car_id)
    for route in plan.routes:
        for one in route.stops:
            seen[one.stop, one.part] += 1
            if one.stop not in problem.stop_index or one.part not in range(problem.stop(one.stop).cars_needed):
                yield Violation("unknown_stop", car=route.car, stop=one.stop)
    left_out = Counter(one.stop for one in plan.unplanned)
    for stop_id in left_out:
        if stop_id not in problem.stop_index:
            yield Violation("unknown_stop", stop=stop_id)
    for stop in problem.stops:
        parts = [seen[stop.id, part] for part in range(stop.cars_needed)]
        if max(parts) > 1 or left_out[stop.id] > 1:
            yield Violation("stop_twice", stop=stop.id)
        if any(parts) and left_out[stop.id]:
            yield Violation("planned_and_unplanned", stop=stop.id)
        elif any(parts) and not all(parts):
            yield Violation("partner_missing", stop=stop.id)
        elif not any(parts) and not left_out[stop.id]:
            yield Violation("stop_missing", stop=stop.id)
    routes = {route.car: [one.stop for one in route.stops] for route in plan.routes}
    for car in problem.cars:
        if tuple(routes.get(car.id, ()))[: len(car.frozen)] != car.frozen:
            yield Violation("frozen_moved", car=car.id)


def _rules_of_one_car(problem: Problem, car: Car, route: Route) -> Iterator[Violation]:
    free_s = car.starts_s
    place, load = car.place, 0
    for position, one in enumerate(route.stops):
        stop = problem.stop(one.stop)
        for rest in route.breaks:
            if rest.after == position:
                if rest.start_s < free_s:
                    yield Violation("break_short", car=car.id)
                free_s = max(free_s, rest.end_s)
        if one.arrive_s < free_s + problem.matrix.seconds(place, stop.place):
            yield Violation("travels_too_fast", car=car.id, stop=stop.id)
        if one.start_s < one.arrive_s or one.start_s < stop.window_s[0]:
            yield Violation("too_early", car=car.id, stop=stop.id)
        is_under_way = position < len(car.frozen)  # decided earlier; the rules about who and how late no longer apply
        if one.start_s > stop.latest_s and not is_under_way:
            yield Violation(
                "too_late", car=car.id, stop=stop.id, params={"start_s": one.start_s, "latest_s": stop.latest_s}
            )
        if one.leave_s < one.start_s + stop.service_of(one.part):
            yield Violation("leaves_too_soon", car=car.id, stop=stop.id)
        if one.late_s != max(0, one.start_s - stop.window_s[1]):
            yield Violation("wrong_lateness", car=car.id, stop=stop.id)
        if (missing := stop.skills_of(one.part) - car.skills) and not is_under_way:
            yield Violation("no_skill", car=car.id, stop=stop.id, params={"skills": sorted(missing)})
        if (lock := stop.lock_of(one.part)) not in (None, car.id) and not is_under_way:
            yield Violation("locked_elsewhere", car=car.id, stop=stop.id, params={"car": lock})
        free_s, place, load = one.leave_s, stop.place, load + (stop.load if one.part == 0 else 0)
    if not route.stops:
        return  # nothing to do, so nothing can be missed
    for rest in route.breaks:
        if rest.after == len(route.stops):
            if rest.start_s < free_s:
                yield Violation("break_short", car=car.id)
            free_s = max(free_s, rest.end_s)
    home_s = free_s + problem.matrix.seconds(place, car.ends_at)
    if route.home_s < home_s:
        yield Violation("travels_too_fast", car=car.id)
    if max(home_s, route.home_s) > car.shift_s[1] and len(route.stops) > len(car.frozen):
        yield Violation("shift_end", car=car.id, params={"home_s": home_s, "shift_end_s": car.shift_s[1]})
    if car.capacity is not None and load > car.capacity:
        yield Violation("overload", car=car.id, params={"load": load, "capacity": car.capacity})
    yield from _breaks(car, route, home_s)


def _breaks(car: Car, route: Route, home_s: int) -> Iterator[Violation]:
    spare = list(route.breaks)
    for rest in car.breaks:
        first_s, last_s = car.shift_s[0] + rest.earliest_s, car.shift_s[0] + rest.latest_s
        if last_s < car.starts_s:
            continue
        match = next(
            (one for one in spare if first_s <= one.start_s <= last_s and one.end_s - one.start_s >= rest.duration_s),
            None,
        )
        if match is not None:
            spare.remove(match)
        elif home_s > last_s:  # who is home by then rests at home
            yield Violation("break_missing", car=car.id, params={"earliest_s": first_s, "latest_s": last_s})
    for one in spare:
        yield Violation("break_window", car=car.id, params={"start_s": one.start_s})


def _double_visits(problem: Problem, plan: Plan) -> Iterator[Violation]:
    starts: dict[tuple[str, int], tuple[str, int]] = {}
    for route in plan.routes:
        for one in route.stops:
            starts[one.stop, one.part] = (route.car, one.start_s)
    for stop in problem.stops:
        if stop.cars_needed == 1 or (stop.id, 0) not in starts:
            continue
        (first_car, first_s), (second_car, second_s) = starts[stop.id, 0], starts[stop.id, 1]
        if first_car == second_car:
            yield Violation("same_car_twice", car=first_car, stop=stop.id)
        if not stop.meeting.min_gap_s <= second_s - first_s <= stop.meeting.max_gap_s:
            yield Violation("gap", stop=stop.id, params={"gap_s": second_s - first_s})


def _stated_cost(problem: Problem, plan: Plan, incumbent: Plan | None) -> Iterator[Violation]:
    real = evaluate(problem, plan, incumbent)
    paid_change = 0 if incumbent else plan.cost.change  # without the incumbent the price of change cannot be judged
    if plan.cost.minus(real) != Cost(total=paid_change, change=paid_change):
        yield Violation("wrong_cost", params={"stated": plan.cost.total, "real": real.total + paid_change})
