"""Rest in the night: planned between two moments, begun when it suits, and never a reason to leave somebody alone."""

import uuid
from datetime import datetime, timedelta

from backend.dispatch import routes
from backend.dispatch.events import BreakChanged
from backend.dispatch.rules import BUSY
from backend.dispatch.writing import HeldNight, ask_replan, hold
from backend.platform.errors import DomainError, Invalid, NotFound
from backend.platform.uow import UnitOfWork
from backend.roster.models import Shift, ShiftBreak
from backend.roster.service import NightIsClosed


class BreakIsOver(DomainError):
    """The break was had or is no longer planned; plan another one."""

    code = "break_is_over"


class NurseIsBusy(DomainError):
    """She drives or is at somebody's door: a break begins when that is done."""

    code = "nurse_is_busy"


class HasABreak(DomainError):
    """She is in a break already."""

    code = "has_a_break"


def plan_break(
    uow: UnitOfWork, shift_id: uuid.UUID, *, id: uuid.UUID, earliest_at: datetime, latest_at: datetime, minutes: int
) -> ShiftBreak:
    """Put a break in this shift, to begin between two moments. The same id again changes nothing."""
    held, shift = _shift_for_change(uow, shift_id)
    if (known := uow.session.get(ShiftBreak, id)) is not None:
        return known
    _refuse_outside(shift, earliest_at, latest_at)
    rest = ShiftBreak(id=id, shift_id=shift.id, earliest_at=earliest_at, latest_at=latest_at, minutes=minutes)
    held.add(rest)
    return _done(uow, held, shift, rest, "planned")


def change_break(
    uow: UnitOfWork, break_id: uuid.UUID, *, earliest_at: datetime, latest_at: datetime, minutes: int
) -> ShiftBreak:
    """Another time or length; of one that has begun only the length."""
    held, shift, rest = _for_change(uow, break_id)
    if rest.ended_at is not None:
        raise BreakIsOver()
    if rest.started_at is None:
        _refuse_outside(shift, earliest_at, latest_at)
        rest.earliest_at, rest.latest_at = earliest_at, latest_at
    rest.minutes = minutes
    return _done(uow, held, shift, rest, "changed")


def cancel_break(uow: UnitOfWork, break_id: uuid.UUID) -> ShiftBreak:
    """No break after all. Twice changes nothing; one that began is ended, not undone."""
    held, shift, rest = _for_change(uow, break_id, also_cancelled=True)
    if rest.cancelled_at is not None:
        return rest
    if rest.started_at is not None:
        raise BreakIsOver()
    rest.cancelled_at = uow.now
    return _done(uow, held, shift, rest, "cancelled")


def break_now(uow: UnitOfWork, shift_id: uuid.UUID, *, id: uuid.UUID, minutes: int) -> ShiftBreak:
    """The nurse has her break now, planned or not. The same id again changes nothing."""
    held, shift = _shift_for_change(uow, shift_id)
    rest = uow.session.get(ShiftBreak, id)
    if rest is None:
        rest = ShiftBreak(id=id, shift_id=shift.id, earliest_at=uow.now, latest_at=uow.now, minutes=minutes)
    elif rest.shift_id != shift.id:
        raise Invalid({"id": ["already_used"]})
    return _begin(uow, held, shift, rest)


def start_break(uow: UnitOfWork, break_id: uuid.UUID) -> ShiftBreak:
    """The planned break begins now."""
    held, shift, rest = _for_change(uow, break_id)
    return _begin(uow, held, shift, rest)


def _begin(uow: UnitOfWork, held: HeldNight, shift: Shift, rest: ShiftBreak) -> ShiftBreak:
    if rest.started_at is not None:
        return rest
    if not shift.starts_at <= uow.now < shift.ends_at:
        raise Invalid({"shift_id": ["outside_shift"]})
    if any(visit.shift_id == shift.id and visit.status in BUSY for visit in held.visits.values()):
        raise NurseIsBusy()
    if _under_way(uow, held, shift.id) is not None:
        raise HasABreak()
    rest.started_at = rest.planned_at = uow.now
    held.add(rest)
    return _done(uow, held, shift, rest, "started")


def end_break(uow: UnitOfWork, break_id: uuid.UUID) -> ShiftBreak:
    """Back on the road, also before the minutes have passed. Twice changes nothing."""
    held, shift, rest = _for_change(uow, break_id)
    if rest.started_at is None:
        raise BreakIsOver()
    if rest.ended_at is None:
        rest.ended_at = min(uow.now, rest.started_at + timedelta(minutes=rest.minutes))
        _done(uow, held, shift, rest, "ended")
    return rest


def end_by_driving(uow: UnitOfWork, held: HeldNight, shift_id: uuid.UUID, moment: datetime) -> None:
    """Who drives is no longer in her break."""
    rest = _under_way(uow, held, shift_id)
    if rest is not None and rest.started_at is not None:
        rest.ended_at = max(rest.started_at, min(moment, uow.now))
        _record(uow, held, shift_id, rest, "ended")


def _under_way(uow: UnitOfWork, held: HeldNight, shift_id: uuid.UUID) -> ShiftBreak | None:
    """The break that this nurse is in."""
    return next(
        (
            one
            for one in held.breaks(shift_id)
            if one.started_at is not None
            and one.ended_at is None
            and one.cancelled_at is None
            and one.started_at <= uow.now < one.started_at + one.length
        ),
        None,
    )


def _shift_for_change(uow: UnitOfWork, shift_id: uuid.UUID) -> tuple[HeldNight, Shift]:
    shift = uow.session.get(Shift, shift_id)
    if shift is None:
        raise NotFound()
    held = hold(uow, shift.night_id)
    if held.night.closed_at is not None:
        raise NightIsClosed()
    return held, shift


def _for_change(
    uow: UnitOfWork, break_id: uuid.UUID, *, also_cancelled: bool = False
) -> tuple[HeldNight, Shift, ShiftBreak]:
    known = uow.session.get(ShiftBreak, break_id)
    if known is None:
        raise NotFound()
    held, shift = _shift_for_change(uow, known.shift_id)
    rest = uow.session.get_one(ShiftBreak, break_id, populate_existing=True)
    if rest.cancelled_at is not None and not also_cancelled:
        raise BreakIsOver()
    return held, shift, rest


def _refuse_outside(shift: Shift, earliest_at: datetime, latest_at: datetime) -> None:
    errors: dict[str, list[str]] = {}
    if not shift.starts_at <= earliest_at < shift.ends_at:
        errors["earliest_at"] = ["outside_shift"]
    if latest_at < earliest_at:
        errors["latest_at"] = ["before_start"]
    elif latest_at >= shift.ends_at:
        errors["latest_at"] = ["outside_shift"]
    if errors:
        raise Invalid(errors)


def _done(uow: UnitOfWork, held: HeldNight, shift: Shift, rest: ShiftBreak, what: str) -> ShiftBreak:
    held.night.plan_version += 1
    routes.retime(uow, held, [shift.id])
    ask_replan(uow, held.night)
    _record(uow, held, shift.id, rest, what)
    return rest


def _record(uow: UnitOfWork, held: HeldNight, shift_id: uuid.UUID, rest: ShiftBreak, what: str) -> None:
    name = held.car_name(shift_id)
    uow.record(BreakChanged(feed_id=shift_id, break_id=str(rest.id), car_name=name, what=what, minutes=rest.minutes))
