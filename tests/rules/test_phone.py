"""What a phone may tell us, what a measurement means, and which version of a report stands."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.phone import rules
from backend.phone.rules import Flag

NOW = datetime(2026, 11, 22, 2, 15, tzinfo=UTC)
A, B, C, D = (UUID(int=n) for n in range(1, 5))


def test_a_phone_that_runs_a_day_behind_is_corrected_by_what_it_measured():
    assert rules.moment_of(NOW - timedelta(days=1), 86_400_000 - 60_000, NOW) == NOW - timedelta(minutes=1)


def test_nothing_happened_after_we_heard_of_it():
    assert rules.moment_of(NOW + timedelta(hours=26), None, NOW) == NOW


def test_a_clock_that_stands_at_1970_says_nothing():
    assert rules.moment_of(datetime(1970, 1, 1, tzinfo=UTC), None, NOW) == NOW


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC)),
    st.none() | st.floats(allow_nan=False, allow_infinity=False),
)
def test_no_clock_is_ever_refused_and_no_moment_lies_in_the_future(happened_at, offset):
    assert rules.moment_of(happened_at, offset, NOW) <= NOW


def test_sending_again_with_another_measured_offset_is_still_the_same_command():
    sent = {"id": str(A), "kind": "arrive", "visit_id": str(B), "happened_at": "2026-11-22T02:14:00Z", "body": {}}
    assert rules.fingerprint(sent) == rules.fingerprint({**sent, "clock_offset_ms": 12, "monotonic_ms": 99})


@pytest.mark.parametrize(
    "other",
    [{"kind": "finish"}, {"visit_id": str(C)}, {"happened_at": "2026-11-22T02:15:00Z"}, {"body": {"note": "x"}}],
)
def test_another_kind_visit_time_or_body_is_another_command(other):
    sent = {"id": str(A), "kind": "arrive", "visit_id": str(B), "happened_at": "2026-11-22T02:14:00Z", "body": {}}
    assert rules.fingerprint(sent) != rules.fingerprint({**sent, **other})


@pytest.mark.parametrize(
    ("code", "value", "unit", "flag"),
    [
        ("temperature", "37,1", "°C", Flag.NORMAL),
        ("temperature", 38.6, "°C", Flag.ABNORMAL),
        ("temperature", "98.6", "°C", Flag.IMPLAUSIBLE),
        ("temperature", "37.1", "F", Flag.IMPLAUSIBLE),
        ("blood_pressure", "138/82", "mmHg", Flag.NORMAL),
        ("blood_pressure", "95/60", "mmHg", Flag.ABNORMAL),
        ("blood_pressure", "80/120", "mmHg", Flag.IMPLAUSIBLE),
        ("blood_pressure", "138", "mmHg", Flag.IMPLAUSIBLE),
        ("pain", 7, "NRS", Flag.ABNORMAL),
        ("pain", 2, "", Flag.NORMAL),
        ("pain", 11, "", Flag.IMPLAUSIBLE),
        ("gcs", "E4M6V5", "", Flag.NORMAL),
        ("gcs", "E3M5V4", "", Flag.ABNORMAL),
        ("saturation", "91", "%", Flag.ABNORMAL),
        ("glucose", "3,4", "mmol/l", Flag.ABNORMAL),
        ("urine_volume", "650", "ml", Flag.NORMAL),
        ("dos", "4", None, Flag.ABNORMAL),
        ("pulse", "²", "/min", Flag.IMPLAUSIBLE),
        ("pulse", "onregelmatig", "/min", Flag.IMPLAUSIBLE),
        ("shoe_size", "43", "", Flag.IMPLAUSIBLE),
    ],
)
def test_a_measurement_is_weighed_against_its_unit_and_what_a_body_can_show(code, value, unit, flag):
    assert rules.judge(code, value, unit).flag is flag


def test_an_impossible_value_is_kept_as_it_was_written():
    kept = rules.judge("pulse", " weggevallen, 3x geprobeerd ", "/min")
    assert (kept.value, kept.flag) == ("weggevallen, 3x geprobeerd", Flag.IMPLAUSIBLE)


@given(
    st.sampled_from([*rules.SCALES, "blood_pressure", "?"]),
    st.text(max_size=40) | st.floats() | st.integers(),
    st.text(max_size=8),
)
def test_whatever_is_typed_as_a_measurement_is_weighed_without_an_error(code, value, unit):
    assert rules.judge(code, value, unit).flag in Flag


def test_a_reserved_procedure_needs_somebody_who_ordered_it():
    done = [
        {"code": "bladder_catheter", "order_source": "standing"},
        {"code": "injection_sc", "order_source": " "},
        {"code": "insulin", "order_source": None},
        {"code": "drinking", "order_source": None},
    ]
    assert rules.procedures_without_order(done, ["bladder_catheter", "injection_sc", "insulin"]) == [
        "injection_sc",
        "insulin",
    ]


def test_a_correction_stands_instead_of_what_it_corrects():
    assert rules.standing_versions({A: None, B: A}) == {B}


def test_two_writers_on_the_same_version_both_stand():
    parents = {A: None, B: A, C: A}
    assert rules.standing_versions(parents) == {B, C}
    assert rules.is_fork(A, {A: None, B: A})
    assert not rules.is_fork(B, {A: None, B: A})


def test_two_first_versions_both_stand():
    assert rules.standing_versions({A: None, D: None}) == {A, D}
    assert rules.is_fork(None, {A: None})


def test_the_summary_is_the_conclusion_and_the_plan_cut_at_a_word():
    assert (
        rules.summary_of("", "Helder.", "Val zonder letsel.", "Kleed weggehaald.")
        == "Val zonder letsel. Kleed weggehaald."
    )
    assert rules.summary_of("", "Helder.", "", "") == "Helder."
    long = rules.summary_of("", "", "woord " * 100, "", longest=30)
    assert len(long) <= 30
    assert long.endswith("woord…")
