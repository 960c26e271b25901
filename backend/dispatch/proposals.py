"""The desk asks for better routes: searched outside any transaction, shown beside those that drive."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from backend.dispatch import fetching, proposing
from backend.dispatch.comparison import compare
from backend.dispatch.events import ProposalAnswered, ProposalAsked
from backend.dispatch.models import Assignment, Night, Visit
from backend.dispatch.outlook import Better, Outlook
from backend.dispatch.planning import PlanningFailed
from backend.dispatch.proposal_models import PlanProposal
from backend.dispatch.proposal_rules import ProposalState, is_silent, state_now
from backend.dispatch.roster import NightIsClosed
from backend.dispatch.rules import VisitStatus
from backend.dispatch.tonight import Tonight, load
from backend.dispatch.writing import lock_night
from backend.platform.actor import SYSTEM
from backend.platform.clock import now as clock_now
from backend.platform.config import settings
from backend.platform.db import reading
from backend.platform.errors import NotFound
from backend.platform.outbox import Job
from backend.platform.uow import UnitOfWork, unit_of_work

log = structlog.get_logger()


def ask(uow: UnitOfWork, night_id: uuid.UUID, *, id: uuid.UUID, includes_assigned: bool = False) -> PlanProposal:
    """Ask for better routes. While a search runs, asking again joins it; what waited for a decision makes place."""
    night = lock_night(uow, night_id)
    if night.closed_at is not None:
        raise NightIsClosed()
    if (known := uow.session.get(PlanProposal, id)) is not None:
        return known
    for earlier in _undecided(uow, night_id):
        if earlier.state is ProposalState.RUNNING and not is_silent(earlier.asked_at, earlier.limit_s, uow.now):
            return earlier
        is_running = earlier.state is ProposalState.RUNNING
        earlier.state = ProposalState.FAILED if is_running else ProposalState.OVERTAKEN
        earlier.note = "no_answer" if is_running else "asked_again"
    proposal = PlanProposal(
        id=id,
        night_id=night.id,
        state=ProposalState.RUNNING,
        asked_at=uow.now,
        asked_by_id=uow.actor.staff_id,
        asked_by=uow.actor.name,
        limit_s=settings().plan_proposal_s,
        includes_assigned=includes_assigned,
        plan_version=night.plan_version,
        orders={},
        comparison={},
        undo={},
    )
    uow.session.add(proposal)
    uow.session.flush()
    uow.enqueue("propose", {"proposal_id": str(proposal.id)}, key=f"propose:{proposal.id}")
    uow.record(ProposalAsked(topic_id=night.id, proposal_id=proposal.id))
    return proposal


def _undecided(uow: UnitOfWork, night_id: uuid.UUID) -> list[PlanProposal]:
    waiting = (ProposalState.RUNNING, ProposalState.READY)
    query = sa.select(PlanProposal).where(PlanProposal.night_id == night_id, PlanProposal.state.in_(waiting))
    return list(uow.session.scalars(query.with_for_update().execution_options(populate_existing=True)))


def propose_job(job: Job) -> None:
    """Search, and lay what was found beside what drives. Nothing is held meanwhile: the desk goes on by hand."""
    proposal_id = uuid.UUID(job.payload["proposal_id"])
    with reading(SYSTEM) as session:
        proposal = session.get(PlanProposal, proposal_id)
        night = session.get(Night, proposal.night_id) if proposal is not None else None
        if proposal is None or night is None or proposal.state is not ProposalState.RUNNING:
            return
        tonight = load(session, night, clock_now())
        free = may_be_freed(session, tonight) if proposal.includes_assigned else frozenset()
        versions = _versions(session, night.id)
    fetching.prepare(tonight)
    try:
        found = proposing.propose(tonight, limit_s=proposal.limit_s, free=free)
    except PlanningFailed as failure:
        log.warning("proposal_failed", code=failure.code)
        with unit_of_work(actor=SYSTEM) as uow:
            _answer(uow, proposal_id, tonight, ProposalState.FAILED, note=failure.code)
        return
    state = ProposalState.READY if found is not None and found.is_better else ProposalState.NOTHING_BETTER
    comparison = compare(tonight, found, free=free) if found is not None else None
    orders = _kept(found, versions) if found is not None else None
    with unit_of_work(actor=SYSTEM) as uow:
        _answer(uow, proposal_id, tonight, state, comparison=comparison, orders=orders)


def may_be_freed(session: Session, tonight: Tonight) -> frozenset[uuid.UUID]:
    """What the desk assigned and may move again: on a route, not pinned, and not sent there for a stated reason."""
    by_hand = [
        visit.id
        for visit in tonight.visits
        if visit.status is VisitStatus.ASSIGNED and not visit.is_locked and visit.is_by_plan is False
    ]
    rows = session.scalars(
        sa.select(Visit.id)
        .join(Assignment, Assignment.id == Visit.assignment_id)
        .where(Visit.id.in_(by_hand), Assignment.override_code.is_(None))
    )
    return frozenset(rows)


def _versions(session: Session, night_id: uuid.UUID) -> dict[uuid.UUID, int]:
    rows = session.execute(sa.select(Visit.id, Visit.version).where(Visit.night_id == night_id))
    return {row.id: row.version for row in rows}


def _answer(
    uow: UnitOfWork,
    proposal_id: uuid.UUID,
    tonight: Tonight,
    state: ProposalState,
    *,
    note: str | None = None,
    comparison: dict[str, Any] | None = None,
    orders: dict[str, Any] | None = None,
) -> None:
    """Write the answer down, unless somebody stopped the search meanwhile."""
    night = lock_night(uow, tonight.night_id)
    proposal = held(uow, proposal_id)
    if proposal.state is not ProposalState.RUNNING:
        return
    if state is ProposalState.READY and night.plan_version != tonight.plan_version:
        state, note = ProposalState.OVERTAKEN, "changed"
    proposal.state, proposal.note, proposal.answered_at = state, note, uow.now
    proposal.plan_version = tonight.plan_version
    proposal.comparison, proposal.orders = comparison or {}, orders or {}
    moved = sum(_goes_elsewhere(one) for one in proposal.comparison.get("visits", ()))
    uow.record(ProposalAnswered(topic_id=night.id, proposal_id=proposal.id, state=state, moved=moved))


def _goes_elsewhere(change: dict[str, Any]) -> bool:
    """Another car than before, or a car at last."""
    before, after = change["old"], change["new"]
    return after is not None and (before is None or before["shift_id"] != after["shift_id"])


def _kept(found: Better, versions: Mapping[uuid.UUID, int]) -> dict[str, Any]:
    seen = {one for look in (found.before, found.after) for one in look.arrivals}
    return {
        "before": _orders(found.before),
        "after": _orders(found.after),
        "versions": {str(one): versions[one] for one in seen if one in versions},
    }


def _orders(outlook: Outlook) -> dict[str, list[str]]:
    return {str(shift_id): [str(one) for one in drive.order] for shift_id, drive in outlook.drives.items()}


def held(uow: UnitOfWork, proposal_id: uuid.UUID) -> PlanProposal:
    """This proposal as it is at this moment; its night is locked first, by whoever asks."""
    found = uow.session.scalar(
        sa.select(PlanProposal)
        .where(PlanProposal.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound()
    return found


def proposal(session: Session, proposal_id: uuid.UUID) -> PlanProposal:
    """One proposal."""
    found = session.get(PlanProposal, proposal_id)
    if found is None:
        raise NotFound()
    return found


def latest(session: Session, night_id: uuid.UUID) -> PlanProposal | None:
    """The last one that was asked for this night."""
    return session.scalar(
        sa.select(PlanProposal)
        .where(PlanProposal.night_id == night_id)
        .order_by(PlanProposal.asked_at.desc(), PlanProposal.id.desc())
        .limit(1)
    )


def state_of(proposal: PlanProposal, night: Night, now: datetime) -> ProposalState:
    """Where it stands, now that the night may have moved on."""
    return state_now(
        proposal.state,
        made_for=proposal.plan_version,
        plan_version=night.plan_version,
        answered_at=proposal.answered_at,
        now=now,
    )
