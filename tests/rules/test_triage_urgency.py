"""The proposed urgency, the care pathways it comes from, and the example scope list."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.intake.complaints import entry_complaints
from backend.people.rules import ReservedProcedure
from backend.triage import scope_lists, urgency
from backend.triage.pathways import FOLDER, Pathways, pathways
from backend.triage.rules import Abcd, AbcdState, AlarmSignal, RiskGroup, ScopeVerdict, Urgency

ALL_SAFE = Abcd(**dict.fromkeys(("airway", "breathing", "circulation", "disability"), AbcdState.SAFE))
EVERY_PATHWAY = sorted(pathways().current)


def the_pathway(name):
    return pathways().current[name]


def propose(name="catheter", *, abcd=ALL_SAFE, answers=None, signals=(), risks=()):
    return urgency.propose(
        the_pathway(name), abcd=abcd, answers=answers or {}, alarm_signals=signals, risk_groups=risks
    )


def codes(proposal):
    return [reason.code for reason in proposal.reasons]


def test_a_catheter_that_still_runs_can_wait_for_the_day():
    assert propose(answers={"urine_flows": True}).urgency is Urgency.U4


def test_a_blocked_catheter_with_a_painful_bladder_is_u2_and_says_why():
    proposal = propose(answers={"urine_flows": False, "full_bladder": True})
    assert proposal.urgency is Urgency.U2
    first = proposal.reasons[0]
    assert (first.code, first.params["question_id"], first.params["answer"]) == ("answer", "full_bladder", "ja")


def test_the_kind_of_catheter_decides_what_the_nurse_must_be_able_to_do():
    assert propose(answers={"kind_of_catheter": "suprapubic"}).competences == ("suprapubic_catheter",)
    assert propose(answers={"kind_of_catheter": "none"}).competences == ()


def test_a_fall_that_takes_two_to_lift_asks_for_two_cars():
    proposal = propose("fall", answers={"two_people_to_lift": True, "gets_up": False})
    assert proposal.cars_needed == 2
    assert proposal.competences == ("fall_assessment", "two_person_lift")


@pytest.mark.parametrize(("glucose", "expected"), [(3.2, "U2"), (7, "U4"), (18, "U3"), (28.4, "U2")])
def test_blood_sugar_counts_at_both_ends(glucose, expected):
    assert propose("diabetes", answers={"glucose": glucose}).urgency == expected


def test_an_unsafe_letter_of_abcd_is_at_once_whatever_the_rest_says():
    proposal = propose(abcd=Abcd(airway=AbcdState.SAFE, breathing=AbcdState.UNSAFE,
                                 circulation=AbcdState.SAFE, disability=AbcdState.SAFE))  # fmt: skip
    assert proposal.urgency is Urgency.U1
    assert proposal.reasons[0].params == {"letters": ["breathing"]}


def test_a_second_contact_makes_it_one_step_more_urgent():
    proposal = propose(signals=[AlarmSignal.SECOND_CONTACT])
    assert proposal.urgency is Urgency.U3
    assert "alarm_signal" in codes(proposal)


def test_alarm_signals_and_risk_groups_alone_never_call_112():
    assert propose(signals=list(AlarmSignal), risks=list(RiskGroup)).urgency is Urgency.U2


def test_a_rapid_decline_is_u2():
    assert propose(signals=[AlarmSignal.RAPID_DECLINE]).urgency is Urgency.U2


# --- what must always hold


@st.composite
def assessments(draw):
    pathway = the_pathway(draw(st.sampled_from(EVERY_PATHWAY)))
    kinds = {"yes_no": lambda q: st.booleans(), "number": lambda q: st.floats(0, 1000),
             "choice": lambda q: st.sampled_from(sorted(q.options))}  # fmt: skip
    asked = draw(st.lists(st.sampled_from(pathway.questions), unique_by=lambda question: question.id))
    answers = {question.id: draw(kinds[question.kind](question)) for question in asked}
    abcd = draw(st.builds(Abcd, **{letter: st.sampled_from(AbcdState) for letter in ALL_SAFE.letters(AbcdState.SAFE)}))
    signals = draw(st.sets(st.sampled_from(AlarmSignal)))
    risks = draw(st.sets(st.sampled_from(RiskGroup)))
    return pathway, {"abcd": abcd, "answers": answers, "alarm_signals": signals, "risk_groups": risks}


@given(assessments(), st.sampled_from(AlarmSignal), st.sampled_from(RiskGroup))
def test_more_that_is_worrying_never_makes_it_less_urgent(assessment, signal, risk):
    pathway, said = assessment
    before = urgency.propose(pathway, **said).urgency
    with_signal = {**said, "alarm_signals": said["alarm_signals"] | {signal}}
    assert urgency.propose(pathway, **with_signal).urgency <= before
    with_risk = {**with_signal, "risk_groups": said["risk_groups"] | {risk}}
    assert urgency.propose(pathway, **with_risk).urgency <= urgency.propose(pathway, **with_signal).urgency


@given(assessments())
def test_the_proposal_is_explained_by_its_first_reason(assessment):
    pathway, said = assessment
    proposal = urgency.propose(pathway, **said)
    assert proposal.reasons[0].urgency is proposal.urgency


# --- care pathways as data


@pytest.mark.parametrize("name", EVERY_PATHWAY)
def test_a_care_pathway_is_complete_and_names_only_what_exists(name):
    pathway = the_pathway(name)
    assert pathway.approval == "voorbeeld: ter goedkeuring door de regio"
    assert set(pathway.entry_complaints) <= set(entry_complaints())
    assert all([pathway.questions, pathway.advice, pathway.safety_net])
    asked_for = {*pathway.competences, *(c for q in pathway.questions for e in q.effects for c in e.competences)}
    assert asked_for <= {procedure.value for procedure in ReservedProcedure}
    assert len({question.id for question in pathway.questions}) == len(pathway.questions)
    assert all(pathway.report_template[section] for section in ("subjective", "objective", "evaluation", "plan"))


def test_every_entry_complaint_has_a_pathway():
    chosen = {code: pathways().for_complaint(code).id for code in entry_complaints()}
    assert chosen["catheter"] == "catheter"
    assert chosen["fall_trauma_fracture"] == "fall"
    assert chosen["diabetes"] == "diabetes"
    assert chosen["headache"] == "generic"


def test_an_answer_that_does_not_fit_its_question_is_refused_by_name():
    answers = {"urine_flows": "maybe", "temperature": "warm", "kind_of_catheter": "golden", "favourite_colour": "blue"}
    assert the_pathway("catheter").refused(answers) == {
        "answers.urine_flows": "not_yes_or_no",
        "answers.temperature": "not_a_number",
        "answers.kind_of_catheter": "not_an_option",
        "answers.favourite_colour": "unknown_question",
    }


def test_a_retired_version_still_shows_an_old_call(tmp_path):
    text = (FOLDER / "catheter.toml").read_text(encoding="utf-8")
    (tmp_path / "retired").mkdir()
    (tmp_path / "retired" / "catheter-1.toml").write_text(text, encoding="utf-8")
    newer = text.replace("version = 1", "version = 2").replace("Loopt er nog urine in de zak?", "Komt er nog urine?")
    (tmp_path / "catheter.toml").write_text(newer, encoding="utf-8")
    known = Pathways(tmp_path)
    assert known.current["catheter"].version == 2
    assert known.version("catheter", 1).lines({"urine_flows": False}) == [
        {"id": "urine_flows", "question": "Loopt er nog urine in de zak?", "answer": "nee"}
    ]
    assert known.version("catheter", 2).lines({"urine_flows": False})[0]["question"] == "Komt er nog urine?"


def test_a_version_that_stands_twice_is_refused(tmp_path):
    text = (FOLDER / "catheter.toml").read_text(encoding="utf-8")
    (tmp_path / "retired").mkdir()
    for path in ("catheter.toml", "retired/catheter-1.toml"):
        (tmp_path / path).write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="twice"):
        Pathways(tmp_path)


def test_an_effect_of_an_answer_that_cannot_be_given_is_refused(tmp_path):
    text = (FOLDER / "fall.toml").read_text(encoding="utf-8").replace('when = "anticoagulants"', 'when = "aspirin"')
    (tmp_path / "fall.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match="aspirin"):
        Pathways(tmp_path)


# --- the example scope list


def test_the_example_list_may_come_into_force_and_says_that_it_is_an_example():
    example = scope_lists.read(scope_lists.EXAMPLE)
    assert scope_lists.problems_with(example, entry_complaints=set(entry_complaints())) == {}
    assert example.approved_note == "voorbeeld: ter goedkeuring door de regio"
    assert example.valid_from < datetime(2026, 1, 1, tzinfo=UTC)


def test_every_complaint_finds_a_rule_on_the_example_list():
    example = scope_lists.read(scope_lists.EXAMPLE)
    general = {criterion.verdict for criterion in example.criteria if not criterion.entry_complaints}
    assert general == {ScopeVerdict.IN_SCOPE, ScopeVerdict.OUT_OF_SCOPE}


def test_a_list_with_a_no_that_helps_nobody_is_refused(tmp_path):
    draft = tmp_path / "list.toml"
    draft.write_text(
        'version = "2"\nvalid_from = 2026-01-01T12:00:00\napproved_note = "x"\n'
        '[[criteria]]\nnumber = 1\ntext = "Nee."\nverdict = "out_of_scope"\nentry_complaints = ["catheter"]\n'
        '[[criteria]]\nnumber = 2\ntext = "Ja."\nverdict = "in_scope"\nentry_complaints = ["toothache"]\n',
        encoding="utf-8",
    )
    assert scope_lists.problems_with(scope_lists.read(draft), entry_complaints=set(entry_complaints())) == {
        "valid_from": "no_time_zone",
        "criteria.1": "no_without_alternative",
        "criteria.2": "unknown_entry_complaint toothache",
    }
