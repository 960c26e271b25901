"""What the desk says to a proposal: yes, no, never mind; and for some minutes after a yes: take it back."""

import uuid
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from backend.dispatch import rules
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.planning.in_force import Difference, difference, put_in_force
from backend.dispatch.proposals.events import ProposalDecided
from backend.dispatch.proposals.models import PlanProposal
from backend.dispatch.proposals.queries import proposal, state_of
from backend.dispatch.proposals.rules import UNDO, ProposalState, Standing, put_back, what_stays
from backend.dispatch.proposals.service import lock_proposal
from backend.dispatch.rules import VisitStatus
from backend.dispatch.tonight import Tonight, objections
from backend.dispatch.writing import HeldNight, hold
from backend.platform.clock import iso
from backend.platform.errors import DomainError
from backend.platform.uow import UnitOfWork
from backend.roster.service import NightIsClosed

Moves = dict[uuid.UUID, uuid.UUID | None]


class ProposalOvertaken(DomainError):
    """The night is another one than the proposal was made for; it can be worked out again."""

    code = "proposal_overtaken"


class ProposalDecidedAlready(DomainError):
    """Another desk was first; the answer says who, when and what."""

    code = "proposal_decided"


class ProposalNotReady(DomainError):
    """There is nothing to say yes to."""

    code = "proposal_not_ready"


class CannotUndo(DomainError):
    """The accepted plan stands: too long ago, or everything in it has moved on."""

    code = "cannot_undo"


def accept(uow: UnitOfWork, proposal_id: uuid.UUID) -> PlanProposal:
    """Put exactly this plan in force, when the night is still the one that it was made for.

    Of two desks at once one wins, and the other is told who and when.
    """
    held, found = _hold_both(uow, proposal_id)
    if found.state is ProposalState.ACCEPTED and found.decided_by_id == uow.actor.staff_id:
        return found
    _refuse_decided(found)
    if held.night.closed_at is not None:
        raise NightIsClosed()
    if state_of(found, held.night, uow.now) is ProposalState.OVERTAKEN:
        raise ProposalOvertaken()
    if found.state is not ProposalState.READY:
        raise ProposalNotReady(state=found.state.value)
    tonight = held.seen()
    change = difference(tonight, _ids(found.orders["after"]))
    _refuse_other_night(uow, found, tonight, change)
    earlier: Moves = {visit.id: visit.shift_id for visit in tonight.visits if visit.id in change.moves}
    put_in_force(uow, held, change)
    held.night.planned_at = uow.now
    found.undo = {
        "moves": {str(one): str(shift_id) if shift_id else None for one, shift_id in earlier.items()},
        "versions": {str(one): row.version for one, row in _standings(held).items()},
    }
    return _write_decision(uow, held, found, ProposalState.ACCEPTED, moved=len(change.moves))


def decline(uow: UnitOfWork, proposal_id: uuid.UUID, *, reason: str | None = None) -> PlanProposal:
    """Leave the routes as they are, also for the tidying up behind the next visit. Saying no twice changes nothing."""
    held, found = _hold_both(uow, proposal_id)
    if found.state is ProposalState.DECLINED:
        return found
    _refuse_decided(found)
    if found.state is not ProposalState.READY:
        raise ProposalNotReady(state=found.state.value)
    found.reason = reason or None
    if found.plan_version == held.night.plan_version:
        wanted = {one: shift_id for shift_id, order in _ids(found.orders["after"]).items() for one in order}
        tonight = held.seen()
        _keep_by_hand(uow, held, [one.id for one in tonight.visits if wanted.get(one.id, one.shift_id) != one.shift_id])
    return _write_decision(uow, held, found, ProposalState.DECLINED)


def cancel(uow: UnitOfWork, proposal_id: uuid.UUID) -> PlanProposal:
    """Wait no longer; what the search still finds is thrown away."""
    held, found = _hold_both(uow, proposal_id)
    if found.state is not ProposalState.RUNNING:
        return found
    return _write_decision(uow, held, found, ProposalState.CANCELLED)


def undo(uow: UnitOfWork, proposal_id: uuid.UUID) -> PlanProposal:
    """Put the earlier routes back, as far as nothing happened meanwhile; `undo.kept` says what did not go back."""
    held, found = _hold_both(uow, proposal_id)
    if found.state is ProposalState.UNDONE:
        return found
    if found.state is not ProposalState.ACCEPTED or found.decided_at is None:
        raise ProposalNotReady(state=found.state.value)
    if held.night.closed_at is not None:
        raise NightIsClosed()
    if uow.now - found.decided_at > UNDO:
        raise CannotUndo(reason="too_late")
    moves: Moves = {
        uuid.UUID(one): uuid.UUID(shift_id) if shift_id else None for one, shift_id in found.undo["moves"].items()
    }
    versions = {uuid.UUID(one): version for one, version in found.undo["versions"].items()}
    kept = what_stays(moves, versions, _standings(held))
    back: Moves = {one: shift_id for one, shift_id in moves.items() if one not in kept}
    if moves and not back:
        raise CannotUndo(reason="all_changed", visits=[str(one) for one in kept])
    tonight = held.seen()
    orders = _earlier_orders(tonight, _ids(found.orders["before"]), back)
    change = difference(tonight, orders, open_again=[one for one, shift_id in back.items() if shift_id is None])
    put_in_force(uow, held, change)
    _keep_by_hand(uow, held, list(back))
    found.undo = {**found.undo, "kept": [{"visit_id": str(one), "code": code} for one, code in kept.items()]}
    return _write_decision(uow, held, found, ProposalState.UNDONE, moved=len(back))


def _keep_by_hand(uow: UnitOfWork, held: HeldNight, visit_ids: list[uuid.UUID]) -> None:
    """Where these visits are was the desk's choice: what it refused, no machine does a moment later all the same."""
    rows = uow.session.scalars(
        sa.select(Assignment).join(Visit, Visit.assignment_id == Assignment.id).where(Visit.id.in_(visit_ids))
    )
    for assignment in rows:
        assignment.is_by_plan = False
    held.night.plan_version += 1


def _hold_both(uow: UnitOfWork, proposal_id: uuid.UUID) -> tuple[HeldNight, PlanProposal]:
    held = hold(uow, proposal(uow.session, proposal_id).night_id)
    return held, lock_proposal(uow, proposal_id)


def _refuse_decided(found: PlanProposal) -> None:
    if found.decided_at is not None:
        raise ProposalDecidedAlready(by=found.decided_by, at=iso(found.decided_at), state=found.state.value)


def _refuse_other_night(uow: UnitOfWork, found: PlanProposal, tonight: Tonight, change: Difference) -> None:
    """The version says that nothing changed; each visit and each nurse are asked all the same."""
    standing = {shift_id: [one.id for one in tonight.route(shift_id)] for shift_id in _ids(found.orders["before"])}
    versions = {uuid.UUID(one): version for one, version in found.orders["versions"].items()}
    now = _standings_by_id(uow, list(versions))
    if standing != _ids(found.orders["before"]) or any(now.get(one) != version for one, version in versions.items()):
        raise ProposalOvertaken()
    for visit_id, shift_id in change.moves.items():
        visit = tonight.visit(visit_id)
        car = tonight.car(shift_id) if shift_id is not None else None
        if visit is None or visit.is_locked or visit.status not in (VisitStatus.OPEN, VisitStatus.ASSIGNED):
            raise ProposalOvertaken()
        against = objections(tonight, visit, car) if car is not None else ()
        # Two nurses of one double visit may change places in one plan: then the other's car stands in the way only now.
        blocking = [one for one in against if one.weight is not rules.Weight.REASON and one.code != "has_other_part"]
        if car is None or blocking:
            raise ProposalOvertaken()


def _earlier_orders(
    tonight: Tonight, earlier: Mapping[uuid.UUID, list[uuid.UUID]], back: Moves
) -> dict[uuid.UUID, list[uuid.UUID]]:
    orders: dict[uuid.UUID, list[uuid.UUID]] = {}
    for shift_id, order in earlier.items():
        route = tonight.route(shift_id)
        here = {one.id for one in route if one.id not in back} | {one for one, to in back.items() if to == shift_id}
        accepted = next((one.id for one in route if one.status is VisitStatus.ACCEPTED), None)
        orders[shift_id] = put_back([one.id for one in route], order, here, accepted)
    return orders


def _standings(held: HeldNight) -> dict[uuid.UUID, Standing]:
    return {
        one.id: Standing(one.shift_id, one.version, one.status is VisitStatus.ASSIGNED) for one in held.visits.values()
    }


def _standings_by_id(uow: UnitOfWork, visit_ids: list[uuid.UUID]) -> dict[uuid.UUID, int]:
    rows = uow.session.execute(sa.select(Visit.id, Visit.version).where(Visit.id.in_(visit_ids)))
    return {row.id: row.version for row in rows}


def _write_decision(
    uow: UnitOfWork, held: HeldNight, found: PlanProposal, state: ProposalState, *, moved: int = 0
) -> PlanProposal:
    found.state = state
    found.decided_at, found.decided_by_id, found.decided_by = uow.now, uow.actor.staff_id, uow.actor.name
    uow.record(ProposalDecided(topic_id=held.night.id, proposal_id=found.id, state=state, moved=moved))
    return found


def _ids(orders: Mapping[str, Any]) -> dict[uuid.UUID, list[uuid.UUID]]:
    return {uuid.UUID(shift_id): [uuid.UUID(one) for one in order] for shift_id, order in orders.items()}
