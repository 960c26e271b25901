"""Search for a good plan: never worse than the incumbent, never unchecked.

The same seed, threads and iterations give the same plan.
"""

from __future__ import annotations

from dataclasses import replace

from routing.check import violations
from routing.insert import insert
from routing.plan import Plan, Unplanned
from routing.problem import Car, Problem, Stop, TravelMatrix
from routing.proof import true_reason
from routing.reasons import cheapest, with_reasons
from routing.schedule import schedule
from routing.search import StoppingCriterion, compiled, search_pairs, search_strings, with_incumbent


def solve(
    problem: Problem,
    *,
    incumbent: Plan | None = None,
    start: Plan | None = None,
    limit_s: float | None = None,
    iterations: int | None = None,
    seed: int = 0,
    threads: int = 1,
) -> Plan:
    """Plan everything, or improve on the incumbent, in this process.

    Parameters
    ----------
    incumbent : what drives now. Changes against it are priced (`Weights.changed_stop`, `changed_car`), and it is the
        answer when nothing better is found. Stops it does not know are added, stops that no longer exist are dropped.
    start : where the search begins when that is not the incumbent (the incumbent with an urgent call inserted); the
        answer is never worse than this.
    limit_s : wall seconds of search (1.0 when `iterations` is not given either).
    iterations : rounds per thread. Without `limit_s` the answer depends on `seed` and `threads` only.

    Returns
    -------
    A plan that `violations` accepts, unless the incumbent was broken beyond what the search can repair.
    """
    until = StoppingCriterion(1.0 if limit_s is None and iterations is None else limit_s, iterations)
    base = carried_over(problem, start or incumbent, incumbent)
    found = _search(problem, incumbent, base, until, seed, max(1, threads))
    return better_of(problem, base, found, incumbent)


def better_of(problem: Problem, base: Plan | None, found: Plan | None, incumbent: Plan | None) -> Plan:
    """The cheaper of the plans that the checker accepts; the base when neither is accepted."""
    found, is_sound = _judged(problem, found, incumbent)
    if found is not None and is_sound:
        base, is_base_sound = _judged(problem, base, incumbent)
        if not is_base_sound or base is None or found.cost.total < base.cost.total:
            return found
    if base is not None:
        return base
    return with_reasons(problem, schedule(problem, {car.id: car.frozen for car in problem.cars}))


def _judged(problem: Problem, plan: Plan | None, incumbent: Plan | None) -> tuple[Plan | None, bool]:
    """The plan, and whether the checker accepts it. A reason that is not true costs no plan its place: the checker's
    own is written in instead."""
    if plan is None:
        return None, False
    broken = violations(problem, plan, incumbent)
    wrong = {one.stop for one in broken if one.code == "wrong_reason"}
    if not wrong:
        return plan, not broken
    unplanned = [
        Unplanned(one.stop, *true_reason(problem, plan, one.stop)) if one.stop in wrong else one
        for one in plan.unplanned
    ]
    return replace(plan, unplanned=tuple(unplanned)), all(one.code == "wrong_reason" for one in broken)


def warm_up() -> None:
    """Load (or once, compile) the search, so that no request waits for it. Takes about a second when the cache is
    warm."""
    matrix = TravelMatrix([[0, 60, 90], [60, 0, 60], [90, 60, 0]])
    car = Car(id="a", place=0, shift_s=(0, 9000))
    stops = [Stop(id=str(k), place=k, service_s=60, window_s=(0, 900), latest_s=1800) for k in (1, 2)]
    for cars_needed in (1, 2):
        pair = Problem(matrix, (car, replace(car, id="b")), (stops[0], replace(stops[1], cars_needed=cars_needed)))
        plan = solve(pair, iterations=20)
        solve(pair, iterations=20, incumbent=plan)
        bare = schedule(pair, {"a": ["1"]})
        insert(pair, bare, "2")
        insert(replace(pair, stops=(stops[0], replace(stops[1], latest_s=0, window_s=(0, 0)))), bare, "2")


def carried_over(problem: Problem, plan: Plan | None, incumbent: Plan | None) -> Plan | None:
    """A plan as an answer to this problem: unknown stops dropped, visits under way first, changes counted against
    the incumbent."""
    if plan is None:
        return None
    frozen = {stop_id for car in problem.cars for stop_id in car.frozen}
    orders: dict[str, list[tuple[str, int]]] = {}
    for car in problem.cars:
        known = [one for one in plan.sequences.get(car.id, ()) if one[0] in problem.stop_index]
        head = [(stop_id, dict(known).get(stop_id, 0)) for stop_id in car.frozen]
        orders[car.id] = head + [one for one in known if one[0] not in frozen]
    counts: dict[str, int] = {}
    for sequence in orders.values():
        for stop_id, _ in sequence:
            counts[stop_id] = counts.get(stop_id, 0) + 1
    lost = {
        stop_id
        for stop_id, count in counts.items()
        if count != problem.stop(stop_id).cars_needed and stop_id not in frozen
    }
    orders = {car: [one for one in sequence if one[0] not in lost] for car, sequence in orders.items()}
    return with_reasons(problem, schedule(problem, orders, incumbent=incumbent))


def _search(
    problem: Problem,
    incumbent: Plan | None,
    base: Plan | None,
    until: StoppingCriterion,
    seed: int,
    threads: int,
) -> Plan | None:
    arrays = with_incumbent(problem, incumbent)
    made = compiled(problem)
    if not made.parts:
        return with_reasons(problem, schedule(problem, {}, incumbent=incumbent))
    start = base.sequences if base is not None else {}
    engine = search_pairs if made.has_double_visits else search_strings
    orders = engine(problem, arrays, start, until, seed, threads)
    return filled(problem, with_reasons(problem, schedule(problem, orders, incumbent=incumbent)), incumbent)


def filled(problem: Problem, plan: Plan, incumbent: Plan | None) -> Plan:
    """The plan with every stop in it that still fits and pays for itself: a short search can end just before it."""
    for left_out in plan.unplanned:
        if left_out.reason != "fits":
            continue
        _, places = cheapest(problem, plan, left_out.stop)
        if not places:
            continue
        orders = {car: list(order) for car, order in plan.sequences.items()}
        for part, (c, at) in enumerate(places):
            orders[problem.cars[c].id].insert(at, (left_out.stop, part))
        fuller = schedule(problem, orders, incumbent=incumbent)
        if fuller.cost.total < plan.cost.total:
            return filled(problem, with_reasons(problem, fuller), incumbent)
    return plan
