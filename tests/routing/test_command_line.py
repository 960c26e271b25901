"""`python -m routing`: files in, plans out, one clear sentence when a file is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
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


def a_stop(**changes: Any) -> dict[str, Any]:
    return broken(stops=[NIGHT["stops"][0] | changes])


def a_car(**changes: Any) -> dict[str, Any]:
    return broken(cars=[NIGHT["cars"][0] | changes])


def a_matrix(*rows: list[Any]) -> dict[str, Any]:
    return broken(matrix={"duration_s": list(rows)})


def a_patient(**changes: Any) -> dict[str, Any]:
    care: dict[str, Any] = json.loads(json.dumps(CARE))
    return care | {"patients": [care["patients"][0] | changes]}


BAD: dict[str, Any] = {
    "no json": "{",
    "a list": "[]",
    "null": "null",
    "deep": "[" * 100_000,
    "something after it": json.dumps(NIGHT) + "x",
    "nothing": {},
    "another version": broken(version=2),
    "no matrix": {key: value for key, value in NIGHT.items() if key != "matrix"},
    "no cars": {key: value for key, value in NIGHT.items() if key != "cars"},
    "a matrix that is a list": broken(matrix=[[0]]),
    "a crooked matrix": a_matrix([0, 1], [1]),
    "a matrix that is not square": a_matrix([0, 1, 2], [1, 0, 2]),
    "a matrix of one row": a_matrix(0, 1),  # type: ignore[arg-type]
    "no places": a_matrix(),
    "words in the matrix": a_matrix(["x"]),
    "half seconds in the matrix": a_matrix([0, 1.5, 2], [1, 0, 1], [1, 1, 0]),
    "nothing in the matrix": a_matrix([0, None, 2], [1, 0, 1], [1, 1, 0]),
    "negative travel": a_matrix([0, -1, 2], [1, 0, 1], [1, 1, 0]),
    "a huge number": a_matrix([0, 10**30], [1, 0]),
    "a large number": a_matrix([0, 2**40, 1], [1, 0, 1], [1, 1, 0]),
    "distances of another size": broken(matrix=NIGHT["matrix"] | {"distance_m": [[0]]}),
    "cars that are no list": broken(cars={}),
    "a car that is a word": broken(cars=["x"]),
    "a car without id": broken(cars=[{"place": 0, "shift_s": [0, 1]}]),
    "a car whose id is a list": a_car(id=[1]),
    "a car without shift": broken(cars=[{"id": "a", "place": 0}]),
    "a huge shift": a_car(shift_s=[0, 10**30]),
    "a reversed shift": a_car(shift_s=[9, 3]),
    "a car nowhere": a_car(place=-1),
    "a home nowhere": a_car(home=44),
    "skills that are a word": a_car(skills="ab"),
    "a back-up in words": a_car(is_backup="no"),
    "a negative activation": a_car(activation_cost=-5),
    "a negative capacity": a_car(capacity=-1),
    "breaks in words": a_car(breaks="x"),
    "half a break": a_car(breaks=[{"earliest_s": 1}]),
    "a huge break": a_car(breaks=[{"earliest_s": 1, "latest_s": 10**22, "duration_s": 5}]),
    "under way to nowhere": a_car(frozen=["zz"]),
    "under way twice": a_car(frozen=["stop-1", "stop-1"]),
    "two cars under way to one visit": broken(
        cars=[NIGHT["cars"][0] | {"frozen": ["stop-1"]}, NIGHT["cars"][0] | {"id": "b", "frozen": ["stop-1"]}]
    ),
    "a stop nowhere": a_stop(place=77),
    "a stop that is nothing": broken(stops=[None]),
    "a stop without window": broken(stops=[{"id": "a", "place": 1, "service_s": 5}]),
    "a window of three": a_stop(window_s=[1, 2, 3]),
    "a reversed window": a_stop(window_s=[9, 3]),
    "no latest moment": a_stop(latest_s=None),
    "a latest moment before the window": a_stop(latest_s=5),
    "half a second": a_stop(service_s=1.5),
    "a negative service": a_stop(service_s=-5),
    "a huge penalty": a_stop(unserved_penalty=10**19),
    "an endless penalty": a_stop(unserved_penalty=float("inf")),
    "a huge weight": a_stop(late_weight=10**18),
    "a region that is a list": a_stop(region=["x"]),
    "urgent in words": a_stop(urgent="yes"),
    "locked to nobody": a_stop(locked_car="zz"),
    "locked to a list": a_stop(locked_car=["car-1"]),
    "a sync in words": a_stop(cars_needed=2, sync="together"),
    "a sync that ends before it begins": a_stop(cars_needed=2, sync={"min_gap_s": 9, "max_gap_s": 1}),
    "a negative second service": a_stop(cars_needed=2, sync={"service_s": -4}),
    "stops that are no list": broken(stops=3),
    "the same stop twice": broken(stops=[NIGHT["stops"][0], NIGHT["stops"][0]]),
    "three cars needed": a_stop(cars_needed=3),
    "an unknown weight": broken(weights={"love": 1}),
    "a negative weight": broken(weights={"travel": -1}),
}
BAD_CARE: dict[str, Any] = {
    "a night": NIGHT,
    "no distances": {key: value for key, value in CARE.items() if key != "distances"},
    "a distance in words": CARE | {"distances": [[0, "x"], [1, 0]]},
    "no number": CARE | {"distances": [[0, float("nan")], [1, 0]]},
    "too few distances": CARE | {"distances": [[0]]},
    "abilities in words": CARE | {"caregivers": [{"id": "c1", "abilities": "s1"}]},
    "no window": a_patient(time_window=None),
    "half a window": a_patient(time_window=[1]),
    "nobody needed": a_patient(required_caregivers=[]),
    "a service without duration": a_patient(required_caregivers=[{"service": "s1"}]),
    "a service that is a list": a_patient(required_caregivers=[{"service": ["s1"], "duration": 5}]),
    "a meeting without distance": a_patient(synchronization={"type": "sequential"}),
}
BAD_SOLOMON = {
    "a night": json.dumps(NIGHT),
    "no vehicles": SOLOMON.replace("  2         10\n", ""),
    "half a vehicle": SOLOMON.replace("  2         10\n", "  2         1.5\n"),
    "too many vehicles": SOLOMON.replace("  2         10\n", "  100000000 10\n"),
    "a missing column": SOLOMON.replace("0        100         10\n", "0        100\n", 1),
    "a column too many": SOLOMON.replace("0        100         10\n", "0        100         10 4\n", 1),
    "a word": SOLOMON.replace("    3      4  ", "    x      4  ").replace("  3          4 ", "  x          4 "),
    "no number": SOLOMON.replace("  3          4 ", "  nan        4 "),
    "without end": SOLOMON.replace("  0        200 ", "  0        inf "),
    "no customers": SOLOMON[: SOLOMON.index("    0   ")],
    "a customer twice": SOLOMON + "    2      0          1          6          0        100         10\n",
    "a negative demand": SOLOMON.replace("4          6 ", "4         -6 "),
}


def is_one_sentence(code: int, out: str, err: str) -> bool:
    return code == 2 and out == "" and err.startswith("routing: ") and err.count("\n") == 1 and "Error" not in err


@pytest.mark.parametrize("content", BAD.values(), ids=BAD.keys())
def test_a_bad_night_gets_one_clear_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any) -> None:
    assert is_one_sentence(*run(capsys, "solve", a_file(tmp_path, content), "--iterations", "1"))


@pytest.mark.parametrize("content", BAD_CARE.values(), ids=BAD_CARE.keys())
def test_a_bad_home_care_file_gets_one_clear_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: Any
) -> None:
    night = a_file(tmp_path, content)
    assert is_one_sentence(*run(capsys, "solve", night, "--format", "hhcrsp", "--iterations", "1"))


@pytest.mark.parametrize("content", BAD_SOLOMON.values(), ids=BAD_SOLOMON.keys())
def test_a_bad_solomon_file_gets_one_clear_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    night = a_file(tmp_path, content)
    assert is_one_sentence(*run(capsys, "solve", night, "--format", "solomon", "--iterations", "1"))


ROUTE = {"car": "car-1", "stops": [{"stop": "stop-1", "arrive_s": 300, "start_s": 3600, "leave_s": 5100}]}
PLAN: dict[str, Any] = {
    "name": "klein",
    "routes": [ROUTE],
    "unplanned": [{"stop": "stop-2", "reason": "no_skill"}],
    "cost": {"total": 15_010, "travel_s": 610, "late": 0, "unserved": 14_400},
}


def a_visit(**changes: Any) -> dict[str, Any]:
    return PLAN | {"routes": [ROUTE | {"stops": [ROUTE["stops"][0] | changes]}]}  # type: ignore[operator]


BAD_PLANS: dict[str, Any] = {
    "nothing in it": "",
    "a list": [],
    "a night": NIGHT,
    "no routes": {key: value for key, value in PLAN.items() if key != "routes"},
    "no cost": {key: value for key, value in PLAN.items() if key != "cost"},
    "a cost in words": PLAN | {"cost": {"total": "x"}},
    "no total": PLAN | {"cost": {"total": None}},
    "a route that is a word": PLAN | {"routes": ["x"]},
    "a car of another night": PLAN | {"routes": [ROUTE | {"car": "zz"}]},
    "a visit of another night": a_visit(stop="zz"),
    "a visit that is a list": a_visit(stop=["stop-1"]),
    "a start in words": a_visit(start_s="x"),
    "a huge start": a_visit(start_s=10**30),
    "a part that is not there": a_visit(part=1),
    "a part in words": a_visit(part="x"),
    "a break without begin": PLAN | {"routes": [ROUTE | {"breaks": [{"start_s": None, "end_s": 2, "after": 0}]}]},
    "left out but of another night": PLAN | {"unplanned": [{"stop": "zz", "reason": "full"}]},
    "left out without reason": PLAN | {"unplanned": [{"stop": "stop-2"}]},
}


@pytest.mark.parametrize("content", BAD_PLANS.values(), ids=BAD_PLANS.keys())
@pytest.mark.parametrize(
    "command", [["check"], ["explain"], ["recommend", "stop-2"], ["solve"]], ids=lambda command: str(command[0])
)
def test_a_bad_plan_gets_one_clear_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str], content: Any
) -> None:
    night, plan = a_file(tmp_path, NIGHT), a_file(tmp_path, content, "plan.json")
    rest = ["--incumbent", plan] if command == ["solve"] else [plan, *command[1:]]
    assert is_one_sentence(*run(capsys, command[0], night, *rest))


@pytest.mark.parametrize(
    "option",
    [["--limit", "nan"], ["--limit", "-1"], ["--limit", "x"], ["--seed", "9" * 30], ["--threads", "0"],
     ["--iterations", "-1"]],
    ids=" ".join,
)  # fmt: skip
def test_an_impossible_option_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], option: list[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["solve", a_file(tmp_path, NIGHT), *option])
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\x81" * 50, "{}".encode("utf-16")])
@pytest.mark.parametrize("form", ["night", "solomon", "hhcrsp"])
def test_a_file_that_is_no_text_gets_one_clear_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str, content: bytes
) -> None:
    (tmp_path / "night").write_bytes(content)
    assert is_one_sentence(*run(capsys, "solve", str(tmp_path / "night"), "--format", form))


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("where", [">/dev/full", ">&-", "| true"])
def test_an_answer_that_cannot_be_written_ends_without_a_traceback(tmp_path: Path, where: str) -> None:
    command = f"{sys.executable} -m routing solve {a_file(tmp_path, NIGHT)} --iterations 1 {where}"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    if where != "| true":
        assert done.returncode == 2
        assert done.stderr.startswith("routing: ")


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
