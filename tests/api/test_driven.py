"""Planned against driven is kept with the assignment, counted per organisation, and calibrates the driving times."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend.dispatch import steps
from backend.dispatch.driving import calibration
from backend.dispatch.models import Assignment
from backend.platform.actor import SYSTEM
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.ids import new_id
from backend.platform.uow import unit_of_work
from tests import builders
from tests.api.dispatching import a_staffed_night, an_open_visit, assignment_of, events, fresh, send

pytestmark = pytest.mark.usefixtures("held_nights_stay_true")


@pytest.fixture
def tonight(app):
    return a_staffed_night()


@pytest.fixture
def sent(triagist, tonight):
    """A visit that was just sent to the car of West."""
    visit = an_open_visit()
    assert send(triagist, visit, tonight.west_shift).status_code == 201
    return visit


def tap(nurse, step, visit, at=None):
    with unit_of_work(actor=builders.actor_of(nurse)) as uow:
        return step(uow, visit_id=visit.id, happened_at=at or uow.now)


def tell_place(nurse, lat, lon, at=None):
    with unit_of_work(actor=builders.actor_of(nurse)) as uow:
        steps.note_position(uow, lat=lat, lon=lon, happened_at=at or uow.now)


def drive(nurse, visit, clock, *, minutes=9, tells=True):
    """She leaves, tells her place every minute, and is there."""
    tap(nurse, steps.accept, visit)
    tap(nurse, steps.depart, visit)
    for minute in range(minutes):
        if tells:
            tell_place(nurse, visit.lat + 0.0005 * (minutes - minute), visit.lon)
        clock.advance(minutes=1)
    tap(nurse, steps.arrive, visit)


def the_assignment(visit):
    return assignment_of(visit)


def test_what_was_planned_at_departure_stays_with_the_assignment(tonight, sent, clock):
    tap(tonight.west_nurse, steps.accept, sent)
    tap(tonight.west_nurse, steps.depart, sent)
    kept, visit = the_assignment(sent), fresh(sent)
    assert (kept.planned_travel_s, kept.planned_distance_m, kept.travel_source) == (
        visit.travel_s,
        visit.distance_m,
        "crow",
    )
    assert kept.raw_travel_s == kept.planned_travel_s > 60
    assert visit.eta_at == now() + timedelta(seconds=visit.travel_s)


def test_the_plan_counts_from_where_the_phone_is_when_she_leaves(tonight, sent, clock):
    tell_place(tonight.west_nurse, sent.lat + 0.002, sent.lon)
    clock.advance(seconds=5)
    tap(tonight.west_nurse, steps.depart, sent)
    assert the_assignment(sent).planned_distance_m == pytest.approx(1.4 * 222, abs=15)
    assert the_assignment(sent).start_off_m == 0


def test_a_step_that_arrives_hours_late_is_planned_from_where_the_car_then_was(tonight, sent, clock):
    left_at = now() + timedelta(minutes=1)
    clock.advance(minutes=15)
    tell_place(tonight.west_nurse, sent.lat, sent.lon)  # the phone is at the door long since
    tap(tonight.west_nurse, steps.depart, sent, left_at)
    assert the_assignment(sent).planned_distance_m > 500


def test_minutes_come_from_the_taps_and_kilometres_from_the_phone(tonight, sent, clock, triagist):
    drive(tonight.west_nurse, sent, clock)
    kept = the_assignment(sent)
    assert kept.arrived_at - kept.departed_at == timedelta(minutes=9)
    assert kept.driven_m == pytest.approx(500, abs=10)
    assert kept.trail is None, "where the phone was is forgotten when the drive is over"
    (shown,) = [one for one in triagist.get("/api/v1/board").json["visits"] if one["id"] == str(sent.id)]
    assert shown["driving"] == {
        "planned_s": kept.planned_travel_s,
        "planned_m": kept.planned_distance_m,
        "source": "crow",
        "driven_s": 540,
        "driven_m": kept.driven_m,
    }


def test_kilometres_that_nobody_measured_are_unknown(tonight, sent, clock):
    drive(tonight.west_nurse, sent, clock, tells=False)
    assert the_assignment(sent).driven_m is None


def test_a_visit_that_nobody_drives_to_yet_shows_no_drive(tonight, sent, triagist):
    (shown,) = triagist.get("/api/v1/board").json["visits"]
    assert shown["driving"] is None


def test_a_car_that_turns_back_keeps_its_own_kilometres(tonight, sent, triagist, clock):
    first = the_assignment(sent)
    tap(tonight.west_nurse, steps.depart, sent)
    for minute in range(3):
        tell_place(tonight.west_nurse, sent.lat + 0.01 - 0.001 * minute, sent.lon)
        clock.advance(minutes=1)
    triagist.post(f"/api/v1/visits/{sent.id}/withdrawals", json={"reason": "te ver"})
    with reading(SYSTEM) as session:
        kept = session.get_one(Assignment, first.id)
    assert kept.planned_travel_s is not None
    assert kept.driven_m == pytest.approx(222, abs=5)
    assert kept.trail is None
    again = send(
        triagist,
        fresh(sent),
        tonight.oost_shift,
        override_reason={"code": "doctor_agreed", "text": "is dichtbij", "named_person": "dr. Bos"},
    )
    assert again.status_code == 201
    assert the_assignment(sent).driven_m is None


def test_a_visit_taken_back_before_anybody_left_keeps_what_was_planned_and_its_source(tonight, sent, triagist):
    first, planned_s = the_assignment(sent), fresh(sent).travel_s
    triagist.post(f"/api/v1/visits/{sent.id}/withdrawals", json={"reason": "te ver"})
    with reading(SYSTEM) as session:
        kept = session.get_one(Assignment, first.id)
    assert (kept.planned_travel_s, kept.travel_source, kept.raw_travel_s) == (planned_s, "crow", None)


def test_a_late_word_from_a_withdrawn_car_completes_its_own_drive(tonight, sent, triagist, clock):
    first = the_assignment(sent)
    tap(tonight.west_nurse, steps.depart, sent)
    clock.advance(minutes=7)
    triagist.post(f"/api/v1/visits/{sent.id}/withdrawals", json={"reason": "te ver"})
    tap(tonight.west_nurse, steps.arrive, sent)
    with reading(SYSTEM) as session:
        kept = session.get_one(Assignment, first.id)
    assert kept.arrived_at - kept.departed_at == timedelta(minutes=7)


# --- calibration -----------------------------------------------------------------------------------------------------


def driven_assignments(visit, shift, how_many, *, ratio=1.25, taps=("depart", "arrive")):
    """Drives of the last nights that took longer than planned."""
    with unit_of_work(actor=SYSTEM) as uow:
        for number in range(how_many):
            raw_s = 300 + 10 * number
            left_at = uow.now - timedelta(hours=number)
            uow.session.add(
                Assignment(
                    id=new_id(),
                    visit_id=visit.id,
                    shift_id=shift.id,
                    assigned_at=left_at,
                    assigned_by="test",
                    departed_at=left_at,
                    arrived_at=left_at + timedelta(seconds=round(ratio * raw_s)),
                    phone_steps=list(taps),
                    travel_source="crow",
                    raw_travel_s=raw_s,
                    planned_travel_s=raw_s,
                    planned_distance_m=4000,
                )
            )


def factor_in_force():
    with reading(SYSTEM) as session:
        return {one.source: one.factor for one in calibration.in_force(session, now())}["crow"]


def test_calibrating_tells_the_error_before_and_after_and_changes_nothing_by_itself(app, tonight, sent):
    driven_assignments(sent, tonight.west_shift, 40)
    told = app.test_cli_runner().invoke(args=["travel", "calibrate"])
    assert told.exit_code == 0, told.output
    assert "geschat: 40 ritten, 0 niet geteld" in told.output
    assert "factor 1,25" in told.output
    assert "fout nu      20 %, gemiddeld 20 % te kort" in told.output
    assert "fout daarna  0 %, gemiddeld precies goed" in told.output
    assert factor_in_force() == 1.0


def test_an_applied_factor_counts_from_the_next_drive_on_and_stands_on_the_record(app, tonight, sent, clock):
    before = fresh(sent).travel_s
    driven_assignments(sent, tonight.west_shift, 40)
    done = app.test_cli_runner().invoke(args=["travel", "calibrate", "--apply"])
    assert "Vanaf nu: geschat x 1,25" in done.output
    assert factor_in_force() == 1.25
    assert [row.payload["factor"] for row in events("TravelCalibrated")] == [1.25]
    tap(tonight.west_nurse, steps.depart, sent)
    assert fresh(sent).travel_s == round(1.25 * before)
    assert the_assignment(sent).raw_travel_s == before


def test_few_trips_or_trips_told_by_telephone_change_nothing(app, tonight, sent):
    driven_assignments(sent, tonight.west_shift, 10)
    driven_assignments(sent, tonight.west_shift, 40, taps=("depart",))
    refused = app.test_cli_runner().invoke(args=["travel", "calibrate", "--apply"])
    assert refused.exit_code == 1
    assert "10 ritten, 40 niet geteld" in refused.output
    assert "Te weinig ritten" in refused.output
    assert factor_in_force() == 1.0


def test_without_any_drive_the_command_says_so(app, tonight):
    refused = app.test_cli_runner().invoke(args=["travel", "calibrate"])
    assert (refused.exit_code, "geen rit gereden" in refused.output) == (1, True)
