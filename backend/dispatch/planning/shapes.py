"""What an advice is made of, as it leaves the house."""

from typing import Annotated

from msgspec import Meta

from backend.platform.answers import Answer, Facts, Moment


class AdvisedReasonOut(Answer):
    """Why, as a code and the facts for its sentence."""

    code: str
    params: Facts


class TermsOut(Answer):
    """What a choice costs, by what it is made of."""

    travel_s: int
    lateness: int
    waiting: int
    spill_over: int
    backup: int
    change: int


class DelayOut(Answer):
    """Somebody else who waits longer (or shorter) because of this choice."""

    visit_id: str
    label: str
    later_s: int
    new_arrival_at: Moment
    still_in_window: bool


class SecondCarOut(Answer):
    """The car for the other part of a double visit."""

    visit_id: str
    shift_id: str
    car_name: str
    nurse_name: str
    arrive_at: Moment
    reasons: list[AdvisedReasonOut]


class AdvisedCarOut(Answer):
    """One car that can go, what it costs and why."""

    rank: int
    shift_id: str
    car_name: str
    nurse_name: str
    arrive_at: Moment
    travel_s: int
    distance_m: int
    travel_source: str
    late_s: int
    cost: int
    terms: TermsOut
    reasons: list[AdvisedReasonOut]
    second: SecondCarOut | None
    delays: list[DelayOut]


class RejectedCarOut(Answer):
    """One car that cannot go, with the first rule that failed."""

    shift_id: str
    car_name: str
    nurse_name: str
    reason: str
    params: Facts


class RecommendationOut(Answer):
    """Who can go, the best first, and why the others cannot."""

    visit_id: str
    computed_at: Moment
    plan_version: int
    source: Annotated[
        str,
        Meta(
            description="crow: exact insertion on (partly) estimated times; roads, osrm, valhalla: on known roads; "
            "rules_only: the optimiser did not answer"
        ),
    ]
    options: list[AdvisedCarOut]
    rejected: list[RejectedCarOut]
