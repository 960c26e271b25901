"""Planning in the background: solved outside any transaction, applied only when nothing changed meanwhile."""

import uuid

import structlog

from backend.dispatch.driving import fetching
from backend.dispatch.events import NightPlanned, PlanFailed
from backend.dispatch.planning import optimiser as planning
from backend.dispatch.planning.in_force import difference, put_in_force
from backend.dispatch.planning.optimiser import PlanningFailed, RoutePlan
from backend.dispatch.tonight import Tonight, load
from backend.dispatch.writing import hold
from backend.platform.actor import SYSTEM
from backend.platform.clock import iso
from backend.platform.clock import now as clock_now
from backend.platform.config import settings
from backend.platform.db import reading
from backend.platform.ids import new_id
from backend.platform.outbox import Job
from backend.platform.uow import UnitOfWork, unit_of_work
from backend.roster.events import NightOpened, RosterChanged
from backend.roster.models import Night, Shift
from backend.roster.rules import PlanState
from backend.roster.service import NightIsClosed, lock_night

log = structlog.get_logger()

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


def plan_when_it_begins(uow: UnitOfWork, opened: NightOpened) -> None:
    """Planned visits are put into routes when the cars start; what the desk plans earlier by hand stays."""
    night_id = str(opened.night_id)
    uow.enqueue("plan_night", {"night_id": night_id}, run_at=opened.starts_at, key=f"plan:{night_id}:start")


def plan_for_who_begins_later(uow: UnitOfWork, changed: RosterChanged) -> None:
    """A car that begins later than the night, or steps in, gets its share when it begins."""
    shift = uow.session.get(Shift, changed.id) if changed.what == "shift" else None
    if shift is None or shift.starts_at == uow.session.get_one(Night, shift.night_id).starts_at:
        return
    uow.enqueue(
        "plan_night",
        {"night_id": str(shift.night_id)},
        run_at=max(uow.now, shift.starts_at),
        key=f"plan:{shift.night_id}:{iso(shift.starts_at)}",
    )


def plan_night_job(job: Job) -> None:
    """Plan the whole night."""
    _plan(uuid.UUID(job.payload["night_id"]), limit_s=settings().plan_night_s, is_whole_night=True)


def replan_job(job: Job) -> None:
    """Tidy the routes up after something changed."""
    _plan(uuid.UUID(job.payload["night_id"]), limit_s=settings().replan_s, is_whole_night=False)


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


def apply_plan(uow: UnitOfWork, tonight: Tonight, plan: RoutePlan) -> bool:
    """Put a plan in force, when the night is still the one that was planned; says whether it was."""
    held = hold(uow, tonight.night_id)
    night = held.night
    if night.plan_version != tonight.plan_version or night.closed_at is not None:
        return False
    change = difference(tonight, plan.orders)
    put_in_force(uow, held, change)
    night.planned_at = uow.now
    before = night.plan_state, night.plan_note
    night.plan_state = PlanState.IDLE
    night.plan_note = f"unplanned:{len(plan.unplanned)}" if plan.unplanned else None
    if change.touched or before != (night.plan_state, night.plan_note):
        uow.record(
            NightPlanned(plan_version=night.plan_version, moved=len(change.moves), unplanned=len(plan.unplanned))
        )
    return True
