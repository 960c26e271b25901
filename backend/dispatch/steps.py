"""What the nurse taps, or tells the desk by phone: accepted, under way, at the door, done. Forward only."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from backend.dispatch import alarms, breaks, routes, rules
from backend.dispatch.alarm_rules import OVERDUE_BACKUP_AFTER, AlarmKind, overdue_at
from backend.dispatch.assign import NotAssigned
from backend.dispatch.driving import driven, fetching
from backend.dispatch.events import LateFactKept, NurseArrived, NurseDeparted, VisitAccepted, VisitEvent, VisitFinished
from backend.dispatch.models import Alarm, Assignment, Visit
from backend.dispatch.rules import REACHED_BY, Step, StepVerdict, VisitStatus
from backend.dispatch.writing import HeldNight, ask_replan, event_header, for_change
from backend.platform.config import settings
from backend.platform.errors import DomainError, NotFound
from backend.platform.uow import UnitOfWork
from backend.roster.models import Shift
from backend.roster.queries import shift_of

_EVENTS: dict[Step, Callable[..., VisitEvent]] = {
    Step.ACCEPT: VisitAccepted,
    Step.DEPART: NurseDeparted,
    Step.ARRIVE: NurseArrived,
    Step.FINISH: VisitFinished,
}
_TIMES = {Step.ACCEPT: "accepted_at", Step.DEPART: "departed_at", Step.ARRIVE: "arrived_at", Step.FINISH: "finished_at"}


class VisitWithdrawn(DomainError):
    """The desk took this visit back before the phone could say so."""

    code = "visit_withdrawn"


class VisitIsCancelled(DomainError):
    """Nobody needs to go any more."""

    code = "visit_cancelled"


class StatusGoesBack(DomainError):
    """A status never goes back; withdraw the visit to begin again."""

    code = "status_goes_back"


def accept(uow: UnitOfWork, *, visit_id: uuid.UUID, happened_at: datetime) -> dict[str, Any]:
    """The nurse takes it. This, and only this or the desk's own acknowledgement, stops the ringing."""
    return _from_phone(uow, Step.ACCEPT, visit_id, happened_at)


def depart(uow: UnitOfWork, *, visit_id: uuid.UUID, happened_at: datetime) -> dict[str, Any]:
    """The nurse drives."""
    return _from_phone(uow, Step.DEPART, visit_id, happened_at)


def arrive(uow: UnitOfWork, *, visit_id: uuid.UUID, happened_at: datetime) -> dict[str, Any]:
    """The nurse is at the door; from now on the desk counts the minutes that she is alone there."""
    return _from_phone(uow, Step.ARRIVE, visit_id, happened_at)


def finish(uow: UnitOfWork, *, visit_id: uuid.UUID, happened_at: datetime) -> dict[str, Any]:
    """The nurse is done and free for the next."""
    return _from_phone(uow, Step.FINISH, visit_id, happened_at)


def _from_phone(uow: UnitOfWork, step: Step, visit_id: uuid.UUID, happened_at: datetime) -> dict[str, Any]:
    """Apply a step that a phone reports. Withdrawn beats a late "accept"; a late fact is kept with the nurse's time."""
    held, visit = for_change(uow, visit_id)
    assignment = uow.session.scalar(
        sa.select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.visit_id == visit_id, Shift.nurse_id == uow.actor.staff_id)
        .order_by(Assignment.ended_at.is_not(None), Assignment.assigned_at.desc())
        .limit(1)
    )
    if assignment is None:
        raise NotFound()
    is_hers = visit.assignment_id == assignment.id
    match rules.judge_step(visit.status, step, is_hers=is_hers, is_known=step.value in assignment.phone_steps):
        case StepVerdict.WITHDRAWN:
            raise VisitWithdrawn(reference=visit.reference, reason=assignment.end_reason)
        case StepVerdict.CANCELLED:
            raise VisitIsCancelled(reference=visit.reference, reason=visit.cancel_reason)
        case StepVerdict.ALREADY_DONE:
            return {"status": visit.status.value, "already_done": True}
        case StepVerdict.KEEP_AS_FACT:
            return _keep_fact(uow, held, visit, assignment, step, happened_at)
    assignment.phone_steps = [*assignment.phone_steps, step.value]
    _apply(uow, held, visit, assignment, step, happened_at, by_desk=False)
    return {"status": visit.status.value}


def _keep_fact(
    uow: UnitOfWork, held: HeldNight, visit: Visit, assignment: Assignment, step: Step, happened_at: datetime
) -> dict[str, Any]:
    moment = _moment(uow, assignment, step, happened_at)
    setattr(assignment, _TIMES[step], getattr(assignment, _TIMES[step]) or moment)
    assignment.phone_steps = [*assignment.phone_steps, step.value]
    if step is Step.ARRIVE:
        driven.arrives(visit, assignment)
    uow.record(
        LateFactKept(
            **event_header(visit, feed_id=assignment.shift_id),
            happened_at=happened_at,
            car_name=held.car_name(assignment.shift_id),
            step=step.value,
            status=visit.status,
        )
    )
    is_cancelled = visit.status is VisitStatus.CANCELLED
    return {
        "status": visit.status.value,
        "is_late": True,
        "notice": (StepVerdict.CANCELLED if is_cancelled else StepVerdict.WITHDRAWN).value,
    }


def _apply(
    uow: UnitOfWork,
    held: HeldNight,
    visit: Visit,
    assignment: Assignment,
    step: Step,
    happened_at: datetime,
    *,
    by_desk: bool,
) -> None:
    before = visit.status
    moment = _moment(uow, assignment, step, happened_at)
    if step is Step.DEPART:
        driven.departs(held, visit, assignment, moment)
    setattr(assignment, _TIMES[step], moment)
    setattr(visit, _TIMES[step], moment)
    visit.status = rules.advance(visit.status, step)
    visit.version += 1
    if step is Step.ARRIVE:
        driven.arrives(visit, assignment)
    _quieten(uow, visit, assignment)
    uow.record(
        _EVENTS[step](
            **event_header(visit),
            happened_at=happened_at,
            car_name=held.car_name(assignment.shift_id),
            by_desk=by_desk,
        )
    )
    if visit.status is before:
        return  # a step that came late: a fact, and no news for the plan
    held.night.plan_version += 1
    if visit.status in rules.BUSY:
        breaks.end_by_driving(uow, held, assignment.shift_id, moment)
    if visit.status is VisitStatus.UNDER_WAY and visit.travel_s is not None:
        visit.leave_at, visit.eta_at = moment, moment + timedelta(seconds=visit.travel_s)
    if visit.status is VisitStatus.ON_SCENE:
        _watch_over_nurse(uow, visit, assignment, moment)
        alarms.resolve(uow, (AlarmKind.LATE_NORM,), visit=visit)
    if visit.status is VisitStatus.DONE:
        alarms.resolve(uow, (AlarmKind.OVERDUE, AlarmKind.LATE_NORM), visit=visit)
    routes.retime(uow, held, [assignment.shift_id], quiet={visit.id})
    if visit.status is VisitStatus.DONE:
        ask_replan(uow, held.night)  # from here on it is known when this car is free


def _moment(uow: UnitOfWork, assignment: Assignment, step: Step, happened_at: datetime) -> datetime:
    place = list(Step).index(step)
    moments: list[datetime | None] = [getattr(assignment, _TIMES[one]) for one in Step]
    earlier = [moment for moment in moments[:place] if moment is not None]
    later = [moment for moment in moments[place + 1 :] if moment is not None]
    return rules.plausible(
        happened_at,
        received_at=uow.now,
        not_before=max([assignment.assigned_at, *earlier]),
        not_after=min(later, default=None),
    )


def _quieten(uow: UnitOfWork, visit: Visit, assignment: Assignment) -> None:
    if assignment.acknowledged_at is None:
        assignment.acknowledged_at = uow.now
        alarms.silence(uow, assignment.id)
    alarms.resolve(uow, (AlarmKind.UNACKNOWLEDGED, AlarmKind.PUSH_DEAD), visit=visit)


def _watch_over_nurse(uow: UnitOfWork, visit: Visit, assignment: Assignment, arrived_at: datetime) -> None:
    """She is alone behind a strange door: look again when she should have been done."""
    due = overdue_at(arrived_at, service_minutes=visit.service_minutes, default_minutes=settings().overdue_default_min)
    for step, run_at in (("ask", due), ("backup", due + OVERDUE_BACKUP_AFTER)):
        uow.enqueue(
            "overdue",
            {"visit_id": str(visit.id), "assignment_id": str(assignment.id), "step": step},
            run_at=max(run_at, uow.now),
            key=f"overdue:{assignment.id}:{step}",
        )


def set_status(
    uow: UnitOfWork, visit_id: uuid.UUID, *, status: VisitStatus, happened_at: datetime | None = None
) -> Visit:
    """The nurse told the desk by phone ("/2 tp"): the same step, with the desk's word for it."""
    held, visit = for_change(uow, visit_id)
    step = next((one for one, reached in REACHED_BY.items() if reached is status), None)
    if step is None or rules.advance(visit.status, step) is visit.status:
        if step is not None and visit.status is status:
            return visit
        raise StatusGoesBack(status=visit.status.value)
    if visit.status is VisitStatus.CANCELLED:
        raise VisitIsCancelled()
    if visit.assignment_id is None:
        raise NotAssigned()
    assignment = uow.session.get_one(Assignment, visit.assignment_id)
    _apply(uow, held, visit, assignment, step, happened_at or uow.now, by_desk=True)
    return visit


def note_position(uow: UnitOfWork, *, lat: float, lon: float, happened_at: datetime) -> None:
    """Where the nurse's car is, as her phone says; only during her shift, and never older than what we know."""
    shift = shift_of(uow.session, uow.actor.staff_id, uow.now) if uow.actor.staff_id else None
    moment = min(happened_at, uow.now)
    if shift is None or (shift.last_position_at is not None and shift.last_position_at >= moment):
        return
    shift.last_lat, shift.last_lon, shift.last_position_at = lat, lon, moment
    driven.follow(uow, shift, lat, lon, moment)
    fetching.ask_for_travel(uow, shift.night_id)


def raise_nurse_alarm(
    uow: UnitOfWork, *, visit_id: uuid.UUID | None = None, note: str | None = None, happened_at: datetime | None = None
) -> Alarm:
    """The nurse pressed the alarm. It is raised whatever else is wrong with what the phone sent."""
    shift = shift_of(uow.session, uow.actor.staff_id, uow.now) if uow.actor.staff_id else None
    if shift is None:
        raise NotFound()
    visit = uow.session.get(Visit, visit_id) if visit_id is not None else None
    return alarms.raise_nurse_alarm(uow, shift, visit=visit, note=note or "")
