"""The long search in processes of their own: whatever an engine does, the plan that drives is never worse for it."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from routing import Answer, Problem, schedule, solve, solve_in_processes, violations
from routing.engines.line_up import Found
from routing.engines.processes import _judged
from tests.routing.nights import any_night

BREAKERS = {
    "dies": "import sys; sys.exit(3)",
    "talks nonsense": "import sys; sys.stdin.buffer.read(9); sys.stdout.buffer.write(b'\\0' * 7 + b'\\5hello')",
    "is cut off half way": "import sys; sys.stdin.buffer.read(9); sys.stdout.buffer.write(bytes(6) + b'zzhalf')",
    "is killed": "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
}


def spoiled(code: str) -> tuple[str, ...]:
    """A child in which this was done to the engines first."""
    before = "import time\nfrom routing.engines import processes\nfrom routing.engines.line_up import ENGINES, Found\n"
    return (sys.executable, "-c", f"{before}{code}\nprocesses.main()")


@pytest.fixture
def problem() -> Problem:
    return any_night(5, stops=14, is_rich=False)


@pytest.mark.parametrize("code", BREAKERS.values(), ids=BREAKERS.keys())
def test_a_child_that_breaks_changes_nothing(problem: Problem, code: str) -> None:
    incumbent = solve(problem, iterations=10)
    heard: list[Answer] = []
    command = (sys.executable, "-c", code)
    plan = solve_in_processes(problem, incumbent=incumbent, limit_s=0.2, command=command, told=heard.append)
    assert plan.sequences == incumbent.sequences
    assert heard == []


def test_a_child_that_hangs_is_ended_and_changes_nothing(problem: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routing.engines.processes.START_UP_S", 0.2)
    incumbent = solve(problem, iterations=10)
    command = (sys.executable, "-c", "import time; time.sleep(60)")
    assert (
        solve_in_processes(problem, incumbent=incumbent, limit_s=0.1, command=command).sequences == incumbent.sequences
    )


def test_a_child_that_is_not_there_changes_nothing(problem: Problem) -> None:
    incumbent = solve(problem, iterations=10)
    assert solve_in_processes(problem, incumbent=incumbent, command=("/nowhere",)).sequences == incumbent.sequences


def test_too_little_memory_for_a_child_changes_nothing(problem: Problem) -> None:
    incumbent = solve(problem, iterations=10)
    assert solve_in_processes(problem, incumbent=incumbent, limit_s=0.2, memory_mb=1).sequences == incumbent.sequences


def test_the_memory_limit_holds_for_an_engine_and_the_next_engine_still_runs(problem: Problem) -> None:
    heard: list[Answer] = []
    greedy = spoiled("ENGINES['ruin-and-recreate'] = lambda task: bytearray(10 ** 10)")
    incumbent = schedule(problem, {})
    plan = solve_in_processes(problem, incumbent=incumbent, limit_s=0.3, threads=1, command=greedy, told=heard.append)
    assert [(one.engine, one.cost is None) for one in heard] == [("ruin-and-recreate", True), ("or-tools", False)]
    assert plan.cost.total < incumbent.cost.total


def test_an_engine_that_hangs_ends_its_lane_only(problem: Problem) -> None:
    heard: list[Answer] = []
    incumbent = schedule(problem, {})
    hanging = spoiled(
        "search = ENGINES['ruin-and-recreate']\n"
        "def stuck(task):\n    while task.seed == 0: time.sleep(1)\n    return search(task)\n"
        "ENGINES['ruin-and-recreate'] = stuck"
    )
    plan = solve_in_processes(problem, incumbent=incumbent, limit_s=0.3, threads=2, command=hanging, told=heard.append)
    assert [one.engine for one in heard] == ["ruin-and-recreate", "or-tools"]
    assert plan.cost.total < incumbent.cost.total


def test_an_engine_that_lies_about_its_plan_is_not_believed(problem: Problem) -> None:
    incumbent = solve(problem, iterations=10)
    for broken in (
        replace(incumbent, cost=replace(incumbent.cost, total=1)),
        replace(schedule(problem, {}), cost=replace(incumbent.cost, total=1)),
        replace(incumbent, routes=incumbent.routes * 2, cost=replace(incumbent.cost, total=1)),
        replace(incumbent, version=77, cost=replace(incumbent.cost, total=1)),
        "no plan at all",
    ):
        said = Found(broken, is_proven=True)  # type: ignore[arg-type]
        assert _judged(problem, incumbent, incumbent, said) == (incumbent, False, False)
    assert _judged(problem, incumbent, incumbent, "nothing") == (incumbent, False, False)


def test_a_worse_plan_changes_nothing_and_its_proof_is_not_believed(problem: Problem) -> None:
    incumbent = solve(problem, iterations=200)
    worse = Found(schedule(problem, {}, incumbent=incumbent), is_proven=True)
    assert _judged(problem, incumbent, incumbent, worse) == (incumbent, False, False)


def test_a_lying_child_changes_nothing(problem: Problem) -> None:
    incumbent = solve(problem, iterations=10)
    heard: list[Answer] = []
    lying = spoiled(
        "from dataclasses import replace\n"
        "lie = lambda task: Found(replace(task.best, cost=replace(task.best.cost, total=1)), True)\n"
        "ENGINES.update({name: lie for name in ENGINES})"
    )
    plan = solve_in_processes(problem, incumbent=incumbent, limit_s=0.2, command=lying, told=heard.append)
    assert plan.sequences == incumbent.sequences
    assert heard
    assert not any(one.is_better or one.is_proven for one in heard)


def test_the_engines_side_by_side_give_a_sound_plan_and_say_whose_it_is(problem: Problem) -> None:
    incumbent = solve(problem, iterations=1)
    heard: list[Answer] = []
    plan = solve_in_processes(problem, incumbent=incumbent, limit_s=0.5, threads=2, told=heard.append)
    assert violations(problem, plan, incumbent) == []
    assert plan.cost.total == min([incumbent.cost.total, *(one.cost for one in heard if one.is_better and one.cost)])
    assert {one.engine for one in heard} == {"ruin-and-recreate", "or-tools"}


def test_on_a_small_night_the_search_ends_when_the_best_is_proven() -> None:
    problem = any_night(7, stops=5)
    heard: list[Answer] = []
    plan = solve_in_processes(problem, limit_s=20.0, threads=1, told=heard.append)
    assert violations(problem, plan) == []
    assert (heard[-1].engine, heard[-1].is_proven) == ("cp-sat", True)
    assert heard[-1].cost == plan.cost.total
