"""The answer to a proposal: searched outside any transaction, laid beside what drives, written down at the end."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from backend.dispatch.driving import fetching
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.planning.optimiser import PlanningFailed
from backend.dispatch.proposals import search as proposing
from backend.dispatch.proposals.comparison import compare
from backend.dispatch.proposals.events import ProposalAnswered
from backend.dispatch.proposals.models import PlanProposal
from backend.dispatch.proposals.outlook import Better, Outlook
from backend.dispatch.proposals.rules import ProposalState
from backend.dispatch.proposals.service import lock_proposal
from backend.dispatch.rules import VisitStatus
from backend.dispatch.tonight import Tonight, load
from backend.platform.actor import SYSTEM
from backend.platform.clock import now as clock_now
from backend.platform.db import reading
from backend.platform.outbox import Job
from backend.platform.uow import UnitOfWork, unit_of_work
from backend.roster.models import Night
from backend.roster.service import lock_night

log = structlog.get_logger()


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
    orders = _orders_json(found, versions) if found is not None else None
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
    proposal = lock_proposal(uow, proposal_id)
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


def _orders_json(found: Better, versions: Mapping[uuid.UUID, int]) -> dict[str, Any]:
    seen = {one for look in (found.before, found.after) for one in look.arrivals}
    return {
        "before": _orders(found.before),
        "after": _orders(found.after),
        "versions": {str(one): versions[one] for one in seen if one in versions},
    }


def _orders(outlook: Outlook) -> dict[str, list[str]]:
    return {str(shift_id): [str(one) for one in drive.order] for shift_id, drive in outlook.drives.items()}
