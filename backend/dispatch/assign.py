"""Who goes: the desk sends a car, takes a visit back, or sends another one."""

import uuid
from dataclasses import dataclass, replace
from datetime import timedelta

import sqlalchemy as sa

from backend.dispatch import alarms, routes, rules
from backend.dispatch.alarm_rules import AlarmKind, RingStep, RingTimes
from backend.dispatch.doubles import shifts_of_partners, tell_partners
from backend.dispatch.driving import driven
from backend.dispatch.events import VisitAssigned, VisitWithdrawn
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.objections import objection_json
from backend.dispatch.rules import BUSY, OVER, Override, VisitKind, VisitStatus
from backend.dispatch.tonight import CarTonight, need_of
from backend.dispatch.writing import HeldNight, ask_replan, event_header, for_change
from backend.people import service as people
from backend.platform.clock import iso
from backend.platform.config import settings
from backend.platform.errors import DomainError, Invalid
from backend.platform.uow import UnitOfWork
from backend.roster import service as roster
from backend.roster.models import Shift

AFTER_SHIFT = timedelta(minutes=60)
"""A nurse may look at her clients this long after her shift, to finish a report."""


class AlreadyAssigned(DomainError):
    """Another desk was first; the answer says who, when and which car."""

    code = "already_assigned"


class VersionChanged(DomainError):
    """The visit changed since this desk looked at it: look again."""

    code = "version_changed"


class MayNotAssign(DomainError):
    """The rules object; every objection is in the answer, the heaviest first."""

    code = "may_not_assign"
    http_status = 422


class VisitIsOver(DomainError):
    """The visit is done or was cancelled; nothing about it can be changed any more."""

    code = "visit_is_over"


class NurseIsThere(DomainError):
    """The nurse is at the door: call her, the plan cannot take it back."""

    code = "nurse_is_there"


class NotAssigned(DomainError):
    """No car has this visit, so there is nothing to take back."""

    code = "not_assigned"


@dataclass(frozen=True)
class Slot:
    """Plek in het ritplan: after which visit the new one comes, worked out before the transaction began."""

    plan_version: int
    after_visit_id: uuid.UUID | None
    is_first: bool


def assign(
    uow: UnitOfWork,
    visit_id: uuid.UUID,
    *,
    assignment_id: uuid.UUID,
    shift_id: uuid.UUID,
    expected_version: int,
    recommended_shift_id: uuid.UUID | None = None,
    override: Override | None = None,
    slot: Slot | None = None,
) -> Visit:
    """Send a car. Of two desks that do so at the same time one wins and the other is told who and when.

    The same assignment twice changes nothing. Naming the version in which another car has it sends this car instead.
    """
    if (known := uow.session.get(Assignment, assignment_id)) is not None:
        if known.visit_id != visit_id or known.shift_id != shift_id:
            raise Invalid({"id": ["already_used"]})
        return uow.session.get_one(Visit, visit_id)
    held, visit = for_change(uow, visit_id)
    night = held.night
    if night.closed_at is not None:
        raise roster.NightIsClosed()
    _refuse_what_changed(uow, held, visit, expected_version)
    car = held.car(shift_id)
    if car is None:
        raise Invalid({"shift_id": ["unknown"]})
    if visit.shift_id == shift_id:
        return visit
    is_first_choice = recommended_shift_id in (None, shift_id)
    need = replace(need_of(visit, uow.now), partner_shifts=shifts_of_partners(uow, visit))
    objections = rules.still_objects(
        rules.may_assign(need, car.on_duty(uow.now), now=uow.now), override, is_first_choice=is_first_choice
    )
    if objections:
        raise MayNotAssign(reason=objections[0].code, reasons=[objection_json(one) for one in objections])
    old_shift_id = visit.shift_id
    if old_shift_id is not None:
        reason = override.code.value if override is not None else "reassigned"
        take_from_car(uow, held, visit, reason=reason, is_by_plan=False)
    assignment = Assignment(
        id=assignment_id,
        visit_id=visit.id,
        shift_id=shift_id,
        assigned_at=uow.now,
        assigned_by_id=uow.actor.staff_id,
        assigned_by=uow.actor.name,
        is_by_plan=False,
        recommended_shift_id=recommended_shift_id,
        override_code=override.code.value if override else None,
        override_text=override.text or None if override else None,
        override_person=override.named_person or None if override else None,
        phone_steps=[],
    )
    give_to_car(uow, held, visit, assignment, car)
    is_usable = slot is not None and slot.plan_version == night.plan_version
    is_urgent = visit.kind is VisitKind.UNPLANNED
    if slot is not None and is_usable:
        after, is_urgent = slot.after_visit_id, slot.is_first or is_urgent
        routes.put_in_route(uow, held, visit, after_visit_id=after, is_urgent=is_urgent)
    else:
        routes.put_in_route(uow, held, visit, after_visit_id=None, is_urgent=is_urgent)
    tell_assigned(uow, visit, assignment, car)
    if old_shift_id is not None:
        routes.retime(uow, held, [old_shift_id])
    night.plan_version += 1
    ring(uow, assignment)
    ask_replan(uow, night)
    return visit


def withdraw(uow: UnitOfWork, visit_id: uuid.UUID, *, reason: str) -> Visit:
    """Take a visit back from its car; it is open again and the nurse is told."""
    held, visit = for_change(uow, visit_id)
    if visit.status in OVER:
        raise VisitIsOver()
    if visit.shift_id is None:
        raise NotAssigned()
    if visit.status is VisitStatus.ON_SCENE:
        raise NurseIsThere()
    old_shift_id = visit.shift_id
    take_from_car(uow, held, visit, reason=reason, is_by_plan=False)
    route_shrank(uow, held, visit, old_shift_id)
    return visit


def route_shrank(uow: UnitOfWork, held: HeldNight, visit: Visit, old_shift_id: uuid.UUID) -> None:
    """A car lost a visit: its times change, and so may the rest of the night."""
    held.night.plan_version += 1
    routes.retime(uow, held, [old_shift_id, *shifts_of_partners(uow, visit)])
    ask_replan(uow, held.night)


def _refuse_what_changed(uow: UnitOfWork, held: HeldNight, visit: Visit, expected_version: int) -> None:
    if visit.status in OVER:
        raise VisitIsOver(status=visit.status.value)
    if visit.version != expected_version:
        if visit.assignment_id is not None:
            standing = uow.session.get_one(Assignment, visit.assignment_id)
            raise AlreadyAssigned(
                by=standing.assigned_by,
                at=iso(standing.assigned_at),
                car_name=held.car_name(standing.shift_id),
                version=visit.version,
            )
        raise VersionChanged(version=visit.version)
    if visit.status in BUSY:
        raise NurseIsThere()


def give_to_car(uow: UnitOfWork, held: HeldNight, visit: Visit, assignment: Assignment, car: CarTonight) -> None:
    """Write down that this car has the visit, and that its nurse may see the client."""
    held.add(assignment)
    visit.shift_id, visit.assignment_id = assignment.shift_id, assignment.id
    visit.status, visit.assigned_at = VisitStatus.ASSIGNED, uow.now
    visit.accepted_at = visit.departed_at = visit.arrived_at = visit.finished_at = None
    visit.sequence = visit.eta_at = visit.leave_at = visit.travel_s = visit.distance_m = visit.travel_source = None
    visit.version += 1
    uow.session.flush()
    if visit.client_id is not None:
        people.open_treatment_relation(
            uow, client_id=visit.client_id, staff_id=car.nurse_id, valid_until=car.ends_at + AFTER_SHIFT
        )
    alarms.resolve(uow, (AlarmKind.NO_CAR,), visit=visit)


def tell_assigned(uow: UnitOfWork, visit: Visit, assignment: Assignment, car: CarTonight) -> None:
    """Put the assignment on the record, and so on the phone's feed."""
    uow.record(
        VisitAssigned(
            **event_header(visit),
            assignment_id=str(assignment.id),
            car_name=car.car_name,
            eta_at=visit.eta_at,
            override_code=assignment.override_code,
            is_by_plan=assignment.is_by_plan,
        )
    )
    tell_partners(uow, visit)


def relate(uow: UnitOfWork, visit: Visit) -> None:
    """The visit is somebody else's now: the nurse may see that client."""
    shift = uow.session.get(Shift, visit.shift_id) if visit.shift_id else None
    if shift is not None and visit.client_id is not None:
        people.open_treatment_relation(
            uow, client_id=visit.client_id, staff_id=shift.nurse_id, valid_until=shift.ends_at + AFTER_SHIFT
        )


def take_from_car(uow: UnitOfWork, held: HeldNight, visit: Visit, *, reason: str, is_by_plan: bool) -> None:
    """The visit is open again; what the nurse did so far stays on her assignment."""
    old_shift_id = visit.shift_id
    end_assignment(uow, visit, reason=reason)
    visit.status = VisitStatus.OPEN
    visit.assigned_at = visit.accepted_at = visit.departed_at = visit.arrived_at = None
    visit.version += 1
    uow.session.flush()
    if old_shift_id is not None:
        uow.record(
            VisitWithdrawn(
                **event_header(visit, feed_id=old_shift_id),
                car_name=held.car_name(old_shift_id),
                reason=reason,
                is_by_plan=is_by_plan,
            )
        )
        tell_partners(uow, visit)


def end_assignment(uow: UnitOfWork, visit: Visit, *, reason: str) -> None:
    """Close the assignment in force: no more ringing, and the nurse no longer sees the client."""
    if visit.assignment_id is None:
        return
    assignment = uow.session.get_one(Assignment, visit.assignment_id)
    assignment.ended_at, assignment.end_reason = uow.now, reason[:300]
    driven.turns_back(visit, assignment, uow.now)
    alarms.silence(uow, assignment.id)
    alarms.resolve(uow, (AlarmKind.UNACKNOWLEDGED, AlarmKind.PUSH_DEAD, AlarmKind.OVERDUE), visit=visit)
    shift = uow.session.get_one(Shift, assignment.shift_id)
    visit.shift_id = visit.assignment_id = None
    visit.sequence = visit.eta_at = visit.leave_at = visit.travel_s = visit.distance_m = visit.travel_source = None
    uow.session.flush()
    others = uow.session.scalar(
        sa.select(sa.func.count())
        .select_from(Visit)
        .where(Visit.client_id == visit.client_id, Visit.shift_id == shift.id, Visit.id != visit.id)
    )
    if visit.client_id is not None and not others:
        people.close_treatment_relation(uow, client_id=visit.client_id, staff_id=shift.nurse_id)


def ring(uow: UnitOfWork, assignment: Assignment) -> None:
    """Ring the phone, again, then the desk, then the next car; each step is a job written in this same commit."""
    for step, run_at in ring_times().schedule(uow.now):
        kind = "ring_phone" if step in (RingStep.RANG, RingStep.RANG_AGAIN) else "escalate"
        uow.enqueue(
            kind,
            {"assignment_id": str(assignment.id), "visit_id": str(assignment.visit_id), "step": step.value},
            run_at=run_at,
            key=alarms.ring_key(assignment.id, step.value),
        )


def ring_times() -> RingTimes:
    """The intervals of this installation."""
    knobs = settings()
    return RingTimes(again_s=knobs.ring_again_s, desk_alarm_s=knobs.desk_alarm_s, next_car_s=knobs.backup_alarm_s)
