"""The desk asks for better routes: searched outside any transaction, shown beside those that drive."""

import uuid

import sqlalchemy as sa

from backend.dispatch.proposals.events import ProposalAsked
from backend.dispatch.proposals.models import PlanProposal
from backend.dispatch.proposals.rules import ProposalState, is_silent
from backend.platform.config import settings
from backend.platform.errors import NotFound
from backend.platform.uow import UnitOfWork
from backend.roster.service import NightIsClosed, lock_night


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


def lock_proposal(uow: UnitOfWork, proposal_id: uuid.UUID) -> PlanProposal:
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
