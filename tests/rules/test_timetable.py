"""When cars leave, rest and meet: nobody waits for ever, and a break is never a reason to be in two places."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.dispatch.timetable import Drive, Leg, Rest, timetables

NOW = datetime(2026, 1, 15, 1, 30, tzinfo=UTC)
ONE, TWO = uuid.UUID(int=1), uuid.UUID(int=2)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def a_leg(travel_min: int = 10, opens_min: int = 0, meets: uuid.UUID | None = None, is_urgent: bool = False) -> Leg:
    return Leg(travel_min * 60, NOW + minutes(opens_min), 30, meets, is_urgent)


def test_two_who_meet_begin_when_the_last_is_there_and_a_planned_visit_is_left_for_later() -> None:
    night = timetables({"near": Drive(NOW, [a_leg(5, meets=ONE)]), "far": Drive(NOW, [a_leg(25, meets=ONE)])})
    (near,), (far,) = night["near"].times, night["far"].times
    assert near.start_at == far.start_at == NOW + minutes(25)
    assert (near.leave_at, far.leave_at) == (NOW + minutes(20), NOW)


def test_who_is_called_goes_at_once_and_waits_there() -> None:
    legs = {"near": a_leg(5, meets=ONE, is_urgent=True), "far": a_leg(25, meets=ONE, is_urgent=True)}
    night = timetables({car: Drive(NOW, [leg]) for car, leg in legs.items()})
    (near,) = night["near"].times
    assert (near.leave_at, near.eta_at, near.start_at) == (NOW, NOW + minutes(5), NOW + minutes(25))


def test_two_cars_that_wait_for_each_other_at_two_doors_are_not_left_there() -> None:
    crossed = {
        "a": Drive(NOW, [a_leg(meets=ONE), a_leg(meets=TWO)]),
        "b": Drive(NOW, [a_leg(meets=TWO), a_leg(meets=ONE)]),
    }
    assert [len(one.times) for one in timetables(crossed).values()] == [2, 2]


def test_who_joins_a_nurse_that_is_not_timed_here_begins_no_sooner_than_she_does() -> None:
    ((joined,),) = [
        one.times for one in timetables({"a": Drive(NOW, [a_leg(meets=ONE)])}, {ONE: NOW + minutes(45)}).values()
    ]
    assert joined.start_at == NOW + minutes(45)


def test_a_break_is_had_in_a_wait_when_there_is_one_and_else_as_late_as_it_may() -> None:
    rest = Rest(TWO, NOW, NOW + minutes(60), 30)
    waits = timetables({"a": Drive(NOW, [a_leg(10, opens_min=50)], [rest])})["a"]
    assert (waits.rests, waits.times[0].start_at) == ({TWO: NOW}, NOW + minutes(50))
    busy = timetables({"a": Drive(NOW, [a_leg(), a_leg()], [rest])})["a"]
    assert busy.rests == {TWO: NOW + minutes(40)}
    assert busy.times[1].leave_at == NOW + minutes(70)


def test_a_break_whose_time_went_by_is_nobodys_wait() -> None:
    rest = Rest(TWO, NOW - minutes(60), NOW - minutes(1), 30)
    assert timetables({"a": Drive(NOW, [a_leg()], [rest])})["a"].rests == {}


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 300), st.sampled_from([None, ONE, TWO])), max_size=5),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 300), st.sampled_from([None, ONE, TWO])), max_size=5),
    st.lists(st.tuples(st.integers(-60, 300), st.integers(0, 120), st.integers(5, 60)), max_size=2),
)
def test_whatever_the_night_a_car_is_never_in_two_places_at_once(first, second, rests) -> None:
    def legs(given: list[tuple[int, int, uuid.UUID | None]]) -> list[Leg]:
        met: set[uuid.UUID | None] = set()
        kept = []
        for travel, opens, meets in given:
            if meets not in met or meets is None:
                met.add(meets)
                kept.append(a_leg(travel, opens, meets))
        return kept

    breaks = [
        Rest(uuid.UUID(int=10 + k), NOW + minutes(a), NOW + minutes(a + b), c) for k, (a, b, c) in enumerate(rests)
    ]
    drives = {"a": Drive(NOW, legs(first), breaks), "b": Drive(NOW, legs(second))}
    for car, driven in timetables(drives).items():
        assert len(driven.times) == len(drives[car].legs)
        free_at = NOW
        for leg, times in zip(drives[car].legs, driven.times, strict=True):
            assert times.leave_at >= free_at
            assert times.start_at >= max(times.eta_at, leg.window_start)
            free_at = times.start_at + minutes(leg.service_minutes)
