"""A night with three cars, and a triage decision that opens a visit in it: for the tests of dispatch."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from backend.dispatch.models import Alarm, Assignment, Visit
from backend.intake.models import CareRequest
from backend.people.models import Client, Region, Staff
from backend.platform.actor import SYSTEM
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.events import EventRow
from backend.platform.ids import new_id
from backend.platform.outbox import OutboxJob
from backend.platform.uow import unit_of_work
from backend.roster.models import Night, Shift
from backend.triage.events import TriageDecided
from backend.triage.rules import Counterfactual, Outcome, ScopeVerdict, Urgency
from tests import builders, night


@dataclass
class ANight:
    """West has a nurse who may place a catheter, Oost one who may not, and a back-up who may is asleep."""

    night: Night
    west: Region
    oost: Region
    west_shift: Shift
    oost_shift: Shift
    backup_shift: Shift
    west_nurse: Staff
    oost_nurse: Staff


def a_staffed_night() -> ANight:
    """Half past two at night, and three cars on the roster."""
    west, oost = builders.a_region("1055"), builders.a_region("1093")
    during = night.a_night()
    west_nurse = builders.a_nurse(competences=("bladder_catheter",))
    oost_nurse = builders.a_nurse(name="Samira Aziz")
    backup = builders.a_nurse(name="Yvonne Prins", competences=("bladder_catheter",))
    return ANight(
        night=during,
        west=west,
        oost=oost,
        west_shift=night.a_shift(during, west_nurse, night.a_car(west, name="Auto West")),
        oost_shift=night.a_shift(during, oost_nurse, night.a_car(oost, name="Auto Oost")),
        backup_shift=night.a_shift(during, backup, night.a_car(west, name="Achterwacht"), is_backup=True),
        west_nurse=west_nurse,
        oost_nurse=oost_nurse,
    )


def decided(request: CareRequest, **given: Any) -> list[Visit]:
    """Triage decides about this question; hands back the visits that came of it."""
    facts: dict[str, Any] = {
        "decision_id": new_id(),
        "care_request_id": request.id,
        "supersedes_id": None,
        "reference": request.reference,
        "received_at": request.received_at,
        "outcome": Outcome.VISIT,
        "urgency": Urgency.U2,
        "proposed_urgency": Urgency.U2,
        "entry_complaint": request.entry_complaint,
        "question": request.question,
        "location_note": None,
        "needs_hands": True,
        "required_competences": ("bladder_catheter",),
        "service_minutes": 30,
        "cars_needed": 1,
        "pathway_id": "catheter",
        "pathway_version": 1,
        "scope_verdict": ScopeVerdict.IN_SCOPE,
        "scope_rule": None,
        "advice": None,
        "safety_net": None,
        "alternative": None,
        "referral_target": None,
        "counterfactual": Counterfactual.GP_POST,
        "organisation_id": request.organisation_id,
        "subject_id": request.client_id,
        "stream_id": request.id,
        **given,
    }
    with unit_of_work(actor=SYSTEM) as uow:
        uow.record(TriageDecided(**facts))
    return visits_of(request)


def visits_of(request: CareRequest) -> list[Visit]:
    """The visits of a question, in the order of their cars."""
    return found(sa.select(Visit).where(Visit.care_request_id == request.id).order_by(Visit.part))


def an_open_visit(client: Client | None = None, **given: Any) -> Visit:
    """A blocked catheter for which somebody must go now."""
    (visit,) = decided(night.a_care_request(client), **given)
    return visit


def fresh(visit: Visit) -> Visit:
    """The visit as the database has it now."""
    (row,) = found(sa.select(Visit).where(Visit.id == visit.id))
    assert isinstance(row, Visit)
    return row


def found(query: Any) -> list[Any]:
    """Rows, seen by the house itself."""
    with reading(SYSTEM) as session:
        return list(session.scalars(query))


def events(name: str, visit: Visit | None = None) -> list[EventRow]:
    """What is on the record under this name."""
    query = sa.select(EventRow).where(EventRow.name == name).order_by(EventRow.seq)
    return found(query if visit is None else query.where(EventRow.topic_id == visit.id))


def jobs(kind: str) -> list[OutboxJob]:
    """What the worker still has to do of this kind."""
    return found(
        sa.select(OutboxJob).where(OutboxJob.kind == kind, OutboxJob.done_at.is_(None)).order_by(OutboxJob.run_at)
    )


def alarms() -> list[Alarm]:
    """What rings on the desk."""
    return found(sa.select(Alarm).where(Alarm.resolved_at.is_(None)).order_by(Alarm.raised_at))


def assignment_of(visit: Visit) -> Assignment:
    """The assignment in force."""
    (row,) = found(sa.select(Assignment).where(Assignment.id == fresh(visit).assignment_id))
    assert isinstance(row, Assignment)
    return row


def send(browser: Any, visit: Visit, shift: Shift, **given: Any) -> Any:
    """The desk sends this car."""
    body = {
        "id": str(uuid.uuid4()),
        "shift_id": str(shift.id),
        "expected_version": visit.version,
        "recommended_shift_id": str(shift.id),
        **given,
    }
    return browser.post(f"/api/v1/visits/{visit.id}/assignments", json=body)


def in_minutes(minutes: float) -> Any:
    """So many minutes from now."""
    return now() + timedelta(minutes=minutes)
