"""What a phone's feed is made of, as it leaves the house."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from backend.dispatch.rules import VisitKind, VisitStatus
from backend.intake.rules import CallerRelation
from backend.people.rules import AccessType, Precision, Sex
from backend.platform.answers import Answer, Facts, Moment
from backend.triage.rules import Urgency


class PhonePlace(Answer):
    lat: float
    lon: float


class PhoneBreak(Answer):
    from_at: Moment
    until_at: Moment


class PhoneShift(Answer):
    id: str
    car_name: str
    car_number: int
    nurse_name: str
    region_name: str | None
    starts_at: Moment
    ends_at: Moment
    desk_phone: str | None
    rest: PhoneBreak | None
    home: PhonePlace


class PhoneContact(Answer):
    name: str | None
    phone: str | None
    relation: str | None


class PhoneGp(Answer):
    name: str | None
    phone: str | None


class PhoneClient(Answer):
    label: str
    age: int | None
    birth_date: str | None
    sex: Sex
    phone: str | None
    street: str
    house_number: int | None
    addition: str
    postcode: str | None
    city: str
    entry_note: str | None
    lat: float | None
    lon: float | None
    precision: Precision
    access_type: AccessType
    access_note: str | None
    alerts: list[str]
    language: str | None
    contact: PhoneContact | None
    gp: PhoneGp | None
    treatment_limits: str | None
    organisation: str | None


class PhoneCallback(Answer):
    name: str
    relation: CallerRelation
    number: str


class PhoneTriage(Answer):
    abcd_note: str
    alarm_signals: list[str]
    advice: str | None
    scope_rule: str | None


class PhoneLookBack(Answer):
    happened_at: Moment
    outcome: str | None
    summary: str


class PhonePartner(Answer):
    car_name: str
    nurse_name: str
    begins_at: Moment | None


class PhoneVisit(Answer):
    id: str
    reference: str | None
    kind: VisitKind
    urgency: Urgency
    status: VisitStatus
    sequence: int | None
    eta_at: Moment | None
    travel_s: int | None
    travel_source: str | None
    window_start: Moment
    window_end: Moment
    latest_at: Moment
    service_minutes: int
    version: int
    complaint: str
    question: str | None
    onset: str | None
    measures_taken: str | None
    location_note: str | None
    callback: PhoneCallback | None
    client: PhoneClient | None
    triage: PhoneTriage | None
    pathway_id: str | None
    look_back: list[PhoneLookBack]
    required_competences: list[str]
    cars_needed: int
    partner: Annotated[PhonePartner | None, Meta(description="Who comes to the same door")]
    assigned_at: Moment | None
    accepted_at: Moment | None
    departed_at: Moment | None
    arrived_at: Moment | None
    finished_at: Moment | None
    report_id: str | None


class FeedEvent(Answer):
    seq: int
    visit_id: str
    visit: PhoneVisit | None


class FeedOut(Answer):
    epoch: str
    cursor: int
    more: bool
    reset: bool
    server_time: Moment
    shift: PhoneShift | None
    events: list[FeedEvent]
    pathways: Annotated[list[Facts], Meta(description="Only from 0 and after a reset")] | UnsetType = UNSET
