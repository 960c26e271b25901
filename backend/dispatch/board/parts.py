"""What the board is made of, as it leaves the house: msgspec structs, because a board is read every few seconds."""

from typing import Any

import msgspec


class BoardProposal(msgspec.Struct):
    """The last plan proposal, as far as the board tells of it; the panel asks for the rest."""

    id: str
    state: str
    asked_at: str
    asked_by: str
    limit_s: float
    decided_by: str | None


class BoardNight(msgspec.Struct):
    """The night and its route plan."""

    id: str
    starts_at: str
    ends_at: str
    plan_version: int
    plan_state: str
    plan_note: str | None
    closed_at: str | None
    proposal: BoardProposal | None


class Waiting(msgspec.Struct):
    """A question that asks for a triage decision."""

    care_request_id: str
    reference: str
    received_at: str
    client_label: str | None
    age: int | None
    organisation: str | None
    entry_complaint: str
    question: str
    postcode: str | None
    registered_by: str | None
    presence: dict[str, str] | None


class Driving(msgspec.Struct):
    """The drive to a visit: planned as at departure, and driven as far as it is known."""

    planned_s: int | None
    planned_m: int | None
    source: str | None
    driven_s: int | None
    driven_m: int | None


class BoardVisit(msgspec.Struct):
    """A visit on the board."""

    id: str
    reference: str | None
    care_request_id: str | None
    kind: str
    urgency: str
    status: str
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
    window_start: str
    window_end: str
    latest_at: str
    service_minutes: int
    required_competences: list[str]
    cars_needed: int
    double_id: str | None
    part: int
    shift_id: str | None
    sequence: int | None
    eta_at: str | None
    leave_at: str | None
    travel_s: int | None
    travel_source: str | None
    driving: Driving | None
    is_locked: bool
    version: int
    assigned_at: str | None
    accepted_at: str | None
    departed_at: str | None
    arrived_at: str | None
    finished_at: str | None
    reported: bool


class BoardBreak(msgspec.Struct):
    """A break of a car's shift."""

    id: str
    earliest_at: str
    latest_at: str
    minutes: int
    planned_at: str | None
    started_at: str | None
    ended_at: str | None


class BoardCar(msgspec.Struct):
    """A car on the board, with its nurse."""

    shift_id: str
    car_name: str
    car_number: int
    nurse_name: str
    region_id: str | None
    region_name: str | None
    starts_at: str
    ends_at: str
    is_backup: bool
    is_woken: bool
    phone: str | None
    state: str
    position: dict[str, Any] | None
    home: dict[str, float]
    competences: list[dict[str, str]]
    push_ok_at: str | None
    breaks: list[BoardBreak]


class BoardAlarm(msgspec.Struct):
    """Something that cannot wait for somebody to look."""

    id: str
    kind: str
    visit_id: str | None
    shift_id: str | None
    care_request_id: str | None
    reference: str | None
    car_name: str | None
    note: str | None
    raised_at: str
    acknowledged_at: str | None
    acknowledged_by: str | None
    step: str
    steps: list[dict[str, Any]]


class Board(msgspec.Struct):
    """Everything on the desk's screen, and the event up to which it holds."""

    seq: int
    epoch: str
    server_time: str
    night: BoardNight | None
    waiting: list[Waiting]
    visits: list[BoardVisit]
    cars: list[BoardCar]
    alarms: list[BoardAlarm]
    changes: list[dict[str, Any]]
