"""What the nurse taps moves a visit forward; when nobody answers, or it takes too long, the desk hears of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.dispatch import opening, steps
from backend.dispatch.rules import VisitStatus
from backend.dispatch.steps import VisitIsCancelled, VisitWithdrawn
from backend.people.rules import Role
from backend.platform import push, worker
from backend.platform.actor import SYSTEM
from backend.platform.errors import NotFound
from backend.platform.uow import unit_of_work
from tests import builders, night
from tests.api.dispatching import (
    ANight,
    a_staffed_night,
    alarms,
    an_open_visit,
    assignment_of,
    events,
    fresh,
    jobs,
    send,
)

pytestmark = pytest.mark.usefixtures("held_nights_stay_true")


@pytest.fixture
def tonight(app) -> ANight:
    return a_staffed_night()


@pytest.fixture
def rung(monkeypatch) -> list[dict[str, Any]]:
    """Every push that would have gone out."""
    sent: list[dict[str, Any]] = []

    def send_to(staff_id: Any, **message: Any) -> int:
        sent.append({"staff_id": staff_id, **message})
        return 1

    monkeypatch.setattr(push, "send_to", send_to)
    return sent


@pytest.fixture
def sent(triagist, tonight) -> Any:
    """A visit that was just sent to the car of West."""
    visit = an_open_visit()
    assert send(triagist, visit, tonight.west_shift).status_code == 201
    return visit


def tap(nurse: Any, step: Any, visit: Any, happened_at: Any) -> dict[str, Any]:
    with unit_of_work(actor=builders.actor_of(nurse)) as uow:
        answer: dict[str, Any] = step(uow, visit_id=visit.id, happened_at=happened_at)
        return answer


def work(app: Any) -> None:
    """Let the worker do what is due, except the planner's part."""
    for job in jobs("replan"):
        with unit_of_work(actor=SYSTEM) as uow:
            uow.cancel(job.key or "")
    while worker.run_due(app):
        pass


# --- forward only ----------------------------------------------------------------------------------------------------


def test_four_taps_take_a_visit_from_accepted_to_done(tonight, sent, clock):
    times = []
    for step in (steps.accept, steps.depart, steps.arrive, steps.finish):
        clock.advance(minutes=5)
        times.append(clock())
        tap(tonight.west_nurse, step, sent, clock())
    visit = fresh(sent)
    assert visit.status is VisitStatus.DONE
    assert [visit.accepted_at, visit.departed_at, visit.arrived_at, visit.finished_at] == times
    names = ["VisitAccepted", "NurseDeparted", "NurseArrived", "VisitFinished"]
    assert [events(name)[0].feed_id for name in names] == [tonight.west_shift.id] * 4


def test_steps_that_arrive_late_keep_the_nurses_time_and_the_servers(tonight, sent, clock):
    clock.advance(hours=1)
    at_the_door = clock() - timedelta(minutes=40)
    tap(tonight.west_nurse, steps.accept, sent, at_the_door - timedelta(minutes=15))
    tap(tonight.west_nurse, steps.arrive, sent, at_the_door)
    (arrived,) = events("NurseArrived")
    assert (arrived.happened_at, arrived.received_at) == (at_the_door, clock())
    assert fresh(sent).arrived_at == at_the_door


def test_a_phone_whose_clock_is_a_day_off_makes_no_negative_duration(tonight, sent, clock):
    tap(tonight.west_nurse, steps.accept, sent, clock() + timedelta(hours=26))
    tap(tonight.west_nurse, steps.arrive, sent, clock() - timedelta(hours=26))
    visit = fresh(sent)
    assert visit.assigned_at <= visit.accepted_at <= visit.arrived_at <= clock()
    assert events("NurseArrived")[0].happened_at == clock() - timedelta(hours=26)


def test_a_step_already_taken_is_already_there_and_not_an_error(tonight, sent, clock):
    tap(tonight.west_nurse, steps.arrive, sent, clock())
    assert tap(tonight.west_nurse, steps.arrive, sent, clock())["already_done"] is True
    assert tap(tonight.west_nurse, steps.accept, sent, clock())["status"] == "on_scene"
    assert fresh(sent).status is VisitStatus.ON_SCENE
    assert len(events("NurseArrived")) == 1


def test_a_late_accept_of_a_withdrawn_visit_is_refused_but_being_at_the_door_is_kept(triagist, tonight, sent, clock):
    assignment = assignment_of(sent)
    triagist.post(f"/api/v1/visits/{sent.id}/withdrawals", json={"reason": "ander"})
    with pytest.raises(VisitWithdrawn):
        tap(tonight.west_nurse, steps.accept, sent, clock())
    clock.advance(minutes=9)
    answer = tap(tonight.west_nurse, steps.arrive, sent, clock() - timedelta(minutes=1))
    assert (answer["is_late"], answer["notice"], answer["status"]) == (True, "visit_withdrawn", "open")
    (kept,) = events("LateFactKept")
    assert (kept.feed_id, kept.payload["step"]) == (tonight.west_shift.id, "arrive")
    assert fresh(sent).status is VisitStatus.OPEN
    assert assignment.accepted_at is None


def test_a_cancelled_visit_cannot_be_accepted(triagist, tonight, sent, clock):
    triagist.post(f"/api/v1/visits/{sent.id}/cancellations", json={"reason": "niet meer nodig"})
    with pytest.raises(VisitIsCancelled):
        tap(tonight.west_nurse, steps.accept, sent, clock())


def test_a_visit_of_another_nurse_does_not_exist_for_her(tonight, sent, clock):
    with pytest.raises(NotFound):
        tap(tonight.oost_nurse, steps.accept, sent, clock())


def test_the_next_visit_is_expected_from_where_and_when_this_one_really_ended(triagist, tonight, sent, clock):
    next_one = an_open_visit()
    send(triagist, next_one, tonight.west_shift)
    before = fresh(next_one).eta_at
    tap(tonight.west_nurse, steps.arrive, sent, clock())
    clock.advance(minutes=50)
    tap(tonight.west_nurse, steps.finish, sent, clock())
    assert fresh(next_one).eta_at > before
    assert fresh(next_one).eta_at >= clock()


def test_the_phone_says_where_the_car_is_and_an_older_position_changes_nothing(triagist, tonight, clock):
    with unit_of_work(actor=builders.actor_of(tonight.west_nurse)) as uow:
        steps.note_position(uow, lat=52.38, lon=4.87, happened_at=clock())
        steps.note_position(uow, lat=52.0, lon=4.0, happened_at=clock() - timedelta(minutes=5))
    cars = {car["car_name"]: car for car in triagist.get("/api/v1/board").json["cars"]}
    assert (cars["Auto West"]["position"]["lat"], cars["Auto Oost"]["position"]) == (52.38, None)


# --- nobody answers --------------------------------------------------------------------------------------------------


def test_without_an_answer_the_phone_rings_again_then_the_desk_then_the_next_car(app, tonight, sent, rung, clock):
    work(app)
    assert len(rung) == 1
    clock.advance(seconds=30)
    work(app)
    assert len(rung) == 2
    assert not alarms()
    clock.advance(seconds=30)
    work(app)
    (alarm,) = alarms()
    assert (alarm.kind, alarm.step, alarm.car_name, alarm.visit_id) == (
        "unacknowledged",
        "desk_alarm",
        "Auto West",
        sent.id,
    )
    clock.advance(seconds=60)
    work(app)
    (alarm,) = alarms()
    assert alarm.step == "next_car"
    assert [step["code"] for step in alarm.steps] == ["desk_alarm", "next_car"]
    assert [event.payload["step"] for event in events("AlarmEscalated")] == ["next_car"]


def test_the_bell_carries_no_name_address_or_complaint(app, tonight, sent, rung):
    work(app)
    said = repr(rung)
    assert rung[0]["staff_id"] == tonight.west_nurse.id
    for secret in ("Groot", "Ruijterweg", "atheter", sent.reference):
        assert secret not in said


def test_accepting_is_what_stops_the_ringing(app, tonight, sent, rung, clock):
    clock.advance(seconds=70)
    work(app)
    tap(tonight.west_nurse, steps.accept, sent, clock())
    assert not alarms()
    clock.advance(minutes=5)
    work(app)
    assert not alarms()
    assert not jobs("escalate")


def test_the_desks_own_acknowledgement_stops_the_ringing_and_the_first_one_counts(
    app, client_as, tonight, sent, rung, clock
):
    clock.advance(seconds=70)
    work(app)
    (alarm,) = alarms()
    noor, piet = client_as(Role.TRIAGIST), client_as(Role.TRIAGIST)
    path = f"/api/v1/alarms/{alarm.id}/acknowledgements"
    assert noor.post(path).json["acknowledged_by"] == noor.actor.name
    assert piet.post(path).json["acknowledged_by"] == noor.actor.name
    clock.advance(minutes=5)
    work(app)
    (still,) = alarms()
    assert (still.step, still.acknowledged_by) == ("desk_alarm", noor.actor.name)
    assert fresh(sent).status is VisitStatus.ASSIGNED


def test_nobody_is_rung_about_a_visit_that_was_taken_back(app, triagist, tonight, sent, rung, clock):
    triagist.post(f"/api/v1/visits/{sent.id}/withdrawals", json={"reason": "ander"})
    clock.advance(minutes=5)
    work(app)
    assert not rung
    assert not alarms()


def test_a_phone_that_twice_cannot_be_rung_is_an_alarm_until_the_nurse_answers(app, tonight, sent, clock, monkeypatch):
    monkeypatch.setattr(push, "send_to", lambda *_, **__: 0)
    work(app)
    assert not alarms()
    clock.advance(seconds=30)
    work(app)
    assert [(alarm.kind, alarm.car_name) for alarm in alarms()] == [("push_dead", "Auto West")]
    tap(tonight.west_nurse, steps.accept, sent, clock())
    assert not alarms()


# --- too long, too late, in need -------------------------------------------------------------------------------------


def test_a_nurse_who_stays_too_long_is_asked_after_and_ten_minutes_later_the_backup_is_due(
    app, tonight, sent, rung, clock
):
    tap(tonight.west_nurse, steps.arrive, sent, clock())
    clock.advance(minutes=44)
    work(app)
    assert not alarms()
    clock.advance(minutes=1)
    work(app)
    assert [(alarm.kind, alarm.step) for alarm in alarms()] == [("overdue", "ask")]
    clock.advance(minutes=10)
    work(app)
    assert [(alarm.kind, alarm.step) for alarm in alarms()] == [("overdue", "backup")]
    tap(tonight.west_nurse, steps.finish, sent, clock())
    assert not alarms()


def test_a_nurse_in_need_rings_every_desk_and_every_note_is_kept(triagist, tonight, sent, clock):
    def press(note: str) -> None:
        with unit_of_work(actor=builders.actor_of(tonight.west_nurse)) as uow:
            steps.raise_nurse_alarm(uow, visit_id=sent.id, note=note, happened_at=clock())

    press("Agressieve hond")
    press("Zoon is boos")
    (alarm,) = alarms()
    assert (alarm.kind, alarm.note) == ("nurse_alarm", "Agressieve hond")
    assert [step.get("note") for step in alarm.steps] == ["Agressieve hond", "Zoon is boos"]
    triagist.post(f"/api/v1/alarms/{alarm.id}/acknowledgements")
    assert not alarms()
    press("Toch weer")
    assert [alarm.note for alarm in alarms()] == ["Toch weer"]


def test_a_nurse_alarm_is_raised_whatever_visit_the_phone_names(tonight, clock):
    with unit_of_work(actor=builders.actor_of(tonight.west_nurse)) as uow:
        steps.raise_nurse_alarm(uow, visit_id=builders.an_id(), note=None, happened_at=clock())
    assert [(alarm.kind, alarm.car_name, alarm.visit_id) for alarm in alarms()] == [("nurse_alarm", "Auto West", None)]


def test_a_visit_that_is_not_reached_within_its_norm_turns_red(app, tonight, rung, clock):
    visit = an_open_visit()
    clock.advance(minutes=29)
    work(app)
    assert not alarms()
    clock.advance(minutes=1)
    work(app)
    assert [(alarm.kind, alarm.visit_id) for alarm in alarms()] == [("late_norm", visit.id)]


def test_a_question_that_nobody_decides_about_turns_red_and_a_decision_ends_that(app, tonight, rung, clock):
    from backend.intake.events import CareRequestRegistered
    from tests.api.dispatching import decided

    request = night.a_care_request()
    with unit_of_work(actor=SYSTEM) as uow:
        opening.watch_question(
            uow,
            CareRequestRegistered(
                care_request_id=request.id,
                reference=request.reference,
                channel=request.channel,
                caller_relation=request.caller_relation,
                entry_complaint=request.entry_complaint,
                question=request.question,
                happened_at=request.received_at,
            ),
        )
    clock.advance(minutes=6)
    work(app)
    assert [(alarm.kind, alarm.step, alarm.reference) for alarm in alarms()] == [
        ("late_norm", "undecided", request.reference)
    ]
    decided(request)
    assert not alarms()


def test_when_no_car_may_go_the_desk_hears_it_at_once_and_no_longer_when_one_is_sent(triagist, tonight):
    visit = an_open_visit(required_competences=("palliative_pump",))
    assert [alarm.kind for alarm in alarms()] == ["no_car"]
    named = {"code": "doctor_agreed", "text": "Onder regie", "named_person": "dr. Bakker"}
    assert send(triagist, visit, tonight.west_shift, override_reason=named).status_code == 201
    assert not alarms()
