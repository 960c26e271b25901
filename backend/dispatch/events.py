"""What happens in the dispatch room, in the past tense. Payloads carry numbers and names of cars, never of clients."""

from dataclasses import dataclass
from datetime import datetime

from backend.dispatch.alarm_rules import AlarmKind
from backend.dispatch.rules import VisitKind, VisitStatus
from backend.platform.events import Event
from backend.triage.rules import Urgency


@dataclass(frozen=True, kw_only=True)
class VisitEvent(Event):
    """Something about one visit: `topic_id` is the visit, `feed_id` the shift whose phone must hear of it."""

    reference: str | None = None


@dataclass(frozen=True, kw_only=True)
class VisitOpened(VisitEvent):
    """Inzet geopend: somebody must go."""

    kind: VisitKind
    urgency: Urgency
    part: int = 1


@dataclass(frozen=True, kw_only=True)
class VisitChanged(VisitEvent):
    """Inzet gewijzigd: triage was done again, or the desk changed what the visit asks."""

    urgency: Urgency
    changes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VisitMoved(VisitEvent):
    """Inzet overgezet: the client turned out to be another one, or to live elsewhere."""


@dataclass(frozen=True, kw_only=True)
class VisitAssigned(VisitEvent):
    """Inzet toegewezen aan een auto."""

    assignment_id: str
    car_name: str
    eta_at: datetime | None = None
    override_code: str | None = None
    is_by_plan: bool = False


@dataclass(frozen=True, kw_only=True)
class VisitWithdrawn(VisitEvent):
    """Inzet teruggetrokken van een auto; the visit itself goes on."""

    car_name: str
    reason: str
    is_by_plan: bool = False


@dataclass(frozen=True, kw_only=True)
class VisitCancelled(VisitEvent):
    """Inzet vervallen: nobody needs to go any more."""

    reason: str


@dataclass(frozen=True, kw_only=True)
class VisitLocked(VisitEvent):
    """Inzet vastgezet of losgelaten door de centrale."""

    is_locked: bool


@dataclass(frozen=True, kw_only=True)
class VisitAccepted(VisitEvent):
    """Inzet aangenomen door de verpleegkundige."""

    car_name: str
    by_desk: bool = False


@dataclass(frozen=True, kw_only=True)
class NurseDeparted(VisitEvent):
    """De verpleegkundige rijdt."""

    car_name: str
    by_desk: bool = False


@dataclass(frozen=True, kw_only=True)
class NurseArrived(VisitEvent):
    """De verpleegkundige is er."""

    car_name: str
    by_desk: bool = False


@dataclass(frozen=True, kw_only=True)
class VisitFinished(VisitEvent):
    """Inzet klaar."""

    car_name: str
    by_desk: bool = False


@dataclass(frozen=True, kw_only=True)
class LateFactKept(VisitEvent):
    """Laat feit: the phone tells what happened at a visit that was withdrawn or cancelled meanwhile."""

    car_name: str
    step: str
    status: VisitStatus


@dataclass(frozen=True, kw_only=True)
class RouteChanged(VisitEvent):
    """Ritplan gewijzigd: this visit has another place or time in its car's route."""

    sequence: int | None = None


@dataclass(frozen=True, kw_only=True)
class NightPlanned(Event):
    """Nacht gepland: a new route plan is in force."""

    plan_version: int
    moved: int
    unplanned: int


@dataclass(frozen=True, kw_only=True)
class PlanFailed(Event):
    """Plannen mislukt: the plan in force stands as it was."""

    plan_version: int
    note: str


@dataclass(frozen=True, kw_only=True)
class TravelCalibrated(Event):
    """Rijtijden geijkt: from now on the times of this source are multiplied by this factor."""

    source: str
    factor: float
    trips: int


@dataclass(frozen=True, kw_only=True)
class BreakChanged(Event):
    """Pauze gepland, gewijzigd, begonnen, voorbij of vervallen."""

    break_id: str
    car_name: str
    what: str
    minutes: int


@dataclass(frozen=True, kw_only=True)
class AlarmRaised(VisitEvent):
    """Alarm gegeven op de centrale."""

    alarm_id: str
    kind: AlarmKind
    car_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class AlarmEscalated(VisitEvent):
    """Alarm een stap verder, because nobody acknowledged it."""

    alarm_id: str
    kind: AlarmKind
    step: str
    car_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class AlarmAcknowledged(VisitEvent):
    """Alarm bevestigd: somebody at the desk has it in hand."""

    alarm_id: str
    kind: AlarmKind
    car_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class AlarmResolved(VisitEvent):
    """Alarm voorbij: its cause is gone."""

    alarm_id: str
    kind: AlarmKind
    car_name: str | None = None


@dataclass(frozen=True, kw_only=True)
class PresenceClaimed(Event):
    """Zorgvraag opgepakt: a colleague at the desk is busy with it."""

    staff_name: str


@dataclass(frozen=True, kw_only=True)
class PresenceReleased(Event):
    """Zorgvraag losgelaten door de collega die ermee bezig was."""
