"""The shape of a phone's feed, for the API's document and the types that the app is built with."""

from marshmallow import validate

from backend.dispatch.rules import VisitKind, VisitStatus
from backend.intake.rules import CallerRelation
from backend.people.rules import AccessType, Precision, Sex
from backend.platform.web import Schema, fields
from backend.triage.rules import Urgency


def _one_of(kind: type) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf([member.value for member in kind]))  # type: ignore[attr-defined]


def _text() -> fields.String:
    return fields.String(required=True)


def _maybe() -> fields.String:
    return fields.String(required=True, allow_none=True)


def _moment() -> fields.String:
    return fields.String(required=True, metadata={"format": "date-time"})


def _maybe_moment() -> fields.String:
    return fields.String(required=True, allow_none=True, metadata={"format": "date-time"})


def _number() -> fields.Integer:
    return fields.Integer(required=True)


def _maybe_number() -> fields.Integer:
    return fields.Integer(required=True, allow_none=True)


def _maybe_degrees() -> fields.Float:
    return fields.Float(required=True, allow_none=True)


class PhonePlace(Schema):
    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class PhoneBreak(Schema):
    from_at = _moment()
    until_at = _moment()


class PhoneShift(Schema):
    id = _text()
    car_name = _text()
    car_number = _number()
    nurse_name = _text()
    region_name = _maybe()
    starts_at = _moment()
    ends_at = _moment()
    desk_phone = _maybe()
    rest = fields.Nested(PhoneBreak, required=True, allow_none=True)
    home = fields.Nested(PhonePlace, required=True)


class PhoneContact(Schema):
    name = _maybe()
    phone = _maybe()
    relation = _maybe()


class PhoneGp(Schema):
    name = _maybe()
    phone = _maybe()


class PhoneClient(Schema):
    label = _text()
    age = _maybe_number()
    birth_date = _maybe()
    sex = _one_of(Sex)
    phone = _maybe()
    street = _text()
    house_number = _maybe_number()
    addition = _text()
    postcode = _maybe()
    city = _text()
    entry_note = _maybe()
    lat = _maybe_degrees()
    lon = _maybe_degrees()
    precision = _one_of(Precision)
    access_type = _one_of(AccessType)
    access_note = _maybe()
    alerts = fields.List(fields.String(), required=True)
    language = _maybe()
    contact = fields.Nested(PhoneContact, required=True, allow_none=True)
    gp = fields.Nested(PhoneGp, required=True, allow_none=True)
    treatment_limits = _maybe()
    organisation = _maybe()


class PhoneCallback(Schema):
    name = _text()
    relation = _one_of(CallerRelation)
    number = _text()


class PhoneTriage(Schema):
    abcd_note = _text()
    alarm_signals = fields.List(fields.String(), required=True)
    advice = _maybe()
    scope_rule = _maybe()


class PhoneLookBack(Schema):
    happened_at = _moment()
    outcome = _maybe()
    summary = _text()


class PhonePartner(Schema):
    car_name = _text()
    nurse_name = _text()
    begins_at = _maybe_moment()


class PhoneVisit(Schema):
    id = _text()
    reference = _maybe()
    kind = _one_of(VisitKind)
    urgency = _one_of(Urgency)
    status = _one_of(VisitStatus)
    sequence = _maybe_number()
    eta_at = _maybe_moment()
    travel_s = _maybe_number()
    travel_source = _maybe()
    window_start = _moment()
    window_end = _moment()
    latest_at = _moment()
    service_minutes = _number()
    version = _number()
    complaint = _text()
    question = _maybe()
    onset = _maybe()
    measures_taken = _maybe()
    location_note = _maybe()
    callback = fields.Nested(PhoneCallback, required=True, allow_none=True)
    client = fields.Nested(PhoneClient, required=True, allow_none=True)
    triage = fields.Nested(PhoneTriage, required=True, allow_none=True)
    pathway_id = _maybe()
    look_back = fields.List(fields.Nested(PhoneLookBack), required=True)
    required_competences = fields.List(fields.String(), required=True)
    cars_needed = _number()
    partner = fields.Nested(
        PhonePartner, required=True, allow_none=True, metadata={"description": "Who comes to the same door"}
    )
    assigned_at = _maybe_moment()
    accepted_at = _maybe_moment()
    departed_at = _maybe_moment()
    arrived_at = _maybe_moment()
    finished_at = _maybe_moment()
    report_id = _maybe()


class FeedEvent(Schema):
    seq = _number()
    visit_id = _text()
    visit = fields.Nested(PhoneVisit, required=True, allow_none=True)


class FeedOut(Schema):
    epoch = _text()
    cursor = _number()
    more = fields.Boolean(required=True)
    reset = fields.Boolean(required=True)
    server_time = _moment()
    shift = fields.Nested(PhoneShift, required=True, allow_none=True)
    pathways = fields.List(fields.Dict(), metadata={"description": "Only from 0 and after a reset"})
    events = fields.List(fields.Nested(FeedEvent), required=True)
