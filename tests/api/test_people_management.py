"""The administrator: organisations, staff and competences; nothing is thrown away, and every change leaves a trace."""

import pytest
import sqlalchemy as sa

from backend.people.models import Staff
from backend.people.rules import OrganisationKind, Role
from backend.platform.actor import SYSTEM
from backend.platform.db import reading
from backend.platform.events import EventRow
from backend.platform.ids import new_id
from tests import builders

PASSWORD = "een lang wachtwoord"


def events(name):
    with reading(SYSTEM) as session:
        return list(session.scalars(sa.select(EventRow).where(EventRow.name == name).order_by(EventRow.seq)))


def a_person(organisation, **given):
    return {
        "organisation_id": str(organisation.id),
        "name": "Fatima Yilmaz",
        "role": "nurse",
        "login": "Fatima",
        "password": PASSWORD,
        **given,
    }


def log_in(client, login, password=PASSWORD):
    return client.post("/api/v1/session", json={"login": login, "password": password})


# --- organisations -----------------------------------------------------------------------------


def test_an_organisation_joins_and_is_listed(admin):
    body = {"id": str(new_id()), "name": "Thuiszorg De Els", "short_name": "Els", "morning_email": "m@els.example"}
    for _ in range(2):
        answer = admin.post("/api/v1/organisations", json=body)
        assert answer.status_code == 201
    assert answer.json["kind"] == "care"
    listed = admin.get("/api/v1/organisations").json["organisations"]
    assert [one["name"] for one in listed if one["id"] == body["id"]] == ["Thuiszorg De Els"]
    assert len(events("OrganisationAdded")) == 1


def test_two_organisations_cannot_have_one_name(admin):
    admin.post("/api/v1/organisations", json={"name": "Thuiszorg De Els"})
    answer = admin.post("/api/v1/organisations", json={"name": "thuiszorg de els"})
    assert (answer.status_code, answer.json["code"], answer.json["details"]) == (409, "name_taken", {"field": "name"})


def test_a_change_of_an_organisation_is_recorded_with_before_and_after(admin):
    linde = builders.an_organisation(phone="020 1")
    answer = admin.patch(f"/api/v1/organisations/{linde.id}", json={"phone": "020 2"})
    assert answer.json["phone"] == "020 2"
    (event,) = events("OrganisationChanged")
    assert event.payload["changes"] == {"phone": ["020 1", "020 2"]}
    assert event.actor_id == admin.actor.staff_id


def test_nobody_of_an_organisation_that_left_logs_in_any_more(admin, client, client_as):
    linde = builders.an_organisation()
    admin.post("/api/v1/staff", json=a_person(linde))
    assert log_in(client, "fatima").status_code == 200
    admin.patch(f"/api/v1/organisations/{linde.id}", json={"is_active": False})
    assert client.get("/api/v1/session").status_code == 401
    assert log_in(client, "fatima").status_code == 401


def test_the_desk_cannot_turn_into_a_care_organisation_while_triagists_work_there(admin):
    desk = builders.the_desk()
    builders.a_staff_member(Role.TRIAGIST, desk)
    answer = admin.patch(f"/api/v1/organisations/{desk.id}", json={"kind": "care"})
    assert (answer.status_code, answer.json["code"]) == (422, "role_does_not_fit")


@pytest.mark.parametrize("role", [Role.TRIAGIST, Role.NURSE, Role.TEAM_MANAGER])
def test_only_an_administrator_manages(client_as, role):
    browser = client_as(role)
    linde = builders.an_organisation()
    for method, path, body in (
        ("post", "/organisations", {"name": "X"}),
        ("patch", f"/organisations/{linde.id}", {"phone": "1"}),
        ("get", "/staff", None),
        ("post", "/staff", a_person(linde)),
        ("post", "/regions", {"name": "X", "code": "X", "postcode_areas": []}),
        ("patch", "/partnership", {"name": "X"}),
    ):
        assert getattr(browser, method)(f"/api/v1{path}", json=body).status_code == 403


def test_everybody_knows_the_telephone_number_of_the_desk(admin, client_as):
    admin.patch("/api/v1/partnership", json={"name": "Nachtzorg West", "desk_phone": "020 555 00 00"})
    answer = client_as(Role.NURSE).get("/api/v1/partnership")
    assert answer.json["desk_phone"] == "020 555 00 00"


# --- staff -------------------------------------------------------------------------------------


def test_a_new_nurse_logs_in_with_the_name_and_password_she_was_given(admin, client):
    answer = admin.post("/api/v1/staff", json=a_person(builders.an_organisation()))
    assert answer.status_code == 201
    assert (answer.json["login"], answer.json["role"]) == ("fatima", "nurse")
    assert "password" not in str(answer.json)
    assert log_in(client, "Fatima").status_code == 200


def test_a_password_is_kept_as_an_argon2id_hash_and_appears_in_no_event(admin):
    admin.post("/api/v1/staff", json=a_person(builders.an_organisation()))
    with reading(SYSTEM) as session:
        staff = session.scalars(sa.select(Staff).where(Staff.login == "fatima")).one()
        assert staff.password_hash.startswith("$argon2id$")
        assert not [row for row in session.scalars(sa.select(EventRow)) if PASSWORD in str(row.payload)]


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"password": "kort"}, 422, "invalid"),
        ({"login": "fatima yilmaz"}, 422, "invalid"),
        ({"role": "triagist"}, 422, "role_does_not_fit"),
        ({"role": "boss"}, 422, "invalid"),
        ({"login": "BEZET"}, 409, "name_taken"),
        ({"organisation_id": "01a20408-1baa-798f-bb28-178f5b9f7e86"}, 422, "invalid"),
    ],
)
def test_somebody_who_does_not_fit_is_refused(admin, given, status, code):
    builders.a_staff_member(login="bezet")
    answer = admin.post("/api/v1/staff", json={**a_person(builders.an_organisation()), **given})
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_whoever_leaves_is_out_at_once_and_stays_on_the_list(admin, client_as):
    nurse = builders.a_nurse()
    browser = client_as(nurse)
    assert browser.get("/api/v1/session").status_code == 200
    answer = admin.patch(f"/api/v1/staff/{nurse.id}", json={"is_active": False})
    assert answer.json["is_active"] is False
    assert browser.get("/api/v1/session").status_code == 401
    listed = admin.get("/api/v1/staff", query_string={"role": "nurse", "is_active": False}).json["staff"]
    assert [one["id"] for one in listed] == [str(nurse.id)]


def test_a_new_password_ends_every_session_of_that_person(admin, client, client_as):
    nurse = builders.a_nurse(login="sanne")
    browser = client_as(nurse)
    admin.patch(f"/api/v1/staff/{nurse.id}", json={"password": PASSWORD})
    assert browser.get("/api/v1/session").status_code == 401
    assert log_in(client, "sanne").status_code == 200
    assert events("StaffChanged")[0].payload["changes"] == {"password": ["(geheim)", "(geheim)"]}


def test_a_new_telephone_number_ends_no_session(admin, client_as):
    nurse = builders.a_nurse()
    browser = client_as(nurse)
    admin.patch(f"/api/v1/staff/{nurse.id}", json={"phone": "06 1"})
    assert browser.get("/api/v1/session").status_code == 200


@pytest.mark.parametrize("body", [{"is_active": False}, {"role": "triagist"}])
def test_the_last_administrator_stays(admin, body):
    answer = admin.patch(f"/api/v1/staff/{admin.actor.staff_id}", json=body)
    assert (answer.status_code, answer.json["code"]) == (409, "last_admin")


def test_the_organisation_of_the_last_administrator_stays(admin):
    answer = admin.patch(f"/api/v1/organisations/{admin.actor.organisation_id}", json={"is_active": False})
    assert (answer.status_code, answer.json["code"]) == (409, "last_admin")


def test_one_of_two_administrators_may_leave(admin):
    other = builders.a_staff_member(Role.ADMIN, builders.an_organisation(kind=OrganisationKind.DESK))
    assert admin.patch(f"/api/v1/staff/{other.id}", json={"is_active": False}).status_code == 200


# --- competences -------------------------------------------------------------------------------


def test_competences_are_set_as_a_whole_and_the_change_is_recorded(admin):
    nurse = builders.a_nurse(competences=("insulin", "infusion"))
    wanted = [
        {"procedure": "insulin", "valid_until": "2031-01-01"},
        {"procedure": "bladder_catheter", "valid_until": "2027-06-30"},
    ]
    answer = admin.put(f"/api/v1/staff/{nurse.id}/competences", json={"competences": wanted})
    assert sorted(answer.json["competences"], key=lambda c: c["valid_until"], reverse=True) == wanted
    (event,) = events("CompetencesChanged")
    assert event.payload["changes"] == {
        "insulin": ["2030-12-31", "2031-01-01"],
        "infusion": ["2030-12-31", None],
        "bladder_catheter": [None, "2027-06-30"],
    }
    admin.put(f"/api/v1/staff/{nurse.id}/competences", json={"competences": wanted})
    assert len(events("CompetencesChanged")) == 1


def test_whose_competences_end_soon_is_listed_soonest_first(admin):
    nurse = builders.a_nurse(name="Sanne")
    wanted = [
        {"procedure": "insulin", "valid_until": "2026-03-01"},
        {"procedure": "infusion", "valid_until": "2026-02-01"},
        {"procedure": "stoma_care", "valid_until": "2028-02-01"},
    ]
    admin.put(f"/api/v1/staff/{nurse.id}/competences", json={"competences": wanted})
    listed = admin.get("/api/v1/competences", query_string={"before": "2026-04-01"}).json["competences"]
    assert [(one["staff_name"], one["procedure"]) for one in listed] == [("Sanne", "infusion"), ("Sanne", "insulin")]
