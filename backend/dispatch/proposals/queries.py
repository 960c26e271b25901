"""Proposals as they stand now."""

import uuid
from datetime import datetime

import sqlalchemy as sa

from backend.dispatch.proposals.models import PlanProposal
from backend.dispatch.proposals.rules import ProposalState, state_now
from backend.platform.db import Session
from backend.platform.errors import NotFound
from backend.roster.models import Night


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
