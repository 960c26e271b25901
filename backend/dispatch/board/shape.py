"""The shape of the board and of an advice, for the API's document and the types that the app is built with."""

from enum import StrEnum
from typing import Any

from marshmallow import validate

from backend.dispatch.alarm_rules import AlarmKind
from backend.dispatch.proposals.rules import ProposalState
from backend.dispatch.rules import VisitKind, VisitStatus
from backend.platform.web import Schema, fields
from backend.roster.rules import PlanState
from backend.triage.rules import Urgency


def _text(**meta: Any) -> fields.String:
    return fields.String(required=True, metadata=meta)


def _maybe(**meta: Any) -> fields.String:
    return fields.String(required=True, allow_none=True, metadata=meta)


def _moment() -> fields.String:
    return _text(format="date-time")


def _maybe_moment() -> fields.String:
    return _maybe(format="date-time")


def _one_of(kind: type[StrEnum]) -> fields.String:
    return fields.String(required=True, validate=validate.OneOf([member.value for member in kind]))


def _number() -> fields.Integer:
    return fields.Integer(required=True)


def _maybe_number() -> fields.Integer:
    return fields.Integer(required=True, allow_none=True)


class AdvisedReasonOut(Schema):
    code = _text()
    params = fields.Dict(keys=fields.String(), required=True)


class BoardProposalOut(Schema):
    id = _text()
    state = _one_of(ProposalState)
    asked_at = _moment()
    asked_by = _text()
    limit_s = fields.Float(required=True)
    decided_by = _maybe()


class BoardNightOut(Schema):
    id = _text()
    starts_at = _moment()
    ends_at = _moment()
    plan_version = _number()
    plan_state = _one_of(PlanState)
    plan_note = _maybe()
    closed_at = _maybe_moment()
    proposal = fields.Nested(BoardProposalOut, required=True, allow_none=True)


class PresenceOut(Schema):
    name = _text()


class WaitingOut(Schema):
    care_request_id = _text()
    reference = _text()
    received_at = _moment()
    client_label = _maybe()
    age = _maybe_number()
    organisation = _maybe()
    entry_complaint = _text()
    question = _text()
    postcode = _maybe()
    registered_by = _maybe()
    presence = fields.Nested(PresenceOut, required=True, allow_none=True)


class DrivingOut(Schema):
    planned_s = _maybe_number()
    planned_m = _maybe_number()
    source = _maybe()
    driven_s = _maybe_number()
    driven_m = _maybe_number()


class BoardVisitOut(Schema):
    id = _text()
    reference = _maybe()
    care_request_id = _maybe()
    kind = _one_of(VisitKind)
    urgency = _one_of(Urgency)
    status = _one_of(VisitStatus)
    client_id = _maybe()
    client_label = _text()
    client_age = _maybe_number()
    organisation = _maybe()
    address_line = _text()
    postcode = _maybe()
    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    precision = _maybe()
    complaint = _text()
    question = _maybe()
    region_id = _maybe()
    window_start = _moment()
    window_end = _moment()
    latest_at = _moment()
    service_minutes = _number()
    required_competences = fields.List(fields.String(), required=True)
    cars_needed = _number()
    double_id = _maybe()
    part = _number()
    shift_id = _maybe()
    sequence = _maybe_number()
    eta_at = _maybe_moment()
    leave_at = _maybe_moment()
    travel_s = _maybe_number()
    travel_source = _maybe()
    driving = fields.Nested(DrivingOut, required=True, allow_none=True)
    is_locked = fields.Boolean(required=True)
    version = _number()
    assigned_at = _maybe_moment()
    accepted_at = _maybe_moment()
    departed_at = _maybe_moment()
    arrived_at = _maybe_moment()
    finished_at = _maybe_moment()
    reported = fields.Boolean(required=True)


class PositionOut(Schema):
    lat = fields.Float(required=True)
    lon = fields.Float(required=True)
    at = _moment()


class HomeOut(Schema):
    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class HeldCompetenceOut(Schema):
    procedure = _text()
    valid_until = _text(format="date")


class BoardBreakOut(Schema):
    id = _text()
    earliest_at = _moment()
    latest_at = _moment()
    minutes = _number()
    planned_at = _maybe_moment()
    started_at = _maybe_moment()
    ended_at = _maybe_moment()


class BoardCarOut(Schema):
    shift_id = _text()
    car_name = _text()
    car_number = _number()
    nurse_name = _text()
    region_id = _maybe()
    region_name = _maybe()
    starts_at = _moment()
    ends_at = _moment()
    is_backup = fields.Boolean(required=True)
    is_woken = fields.Boolean(required=True)
    phone = _maybe()
    state = fields.String(required=True, validate=validate.OneOf(["free", "driving", "on_scene", "resting", "off"]))
    position = fields.Nested(PositionOut, required=True, allow_none=True)
    home = fields.Nested(HomeOut, required=True)
    competences = fields.List(fields.Nested(HeldCompetenceOut), required=True)
    push_ok_at = _maybe_moment()
    breaks = fields.List(fields.Nested(BoardBreakOut), required=True)


class BoardAlarmOut(Schema):
    id = _text()
    kind = _one_of(AlarmKind)
    visit_id = _maybe()
    shift_id = _maybe()
    care_request_id = _maybe()
    reference = _maybe()
    car_name = _maybe()
    note = _maybe()
    raised_at = _moment()
    acknowledged_at = _maybe_moment()
    acknowledged_by = _maybe()
    step = _text()
    steps = fields.List(fields.Dict(keys=fields.String()), required=True)


class ChangeOut(Schema):
    seq = _number()
    happened_at = _moment()
    text_code = _text()
    params = fields.Dict(keys=fields.String(), required=True)
    visit_id = _maybe()


class BoardOut(Schema):
    seq = _number()
    epoch = _text()
    server_time = _moment()
    night = fields.Nested(BoardNightOut, required=True, allow_none=True)
    waiting = fields.List(fields.Nested(WaitingOut), required=True)
    visits = fields.List(fields.Nested(BoardVisitOut), required=True)
    cars = fields.List(fields.Nested(BoardCarOut), required=True)
    alarms = fields.List(fields.Nested(BoardAlarmOut), required=True)
    changes = fields.List(fields.Nested(ChangeOut), required=True)


class TermsOut(Schema):
    travel_s = _number()
    lateness = _number()
    waiting = _number()
    spill_over = _number()
    backup = _number()
    change = _number()


class DelayOut(Schema):
    visit_id = _text()
    label = _text()
    later_s = _number()
    new_arrival_at = _moment()
    still_in_window = fields.Boolean(required=True)


class SecondCarOut(Schema):
    visit_id = _text()
    shift_id = _text()
    car_name = _text()
    nurse_name = _text()
    arrive_at = _moment()
    reasons = fields.List(fields.Nested(AdvisedReasonOut), required=True)


class AdvisedCarOut(Schema):
    rank = _number()
    shift_id = _text()
    car_name = _text()
    nurse_name = _text()
    arrive_at = _moment()
    travel_s = _number()
    distance_m = _number()
    travel_source = _text()
    late_s = _number()
    cost = _number()
    terms = fields.Nested(TermsOut, required=True)
    reasons = fields.List(fields.Nested(AdvisedReasonOut), required=True)
    second = fields.Nested(SecondCarOut, required=True, allow_none=True)
    delays = fields.List(fields.Nested(DelayOut), required=True)


class RejectedCarOut(Schema):
    shift_id = _text()
    car_name = _text()
    nurse_name = _text()
    reason = _text()
    params = fields.Dict(keys=fields.String(), required=True)


class RecommendationOut(Schema):
    visit_id = _text()
    computed_at = _moment()
    plan_version = _number()
    source = _text(
        description="crow: exact insertion on (partly) estimated times; roads, osrm, valhalla: on known roads; "
        "rules_only: the optimiser did not answer"
    )
    options = fields.List(fields.Nested(AdvisedCarOut), required=True)
    rejected = fields.List(fields.Nested(RejectedCarOut), required=True)
