"""The desk asks for better routes, sees before and after, and says yes or no; nobody waits for the search."""

from __future__ import annotations

import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from backend.dispatch import assign, writing
from backend.dispatch.planning import optimiser as planning
from backend.dispatch.planning import replan
from backend.dispatch.planning.optimiser import PlanningFailed
from backend.dispatch.proposals import deciding
from backend.dispatch.proposals import search as proposing
from backend.dispatch.rules import VisitStatus
from backend.platform.actor import SYSTEM
from backend.platform.errors import DomainError
from backend.platform.ids import new_id
from backend.platform.outbox import Job
from backend.platform.uow import unit_of_work
from tests import builders
from tests.api.dispatching import ANight, a_staffed_night, an_open_visit, assignment_of, events, fresh, jobs, send
from tests.api.proposing import (
    NORTH,
    SOUTH,
    a_zigzag,
    answered,
    ask,
    decide,
    on_route,
    propose,
    search_by_rounds,
    seen,
    where_all,
)

pytestmark = pytest.mark.usefixtures("held_nights_stay_true")


@pytest.fixture
def tonight(app, monkeypatch) -> ANight:
    search_by_rounds(monkeypatch)
    return a_staffed_night()


# --- asking ----------------------------------------------------------------------------------------------------------


def test_the_desk_asks_and_gets_its_answer_from_the_worker_while_the_routes_stay_as_they_are(triagist, tonight):
    visits = a_zigzag(tonight)
    before = where_all(visits)
    asked = ask(triagist, tonight)
    assert (asked.status_code, asked.json["state"], asked.json["comparison"]) == (202, "running", None)
    assert asked.json["limit_s"] == 5
    assert len(jobs("propose")) == 1
    board = triagist.get("/api/v1/board").json
    assert (board["night"]["proposal"]["state"], board["night"]["proposal"]["asked_by"]) == (
        "running",
        triagist.actor.name,
    )
    ready = answered(triagist, asked.json)
    assert ready["state"] == "ready"
    assert where_all(visits) == before
    assert triagist.get("/api/v1/board").json["night"]["proposal"]["state"] == "ready"
    assert [change["text_code"] for change in triagist.get("/api/v1/board").json["changes"][:2]] == [
        "proposal_answered",
        "proposal_asked",
    ]


def test_asking_again_while_a_search_runs_joins_it(client_as, tonight):
    a_zigzag(tonight)
    noor, sam = client_as("triagist"), client_as("triagist")
    first, second = ask(noor, tonight).json, ask(sam, tonight).json
    assert first["id"] == second["id"]
    assert len(jobs("propose")) == 1
    assert len(events("ProposalAsked")) == 1


def test_a_search_that_never_answers_does_not_stand_in_the_way_for_ever(triagist, tonight, clock):
    first = ask(triagist, tonight).json
    clock.advance(seconds=60)
    assert ask(triagist, tonight).json["id"] == first["id"]
    clock.advance(minutes=4)
    second = ask(triagist, tonight).json
    assert second["id"] != first["id"]
    assert (seen(triagist, first)["state"], seen(triagist, first)["note"]) == ("failed", "no_answer")


def test_a_search_that_the_desk_stopped_changes_nothing_when_it_comes_back(triagist, tonight):
    a_zigzag(tonight)
    asked = ask(triagist, tonight).json
    assert decide(triagist, asked, "cancellations").json["state"] == "cancelled"
    assert answered(triagist, asked)["state"] == "cancelled"
    assert ask(triagist, tonight).json["id"] != asked["id"]


def test_no_better_plan_is_an_ordinary_answer(triagist, tonight):
    on_route(tonight, tonight.west_shift, NORTH, 1)
    answer = answered(triagist, ask(triagist, tonight).json)
    assert answer["state"] == "nothing_better"
    assert answer["comparison"]["visits"] == []
    assert decide(triagist, answer, "acceptances").json["code"] == "proposal_not_ready"


def test_a_night_without_anything_to_plan_has_no_better_plan(triagist, tonight):
    assert answered(triagist, ask(triagist, tonight).json)["state"] == "nothing_better"


def test_a_search_that_fails_says_so_and_the_routes_stay(triagist, tonight, monkeypatch):
    visits = a_zigzag(tonight)
    before = where_all(visits)
    monkeypatch.setattr(proposing, "propose", lambda *_, **__: (_ for _ in ()).throw(PlanningFailed("solver_silent")))
    answer = answered(triagist, ask(triagist, tonight).json)
    assert (answer["state"], answer["note"]) == ("failed", "solver_silent")
    assert where_all(visits) == before
    assert triagist.get("/api/v1/board").json["night"]["plan_state"] == "idle"


def test_a_closed_night_gets_no_proposal(triagist, tonight):
    asked = ask(triagist, tonight).json
    with unit_of_work(actor=SYSTEM) as uow:
        writing.lock_night(uow, tonight.night.id).closed_at = uow.now
    assert ask(triagist, tonight).json["code"] == "night_is_closed"
    assert decide(triagist, asked, "acceptances").json["code"] == "night_is_closed"


# --- before and after ------------------------------------------------------------------------------------------------


def test_the_desk_sees_minutes_kilometres_and_who_arrives_when(triagist, tonight):
    visits = a_zigzag(tonight)
    answer = answered(triagist, ask(triagist, tonight).json)["comparison"]
    before, after = answer["before"], answer["after"]
    assert after["travel_s"] < before["travel_s"]
    assert after["distance_m"] < before["distance_m"]
    by_car = {car["car_name"]: car for car in answer["cars"]}
    assert set(by_car) == {"Auto West", "Auto Oost"}  # who sleeps is not in it
    west = by_car["Auto West"]
    assert [stop["visit_id"] for stop in west["before"]["stops"]] == [str(visit.id) for visit in visits]
    assert sum(car["before"]["travel_s"] for car in answer["cars"]) == before["travel_s"]
    assert sum(car["after"]["travel_s"] for car in answer["cars"]) == after["travel_s"]
    for change in answer["visits"]:
        assert (
            change["old"]["begins_at"] != change["new"]["begins_at"]
            or change["old"]["shift_id"] != change["new"]["shift_id"]
        )
    moved = [change for change in answer["visits"] if change["old"]["shift_id"] != change["new"]["shift_id"]]
    assert moved
    assert all(change["why"] for change in moved)
    extras = [why["params"]["extra"] for change in moved for why in change["why"] if why["code"] == "dearer"]
    assert all(extra >= 60 for extra in extras)


def test_a_proposal_holds_nothing_about_a_client(triagist, tonight):
    a_zigzag(tonight)
    text = json.dumps(answered(triagist, ask(triagist, tonight).json))
    assert "Groot" not in text
    assert "Ruijter" not in text


def test_what_waits_for_a_car_and_fits_is_in_the_proposal_and_what_does_not_is_told_why(triagist, tonight):
    fits = on_route(tonight, tonight.west_shift, NORTH, 1)
    impossible = on_route(tonight, tonight.west_shift, NORTH, 2, required_competences=["palliative_pump"])
    for visit in (fits, impossible):
        with unit_of_work(actor=SYSTEM) as uow:
            assign.withdraw(uow, visit.id, reason="opnieuw")
    answer = answered(triagist, ask(triagist, tonight).json)["comparison"]
    assert (answer["before"]["without_car"], answer["after"]["without_car"]) == (2, 1)
    (left,) = answer["without_car"]
    assert left["visit_id"] == str(impossible.id)
    assert left["reasons"][0]["code"] == "no_skill"
    (new,) = [change for change in answer["visits"] if change["visit_id"] == str(fits.id)]
    assert new["old"] is None
    assert new["new"]["car_name"] in ("Auto West", "Auto Oost")


def test_an_urgent_call_that_would_wait_longer_stands_first(triagist, tonight, monkeypatch):
    urgent = an_open_visit(client=builders.a_client(lat=NORTH[0], lon=NORTH[1]))
    send(triagist, urgent, tonight.west_shift)
    last = on_route(tonight, tonight.west_shift, SOUTH, 2)

    def last_first(problem: Any, start: Any, *_: Any) -> Any:
        import routing

        orders = {car: list(reversed(order)) for car, order in start.sequences.items()}
        return routing.schedule(problem, orders)

    monkeypatch.setattr(planning, "_solve", last_first)
    answer = answered(triagist, ask(triagist, tonight).json)["comparison"]
    first = answer["visits"][0]
    assert (first["visit_id"], first["is_urgent_later"]) == (str(urgent.id), True)
    assert first["later_s"] > 60
    (west,) = [car for car in answer["cars"] if car["car_name"] == "Auto West"]
    assert (west["is_changed"], west["is_next_changed"]) == (True, True)
    assert {change["visit_id"]: change["is_next"] for change in answer["visits"]} == {
        str(urgent.id): True,
        str(last.id): True,
    }


def test_what_nobody_may_move_is_counted_and_does_not_move(triagist, tonight):
    pinned = on_route(tonight, tonight.west_shift, SOUTH, 1, is_locked=True)
    by_desk = on_route(tonight, tonight.west_shift, NORTH, 2, is_by_plan=False)
    accepted = on_route(tonight, tonight.oost_shift, SOUTH, 1)
    busy = on_route(tonight, tonight.oost_shift, NORTH, 2)
    a_zigzag(tonight)
    triagist.post(f"/api/v1/visits/{busy.id}/status", json={"status": "under_way"})
    triagist.post(f"/api/v1/visits/{accepted.id}/status", json={"status": "accepted"})
    answer = answered(triagist, ask(triagist, tonight).json)
    assert answer["comparison"]["fixed"] == {"under_way": 1, "accepted": 1, "locked": 1, "by_desk": 1}
    assert decide(triagist, answer, "acceptances").status_code == 200
    assert fresh(pinned).shift_id == fresh(by_desk).shift_id == tonight.west_shift.id
    assert fresh(accepted).shift_id == fresh(busy).shift_id == tonight.oost_shift.id
    assert fresh(accepted).sequence == 1


@pytest.mark.parametrize("may", [False, True], ids=["not_asked", "asked"])
def test_what_the_desk_assigned_moves_only_when_the_desk_asks_for_it(triagist, tonight, may):
    visits = a_zigzag(tonight, is_by_plan=False)
    answer = answered(triagist, ask(triagist, tonight, includes_assigned=may).json)
    moved = [
        change for change in answer["comparison"]["visits"] if change["old"]["shift_id"] != change["new"]["shift_id"]
    ]
    assert bool(moved) is may
    assert answer["comparison"]["fixed"]["by_desk"] == (0 if may else 4)
    decide(triagist, answer, "acceptances")
    assert ({fresh(visit).shift_id for visit in visits} != {tonight.west_shift.id}) is may
    assert not any(assignment_of(visit).is_by_plan for visit in visits)  # the desk's word it stays


def test_what_the_desk_sent_for_a_reason_of_its_own_stays_even_then(triagist, tonight):
    a_zigzag(tonight)
    chosen = an_open_visit(client=builders.a_client(lat=SOUTH[0], lon=SOUTH[1]), required_competences=())
    send(triagist, chosen, tonight.oost_shift, override_reason={"code": "knows_client", "text": ""})
    answer = answered(triagist, ask(triagist, tonight, includes_assigned=True).json)
    assert answer["comparison"]["fixed"]["by_desk"] == 1
    decide(triagist, answer, "acceptances")
    assert fresh(chosen).shift_id == tonight.oost_shift.id


# --- yes -------------------------------------------------------------------------------------------------------------


def test_accepting_puts_exactly_that_plan_in_force_and_tells_only_the_phones_that_it_concerns(triagist, tonight):
    visits = a_zigzag(tonight)
    answer = answered(triagist, ask(triagist, tonight).json)
    accepted = decide(triagist, answer, "acceptances")
    assert (accepted.status_code, accepted.json["state"], accepted.json["decided_by"]) == (
        200,
        "accepted",
        triagist.actor.name,
    )
    wanted = {
        stop["visit_id"]: (car["shift_id"], place)
        for car in answer["comparison"]["cars"]
        for place, stop in enumerate(car["after"]["stops"], start=1)
    }
    assert {
        str(visit.id): (str(shift), place) for visit, (shift, place) in zip(visits, where_all(visits), strict=True)
    } == (wanted)
    rung = {job.payload["shift_id"] for job in jobs("ring_route")}
    assert rung == {car["shift_id"] for car in answer["comparison"]["cars"] if car["is_changed"]}
    assert not jobs("ring_phone")
    assert {event.payload["state"] for event in events("ProposalDecided")} == {"accepted"}
    (moved, *_) = [visit for visit in visits if fresh(visit).shift_id == tonight.oost_shift.id]
    assert assignment_of(moved).acknowledged_at  # a planned route asks for no answer
    assert assignment_of(moved).assigned_by == triagist.actor.name


def test_a_phone_whose_route_stays_the_same_is_not_rung(triagist, tonight):
    a_zigzag(tonight)
    for place in (1, 2, 3, 4):
        on_route(tonight, tonight.oost_shift, (52.371, 4.99), place, is_locked=True)
    answer = answered(triagist, ask(triagist, tonight).json)
    unchanged = {car["shift_id"] for car in answer["comparison"]["cars"] if not car["is_changed"]}
    assert decide(triagist, answer, "acceptances").status_code == 200
    assert not unchanged & {job.payload["shift_id"] for job in jobs("ring_route")}


def test_a_nurse_who_gets_somebody_who_called_is_rung_like_for_any_urgent_visit(triagist, tonight):
    a_zigzag(tonight, is_locked=True)
    beside_the_base = builders.a_client(lat=52.371, lon=4.851)
    urgent = an_open_visit(client=beside_the_base, required_competences=(), service_minutes=120)
    send(triagist, urgent, tonight.west_shift, recommended_shift_id=None)
    already = len(jobs("ring_phone"))
    answer = answered(triagist, ask(triagist, tonight, includes_assigned=True).json)
    assert decide(triagist, answer, "acceptances").status_code == 200
    assert fresh(urgent).shift_id == tonight.oost_shift.id
    assert assignment_of(urgent).acknowledged_at is None
    rings = [job for job in jobs("ring_phone") if job.payload["assignment_id"] == str(fresh(urgent).assignment_id)]
    assert len(rings) == 2
    assert len(jobs("ring_phone")) == already  # the first nurse's ringing has stopped


def test_accepting_twice_changes_nothing_more(triagist, tonight):
    a_zigzag(tonight)
    answer = answered(triagist, ask(triagist, tonight).json)
    decide(triagist, answer, "acceptances")
    told = len(events("ProposalDecided")), len(jobs("ring_route"))
    assert decide(triagist, answer, "acceptances").status_code == 200
    assert (len(events("ProposalDecided")), len(jobs("ring_route"))) == told


def test_a_proposal_for_a_night_that_moved_on_is_refused_and_can_be_asked_again(triagist, tonight):
    visits = a_zigzag(tonight)
    answer = answered(triagist, ask(triagist, tonight).json)
    send(triagist, an_open_visit(), tonight.west_shift)
    before = where_all(visits)
    assert seen(triagist, answer)["state"] == "overtaken"
    assert triagist.get("/api/v1/board").json["night"]["proposal"]["state"] == "overtaken"
    refused = decide(triagist, answer, "acceptances")
    assert (refused.status_code, refused.json["code"]) == (409, "proposal_overtaken")
    assert where_all(visits) == before
    again = answered(triagist, ask(triagist, tonight).json)
    assert again["state"] == "ready"
    assert seen(triagist, answer)["note"] == "asked_again"
    assert decide(triagist, again, "acceptances").status_code == 200


def test_a_night_that_moves_on_during_the_search_overtakes_it(triagist, tonight, monkeypatch):
    a_zigzag(tonight)
    visit = an_open_visit()
    honest = proposing.propose

    def interrupted(*given: Any, **options: Any) -> Any:
        found = honest(*given, **options)
        assert send(triagist, visit, tonight.west_shift).status_code == 201  # the desk does not wait
        return found

    monkeypatch.setattr(proposing, "propose", interrupted)
    answer = answered(triagist, ask(triagist, tonight).json)
    assert (answer["state"], answer["note"]) == ("overtaken", "changed")


def test_an_old_proposal_is_worked_out_again_before_anybody_says_yes(triagist, tonight, clock):
    a_zigzag(tonight)
    answer = answered(triagist, ask(triagist, tonight).json)
    clock.advance(minutes=11)
    assert seen(triagist, answer)["state"] == "overtaken"
    assert decide(triagist, answer, "acceptances").json["code"] == "proposal_overtaken"


def test_a_visit_that_changed_without_touching_the_plan_overtakes_it_too(triagist, tonight):
    visits = a_zigzag(tonight)
    answer = answered(triagist, ask(triagist, tonight).json)
    with unit_of_work(actor=SYSTEM) as uow:  # its address was corrected, say
        uow.session.get_one(type(visits[0]), visits[0].id).version += 1
    assert decide(triagist, answer, "acceptances").json["code"] == "proposal_overtaken"


def test_of_two_desks_that_accept_at_once_exactly_one_wins(app, triagist, tonight, clock):
    for _ in range(4):
        visits = a_zigzag(tonight)
        answer = answered(triagist, ask(triagist, tonight).json)
        desks = [builders.actor_of(builders.a_staff_member()) for _ in range(6)]
        start = threading.Barrier(len(desks))

        def accept(desk: Any, wanted: Any = answer["id"], start: Any = start) -> Any:
            with app.app_context():
                start.wait()
                try:
                    with unit_of_work(actor=desk) as uow:
                        return deciding.accept(uow, uuid.UUID(wanted)).decided_by
                except DomainError as refused:
                    return refused

        with ThreadPoolExecutor(len(desks)) as pool:
            outcomes = list(pool.map(accept, desks))
        winners = [one for one in outcomes if isinstance(one, str)]
        losers = [one for one in outcomes if not isinstance(one, str)]
        assert len(winners) == 1
        assert {(one.code, one.details["by"], one.details["state"]) for one in losers} == {
            ("proposal_decided", winners[0], "accepted")
        }
        for visit in visits:
            triagist.post(f"/api/v1/visits/{visit.id}/cancellations", json={"reason": "klaar"})


# --- no, and back ----------------------------------------------------------------------------------------------------


def test_declining_leaves_the_routes_and_keeps_the_reason(triagist, tonight):
    visits = a_zigzag(tonight)
    before = where_all(visits)
    answer = answered(triagist, ask(triagist, tonight).json)
    declined = decide(triagist, answer, "refusals", reason="Fatma kent deze straat")
    assert (declined.json["state"], declined.json["reason"]) == ("declined", "Fatma kent deze straat")
    assert where_all(visits) == before
    assert not jobs("ring_route")
    assert "Fatma" not in json.dumps(triagist.get("/api/v1/board").json["changes"])
    assert decide(triagist, answer, "acceptances").json["code"] == "proposal_decided"


@pytest.mark.parametrize("no", ["refusals", "reversals"])
def test_what_the_desk_refused_or_took_back_is_not_done_all_the_same_a_moment_later(triagist, tonight, no):
    visits = a_zigzag(tonight)
    answer = answered(triagist, ask(triagist, tonight).json)
    moves = [one for one in answer["comparison"]["visits"] if one["old"]["shift_id"] != one["new"]["shift_id"]]
    refused = [visit for visit in visits if str(visit.id) in {one["visit_id"] for one in moves}]
    if no == "reversals":
        decide(triagist, answer, "acceptances")
    assert decide(triagist, answer, no).status_code == 200
    replan.replan_job(Job(new_id(), "replan", {"night_id": str(tonight.night.id)}, 1))
    assert refused
    assert {fresh(visit).shift_id for visit in refused} == {tonight.west_shift.id}
    again = answered(triagist, ask(triagist, tonight, includes_assigned=True).json)
    assert again["comparison"]["fixed"]["by_desk"] == 0  # the desk itself may ask for it again


def test_undo_puts_everything_back_where_it_was(triagist, tonight):
    visits = a_zigzag(tonight)
    extra = on_route(tonight, tonight.oost_shift, NORTH, 1)
    with unit_of_work(actor=SYSTEM) as uow:
        assign.withdraw(uow, extra.id, reason="opnieuw")
    before = where_all([*visits, extra])
    answer = answered(triagist, ask(triagist, tonight).json)
    accepted = decide(triagist, answer, "acceptances").json
    assert where_all([*visits, extra]) != before
    assert accepted["undo_until"]
    undone = decide(triagist, answer, "reversals").json
    assert (undone["state"], undone["kept"], undone["undo_until"]) == ("undone", [], None)
    assert where_all([*visits, extra]) == before
    assert fresh(extra).status is VisitStatus.OPEN
    assert decide(triagist, answer, "reversals").json["state"] == "undone"


def test_undo_leaves_what_somebody_touched_since_and_says_which(triagist, tonight):
    visits = a_zigzag(tonight)
    answer = answered(triagist, ask(triagist, tonight).json)
    decide(triagist, answer, "acceptances")
    moved = [visit for visit in visits if fresh(visit).shift_id == tonight.oost_shift.id]
    assert len(moved) == 2
    hers = min(moved, key=lambda visit: fresh(visit).sequence or 0)
    triagist.post(f"/api/v1/visits/{hers.id}/status", json={"status": "accepted"})
    undone = decide(triagist, answer, "reversals").json
    assert undone["kept"] == [{"visit_id": str(hers.id), "code": "changed"}]
    assert fresh(hers).shift_id == tonight.oost_shift.id
    assert {fresh(visit).shift_id for visit in visits if visit is not hers} == {tonight.west_shift.id}
    places = sorted(fresh(visit).sequence or 0 for visit in visits if visit is not hers)
    assert places == [1, 2, 3]


def test_undo_says_honestly_when_nothing_can_go_back_any_more(triagist, tonight, clock):
    visits = a_zigzag(tonight)
    answer = answered(triagist, ask(triagist, tonight).json)
    decide(triagist, answer, "acceptances")
    for visit in visits:
        triagist.post(f"/api/v1/visits/{visit.id}/status", json={"status": "under_way"})
    refused = decide(triagist, answer, "reversals")
    assert (refused.status_code, refused.json["code"]) == (409, "cannot_undo")
    assert refused.json["details"]["reason"] == "all_changed"
    clock.advance(minutes=11)
    assert decide(triagist, answer, "reversals").json["details"]["reason"] == "too_late"


def test_a_proposal_is_for_the_desk_only(client_as, triagist, tonight):
    asked = ask(triagist, tonight).json
    for role in ("nurse", "team_manager"):
        assert client_as(role).get(f"/api/v1/proposals/{asked['id']}").status_code == 403
    assert triagist.get(f"/api/v1/proposals/{new_id()}").status_code == 404


def test_a_job_for_a_proposal_that_is_gone_does_nothing(tonight):
    propose(str(new_id()))
