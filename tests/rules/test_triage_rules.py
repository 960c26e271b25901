"""When a triage decision may stand, and that none of them is a dead end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.triage import rules
from backend.triage.rules import (
    Abcd,
    AbcdState,
    Assessment,
    ChangeReason,
    Circumstances,
    Counterfactual,
    EmergencyHandover,
    Outcome,
    Referral,
    ScopeVerdict,
    Urgency,
)

NOW = datetime(2026, 1, 15, 1, 30, tzinfo=UTC)
SAFE, UNSAFE, UNKNOWN = AbcdState.SAFE, AbcdState.UNSAFE, AbcdState.UNKNOWN


def an_abcd(**letters):
    return Abcd(**{"airway": SAFE, "breathing": SAFE, "circulation": SAFE, "disability": SAFE, **letters})


def a_visit(**given):
    fields = {
        "abcd": an_abcd(),
        "final_urgency": Urgency.U3,
        "outcome": Outcome.VISIT,
        "counterfactual": Counterfactual.GP_POST,
        "scope_criterion_id": uuid4(),
        "scope_verdict": ScopeVerdict.IN_SCOPE,
        "needs_hands": True,
        "service_minutes": 40,
    }
    return Assessment(**{**fields, **given})


def an_emergency(**given):
    handover = EmergencyHandover(handed_over_at=NOW, handed_over_to="Meldkamer Amsterdam")
    fields = {"final_urgency": Urgency.U1, "outcome": Outcome.EMERGENCY_CALL, "emergency": handover}
    return a_visit(**{**fields, **given})


def phone_advice(**given):
    words = {
        "advice": "Slang recht leggen en zak laag hangen.",
        "safety_net": "Bel terug als er over een uur niets loopt.",
    }
    return a_visit(**{"outcome": Outcome.PHONE_ADVICE, "needs_hands": False, **words, **given})


def a_referral(outcome=Outcome.REFER_GP_POST, **given):
    referral = Referral(target="HAP Amsterdam West", person_reached="J. Bakker", spoken_at=NOW)
    return a_visit(**{"outcome": outcome, "referral": referral, **given})


def not_night_care(**given):
    fields = {
        "outcome": Outcome.NOT_NIGHT_CARE,
        "scope_verdict": ScopeVerdict.OUT_OF_SCOPE,
        "needs_hands": False,
        "alternative": "Eigen wijkteam komt om 07.30 uur.",
    }
    return a_visit(**{**fields, **given})


def known(**given):
    fields = {
        "now": NOW,
        "proposed_urgency": Urgency.U3,
        "has_place": True,
        "criterion_verdict": ScopeVerdict.IN_SCOPE,
    }
    return Circumstances(**{**fields, **given})


NO = known(criterion_verdict=ScopeVerdict.OUT_OF_SCOPE)


def problems(assessment, circumstances=None):
    return rules.problems_with(assessment, circumstances or known(proposed_urgency=assessment.final_urgency))


@pytest.mark.parametrize(
    ("assessment", "circumstances"),
    [
        (a_visit(), known()),
        (phone_advice(), known()),
        (an_emergency(), known(proposed_urgency=Urgency.U1)),
        (not_night_care(), NO),
        *((a_referral(outcome), known()) for outcome in sorted(rules.REFERRALS)),
    ],
)
def test_every_outcome_can_be_reached(assessment, circumstances):
    assert problems(assessment, circumstances) == {}


# --- ABCD, U0 and U1


@pytest.mark.parametrize("urgency", [Urgency.U0, Urgency.U1])
@pytest.mark.parametrize("outcome", sorted(set(Outcome) - {Outcome.EMERGENCY_CALL}))
def test_a_life_threatening_question_goes_to_112_and_nowhere_else(urgency, outcome):
    assert problems(replace(an_emergency(final_urgency=urgency), outcome=outcome))["outcome"] == "emergency_needs_112"


def test_a_life_threatening_question_goes_to_112_even_when_off_the_scope_list():
    emergency = an_emergency(scope_criterion_id=None, scope_verdict=None)
    assert problems(emergency, known(proposed_urgency=Urgency.U1, criterion_verdict=None)) == {}


def test_112_is_not_done_before_somebody_took_it_over():
    assert problems(an_emergency(emergency=None)) == {
        "emergency.handed_over_at": "required",
        "emergency.handed_over_to": "required",
    }


def test_a_hand_over_to_112_cannot_lie_in_the_future():
    later = EmergencyHandover(handed_over_at=NOW + timedelta(hours=1), handed_over_to="MKA")
    assert problems(an_emergency(emergency=later)) == {"emergency.handed_over_at": "in_the_future"}


def test_an_unsafe_airway_cannot_be_talked_down_to_a_visit():
    assessment = a_visit(abcd=an_abcd(airway=UNSAFE), change_reason=ChangeReason.CONTEXT)
    assert problems(assessment, known(proposed_urgency=Urgency.U1)) == {
        "final_urgency": "abcd_unsafe",
        "outcome": "emergency_needs_112",
    }


def test_nobody_is_left_at_home_without_having_been_asked_about_abcd():
    assert problems(phone_advice(abcd=an_abcd(breathing=UNKNOWN))) == {"abcd": "abcd_not_asked"}
    assert problems(a_visit(abcd=an_abcd(breathing=UNKNOWN))) == {}


# --- proposed and final urgency


def test_another_urgency_than_the_proposed_one_needs_a_reason():
    assert problems(a_visit(), known(proposed_urgency=Urgency.U4)) == {"change_reason.code": "required"}
    assert problems(a_visit(change_reason=ChangeReason.GUT_FEELING), known(proposed_urgency=Urgency.U4)) == {}


def test_the_reason_other_needs_words():
    other = a_visit(change_reason=ChangeReason.OTHER)
    assert problems(other, known(proposed_urgency=Urgency.U4)) == {"change_reason.text": "required"}
    assert problems(replace(other, change_note="Buurvrouw is arts."), known(proposed_urgency=Urgency.U4)) == {}


def test_a_proposal_that_became_more_urgent_meanwhile_is_shown_again_before_it_counts():
    seen = a_visit(final_urgency=Urgency.U3, proposed_urgency=Urgency.U4, change_reason=ChangeReason.CONTEXT)
    assert problems(seen, known(proposed_urgency=Urgency.U2)) == {"proposed_urgency": "proposal_changed"}


def test_a_proposal_that_became_less_urgent_meanwhile_holds_nobody_up():
    assert problems(a_visit(proposed_urgency=Urgency.U3), known(proposed_urgency=Urgency.U4)) == {}


@pytest.mark.parametrize("outcome", sorted(rules.WAITS_FOR_MORNING))
def test_what_cannot_wait_does_not_wait_for_the_morning(outcome):
    assessment = replace(not_night_care(final_urgency=Urgency.U2), outcome=outcome, referral=a_referral().referral)
    assert problems(assessment, replace(NO, proposed_urgency=Urgency.U2)) == {"outcome": "too_urgent_to_wait"}


# --- the meetlat


def test_a_decision_rests_on_a_rule_of_the_scope_list():
    assessment = a_visit(scope_criterion_id=None, scope_verdict=None)
    assert problems(assessment, known(criterion_verdict=None)) == {
        "scope_criterion_id": "required",
        "scope_verdict": "required",
    }


def test_a_rule_of_another_version_of_the_list_does_not_count():
    assert problems(a_visit(), known(criterion_verdict=None)) == {"scope_criterion_id": "not_in_force"}


def test_a_visit_that_is_not_night_care_needs_a_reason_to_go_all_the_same():
    assessment = a_visit(scope_verdict=ScopeVerdict.OUT_OF_SCOPE)
    assert problems(assessment, NO) == {"scope_override_reason": "required"}
    assert problems(replace(assessment, scope_override_reason="Dochter is alleen en bang."), NO) == {}


def test_reading_a_rule_otherwise_than_it_says_needs_a_reason():
    assert problems(a_visit(), NO) == {"scope_override_reason": "required"}


@pytest.mark.parametrize("verdict", sorted(ScopeVerdict))
def test_a_rule_in_doubt_leaves_the_verdict_to_the_triagist(verdict):
    assert problems(phone_advice(scope_verdict=verdict), known(criterion_verdict=ScopeVerdict.DOUBT)) == {}


def test_what_the_list_calls_night_care_is_not_sent_away_as_something_else():
    assert problems(not_night_care(scope_verdict=ScopeVerdict.IN_SCOPE)) == {"outcome": "is_night_care"}


def test_a_no_of_the_list_brings_its_own_alternative():
    ours = replace(NO, criterion_alternative="Eigen organisatie plant de wissel in de ochtend.")
    silent = not_night_care(alternative=None)
    assert problems(silent, NO) == {"alternative": "required"}
    assert problems(silent, ours) == {}
    assert rules.alternative_of(silent, ours) == "Eigen organisatie plant de wissel in de ochtend."
    assert rules.alternative_of(not_night_care(), ours) == "Eigen wijkteam komt om 07.30 uur."


# --- outcomes and who carries on


def test_phone_advice_says_what_to_do_and_when_to_call_again():
    assert problems(phone_advice(advice=" ", safety_net=None)) == {"advice": "required", "safety_net": "required"}


def test_what_needs_hands_is_not_solved_by_phone():
    assert problems(phone_advice(needs_hands=True)) == {"outcome": "needs_hands"}


def test_a_car_is_only_sent_to_a_place_for_a_time_that_can_be_planned():
    assert problems(a_visit(service_minutes=None, cars_needed=0), known(has_place=False)) == {
        "client_id": "visit_needs_a_place",
        "service_minutes": "required",
        "cars_needed": "out_of_range",
    }
    assert problems(a_visit(service_minutes=600)) == {"service_minutes": "out_of_range"}
    assert problems(phone_advice(service_minutes=10**17)) == {"service_minutes": "out_of_range"}


@pytest.mark.parametrize("outcome", sorted(rules.REFERRALS))
def test_a_referral_says_to_whom_and_who_was_reached(outcome):
    assert problems(a_referral(outcome, referral=None)) == {
        "referral.target": "required",
        "referral.person_reached": "required",
        "referral.spoken_at": "required",
    }


def test_when_nobody_can_be_reached_the_referral_says_why():
    in_the_morning = Referral(target="Huisarts De Wit", not_reached_reason="Praktijk opent om 08.00 uur.")
    assert problems(a_referral(Outcome.REFER_OWN_GP, referral=in_the_morning)) == {}


def test_every_decision_says_what_would_have_happened_otherwise():
    assert problems(a_visit(counterfactual=None)) == {"counterfactual": "required"}


# --- what must always hold

texts = st.one_of(st.none(), st.sampled_from(["", "  ", "Zo staat het er."]))
moments = st.one_of(st.none(), st.sampled_from([NOW - timedelta(hours=1), NOW, NOW + timedelta(days=1)]))
assessments = st.builds(
    Assessment,
    abcd=st.builds(Abcd, **{letter: st.sampled_from(AbcdState) for letter in an_abcd().letters(SAFE)}),
    final_urgency=st.sampled_from(Urgency),
    outcome=st.sampled_from(Outcome),
    counterfactual=st.one_of(st.none(), st.sampled_from(Counterfactual)),
    proposed_urgency=st.one_of(st.none(), st.sampled_from(Urgency)),
    change_reason=st.one_of(st.none(), st.sampled_from(ChangeReason)),
    change_note=texts,
    scope_criterion_id=st.one_of(st.none(), st.just(uuid4())),
    scope_verdict=st.one_of(st.none(), st.sampled_from(ScopeVerdict)),
    scope_override_reason=texts,
    advice=texts,
    safety_net=texts,
    needs_hands=st.booleans(),
    service_minutes=st.one_of(st.none(), st.integers(-10, 500)),
    cars_needed=st.integers(-1, 5),
    referral=st.one_of(
        st.none(),
        st.builds(
            Referral,
            target=texts.map(lambda text: text or ""),
            person_reached=texts,
            spoken_at=moments,
            not_reached_reason=texts,
        ),
    ),
    emergency=st.one_of(
        st.none(),
        st.builds(EmergencyHandover, handed_over_at=moments, handed_over_to=texts.map(lambda text: text or "")),
    ),
    alternative=texts,
)
circumstances = st.builds(
    Circumstances,
    now=st.just(NOW),
    proposed_urgency=st.sampled_from(Urgency),
    has_place=st.booleans(),
    criterion_verdict=st.one_of(st.none(), st.sampled_from(ScopeVerdict)),
    criterion_alternative=texts,
)


REPLACED = [
    "outcome",
    "referral",
    "emergency",
    "alternative",
    "advice",
    "safety_net",
    "service_minutes",
    "scope_verdict",
    "needs_hands",
]


def carries_on(a, c):
    """Who or what takes it from here."""
    match a.outcome:
        case Outcome.EMERGENCY_CALL:
            return a.emergency and a.emergency.handed_over_at and a.emergency.handed_over_to.strip()
        case Outcome.VISIT:
            return c.has_place and a.service_minutes
        case Outcome.PHONE_ADVICE:
            return a.advice and a.advice.strip() and a.safety_net and a.safety_net.strip()
        case Outcome.NOT_NIGHT_CARE:
            return (rules.alternative_of(a, c) or "").strip()
        case _:
            return a.referral and a.referral.target.strip() and (a.referral.spoken_at or a.referral.not_reached_reason)


@given(assessments, circumstances)
def test_no_life_threatening_question_is_ever_a_visit(a, c):
    if a.final_urgency in (Urgency.U0, Urgency.U1) or a.abcd.letters(UNSAFE):
        assert a.outcome is Outcome.EMERGENCY_CALL or rules.problems_with(a, c)["outcome"] == "emergency_needs_112"


@given(
    st.sampled_from([a_visit(), phone_advice(), a_referral(), not_night_care(), an_emergency()]), assessments, st.data()
)
def test_no_decision_that_stands_is_a_dead_end(good, other, data):
    # a good assessment in which some parts were replaced: near the edge, where both answers occur
    parts = data.draw(st.sets(st.sampled_from(REPLACED)))
    a = replace(good, **{part: getattr(other, part) for part in parts})
    c = known(
        proposed_urgency=a.final_urgency,
        has_place=data.draw(st.booleans()),
        criterion_verdict=ScopeVerdict.DOUBT,
        criterion_alternative=data.draw(texts),
    )
    if not rules.problems_with(a, c):
        assert carries_on(a, c)


@given(assessments, circumstances)
def test_whatever_is_wrong_has_a_code_that_an_app_can_put_into_words(a, c):
    for field, code in rules.problems_with(a, c).items():
        assert field.replace("_", "").replace(".", "").isalpha()
        assert code.replace("_", "").isalnum()
