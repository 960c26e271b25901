"""How long a drive takes: the same number for the plan, the route of one car, and the last resort."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.platform.config import BadSetting, Settings
from backend.travel import rules
from backend.travel import times as travel
from backend.travel.times import Drives
from routing.travel import Crow, Point

DAM, ZUID, OOST = (52.3731, 4.8926), (52.3389, 4.8730), (52.3600, 4.9300)
doors = st.tuples(st.floats(50.7, 53.6), st.floats(3.3, 7.2))


class Known:
    """A source that knows one way only: from the Dam to Zuid."""

    source, version = "roads", 0

    def table(self, points):
        seconds = np.full((len(points), len(points)), math.nan)
        for row, here in enumerate(points):
            for column, there in enumerate(points):
                if (here, there) == (DAM, ZUID):
                    seconds[row, column] = 500.4
        return seconds, seconds * 10


class Broken:
    source, version = "roads", 0

    def table(self, points):
        raise MemoryError


@given(doors, doors)
def test_the_last_resort_estimates_exactly_what_the_optimiser_estimates(here, there):
    matrix = Crow().matrix([Point(*here), Point(*there)])
    trip = Drives().trip(here, there)
    assert trip.travel_s == pytest.approx(matrix.seconds(0, 1), abs=1)  # a half second may fall either way
    assert trip.distance_m == pytest.approx(matrix.metres(0, 1), abs=1)
    if here != there:
        flies_m = rules.crow_m(*here, *there)
        assert rules.crow_travel_s(flies_m) == pytest.approx(matrix.seconds(0, 1), abs=1)
        assert rules.road_m(flies_m) == pytest.approx(matrix.metres(0, 1), abs=1)


@given(st.lists(doors, min_size=2, max_size=5), st.floats(0.5, 2), st.floats(0.5, 2))
def test_the_plan_and_the_route_of_one_car_reckon_with_the_same_minutes(points, factor, crow_factor):
    drives = Drives(Known(), {"roads": factor, "crow": crow_factor})
    points = [DAM, ZUID, *points]
    matrix = drives.matrix(tuple(points))
    for leg, trip in enumerate(drives.trips(points)):
        assert trip.travel_s == pytest.approx(matrix.seconds(leg, leg + 1), abs=1)
        assert trip.distance_m == pytest.approx(matrix.metres(leg, leg + 1), abs=1)
        if points[leg] != points[leg + 1]:
            assert trip.source == matrix.source_of(leg, leg + 1)


def test_what_a_source_does_not_know_is_estimated_cell_by_cell_and_says_so():
    drives = Drives(Known(), {"roads": 2.0, "crow": 3.0})
    known, estimated = drives.trips([DAM, ZUID, OOST])
    assert (known.travel_s, known.raw_s, known.distance_m, known.source) == (1000, 500, 5004, "roads")
    assert estimated.source == "crow"
    assert estimated.travel_s == 3 * estimated.raw_s


def test_a_car_that_is_there_already_drives_no_second_and_no_metre():
    assert Drives(Known()).trip(DAM, DAM) == travel.Trip(0, 0, "roads", 0)
    assert Drives().trips([DAM]) == []


def test_a_source_that_breaks_leaves_the_estimate():
    assert Drives(Broken()).trip(DAM, ZUID).source == "crow"
    assert Drives(Broken()).matrix((DAM, ZUID)).source_of(0, 1) == "crow"


def test_a_drive_by_hand_needs_no_optimiser(monkeypatch):
    import builtins

    real = builtins.__import__

    def without(name, *rest, **more):
        if name.split(".")[0] == "routing":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    assert Drives().trip(DAM, ZUID).travel_s > 60


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"travel": "google"}, "NACHTRONDE_TRAVEL must be crow, roads, osrm or valhalla, not 'google'"),
        ({"travel": "osrm"}, "NACHTRONDE_TRAVEL=osrm needs NACHTRONDE_TRAVEL_URL"),
        ({"travel": "valhalla", "travel_url": "file:///etc/passwd"}, "needs NACHTRONDE_TRAVEL_URL"),
        ({"routing_time_factor": 0.0}, "NACHTRONDE_ROUTING_TIME_FACTOR must be between"),
        ({"routing_time_factor": math.nan}, "NACHTRONDE_ROUTING_TIME_FACTOR must be between"),
    ],
)
def test_a_setting_that_gives_no_travel_times_stops_the_start_with_a_sentence(given, sentence):
    with pytest.raises(BadSetting, match=sentence):
        Settings(**given).refuse_unusable()


def test_settings_that_can_work_are_taken():
    Settings().refuse_unusable()
    Settings(travel="roads").refuse_unusable()
    Settings(travel="osrm", travel_url="http://localhost:5000").refuse_unusable()
    assert Settings.from_environment({"NACHTRONDE_ROUTING_TIME_FACTOR": "1.1"}).routing_time_factor == 1.1
    assert Settings.from_environment({}).routing_time_factor is None


def test_two_addresses_are_never_zero_seconds_apart_and_ten_kilometres_take_a_quarter_of_an_hour() -> None:
    assert rules.crow_travel_s(rules.crow_m(52.3731, 4.8571, 52.3731, 4.8572)) >= 60
    ten_km = rules.crow_m(52.37, 4.85, 52.46, 4.85)
    assert ten_km == pytest.approx(10_000, rel=0.01)
    assert rules.crow_travel_s(ten_km) == pytest.approx(16.4 * 60, rel=0.01)
    assert rules.road_m(ten_km) == pytest.approx(14_000, rel=0.01)
