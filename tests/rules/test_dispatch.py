"""Who may go, when somebody must be there, and how a visit moves on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.dispatch import rules
from backend.dispatch.alarm_rules import RingStep, RingTimes, overdue_at
from backend.dispatch.rules import (
    CarOnDuty,
    Need,
    Override,
    OverrideCode,
    Step,
    StepVerdict,
    VisitStatus,
    Weight,
    may_assign,
    still_objects,
)
from backend.dispatch.timetable import Leg, timetable
from backend.people.rules import ReservedProcedure
from backend.roster.rules import response_minutes
from backend.triage.rules import Urgency

NOW = datetime(2026, 1, 15, 1, 30, tzinfo=UTC)
TODAY = date(2026, 1, 15)
URGENT = st.sampled_from([Urgency.U0, Urgency.U1])
MAY_WAIT = st.sampled_from([Urgency.U2, Urgency.U3, Urgency.U4, Urgency.U5])
PROCEDURES = st.sampled_from([procedure.value for procedure in ReservedProcedure])
OVERRIDES = st.none() | st.builds(
    Override, st.sampled_from(OverrideCode), st.sampled_from(["", "afgesproken"]), st.sampled_from(["", "dr. Bakker"])
)


def a_car(**given: object) -> CarOnDuty:
    facts = {"starts_at": NOW - timedelta(hours=3), "ends_at": NOW + timedelta(hours=5), **given}
    return CarOnDuty(**facts)  # type: ignore[arg-type]


def a_need(**given: object) -> Need:
    facts = {"urgency": Urgency.U2, "ends_at": NOW + timedelta(minutes=30), **given}
    return Need(**facts)  # type: ignore[arg-type]


def codes(need: Need, car: CarOnDuty, now: datetime = NOW) -> list[str]:
    return [objection.code for objection in may_assign(need, car, now=now)]


def test_a_free_car_on_duty_may_go() -> None:
    assert codes(a_need(), a_car()) == []


@given(URGENT, OVERRIDES, st.booleans(), st.booleans())
def test_life_threatening_never_gets_a_nurses_car_whatever_anybody_says(
    urgency: Urgency, override: Override | None, is_backup: bool, is_first_choice: bool
) -> None:
    objections = may_assign(a_need(urgency=urgency), a_car(is_backup=is_backup, is_woken=True), now=NOW)
    remaining = still_objects(objections, override, is_first_choice=is_first_choice)
    assert remaining[0].code == "urgency_needs_112"
    assert remaining[0].weight is Weight.NEVER


@given(
    MAY_WAIT,
    st.sets(PROCEDURES, min_size=1),
    st.dictionaries(PROCEDURES, st.dates(date(2025, 12, 1), date(2026, 3, 1))),
    OVERRIDES,
)
def test_an_expired_competence_never_goes_unless_a_named_doctor_or_backup_stands_behind_it(
    urgency: Urgency, asked: set[str], held: dict[str, date], override: Override | None
) -> None:
    need = a_need(urgency=urgency, competences=frozenset(asked))
    remaining = still_objects(may_assign(need, a_car(competences=held), now=NOW), override, is_first_choice=True)
    lacking = {one for one in asked if held.get(one) is None or held[one] < TODAY}
    is_vouched_for = (
        override is not None
        and override.code in (OverrideCode.DOCTOR_AGREED, OverrideCode.BACKUP_AGREED)
        and override.named_person != ""
        and override.text != ""
    )
    assert {one.params["procedure"] for one in remaining} == (set() if is_vouched_for else lacking)


def test_a_competence_counts_up_to_and_including_its_last_day_and_the_day_changes_at_midnight_here() -> None:
    need = a_need(competences=frozenset({"bladder_catheter"}))
    half_past_eleven = datetime(2026, 1, 14, 22, 30, tzinfo=UTC)
    ten_past_midnight = datetime(2026, 1, 14, 23, 10, tzinfo=UTC)
    car = a_car(competences={"bladder_catheter": date(2026, 1, 14)})
    assert codes(need, car, half_past_eleven) == []
    assert codes(need, car, ten_past_midnight) == ["competence_expired"]
    assert codes(need, a_car(), half_past_eleven) == ["competence_missing"]


def test_a_car_goes_only_during_its_shift() -> None:
    assert codes(a_need(), a_car(ends_at=NOW)) == ["shift_over"]
    assert codes(a_need(), a_car(starts_at=NOW + timedelta(minutes=1))) == ["shift_not_started"]
    assert codes(a_need(), a_car(ends_at=NOW + timedelta(minutes=10))) == ["shift_too_short"]


def test_a_planned_visit_later_tonight_may_go_to_a_shift_that_has_yet_to_begin() -> None:
    later = NOW + timedelta(hours=2)
    need = a_need(is_planned=True, begins_at=later, ends_at=later + timedelta(minutes=20))
    assert codes(need, a_car(starts_at=NOW + timedelta(hours=1))) == []


def test_a_sleeping_backup_must_be_woken_first_and_no_reason_changes_that() -> None:
    override = Override(OverrideCode.BACKUP_AGREED, "afgesproken", "Yvonne Prins")
    objections = may_assign(a_need(), a_car(is_backup=True), now=NOW)
    assert [one.code for one in still_objects(objections, override, is_first_choice=True)] == ["backup_asleep"]
    assert codes(a_need(), a_car(is_backup=True, is_woken=True)) == []


def test_regions_are_soft_borders_that_ask_for_a_reason() -> None:
    objections = may_assign(a_need(region_id="west"), a_car(region_id="oost"), now=NOW)
    assert [one.code for one in objections] == ["other_region"]
    assert still_objects(objections, None, is_first_choice=True)
    assert not still_objects(objections, Override(OverrideCode.HELP_OTHER_REGION), is_first_choice=True)


def test_another_car_than_the_first_choice_needs_a_reason_and_other_needs_words() -> None:
    assert [one.code for one in still_objects((), None, is_first_choice=False)] == ["not_first_choice"]
    assert still_objects((), Override(OverrideCode.OTHER), is_first_choice=False)
    assert not still_objects((), Override(OverrideCode.OTHER, "brug open"), is_first_choice=False)
    assert not still_objects((), Override(OverrideCode.KNOWS_CLIENT), is_first_choice=False)


@given(st.sampled_from(VisitStatus), st.lists(st.sampled_from(Step), max_size=12))
def test_a_status_never_goes_back(status: VisitStatus, steps: list[Step]) -> None:
    order = list(VisitStatus)
    for step in steps:
        after = rules.advance(status, step)
        assert order.index(after) >= order.index(status)
        assert not (status in rules.OVER and after is not status)
        status = after


@pytest.mark.parametrize(
    ("status", "step", "is_hers", "verdict"),
    [
        (VisitStatus.ASSIGNED, Step.ACCEPT, True, StepVerdict.APPLY),
        (VisitStatus.ON_SCENE, Step.DEPART, True, StepVerdict.APPLY),
        (VisitStatus.OPEN, Step.ACCEPT, False, StepVerdict.WITHDRAWN),
        (VisitStatus.ASSIGNED, Step.DEPART, False, StepVerdict.WITHDRAWN),
        (VisitStatus.CANCELLED, Step.ACCEPT, False, StepVerdict.CANCELLED),
        (VisitStatus.OPEN, Step.ARRIVE, False, StepVerdict.KEEP_AS_FACT),
        (VisitStatus.CANCELLED, Step.FINISH, False, StepVerdict.KEEP_AS_FACT),
    ],
)
def test_withdrawn_beats_a_late_accept_but_being_there_is_a_fact(
    status: VisitStatus, step: Step, is_hers: bool, verdict: StepVerdict
) -> None:
    assert rules.judge_step(status, step, is_hers=is_hers, is_known=False) is verdict


@given(st.timedeltas(timedelta(hours=-26), timedelta(hours=26)), st.timedeltas(timedelta(0), timedelta(hours=8)))
def test_a_phone_whose_clock_is_a_day_off_never_makes_a_negative_duration(skew: timedelta, waited: timedelta) -> None:
    moment = rules.plausible(NOW + skew, received_at=NOW, not_before=NOW - waited)
    assert NOW - waited <= moment <= NOW


def test_urgency_decides_when_somebody_must_be_there() -> None:
    ends_at = NOW + timedelta(hours=4)

    def end(urgency: Urgency, norms: dict[Urgency, int | None]) -> datetime:
        minutes = response_minutes(urgency, norms)
        return rules.window_for(urgency, since=NOW, night_ends_at=ends_at, service_minutes=30, minutes=minutes).end

    assert end(Urgency.U2, {}) == NOW + timedelta(minutes=30)
    assert end(Urgency.U3, {}) == NOW + timedelta(hours=2)
    assert end(Urgency.U4, {}) == ends_at - timedelta(minutes=30)
    assert end(Urgency.U2, {Urgency.U2: 45}) == NOW + timedelta(minutes=45)
    assert end(Urgency.U3, {Urgency.U3: None}) == ends_at - timedelta(minutes=30)


@given(MAY_WAIT, st.integers(-120, 600), st.integers(5, 240), st.none() | st.integers(5, 600))
def test_a_window_never_ends_before_it_begins(
    urgency: Urgency, minutes_left: int, service_minutes: int, minutes: int | None
) -> None:
    window = rules.window_for(
        urgency,
        since=NOW,
        night_ends_at=NOW + timedelta(minutes=minutes_left),
        service_minutes=service_minutes,
        minutes=minutes,
    )
    assert window.start <= window.end <= window.latest


def test_nobody_leaves_earlier_than_needed_to_be_there_when_the_window_begins() -> None:
    legs = [Leg(600, NOW, 30), Leg(300, NOW + timedelta(hours=2), 20)]
    first, second = timetable(NOW, legs)
    assert (first.leave_at, first.eta_at) == (NOW, NOW + timedelta(minutes=10))
    assert (second.leave_at, second.eta_at) == (NOW + timedelta(minutes=115), NOW + timedelta(hours=2))


@given(st.lists(st.builds(Leg, st.integers(0, 7200), st.just(NOW), st.integers(5, 240)), max_size=8))
def test_a_car_is_never_in_two_places_at_once(legs: list[Leg]) -> None:
    free_at = NOW
    for leg, times in zip(legs, timetable(NOW, legs), strict=True):
        assert times.leave_at >= free_at
        assert times.eta_at - times.leave_at == timedelta(seconds=leg.travel_s)
        free_at = times.eta_at + timedelta(minutes=leg.service_minutes)


def test_ringing_goes_on_to_the_desk_after_a_minute_and_to_the_next_car_after_two() -> None:
    steps = [(step, (at - NOW).total_seconds()) for step, at in RingTimes().schedule(NOW)]
    assert steps == [(RingStep.RANG, 0), (RingStep.RANG_AGAIN, 30), (RingStep.DESK_ALARM, 60), (RingStep.NEXT_CAR, 120)]


def test_the_desk_asks_how_it_goes_a_quarter_of_an_hour_after_the_expected_time() -> None:
    assert overdue_at(NOW, service_minutes=20) == NOW + timedelta(minutes=35)
    assert overdue_at(NOW, service_minutes=None) == NOW + timedelta(minutes=45)
