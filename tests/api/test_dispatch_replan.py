"""Routes are planned in the background: never under a nurse's wheels, never over a decision, never in the way."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

import routing
from backend.dispatch import writing
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.planning import optimiser as planning
from backend.dispatch.planning import replan
from backend.dispatch.planning.optimiser import PlanningFailed, RoutePlan
from backend.dispatch.rules import VisitStatus
from backend.platform import push
from backend.platform.actor import SYSTEM
from backend.platform.config import settings
from backend.platform.ids import new_id
from backend.platform.outbox import Job, OutboxJob
from backend.platform.uow import unit_of_work
from backend.roster import service as roster
from backend.roster.models import Night
from backend.roster.rules import PlanState
from backend.triage.rules import Urgency
from routing import solve_in_processes
from tests import builders, night
from tests.api.dispatching import ANight, a_staffed_night, an_open_visit, decided, events, found, fresh, jobs, send

pytestmark = pytest.mark.usefixtures("held_nights_stay_true")


@pytest.fixture
def tonight(app) -> ANight:
    return a_staffed_night()


@pytest.fixture
def quick(monkeypatch) -> None:
    """Search in this process and by rounds, so that a test takes no longer than it must."""

    def solve(problem: Any, *, incumbent: Any, limit_s: float, seed: int) -> Any:
        return routing.solve(problem, incumbent=incumbent, iterations=400, seed=seed)

    monkeypatch.setattr(planning, "_solve", lambda problem, start, _incumbent, limit_s, seed: solve(
        problem, incumbent=start, limit_s=limit_s, seed=seed
    ))  # fmt: skip


def a_planned_visit(tonight: ANight, *, lat: float = 52.37, lon: float = 4.85, hours: float = 1, **given: Any) -> Visit:
    """A visit that was known before the night began."""
    client = builders.a_client(lat=lat, lon=lon)
    starts_at = tonight.night.starts_at + timedelta(hours=3 + hours)
    facts = {
        "urgency": "U4",
        "window_start": starts_at,
        "window_end": starts_at + timedelta(hours=1),
        "latest_at": starts_at + timedelta(hours=3),
        **given,
    }
    return night.a_visit(tonight.night, client, **facts)


def job(kind: str, tonight: ANight) -> Job:
    return Job(id=new_id(), kind=kind, payload={"night_id": str(tonight.night.id)}, attempt=1)


def plan(tonight: ANight) -> Night:
    replan.plan_night_job(job("plan_night", tonight))
    return the_night(tonight)


def the_night(tonight: ANight) -> Night:
    (row,) = found(sa.select(Night).where(Night.id == tonight.night.id))
    assert isinstance(row, Night)
    return row


def routes(tonight: ANight) -> dict[Any, list[Any]]:
    """Per shift the visits in their order."""
    rows = found(sa.select(Visit).where(Visit.shift_id.is_not(None)).order_by(Visit.shift_id, Visit.sequence))
    return {
        shift.id: [visit.id for visit in rows if visit.shift_id == shift.id]
        for shift in (tonight.west_shift, tonight.oost_shift)
    }


# --- the night is planned --------------------------------------------------------------------------------------------


def test_planned_visits_are_put_into_routes_at_the_start_of_the_night(triagist, tonight, quick):
    visits = [a_planned_visit(tonight, lat=52.36 + number / 200, hours=number / 2) for number in range(6)]
    answer = triagist.post(f"/api/v1/nights/{tonight.night.id}/plan")
    assert (answer.status_code, answer.json["plan_state"]) == (202, "running")
    assert len(jobs("plan_night")) == 1
    planned = plan(tonight)
    assert (planned.plan_state, planned.plan_note) == (PlanState.IDLE, None)
    after = [fresh(visit) for visit in visits]
    assert {visit.status for visit in after} == {VisitStatus.ASSIGNED}
    assert all(visit.eta_at and visit.window_start <= visit.eta_at + timedelta(seconds=1) for visit in after)
    assert all(visit.eta_at <= visit.window_end for visit in after)
    assert len(events("VisitAssigned")) == 6
    assert not jobs("ring_phone")  # a planned route rings nobody out of the car


def test_a_visit_goes_to_a_nurse_who_may_do_it(tonight, quick):
    visit = a_planned_visit(tonight, lat=52.36, lon=4.92, required_competences=["bladder_catheter"])
    plan(tonight)
    assert fresh(visit).shift_id == tonight.west_shift.id


def test_a_visit_that_nobody_can_do_stays_open_and_the_board_counts_it(tonight, quick):
    a_planned_visit(tonight)
    impossible = a_planned_visit(tonight, required_competences=["palliative_pump"])
    assert plan(tonight).plan_note == "unplanned:1"
    assert fresh(impossible).status is VisitStatus.OPEN


def test_the_planner_never_wakes_the_backup(tonight, quick):
    for number in range(5):
        a_planned_visit(tonight, hours=number / 4)
    plan(tonight)
    assert not found(sa.select(Visit).where(Visit.shift_id == tonight.backup_shift.id))


def test_planning_twice_moves_nothing_and_rings_nobody(tonight, quick):
    for number in range(5):
        a_planned_visit(tonight, lat=52.36 + number / 300, hours=number / 2)
    first = plan(tonight)
    before, told = routes(tonight), len(events("RouteChanged"))
    second = plan(tonight)
    assert routes(tonight) == before
    assert (second.plan_version, len(events("RouteChanged"))) == (first.plan_version, told)


def test_a_night_that_is_opened_plans_itself_when_it_begins_and_again_for_a_car_that_begins_later(app, clock):
    region = builders.a_region("1055")
    begins = clock() + timedelta(hours=20)
    with unit_of_work(actor=SYSTEM) as uow:
        opened = roster.open_night(uow, starts_at=begins, ends_at=begins + timedelta(hours=8))
    at_the_start = [night.a_car(region), night.a_car(region)]
    for car, later in zip([*at_the_start, night.a_car(region)], (0, 0, 2), strict=True):
        nurse = builders.a_nurse()
        with unit_of_work(actor=SYSTEM) as uow:
            roster.add_shift(
                uow, id=new_id(), car_id=car.id, nurse_id=nurse.id, night_id=opened.id,
                starts_at=begins + timedelta(hours=later), ends_at=begins + timedelta(hours=8),
            )  # fmt: skip
    assert [one.run_at for one in jobs("plan_night")] == [begins, begins + timedelta(hours=2)]


# --- after an urgent call --------------------------------------------------------------------------------------------


def test_an_urgent_call_is_answered_at_once_and_the_routes_behind_it_are_tidied_up_by_the_worker(
    triagist, tonight, quick
):
    planned = [a_planned_visit(tonight, lat=52.36 + number / 300, hours=number / 3) for number in range(4)]
    plan(tonight)
    before = routes(tonight)
    urgent = an_open_visit()
    told = triagist.get(f"/api/v1/visits/{urgent.id}/recommendation").json  # the exact insertion, in the request
    assert (told["source"], told["options"][0]["car_name"]) == ("crow", "Auto West")
    assert send(triagist, urgent, tonight.west_shift).status_code == 201
    assert {visit.id for visit in planned} == {one for route in before.values() for one in route}
    assert urgent.id in routes(tonight)[tonight.west_shift.id]  # a safe plan, before anybody searched
    (behind,) = jobs("replan")
    replan.replan_job(Job(behind.id, behind.kind, behind.payload, 1))
    assert (the_night(tonight).plan_state, fresh(urgent).shift_id) == (PlanState.IDLE, tonight.west_shift.id)
    assert {fresh(visit).status for visit in planned} == {VisitStatus.ASSIGNED}


def test_a_visit_on_its_way_that_becomes_more_urgent_asks_for_a_new_plan_too(triagist, tonight):
    request = night.a_care_request()
    (visit,) = decided(request, urgency=Urgency.U3)
    send(triagist, visit, tonight.west_shift)
    with unit_of_work(actor=SYSTEM) as uow:
        for one in uow.session.scalars(sa.select(OutboxJob).where(OutboxJob.kind == "replan")):
            one.done_at = uow.now
            one.key = None
    decided(request, urgency=Urgency.U2)
    assert len(jobs("replan")) == 1


def test_sending_a_car_asks_for_a_new_plan_in_the_background(triagist, tonight):
    visit = an_open_visit()
    send(triagist, visit, tonight.west_shift)
    assert jobs("replan")


def test_a_new_plan_never_moves_a_visit_under_way_at_the_door_or_accepted_next(triagist, tonight, quick):
    for number in range(4):
        a_planned_visit(tonight, lat=52.36 + number / 300, hours=number / 2)
    plan(tonight)
    busy = an_open_visit()
    send(triagist, busy, tonight.west_shift)
    for status in ("accepted", "under_way"):
        triagist.post(f"/api/v1/visits/{busy.id}/status", json={"status": status})
        before = fresh(busy)
        for _ in range(2):  # far away, so that any plan would like to change something
            a_planned_visit(tonight, lat=52.30, lon=4.99, hours=0.2)
        plan(tonight)
        after = fresh(busy)
        assert (after.shift_id, after.assignment_id, after.status) == (
            before.shift_id,
            before.assignment_id,
            before.status,
        )
        if status == "accepted":
            assert after.sequence == 1
    triagist.post(f"/api/v1/visits/{busy.id}/status", json={"status": "on_scene"})
    plan(tonight)
    assert fresh(busy).assignment_id == before.assignment_id


def test_only_the_desk_moves_what_the_desk_assigned_or_pinned(triagist, tonight, quick):
    by_hand = a_planned_visit(tonight, lat=52.361, lon=4.921)
    reason = {"code": "knows_client", "text": ""}
    assert send(triagist, by_hand, tonight.west_shift, override_reason=reason).status_code == 201
    pinned = a_planned_visit(tonight, lat=52.36, lon=4.92)
    plan(tonight)
    where = fresh(pinned).shift_id
    triagist.post(f"/api/v1/visits/{pinned.id}/lock", json={"is_locked": True})
    for number in range(4):
        a_planned_visit(tonight, lat=52.40, lon=4.80, hours=number / 3)
    plan(tonight)
    assert fresh(by_hand).shift_id == tonight.west_shift.id
    assert fresh(pinned).shift_id == where


def test_only_phones_whose_next_stops_changed_are_told(triagist, tonight, quick):
    west = [a_planned_visit(tonight, lat=52.373, lon=4.857, hours=number) for number in (0.5, 2)]
    for visit in west:
        send(triagist, visit, tonight.west_shift)
    oost = a_planned_visit(tonight, lat=52.361, lon=4.921, hours=1)
    send(triagist, oost, tonight.oost_shift, override_reason={"code": "spread_work", "text": ""})
    already = len(events("RouteChanged"))
    only_west = ["bladder_catheter"]
    west_again = a_planned_visit(tonight, lat=52.3735, lon=4.8575, hours=1.2, required_competences=only_west)
    plan(tonight)
    assert fresh(west_again).shift_id == tonight.west_shift.id
    told = {event.feed_id for event in events("RouteChanged")[already:]}
    assert tonight.oost_shift.id not in told
    rung = {found_job.payload["shift_id"] for found_job in jobs("ring_route")}
    assert rung == {str(tonight.west_shift.id)}


def test_a_plan_for_a_night_that_changed_meanwhile_is_made_again(triagist, tonight, quick, monkeypatch):
    a_planned_visit(tonight)
    visit = an_open_visit()
    honest, asked = planning.plan_routes, []

    def interrupted(seen: Any, **options: Any) -> RoutePlan:
        answer: RoutePlan = honest(seen, **options)
        if not asked:  # while the solver thinks, the desk sends a car: it does not wait
            assert send(triagist, visit, tonight.west_shift).status_code == 201
        asked.append(seen.plan_version)
        return answer

    monkeypatch.setattr(planning, "plan_routes", interrupted)
    plan(tonight)
    assert len(asked) == 2
    assert asked[1] > asked[0]
    assert fresh(visit).shift_id == tonight.west_shift.id


# --- a solver that is dead, silent or wrong --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "child",
    [
        "import os; os._exit(1)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "raise MemoryError",
        "print('no')",
    ],
    ids=["exits", "killed", "out_of_memory", "talks_nonsense"],
)
def test_when_the_solver_dies_the_plan_in_force_stands_and_the_desk_goes_on(triagist, tonight, monkeypatch, child):
    visit = an_open_visit()
    send(triagist, visit, tonight.west_shift)
    before = routes(tonight)
    dying = partial(solve_in_processes, command=(sys.executable, "-c", child))
    monkeypatch.setattr(routing, "solve_in_processes", dying)
    replan.replan_job(job("replan", tonight))
    assert (the_night(tonight).plan_state, the_night(tonight).plan_note) == (PlanState.FAILED, "solver_silent")
    assert routes(tonight) == before
    assert [event.payload["note"] for event in events("PlanFailed")] == ["solver_silent"]
    answer = triagist.get("/api/v1/board").json
    assert (answer["night"]["plan_state"], answer["changes"][0]["text_code"]) == ("failed", "plan_failed")
    other = an_open_visit()
    assert triagist.get(f"/api/v1/visits/{other.id}/recommendation").json["options"]
    assert send(triagist, other, tonight.west_shift).status_code == 201


def test_when_the_solver_dies_planned_visits_still_get_a_car_one_by_one(tonight, monkeypatch):
    visits = [a_planned_visit(tonight, hours=number) for number in range(3)]
    dying = partial(solve_in_processes, command=(sys.executable, "-c", "import os; os._exit(1)"))
    monkeypatch.setattr(routing, "solve_in_processes", dying)
    plan(tonight)
    assert {fresh(visit).status for visit in visits} == {VisitStatus.ASSIGNED}


@pytest.mark.parametrize(
    ("spoil", "note"),
    [
        (lambda plan: routing.Plan((), plan.unplanned, plan.cost), "plan_breaks_rules"),
        (lambda plan: (_ for _ in ()).throw(RuntimeError("boom")), "solver_failed"),
    ],
    ids=["loses_every_visit", "raises"],
)
def test_a_plan_that_breaks_a_rule_is_never_put_in_force(
    triagist, tonight, monkeypatch, spoil: Callable[[Any], Any], note: str
):
    visit = an_open_visit()
    send(triagist, visit, tonight.west_shift)
    monkeypatch.setattr(planning, "_solve", lambda _problem, start, *_: spoil(start))
    replan.replan_job(job("replan", tonight))
    assert the_night(tonight).plan_note == note
    assert fresh(visit).shift_id == tonight.west_shift.id


def test_the_next_plan_that_succeeds_takes_the_warning_away(tonight, quick, monkeypatch):
    a_planned_visit(tonight)
    with monkeypatch.context() as broken:
        broken.setattr(planning, "plan_routes", lambda *_, **__: (_ for _ in ()).throw(PlanningFailed("solver_silent")))
        assert plan(tonight).plan_state is PlanState.FAILED
        plan(tonight)
    assert len(events("PlanFailed")) == 1  # said once, however often it fails
    assert plan(tonight).plan_state is PlanState.IDLE
    assert len(events("NightPlanned")) == 1


def test_a_real_search_in_a_process_of_its_own_plans_the_night(tonight, monkeypatch):
    monkeypatch.setattr(replan, "settings", lambda: replace(settings(), plan_night_s=0.5))
    visits = [a_planned_visit(tonight, lat=52.36 + number / 200, hours=number / 2) for number in range(5)]
    assert plan(tonight).plan_state is PlanState.IDLE
    assert {fresh(visit).status for visit in visits} == {VisitStatus.ASSIGNED}


def test_a_route_that_changed_rings_once_and_says_nothing_about_anybody(tonight, quick, monkeypatch):
    from backend.dispatch import ringing

    sent: list[dict[str, Any]] = []
    monkeypatch.setattr(push, "send_to", lambda staff_id, **message: sent.append(message) or 1)
    a_planned_visit(tonight)
    plan(tonight)
    for one in jobs("ring_route"):
        ringing.ring_route(Job(one.id, one.kind, one.payload, 1))
    assert [message["title"] for message in sent] == ["Je route is gewijzigd"]
    assert "Groot" not in repr(sent)


def test_a_closed_night_is_not_planned_any_more(triagist, tonight):
    with unit_of_work(actor=SYSTEM) as uow:
        writing.lock_night(uow, tonight.night.id).closed_at = uow.now
    answer = triagist.post(f"/api/v1/nights/{tonight.night.id}/plan")
    assert (answer.status_code, answer.json["code"]) == (409, "night_is_closed")
    replan.replan_job(job("replan", tonight))
    assert not found(sa.select(Assignment))
