"""Planned against driven: what a phone's positions tell, and which factor makes the driving times right."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.dispatch.driving import calibration_rules as calibration
from backend.dispatch.driving import driven_rules as driven
from backend.dispatch.driving.calibration_rules import DrivenTrip

NOW = datetime(2026, 1, 15, 1, 30, tzinfo=UTC)
HOME, DOOR = (52.37, 4.88), (52.37, 4.94)  # four kilometres and a bit


def on_the_way(share):
    return (HOME[0], HOME[1] + share * (DOOR[1] - HOME[1]))


def after(seconds):
    return NOW + timedelta(seconds=seconds)


def a_drive(told_at, *, start=HOME):
    """A drive of ten minutes, with positions at these seconds."""
    trail = driven.begun(NOW, start, NOW if start else None)
    for seconds in told_at:
        trail = driven.followed(trail, on_the_way(seconds / 600), after(seconds))
    return driven.ended(trail, after(600), DOOR)


# --- metres by the phone's positions ---------------------------------------------------------------------------------


def test_a_phone_that_tells_every_minute_gives_the_kilometres():
    assert a_drive(range(60, 600, 60)) == pytest.approx(4070, abs=30)


def test_a_phone_that_tells_its_place_just_after_the_tap_is_counted_from_there():
    assert a_drive(range(10, 600, 60), start=None) == pytest.approx(4070 * 590 / 600, abs=30)


@pytest.mark.parametrize("told_at", [[], [60], [60, 120, 420, 480, 540], [60, 120, 180, 240, 300]])
def test_a_phone_that_was_silent_for_a_part_of_the_way_gives_no_kilometres_at_all(told_at):
    assert a_drive(told_at) is None


def test_a_first_word_that_comes_late_gives_no_kilometres():
    assert a_drive(range(120, 600, 60), start=None) is None


def test_a_position_that_jumped_gives_no_kilometres():
    trail = driven.begun(NOW, HOME, NOW)
    trail = driven.followed(trail, (53.0, 6.0), after(60))
    assert driven.ended(trail, after(120), DOOR) is None


def test_a_place_told_long_before_the_departure_is_no_start():
    assert driven.begun(NOW, HOME, after(-600)).point is None


def test_a_drive_that_was_broken_off_keeps_the_metres_so_far():
    trail = driven.followed(driven.begun(NOW, HOME, NOW), on_the_way(0.1), after(60))
    assert driven.broken_off(trail, after(90)) == pytest.approx(407, abs=5)
    assert driven.broken_off(trail, after(900)) is None


def test_a_door_that_nobody_could_find_gives_no_kilometres():
    assert driven.ended(driven.begun(NOW, HOME, NOW), after(60), None) is None


@given(st.lists(st.integers(1, 599), unique=True, max_size=30))
def test_kilometres_are_known_and_right_or_not_known(told_at):
    metres = a_drive(sorted(told_at))
    gaps = [b - a for a, b in zip([0, *sorted(told_at)], [*sorted(told_at), 600], strict=True)]
    assert (metres is not None) == (max(gaps) <= 150)
    if metres is not None:
        assert metres == pytest.approx(4070, abs=40)


def test_minutes_are_known_when_both_taps_are():
    assert driven.driven_s(NOW, after(90)) == 90
    assert driven.driven_s(None, NOW) is None
    assert driven.driven_s(NOW, None) is None


# --- which factor ----------------------------------------------------------------------------------------------------


def drives(factor, *, how_many=80, seed=0, noise=0.15, nonsense=0.0):
    """Trips that take `factor` times as long as planned, give or take; a share of them was tapped too late."""
    chance = random.Random(seed)
    found = []
    for number in range(how_many):
        raw_s = chance.randint(180, 1800)
        driven_s = round(raw_s * factor * chance.lognormvariate(0, noise))
        if chance.random() < nonsense:
            driven_s = chance.choice([5, 20, 3 * raw_s, 9000, 40_000])
        found.append(DrivenTrip("roads", raw_s, driven_s, NOW - timedelta(hours=number)))
    return found


def the_one(trips, in_force=1.0):
    (found,) = calibration.calibrate(trips, lambda _: in_force)
    return found


@given(st.floats(0.6, 1.8), st.integers(0, 10_000))
@settings(max_examples=40)
def test_a_known_factor_is_found_again_among_noise_and_forgotten_taps(factor, seed):
    found = the_one(drives(factor, seed=seed, how_many=150, nonsense=0.12))
    assert found.factor == pytest.approx(factor, rel=0.12)
    assert found.is_sound


@given(st.floats(0.6, 1.8), st.integers(0, 10_000), st.floats(0.5, 2))
@settings(max_examples=40)
def test_no_factor_has_a_smaller_error_in_seconds_than_the_calibrated_one(factor, seed, other):
    used = [trip for trip in drives(factor, seed=seed, how_many=50) if calibration.is_usable(trip)]

    def off(by):
        return sum(abs(by * trip.raw_s - trip.driven_s) for trip in used)

    assert off(the_one(used).factor) <= off(other) * 1.002  # the factor is rounded to a thousandth


def test_the_error_before_is_that_of_the_factor_in_force():
    found = the_one(drives(1.3, noise=0.0), in_force=1.0)
    assert found.before.mean == pytest.approx(1 - 1 / 1.3, abs=0.01)
    assert found.before.bias == pytest.approx(1 / 1.3 - 1, abs=0.01)
    assert found.after.mean == pytest.approx(0, abs=0.01)
    assert the_one(drives(1.3, noise=0.0), in_force=1.3).before.bias == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(
    "part",
    [
        {"driven_s": 30}, {"driven_s": 8000}, {"raw_s": 20}, {"is_by_phone": False}, {"start_off_m": 2000},
        {"driven_s": 3000}, {"driven_s": 100},
    ],
)  # fmt: skip
def test_a_trip_that_says_nothing_about_the_roads_is_left_out(part):
    trip = DrivenTrip("roads", 600, 700, NOW, start_off_m=40)
    assert calibration.is_usable(trip)
    assert not calibration.is_usable(replace(trip, **part))


def test_few_trips_are_no_ground_to_calibrate_on():
    assert not the_one(drives(1.2, how_many=calibration.FEWEST_TRIPS - 1)).is_sound
    assert the_one(drives(1.2, how_many=calibration.FEWEST_TRIPS)).is_sound


def test_a_factor_that_roads_cannot_give_is_not_sound():
    assert not the_one(drives(3.0, noise=0.01)).is_sound


def test_each_source_is_calibrated_by_itself():
    mixed = drives(1.2) + [replace(trip, source="crow") for trip in drives(0.8, seed=1)]
    crow, roads = calibration.calibrate(mixed, lambda _: 1.0)
    assert (crow.source, roads.source) == ("crow", "roads")
    assert crow.factor < 1 < roads.factor


def test_without_trips_there_is_nothing_to_say():
    assert calibration.calibrate([], lambda _: 1.0) == []
