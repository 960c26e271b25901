"""The shape of a plan proposal, for the API's document and the types that the app is built with."""

from marshmallow import validate

from backend.dispatch.board.shape import AdvisedReasonOut
from backend.dispatch.proposals.rules import ProposalState
from backend.platform.web import Schema, fields


def _text(*, is_maybe: bool = False, **meta: str) -> fields.String:
    return fields.String(required=True, allow_none=is_maybe, metadata=meta)


def _number(*, is_maybe: bool = False) -> fields.Integer:
    return fields.Integer(required=True, allow_none=is_maybe)


def _yes_or_no() -> fields.Boolean:
    return fields.Boolean(required=True)


class TotalsOut(Schema):
    travel_s = _number()
    distance_m = _number()
    late_s = _number()
    late_visits = _number()
    without_car = _number()
    cars_used = _number()
    other_region = _number()


class ProposedStopOut(Schema):
    visit_id = _text()
    begins_at = _text(format="date-time")
    late_s = _number()


class ProposedDriveOut(Schema):
    travel_s = _number()
    distance_m = _number()
    home_at = _text(format="date-time")
    stops = fields.List(fields.Nested(ProposedStopOut), required=True)


class ProposedCarOut(Schema):
    shift_id = _text()
    car_name = _text()
    is_changed = _yes_or_no()
    is_next_changed = _yes_or_no()
    before = fields.Nested(ProposedDriveOut, required=True)
    after = fields.Nested(ProposedDriveOut, required=True)


class ProposedArrivalOut(Schema):
    shift_id = _text()
    car_name = _text()
    begins_at = _text(format="date-time")
    late_s = _number()


class ProposedVisitOut(Schema):
    visit_id = _text()
    at = _text(is_maybe=True, format="date-time")
    old = fields.Nested(ProposedArrivalOut, required=True, allow_none=True)
    new = fields.Nested(ProposedArrivalOut, required=True, allow_none=True)
    later_s = _number(is_maybe=True)
    is_urgent_later = _yes_or_no()
    is_late = _yes_or_no()
    is_next = _yes_or_no()
    why = fields.List(fields.Nested(AdvisedReasonOut), required=True)


class FixedOut(Schema):
    under_way = _number()
    accepted = _number()
    locked = _number()
    by_desk = _number()


class LeftVisitOut(Schema):
    visit_id = _text()
    reasons = fields.List(fields.Nested(AdvisedReasonOut), required=True)


class ComparisonOut(Schema):
    before = fields.Nested(TotalsOut, required=True)
    after = fields.Nested(TotalsOut, required=True)
    cars = fields.List(fields.Nested(ProposedCarOut), required=True)
    visits = fields.List(fields.Nested(ProposedVisitOut), required=True)
    fixed = fields.Nested(FixedOut, required=True)
    without_car = fields.List(fields.Nested(LeftVisitOut), required=True)
    urgent_waiting = _number()


class KeptOut(Schema):
    visit_id = _text()
    code = _text(description="changed: somebody did something with it; gone: it is no longer in this night")


class ProposalOut(Schema):
    id = _text()
    night_id = _text()
    state = fields.String(required=True, validate=validate.OneOf([one.value for one in ProposalState]))
    note = _text(is_maybe=True)
    asked_at = _text(format="date-time")
    asked_by = _text()
    limit_s = fields.Float(required=True)
    includes_assigned = _yes_or_no()
    answered_at = _text(is_maybe=True, format="date-time")
    decided_at = _text(is_maybe=True, format="date-time")
    decided_by = _text(is_maybe=True)
    reason = _text(is_maybe=True)
    undo_until = _text(is_maybe=True, format="date-time")
    kept = fields.List(fields.Nested(KeptOut), required=True)
    comparison = fields.Nested(ComparisonOut, required=True, allow_none=True)
