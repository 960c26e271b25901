"""The last things that happened, as codes with numbers and car names: the line at the foot of the board."""

import uuid

import sqlalchemy as sa

from backend.dispatch.board.shapes import ChangeOut
from backend.intake.models import CareRequest
from backend.intake.rules import reference_of
from backend.people.models import Organisation
from backend.platform.answers import Moment
from backend.platform.db import Session
from backend.platform.events import EventRow

LAST = 20

TEXT_CODES = {
    "CareRequestRegistered": "care_request_registered",
    "TriageDecided": "triage_decided",
    "VisitOpened": "visit_opened",
    "VisitChanged": "visit_changed",
    "VisitAssigned": "visit_assigned",
    "VisitWithdrawn": "visit_withdrawn",
    "VisitCancelled": "visit_cancelled",
    "VisitLocked": "visit_locked",
    "VisitAccepted": "visit_accepted",
    "NurseDeparted": "nurse_departed",
    "NurseArrived": "nurse_arrived",
    "VisitFinished": "visit_finished",
    "LateFactKept": "late_fact_kept",
    "VisitReported": "visit_reported",
    "NightPlanned": "night_planned",
    "PlanFailed": "plan_failed",
    "ProposalAsked": "proposal_asked",
    "ProposalAnswered": "proposal_answered",
    "ProposalDecided": "proposal_decided",
    "BackupWoken": "backup_woken",
    "BreakChanged": "break_changed",
    "AlarmRaised": "alarm_raised",
    "AlarmEscalated": "alarm_escalated",
    "AlarmAcknowledged": "alarm_acknowledged",
    "ClientMerged": "client_merged",
    "CommandRefused": "command_refused",
    "NightClosed": "night_closed",
    "HandoverUnread": "handover_unread",
    "HandoverAnswered": "handover_answered",
}
"""Which events the desk reads as news. The Dutch sentence of a code lives in the app."""

_ABOUT_AN_ORGANISATION = frozenset({"HandoverUnread", "HandoverAnswered"})

_PARAMS = (
    "reference",
    "car_name",
    "urgency",
    "outcome",
    "reason",
    "kind",
    "step",
    "eta_at",
    "is_locked",
    "is_by_plan",
    "by_desk",
    "override_code",
    "plan_version",
    "moved",
    "unplanned",
    "note",
    "what",
    "minutes",
    "is_late",
    "refusal",
    "status",
    "state",
    "handovers",
)
"""Facts that may stand there: numbers, codes and names of cars. Nothing that somebody typed about a client."""


def last_changes(session: Session, *, up_to: int) -> list[ChangeOut]:
    """The last twenty, newest first."""
    rows = session.scalars(
        sa.select(EventRow)
        .where(EventRow.name.in_(TEXT_CODES), EventRow.seq <= up_to)
        .order_by(EventRow.seq.desc())
        .limit(LAST)
    ).all()
    numbers = _numbers(session, {row.stream_id for row in rows if row.stream_id and "reference" not in row.payload})
    names = _names(session, {row.organisation_id for row in rows if row.name in _ABOUT_AN_ORGANISATION})
    return [_change(row, numbers, names) for row in rows]


def _numbers(session: Session, care_request_ids: set[uuid.UUID]) -> dict[uuid.UUID, int]:
    if not care_request_ids:
        return {}
    rows = session.execute(sa.select(CareRequest.id, CareRequest.number).where(CareRequest.id.in_(care_request_ids)))
    return dict(rows.tuples().all())


def _names(session: Session, organisation_ids: set[uuid.UUID | None]) -> dict[uuid.UUID, str]:
    if not organisation_ids:
        return {}
    rows = session.execute(sa.select(Organisation.id, Organisation.name).where(Organisation.id.in_(organisation_ids)))
    return dict(rows.tuples().all())


def _change(row: EventRow, numbers: dict[uuid.UUID, int], names: dict[uuid.UUID, str]) -> ChangeOut:
    params = {key: row.payload[key] for key in _PARAMS if row.payload.get(key) is not None}
    if "reference" not in params and row.stream_id in numbers:
        params["reference"] = reference_of(numbers[row.stream_id])
    if row.name in _ABOUT_AN_ORGANISATION and row.organisation_id in names:
        params["organisation"] = names[row.organisation_id]
    # A planned visit's title may say what is wrong with somebody; a triage decision's reason may too.
    if row.name not in ("VisitWithdrawn", "VisitCancelled"):
        params.pop("reason", None)
    return ChangeOut(
        seq=row.seq,
        happened_at=Moment(row.happened_at),
        text_code=TEXT_CODES[row.name],
        params={**params, "by": row.actor_name},
        visit_id=str(row.topic_id) if row.topic_id else None,
    )
