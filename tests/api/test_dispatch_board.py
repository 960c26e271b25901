"""The board shows everything that waits, drives and rings; the advice says who can go, why, and who waits longer."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from backend.dispatch.board import queries as boards
from backend.dispatch.models import Visit
from backend.dispatch.planning import advice, warming
from backend.dispatch.planning import optimiser as planning
from backend.dispatch.rules import VisitStatus
from backend.people.rules import Role
from backend.platform.actor import SYSTEM
from backend.platform.clock import iso, now
from backend.platform.db import database, reading
from backend.platform.uow import unit_of_work
from backend.triage.rules import Urgency
from tests import builders, night
from tests.api import contract
from tests.api.dispatching import ANight, a_staffed_night, an_open_visit, decided, send


@pytest.fixture
def tonight(app) -> ANight:
    return a_staffed_night()


def board(browser: Any) -> Any:
    answer = browser.get("/api/v1/board")
    assert answer.status_code == 200
    return answer.json


def advised(browser: Any, visit: Any) -> Any:
    answer = browser.get(f"/api/v1/visits/{visit.id}/recommendation")
    assert answer.status_code == 200, answer.json
    return answer.json


def statements(work: Any) -> int:
    """How many SQL statements this work costs."""
    seen: list[str] = []
    engine = database().engine

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        work()
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
    return len([one for one in seen if one.lstrip().upper().startswith(("SELECT", "UPDATE", "INSERT", "DELETE"))])


# --- the board -------------------------------------------------------------------------------------------------------


def test_a_question_that_waits_for_a_decision_is_on_the_board_with_who_is_busy_with_it(client_as, tonight):
    request = night.a_care_request()
    noor, piet = client_as(Role.TRIAGIST), client_as(Role.TRIAGIST)
    (waiting,) = board(noor)["waiting"]
    assert (waiting["reference"], waiting["client_label"], waiting["age"]) == (request.reference, "Mw. J. de Groot", 84)
    assert waiting["presence"] is None
    claim = noor.post("/api/v1/presence", json={"care_request_id": str(request.id)}).json
    assert claim["is_mine"] is True
    assert board(piet)["waiting"][0]["presence"] == {"name": noor.actor.name}
    other = piet.post("/api/v1/presence", json={"care_request_id": str(request.id)}).json
    assert (other["is_mine"], other["name"]) == (False, noor.actor.name)


def test_a_claim_lasts_a_minute_or_until_it_is_let_go(client_as, tonight, clock):
    request = night.a_care_request()
    body = {"care_request_id": str(request.id)}
    noor, piet = client_as(Role.TRIAGIST), client_as(Role.TRIAGIST)
    noor.post("/api/v1/presence", json=body)
    clock.advance(seconds=61)
    assert board(piet)["waiting"][0]["presence"] is None
    assert piet.post("/api/v1/presence", json=body).json["is_mine"] is True
    assert noor.delete("/api/v1/presence", json=body).status_code == 204
    assert board(noor)["waiting"][0]["presence"] == {"name": piet.actor.name}
    piet.delete("/api/v1/presence", json=body)
    assert board(noor)["waiting"][0]["presence"] is None


def test_a_visit_and_its_car_are_on_the_board_as_they_are_now(triagist, tonight, clock):
    visit = an_open_visit()
    send(triagist, visit, tonight.west_shift)
    seen = board(triagist)
    (shown,) = seen["visits"]
    assert shown["client_label"] == "Mw. J. de Groot"
    assert shown["address_line"] == "Admiraal de Ruijterweg 214-2, Amsterdam"
    assert (shown["status"], shown["shift_id"], shown["sequence"]) == ("assigned", str(tonight.west_shift.id), 1)
    assert shown["assigned_at"] == iso(clock())
    cars = {car["car_name"]: car for car in seen["cars"]}
    assert {name: car["state"] for name, car in cars.items()} == {
        "Auto West": "free",
        "Auto Oost": "free",
        "Achterwacht": "off",
    }
    assert cars["Auto West"]["competences"] == [{"procedure": "bladder_catheter", "valid_until": "2030-12-31"}]
    triagist.post(f"/api/v1/visits/{visit.id}/status", json={"status": "under_way"})
    assert {car["car_name"]: car["state"] for car in board(triagist)["cars"]}["Auto West"] == "driving"


def test_the_last_changes_carry_numbers_and_car_names_and_nothing_about_the_client(triagist, tonight):
    visit = an_open_visit()
    send(triagist, visit, tonight.west_shift)
    seen = board(triagist)
    assigned, opened, triaged = seen["changes"][:3]
    assert (assigned["text_code"], assigned["params"]["car_name"]) == ("visit_assigned", "Auto West")
    assert (opened["text_code"], opened["params"]["reference"]) == ("visit_opened", visit.reference)
    assert (triaged["text_code"], triaged["params"]["outcome"]) == ("triage_decided", "visit")
    assert seen["seq"] >= assigned["seq"]
    assert "Groot" not in json.dumps(seen["changes"])
    assert "Katheter" not in json.dumps(seen["changes"])


def test_what_the_board_sends_is_what_the_document_says(triagist, tonight):
    visit = an_open_visit()
    send(triagist, visit, tonight.west_shift)
    night.a_care_request()
    night.an_alarm(visit, tonight.west_shift)
    seen = board(triagist)
    assert all(seen[part] for part in ("night", "waiting", "visits", "cars", "alarms", "changes"))
    assert contract.faults("GET", "/api/v1/board", 200, seen) == []
    seen["visits"][0].pop("eta_at")
    seen["cars"][0]["state"] = "asleep"
    seen["alarms"][0]["colour"] = "red"
    assert len(contract.faults("GET", "/api/v1/board", 200, seen)) == 3


def test_the_board_costs_the_same_few_statements_however_full_the_night_is(triagist, tonight):
    def look() -> None:
        with reading(SYSTEM) as session:
            boards.board(session, now())

    an_open_visit()
    before = statements(look)
    for _ in range(4):
        night.a_care_request()
        an_open_visit()
    assert statements(look) == before
    assert before <= 12


def test_without_a_night_the_desk_still_sees_who_waits(triagist):
    night.a_care_request()
    seen = board(triagist)
    assert (seen["night"], seen["visits"], len(seen["waiting"])) == (None, [], 1)


def test_the_stream_tells_what_changed_and_resumes_where_it_was(triagist, tonight):
    seen = board(triagist)["seq"]
    visit = an_open_visit()
    answer = triagist.get("/api/v1/stream", headers={"Last-Event-ID": str(seen)}, buffered=False)
    assert answer.mimetype == "text/event-stream"
    told = b"".join(itertools.islice(answer.response, 3)).decode()
    answer.close()
    assert f'"topic_id":"{visit.id}"' in told
    assert "Groot" not in told


# --- who can go ------------------------------------------------------------------------------------------------------


def test_the_advice_names_the_best_car_when_it_is_there_and_why_the_others_cannot_go(triagist, tonight, clock):
    told = advised(triagist, an_open_visit())
    (best,) = told["options"]
    assert (best["rank"], best["car_name"]) == (1, "Auto West")
    assert best["arrive_at"] > iso(clock())
    assert best["reasons"]
    rejected = {one["car_name"]: one["reason"] for one in told["rejected"]}
    assert rejected == {"Auto Oost": "competence_missing", "Achterwacht": "backup_asleep"}


def test_the_advice_says_who_arrives_how_much_later(triagist, tonight, clock):
    mevrouw = builders.a_client(family_name="Vries", prefix="de", initials="A.", lat=52.36, lon=4.83)
    night.a_visit(
        tonight.night,
        mevrouw,
        tonight.west_shift,
        urgency="U4",
        window_end=clock() + timedelta(minutes=20),
        latest_at=clock() + timedelta(hours=3),
    )
    (best,) = advised(triagist, an_open_visit())["options"]
    (delay,) = best["delays"]
    assert delay["label"] == "Mw. A. de Vries"
    assert delay["later_s"] > 0
    assert delay["still_in_window"] is False


def test_a_car_in_another_region_may_be_advised_and_says_so(triagist, tonight):
    told = advised(triagist, an_open_visit(required_competences=()))
    reasons = {one["car_name"]: [reason["code"] for reason in one["reasons"]] for one in told["options"]}
    assert "other_region" in reasons["Auto Oost"]
    assert "other_region" not in reasons["Auto West"]


def test_when_the_optimiser_is_broken_the_rules_and_the_distance_still_say_who_can_go(triagist, tonight, monkeypatch):
    def broken(*_: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr(planning, "insert", broken)
    visit = an_open_visit()
    told = advised(triagist, visit)
    assert told["source"] == "rules_only"
    assert [one["car_name"] for one in told["options"]] == ["Auto West"]
    assert told["options"][0]["reasons"][0]["code"] == "rules_only"
    assert send(triagist, visit, tonight.west_shift).status_code == 201


def test_when_nobody_may_go_there_is_no_option_and_every_car_says_why(triagist, tonight):
    told = advised(triagist, an_open_visit(required_competences=("palliative_pump",)))
    assert told["options"] == []
    assert {one["reason"] for one in told["rejected"]} == {"competence_missing", "backup_asleep"}


def test_a_visit_without_coordinates_still_gets_an_advice(triagist, tonight):
    visit = an_open_visit(builders.a_client(lat=None, lon=None, postcode=None))
    assert [one["car_name"] for one in advised(triagist, visit)["options"]] == ["Auto West"]


def test_a_nurse_at_the_door_is_reckoned_with_from_where_she_is(triagist, tonight, clock):
    busy = an_open_visit()
    send(triagist, busy, tonight.west_shift)
    triagist.post(f"/api/v1/visits/{busy.id}/status", json={"status": "on_scene"})
    (best,) = advised(triagist, an_open_visit())["options"]
    assert best["arrive_at"] >= iso(clock() + timedelta(minutes=30))


def test_a_visit_that_is_over_gets_no_advice(triagist, tonight):
    request = night.a_care_request()
    (visit,) = decided(request)
    triagist.post(f"/api/v1/visits/{visit.id}/cancellations", json={"reason": "niet meer nodig"})
    answer = triagist.get(f"/api/v1/visits/{visit.id}/recommendation")
    assert (answer.status_code, answer.json["code"]) == (409, "visit_is_over")


def test_the_advice_costs_a_handful_of_statements(tonight):
    visit = an_open_visit()

    def ask() -> None:
        with reading(SYSTEM) as session:
            advice.recommendation(session, visit.id, now())

    assert statements(ask) <= 7  # one of them the factors of the driving times


def test_while_the_search_is_still_being_loaded_the_desk_gets_the_rules_at_once(triagist, tonight, monkeypatch):
    monkeypatch.setattr(warming, "is_loading", lambda: True)
    monkeypatch.setattr(planning, "insert", lambda *_: pytest.fail("nobody waits for a machine"))
    told = advised(triagist, an_open_visit())
    assert told["source"] == "rules_only"
    assert [one["car_name"] for one in told["options"]] == ["Auto West"]


def test_nobody_who_called_waits_an_hour_for_the_sake_of_a_border(triagist, tonight, clock):
    busy = night.a_visit(tonight.night, builders.a_client(lat=52.37, lon=4.85), tonight.west_shift, service_minutes=90)
    with unit_of_work(actor=SYSTEM) as uow:
        row = uow.session.get_one(Visit, busy.id)
        row.status, row.arrived_at = VisitStatus.ON_SCENE, clock()
    told = advised(triagist, an_open_visit(urgency=Urgency.U3, required_competences=()))
    assert [one["car_name"] for one in told["options"]] == ["Auto Oost", "Auto West"]
    first, second = told["options"]
    assert first["arrive_at"] < second["arrive_at"]
    assert first["terms"]["waiting"] < second["terms"]["waiting"]
    assert first["terms"]["spill_over"] > 0, "the border was counted all the same"
