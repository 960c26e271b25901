"""What the benchmark concludes from what it measured: gaps, tables, absent peers, nights that anyone can make again."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from benchmarks import generated, peers, routing_quality
from benchmarks.__main__ import main, public_sets
from benchmarks.report import Options, Report, gap, mean, shown, write
from benchmarks.routing_quality import Instance, instances_of, measure, spread, table, verdict
from routing import Problem, schedule, solve, violations
from tests.routing.nights import any_night


@pytest.mark.parametrize(
    ("cost", "best", "percent"),
    [(103, 100, 3.0), (100, 100, 0.0), (99, 100, -1.0), (None, 100, None), (100, None, None), (100, 0, None)],
)
def test_a_gap_is_what_a_plan_costs_above_the_best(cost: float, best: float, percent: float) -> None:
    assert gap(cost, best) == percent


def test_the_mean_counts_what_was_measured_only() -> None:
    assert mean([1.0, None, 2.0]) == 1.5
    assert mean([None]) is None


def test_a_table_is_as_wide_as_it_needs_and_shows_a_dash_for_what_is_not_known() -> None:
    report = Report("nights", ("gap %", "ours", "vroom"), [{"gap %": "6x60-1", "ours": 0.123, "vroom": None}], ("so",))
    assert shown(report).splitlines() == ["nights", "gap %   ours  vroom", "6x60-1  0.12      -", "so"]


def test_everything_is_written_as_json(tmp_path: Path) -> None:
    file = write([Report("nights", ("a",), [{"a": 1.5}])], Options(data=tmp_path), tmp_path / "results")
    document = json.loads(file.read_text())
    assert document["reports"][0]["rows"] == [{"a": 1.5}]
    assert document["options"]["limits"] == [2.0]


def an_instance(best: float | None = None, **costs: int) -> Instance:
    instance = Instance("night", lambda: any_night(1), best)
    instance.costs = {(name, 2.0): [cost] for name, cost in costs.items()}
    return instance


def test_gaps_count_from_the_best_known_even_when_somebody_is_better() -> None:
    rows = table("nights", [an_instance(100, ours=98, vroom=110)], ("ours", "vroom"), 2.0, ()).rows
    assert (rows[0]["ours"], rows[0]["vroom"]) == (-2.0, 10.0)


def test_without_a_best_known_gaps_count_from_the_best_in_the_run() -> None:
    report = table("generated", [an_instance(ours=100, vroom=110)], ("ours", "vroom", "pyvrp"), 2.0, ("why",))
    first, means, worst, _ = report.rows
    assert (first["ours"], first["vroom"], first["pyvrp"]) == (0.0, 10.0, None)
    assert (means["vroom"], worst["vroom"], worst["pyvrp"]) == (10.0, 10.0, None)
    assert "in this run" in report.title
    assert report.notes[-1] == "why"


def test_the_verdict_compares_with_the_best_peer_of_each_night() -> None:
    rows: list[dict[str, float | None]] = [
        {"ours": 1.0, "pyvrp": 3.0, "vroom": 2.0},
        {"ours": 2.0, "pyvrp": 1.0, "processes": 0.0},
        {"ours": None},
    ]
    assert verdict(rows) == ("ours is no worse than the best peer on 1 of 2, 0.0 % better on average",)
    assert verdict([{"ours": 1.0, "pyvrp": None}]) == ()


def test_a_peer_that_is_not_installed_leaves_its_column_empty_and_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vroom", None)
    absent = peers.missing(("ours", "vroom", "or-tools"))
    assert list(absent) == ["vroom"]
    assert absent["vroom"].startswith("vroom takes no part: ")
    monkeypatch.setattr(routing_quality, "SOURCES", {"generated": lambda: [any_night(3, stops=5)]})
    monkeypatch.setattr(routing_quality, "warm_up", lambda: None)
    monkeypatch.setitem(peers.SOLVERS, "ours", lambda problem, limit_s, seed: solve(problem, iterations=5, seed=seed))
    (report,) = routing_quality.run(Options(sets=("generated",), solvers=("ours", "vroom")))
    assert (report.rows[0]["ours"], report.rows[0]["vroom"]) == (0.0, None)
    assert report.notes == (absent["vroom"],)


def test_a_plan_that_the_checker_refuses_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    other = solve(any_night(2), iterations=2)
    monkeypatch.setitem(peers.SOLVERS, "ours", lambda problem, limit_s, seed: other)
    instance = Instance("night", lambda: any_night(1))
    measure(instance, "ours", 2.0, seeds=1)
    assert instance.costs == {}


def test_where_everybody_must_be_served_a_plan_that_leaves_somebody_out_does_not_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(peers.SOLVERS, "ours", lambda problem, limit_s, seed: schedule(problem, {}))
    strict, free = (Instance("night", lambda: any_night(1), serves_all=one) for one in (True, False))
    for instance in (strict, free):
        measure(instance, "ours", 2.0, seeds=1)
    assert (strict.costs, len(free.costs)) == ({}, 1)


@pytest.mark.parametrize("name", ["pyvrp", "vroom", "or-tools"])
def test_what_a_peer_answers_is_a_plan_of_the_same_night(name: str) -> None:
    if peers.missing((name,)):
        pytest.skip(f"{name} is only installed by make bench")
    problem = generated.a_night(4, 12, 1)
    plan = peers.SOLVERS[name](problem, 0.2, 0)
    assert plan is not None
    assert violations(problem, plan) == []


def test_a_peer_that_knows_no_double_visits_is_left_out_of_those_nights() -> None:
    problem = generated.a_night(4, 12, 1, double=1.0)
    assert all(stop.cars_needed == 2 for stop in problem.stops)
    if not peers.missing(("pyvrp", "vroom")):
        assert peers.SOLVERS["pyvrp"](problem, 0.1, 0) is None
        assert peers.SOLVERS["vroom"](problem, 0.1, 0) is None


def test_a_short_run_takes_instances_from_the_whole_set() -> None:
    nights = [an_instance(number) for number in range(10)]
    assert [one.best for one in spread(nights, 3)] == [0, 3, 6]
    assert spread(nights, None) == spread(nights, 99) == nights


def same(one: Problem, other: Problem) -> bool:
    return np.array_equal(one.matrix.duration_s, other.matrix.duration_s) and one.stops == other.stops


def test_a_made_up_night_is_the_same_for_everybody() -> None:
    assert same(generated.a_night(6, 60, 1), generated.a_night(6, 60, 1))
    assert not same(generated.a_night(6, 60, 1), generated.a_night(6, 60, 2))
    assert sum(generated.a_night(6, 60, 1).matrix.duration_s[0]) == 60_865


def test_without_the_public_sets_nights_are_made_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NACHTRONDE_SHARED", str(tmp_path))
    assert public_sets() is None
    assert routing_quality.usual_sets(None) == ("generated", "generated-double")
    with pytest.raises(SystemExit, match="NACHTRONDE_SHARED"):
        instances_of("solomon", None)


def test_an_unknown_benchmark_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["love"])
    assert "there is no 'love'" in capsys.readouterr().err


def test_the_public_sets_are_found_with_their_best_known(shared: Path) -> None:
    data = shared / "data" / "bench"
    assert {one: len(instances_of(one, data)) for one in routing_quality.FORMATS} == {
        "nights": 6,
        "solomon": 11,
        "homberger200": 4,
        "hhcrsp": 11,
    }
    assert all(one.best for one in instances_of("solomon", data))
