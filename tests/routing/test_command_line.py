"""`python -m routing`: files in, plans out, one clear sentence when a file is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from routing.__main__ import main

NIGHT: dict[str, Any] = {
    "version": 1,
    "name": "klein",
    "matrix": {"duration_s": [[0, 300, 600], [310, 0, 290], [600, 300, 0]]},
    "cars": [{"id": "car-1", "place": 0, "shift_s": [0, 28_800], "skills": ["a", "b"]}],
    "stops": [
        {"id": "stop-1", "place": 1, "service_s": 1500, "window_s": [3600, 5400], "latest_s": 12_600, "late_weight": 10,
         "unserved_penalty": 28_800, "skills": ["a"], "urgent": True},
        {"id": "stop-2", "place": 2, "service_s": 600, "window_s": [0, 5400], "latest_s": 12_600, "late_weight": 2,
         "unserved_penalty": 14_400, "skills": ["c"], "urgent": False},
    ],
}  # fmt: skip

SOLOMON = """TINY

VEHICLE
NUMBER     CAPACITY
  2         10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0          0          0          0        200          0
    1      3          4          6          0        100         10
    2      0          1          6          0        100         10
"""

CARE: dict[str, Any] = {
    "patients": [
        {"id": "p1", "location": [0, 1], "time_window": [10.0, 20.0],
         "required_caregivers": [{"service": "s1", "duration": 5.0}, {"service": "s2", "duration": 5.0}],
         "synchronization": {"type": "sequential", "distance": [5, 8]}},
    ],
    "services": [{"id": "s1", "default_duration": 5.0}, {"id": "s2", "default_duration": 5.0}],
    "caregivers": [{"id": "c1", "abilities": ["s1"]}, {"id": "c2", "abilities": ["s2"]}],
    "central_offices": [{"id": "d", "location": [0, 0]}],
    "distances": [[0.0, 1.5], [1.5, 0.0]],
}  # fmt: skip


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = main(list(arguments))
    out, err = capsys.readouterr()
    return code, out, err


def a_file(folder: Path, content: Any, name: str = "night.json") -> str:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_a_night_is_solved_checked_explained_and_recommended(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    night = a_file(tmp_path, NIGHT)
    code, out, _ = run(capsys, "solve", night, "--limit", "0.1", "--seed", "1", "--threads", "1")
    plan = json.loads(out)
    assert code == 0
    (route,) = plan["routes"]
    assert route == {
        "car": "car-1",
        "stops": [{"stop": "stop-1", "arrive_s": 300, "start_s": 3600, "leave_s": 5100}],
    }
    assert [(one["stop"], one["reason"]) for one in plan["unplanned"]] == [("stop-2", "no_skill")]
    assert plan["cost"] == {"total": 610 + 14_400, "travel_s": 610, "late": 0, "unserved": 14_400}
    plan_file = a_file(tmp_path, plan, "plan.json")
    assert run(capsys, "check", night, plan_file)[0] == 0
    assert "bekwaam voor c" in run(capsys, "explain", night, plan_file)[1]
    assert "car-1 rijdt" in run(capsys, "explain", night, plan_file, "stop-1")[1]
    code, out, _ = run(capsys, "recommend", night, plan_file, "stop-2")
    assert json.loads(out)["rejected"][0]["code"] == "no_skill"


def test_a_plan_that_lies_is_found_out(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    night = a_file(tmp_path, NIGHT)
    plan = json.loads(run(capsys, "solve", night, "--iterations", "20")[1])
    plan["routes"][0]["stops"][0]["start_s"] = 100
    code, out, _ = run(capsys, "check", night, a_file(tmp_path, plan, "plan.json"))
    assert code == 1
    assert {one["code"] for one in json.loads(out)["violations"]} >= {"too_early"}


def test_a_solomon_file_is_read_with_distances_of_one_decimal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = a_file(tmp_path, SOLOMON, "tiny.txt")
    plan = json.loads(run(capsys, "solve", tiny, "--format", "solomon", "--iterations", "50")[1])
    assert plan["cost"]["total"] == 120
    assert len(plan["routes"]) == 2


def test_a_home_care_file_is_answered_in_its_own_shape(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    care = a_file(tmp_path, CARE)
    answer = json.loads(run(capsys, "solve", care, "--format", "hhcrsp", "--iterations", "50")[1])
    times = {one["caregiver_id"]: one["locations"] for one in answer["routes"]}
    assert times["c1"] == [{"patient_id": "p1", "service_id": "s1", "arrival_time": 10.0, "departure_time": 15.0}]
    assert times["c2"][0]["arrival_time"] == 15.0
    assert answer["cost"]["cost"] == 2.0


def test_a_night_is_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    played = json.loads(run(capsys, "replay", a_file(tmp_path, NIGHT), "--limit", "0.01")[1])
    assert played["calls"] == 1
    assert played["urgent_on_time"] == 1.0


def broken(**changes: Any) -> dict[str, Any]:
    night: dict[str, Any] = json.loads(json.dumps(NIGHT))
    return night | changes


BAD = {
    "no json": "{",
    "a list": "[]",
    "deep": "[" * 100_000,
    "nothing": {},
    "another version": broken(version=2),
    "no matrix": {key: value for key, value in NIGHT.items() if key != "matrix"},
    "a crooked matrix": broken(matrix={"duration_s": [[0, 1], [1]]}),
    "words in the matrix": broken(matrix={"duration_s": [["x"]]}),
    "a huge number": broken(matrix={"duration_s": [[0, 10**30], [1, 0]]}),
    "a stop nowhere": broken(stops=[NIGHT["stops"][0] | {"place": 77}]),
    "a window of three": broken(stops=[NIGHT["stops"][0] | {"window_s": [1, 2, 3]}]),
    "a reversed window": broken(stops=[NIGHT["stops"][0] | {"window_s": [9, 3]}]),
    "half a second": broken(stops=[NIGHT["stops"][0] | {"service_s": 1.5}]),
    "stops that are no list": broken(stops=3),
    "the same stop twice": broken(stops=[NIGHT["stops"][0], NIGHT["stops"][0]]),
    "three cars needed": broken(stops=[NIGHT["stops"][0] | {"cars_needed": 3}]),
    "an unknown weight": broken(weights={"love": 1}),
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_a_bad_file_gets_one_clear_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any) -> None:
    code, out, err = run(capsys, "solve", a_file(tmp_path, content))
    assert code == 2
    assert out == ""
    assert err.startswith("routing: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize("form", ["night", "solomon", "hhcrsp"])
def test_a_missing_or_empty_file_gets_one_clear_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    for file in (str(tmp_path / "none"), a_file(tmp_path, "", "empty"), str(tmp_path)):
        code, _, err = run(capsys, "solve", file, "--format", form)
        assert code == 2
        assert err.count("\n") == 1


@pytest.mark.parametrize("size", ["6x60-1"])
def test_a_benchmark_night_is_within_three_percent_of_the_best_known(
    shared: Path, capsys: pytest.CaptureFixture[str], size: str
) -> None:
    folder = shared / "data" / "bench" / "nights"
    best = json.loads((folder / "best_known.json").read_text())[f"night-{size}"]
    out = run(capsys, "solve", str(folder / f"night-{size}.json"), "--iterations", "20000")[1]
    assert best * 0.99 <= json.loads(out)["cost"]["total"] <= best * 1.03


def test_the_small_two_nurse_benchmark_reaches_its_optimum(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = shared / "data" / "bench" / "hhcrsp" / "InstanzCPLEX_HCSRP_10_1.json"
    out = run(capsys, "solve", str(file), "--format", "hhcrsp", "--iterations", "60000")[1]
    assert json.loads(out)["cost"]["cost"] == 218.199


def test_a_classic_benchmark_comes_near_its_best_known(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = shared / "data" / "bench" / "solomon" / "C101.txt"
    out = run(capsys, "solve", str(file), "--format", "solomon", "--iterations", "3000")[1]
    assert json.loads(out)["cost"]["total"] <= 8273 * 1.02
