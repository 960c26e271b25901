"""What a plan proposal is made of, as it leaves the house."""

from typing import Annotated

from msgspec import Meta

from backend.dispatch.planning.shapes import AdvisedReasonOut
from backend.dispatch.proposals.rules import ProposalState
from backend.platform.answers import Answer, Moment


class TotalsOut(Answer):
    travel_s: int
    distance_m: int
    late_s: int
    late_visits: int
    without_car: int
    cars_used: int
    other_region: int


class ProposedStopOut(Answer):
    visit_id: str
    begins_at: Moment
    late_s: int


class ProposedDriveOut(Answer):
    travel_s: int
    distance_m: int
    home_at: Moment
    stops: list[ProposedStopOut]


class ProposedCarOut(Answer):
    shift_id: str
    car_name: str
    is_changed: bool
    is_next_changed: bool
    before: ProposedDriveOut
    after: ProposedDriveOut


class ProposedArrivalOut(Answer):
    shift_id: str
    car_name: str
    begins_at: Moment
    late_s: int


class ProposedVisitOut(Answer):
    visit_id: str
    at: Moment | None
    old: ProposedArrivalOut | None
    new: ProposedArrivalOut | None
    later_s: int | None
    is_urgent_later: bool
    is_late: bool
    is_next: bool
    why: list[AdvisedReasonOut]


class FixedOut(Answer):
    under_way: int
    accepted: int
    locked: int
    by_desk: int


class LeftVisitOut(Answer):
    visit_id: str
    reasons: list[AdvisedReasonOut]


class ComparisonOut(Answer):
    before: TotalsOut
    after: TotalsOut
    cars: list[ProposedCarOut]
    visits: list[ProposedVisitOut]
    fixed: FixedOut
    without_car: list[LeftVisitOut]
    urgent_waiting: int


class KeptOut(Answer):
    visit_id: str
    code: Annotated[
        str,
        Meta(description="changed: somebody did something with it; gone: it is no longer in this night"),
    ]


class ProposalOut(Answer):
    id: str
    night_id: str
    state: ProposalState
    note: str | None
    asked_at: Moment
    asked_by: str
    limit_s: float
    includes_assigned: bool
    answered_at: Moment | None
    decided_at: Moment | None
    decided_by: str | None
    reason: str | None
    undo_until: Moment | None
    kept: list[KeptOut]
    comparison: ComparisonOut | None
