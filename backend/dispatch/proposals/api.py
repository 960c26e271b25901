"""Better routes at the desk's asking: shown before and after, accepted or declined."""

import uuid
from typing import Any

from flask.views import MethodView

from backend.dispatch.blueprint import blp
from backend.dispatch.proposals import deciding, service
from backend.dispatch.proposals import queries as proposals
from backend.dispatch.proposals.models import PlanProposal
from backend.dispatch.proposals.rules import UNDO, ProposalState
from backend.dispatch.proposals.shapes import ComparisonOut, KeptOut, ProposalOut
from backend.people.rules import DESK
from backend.platform.answers import Moment
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import Schema, fields
from backend.roster import queries as roster


class ProposalIn(Schema):
    id = fields.UUID(required=True)
    includes_assigned = fields.Boolean(
        load_default=False, metadata={"description": "Also move what the desk assigned, unless pinned or accepted"}
    )


class DeclineIn(Schema):
    reason = fields.Text(max=300, load_default="")


@blp.route("/nights/<uuid:night_id>/proposals")
class Proposals(MethodView):
    @blp.access(*DESK)
    @blp.arguments(ProposalIn)
    @blp.response(202, ProposalOut)
    def post(self, data: dict[str, Any], night_id: uuid.UUID) -> ProposalOut:
        """Ask for better routes; while a search runs, asking again joins it"""
        with unit_of_work() as uow:
            asked = service.ask(uow, night_id, **data)
        return _shown(asked.id)


@blp.route("/proposals/<uuid:proposal_id>")
class Proposal(MethodView):
    @blp.access(*DESK)
    @blp.response(200, ProposalOut)
    def get(self, proposal_id: uuid.UUID) -> ProposalOut:
        """Before and after: totals, cars, and who arrives when"""
        return _shown(proposal_id)


@blp.route("/proposals/<uuid:proposal_id>/acceptances")
class Acceptances(MethodView):
    @blp.access(*DESK)
    @blp.response(200, ProposalOut)
    def post(self, proposal_id: uuid.UUID) -> ProposalOut:
        """Put exactly this plan in force; 409 when the night has moved on or another desk was first"""
        with unit_of_work() as uow:
            deciding.accept(uow, proposal_id)
        return _shown(proposal_id)


@blp.route("/proposals/<uuid:proposal_id>/refusals")
class Refusals(MethodView):
    @blp.access(*DESK)
    @blp.arguments(DeclineIn)
    @blp.response(200, ProposalOut)
    def post(self, data: dict[str, Any], proposal_id: uuid.UUID) -> ProposalOut:
        """Leave the routes as they are"""
        with unit_of_work() as uow:
            deciding.decline(uow, proposal_id, reason=data["reason"])
        return _shown(proposal_id)


@blp.route("/proposals/<uuid:proposal_id>/cancellations")
class ProposalCancellations(MethodView):
    @blp.access(*DESK)
    @blp.response(200, ProposalOut)
    def post(self, proposal_id: uuid.UUID) -> ProposalOut:
        """Wait for the search no longer"""
        with unit_of_work() as uow:
            deciding.cancel(uow, proposal_id)
        return _shown(proposal_id)


@blp.route("/proposals/<uuid:proposal_id>/reversals")
class Reversals(MethodView):
    @blp.access(*DESK)
    @blp.response(200, ProposalOut)
    def post(self, proposal_id: uuid.UUID) -> ProposalOut:
        """Put the earlier routes back, as far as nothing happened meanwhile"""
        with unit_of_work() as uow:
            deciding.undo(uow, proposal_id)
        return _shown(proposal_id)


def _shown(proposal_id: uuid.UUID) -> ProposalOut:
    with reading() as session:
        found = proposals.proposal(session, proposal_id)
        night = roster.night(session, found.night_id)
        return _shape(found, proposals.state_of(found, night, now()))


def _shape(found: PlanProposal, state: ProposalState) -> ProposalOut:
    can_undo = state is ProposalState.ACCEPTED and found.decided_at is not None
    facts = {key: value for key, value in found.comparison.items() if key != "terms"}
    return ProposalOut(
        id=str(found.id),
        night_id=str(found.night_id),
        state=state,
        note=found.note,
        asked_at=Moment(found.asked_at),
        asked_by=found.asked_by,
        limit_s=found.limit_s,
        includes_assigned=found.includes_assigned,
        answered_at=Moment.maybe(found.answered_at),
        decided_at=Moment.maybe(found.decided_at),
        decided_by=found.decided_by,
        reason=found.reason,
        undo_until=Moment(found.decided_at + UNDO) if can_undo and found.decided_at else None,
        kept=[KeptOut.of(one) for one in found.undo.get("kept", [])],
        comparison=ComparisonOut.of(facts) if facts else None,
    )
