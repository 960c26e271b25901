"""The search for nights in which two nurses must meet: what it times after a change is what the judge finds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import Problem, Sync, schedule, solve, violations
from routing.__main__ import main
from routing.search import compiled, with_incumbent
from routing.search.annealing import anneal
from routing.search.chains import BEST, CAR, COST, PRED, SOFT, STAMP, SUCC, WORST, settle_all
from routing.search.paired import new_state, orders_of
from tests.routing.nights import a_car, a_night, a_stop, any_night

quick = settings(max_examples=40, deadline=None)
seeds = st.integers(0, 10**6)


def with_double_visits(seed: int) -> Problem:
    """Any night in which every third visit needs two."""
    problem = any_night(seed, cars=2 + seed % 4, stops=5 + seed % 11)
    gaps = [None, Sync(min_gap_s=600, max_gap_s=1800, service_s=900)]
    stops = [
        replace(one, cars_needed=2, sync=gaps[k % 2]) if k % 3 == 0 else one for k, one in enumerate(problem.stops)
    ]
    weights = replace(problem.weights, max_late=seed % 3, changed_stop=100, changed_car=300)
    return problem.changed(stops=tuple(stops), weights=weights)


@quick
@given(seeds)
def test_timing_only_what_changed_gives_what_timing_everything_gives(seed: int) -> None:
    problem = with_double_visits(seed)
    incumbent = solve(problem, iterations=30, seed=seed) if seed % 2 else None
    arrays = with_incumbent(problem, incumbent)
    state = new_state(problem, arrays, incumbent.sequences if incumbent else {}, seed)
    for temperature in (50_000.0, 3000.0, 10.0) * 5:
        anneal(state, 15, temperature)
        numbers, rows = state.numbers[[COST, SOFT, WORST]].copy(), state.rows[0].copy()
        settle_all(state)
        assert list(numbers) == list(state.numbers[[COST, SOFT, WORST]])
        assert np.array_equal(rows[:, :STAMP], state.rows[0][:, :STAMP])


@quick
@given(seeds)
def test_the_search_counts_what_the_judge_counts(seed: int) -> None:
    problem = with_double_visits(seed)
    incumbent = solve(problem, iterations=30, seed=seed) if seed % 2 else None
    arrays = with_incumbent(problem, incumbent)
    state = new_state(problem, arrays, incumbent.sequences if incumbent else {}, seed)
    anneal(state, 400, 3000.0)
    plan = schedule(problem, orders_of(problem, arrays, state), incumbent=incumbent)
    assert violations(problem, plan, incumbent) == []
    hopeless = arrays.penalty[state.link[: len(arrays.penalty), PRED] < 0]  # nobody is able: never in a chain
    assert plan.cost.total == state.numbers[BEST] + hopeless.sum()


@quick
@given(seeds)
def test_the_chains_never_wait_for_each_other(seed: int) -> None:
    problem = with_double_visits(seed)
    arrays = compiled(problem).arrays
    state = new_state(problem, arrays, {}, seed)
    anneal(state, 500, 20_000.0)
    n = len(arrays.service)
    for node in range(n):
        before, after = state.link[node, PRED], state.link[node, SUCC]
        if before < 0:
            continue  # the rules about who leave nobody for it
        assert state.key[before] < state.key[node] < state.key[after]
        assert state.link[before, CAR] == state.link[node, CAR] == state.link[after, CAR]
        if arrays.partner[node] >= 0:
            assert state.key[node] == state.key[arrays.partner[node]]


def test_two_double_visits_under_way_stay_first_whoever_else_could_go() -> None:
    fleet = [a_car("auto-1", frozen=("samen", "rest")), a_car("auto-2", frozen=("samen",)), a_car("auto-3")]
    stops = [a_stop("samen", 5, cars_needed=2), a_stop("rest", 9), *(a_stop(f"b{k}", k) for k in range(1, 5))]
    problem = a_night(fleet, stops)
    plan = solve(problem, iterations=2000)
    assert violations(problem, plan) == []
    assert [one[0] for one in plan.sequences["auto-1"][:2]] == ["samen", "rest"]
    assert plan.sequences["auto-2"][0][0] == "samen"


def test_a_double_visit_for_which_only_one_nurse_is_able_is_left_out_and_the_rest_is_planned() -> None:
    fleet = [a_car("auto-1", skills=frozenset({"tillen"})), a_car("auto-2")]
    stops = [a_stop("samen", 2, cars_needed=2, skills=frozenset({"tillen"})), a_stop("los", 3)]
    problem = a_night(fleet, stops)
    plan = solve(problem, iterations=300)
    assert [one.stop for one in plan.unplanned] == ["samen"]
    assert violations(problem, plan) == []


def home_care(patients: int, caregivers: int) -> dict[str, Any]:
    """A night in the home-care format, places on a ring of whole minutes."""
    rnd = np.random.default_rng(patients)
    spots = rnd.integers(0, 100, (patients + 1, 2))
    people = []
    for k in range(patients):
        opens = int(rnd.integers(0, 480))
        wanted = [{"service": f"s{rnd.integers(1, 3)}", "duration": 12.0}]
        person: dict[str, Any] = {"id": f"p{k + 1}", "time_window": [opens, opens + 120], "required_caregivers": wanted}
        if k % 3 == 0:
            wanted.append({"service": "s3", "duration": 15.0})
            kind = {"type": "simultaneous"} if k % 2 else {"type": "sequential", "distance": [20, 40]}
            person["synchronization"] = kind
        people.append(person)
    return {
        "distances": np.sqrt(((spots[:, None] - spots[None]) ** 2).sum(axis=2)).round(3).tolist(),
        "caregivers": [{"id": f"c{k}", "abilities": [f"s{1 + k % 3}", "s1", "s2"]} for k in range(caregivers)],
        "patients": people,
    }


@pytest.mark.parametrize(("patients", "caregivers"), [(1, 3), (10, 3), (40, 9)])
def test_a_home_care_file_is_served_whole_and_costs_what_its_plan_says(
    patients: int, caregivers: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = home_care(patients, caregivers)
    path = tmp_path / "nacht.json"
    path.write_text(json.dumps(document))
    assert main(["solve", str(path), "--format", "hhcrsp", "--iterations", "3000"]) == 0
    plan = json.loads(capsys.readouterr().out)
    starts: dict[tuple[str, str], tuple[float, str]] = {}
    distance, late = 0.0, [0.0]
    places = {one["id"]: k + 1 for k, one in enumerate(document["patients"])}
    able = {one["id"]: one["abilities"] for one in document["caregivers"]}
    for route in plan["routes"]:
        here, now = 0, 0.0
        for one in route["locations"]:
            there = places[one["patient_id"]]
            patient = document["patients"][there - 1]
            length = next(w["duration"] for w in patient["required_caregivers"] if w["service"] == one["service_id"])
            leg = document["distances"][here][there]
            assert one["arrival_time"] >= max(now + leg, patient["time_window"][0]) - 1e-6
            assert one["departure_time"] >= one["arrival_time"] + length - 1e-6
            assert one["service_id"] in able[route["caregiver_id"]]
            late.append(max(0.0, one["arrival_time"] - patient["time_window"][1]))
            starts[one["patient_id"], one["service_id"]] = one["arrival_time"], route["caregiver_id"]
            distance, here, now = distance + leg, there, one["departure_time"]
        distance += document["distances"][here][0]
    for patient in document["patients"]:
        times = [starts[patient["id"], one["service"]] for one in patient["required_caregivers"]]
        if len(times) == 2:
            low, high = patient["synchronization"].get("distance", [0, 0])
            assert low - 1e-6 <= times[1][0] - times[0][0] <= high + 1e-6
            assert times[0][1] != times[1][1]
    assert plan["cost"]["cost"] == pytest.approx((distance + sum(late) + max(late)) / 3, abs=0.01)
