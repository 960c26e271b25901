"""Breaks: the desk plans them, the routes respect them, and nobody who calls is left alone because of one."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import routing
from backend.dispatch.planning import optimiser as planning
from backend.dispatch.planning import problem, replan
from backend.dispatch.tonight import load
from backend.platform.actor import SYSTEM
from backend.platform.clock import iso
from backend.platform.db import reading
from backend.platform.ids import new_id
from backend.platform.outbox import Job
from backend.platform.uow import unit_of_work
from backend.roster.models import Shift, ShiftBreak
from backend.roster.service import add_shift
from tests import builders, night
from tests.api.dispatching import ANight, a_staffed_night, an_open_visit, events, found, fresh, send

pytestmark = pytest.mark.usefixtures("held_nights_stay_true")


@pytest.fixture
def tonight(app) -> ANight:
    return a_staffed_night()


@pytest.fixture
def quick(monkeypatch) -> None:
    monkeypatch.setattr(
        planning, "_solve", lambda problem, start, *_: routing.solve(problem, incumbent=start, iterations=300, seed=0)
    )


def rest_of(shift: Shift) -> ShiftBreak:
    (row,) = found(sa.select(ShiftBreak).where(ShiftBreak.shift_id == shift.id))
    assert isinstance(row, ShiftBreak)
    return row


def planned(triagist: Any, shift: Shift, earliest_at: datetime, latest_at: datetime, minutes: int = 30) -> Any:
    body = {"id": str(uuid.uuid4()), "earliest_at": iso(earliest_at), "latest_at": iso(latest_at), "minutes": minutes}
    return triagist.post(f"/api/v1/shifts/{shift.id}/breaks", json=body)


def now_resting(triagist: Any, shift: Shift, minutes: int = 30) -> Any:
    body = {"id": str(uuid.uuid4()), "minutes": minutes}
    return triagist.post(f"/api/v1/shifts/{shift.id}/break-now", json=body)


def car_on_board(triagist: Any, shift: Shift) -> Any:
    cars = triagist.get("/api/v1/board").json["cars"]
    return next(car for car in cars if car["shift_id"] == str(shift.id))


def a_late_visit(tonight: ANight, minutes: float, **given: Any) -> Any:
    starts_at = tonight.night.starts_at + timedelta(hours=3.5, minutes=minutes)
    client = builders.a_client(lat=52.37, lon=4.852)
    facts = {"window_start": starts_at, "window_end": starts_at + timedelta(hours=1), **given}
    return night.a_visit(tonight.night, client, urgency="U4", **facts)


# --- planning, changing, cancelling ----------------------------------------------------------------------------------


def test_the_desk_plans_a_break_changes_it_and_lets_it_go(triagist, tonight, clock):
    answer = planned(triagist, tonight.west_shift, clock() + timedelta(hours=1), clock() + timedelta(hours=2))
    assert answer.status_code == 201
    assert answer.json["planned_at"] == iso(clock() + timedelta(hours=1))
    path = f"/api/v1/breaks/{answer.json['id']}"
    later = {"earliest_at": iso(clock() + timedelta(hours=2)), "latest_at": iso(clock() + timedelta(hours=3))}
    changed = triagist.put(path, json={**later, "minutes": 45})
    assert (changed.json["minutes"], changed.json["planned_at"]) == (45, later["earliest_at"])
    assert car_on_board(triagist, tonight.west_shift)["breaks"][0]["minutes"] == 45
    assert triagist.delete(path).status_code == 200
    assert triagist.delete(path).status_code == 200  # a second tap
    assert car_on_board(triagist, tonight.west_shift)["breaks"] == []
    assert [event.payload["what"] for event in events("BreakChanged")] == ["planned", "changed", "cancelled"]


@pytest.mark.parametrize(
    ("begins", "ends", "field"), [(-5, 1, "earliest_at"), (1, 9, "latest_at"), (2, 1, "latest_at")]
)
def test_a_break_lies_within_the_shift(triagist, tonight, clock, begins, ends, field):
    answer = planned(triagist, tonight.west_shift, clock() + timedelta(hours=begins), clock() + timedelta(hours=ends))
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


def test_a_nurse_has_her_break_now_and_is_back_when_she_says_so_or_when_it_is_over(triagist, tonight, clock):
    rest = now_resting(triagist, tonight.west_shift)
    assert rest.status_code == 201
    assert car_on_board(triagist, tonight.west_shift)["state"] == "resting"
    assert now_resting(triagist, tonight.west_shift).json["code"] == "has_a_break"
    clock.advance(minutes=10)
    assert triagist.post(f"/api/v1/breaks/{rest.json['id']}/end").json["ended_at"] == iso(clock())
    assert car_on_board(triagist, tonight.west_shift)["state"] == "free"
    now_resting(triagist, tonight.west_shift)
    clock.advance(minutes=30)
    assert car_on_board(triagist, tonight.west_shift)["state"] == "free"


def test_the_planned_break_begins_when_it_suits_and_only_once(triagist, tonight, clock):
    rest = planned(triagist, tonight.west_shift, clock() + timedelta(hours=1), clock() + timedelta(hours=2)).json
    begins = clock()
    for _ in range(2):
        begun = triagist.post(f"/api/v1/breaks/{rest['id']}/start")
        assert begun.json["started_at"] == iso(begins)
        clock.advance(minutes=1)
    assert len([event for event in events("BreakChanged") if event.payload["what"] == "started"]) == 1
    assert triagist.delete(f"/api/v1/breaks/{rest['id']}").json["code"] == "break_is_over"


def test_who_is_at_the_door_begins_no_break_and_who_drives_is_no_longer_in_one(triagist, tonight, clock):
    visit = an_open_visit()
    send(triagist, visit, tonight.west_shift)
    now_resting(triagist, tonight.west_shift)
    clock.advance(minutes=5)
    for step in ("accepted", "under_way"):
        triagist.post(f"/api/v1/visits/{visit.id}/status", json={"status": step})
    assert rest_of(tonight.west_shift).ended_at == clock()
    assert now_resting(triagist, tonight.west_shift).json["code"] == "nurse_is_busy"


# --- the routes ------------------------------------------------------------------------------------------------------


def test_the_break_stands_in_the_route_and_the_visit_after_it_comes_later(triagist, tonight, clock):
    visits = [a_late_visit(tonight, minutes) for minutes in (0, 40)]
    for visit in visits:
        send(triagist, visit, tonight.west_shift)
    before = fresh(visits[1]).eta_at
    opens = clock() + timedelta(minutes=20)
    answer = planned(triagist, tonight.west_shift, opens, opens + timedelta(minutes=30), minutes=60)
    first, second = fresh(visits[0]), fresh(visits[1])
    assert iso(first.eta_at) < answer.json["planned_at"] < iso(second.eta_at)
    assert second.eta_at > before
    assert [one.topic_id for one in events("RouteChanged")][-1] == second.id


def test_the_board_and_the_optimiser_put_the_break_at_the_same_moment(triagist, tonight, clock):
    for minutes in (0, 45, 130):
        send(triagist, a_late_visit(tonight, minutes), tonight.west_shift)
    opens = clock() + timedelta(minutes=30)
    for earliest, latest, length in ((0, 60, 30), (0, 20, 20), (90, 120, 45)):
        answer = planned(
            triagist, tonight.west_shift, opens + timedelta(minutes=earliest), opens + timedelta(minutes=latest), length
        )
        with reading(SYSTEM) as session:
            seen = load(session, session.get_one(type(tonight.night), tonight.night.id), clock())
        car = seen.car(tonight.west_shift.id)
        assert car is not None
        route = seen.route(car.shift_id)
        asked = problem.problem_of(seen, [car], route)
        timed = routing.schedule(asked, {str(car.shift_id): [str(one.id) for one in route]}).routes[0]
        assert [iso(problem.at(seen, one.start_s)) for one in timed.breaks] == [answer.json["planned_at"]]
        arrivals = [max(one.eta_at, one.window_start) for one in route if one.eta_at]
        assert [problem.at(seen, one.start_s) for one in timed.stops] == arrivals
        triagist.delete(f"/api/v1/breaks/{answer.json['id']}")


def test_the_planner_leaves_room_for_the_break(triagist, tonight, clock, quick):
    opens = clock() + timedelta(hours=1)
    planned(triagist, tonight.west_shift, opens, opens + timedelta(minutes=30), minutes=45)
    planned(triagist, tonight.oost_shift, opens, opens + timedelta(minutes=30), minutes=45)
    visits = [a_late_visit(tonight, minutes) for minutes in (0, 20, 40, 60, 80)]
    replan.plan_night_job(Job(id=new_id(), kind="plan", payload={"night_id": str(tonight.night.id)}, attempt=1))
    assert not events("PlanFailed")
    for shift in (tonight.west_shift, tonight.oost_shift):
        rest = rest_of(shift)
        assert rest.earliest_at <= rest.planned_at <= rest.latest_at
        for visit in (fresh(one) for one in visits):
            if visit.shift_id == shift.id:
                begins = max(visit.eta_at, visit.window_start)
                ends = begins + timedelta(minutes=visit.service_minutes)
                assert ends <= rest.planned_at or visit.leave_at >= rest.planned_at + timedelta(minutes=45)


def test_a_nurse_in_her_break_may_be_called_out_of_it_for_a_reason(triagist, tonight, clock):
    now_resting(triagist, tonight.west_shift)
    visit = an_open_visit()
    option = next(
        one for one in triagist.get(f"/api/v1/visits/{visit.id}/recommendation").json["options"]
        if one["shift_id"] == str(tonight.west_shift.id)
    )  # fmt: skip
    (said,) = [one for one in option["reasons"] if one["code"] == "on_break"]
    assert said["params"]["until_at"] == iso(clock() + timedelta(minutes=30))
    assert send(triagist, visit, tonight.west_shift).status_code == 422
    reason = {"code": "nurse_asked", "text": ""}
    assert send(triagist, visit, tonight.west_shift, override_reason=reason).status_code == 201
    rest = rest_of(tonight.west_shift)
    triagist.post(f"/api/v1/breaks/{rest.id}/end")
    assert fresh(visit).leave_at == clock()


def test_a_planned_break_keeps_no_car_from_somebody_who_calls(triagist, tonight, clock):
    opens = clock()
    planned(triagist, tonight.west_shift, opens, opens + timedelta(minutes=10))
    send(triagist, a_late_visit(tonight, 40), tonight.west_shift)
    visit = an_open_visit(service_minutes=60)
    told = triagist.get(f"/api/v1/visits/{visit.id}/recommendation").json
    assert str(tonight.west_shift.id) in [one["shift_id"] for one in told["options"]]
    assert send(triagist, visit, tonight.west_shift).status_code == 201


def test_a_break_whose_time_went_by_is_shown_as_missed_and_holds_nobody_up(triagist, tonight, clock):
    visit = an_open_visit(service_minutes=90)
    planned(triagist, tonight.west_shift, clock() + timedelta(minutes=10), clock() + timedelta(minutes=20))
    send(triagist, visit, tonight.west_shift)
    for step in ("accepted", "under_way", "on_scene"):
        triagist.post(f"/api/v1/visits/{visit.id}/status", json={"status": step})
    assert car_on_board(triagist, tonight.west_shift)["breaks"][0]["planned_at"] is None


# --- the usual break, and the odd nights -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("evening", "hours"), [(datetime(2026, 10, 24, 21, tzinfo=UTC), 9), (datetime(2026, 3, 28, 22, tzinfo=UTC), 7)]
)
def test_the_usual_break_counts_hours_that_pass_also_when_the_clock_changes(app, clock, monkeypatch, evening, hours):
    knobs = {"break_minutes": 30, "break_after_min": 180, "break_before_min": 120}
    house = app.extensions["nachtronde"]
    monkeypatch.setattr(house, "settings", type(house.settings)(**{**vars(house.settings), **knobs}))
    during = night.a_night(starts_at=evening, ends_at=evening + timedelta(hours=hours))
    car, other, nurse, backup = night.a_car(), night.a_car(), builders.a_nurse(), builders.a_nurse()
    with unit_of_work(actor=SYSTEM) as uow:
        times = {"starts_at": during.starts_at, "ends_at": during.ends_at, "night_id": during.id}
        shift = add_shift(uow, id=new_id(), car_id=car.id, nurse_id=nurse.id, **times)
        add_shift(uow, id=new_id(), car_id=other.id, nurse_id=backup.id, is_backup=True, **times)
    rest = rest_of(shift)
    assert (rest.earliest_at, rest.latest_at) == (
        evening + timedelta(hours=3), evening + timedelta(hours=hours - 2)
    )  # fmt: skip
    assert len(found(sa.select(ShiftBreak))) == 1  # who is asleep needs no break
