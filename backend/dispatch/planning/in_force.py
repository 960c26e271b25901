"""Other routes put in force: visits change car, orders change, and only the phones that it concerns hear of it."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from backend.dispatch import assign, routes
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.rules import VisitKind, VisitStatus
from backend.dispatch.tonight import Tonight
from backend.dispatch.writing import HeldNight
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork


@dataclass
class Difference:
    """What other routes do to the cars."""

    moves: dict[uuid.UUID, uuid.UUID | None] = field(default_factory=dict)
    """visit -> the shift it goes to; None: it waits for a car again"""
    orders: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)
    """shift -> its visits in order, only where that changed"""
    touched: set[uuid.UUID] = field(default_factory=set)
    """every shift that has other work now"""


def difference(
    tonight: Tonight, orders: Mapping[uuid.UUID, Sequence[uuid.UUID]], *, open_again: Sequence[uuid.UUID] = ()
) -> Difference:
    """What has to be done to drive these orders from now on."""
    found = Difference(moves=dict.fromkeys(open_again))
    sits_at = {visit.id: visit.shift_id for visit in tonight.visits}
    for shift_id, order in orders.items():
        if [visit.id for visit in tonight.route(shift_id)] != list(order):
            found.orders[shift_id] = list(order)
        found.moves |= {visit_id: shift_id for visit_id in order if sits_at.get(visit_id) != shift_id}
    left = {sits_at.get(visit_id) for visit_id in found.moves}
    found.touched = {one for one in (*found.orders, *left) if one is not None}
    return found


def put_in_force(uow: UnitOfWork, held: HeldNight, change: Difference) -> None:
    """Carry a difference out on a night that is held; the caller has seen that it is still the same night."""
    rung: set[uuid.UUID] = set()
    for visit_id, shift_id in change.moves.items():
        visit = held.visits[visit_id]
        is_by_plan = True
        if visit.assignment_id is not None:
            is_by_plan = uow.session.get_one(Assignment, visit.assignment_id).is_by_plan
            assign.take_from_car(uow, held, visit, reason="plan", is_by_plan=is_by_plan)
        if shift_id is not None:
            assignment = _give(uow, held, visit, shift_id, is_by_plan=is_by_plan)
            if assignment.acknowledged_at is None:
                assign.ring(uow, assignment)
                rung.add(shift_id)
    routes.set_order(uow, held, change.orders, quiet=set(change.moves))
    for visit_id, shift_id in change.moves.items():
        visit = held.visits[visit_id]
        car = held.car(shift_id) if shift_id is not None else None
        if car is not None and visit.assignment_id is not None:
            assign.tell_assigned(uow, visit, uow.session.get_one(Assignment, visit.assignment_id), car)
    held.night.plan_version += bool(change.touched)
    for shift_id in change.touched - rung:
        key = f"route:{shift_id}:{held.night.plan_version}"
        uow.enqueue("ring_route", {"shift_id": str(shift_id), "reason": "plan"}, key=key)


def _give(uow: UnitOfWork, held: HeldNight, visit: Visit, shift_id: uuid.UUID, *, is_by_plan: bool) -> Assignment:
    """A planned route rings nobody: there is nothing to answer. For somebody who called the new nurse is rung."""
    car = held.car(shift_id)
    if car is None or visit.status is not VisitStatus.OPEN:
        raise RuntimeError("the plan was made for another night")  # the version said otherwise: undo everything
    assignment = Assignment(
        id=new_id(),
        visit_id=visit.id,
        shift_id=shift_id,
        assigned_at=uow.now,
        assigned_by_id=uow.actor.staff_id,
        assigned_by=uow.actor.name,
        is_by_plan=is_by_plan,
        acknowledged_at=None if visit.kind is VisitKind.UNPLANNED else uow.now,
        phone_steps=[],
    )
    assign.give_to_car(uow, held, visit, assignment, car)
    return assignment
