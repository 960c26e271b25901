"""What the board is made of, as it leaves the house."""

from datetime import date
from typing import Literal

from backend.dispatch.alarm_rules import AlarmKind
from backend.dispatch.proposals.rules import ProposalState
from backend.dispatch.rules import VisitKind, VisitStatus
from backend.platform.answers import Answer, Facts, Moment
from backend.roster.rules import PlanState
from backend.triage.rules import Urgency

CarState = Literal["free", "driving", "on_scene", "resting", "off"]


class BoardProposalOut(Answer):
    """The last plan proposal, as far as the board tells of it; the panel asks for the rest."""

    id: str
    state: ProposalState
    asked_at: Moment
    asked_by: str
    limit_s: float
    decided_by: str | None


class BoardNightOut(Answer):
    """The night and its route plan."""

    id: str
    starts_at: Moment
    ends_at: Moment
    plan_version: int
    plan_state: PlanState
    plan_note: str | None
    closed_at: Moment | None
    proposal: BoardProposalOut | None


class PresenceOut(Answer):
    """Who is busy with a question."""

    name: str


class WaitingOut(Answer):
    """A question that asks for a triage decision."""

    care_request_id: str
    reference: str
    received_at: Moment
    client_label: str | None
    age: int | None
    organisation: str | None
    entry_complaint: str
    question: str
    postcode: str | None
    registered_by: str | None
    presence: PresenceOut | None


class DrivingOut(Answer):
    """The drive to a visit: planned as at departure, and driven as far as it is known."""

    planned_s: int | None
    planned_m: int | None
    source: str | None
    driven_s: int | None
    driven_m: int | None


class BoardVisitOut(Answer):
    """A visit on the board."""

    id: str
    reference: str | None
    care_request_id: str | None
    kind: VisitKind
    urgency: Urgency
    status: VisitStatus
    client_id: str | None
    client_label: str
    client_age: int | None
    organisation: str | None
    address_line: str
    postcode: str | None
    lat: float | None
    lon: float | None
    precision: str | None
    complaint: str
    question: str | None
    region_id: str | None
    window_start: Moment
    window_end: Moment
    latest_at: Moment
    service_minutes: int
    required_competences: list[str]
    cars_needed: int
    double_id: str | None
    part: int
    shift_id: str | None
    sequence: int | None
    eta_at: Moment | None
    leave_at: Moment | None
    travel_s: int | None
    travel_source: str | None
    driving: DrivingOut | None
    is_locked: bool
    version: int
    assigned_at: Moment | None
    accepted_at: Moment | None
    departed_at: Moment | None
    arrived_at: Moment | None
    finished_at: Moment | None
    reported: bool


class PositionOut(Answer):
    """Where a car was last seen."""

    lat: float
    lon: float
    at: Moment


class HomeOut(Answer):
    """Where a car starts and ends its night."""

    lat: float
    lon: float


class HeldCompetenceOut(Answer):
    """A reserved procedure that the nurse may do, and until when."""

    procedure: str
    valid_until: date


class BoardBreakOut(Answer):
    """A break of a car's shift."""

    id: str
    earliest_at: Moment
    latest_at: Moment
    minutes: int
    planned_at: Moment | None
    started_at: Moment | None
    ended_at: Moment | None


class BoardCarOut(Answer):
    """A car on the board, with its nurse."""

    shift_id: str
    car_name: str
    car_number: int
    nurse_name: str
    region_id: str | None
    region_name: str | None
    starts_at: Moment
    ends_at: Moment
    is_backup: bool
    is_woken: bool
    phone: str | None
    state: CarState
    position: PositionOut | None
    home: HomeOut
    competences: list[HeldCompetenceOut]
    push_ok_at: Moment | None
    breaks: list[BoardBreakOut]


class BoardAlarmOut(Answer):
    """Something that cannot wait for somebody to look."""

    id: str
    kind: AlarmKind
    visit_id: str | None
    shift_id: str | None
    care_request_id: str | None
    reference: str | None
    car_name: str | None
    note: str | None
    raised_at: Moment
    acknowledged_at: Moment | None
    acknowledged_by: str | None
    step: str
    steps: list[Facts]


class ChangeOut(Answer):
    """Something that happened, as a code and the facts for its sentence."""

    seq: int
    happened_at: Moment
    text_code: str
    params: Facts
    visit_id: str | None


class BoardOut(Answer):
    """Everything on the desk's screen, and the event up to which it holds."""

    seq: int
    epoch: str
    server_time: Moment
    night: BoardNightOut | None
    waiting: list[WaitingOut]
    visits: list[BoardVisitOut]
    cars: list[BoardCarOut]
    alarms: list[BoardAlarmOut]
    changes: list[ChangeOut]
