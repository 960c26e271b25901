"""Who may go, when a visit must be there, and how it moves on: plain Python, no database, no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from backend.triage.rules import Urgency

_WALL = ZoneInfo("Europe/Amsterdam")


class VisitKind(StrEnum):
    """Gepland of ongepland: known before the night began, or opened by a question that came in."""

    PLANNED = "planned"
    UNPLANNED = "unplanned"


class VisitStatus(StrEnum):
    """Status van een inzet, in the only order there is."""

    OPEN = "open"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    UNDER_WAY = "under_way"
    ON_SCENE = "on_scene"
    DONE = "done"
    CANCELLED = "cancelled"


class Step(StrEnum):
    """Stap: what the nurse taps; each step makes one status true."""

    ACCEPT = "accept"
    DEPART = "depart"
    ARRIVE = "arrive"
    FINISH = "finish"


REACHED_BY = {
    Step.ACCEPT: VisitStatus.ACCEPTED,
    Step.DEPART: VisitStatus.UNDER_WAY,
    Step.ARRIVE: VisitStatus.ON_SCENE,
    Step.FINISH: VisitStatus.DONE,
}
_ORDER = {status: place for place, status in enumerate(VisitStatus)}
OVER = frozenset({VisitStatus.DONE, VisitStatus.CANCELLED})
BUSY = frozenset({VisitStatus.UNDER_WAY, VisitStatus.ON_SCENE})
WITH_A_CAR = frozenset({VisitStatus.ASSIGNED, VisitStatus.ACCEPTED, VisitStatus.UNDER_WAY, VisitStatus.ON_SCENE})


def advance(status: VisitStatus, step: Step) -> VisitStatus:
    """The status after a step. It never goes back: a step that arrives late leaves it where it is."""
    reached = REACHED_BY[step]
    return reached if _ORDER[reached] > _ORDER[status] else status


class StepVerdict(StrEnum):
    """Oordeel over een stap van de telefoon."""

    APPLY = "apply"
    ALREADY_DONE = "already_done"
    KEEP_AS_FACT = "keep_as_fact"
    WITHDRAWN = "visit_withdrawn"
    CANCELLED = "visit_cancelled"


def judge_step(status: VisitStatus, step: Step, *, is_hers: bool, is_known: bool) -> StepVerdict:
    """Withdrawn beats a late "accept"; "I am there" and "done" are facts and are kept even then (sync contract, 4)."""
    if is_known:
        return StepVerdict.ALREADY_DONE
    if is_hers and status is not VisitStatus.CANCELLED:
        return StepVerdict.APPLY
    if step in (Step.ARRIVE, Step.FINISH):
        return StepVerdict.KEEP_AS_FACT
    return StepVerdict.CANCELLED if status is VisitStatus.CANCELLED else StepVerdict.WITHDRAWN


def plausible(
    happened_at: datetime, *, received_at: datetime, not_before: datetime, not_after: datetime | None = None
) -> datetime:
    """The moment to reckon with when a phone's clock is off: between the steps around it, never after we heard of it.

    The phone's own time stays on the event; this one keeps durations from turning negative.
    """
    latest = received_at if not_after is None else min(received_at, not_after)
    return max(min(happened_at, latest), not_before)


# --- when must somebody be there -------------------------------------------------------------------------------------


UNDECIDED_MINUTES = 10
"""A question without a triage decision asks for attention after this long."""


@dataclass(frozen=True)
class Window:
    """Tijdvak: the moment from which a visit is welcome, the norm, and the last sensible moment to begin."""

    start: datetime
    end: datetime
    latest: datetime


def window_for(
    urgency: Urgency, *, since: datetime, night_ends_at: datetime, service_minutes: int, minutes: int | None
) -> Window:
    """The window of an unplanned visit; the norm is soft, the end of the night is the last moment to begin."""
    latest = max(night_ends_at - timedelta(minutes=service_minutes), since)
    end = latest if minutes is None else since + timedelta(minutes=minutes)
    return Window(start=since, end=end, latest=max(latest, end))


# --- who may go ------------------------------------------------------------------------------------------------------


class Weight(StrEnum):
    """Zwaarte van een bezwaar: what it takes to send this car all the same."""

    NEVER = "never"
    NAMED = "named"
    """A named doctor or back-up takes responsibility, with a reason (voorbehouden handeling)."""
    REASON = "reason"
    """The desk says why."""


@dataclass(frozen=True)
class Objection:
    """Bezwaar: one reason why this car should not go, as a code with the facts that its sentence needs."""

    code: str
    weight: Weight
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Need:
    """What a visit asks of a car."""

    urgency: Urgency
    is_over: bool = False
    is_planned: bool = False
    region_id: Any = None
    competences: frozenset[str] = frozenset()
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    partner_shifts: frozenset[Any] = frozenset()
    """The shifts that have another part of the same double visit: two nurses means two."""


@dataclass(frozen=True)
class CarOnDuty:
    """A car with its nurse, as far as the rules look."""

    starts_at: datetime
    ends_at: datetime
    region_id: Any = None
    shift_id: Any = None
    is_backup: bool = False
    is_woken: bool = False
    rests_until: datetime | None = None
    """In a break until then; None when not in one."""
    competences: Mapping[str, date] = field(default_factory=dict)


def may_assign(need: Need, car: CarOnDuty, *, now: datetime) -> tuple[Objection, ...]:
    """Every objection to sending this car, the heaviest first; none means: go."""
    found: list[Objection] = []
    if need.urgency in (Urgency.U0, Urgency.U1):
        # U0 and U1 are for 112: a night nurse is never the answer (NTS; agreed by the four regions).
        found.append(Objection("urgency_needs_112", Weight.NEVER, {"urgency": need.urgency.value}))
    if need.is_over:
        found.append(Objection("visit_is_over", Weight.NEVER))
    if car.shift_id is not None and car.shift_id in need.partner_shifts:
        found.append(Objection("has_other_part", Weight.NEVER))
    begins = max(now, need.begins_at or now)
    if car.ends_at <= begins:
        found.append(Objection("shift_over", Weight.NEVER, {"ends_at": car.ends_at}))
    elif car.starts_at > begins:
        found.append(Objection("shift_not_started", Weight.NEVER, {"starts_at": car.starts_at}))
    if car.is_backup and not car.is_woken:
        found.append(Objection("backup_asleep", Weight.NEVER))
    served_on = begins.astimezone(_WALL).date()
    for procedure in sorted(need.competences):
        valid_until = car.competences.get(procedure)
        if valid_until is None:
            found.append(Objection("competence_missing", Weight.NAMED, {"procedure": procedure}))
        elif valid_until < served_on:
            params = {"procedure": procedure, "valid_until": valid_until}
            found.append(Objection("competence_expired", Weight.NAMED, params))
    if need.region_id is not None and car.region_id is not None and need.region_id != car.region_id:
        # Regions are soft borders: helping out is allowed, said aloud and counted.
        found.append(Objection("other_region", Weight.REASON))
    if need.ends_at is not None and car.starts_at <= begins < car.ends_at < need.ends_at:
        found.append(Objection("shift_too_short", Weight.REASON, {"ends_at": car.ends_at}))
    if car.rests_until is not None and car.rests_until > begins:
        # Rest matters, somebody's safety more: a nurse in her break may be called out of it, for a reason.
        found.append(Objection("on_break", Weight.REASON, {"until_at": car.rests_until}))
    return tuple(sorted(found, key=lambda objection: list(Weight).index(objection.weight)))


class OverrideCode(StrEnum):
    """Reden om af te wijken van het advies."""

    KNOWS_CLIENT = "knows_client"
    NURSE_ASKED = "nurse_asked"
    ROAD_BLOCKED = "road_blocked"
    SPREAD_WORK = "spread_work"
    HELP_OTHER_REGION = "help_other_region"
    DOCTOR_AGREED = "doctor_agreed"
    BACKUP_AGREED = "backup_agreed"
    OTHER = "other"


@dataclass(frozen=True)
class Override:
    """Afwijking: why the desk sends this car all the same, and who stands behind it."""

    code: OverrideCode
    text: str = ""
    named_person: str = ""


def still_objects(
    objections: Iterable[Objection], override: Override | None, *, is_first_choice: bool
) -> tuple[Objection, ...]:
    """What remains to be objected after the desk gave its reason; empty means that this car goes."""
    remaining: list[Objection] = []
    named = (
        override is not None
        and override.code in (OverrideCode.DOCTOR_AGREED, OverrideCode.BACKUP_AGREED)
        and bool(override.named_person.strip())
        and bool(override.text.strip())
    )
    said_why = override is not None and (override.code is not OverrideCode.OTHER or bool(override.text.strip()))
    for objection in objections:
        is_met = {Weight.NEVER: False, Weight.NAMED: named, Weight.REASON: said_why}[objection.weight]
        if not is_met:
            remaining.append(objection)
    if not is_first_choice and not said_why:
        remaining.append(Objection("not_first_choice", Weight.REASON))
    return tuple(remaining)
