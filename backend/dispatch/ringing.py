"""Ringing a phone, and what happens when nobody answers. Jobs: none of them holds a transaction while it calls out."""

import uuid

from backend.dispatch import alarms
from backend.dispatch.alarm_rules import AlarmKind, RingStep
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.rules import BUSY, OVER, VisitStatus
from backend.intake.models import CareRequest
from backend.intake.rules import RequestStatus
from backend.platform import push
from backend.platform.actor import SYSTEM
from backend.platform.db import reading
from backend.platform.outbox import Job
from backend.platform.uow import UnitOfWork, unit_of_work
from backend.roster.events import BackupWoken
from backend.roster.models import Shift
from backend.triage.rules import Urgency


def ring_phone(job: Job) -> None:
    """Ring the nurse's phone about an assignment, unless it was answered or taken back meanwhile."""
    assignment_id, step = uuid.UUID(job.payload["assignment_id"]), job.payload["step"]
    with reading(SYSTEM) as session:
        assignment = session.get(Assignment, assignment_id)
        if assignment is None or not _waits_for_answer(assignment):
            return
        visit = session.get_one(Visit, assignment.visit_id)
        nurse_id = session.get_one(Shift, assignment.shift_id).nurse_id
        urgency = visit.urgency
    # The bell only: no name, no address, no complaint.
    reached = push.send_to(
        nurse_id,
        title=f"Nieuwe inzet · {urgency.value}" if step == RingStep.RANG else f"Nog niet aangenomen · {urgency.value}",
        body="Open Nachtronde om hem aan te nemen.",
        navigate="/phone/",
        topic=f"visit:{assignment.visit_id}",
    )
    # A phone that lies open with the app on it needs no bell: it has until the second ring to answer.
    if reached == 0 and step == RingStep.RANG_AGAIN:
        with unit_of_work(actor=SYSTEM) as uow:
            _phone_is_dead(uow, assignment_id)


def _phone_is_dead(uow: UnitOfWork, assignment_id: uuid.UUID) -> None:
    assignment = uow.session.get_one(Assignment, assignment_id)
    if not _waits_for_answer(assignment):
        return
    shift = uow.session.get_one(Shift, assignment.shift_id)
    visit = uow.session.get_one(Visit, assignment.visit_id)
    alarms.raise_alarm(uow, AlarmKind.PUSH_DEAD, step="call_her", visit=visit, shift=shift)


def escalate(job: Job) -> None:
    """Nobody answered: the desk hears it at once, and later is offered the next car or the back-up."""
    with unit_of_work(actor=SYSTEM) as uow:
        assignment = uow.session.get(Assignment, uuid.UUID(job.payload["assignment_id"]))
        if assignment is None or not _waits_for_answer(assignment):
            return
        visit = uow.session.get_one(Visit, assignment.visit_id)
        if visit.assignment_id != assignment.id or visit.status is not VisitStatus.ASSIGNED:
            return
        shift = uow.session.get_one(Shift, assignment.shift_id)
        alarms.raise_alarm(uow, AlarmKind.UNACKNOWLEDGED, step=str(job.payload["step"]), visit=visit, shift=shift)


def ring_route(job: Job) -> None:
    """Tell a phone once that its route changed, or that the back-up is woken; nobody has to answer."""
    with reading(SYSTEM) as session:
        shift = session.get(Shift, uuid.UUID(job.payload["shift_id"]))
        if shift is None:
            return
        nurse_id = shift.nurse_id
    woken = job.payload.get("reason") == "woken"
    push.send_to(
        nurse_id,
        title="Achterwacht opgeroepen" if woken else "Je route is gewijzigd",
        body="Open Nachtronde en bel de zorgcentrale." if woken else "Open Nachtronde om hem te zien.",
        navigate="/phone/",
        topic=f"route:{job.payload['shift_id']}",
    )


def ring_the_woken(uow: UnitOfWork, woken: BackupWoken) -> None:
    """The back-up's phone rings."""
    uow.enqueue(
        "ring_route",
        {"shift_id": str(woken.feed_id), "reason": "woken"},
        key=f"wake:{woken.feed_id}:{uow.now.isoformat()}",
    )


def overdue(job: Job) -> None:
    """The nurse is still at the door though the time is up: ask how it goes, ten minutes later call the back-up."""
    with unit_of_work(actor=SYSTEM) as uow:
        visit = uow.session.get(Visit, uuid.UUID(job.payload["visit_id"]))
        if visit is None or visit.status is not VisitStatus.ON_SCENE:
            return
        if str(visit.assignment_id) != job.payload["assignment_id"] or visit.shift_id is None:
            return
        shift = uow.session.get_one(Shift, visit.shift_id)
        alarms.raise_alarm(uow, AlarmKind.OVERDUE, step=str(job.payload["step"]), visit=visit, shift=shift)


def late_norm(job: Job) -> None:
    """The response norm has passed and nobody is there, or nobody has decided: red on the desk, triage again."""
    with unit_of_work(actor=SYSTEM) as uow:
        if "visit_id" in job.payload:
            _visit_is_late(uow, uuid.UUID(job.payload["visit_id"]))
        else:
            _question_waits(uow, uuid.UUID(job.payload["care_request_id"]), str(job.payload["reference"]))


def _visit_is_late(uow: UnitOfWork, visit_id: uuid.UUID) -> None:
    visit = uow.session.get(Visit, visit_id)
    if visit is None or visit.status in OVER or visit.status is VisitStatus.ON_SCENE:
        return
    if visit.urgency not in (Urgency.U2, Urgency.U3) or visit.window_end > uow.now:
        return
    step = "under_way" if visit.status in BUSY else "nobody_there"
    shift = uow.session.get(Shift, visit.shift_id) if visit.shift_id else None
    alarms.raise_alarm(uow, AlarmKind.LATE_NORM, step=step, visit=visit, shift=shift)


def _question_waits(uow: UnitOfWork, care_request_id: uuid.UUID, reference: str) -> None:
    request = uow.session.get(CareRequest, care_request_id)
    if request is not None and request.status is RequestStatus.OPEN:
        alarms.raise_alarm(
            uow, AlarmKind.LATE_NORM, step="undecided", care_request_id=care_request_id, reference=reference
        )


def _waits_for_answer(assignment: Assignment) -> bool:
    return assignment.acknowledged_at is None and assignment.ended_at is None
