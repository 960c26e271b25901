"""Two nurses at one door: two cars are advised, sent, planned and timed together, and never one car for both."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

import routing
from backend.dispatch import assign
from backend.dispatch.models import Visit
from backend.dispatch.planning import optimiser as planning
from backend.dispatch.planning import replan
from backend.dispatch.rules import VisitStatus
from backend.platform.actor import SYSTEM
from backend.platform.clock import iso
from backend.platform.ids import new_id
from backend.platform.outbox import Job
from backend.platform.uow import unit_of_work
from backend.roster.models import Shift
from tests import builders, night
from tests.api import dispatching
from tests.api.dispatching import ANight, a_staffed_night, decided, events, found, fresh

pytestmark = pytest.mark.usefixtures("held_nights_stay_true")


@pytest.fixture
def tonight(app) -> ANight:
    return a_staffed_night()


@pytest.fixture
def third(tonight) -> Shift:
    """A third car, further off."""
    base = night.a_car(tonight.oost, name="Auto Drie")
    return night.a_shift(tonight.night, builders.a_nurse(), base)


@pytest.fixture
def quick(monkeypatch) -> None:
    """Search in this process and by rounds, so that a test takes no longer than it must."""
    monkeypatch.setattr(
        planning,
        "_solve",
        lambda problem, start, *_: routing.solve(problem, incumbent=start, iterations=300, seed=0),
    )


def a_double_visit(**given: Any) -> tuple[Visit, Visit]:
    """Somebody fell and two must lift."""
    first, second = decided(night.a_care_request(), cars_needed=2, required_competences=(), **given)
    return first, second


def a_planned_double(tonight: ANight, triagist: Any, *, hours: float = 1, **given: Any) -> tuple[Visit, Visit]:
    """Two nurses turn somebody in bed, as agreed."""
    opens = tonight.night.starts_at + timedelta(hours=3 + hours)
    body = {
        "id": str(uuid.uuid4()),
        "client_id": str(builders.a_client(lat=52.38, lon=4.88).id),
        "title": "wisselligging met twee",
        "window_start": iso(opens),
        "window_end": iso(opens + timedelta(hours=1)),
        "service_minutes": 30,
        "cars_needed": 2,
        **given,
    }
    answer = triagist.post("/api/v1/visits", json=body)
    assert answer.status_code == 201
    first, second = found(sa.select(Visit).where(Visit.double_id == uuid.UUID(body["id"])).order_by(Visit.part))
    return first, second


def advice(triagist: Any, visit: Visit) -> Any:
    return triagist.get(f"/api/v1/visits/{visit.id}/recommendation").json


def sends(triagist: Any, visit: Visit, shift: Shift) -> None:
    """The desk sends this car, over the border of its region when it must."""
    answer = dispatching.send(triagist, visit, shift, override_reason={"code": "help_other_region", "text": ""})
    assert answer.status_code == 201, answer.json


def send_both(triagist: Any, option: Any, first: Visit, second: Visit, **given: Any) -> Any:
    other = {
        "visit_id": option["second"]["visit_id"],
        "id": str(uuid.uuid4()),
        "shift_id": option["second"]["shift_id"],
        "expected_version": fresh(second).version,
    }
    body = {
        "id": str(uuid.uuid4()),
        "shift_id": option["shift_id"],
        "expected_version": fresh(first).version,
        "recommended_shift_id": option["shift_id"],
        "second": other,
        "override_reason": {"code": "help_other_region", "text": ""},
        **given,
    }
    return triagist.post(f"/api/v1/visits/{first.id}/assignments", json=body)


def plan(tonight: ANight) -> None:
    replan.plan_night_job(Job(id=new_id(), kind="plan", payload={"night_id": str(tonight.night.id)}, attempt=1))


def tidy_up(tonight: ANight) -> None:
    replan.replan_job(Job(id=new_id(), kind="replan", payload={"night_id": str(tonight.night.id)}, attempt=1))


def status(triagist: Any, visit: Visit, *steps: str) -> None:
    for step in steps:
        assert triagist.post(f"/api/v1/visits/{visit.id}/status", json={"status": step}).status_code == 200


def objections(answer: Any) -> list[str]:
    return [one["code"] for one in answer.json["details"]["reasons"]]


# --- who goes --------------------------------------------------------------------------------------------------------


def test_the_advice_for_a_double_visit_names_two_cars_and_when_each_is_there(triagist, tonight, third):
    first, second = a_double_visit()
    told = advice(triagist, first)
    crews = [frozenset([option["shift_id"], option["second"]["shift_id"]]) for option in told["options"]]
    assert all(len(crew) == 2 for crew in crews)
    assert len(set(crews)) == len(crews) >= 2  # the same two the other way round are no other choice
    assert {option["second"]["visit_id"] for option in told["options"]} == {str(second.id)}
    best = told["options"][0]
    assert best["arrive_at"]
    assert best["second"]["arrive_at"]


def test_who_called_waits_until_both_are_there_so_a_car_that_is_still_busy_is_no_good_partner(triagist, tonight, third):
    busy, *_ = decided(night.a_care_request(), required_competences=(), service_minutes=25)
    sends(triagist, busy, tonight.oost_shift)
    status(triagist, busy, "accepted", "under_way", "on_scene")
    first, _ = a_double_visit()  # next door to where Oost is busy
    best = advice(triagist, first)["options"][0]
    assert {best["shift_id"], best["second"]["shift_id"]} == {str(tonight.west_shift.id), str(third.id)}


def test_two_cars_are_sent_in_one_breath_and_begin_together(triagist, tonight):
    first, second = a_double_visit()
    option = advice(triagist, first)["options"][0]
    answer = send_both(triagist, option, first, second)
    assert answer.status_code == 201
    first, second = fresh(first), fresh(second)
    assert {first.shift_id, second.shift_id} == {tonight.west_shift.id, tonight.oost_shift.id}
    assert {first.status, second.status} == {VisitStatus.ASSIGNED}
    board = {one["id"]: one for one in triagist.get("/api/v1/board").json["visits"]}
    assert board[str(first.id)]["double_id"] == board[str(second.id)]["double_id"]


def test_when_the_second_car_may_not_go_the_first_does_not_go_either(triagist, tonight):
    first, second = a_double_visit()
    option = advice(triagist, first)["options"][0]
    option["second"]["shift_id"] = str(tonight.backup_shift.id)  # she sleeps
    answer = send_both(triagist, option, first, second)
    assert (answer.status_code, objections(answer)[0]) == (422, "backup_asleep")
    assert fresh(first).status is VisitStatus.OPEN


def test_two_cars_are_never_sent_to_two_different_doors_as_one_visit(triagist, tonight):
    first, _ = a_double_visit()
    _, other = a_double_visit()
    option = advice(triagist, first)["options"][0]
    option["second"]["visit_id"] = str(other.id)
    assert send_both(triagist, option, first, other).status_code == 422
    assert fresh(first).shift_id is None


def test_one_car_never_has_both_parts(triagist, tonight):
    first, second = a_double_visit()
    sends(triagist, first, tonight.west_shift)
    reason = {"code": "doctor_agreed", "text": "afgesproken", "named_person": "dr. Bakker"}
    answer = dispatching.send(triagist, second, tonight.west_shift, override_reason=reason)
    assert (answer.status_code, objections(answer)) == (422, ["has_other_part"])
    refused = {one["shift_id"]: one["reason"] for one in advice(triagist, second)["rejected"]}
    assert refused[str(tonight.west_shift.id)] == "has_other_part"


def test_the_database_itself_refuses_one_car_for_both_parts(tonight):
    first, second = a_double_visit()
    with unit_of_work(actor=SYSTEM) as uow:
        uow.session.get_one(Visit, first.id).shift_id = tonight.west_shift.id
        uow.session.flush()
        uow.session.get_one(Visit, second.id).shift_id = tonight.west_shift.id
        with pytest.raises(sa.exc.IntegrityError):
            uow.session.flush()
        uow.session.rollback()


def test_when_one_car_is_on_its_way_the_advice_is_who_can_be_there_with_it(triagist, tonight, third, clock):
    first, second = a_double_visit()
    sends(triagist, first, tonight.west_shift)
    status(triagist, first, "accepted", "under_way")
    best = advice(triagist, fresh(second))["options"][0]
    (joins,) = [one for one in best["reasons"] if one["code"] == "joins"]
    assert joins["params"]["car_name"] == "Auto West"
    assert best["second"] is None


def test_a_planned_pair_arrives_together_and_an_urgent_one_goes_at_once(triagist, tonight):
    planned = a_planned_double(tonight, triagist)
    for visit, shift in zip(planned, (tonight.west_shift, tonight.oost_shift), strict=True):
        sends(triagist, visit, shift)
    assert fresh(planned[0]).eta_at == fresh(planned[1]).eta_at == planned[0].window_start
    urgent = a_double_visit()
    for visit, shift in zip(urgent, (tonight.west_shift, tonight.oost_shift), strict=True):
        sends(triagist, visit, shift)
    now = urgent[0].opened_at
    assert fresh(urgent[0]).leave_at == fresh(urgent[1]).leave_at == now


def test_who_is_late_keeps_the_other_waiting_and_everything_after_it(triagist, tonight, clock):
    after = a_planned_double(tonight, triagist, hours=0.1, window_start=iso(clock()), service_minutes=30)
    sends(triagist, after[0], tonight.west_shift)
    alone = night.a_visit(tonight.night, builders.a_client(), urgency="U4", service_minutes=120)
    sends(triagist, alone, tonight.oost_shift)
    status(triagist, alone, "accepted", "under_way", "on_scene")
    before = fresh(after[0]).eta_at
    sends(triagist, after[1], tonight.oost_shift)
    first, second = fresh(after[0]), fresh(after[1])
    assert second.eta_at >= clock() + timedelta(minutes=120)
    assert first.eta_at == second.eta_at > before
    assert first.leave_at > clock()  # she leaves in time to meet, and does not stand there for two hours
    assert [one.feed_id for one in events("RouteChanged", after[0])][-1] == tonight.west_shift.id


# --- the whole night -------------------------------------------------------------------------------------------------


def test_the_planner_brings_two_cars_to_a_planned_double_visit_at_the_same_moment(triagist, tonight, third, quick):
    pairs = [a_planned_double(tonight, triagist, hours=hours) for hours in (0.5, 2)]
    for number in range(4):
        night.a_visit(tonight.night, builders.a_client(lat=52.36 + number / 300), urgency="U4")
    plan(tonight)
    for pair in pairs:
        first, second = fresh(pair[0]), fresh(pair[1])
        assert None not in (first.shift_id, second.shift_id)
        assert first.shift_id != second.shift_id
        assert first.eta_at == second.eta_at >= first.window_start


def test_one_car_alone_leaves_both_parts_open_and_the_board_counts_them(triagist, tonight, quick):
    with unit_of_work(actor=SYSTEM) as uow:
        uow.session.get_one(Shift, tonight.oost_shift.id).ends_at = tonight.night.starts_at + timedelta(minutes=5)
    first, second = a_planned_double(tonight, triagist)
    plan(tonight)
    assert {fresh(first).shift_id, fresh(second).shift_id} == {None}
    assert triagist.get("/api/v1/board").json["night"]["plan_note"] == "unplanned:2"


def test_what_the_desk_gave_to_a_car_stays_there_and_the_planner_finds_the_other(triagist, tonight, third, quick):
    first, second = a_planned_double(tonight, triagist)
    sends(triagist, second, third)
    plan(tonight)
    tidy_up(tonight)
    assert fresh(second).shift_id == third.id
    assert fresh(first).shift_id in (tonight.west_shift.id, tonight.oost_shift.id)
    assert fresh(first).eta_at == fresh(second).eta_at


def test_two_pinned_parts_keep_their_own_cars(triagist, tonight, third, quick):
    first, second = a_planned_double(tonight, triagist)
    for visit, shift in ((first, third), (second, tonight.oost_shift)):
        sends(triagist, visit, shift)
        triagist.post(f"/api/v1/visits/{visit.id}/lock", json={"is_locked": True})
    for number in range(4):
        night.a_visit(tonight.night, builders.a_client(lat=52.36 + number / 300), urgency="U4")
    plan(tonight)
    tidy_up(tonight)
    assert (fresh(first).shift_id, fresh(second).shift_id) == (third.id, tonight.oost_shift.id)


@pytest.mark.parametrize("who", [0, 1])
def test_an_accepted_part_stays_first_on_its_car_and_the_other_still_comes(triagist, tonight, third, quick, who):
    pair = a_planned_double(tonight, triagist)
    plan(tonight)
    status(triagist, pair[who], "accepted")
    before = [(fresh(one).shift_id, fresh(one).sequence) for one in pair]
    for number in range(4):
        night.a_visit(tonight.night, builders.a_client(lat=52.36 + number / 300), urgency="U4")
    tidy_up(tonight)
    assert (fresh(pair[who]).shift_id, fresh(pair[who]).sequence) == before[who]
    assert fresh(pair[0]).eta_at == fresh(pair[1]).eta_at


def test_with_one_nurse_at_the_door_the_night_is_still_planned(triagist, tonight, third, quick):
    first, second = a_planned_double(tonight, triagist)
    sends(triagist, first, tonight.west_shift)
    status(triagist, first, "accepted", "under_way", "on_scene")
    plan(tonight)
    assert fresh(second).shift_id in (tonight.oost_shift.id, third.id)


def test_two_pairs_that_the_desk_crossed_do_not_hang_the_night(triagist, tonight, quick):
    one, two = (a_planned_double(tonight, triagist) for _ in range(2))
    with unit_of_work(actor=SYSTEM) as uow:
        for order, (pair, shift) in {
            (1, 2): (0, tonight.west_shift), (2, 1): (1, tonight.oost_shift)
        }.items():  # fmt: skip
            for visit, number in zip((one[pair], two[pair]), order, strict=True):
                row = uow.session.get_one(Visit, visit.id)
                row.shift_id, row.sequence, row.status = shift.id, number, VisitStatus.ASSIGNED
    urgent = night.a_visit(tonight.night, builders.a_client(), urgency="U2")
    assert advice(triagist, urgent)["source"] != "rules_only"
    plan(tonight)
    assert not events("PlanFailed")


# --- one more, one less ----------------------------------------------------------------------------------------------


def test_a_second_nurse_is_asked_for_also_when_the_first_is_there(triagist, tonight):
    (visit,) = decided(night.a_care_request())
    sends(triagist, visit, tonight.west_shift)
    status(triagist, visit, "accepted", "under_way", "on_scene")
    body = {"id": str(uuid.uuid4())}
    for _ in range(2):  # a second tap is no third nurse
        answer = triagist.post(f"/api/v1/visits/{visit.id}/second-nurse", json=body)
        assert (answer.status_code, answer.json["cars_needed"]) == (201, 2)
    (second,) = found(sa.select(Visit).where(Visit.double_id == visit.double_id, Visit.id != visit.id))
    assert (str(second.id), second.status, second.reference) == (body["id"], "open", f"{visit.reference}/2")
    assert second.required_competences == []  # two hands more: what the first may do need not be done twice
    assert events("VisitChanged", visit)[-1].feed_id == tonight.west_shift.id
    assert advice(triagist, second)["options"][0]["shift_id"] == str(tonight.oost_shift.id)


def test_one_nurse_is_enough_as_long_as_the_other_is_not_on_her_way(triagist, tonight):
    first, second = a_double_visit()
    sends(triagist, first, tonight.west_shift)
    sends(triagist, second, tonight.oost_shift)
    assert triagist.delete(f"/api/v1/visits/{first.id}/second-nurse").status_code == 200
    assert (fresh(first).cars_needed, fresh(second).status) == (1, VisitStatus.CANCELLED)
    assert events("VisitCancelled", second)[-1].feed_id == tonight.oost_shift.id
    again = triagist.post(f"/api/v1/visits/{first.id}/second-nurse", json={"id": str(uuid.uuid4())})
    assert again.json["cars_needed"] == 2
    (third,) = found(sa.select(Visit).where(Visit.double_id == first.double_id, Visit.part == 3))
    sends(triagist, third, tonight.oost_shift)
    status(triagist, third, "accepted", "under_way")
    answer = triagist.delete(f"/api/v1/visits/{first.id}/second-nurse")
    assert (answer.status_code, answer.json["code"]) == (409, "nurse_is_there")


def test_a_visit_of_two_lapses_for_one_or_for_both(triagist, tonight):
    first, second = a_double_visit()
    sends(triagist, second, tonight.west_shift)
    triagist.post(f"/api/v1/visits/{first.id}/cancellations", json={"reason": "een is genoeg"})
    assert (fresh(first).status, fresh(second).status) == (VisitStatus.CANCELLED, VisitStatus.ASSIGNED)
    assert fresh(second).cars_needed == 1
    first, second = a_double_visit()
    sends(triagist, second, tonight.west_shift)
    triagist.post(f"/api/v1/visits/{first.id}/cancellations", json={"reason": "ziekenhuis", "is_both": True})
    assert {fresh(first).status, fresh(second).status} == {VisitStatus.CANCELLED}


def test_when_one_part_is_taken_back_the_other_phone_hears_of_it(triagist, tonight):
    first, second = a_double_visit()
    sends(triagist, first, tonight.west_shift)
    sends(triagist, second, tonight.oost_shift)
    told = len(events("RouteChanged", first))
    triagist.post(f"/api/v1/visits/{second.id}/withdrawals", json={"reason": "autopech"})
    assert len(events("RouteChanged", first)) > told
    assert fresh(first).shift_id == tonight.west_shift.id


def test_what_opens_after_a_visit_is_done_is_a_visit_of_its_own(triagist, tonight):
    request = night.a_care_request()
    (visit,) = decided(request)
    sends(triagist, visit, tonight.west_shift)
    status(triagist, visit, "accepted", "under_way", "on_scene", "done")
    _, again = decided(request, cars_needed=2)
    sends(triagist, again, tonight.west_shift)


def test_of_two_desks_that_send_the_same_car_to_either_part_one_is_refused(tonight):
    first, second = a_double_visit()
    for visit, expected in ((first, None), (second, assign.MayNotAssign)):

        def one_desk(visit: Visit = visit) -> None:
            with unit_of_work(actor=builders.actor_of(builders.a_staff_member())) as uow:
                assign.assign(
                    uow,
                    visit.id,
                    assignment_id=new_id(),
                    shift_id=tonight.west_shift.id,
                    expected_version=visit.version,
                )

        if expected is None:
            one_desk()
        else:
            with pytest.raises(expected):
                one_desk()
