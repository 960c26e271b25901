"""From a registered question to a decision: the proposal, the meetlat, 112, re-triage and two desks at once."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
import sqlalchemy as sa

from backend.intake import service as intake
from backend.intake.rules import Call, Caller, CallerRelation
from backend.people.models import Client
from backend.people.rules import FundingLaw, Role
from backend.platform.actor import SYSTEM
from backend.platform.clock import iso
from backend.platform.db import reading
from backend.platform.errors import DomainError, Invalid
from backend.platform.events import EventRow
from backend.platform.uow import unit_of_work
from backend.triage import queries, scope_lists, service
from backend.triage.models import TriageDecision
from backend.triage.rules import Abcd, AbcdState, Assessment, Counterfactual, Outcome, ScopeVerdict, Urgency
from tests import builders

SAFE = dict.fromkeys(("airway", "breathing", "circulation", "disability"), "safe")
BLOCKED = {"urine_flows": False, "kind_of_catheter": "urethral"}


@pytest.fixture
def meetlat(app):
    """The example list, in force."""
    with unit_of_work(actor=SYSTEM) as uow:
        return service.publish_scope_list(uow, scope_lists.read(scope_lists.EXAMPLE))


@pytest.fixture
def rule(meetlat):
    """The id of a rule on the list, by its number."""
    return lambda number: str(next(line.id for line in meetlat.criteria if line.number == number))


def a_question(client=None, **given):
    caller = Caller(callback_number="020 555 12 34", relation=CallerRelation.INFORMAL_CARER)
    call = {"caller": caller, "question": "De katheter loopt niet.", "entry_complaint": "catheter", **given}
    with unit_of_work(actor=SYSTEM) as uow:
        known = {"client_id": client.id} if client else {}
        return intake.register(uow, care_request_id=uuid.uuid4(), call=Call(**call, **known)).id


def a_visit(rule, **given):
    return {
        "id": str(uuid.uuid4()),
        "abcd": SAFE,
        "answers": BLOCKED,
        "final_urgency": "U3",
        "scope_criterion_id": rule(1),
        "scope_verdict": "in_scope",
        "outcome": "visit",
        "needs_hands": True,
        "required_competences": ["bladder_catheter"],
        "counterfactual": "gp_post",
        **given,
    }


def phone_advice(rule, **given):
    words = {"advice": "Slang recht leggen.", "safety_net": "Bel terug als er over een uur niets loopt."}
    return a_visit(rule, outcome="phone_advice", needs_hands=False, required_competences=[], **words, **given)


def decide(browser, care_request_id, body):
    return browser.post(f"/api/v1/care-requests/{care_request_id}/triage-decisions", json=body)


def decided(browser, care_request_id, body):
    answer = decide(browser, care_request_id, body)
    assert answer.status_code == 201, answer.json
    return answer.json


def decisions(browser, care_request_id):
    return browser.get(f"/api/v1/care-requests/{care_request_id}/triage-decisions").json["triage_decisions"]


def events_named(name):
    with reading(SYSTEM) as session:
        return session.scalars(sa.select(EventRow).where(EventRow.name == name).order_by(EventRow.seq)).all()


# --- what the desk is offered


def test_every_entry_complaint_opens_a_care_pathway(triagist):
    complaints = triagist.get("/api/v1/entry-complaints").json["entry_complaints"]
    assert len(complaints) == 23
    assert {"code": "catheter", "label": "Katheterzorg / urinewegproblemen", "pathway_id": "catheter"} in complaints
    offered = {pathway["id"] for pathway in triagist.get("/api/v1/care-pathways").json["pathways"]}
    assert {complaint["pathway_id"] for complaint in complaints} <= offered


def test_a_care_pathway_brings_questions_advice_and_a_report_template(client_as):
    nurse = client_as(Role.NURSE)
    pathway = nurse.get("/api/v1/care-pathways/catheter/1").json
    assert pathway in nurse.get("/api/v1/care-pathways").json["pathways"]
    assert pathway["approval"] == "voorbeeld: ter goedkeuring door de regio"
    assert {"value": "urethral", "label": "Via de plasbuis"} in pathway["questions"][0]["options"]
    assert {"code": "urine_volume", "label": "Urine", "unit": "ml"} in pathway["report_template"]["measurements"]
    assert nurse.get("/api/v1/care-pathways/catheter/99").status_code == 404


def test_the_proposal_comes_with_its_reasons_and_the_rules_that_may_apply(triagist, rule):
    asked = {"entry_complaint": "catheter", "abcd": SAFE, "answers": {**BLOCKED, "full_bladder": True}}
    answer = triagist.post("/api/v1/urgency-proposals", json=asked)
    assert answer.status_code == 200
    offer = answer.json
    assert (offer["proposed_urgency"], offer["must_call_emergency"]) == ("U2", False)
    assert offer["reasons"][0]["code"] == "answer"
    assert offer["reasons"][0]["params"]["question_id"] == "full_bladder"
    assert offer["suggested_competences"] == ["bladder_catheter"]
    assert offer["suggested_criterion_ids"] == [rule(1), rule(2), rule(18), rule(19)]


def test_an_unsafe_letter_of_abcd_says_that_112_must_be_called(triagist, meetlat):
    asked = {"entry_complaint": "headache", "abcd": {**SAFE, "disability": "unsafe"}}
    offer = triagist.post("/api/v1/urgency-proposals", json=asked).json
    assert (offer["proposed_urgency"], offer["must_call_emergency"]) == ("U1", True)


def test_a_second_contact_raises_its_alarm_signal_by_itself_but_not_for_the_question_at_hand(triagist, meetlat):
    client = builders.a_client()
    question = a_question(client)
    asked = {"entry_complaint": "catheter", "client_id": str(client.id), "abcd": SAFE}
    again = triagist.post("/api/v1/urgency-proposals", json=asked).json
    assert (again["alarm_signals"], again["proposed_urgency"]) == (["second_contact"], "U3")
    itself = triagist.post("/api/v1/urgency-proposals", json={**asked, "care_request_id": str(question)}).json
    assert (itself["alarm_signals"], itself["proposed_urgency"]) == ([], "U4")


def test_answers_that_do_not_fit_are_refused_question_by_question(triagist, meetlat):
    asked = {"entry_complaint": "catheter", "abcd": SAFE, "answers": {"urine_flows": {"a": 1}, "temperature": "warm"}}
    answer = triagist.post("/api/v1/urgency-proposals", json=asked)
    assert answer.status_code == 422
    assert answer.json["errors"] == {"answers.urine_flows": ["not_yes_or_no"], "answers.temperature": ["not_a_number"]}


# --- deciding


def test_a_blocked_catheter_becomes_a_visit_with_everything_dispatch_needs(triagist, rule):
    client = builders.a_client()
    question = a_question(client)
    shown = decided(triagist, question, a_visit(rule, proposed_urgency="U3"))
    assert (shown["proposed_urgency"], shown["final_urgency"], shown["is_current"]) == ("U3", "U3", True)
    assert shown["service_minutes"] == 40
    assert shown["scope_rule"].startswith("1. Katheter verstopt")
    assert shown["scope_list_version"] == "voorbeeld-1"
    assert {"id": "urine_flows", "question": "Loopt er nog urine in de zak?", "answer": "nee"} in shown["answer_lines"]
    assert triagist.get(f"/api/v1/care-requests/{question}").json["status"] == "decided"
    (event,) = events_named("TriageDecided")
    assert (event.subject_id, event.stream_id, event.organisation_id) == (client.id, question, client.organisation_id)
    expected = {"outcome": "visit", "urgency": "U3", "required_competences": ["bladder_catheter"], "cars_needed": 1}
    assert {name: event.payload[name] for name in expected} == expected


def test_a_decision_sent_twice_is_one_decision(triagist, rule):
    question, body = a_question(builders.a_client()), a_visit(rule)
    assert decided(triagist, question, body) == decided(triagist, question, body)
    assert len(events_named("TriageDecided")) == 1


def test_an_answer_left_empty_is_no_answer(triagist, rule):
    shown = decided(triagist, a_question(builders.a_client()), a_visit(rule, answers={**BLOCKED, "temperature": None}))
    assert shown["answers"] == BLOCKED


def test_phone_advice_is_found_again_in_the_look_back(triagist, rule):
    client = builders.a_client()
    decided(triagist, a_question(client), phone_advice(rule))
    (contact,) = triagist.get(f"/api/v1/clients/{client.id}/look-back").json["contacts"]
    assert (contact["outcome"], contact["urgency"]) == ("phone_advice", "U3")
    assert contact["advice"] == "Slang recht leggen."


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_kept(triagist, rule):
    question = a_question()
    body = a_visit(rule, final_urgency="U4", counterfactual=None, scope_verdict="out_of_scope")
    answer = decide(triagist, question, body)
    assert answer.status_code == 422
    assert answer.json["errors"] == {
        "change_reason.code": ["required"],
        "client_id": ["visit_needs_a_place"],
        "counterfactual": ["required"],
        "scope_override_reason": ["required"],
    }
    assert decisions(triagist, question) == []
    assert triagist.get(f"/api/v1/care-requests/{question}").json["status"] == "open"
    assert events_named("TriageDecided") == []


def test_a_caller_without_a_name_but_with_an_address_can_be_visited(triagist, rule):
    question = a_question(location_note="Rode deur naast de bakker, Haarlemmerdijk")
    assert decided(triagist, question, a_visit(rule))["outcome"] == "visit"


def test_a_question_that_does_not_exist_cannot_be_decided(triagist, rule):
    assert decide(triagist, uuid.uuid4(), a_visit(rule)).status_code == 404


def test_a_question_that_is_finished_is_not_decided_again(triagist, rule):
    question = a_question(builders.a_client())
    with unit_of_work(actor=SYSTEM) as uow:
        intake.close(uow, care_request_id=question)
    assert decide(triagist, question, a_visit(rule)).json["code"] == "care_request_closed"


def test_the_law_that_pays_is_noted_with_the_client(triagist, rule):
    client = builders.a_client(funding_law=FundingLaw.UNKNOWN)
    decided(triagist, a_question(client), a_visit(rule, funding_law="wlz"))
    with reading(SYSTEM) as session:
        assert session.get_one(Client, client.id).funding_law is FundingLaw.WLZ


# --- 112


def test_an_unsafe_airway_goes_to_112_and_never_to_a_nurse(triagist, rule, clock):
    question = a_question(builders.a_client())
    unsafe = {"abcd": {**SAFE, "airway": "unsafe"}, "final_urgency": "U1"}
    refused = decide(triagist, question, a_visit(rule, **unsafe))
    assert refused.json["errors"] == {"outcome": ["emergency_needs_112"]}
    body = a_visit(rule, **unsafe, outcome="emergency_call", scope_criterion_id=None, scope_verdict=None)
    refused = decide(triagist, question, body)
    assert set(refused.json["errors"]) == {"emergency.handed_over_at", "emergency.handed_over_to"}
    handover = {"handed_over_at": iso(clock()), "handed_over_to": "Meldkamer Amsterdam"}
    shown = decided(triagist, question, {**body, "emergency": handover})
    assert shown["emergency"] == handover


def test_the_database_itself_sends_no_car_to_a_resuscitation(app, triagist, rule):
    question = a_question(builders.a_client())
    decided(triagist, question, a_visit(rule))
    with pytest.raises(sa.exc.IntegrityError), unit_of_work(actor=SYSTEM) as uow:
        uow.session.scalars(sa.select(TriageDecision)).one().final_urgency = Urgency.U0


# --- re-triage, and two desks


def test_a_later_decision_supersedes_the_earlier_one_and_both_are_kept(triagist, rule):
    question = a_question(builders.a_client())
    first = decided(triagist, question, phone_advice(rule))
    second = decided(triagist, question, a_visit(rule, supersedes_id=first["id"]))
    shown = decisions(triagist, question)
    assert [(one["id"], one["is_current"]) for one in shown] == [(first["id"], False), (second["id"], True)]
    assert events_named("TriageDecided")[-1].payload["supersedes_id"] == first["id"]
    (contact,) = triagist.get(f"/api/v1/clients/{_client_of(question)}/look-back").json["contacts"]
    assert contact["outcome"] == "visit"


def test_whoever_decides_second_is_told_who_was_first(client_as, rule):
    question = a_question(builders.a_client())
    one, other = client_as(Role.TRIAGIST), client_as(Role.TRIAGIST)
    first = decided(one, question, phone_advice(rule))
    answer = decide(other, question, a_visit(rule))
    assert (answer.status_code, answer.json["code"]) == (409, "already_decided")
    assert answer.json["details"]["by"] == one.actor.name
    assert answer.json["details"]["decision_id"] == first["id"]
    assert answer.json["details"]["outcome"] == "phone_advice"


def test_a_decision_that_supersedes_nothing_known_is_refused(triagist, rule):
    answer = decide(triagist, a_question(builders.a_client()), a_visit(rule, supersedes_id=str(uuid.uuid4())))
    assert answer.json["errors"] == {"supersedes_id": ["unknown_decision"]}


def test_of_two_desks_that_decide_at_the_same_moment_one_wins(app, rule):
    question = a_question(builders.a_client())
    desks = [builders.actor_of(builders.a_staff_member()) for _ in range(4)]
    assessment = Assessment(
        abcd=Abcd(**dict.fromkeys(SAFE, AbcdState.SAFE)),
        answers=BLOCKED,
        final_urgency=Urgency.U3,
        outcome=Outcome.VISIT,
        scope_criterion_id=uuid.UUID(rule(1)),
        scope_verdict=ScopeVerdict.IN_SCOPE,
        counterfactual=Counterfactual.GP_POST,
    )

    def decide_as(desk):
        try:
            with app.app_context(), unit_of_work(actor=desk) as uow:
                service.decide(uow, decision_id=uuid.uuid4(), care_request_id=question, assessment=assessment)
        except DomainError as refused:
            return refused.code
        return "decided"

    with ThreadPoolExecutor(4) as threads:
        answers = sorted(threads.map(decide_as, desks))
    assert answers == ["already_decided"] * 3 + ["decided"]


def test_a_reason_for_a_change_is_only_kept_when_there_was_a_change(triagist, rule):
    reason = {"change_reason": {"code": "context", "text": "Dochter is erbij."}}
    same = decided(triagist, a_question(builders.a_client()), a_visit(rule, **reason))
    assert same["change_reason"] is None
    other = decided(triagist, a_question(builders.a_client()), a_visit(rule, final_urgency="U4", **reason))
    assert (other["proposed_urgency"], other["change_reason"]) == ("U3", reason["change_reason"])


def test_a_proposal_that_became_more_urgent_between_looking_and_deciding_is_shown_first(triagist, rule):
    client = builders.a_client()
    a_question(client)
    answer = decide(triagist, a_question(client), a_visit(rule, proposed_urgency="U3"))
    assert answer.json["errors"]["proposed_urgency"] == ["proposal_changed"]


def test_when_it_becomes_known_whose_question_it_was_its_decision_belongs_to_that_organisation(triagist, rule):
    question = a_question()
    decided(triagist, question, phone_advice(rule))
    client = builders.a_client()
    answer = triagist.post(f"/api/v1/care-requests/{question}/client", json={"client_id": str(client.id)})
    assert answer.status_code == 200
    with reading(SYSTEM) as session:
        assert session.scalars(sa.select(TriageDecision.organisation_id)).one() == client.organisation_id


# --- the meetlat through time


def another_list(valid_from, version="voorbeeld-2", **given):
    return replace(scope_lists.read(scope_lists.EXAMPLE), version=version, valid_from=valid_from, **given)


def test_without_a_list_the_desk_is_told_that_there_is_none(triagist):
    answer = triagist.get("/api/v1/scope-list")
    assert (answer.status_code, answer.json["code"]) == (404, "no_scope_list")


def test_the_list_in_force_is_shown_with_an_alternative_for_every_no(triagist, meetlat):
    shown = triagist.get("/api/v1/scope-list").json
    assert shown["version"] == "voorbeeld-1"
    assert len(shown["criteria"]) == 19
    assert all(line["alternative"] for line in shown["criteria"] if line["verdict"] == "out_of_scope")


def test_publishing_the_same_list_twice_changes_nothing(app, meetlat):
    with unit_of_work(actor=SYSTEM) as uow:
        assert service.publish_scope_list(uow, scope_lists.read(scope_lists.EXAMPLE)).id == meetlat.id
    assert len(events_named("ScopeListPublished")) == 1


def test_a_question_is_judged_by_the_list_that_held_when_it_was_asked(client_as, rule, clock):
    asked_under_the_old_list = a_question(builders.a_client())
    change = clock() + timedelta(hours=10)
    with unit_of_work(actor=SYSTEM) as uow:
        newer = service.publish_scope_list(uow, another_list(change))
    clock.advance(hours=11)
    triagist = client_as(Role.TRIAGIST)
    assert triagist.get("/api/v1/scope-list").json["version"] == "voorbeeld-2"
    earlier = triagist.get("/api/v1/scope-list", query_string={"at": iso(change - timedelta(seconds=1))}).json
    assert (earlier["version"], earlier["valid_until"]) == ("voorbeeld-1", iso(change))

    with_the_new_rule = a_visit(rule, scope_criterion_id=str(newer.criteria[0].id))
    refused = decide(triagist, asked_under_the_old_list, with_the_new_rule)
    assert refused.json["errors"] == {"scope_criterion_id": ["not_in_force"]}
    shown = decided(triagist, asked_under_the_old_list, a_visit(rule))
    assert shown["scope_list_version"] == "voorbeeld-1"
    assert decided(triagist, a_question(builders.a_client()), with_the_new_rule)["scope_list_version"] == "voorbeeld-2"


def test_a_new_list_never_reaches_back_into_the_past(app, meetlat, clock):
    with pytest.raises(Invalid) as refused, unit_of_work(actor=SYSTEM) as uow:
        service.publish_scope_list(uow, another_list(clock() - timedelta(hours=1)))
    assert refused.value.errors == {"valid_from": ["in_the_past"]}


def test_a_version_is_never_used_for_two_different_lists(app, meetlat):
    other = replace(another_list(meetlat.valid_from, version="voorbeeld-1"), criteria=())
    with pytest.raises(service.VersionExists), unit_of_work(actor=SYSTEM) as uow:
        service.publish_scope_list(uow, other)


def test_the_operator_brings_a_list_into_force_from_a_file_and_is_told_what_is_wrong_with_it(app, tmp_path):
    run = app.test_cli_runner()
    done = run.invoke(args=["scope-list", "publish"])
    assert done.exit_code == 0, done.output
    assert "Meetlat voorbeeld-1: 19 regels, geldig vanaf 01-01-2025 12.00 uur." in done.output
    text = scope_lists.EXAMPLE.read_text(encoding="utf-8").replace('"voorbeeld-1"', '"voorbeeld-2"')
    (tmp_path / "late.toml").write_text(text, encoding="utf-8")
    refused = run.invoke(args=["scope-list", "publish", str(tmp_path / "late.toml")])
    assert refused.exit_code == 1
    assert "valid_from: een nieuwe versie geldt pas vanaf een moment dat nog komt" in refused.output
    (tmp_path / "empty.toml").write_text("", encoding="utf-8")
    assert "is geen meetlat" in run.invoke(args=["scope-list", "publish", str(tmp_path / "empty.toml")]).output
    with reading(SYSTEM) as session:
        assert queries.scope_list(session, at=meetlat_date()).version == "voorbeeld-1"


def meetlat_date():
    return scope_lists.read(scope_lists.EXAMPLE).valid_from.astimezone(UTC)


# --- who may see it


@pytest.mark.parametrize("role", [Role.NURSE, Role.TEAM_MANAGER])
def test_only_the_desk_decides_and_reads_decisions(client_as, triagist, rule, role):
    question = a_question(builders.a_client())
    other = client_as(role)
    assert decide(other, question, a_visit(rule)).status_code == 403
    assert other.get(f"/api/v1/care-requests/{question}/triage-decisions").status_code == 403


def test_a_decision_is_seen_by_its_own_organisation_and_by_the_nurse_who_goes_there(triagist, rule, clock):
    organisation = builders.an_organisation()
    client = builders.a_client(organisation)
    shown = decided(triagist, a_question(client), phone_advice(rule))
    decided(triagist, a_question(builders.a_client()), phone_advice(rule))
    manager = builders.a_staff_member(role=Role.TEAM_MANAGER, organisation=organisation)
    nurse, colleague = builders.a_nurse(), builders.a_nurse()
    builders.a_treatment_relation(client, nurse, valid_from=clock())

    def seen_by(staff):
        with reading(builders.actor_of(staff)) as session:
            return [str(decision.id) for decision in session.scalars(sa.select(TriageDecision))]

    assert seen_by(manager) == [shown["id"]]
    assert seen_by(nurse) == [shown["id"]]
    assert seen_by(colleague) == []


def _client_of(care_request_id):
    with reading(SYSTEM) as session:
        return queries.intake.care_request(session, care_request_id).client_id
