"""What a phone asks, once and in order. The command's id is its key; the answer is kept with the effect."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError

from backend.dispatch import steps
from backend.phone import rules, service
from backend.phone.events import CommandRefused
from backend.phone.models import CommandResult
from backend.phone.rules import CommandKind, Flag
from backend.phone.service import Report
from backend.platform.clock import iso
from backend.platform.errors import DomainError, Invalid
from backend.platform.uow import UnitOfWork, unit_of_work
from backend.roster.queries import shift_of

log = structlog.get_logger()

Result = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where a phone says it is."""

    lat: float
    lon: float
    accuracy_m: float | None = None


@dataclass(frozen=True, kw_only=True)
class Command:
    """One thing that a phone asks, as it came in."""

    id: uuid.UUID
    kind: CommandKind
    happened_at: datetime
    fingerprint: str
    visit_id: uuid.UUID | None = None
    position: Position | None = None
    report: Report | None = None
    note: str | None = None
    clock_offset_ms: int | None = None
    phone_clock: Mapping[str, Any] = field(default_factory=dict)


def receive(command: Command) -> Result:
    """Apply one command, once. The same id again hears the same answer; with another body it is refused.

    A command that cannot be done is answered with a code, and so is one that breaks us: what comes after it goes on.
    """
    try:
        return _apply_once(command)
    except DomainError as refusal:
        return _refuse(command, refusal)
    except IntegrityError:
        # Somebody was first with this id: ourselves over another connection, or a colleague's phone.
        return _replay(command) or refused(command.id, "id_reused")
    except OperationalError:
        raise  # the database is away: the phone keeps the whole batch and comes back
    except Exception as fault:
        log.error("poison_command", kind=command.kind.value, fault=type(fault).__name__)
        return refused(command.id, "could_not_apply")


def refused(
    command_id: Any, code: str, details: Mapping[str, Any] | None = None, received_at: str | None = None
) -> Result:
    """The answer to a command that changes nothing."""
    return {
        "id": str(command_id), "status": "refused", "code": code, "details": dict(details or {}),
        "receipt": None, "received_at": received_at,
    }  # fmt: skip


def _apply_once(command: Command) -> Result:
    with unit_of_work() as uow:
        known = uow.session.get(CommandResult, command.id)
        if known is not None:
            return _answer_of(known, command)
        details = _apply(uow, command)
        # Sealed here, so that the receipt is the number under which the phone can find its own change in the feed.
        seq = uow.seal() if uow.has_events else None
        result: Result = {
            "id": str(command.id), "status": "applied", "code": None, "details": details,
            "receipt": seq, "received_at": iso(uow.now),
        }  # fmt: skip
        _keep(uow, command, result)
        return result


def _refuse(command: Command, refusal: DomainError) -> Result:
    """Nothing of the command stays but its answer, and a line for the desk."""
    details = {key: _plain(value) for key, value in refusal.details.items()}
    if errors := getattr(refusal, "errors", None):
        details["errors"] = errors
    try:
        with unit_of_work() as uow:
            known = uow.session.get(CommandResult, command.id)
            if known is not None:
                return _answer_of(known, command)
            result = refused(command.id, refusal.code, details, iso(uow.now))
            _keep(uow, command, result)
            uow.record(
                CommandRefused(
                    happened_at=_moment(command, uow),
                    command_id=command.id,
                    kind=command.kind,
                    refusal=refusal.code,
                )
            )
            return result
    except IntegrityError:
        return _replay(command) or refused(command.id, "id_reused")


def _keep(uow: UnitOfWork, command: Command, result: Result) -> None:
    assert uow.actor.staff_id is not None
    shift = shift_of(uow.session, uow.actor.staff_id, uow.now)
    uow.session.add(
        CommandResult(
            id=command.id,
            kind=command.kind,
            visit_id=command.visit_id,
            shift_id=shift.id if shift else None,
            staff_id=uow.actor.staff_id,
            body_hash=command.fingerprint,
            result=result,
            phone_clock=dict(command.phone_clock),
            created_at=uow.now,
        )
    )
    uow.session.flush()


def _replay(command: Command) -> Result | None:
    with unit_of_work() as uow:
        known = uow.session.get(CommandResult, command.id)
        return _answer_of(known, command) if known is not None else None


def _answer_of(known: CommandResult, command: Command) -> Result:
    return known.result if known.body_hash == command.fingerprint else refused(command.id, "id_reused")


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    return value if isinstance(value, str | int | float | bool | list | dict | None) else str(value)


def _moment(command: Command, uow: UnitOfWork) -> datetime:
    return rules.moment_of(command.happened_at, command.clock_offset_ms, uow.now)


# -- what each kind does -----------------------------------------------------------------------------------------


def _apply(uow: UnitOfWork, command: Command) -> dict[str, Any]:
    details = _DOERS[command.kind](uow, command)
    if command.position is not None:
        steps.note_position(uow, lat=command.position.lat, lon=command.position.lon, happened_at=_moment(command, uow))
    return details


_STEPS = {
    CommandKind.ACCEPT: steps.accept,
    CommandKind.DEPART: steps.depart,
    CommandKind.ARRIVE: steps.arrive,
    CommandKind.FINISH: steps.finish,
}


def _step(uow: UnitOfWork, command: Command) -> dict[str, Any]:
    return _STEPS[command.kind](uow, visit_id=_visit_of(command), happened_at=_moment(command, uow))


def _report(uow: UnitOfWork, command: Command) -> dict[str, Any]:
    if command.report is None:
        raise Invalid({"body": ["required"]})
    kept = service.report(uow, visit_id=_visit_of(command), content=command.report, happened_at=_moment(command, uow))
    doubtful = [m["code"] for m in kept.measurements if m["flag"] == Flag.IMPLAUSIBLE]
    return {
        "report_id": str(kept.id),
        "version": kept.version,
        "is_late": kept.is_late,
        **({"implausible": doubtful} if doubtful else {}),
    }


def _alarm(uow: UnitOfWork, command: Command) -> dict[str, Any]:
    steps.raise_nurse_alarm(uow, visit_id=command.visit_id, note=command.note, happened_at=_moment(command, uow))
    return {}


def _nothing_more(uow: UnitOfWork, command: Command) -> dict[str, Any]:
    """A position is noted with every command; that the bell was heard is known by its arrival."""
    return {}


def _visit_of(command: Command) -> uuid.UUID:
    if command.visit_id is None:
        raise Invalid({"visit_id": ["required"]})
    return command.visit_id


_DOERS: Mapping[CommandKind, Callable[[UnitOfWork, Command], dict[str, Any]]] = {
    **dict.fromkeys(_STEPS, _step),
    CommandKind.REPORT: _report,
    CommandKind.ALARM: _alarm,
    CommandKind.POSITION: _nothing_more,
    CommandKind.SEEN: _nothing_more,
}
