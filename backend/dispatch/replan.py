"""Planning in the background: solved outside any transaction, applied only when nothing changed meanwhile."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

import structlog

from backend.dispatch import assign, fetching, planning, routes
from backend.dispatch.events import NightPlanned, PlanFailed
from backend.dispatch.models import Assignment, Night, Visit
from backend.dispatch.planning import PlanningFailed, RoutePlan
from backend.dispatch.roster import NightIsClosed
from backend.dispatch.rules import PlanState, VisitStatus
from backend.dispatch.tonight import Tonight, load, load_car
from backend.dispatch.writing import lock_night
from backend.platform.actor import SYSTEM
from backend.platform.clock import now as clock_now
from backend.platform.config import settings
from backend.platform.db import reading
from backend.platform.ids import new_id
from backend.platform.outbox import Job
from backend.platform.uow import UnitOfWork, unit_of_work

log = structlog.get_logger()

TIDY_UP_S = 0.5
TRIES = 5
"""A night that changes under the solver's hands is planned again this often; then the next change will do it."""


def plan_night(uow: UnitOfWork, night_id: uuid.UUID) -> Night:
    """Ask for planned visits to be put into routes; the answer comes by itself, the desk does not wait for it."""
    night = lock_night(uow, night_id)
    if night.closed_at is not None:
        raise NightIsClosed()
    night.plan_state, night.plan_note = PlanState.RUNNING, None
    uow.enqueue("plan_night", {"night_id": str(night.id)}, key=f"plan:{night.id}:{new_id()}")
    return night


def plan_night_job(job: Job) -> None:
    """Plan the whole night."""
    _plan(uuid.UUID(job.payload["night_id"]), limit_s=settings().plan_night_s, is_whole_night=True)


def replan_job(job: Job) -> None:
    """Tidy the routes up after something changed."""
    _plan(uuid.UUID(job.payload["night_id"]), limit_s=TIDY_UP_S, is_whole_night=False)


def _plan(night_id: uuid.UUID, *, limit_s: float, is_whole_night: bool) -> None:
    for _ in range(TRIES):
        with reading(SYSTEM) as session:
            night = session.get(Night, night_id)
            if night is None or night.closed_at is not None:
                return
            tonight = load(session, night, clock_now())
        fetching.prepare(tonight)
        # Between here and the next transaction nothing is held: the desk assigns by hand as if there were no solver.
        try:
            plan = planning.plan_routes(tonight, limit_s=limit_s)
        except PlanningFailed as failure:
            with unit_of_work(actor=SYSTEM) as uow:
                note_failure(uow, night_id, failure.code)
            return
        with unit_of_work(actor=SYSTEM) as uow:
            if apply_plan(uow, tonight, plan):
                return
    log.info("plan_overtaken", tries=TRIES)
    if is_whole_night:
        with unit_of_work(actor=SYSTEM) as uow:
            note_failure(uow, night_id, "overtaken")


def note_failure(uow: UnitOfWork, night_id: uuid.UUID, note: str) -> None:
    """The plan in force stands as it was; the board says that it was not improved."""
    night = lock_night(uow, night_id)
    if (night.plan_state, night.plan_note) == (PlanState.FAILED, note):
        return  # the desk knows
    night.plan_state, night.plan_note = PlanState.FAILED, note
    uow.record(PlanFailed(plan_version=night.plan_version, note=note))


@dataclass
class _Difference:
    """What a new plan does to the cars."""

    moves: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)
    """visit -> the shift it goes to"""
    orders: dict[uuid.UUID, list[uuid.UUID]] = field(default_factory=dict)
    """shift -> its visits in order, only where that changed"""


def apply_plan(uow: UnitOfWork, tonight: Tonight, plan: RoutePlan) -> bool:
    """Put a plan in force, when the night is still the one that was planned; says whether it was."""
    night = lock_night(uow, tonight.night_id)
    if night.plan_version != tonight.plan_version or night.closed_at is not None:
        return False
    difference = _difference(tonight, plan.orders)
    touched = set(difference.orders)
    for visit_id, shift_id in difference.moves.items():
        visit = uow.session.get_one(Visit, visit_id)
        if visit.shift_id is not None:
            touched.add(visit.shift_id)
            assign.take_from_car(uow, visit, reason="plan", is_by_plan=True)
        _give(uow, visit, shift_id)
    moved = set(difference.moves)
    routes.set_order(uow, night, difference.orders, quiet=moved)
    for visit_id in difference.moves:
        visit = uow.session.get_one(Visit, visit_id)
        car = load_car(uow.session, visit.shift_id) if visit.shift_id else None
        if car is not None and visit.assignment_id is not None:
            assign.tell_assigned(uow, visit, uow.session.get_one(Assignment, visit.assignment_id), car)
    night.planned_at = uow.now
    before = night.plan_state, night.plan_note
    night.plan_state = PlanState.IDLE
    night.plan_note = f"unplanned:{len(plan.unplanned)}" if plan.unplanned else None
    if touched or before != (night.plan_state, night.plan_note):
        night.plan_version += bool(touched)
        uow.record(
            NightPlanned(plan_version=night.plan_version, moved=len(difference.moves), unplanned=len(plan.unplanned))
        )
        for shift_id in touched:
            key = f"route:{shift_id}:{night.plan_version}"
            uow.enqueue("ring_route", {"shift_id": str(shift_id), "reason": "plan"}, key=key)
    return True


def _difference(tonight: Tonight, orders: Mapping[uuid.UUID, tuple[uuid.UUID, ...]]) -> _Difference:
    found = _Difference()
    sits_at = {visit.id: visit.shift_id for visit in tonight.visits}
    for shift_id, order in orders.items():
        if [visit.id for visit in tonight.route(shift_id)] != list(order):
            found.orders[shift_id] = list(order)
        found.moves |= {visit_id: shift_id for visit_id in order if sits_at[visit_id] != shift_id}
    return found


def _give(uow: UnitOfWork, visit: Visit, shift_id: uuid.UUID) -> None:
    car = load_car(uow.session, shift_id)
    if car is None or visit.status is not VisitStatus.OPEN:
        raise RuntimeError("the plan was made for another night")  # the version said otherwise: undo everything
    assignment = Assignment(
        id=new_id(),
        visit_id=visit.id,
        shift_id=shift_id,
        assigned_at=uow.now,
        assigned_by_id=None,
        assigned_by=uow.actor.name,
        is_by_plan=True,
        acknowledged_at=uow.now,  # a planned route rings nobody: there is nothing to answer
        phone_steps=[],
    )
    assign.give_to_car(uow, visit, assignment, car)
