"""The checker's own proof that a stop had to stay out: every place in every route is tried, slowly and plainly.

Shares no code with the engines. Reasons: see `words.SENTENCES`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import permutations

from routing.plan import Plan, Unplanned
from routing.problem import Car, Problem, Stop

Part = tuple[str, int]
Orders = dict[str, list[Part]]
LIMIT = 10**12


def reason_holds(problem: Problem, plan: Plan, left_out: Unplanned) -> bool:
    """Whether the reason given for a stop that stays out is the first one that is true."""
    return true_reason(problem, plan, left_out.stop)[0] == left_out.reason


def true_reason(problem: Problem, plan: Plan, stop_id: str) -> tuple[str, Mapping[str, int]]:
    """The reason a stop is out of this plan, found by trying everything: no_skill, off_shift, not_in_time, full,
    costs_more or fits."""
    stop = problem.stop(stop_id)
    crews = list(_crews(problem, stop))
    if not crews:
        return "no_skill", {}
    crews = [crew for crew in crews if all(_on_shift(car, stop) for car in crew)]
    if not crews:
        return "off_shift", {}
    alone: Orders = {}
    for car in problem.cars:
        alone[car.id] = _under_way(problem, car, alone)
    orders = {route.car: [(one.stop, one.part) for one in route.stops] for route in plan.routes}
    for car in problem.cars:
        orders.setdefault(car.id, [])
    if not any(_places(problem, alone, crew, stop) for crew in crews):
        return "not_in_time", {}
    before = price(problem, orders)
    costs = [after - before for crew in crews for after in _places(problem, orders, crew, stop, is_every=True)]
    if not costs:
        return "full", {}
    if min(costs) >= stop.unserved_penalty:
        return "costs_more", {"cost": min(costs), "penalty": stop.unserved_penalty}
    return "fits", {"cost": min(costs)}


def _crews(problem: Problem, stop: Stop) -> Iterator[tuple[Car, ...]]:
    for crew in permutations(problem.cars, stop.cars_needed):
        if all(
            stop.lock_of(part) in (None, car.id) and stop.skills_of(part) <= car.skills for part, car in enumerate(crew)
        ):
            yield crew


def _on_shift(car: Car, stop: Stop) -> bool:
    return car.starts_s <= stop.latest_s and car.shift_s[1] >= stop.window_s[0]


def _under_way(problem: Problem, car: Car, others: Orders) -> list[Part]:
    taken = {part for order in others.values() for part in order}
    return [(stop_id, 1 if (stop_id, 0) in taken else 0) for stop_id in car.frozen]


def _places(
    problem: Problem, orders: Orders, crew: tuple[Car, ...], stop: Stop, *, is_every: bool = False
) -> list[int]:
    """Prices of the whole plan with the stop in, for every place where nothing breaks (or the first that is found)."""
    found: list[int] = []
    options = []
    for part, car in enumerate(crew):
        order = orders[car.id]
        places = range(len(car.frozen), len(order) + 1)
        options.append([at for at in places if _may_arrive(problem, car, order, at, stop, part)])
    for first in options[0]:
        for second in options[1] if len(crew) == 2 else [0]:
            trial = dict(orders)
            for part, (car, at) in enumerate(zip(crew, (first, second), strict=False)):
                trial[car.id] = [*orders[car.id][:at], (stop.id, part), *orders[car.id][at:]]
            after = (
                price(problem, trial)
                if len(crew) == 2 or _has_double_visits(problem)
                else _price_around(problem, orders, trial, crew[0])
            )
            if after < LIMIT:
                found.append(after)
                if not is_every:
                    return found
    return found


def _has_double_visits(problem: Problem) -> bool:
    return any(stop.cars_needed == 2 for stop in problem.stops)


def _may_arrive(problem: Problem, car: Car, order: list[Part], at: int, stop: Stop, part: int) -> bool:
    """Cheap test on the way to `at`, ignoring partners and breaks: an earliest arrival after `latest_s` can never
    work."""
    now_s, place = car.starts_s, car.place
    for stop_id, other in order[:at]:
        one = problem.stop(stop_id)
        now_s = max(now_s + problem.matrix.seconds(place, one.place), one.window_s[0]) + one.service_of(other)
        place = one.place
    return now_s + problem.matrix.seconds(place, stop.place) <= stop.latest_s


def _price_around(problem: Problem, orders: Orders, trial: Orders, car: Car) -> int:
    """Without double visits only the car itself changes."""
    before = price(problem, {car.id: orders[car.id]}, is_partial=True)
    after = price(problem, {car.id: trial[car.id]}, is_partial=True)
    return LIMIT if after >= LIMIT else price(problem, orders) - before + after


def price(problem: Problem, orders: Orders, *, is_partial: bool = False) -> int:
    """What these orders cost apart from stops left out and changes, or LIMIT when a rule breaks. Start times by
    repeated relaxation."""
    starts: dict[Part, int] = {}
    total = 0
    for _ in range(2 + sum(map(len, orders.values()))):
        moved = False
        total = 0
        for car_id, order in orders.items():
            cost, times = _drive(problem, problem.car(car_id), order, starts)
            if times is None:
                return LIMIT
            total += cost
            for visit, start_s in times.items():
                if start_s > starts.get(visit, -1):
                    starts[visit] = start_s
                    moved = True
        if is_partial or not moved or not _has_double_visits(problem):
            break
        for stop_id, part in list(starts):
            stop = problem.stop(stop_id)
            if stop.cars_needed == 2 and part == 0 and (stop_id, 1) in starts:
                gap = stop.meeting
                starts[stop_id, 1] = max(starts[stop_id, 1], starts[stop_id, 0] + gap.min_gap_s)
                starts[stop_id, 0] = max(starts[stop_id, 0], starts[stop_id, 1] - gap.max_gap_s)
    else:
        return LIMIT
    if problem.weights.max_late and starts:
        total += problem.weights.max_late * max(
            max(0, at - problem.stop(stop_id).window_s[1]) for (stop_id, _), at in starts.items()
        )
    return total


def _drive(
    problem: Problem, car: Car, order: list[Part], not_before: Mapping[Part, int]
) -> tuple[int, dict[Part, int] | None]:
    """One car's cost and start times when each stop also waits for `not_before`; no times when a rule breaks."""
    now_s, place, cost, load = car.starts_s, car.place, 0, 0
    times: dict[Part, int] = {}
    rests = [(car.shift_s[0] + one.earliest_s, car.shift_s[0] + one.latest_s, one.duration_s) for one in car.breaks]
    rests = [one for one in rests if one[1] >= car.starts_s]
    for position, (stop_id, part) in enumerate(order):
        stop = problem.stop(stop_id)
        leg_s = problem.matrix.seconds(place, stop.place)
        while rests:
            first_s, last_s, length_s = rests[0]
            begin_s = max(first_s, now_s)
            is_free = begin_s <= last_s and begin_s + length_s + leg_s <= stop.window_s[0]
            if not is_free and max(now_s + leg_s, stop.window_s[0]) + stop.service_of(part) <= last_s:
                break
            if begin_s > last_s:
                return 0, None
            now_s = begin_s + length_s
            rests.pop(0)
        start_s = max(now_s + leg_s, stop.window_s[0], not_before.get((stop_id, part), 0))
        if start_s > stop.latest_s and position >= len(car.frozen):
            return 0, None
        times[stop_id, part] = start_s
        cost += problem.weights.travel * leg_s + stop.late_weight * max(0, start_s - stop.window_s[1])
        if stop.region is not None and car.regions and stop.region not in car.regions:
            cost += problem.weights.spill_over
        if part == 0:
            load += stop.load
            cost += problem.weights.not_preferred * (stop.preferred_car not in (None, car.id))
        now_s, place = start_s + stop.service_of(part), stop.place
    home_s = problem.matrix.seconds(place, car.ends_at)
    for first_s, last_s, length_s in rests if order else []:
        if now_s + home_s > last_s:
            if max(first_s, now_s) > last_s:
                return 0, None
            now_s = max(first_s, now_s) + length_s
    is_over = len(order) > len(car.frozen) and now_s + home_s > car.shift_s[1]
    if is_over or (car.capacity is not None and load > car.capacity):
        return 0, None
    return cost + problem.weights.travel * home_s + (car.activation_cost if order else 0), times
