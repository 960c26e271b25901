"""The desk and its clients: search, register, correct, pin, merge; and who may see whom."""

import uuid
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from backend.people import service
from backend.people.models import Address, Client, Organisation, Staff, TreatmentRelation
from backend.people.rules import Precision, Role, Sex
from backend.platform.actor import NOBODY, SYSTEM
from backend.platform.db import reading
from backend.platform.events import EventRow
from backend.platform.ids import new_id
from backend.platform.uow import unit_of_work
from tests import builders


def events(name):
    with reading(SYSTEM) as session:
        return list(session.scalars(sa.select(EventRow).where(EventRow.name == name).order_by(EventRow.seq)))


def stored(client_id):
    with reading(SYSTEM) as session:
        return session.get(Client, client_id)


def visible_clients(actor):
    with reading(actor) as session:
        return set(session.scalars(sa.select(Client.id)))


# --- searching ---------------------------------------------------------------------------------


def test_the_desk_finds_a_client_of_any_organisation_and_sees_the_least_that_tells_two_apart(triagist):
    linde = builders.an_organisation(short_name="De Linde")
    groot = builders.a_client(linde, family_name="Groot", birth_date=date(1941, 5, 3), postcode="1056DL")
    builders.a_client(family_name="Groot", birth_date=date(1950, 5, 3), postcode="1011AB")
    answer = triagist.get("/api/v1/clients", query_string={"q": "groot 1056"})
    assert answer.status_code == 200
    assert answer.json == {
        "clients": [
            {
                "id": str(groot.id),
                "name": "Mw. J. de Groot",
                "birth_year": 1941,
                "organisation": "De Linde",
                "postcode": "1056DL",
                "city": "Amsterdam",
                "is_provisional": False,
            }
        ]
    }


def test_every_word_of_a_search_must_fit(triagist):
    builders.a_client(family_name="Müller", birth_date=date(1941, 5, 3))

    def found(query):
        return len(triagist.get("/api/v1/clients", query_string={"q": query}).json["clients"])

    assert found("muller 1941") == 1
    assert found("muller 3-5-1941") == 1
    assert found("muller 1942") == 0


def test_two_letters_are_too_little_to_search_on(triagist):
    answer = triagist.get("/api/v1/clients", query_string={"q": "gr"})
    assert (answer.status_code, answer.json["code"], answer.json["errors"]) == (422, "invalid", {"q": ["too_short"]})


def test_a_search_shows_at_most_twenty_and_nobody_who_left(triagist):
    linde = builders.an_organisation()
    for _ in range(22):
        builders.a_client(linde, family_name="Visser")
    builders.a_client(linde, family_name="Zeldzaam", is_active=False)
    assert len(triagist.get("/api/v1/clients", query_string={"q": "visser"}).json["clients"]) == 20
    assert triagist.get("/api/v1/clients", query_string={"q": "zeldzaam"}).json["clients"] == []


def test_a_renamed_client_is_found_by_the_new_name(triagist):
    client = builders.a_client(family_name="Bakker")
    assert triagist.patch(f"/api/v1/clients/{client.id}", json={"family_name": "Smit"}).status_code == 200
    assert len(triagist.get("/api/v1/clients", query_string={"q": "smit"}).json["clients"]) == 1
    assert triagist.get("/api/v1/clients", query_string={"q": "bakker"}).json["clients"] == []


@pytest.mark.parametrize("role", [Role.NURSE, Role.TEAM_MANAGER])
def test_nurses_and_team_managers_do_not_search_clients(client_as, role):
    browser = client_as(role)
    client = builders.a_client()
    assert browser.get("/api/v1/clients", query_string={"q": "groot"}).status_code == 403
    assert browser.get(f"/api/v1/clients/{client.id}").status_code == 403


# --- one client --------------------------------------------------------------------------------


def test_a_client_is_shown_in_full_with_age_organisation_and_region(triagist):
    region = builders.a_region("1055")
    client = builders.a_client(birth_date=date(1941, 5, 3), postcode="1055DL")
    answer = triagist.get(f"/api/v1/clients/{client.id}")
    assert answer.status_code == 200
    assert answer.json["name"] == "Mw. J. de Groot"
    assert answer.json["age"] == 84
    assert answer.json["address_line"] == "Admiraal de Ruijterweg 214-2"
    assert answer.json["region"] == {"id": str(region.id), "name": region.name}
    assert answer.json["organisation"]["id"] == str(client.organisation_id)


def test_an_unknown_client_is_not_found(triagist):
    assert triagist.get(f"/api/v1/clients/{new_id()}").status_code == 404


def test_a_correction_is_recorded_with_who_what_before_and_after(triagist):
    client = builders.a_client(phone="020 1")
    answer = triagist.patch(f"/api/v1/clients/{client.id}", json={"phone": "020 2", "city": "Amsterdam"})
    assert answer.json["phone"] == "020 2"
    (event,) = events("ClientChanged")
    assert event.payload == {"changes": {"phone": ["020 1", "020 2"]}}
    assert (event.subject_id, event.organisation_id) == (client.id, client.organisation_id)
    assert event.actor_id == triagist.actor.staff_id


def test_a_correction_that_changes_nothing_leaves_no_trace(triagist):
    client = builders.a_client(phone="020 1")
    triagist.patch(f"/api/v1/clients/{client.id}", json={"phone": "020 1"})
    assert events("ClientChanged") == []


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"access_note": "code 4711"}, {"access_note": ["holds_a_code"]}),
        ({"entry_note": "pin 99 42"}, {"entry_note": ["holds_a_code"]}),
        ({"postcode": "1056SS"}, {"postcode": ["invalid"]}),
        ({"funding_law": "awbz"}, {"funding_law": ["invalid"]}),
        ({"house_number": 0}, {"house_number": ["out_of_range"]}),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused_field_by_field(triagist, body, errors):
    client = builders.a_client()
    answer = triagist.patch(f"/api/v1/clients/{client.id}", json=body)
    assert (answer.status_code, sorted(answer.json["errors"])) == (422, sorted(errors))
    assert events("ClientChanged") == []


def test_another_address_is_another_place_on_the_map(triagist):
    builders.kept(
        Address(postcode="1011PN", house_number=1, street="Amstel", city="Amsterdam", lat=52.3676, lon=4.9002)
    )
    client = builders.a_client(precision=Precision.PINNED, lat=52.1, lon=4.8)
    answer = triagist.patch(
        f"/api/v1/clients/{client.id}", json={"postcode": "1011 pn", "house_number": 1, "addition": ""}
    ).json
    assert (answer["precision"], answer["lat"], answer["lon"]) == ("address", 52.3676, 4.9002)
    assert answer["street"] == "Amstel"
    (event,) = events("ClientChanged")
    assert event.payload["changes"]["precision"] == ["pinned", "address"]
    assert event.payload["changes"]["lat"] == [52.1, 52.3676]


def test_the_funding_law_can_be_noted_at_the_end_of_the_call(triagist):
    client = builders.a_client(funding_law="unknown")
    answer = triagist.patch(f"/api/v1/clients/{client.id}/funding-law", json={"funding_law": "wlz"})
    assert answer.json["funding_law"] == "wlz"
    assert events("ClientChanged")[0].payload == {"changes": {"funding_law": ["unknown", "wlz"]}}


def test_the_desk_pins_a_door_by_hand_and_it_is_remembered_who_did(triagist):
    client = builders.a_client(precision=Precision.UNKNOWN, lat=None, lon=None)
    answer = triagist.post(f"/api/v1/clients/{client.id}/pin", json={"lat": 52.373, "lon": 4.857})
    assert (answer.json["precision"], answer.json["lat"], answer.json["lon"]) == ("pinned", 52.373, 4.857)
    assert stored(client.id).pinned_by == triagist.actor.staff_id


def test_a_pin_outside_the_country_is_refused(triagist):
    client = builders.a_client()
    answer = triagist.post(f"/api/v1/clients/{client.id}/pin", json={"lat": 4.857, "lon": 52.373})
    assert answer.status_code == 422
    assert stored(client.id).precision is Precision.ADDRESS


# --- provisional clients -----------------------------------------------------------------------


def a_stranger(**given):
    return {"id": str(new_id()), "family_name": "Onbekende vrouw", "sex": "female", "postcode": "1055 dl", **given}


def test_somebody_nobody_knows_is_registered_and_found_again(triagist):
    builders.a_region("1055")
    body = a_stranger(house_number=214, addition="2")
    answer = triagist.post("/api/v1/clients/provisional", json=body)
    assert answer.status_code == 201
    assert answer.json["is_provisional"] is True
    assert answer.json["organisation"] is None
    assert (answer.json["postcode"], answer.json["precision"], answer.json["city"]) == ("1055DL", "pc4", "Amsterdam")
    found = triagist.get("/api/v1/clients", query_string={"q": "onbekende"}).json["clients"]
    assert [client["id"] for client in found] == [body["id"]]


def test_registering_the_same_stranger_twice_gives_one_client(triagist):
    body = a_stranger()
    assert triagist.post("/api/v1/clients/provisional", json=body).status_code == 201
    assert triagist.post("/api/v1/clients/provisional", json=body).status_code == 201
    assert len(events("ClientAdded")) == 1


def test_four_digits_are_enough_of_an_address_at_night(triagist):
    builders.a_region("1055")
    answer = triagist.post("/api/v1/clients/provisional", json=a_stranger(postcode="1055"))
    assert (answer.status_code, answer.json["precision"]) == (201, "pc4")


def test_a_stranger_without_an_address_is_registered_all_the_same(triagist):
    answer = triagist.post("/api/v1/clients/provisional", json={"id": str(new_id()), "family_name": "Onbekend"})
    assert (answer.status_code, answer.json["precision"], answer.json["lat"]) == (201, "unknown", None)


def test_a_stranger_of_an_organisation_that_does_not_exist_is_refused(triagist):
    answer = triagist.post("/api/v1/clients/provisional", json=a_stranger(organisation_id=str(uuid.uuid4())))
    assert (answer.status_code, answer.json["errors"]) == (422, {"organisation_id": ["unknown"]})


# --- merging -----------------------------------------------------------------------------------


def a_provisional(**given):
    return builders.a_client(**{"organisation_id": None, "client_number": None, "is_provisional": True, **given})


def test_a_provisional_client_goes_up_in_the_known_one_and_both_histories_stay(triagist):
    stranger, known = a_provisional(), builders.a_client()
    answer = triagist.post(f"/api/v1/clients/{stranger.id}/merge", json={"into_client_id": str(known.id)})
    assert (answer.status_code, answer.json["id"]) == (200, str(known.id))
    assert (stored(stranger.id).merged_into_id, stored(stranger.id).is_active) == (known.id, False)
    (event,) = events("ClientMerged")
    assert (event.subject_id, event.organisation_id) == (stranger.id, known.organisation_id)
    assert event.payload == {"into_client_id": str(known.id)}


def test_merging_twice_changes_nothing(triagist):
    stranger, known = a_provisional(), builders.a_client()
    for _ in range(2):
        answer = triagist.post(f"/api/v1/clients/{stranger.id}/merge", json={"into_client_id": str(known.id)})
        assert answer.status_code == 200
    assert len(events("ClientMerged")) == 1


def test_a_merged_client_is_no_longer_found(triagist):
    stranger, known = a_provisional(family_name="Onbekend"), builders.a_client()
    triagist.post(f"/api/v1/clients/{stranger.id}/merge", json={"into_client_id": str(known.id)})
    assert triagist.get("/api/v1/clients", query_string={"q": "onbekend"}).json["clients"] == []


@pytest.mark.parametrize("case", ["same_client", "not_provisional", "target_is_merged"])
def test_a_merge_that_would_lose_somebody_is_refused_with_the_reason(triagist, case):
    known = builders.a_client()
    stranger = a_provisional()
    source, target = {
        "same_client": (stranger, stranger),
        "not_provisional": (builders.a_client(), known),
        "target_is_merged": (stranger, a_provisional(merged_into_id=known.id, is_active=False)),
    }[case]
    answer = triagist.post(f"/api/v1/clients/{source.id}/merge", json={"into_client_id": str(target.id)})
    assert (answer.status_code, answer.json["code"]) == (409, "cannot_merge")
    assert answer.json["details"] == {"reason": case}


def test_the_nurse_on_her_way_to_a_stranger_sees_the_known_client_after_the_merge(app, clock):
    nurse, stranger, known = builders.a_nurse(), a_provisional(), builders.a_client()
    until = clock() + timedelta(hours=5)
    with unit_of_work(actor=SYSTEM) as uow:
        service.open_treatment_relation(uow, client_id=stranger.id, staff_id=nurse.id, valid_until=until)
    with unit_of_work(actor=SYSTEM) as uow:
        service.merge(uow, stranger.id, into_client_id=known.id)
    assert visible_clients(builders.actor_of(nurse)) == {known.id}
    clock.advance(hours=5)
    assert visible_clients(builders.actor_of(nurse)) == set()


# --- who may see whom --------------------------------------------------------------------------


def test_a_nurse_sees_a_client_only_while_she_treats_her(app, clock):
    nurse, client = builders.a_nurse(), builders.a_client()
    actor = builders.actor_of(nurse)
    builders.a_client()
    assert visible_clients(actor) == set()
    with unit_of_work(actor=SYSTEM) as uow:
        service.open_treatment_relation(uow, client_id=client.id, staff_id=nurse.id)
    assert visible_clients(actor) == {client.id}
    with unit_of_work(actor=SYSTEM) as uow:
        service.close_treatment_relation(
            uow, client_id=client.id, staff_id=nurse.id, at=clock() + timedelta(minutes=60)
        )
    clock.advance(minutes=59)
    assert visible_clients(actor) == {client.id}
    clock.advance(minutes=1)
    assert visible_clients(actor) == set()


def test_another_nurse_does_not_see_the_clients_of_her_colleague(app):
    nurse, colleague, client = builders.a_nurse(), builders.a_nurse(), builders.a_client()
    with unit_of_work(actor=SYSTEM) as uow:
        service.open_treatment_relation(uow, client_id=client.id, staff_id=nurse.id)
    assert visible_clients(builders.actor_of(colleague)) == set()
    with reading(builders.actor_of(colleague)) as session:
        assert session.scalars(sa.select(TreatmentRelation)).all() == []
        assert session.get(Client, client.id) is None


def test_a_nurse_sees_herself_her_own_organisation_and_those_of_her_clients(app):
    nurse, client = builders.a_nurse(), builders.a_client()
    builders.a_staff_member()
    with unit_of_work(actor=SYSTEM) as uow:
        service.open_treatment_relation(uow, client_id=client.id, staff_id=nurse.id)
    with reading(builders.actor_of(nurse)) as session:
        assert set(session.scalars(sa.select(Organisation.id))) == {nurse.organisation_id, client.organisation_id}
        assert list(session.scalars(sa.select(Staff.id))) == [nurse.id]
        assert session.get(Client, client.id).organisation.id == client.organisation_id


def test_a_team_manager_sees_the_own_clients_and_colleagues_and_no_others(app):
    linde = builders.an_organisation()
    manager = builders.a_staff_member(Role.TEAM_MANAGER, linde)
    own, _other, _stranger = builders.a_client(linde), builders.a_client(), a_provisional()
    colleague = builders.a_nurse(organisation=linde, competences=("insulin",))
    builders.a_nurse(competences=("insulin",))
    actor = builders.actor_of(manager)
    assert visible_clients(actor) == {own.id}
    with reading(actor) as session:
        assert set(session.scalars(sa.select(Staff.id))) == {manager.id, colleague.id}
        assert list(session.scalars(sa.select(Organisation.id))) == [linde.id]
        held = session.scalars(sa.select(Staff).where(Staff.id == colleague.id)).one().competences
        assert len(held) == 1


def test_nobody_in_particular_sees_nobody(app):
    builders.a_client()
    assert visible_clients(NOBODY) == set()
    with reading(NOBODY) as session:
        assert session.scalars(sa.select(Organisation)).all() == []
        assert session.scalars(sa.select(Staff)).all() == []


def test_opening_a_treatment_relation_twice_only_makes_it_last_longer(app, clock):
    nurse, client = builders.a_nurse(), builders.a_client(sex=Sex.MALE)
    soon, later = clock() + timedelta(hours=1), clock() + timedelta(hours=2)
    for until in (soon, later, soon):
        with unit_of_work(actor=SYSTEM) as uow:
            service.open_treatment_relation(uow, client_id=client.id, staff_id=nurse.id, valid_until=until)
    with reading(SYSTEM) as session:
        (relation,) = session.scalars(sa.select(TreatmentRelation))
        assert relation.valid_until == later
    assert [event.payload["valid_until"] is not None for event in events("TreatmentRelationOpened")] == [True, True]


def test_closing_what_was_never_open_is_fine(app):
    nurse, client = builders.a_nurse(), builders.a_client()
    with unit_of_work(actor=SYSTEM) as uow:
        service.close_treatment_relation(uow, client_id=client.id, staff_id=nurse.id)
    assert events("TreatmentRelationClosed") == []
