"""A question comes in: its number, its client, what happened before, and a draft that survives the browser."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from backend.intake import service
from backend.intake.models import CareRequest, IntakeDraft
from backend.intake.rules import Call, Caller, CallerRelation
from backend.people.rules import Role
from backend.platform.actor import SYSTEM
from backend.platform.clock import iso
from backend.platform.db import reading
from backend.platform.events import EventRow
from backend.platform.uow import unit_of_work
from tests import builders


def a_body(**given):
    return {
        "id": str(uuid.uuid4()),
        "client_id": None,
        "channel": "phone",
        "caller": {"name": "Fatima Groot", "relation": "informal_carer", "callback_number": "020 555 12 34"},
        "question": "De katheter van mijn moeder loopt niet meer.",
        "entry_complaint": "catheter",
        **given,
    }


def registered(browser, **given):
    answer = browser.post("/api/v1/care-requests", json=a_body(**given))
    assert answer.status_code == 201, answer.json
    return answer.json


def events_named(name):
    with reading(SYSTEM) as session:
        return session.query(EventRow).where(EventRow.name == name).order_by(EventRow.seq).all()


def test_a_question_gets_a_number_that_can_be_said_aloud(triagist, clock):
    client = builders.a_client()
    shown = registered(triagist, client_id=str(client.id))
    assert shown["reference"] == "ZV-1001"
    assert shown["status"] == "open"
    assert shown["organisation_id"] == str(client.organisation_id)
    assert shown["received_at"] == iso(clock())
    assert shown["client_label"] == client.label
    assert shown["caller"]["callback_number"] == "020 555 12 34"
    assert registered(triagist)["reference"] == "ZV-1002"
    (event,) = events_named("CareRequestRegistered")[:1]
    assert (event.subject_id, event.stream_id) == (client.id, uuid.UUID(shown["id"]))
    assert event.payload["question"] == "De katheter van mijn moeder loopt niet meer."


def test_a_question_sent_twice_is_one_question(triagist):
    body = a_body()
    first = triagist.post("/api/v1/care-requests", json=body)
    again = triagist.post("/api/v1/care-requests", json=body)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json == again.json
    assert len(events_named("CareRequestRegistered")) == 1


def test_another_question_under_the_same_id_is_refused_rather_than_lost(triagist):
    body = a_body()
    triagist.post("/api/v1/care-requests", json=body)
    answer = triagist.post("/api/v1/care-requests", json={**body, "question": "Ze is ook gevallen."})
    assert (answer.status_code, answer.json["code"]) == (409, "id_reused")


def test_no_two_questions_get_the_same_number_when_all_desks_register_at_once(app):
    desk = builders.actor_of(builders.a_staff_member())
    caller = Caller(callback_number="112", relation=CallerRelation.MKA)

    def register(number):
        with app.app_context(), unit_of_work(actor=desk) as uow:
            call = Call(caller=caller, question=f"Vraag {number}", entry_complaint="catheter")
            return service.register(uow, care_request_id=uuid.uuid4(), call=call).number

    with ThreadPoolExecutor(8) as desks:
        numbers = list(desks.map(register, range(24)))
    assert sorted(numbers) == list(range(1001, 1025))


def test_the_same_question_from_two_threads_at_once_is_one_question(app):
    desk = builders.actor_of(builders.a_staff_member())
    care_request_id = uuid.uuid4()
    call = Call(
        caller=Caller(callback_number="112", relation=CallerRelation.MKA), question="Eén", entry_complaint="catheter"
    )

    def register(_):
        with app.app_context(), unit_of_work(actor=desk) as uow:
            return service.register(uow, care_request_id=care_request_id, call=call).number

    with ThreadPoolExecutor(8) as desks:
        assert set(desks.map(register, range(8))) == {1001}
    assert len(events_named("CareRequestRegistered")) == 1


def test_everything_that_is_missing_is_said_at_once_and_nothing_is_kept(triagist):
    body = a_body(entry_complaint="toothache", client_id=str(uuid.uuid4()), question=" ")
    answer = triagist.post("/api/v1/care-requests", json=body)
    assert answer.status_code == 422
    assert answer.json["errors"] == {
        "question": ["required"],
        "entry_complaint": ["unknown_entry_complaint"],
        "client_id": ["unknown_client"],
    }
    assert triagist.get("/api/v1/care-requests").json == {"care_requests": []}
    assert registered(triagist)["reference"] == "ZV-1001"


def test_a_call_from_a_night_on_paper_keeps_its_own_time(triagist, clock):
    earlier = clock() - timedelta(hours=5)
    shown = registered(triagist, received_at=iso(earlier))
    assert shown["received_at"] == iso(earlier)
    assert shown["registered_at"] == iso(clock())
    assert events_named("CareRequestRegistered")[0].happened_at == earlier


def test_the_list_shows_who_still_waits(triagist):
    first, second = registered(triagist), registered(triagist)
    with unit_of_work(actor=SYSTEM) as uow:
        service.close(uow, care_request_id=uuid.UUID(first["id"]))
    shown = triagist.get("/api/v1/care-requests?status=open").json["care_requests"]
    assert [request["id"] for request in shown] == [second["id"]]
    assert triagist.get(f"/api/v1/care-requests/{first['id']}").json["status"] == "closed"


# --- the look-back


def look_back(browser, client, **query):
    return browser.get(f"/api/v1/clients/{client.id}/look-back", query_string=query).json


def test_a_first_contact_looks_back_on_nothing(triagist):
    assert look_back(triagist, builders.a_client()) == {"contacts": [], "is_second_contact": False}


def test_a_call_of_yesterday_is_shown_as_soon_as_the_client_is_chosen(triagist, clock):
    client = builders.a_client()
    earlier = registered(triagist, client_id=str(client.id), received_at=iso(clock() - timedelta(hours=20)))
    registered(triagist, client_id=str(builders.a_client().id))
    shown = look_back(triagist, client)
    assert shown["is_second_contact"] is True
    (contact,) = shown["contacts"]
    assert contact["reference"] == earlier["reference"]
    assert contact["question"] == earlier["question"]
    assert contact["happened_at"] == earlier["received_at"]


def test_a_call_of_four_days_ago_is_no_second_contact_and_can_still_be_found(client_as, clock):
    client = builders.a_client()
    registered(client_as(Role.TRIAGIST), client_id=str(client.id))
    clock.advance(days=4)
    triagist = client_as(Role.TRIAGIST)
    assert look_back(triagist, client) == {"contacts": [], "is_second_contact": False}
    wider = look_back(triagist, client, hours=120)
    assert (len(wider["contacts"]), wider["is_second_contact"]) == (1, False)


def test_a_question_is_not_an_earlier_contact_of_itself(triagist):
    client = builders.a_client()
    shown = registered(triagist, client_id=str(client.id))
    assert look_back(triagist, client, apart_from=shown["id"]) == {"contacts": [], "is_second_contact": False}


def test_the_look_back_of_somebody_who_does_not_exist_is_not_found(triagist):
    assert triagist.get(f"/api/v1/clients/{uuid.uuid4()}/look-back").status_code == 404


# --- who it was


def test_an_unknown_caller_gets_a_name_later_and_an_organisation_with_it(triagist):
    shown = registered(triagist)
    client = builders.a_client()
    answer = triagist.post(f"/api/v1/care-requests/{shown['id']}/client", json={"client_id": str(client.id)})
    assert answer.status_code == 200
    assert answer.json["client_id"] == str(client.id)
    assert answer.json["organisation_id"] == str(client.organisation_id)
    (event,) = events_named("ClientIdentified")
    assert (event.subject_id, event.organisation_id) == (client.id, client.organisation_id)
    # the call from before the name was known belongs to the history all the same
    assert [contact["reference"] for contact in look_back(triagist, client)["contacts"]] == [shown["reference"]]


def test_saying_twice_whose_question_it_is_changes_nothing(triagist):
    client = builders.a_client()
    shown = registered(triagist, client_id=str(client.id))
    triagist.post(f"/api/v1/care-requests/{shown['id']}/client", json={"client_id": str(client.id)})
    assert events_named("ClientIdentified") == []


def test_when_two_clients_turn_out_to_be_one_their_questions_come_together(triagist):
    somebody = builders.a_client(organisation_id=None, is_provisional=True, client_number=None)
    known = builders.a_client()
    shown = registered(triagist, client_id=str(somebody.id))
    answer = triagist.post(f"/api/v1/clients/{somebody.id}/merge", json={"into_client_id": str(known.id)})
    assert answer.status_code == 200, answer.json
    moved = triagist.get(f"/api/v1/care-requests/{shown['id']}").json
    assert (moved["client_id"], moved["organisation_id"]) == (str(known.id), str(known.organisation_id))
    assert look_back(triagist, known)["is_second_contact"] is True
    # whoever still has the old client on the screen registers for the one that is left
    assert registered(triagist, client_id=str(somebody.id))["client_id"] == str(known.id)


# --- calls about the same thing


def test_a_second_call_about_the_same_thing_is_offered_to_be_linked(client_as, clock):
    client, triagist = builders.a_client(), client_as(Role.TRIAGIST)
    first = registered(triagist, client_id=str(client.id))
    clock.advance(hours=2)
    registered(triagist, client_id=str(client.id), entry_complaint="diabetes")
    second = registered(triagist, client_id=str(client.id))
    assert [link["reference"] for link in second["suggested_links"]] == [first["reference"]]
    clock.advance(hours=13)
    assert registered(client_as(Role.TRIAGIST), client_id=str(client.id))["suggested_links"] == []


def test_a_linked_call_goes_along_with_the_one_that_still_waits(triagist, clock):
    client = builders.a_client()
    first = registered(triagist, client_id=str(client.id))
    clock.advance(minutes=10)
    second = registered(triagist, client_id=str(client.id))
    answer = triagist.post(f"/api/v1/care-requests/{second['id']}/links", json={"linked_to_id": first["id"]})
    assert answer.status_code == 201
    assert (answer.json["linked_to_id"], answer.json["status"]) == (first["id"], "closed")
    clock.advance(minutes=10)
    third = registered(triagist, client_id=str(client.id))
    answer = triagist.post(f"/api/v1/care-requests/{third['id']}/links", json={"linked_to_id": second["id"]})
    assert answer.json["linked_to_id"] == first["id"]
    assert triagist.get(f"/api/v1/care-requests/{first['id']}").json["status"] == "open"


def test_a_call_about_something_that_was_already_decided_keeps_waiting_for_a_triagist(triagist, clock):
    client = builders.a_client()
    first = registered(triagist, client_id=str(client.id))
    with unit_of_work(actor=SYSTEM) as uow:
        service.note_decision(uow, uow.session.get_one(CareRequest, uuid.UUID(first["id"])))
    clock.advance(minutes=10)
    second = registered(triagist, client_id=str(client.id))
    answer = triagist.post(f"/api/v1/care-requests/{second['id']}/links", json={"linked_to_id": first["id"]})
    assert (answer.json["linked_to_id"], answer.json["status"]) == (first["id"], "open")


def test_calls_of_two_different_clients_are_not_linked(triagist):
    first = registered(triagist, client_id=str(builders.a_client().id))
    second = registered(triagist, client_id=str(builders.a_client().id))
    answer = triagist.post(f"/api/v1/care-requests/{second['id']}/links", json={"linked_to_id": first["id"]})
    assert (answer.status_code, answer.json["details"]) == (409, {"reason": "other_client"})


# --- drafts


def test_a_draft_survives_the_browser_and_goes_when_the_question_is_registered(triagist):
    draft_id = str(uuid.uuid4())
    for words in ("De kath", "De katheter loopt niet"):
        answer = triagist.put(f"/api/v1/intake-drafts/{draft_id}", json={"body": {"question": words}})
        assert answer.status_code == 200
    (kept,) = triagist.get("/api/v1/intake-drafts").json["drafts"]
    assert (kept["id"], kept["body"]) == (draft_id, {"question": "De katheter loopt niet"})
    registered(triagist, draft_id=draft_id)
    assert triagist.get("/api/v1/intake-drafts").json == {"drafts": []}


def test_nobody_reads_or_overwrites_the_draft_of_a_colleague(client_as):
    mine, hers = client_as(Role.TRIAGIST), client_as(Role.TRIAGIST)
    draft_id = str(uuid.uuid4())
    mine.put(f"/api/v1/intake-drafts/{draft_id}", json={"body": {"question": "van mij"}})
    assert hers.get("/api/v1/intake-drafts").json == {"drafts": []}
    assert hers.put(f"/api/v1/intake-drafts/{draft_id}", json={"body": {"question": "van haar"}}).status_code == 200
    assert hers.delete(f"/api/v1/intake-drafts/{draft_id}").status_code == 204
    assert mine.get("/api/v1/intake-drafts").json["drafts"][0]["body"] == {"question": "van mij"}


def test_a_draft_that_is_saved_again_before_the_first_save_has_answered_is_one_draft(app):
    desk, draft_id = builders.actor_of(builders.a_staff_member()), uuid.uuid4()

    def save(number):
        with app.app_context(), unit_of_work(actor=desk) as uow:
            service.keep_draft(uow, draft_id=draft_id, body={"number": number})

    with ThreadPoolExecutor(4) as saves:
        list(saves.map(save, range(8)))
    with reading(desk) as session:
        assert [draft.id for draft in session.query(IntakeDraft)] == [draft_id]


def test_throwing_away_a_draft_that_is_gone_is_no_error(triagist):
    assert triagist.delete(f"/api/v1/intake-drafts/{uuid.uuid4()}").status_code == 204


# --- who may see it


@pytest.mark.parametrize("role", [Role.NURSE, Role.TEAM_MANAGER])
def test_only_the_desk_registers_and_reads_questions(client_as, triagist, role):
    shown = registered(triagist)
    other = client_as(role)
    assert other.post("/api/v1/care-requests", json=a_body()).status_code == 403
    assert other.get(f"/api/v1/care-requests/{shown['id']}").status_code == 403
    assert other.get("/api/v1/intake-drafts").status_code == 403


def test_a_care_request_is_seen_by_its_own_organisation_and_by_the_nurse_who_goes_there(triagist, clock):
    organisation = builders.an_organisation()
    client, other = builders.a_client(organisation), builders.a_client()
    shown = registered(triagist, client_id=str(client.id))
    registered(triagist, client_id=str(other.id))
    manager = builders.a_staff_member(role=Role.TEAM_MANAGER, organisation=organisation)
    nurse, colleague = builders.a_nurse(), builders.a_nurse()
    builders.a_treatment_relation(client, nurse, valid_from=clock(), valid_until=clock() + timedelta(hours=1))

    def seen_by(staff):
        with reading(builders.actor_of(staff)) as session:
            return [str(request.id) for request in session.query(CareRequest)]

    assert seen_by(manager) == [shown["id"]]
    assert seen_by(nurse) == [shown["id"]]
    assert seen_by(colleague) == []
    clock.advance(hours=2)
    assert seen_by(nurse) == []
