"""A long search read for people: the routes as they are and as they could be, and why each visit would move."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import structlog

from backend.dispatch.planning import optimiser as planning
from backend.dispatch.planning.optimiser import Search
from backend.dispatch.planning.problem import at, params_in_words
from backend.dispatch.proposals.outlook import Arrival, Better, Drive, Outlook
from backend.dispatch.tonight import Tonight

if TYPE_CHECKING:
    from routing import Plan, Reason

log = structlog.get_logger()


def propose(tonight: Tonight, *, limit_s: float, free: Collection[uuid.UUID] = (), seed: int = 0) -> Better | None:
    """Search for better routes and say what they would change; nothing when there is nothing to plan.

    `free`: visits that the desk assigned and that this search may move all the same, because the desk decides about
    the answer. Raises `PlanningFailed` when there is no answer that may be used.
    """
    if free:
        visits = tuple(replace(one, is_by_plan=True) if one.id in free else one for one in tonight.visits)
        tonight = replace(tonight, visits=visits)
    found = planning.search(tonight, limit_s=limit_s, seed=seed)
    if found is None:
        return None
    before, after = (_outlook(tonight, found, plan) for plan in (found.incumbent, found.plan))
    moved = [one for one, there in after.arrivals.items() if _car_of(before, one) != there.shift_id]
    # Explained as if these routes drove already: what it costs to change them is no reason for or against a car.
    settled = replace(found, plan=_settled(found))
    return Better(before, after, {one: _why(tonight, settled, before, one) for one in (*moved, *found.unplanned)})


def _settled(found: Search) -> Plan:
    import routing

    return routing.schedule(found.problem, found.plan.sequences, unplanned=found.plan.unplanned)


def _outlook(tonight: Tonight, found: Search, plan: Plan) -> Outlook:
    """A plan in the house's words. A visit begins when its window opens, also when the car could be there sooner."""
    orders = found.orders(plan)
    arrivals, drives = {}, {}
    for route in plan.routes:
        shift_id = uuid.UUID(route.car)
        for visit_id, one in zip(orders[shift_id], route.stops, strict=True):
            arrivals[visit_id] = Arrival(shift_id, at(tonight, one.start_s), one.late_s)
        drives[shift_id] = Drive(orders[shift_id], route.travel_s, route.distance_m, at(tonight, route.home_s))
    return Outlook(arrivals, drives, asdict(plan.cost))


def _car_of(outlook: Outlook, visit_id: uuid.UUID) -> uuid.UUID | None:
    arrival = outlook.arrivals.get(visit_id)
    return arrival.shift_id if arrival is not None else None


def _why(tonight: Tonight, found: Search, before: Outlook, visit_id: uuid.UUID) -> tuple[dict[str, Any], ...]:
    """Why this car, and what is against leaving it where it was; for what fits nowhere, what would help."""
    import routing

    visit = tonight.visit(visit_id)
    if visit is None:
        return ()
    try:
        explained = routing.explain(found.problem, found.plan, found.pairs.part_of(visit)[0])
    except Exception as error:  # a plan that cannot be explained is still a plan; the desk sees what it changes
        log.warning("proposal_not_explained", kind=type(error).__name__)
        return ()
    names = {str(car.shift_id): car.car_name for car in tonight.cars}
    old = _car_of(before, visit_id)
    against = [one for one in explained.others if old is not None and one.params.get("car") == str(old)]
    reasons = [one for one in (*explained.reasons, *against, *explained.possible) if _says_something(one)]
    return tuple({"code": one.code, "params": params_in_words(tonight, one.params, names)} for one in reasons)


def _says_something(reason: Reason) -> bool:
    """Not the choice itself, and not a drawback of less than a minute."""
    return reason.code != "chosen" and not (reason.code == "dearer" and reason.params["extra"] < 60)
