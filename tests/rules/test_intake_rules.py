"""What a call must say before it gets a number, and when two calls are one question."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.intake import rules
from backend.intake.complaints import entry_complaints
from backend.intake.rules import Call, Caller, CallerRelation, Question, RequestStatus

NOW = datetime(2026, 1, 15, 1, 30, tzinfo=UTC)
CLIENT = uuid4()


def a_call(number="020 555 12 34", **given):
    caller = Caller(callback_number=number, relation=CallerRelation.INFORMAL_CARER)
    return Call(
        **{"caller": caller, "question": "De katheter loopt niet meer.", "entry_complaint": "catheter", **given}
    )


def a_question(**given):
    fields = {"id": uuid4(), "client_id": CLIENT, "entry_complaint": "catheter", "received_at": NOW}
    return Question(**{**fields, **given})


def problems(call):
    return rules.problems_with(call, entry_complaints=entry_complaints(), now=NOW)


def test_the_catalogue_holds_the_23_entry_complaints_of_the_pilots():
    assert len(entry_complaints()) == 23
    assert entry_complaints()["catheter"].label == "Katheterzorg / urinewegproblemen"


def test_a_call_with_a_question_a_number_and_a_known_complaint_can_be_registered():
    assert problems(a_call()) == {}


def test_everything_that_is_missing_is_said_at_once():
    assert problems(a_call(number=" ", question="  ", entry_complaint="toothache")) == {
        "question": "required",
        "entry_complaint": "unknown_entry_complaint",
        "caller.callback_number": "required",
    }


@pytest.mark.parametrize("number", ["112", "06-12345678", "+31 6 12 34 56 78", "(020) 555.12.34"])
def test_a_number_may_be_written_as_people_write_it(number):
    assert problems(a_call(number=number)) == {}


@pytest.mark.parametrize("number", ["onbekend", "12", "0612345678901234", "06 1234 abcd"])
def test_a_number_on_which_nobody_can_be_called_back_is_refused(number):
    assert problems(a_call(number=number)) == {"caller.callback_number": "not_a_phone_number"}


def test_a_night_on_paper_can_be_typed_in_the_next_day():
    assert problems(a_call(received_at=NOW - timedelta(hours=20))) == {}


def test_a_call_from_tomorrow_or_from_last_week_is_a_typing_error():
    assert problems(a_call(received_at=NOW + timedelta(hours=1))) == {"received_at": "in_the_future"}
    assert problems(a_call(received_at=NOW - timedelta(days=8))) == {"received_at": "too_long_ago"}


def test_nobody_answers_a_phone_before_it_rings():
    call = a_call(received_at=NOW - timedelta(minutes=5), answered_at=NOW - timedelta(minutes=6))
    assert problems(call) == {"answered_at": "before_received_at"}


def test_the_spoken_number_is_short_enough_to_say():
    assert rules.reference_of(1142) == "ZV-1142"


def test_the_same_client_with_the_same_complaint_within_twelve_hours_is_probably_one_question():
    earlier = a_question(received_at=NOW - timedelta(hours=11, minutes=59))
    assert rules.may_be_same_call(a_question(), earlier)


@pytest.mark.parametrize(
    "difference",
    [
        {"client_id": uuid4()},
        {"client_id": None},
        {"entry_complaint": "diabetes"},
        {"received_at": NOW - timedelta(hours=12)},
    ],
)
def test_another_client_another_complaint_or_another_night_is_another_question(difference):
    assert not rules.may_be_same_call(a_question(), a_question(**difference))


def test_two_calls_by_nobody_known_are_never_taken_for_one():
    assert not rules.may_be_same_call(a_question(client_id=None), a_question(client_id=None))


@given(st.timedeltas(min_value=timedelta(days=-2), max_value=timedelta(days=2)))
def test_being_the_same_call_does_not_depend_on_which_was_typed_first(apart):
    one, other = a_question(), a_question(received_at=NOW + apart)
    assert rules.may_be_same_call(one, other) == rules.may_be_same_call(other, one)


def test_a_call_is_linked_to_an_earlier_call_about_the_same_client():
    earlier = a_question(received_at=NOW - timedelta(hours=1))
    assert rules.may_link(a_question(), earlier) is None
    assert rules.may_link(a_question(client_id=None), earlier) is None


def test_a_call_is_not_linked_to_itself_to_a_later_one_or_to_somebody_else():
    question = a_question()
    assert rules.may_link(question, question) == "links_to_itself"
    assert rules.may_link(question, replace(question, id=uuid4(), client_id=uuid4())) == "other_client"
    assert rules.may_link(question, a_question(received_at=NOW + timedelta(hours=1))) == "links_to_a_later_call"


def test_one_decision_answers_both_calls_only_while_it_still_has_to_be_made():
    assert rules.is_settled_by_link(RequestStatus.OPEN)
    assert not rules.is_settled_by_link(RequestStatus.DECIDED)
    assert not rules.is_settled_by_link(RequestStatus.CLOSED)
