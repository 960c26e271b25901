"""A visit opens by itself, the desk sends a car, and everybody who must know hears of it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from backend.dispatch import opening
from backend.dispatch.rules import VisitStatus
from backend.dispatch.writing import hold
from backend.intake.events import ClientIdentified
from backend.people import service as people
from backend.people.events import ClientChanged
from backend.people.models import TreatmentRelation
from backend.people.rules import Role
from backend.platform.actor import SYSTEM
from backend.platform.clock import iso, now
from backend.platform.uow import unit_of_work
from backend.triage.rules import Outcome, Urgency
from tests import builders, night
from tests.api.dispatching import (
    ANight,
    a_staffed_night,
    alarms,
    an_open_visit,
    assignment_of,
    decided,
    events,
    found,
    fresh,
    jobs,
    send,
    visits_of,
)

pytestmark = pytest.mark.usefixtures("held_nights_stay_true")


@pytest.fixture
def tonight(app) -> ANight:
    return a_staffed_night()


# --- a visit opens by itself -----------------------------------------------------------------------------------------


def test_a_blocked_catheter_opens_one_visit_even_when_sent_twice(tonight, clock):
    request = night.a_care_request()
    (visit,) = decided(request)
    assert (visit.status, visit.urgency, visit.reference) == (VisitStatus.OPEN, Urgency.U2, request.reference)
    assert visit.window_end == clock() + timedelta(minutes=30)
    assert visit.region_id == tonight.west.id
    assert visit.night_id == tonight.night.id
    assert [one.id for one in decided(request)] == [visit.id]


def test_phone_advice_opens_no_visit(tonight):
    assert decided(night.a_care_request(), outcome=Outcome.PHONE_ADVICE) == []


def test_a_visit_is_opened_even_when_nobody_made_a_roster(app):
    visit = an_open_visit()
    assert visit.status is VisitStatus.OPEN
    assert [alarm.kind for alarm in alarms()] == ["no_car"]


def test_deciding_again_changes_the_visit_and_tells_the_phone(triagist, tonight, clock):
    request = night.a_care_request()
    (visit,) = decided(request, urgency=Urgency.U3)
    send(triagist, visit, tonight.west_shift)
    clock.advance(minutes=10)
    (visit,) = decided(request, urgency=Urgency.U2, service_minutes=45)
    assert (visit.urgency, visit.service_minutes) == (Urgency.U2, 45)
    assert visit.window_end == clock() + timedelta(minutes=30)
    (changed,) = events("VisitChanged")
    assert changed.feed_id == tonight.west_shift.id


def test_deciding_that_nobody_needs_to_go_cancels_the_visit_and_takes_it_from_the_phone(triagist, tonight):
    request = night.a_care_request()
    (visit,) = decided(request)
    send(triagist, visit, tonight.west_shift)
    (visit,) = decided(request, outcome=Outcome.REFER_GP_POST)
    assert (visit.status, visit.shift_id) == (VisitStatus.CANCELLED, None)
    assert events("VisitCancelled")[0].feed_id == tonight.west_shift.id
    assert not jobs("ring_phone")


def test_an_emergency_after_all_cancels_the_visit_of_a_nurse_who_is_not_there_yet(triagist, tonight):
    request = night.a_care_request()
    decided(request)
    (visit,) = decided(request, outcome=Outcome.EMERGENCY_CALL, urgency=Urgency.U1)
    assert visit.status is VisitStatus.CANCELLED


def test_two_who_must_lift_together_are_two_visits_with_one_number(tonight):
    request = night.a_care_request()
    first, second = decided(request, cars_needed=2, required_competences=())
    assert (first.reference, second.reference) == (f"{request.reference}/1", f"{request.reference}/2")
    first, second = decided(request, cars_needed=1, required_competences=())
    assert (first.status, second.status) == (VisitStatus.OPEN, VisitStatus.CANCELLED)


def test_a_region_sets_its_own_response_norm(admin, tonight, clock):
    path = f"/api/v1/regions/{tonight.west.id}/response-norms"
    answer = admin.put(path, json={"norms": [{"urgency": "U2", "minutes": 45}]})
    assert answer.json == {"norms": [{"urgency": "U2", "minutes": 45}]}
    assert an_open_visit().window_end == clock() + timedelta(minutes=45)


# --- sending a car ---------------------------------------------------------------------------------------------------


def test_the_desk_sends_a_car_and_the_phone_hears_of_it_in_the_same_commit(triagist, tonight, clock):
    visit = an_open_visit()
    answer = send(triagist, visit, tonight.west_shift)
    assert answer.status_code == 201, answer.json
    assert answer.json["status"] == "assigned"
    assert answer.json["shift_id"] == str(tonight.west_shift.id)
    assert answer.json["eta_at"] > iso(clock())
    assert answer.json["travel_s"] >= 60
    (assigned,) = events("VisitAssigned")
    assert (assigned.feed_id, assigned.topic_id) == (tonight.west_shift.id, visit.id)
    assert [(job.payload["step"], job.run_at) for job in jobs("ring_phone")] == [
        ("rang", clock()),
        ("rang_again", clock() + timedelta(seconds=30)),
    ]


def test_the_nurse_sees_the_client_from_the_assignment_until_an_hour_after_her_shift(triagist, tonight):
    visit = an_open_visit()
    send(triagist, visit, tonight.west_shift)
    (relation,) = found(sa.select(TreatmentRelation))
    assert (relation.client_id, relation.staff_id) == (visit.client_id, tonight.west_nurse.id)
    assert relation.valid_until == tonight.west_shift.ends_at + timedelta(minutes=60)


def test_the_nurse_no_longer_sees_the_client_when_the_visit_is_withdrawn(triagist, tonight, clock):
    visit = an_open_visit()
    send(triagist, visit, tonight.west_shift)
    clock.advance(minutes=1)
    answer = triagist.post(f"/api/v1/visits/{visit.id}/withdrawals", json={"reason": "Andere auto is dichterbij"})
    assert (answer.status_code, answer.json["status"], answer.json["shift_id"]) == (201, "open", None)
    (relation,) = found(sa.select(TreatmentRelation))
    assert relation.valid_until == clock()
    assert events("VisitWithdrawn")[0].feed_id == tonight.west_shift.id
    assert not jobs("ring_phone")


def test_the_same_assignment_twice_sends_one_car(triagist, tonight):
    visit = an_open_visit()
    same = str(uuid.uuid4())
    assert send(triagist, visit, tonight.west_shift, id=same).status_code == 201
    assert send(triagist, visit, tonight.west_shift, id=same).status_code == 201
    assert len(events("VisitAssigned")) == 1


def test_the_second_desk_is_told_who_was_first_when_and_with_which_car(client_as, tonight, clock):
    visit = an_open_visit(required_competences=())
    first, second = client_as(Role.TRIAGIST), client_as(Role.TRIAGIST)
    assert send(first, visit, tonight.west_shift).status_code == 201
    answer = send(second, visit, tonight.oost_shift)
    assert (answer.status_code, answer.json["code"]) == (409, "already_assigned")
    assert answer.json["details"] == {
        "by": first.actor.name,
        "at": iso(clock()),
        "car_name": "Auto West",
        "version": visit.version + 1,
    }


def test_a_desk_that_knows_which_car_has_it_may_send_another_one(triagist, tonight):
    visit = an_open_visit(required_competences=())
    send(triagist, visit, tonight.west_shift)
    reason = {"code": "spread_work", "text": ""}
    answer = send(triagist, fresh(visit), tonight.oost_shift, override_reason=reason)
    assert (answer.status_code, answer.json["shift_id"]) == (201, str(tonight.oost_shift.id))
    assert [event.feed_id for event in events("VisitWithdrawn")] == [tonight.west_shift.id]
    assert [event.feed_id for event in events("VisitAssigned")] == [tonight.west_shift.id, tonight.oost_shift.id]


def test_a_visit_that_changed_meanwhile_must_be_looked_at_again(triagist, tonight):
    visit = an_open_visit()
    triagist.post(f"/api/v1/visits/{visit.id}/lock", json={"is_locked": True})
    answer = send(triagist, visit, tonight.west_shift)
    assert (answer.status_code, answer.json["code"]) == (409, "version_changed")


def test_a_nurse_without_the_competence_is_refused_unless_a_named_doctor_agrees(triagist, tonight):
    visit = an_open_visit()
    refused = send(triagist, visit, tonight.oost_shift)
    assert (refused.status_code, refused.json["code"]) == (422, "may_not_assign")
    assert refused.json["details"]["reason"] == "competence_missing"
    assert [one["code"] for one in refused.json["details"]["reasons"]] == ["competence_missing", "other_region"]
    unnamed = {"code": "doctor_agreed", "text": "Overlegd"}
    assert send(triagist, visit, tonight.oost_shift, override_reason=unnamed).status_code == 422
    named = {"code": "doctor_agreed", "text": "Zij mag onder zijn toezicht spoelen", "named_person": "dr. Bakker"}
    assert send(triagist, visit, tonight.oost_shift, override_reason=named).status_code == 201
    kept = assignment_of(visit)
    assert (kept.override_code, kept.override_person) == ("doctor_agreed", "dr. Bakker")


def test_another_car_than_the_first_choice_needs_a_reason_that_is_kept(triagist, tonight):
    visit = an_open_visit(required_competences=())
    first_choice = str(tonight.west_shift.id)
    refused = send(triagist, visit, tonight.oost_shift, recommended_shift_id=first_choice)
    assert [one["code"] for one in refused.json["details"]["reasons"]] == ["other_region", "not_first_choice"]
    reason = {"code": "knows_client", "text": "Samira komt er elke week"}
    answer = send(triagist, visit, tonight.oost_shift, recommended_shift_id=first_choice, override_reason=reason)
    assert answer.status_code == 201
    kept = assignment_of(visit)
    assert (str(kept.recommended_shift_id), kept.override_text) == (first_choice, "Samira komt er elke week")


def test_the_backup_can_be_sent_once_woken(triagist, tonight):
    visit = an_open_visit()
    refused = send(triagist, visit, tonight.backup_shift)
    assert refused.json["details"]["reason"] == "backup_asleep"
    assert triagist.post(f"/api/v1/shifts/{tonight.backup_shift.id}/wake").json["woken_at"] is not None
    assert triagist.post(f"/api/v1/shifts/{tonight.backup_shift.id}/wake").status_code == 200
    assert len(events("BackupWoken")) == 1
    assert [job.payload["reason"] for job in jobs("ring_route")] == ["woken"]
    assert send(triagist, visit, tonight.backup_shift).status_code == 201


def test_a_life_threatening_visit_cannot_be_sent_to_a_nurse_even_if_one_were_open(triagist, tonight):
    visit = night.a_visit(tonight.night, urgency="U1")
    doctor = {"code": "doctor_agreed", "text": "Ga maar", "named_person": "dr. Bakker"}
    answer = send(triagist, visit, tonight.west_shift, override_reason=doctor)
    assert (answer.status_code, answer.json["details"]["reason"]) == (422, "urgency_needs_112")


def test_an_urgent_visit_comes_before_the_planned_ones_and_their_phone_is_told(triagist, tonight):
    planned = [
        night.a_visit(tonight.night, shift=tonight.west_shift, urgency="U4", sequence=number) for number in (1, 2)
    ]
    visit = an_open_visit()
    send(triagist, visit, tonight.west_shift)
    assert fresh(visit).sequence == 1
    assert sorted(fresh(one).sequence for one in planned) == [2, 3]
    assert {event.topic_id for event in events("RouteChanged")} == {one.id for one in planned}


def test_cancelling_says_why_and_cannot_be_done_at_the_door(triagist, tonight):
    visit, other = an_open_visit(), an_open_visit()
    path = "/api/v1/visits/{}/cancellations"
    answer = triagist.post(path.format(visit.id), json={"reason": "Dochter heeft zelf gespoeld"})
    assert (answer.status_code, answer.json["status"]) == (201, "cancelled")
    assert triagist.post(path.format(visit.id), json={"reason": "nogmaals"}).status_code == 201
    send(triagist, other, tonight.west_shift)
    for status in ("accepted", "under_way", "on_scene"):
        triagist.post(f"/api/v1/visits/{other.id}/status", json={"status": status})
    answer = triagist.post(path.format(other.id), json={"reason": "te laat"})
    assert (answer.status_code, answer.json["code"]) == (409, "nurse_is_there")


def test_the_desk_writes_down_a_step_that_was_told_by_phone_and_never_one_back(triagist, tonight):
    visit = an_open_visit()
    path = f"/api/v1/visits/{visit.id}/status"
    assert triagist.post(path, json={"status": "on_scene"}).json["code"] == "not_assigned"
    send(triagist, visit, tonight.west_shift)
    assert triagist.post(path, json={"status": "on_scene"}).json["status"] == "on_scene"
    assert triagist.post(path, json={"status": "on_scene"}).status_code == 200
    answer = triagist.post(path, json={"status": "accepted"})
    assert (answer.status_code, answer.json["code"]) == (409, "status_goes_back")
    assert not jobs("escalate")


def test_a_planned_visit_is_put_on_the_night_of_its_window(triagist, tonight, clock):
    client = builders.a_client()
    body = {
        "id": str(uuid.uuid4()),
        "client_id": str(client.id),
        "title": "Wisselligging",
        "window_start": iso(clock() + timedelta(hours=1)),
        "window_end": iso(clock() + timedelta(hours=2)),
        "service_minutes": 20,
        "urgency": "U4",
    }
    answer = triagist.post("/api/v1/visits", json=body)
    assert (answer.status_code, answer.json["kind"], answer.json["complaint"]) == (201, "planned", "Wisselligging")
    assert triagist.post("/api/v1/visits", json=body).json["id"] == body["id"]
    assert len(events("VisitOpened")) == 1
    for given, field in (({"window_end": iso(clock())}, "window_end"), ({"urgency": "U1"}, "urgency")):
        answer = triagist.post("/api/v1/visits", json={**body, "id": str(uuid.uuid4()), **given})
        assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


# --- clients who turn out to be somebody else, or to live elsewhere --------------------------------------------------


def test_visits_go_along_when_a_provisional_client_is_merged(triagist, tonight):
    unknown = builders.a_client(is_provisional=True)
    known = builders.a_client()
    visit = an_open_visit(unknown)
    send(triagist, visit, tonight.west_shift)
    with unit_of_work(actor=triagist.actor) as uow:
        people.merge(uow, unknown.id, into_client_id=known.id)
    visit = fresh(visit)
    assert (visit.client_id, visit.organisation_id) == (known.id, known.organisation_id)
    assert events("VisitMoved")[0].feed_id == tonight.west_shift.id
    hers = found(sa.select(TreatmentRelation).where(TreatmentRelation.client_id == known.id))
    assert [relation.staff_id for relation in hers] == [tonight.west_nurse.id]


def test_a_visit_gets_its_client_when_it_becomes_known_whose_question_it_was(tonight):
    client = builders.a_client()
    visit = an_open_visit(subject_id=None, organisation_id=None, location_note="Bovenwoning boven de bakker")
    assert visit.client_id is None
    with unit_of_work(actor=SYSTEM) as uow:
        event = ClientIdentified(care_request_id=visit.care_request_id, client_id=client.id, previous_client_id=None)
        opening.name_visit(uow, event)
    visit = fresh(visit)
    assert (visit.client_id, visit.region_id, visit.lat) == (client.id, tonight.west.id, client.lat)


def test_a_pin_on_the_map_moves_tonights_visit_there(tonight):
    client = builders.a_client(lat=None, lon=None)
    visit = an_open_visit(client)
    with unit_of_work(actor=SYSTEM) as uow:
        people.pin(uow, client.id, lat=52.361, lon=4.921)
        changes = {"lat": [None, 52.361]}
        opening.relocate_visits(uow, ClientChanged(subject_id=client.id, changes=changes))
    assert (fresh(visit).lat, fresh(visit).lon) == (52.361, 4.921)


# --- the roster ------------------------------------------------------------------------------------------------------


def test_the_roster_is_made_through_the_door_from_base_to_shift(admin, tonight, clock):
    nurse = builders.a_nurse()
    base, car, shift = (str(uuid.uuid4()) for _ in range(3))
    place = {"id": base, "name": "Kampen", "lat": 52.555, "lon": 5.911}
    assert admin.post("/api/v1/home-bases", json=place).status_code == 201
    auto = {"id": car, "name": "Auto Kampen", "number": 909, "home_base_id": base}
    assert admin.post("/api/v1/cars", json=auto).status_code == 201
    duty = {
        "id": shift,
        "car_id": car,
        "nurse_id": str(nurse.id),
        "starts_at": iso(clock()),
        "ends_at": iso(clock() + timedelta(hours=4)),
    }
    answer = admin.post("/api/v1/shifts", json=duty)
    assert (answer.status_code, answer.json["night_id"]) == (201, str(tonight.night.id))
    again = admin.post("/api/v1/shifts", json={**duty, "id": str(uuid.uuid4())})
    assert (again.status_code, again.json["code"]) == (409, "shifts_overlap")
    desk = builders.a_staff_member(Role.TRIAGIST)
    refused = admin.post("/api/v1/shifts", json={**duty, "id": str(uuid.uuid4()), "nurse_id": str(desk.id)})
    assert refused.json["errors"] == {"nurse_id": ["not_a_nurse"]}
    assert "Auto Kampen" in [one["name"] for one in admin.get("/api/v1/cars").json["cars"]]
    assert len(admin.get(f"/api/v1/nights/{tonight.night.id}/shifts").json["shifts"]) == 4


def test_nothing_of_the_desk_opens_for_a_nurse_or_a_team_manager(client_as, tonight):
    visit = an_open_visit()
    for role in (Role.NURSE, Role.TEAM_MANAGER):
        browser = client_as(role)
        assert browser.get("/api/v1/board").status_code == 403
        assert browser.get(f"/api/v1/visits/{visit.id}/recommendation").status_code == 403
        assert send(browser, visit, tonight.west_shift).status_code == 403
    assert not visits_of(night.a_care_request())


def test_a_visit_that_comes_while_the_night_is_held_is_part_of_that_night(tonight, held_nights_stay_true):
    """Whoever writes twice in one go must not plan without what the first writing brought."""
    client = builders.a_client()
    with unit_of_work(actor=SYSTEM) as uow:
        held = hold(uow, tonight.night.id)
        assert held.seen().visits == ()
        made = opening.add_planned(
            uow,
            id=builders.an_id(),
            client_id=client.id,
            title="Wisselligging",
            window_start=now() + timedelta(hours=1),
            window_end=now() + timedelta(hours=2),
            service_minutes=20,
        )
        assert [visit.id for visit in held.seen().visits] == [made.id]
    assert held_nights_stay_true == [tonight.night.id]
