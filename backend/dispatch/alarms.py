"""Alarms on the desk: raised once, going further step by step, ended by somebody who acknowledges or by their cause."""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from backend.dispatch.alarm_rules import ENDS_WHEN_ACKNOWLEDGED, AlarmKind
from backend.dispatch.events import AlarmAcknowledged, AlarmEscalated, AlarmRaised, AlarmResolved
from backend.dispatch.models import Alarm, Assignment, Visit
from backend.platform.clock import iso
from backend.platform.errors import NotFound
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork
from backend.roster.models import Car, Shift


def raise_alarm(
    uow: UnitOfWork,
    kind: AlarmKind,
    *,
    step: str,
    visit: Visit | None = None,
    shift: Shift | None = None,
    care_request_id: uuid.UUID | None = None,
    reference: str | None = None,
    note: str | None = None,
    params: dict[str, Any] | None = None,
) -> Alarm:
    """Put an alarm on every desk. One that is already there for the same cause goes a step further instead."""
    known = _standing(uow, kind, visit, shift, care_request_id)
    if known is not None:
        escalate(uow, known, step=step, params=params)
        return known
    car_name = uow.session.scalar(sa.select(Car.name).where(Car.id == shift.car_id)) if shift is not None else None
    alarm = Alarm(
        id=new_id(),
        kind=kind,
        night_id=visit.night_id if visit is not None else shift.night_id if shift is not None else None,
        visit_id=visit.id if visit is not None else None,
        shift_id=shift.id if shift is not None else None,
        care_request_id=care_request_id or (visit.care_request_id if visit is not None else None),
        reference=reference or (visit.reference if visit is not None else None),
        car_name=car_name,
        note=note,
        raised_at=uow.now,
        step=step,
        steps=[{"at": iso(uow.now), "code": step, **(params or {})}],
    )
    uow.session.add(alarm)
    uow.record(AlarmRaised(**_header(alarm), kind=kind))
    return alarm


def escalate(uow: UnitOfWork, alarm: Alarm, *, step: str, params: dict[str, Any] | None = None) -> None:
    """One step further; the same step twice is one step, and an acknowledged alarm goes no further."""
    if alarm.acknowledged_at is not None or alarm.resolved_at is not None or alarm.step == step:
        return
    alarm.step = step
    alarm.steps = [*alarm.steps, {"at": iso(uow.now), "code": step, **(params or {})}]
    uow.record(AlarmEscalated(**_header(alarm), kind=alarm.kind, step=step))


def acknowledge(uow: UnitOfWork, alarm_id: uuid.UUID) -> Alarm:
    """Somebody at the desk has it in hand. For a call that nobody answered this ends the ringing as well."""
    alarm = uow.session.scalar(
        sa.select(Alarm).where(Alarm.id == alarm_id).with_for_update().execution_options(populate_existing=True)
    )
    if alarm is None:
        raise NotFound()
    if alarm.acknowledged_at is not None or alarm.resolved_at is not None:
        return alarm  # a fact, set once: the first who acknowledged stays
    alarm.acknowledged_at, alarm.acknowledged_by = uow.now, uow.actor.name
    alarm.steps = [*alarm.steps, {"at": iso(uow.now), "code": "acknowledged", "by": uow.actor.name}]
    if alarm.kind in ENDS_WHEN_ACKNOWLEDGED:
        alarm.resolved_at = uow.now
    if alarm.kind is AlarmKind.UNACKNOWLEDGED and alarm.visit_id is not None:
        visit = uow.session.get(Visit, alarm.visit_id)
        if visit is not None and visit.assignment_id is not None:
            assignment = uow.session.get_one(Assignment, visit.assignment_id)
            assignment.acknowledged_at = assignment.acknowledged_at or uow.now
            silence(uow, assignment.id)
    uow.record(AlarmAcknowledged(**_header(alarm), kind=alarm.kind))
    return alarm


def resolve(uow: UnitOfWork, kinds: Sequence[AlarmKind], *, visit: Visit) -> None:
    """The cause is gone: take these alarms of a visit off the board."""
    standing = uow.session.scalars(
        sa.select(Alarm).where(Alarm.visit_id == visit.id, Alarm.kind.in_(kinds), Alarm.resolved_at.is_(None))
    )
    for alarm in standing:
        _resolve(uow, alarm)


def resolve_for_request(uow: UnitOfWork, care_request_id: uuid.UUID) -> None:
    """A decision was taken: nobody needs to be warned about the question itself any more."""
    standing = uow.session.scalars(
        sa.select(Alarm).where(
            Alarm.care_request_id == care_request_id, Alarm.visit_id.is_(None), Alarm.resolved_at.is_(None)
        )
    )
    for alarm in standing:
        _resolve(uow, alarm)


def _resolve(uow: UnitOfWork, alarm: Alarm) -> None:
    alarm.resolved_at = uow.now
    alarm.steps = [*alarm.steps, {"at": iso(uow.now), "code": "resolved"}]
    uow.record(AlarmResolved(**_header(alarm), kind=alarm.kind))


def raise_nurse_alarm(uow: UnitOfWork, shift: Shift, *, visit: Visit | None = None, note: str = "") -> Alarm:
    """The nurse needs help, now. Pressing again adds to the alarm that stands; every note is kept."""
    params = {"note": note} if note else None
    standing = _standing(uow, AlarmKind.NURSE_ALARM, visit, shift, None)
    if standing is not None and note:
        standing.steps = [*standing.steps, {"at": iso(uow.now), "code": "pressed_again", "note": note}]
        return standing
    return raise_alarm(
        uow, AlarmKind.NURSE_ALARM, step="pressed", visit=visit, shift=shift, note=note or None, params=params
    )


def silence(uow: UnitOfWork, assignment_id: uuid.UUID) -> None:
    """Stop ringing about this assignment: every step that has not come yet is withdrawn."""
    for step in ("rang", "rang_again", "desk_alarm", "next_car"):
        uow.cancel(ring_key(assignment_id, step))


def ring_key(assignment_id: uuid.UUID, step: str) -> str:
    """The outbox key of one step of ringing."""
    return f"ring:{assignment_id}:{step}"


def _standing(
    uow: UnitOfWork, kind: AlarmKind, visit: Visit | None, shift: Shift | None, care_request_id: uuid.UUID | None
) -> Alarm | None:
    query = sa.select(Alarm).where(Alarm.kind == kind, Alarm.resolved_at.is_(None))
    if visit is not None:
        query = query.where(Alarm.visit_id == visit.id)
    elif care_request_id is not None:
        query = query.where(Alarm.care_request_id == care_request_id, Alarm.visit_id.is_(None))
    if shift is not None:
        query = query.where(Alarm.shift_id == shift.id)
    return uow.session.scalar(query.order_by(Alarm.raised_at.desc()).limit(1))


def _header(alarm: Alarm) -> dict[str, Any]:
    return {
        "topic_id": alarm.visit_id,
        "stream_id": alarm.care_request_id,
        "reference": alarm.reference,
        "alarm_id": str(alarm.id),
        "car_name": alarm.car_name,
    }
