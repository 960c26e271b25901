"""The engines and who tries when. An engine is one function: what is known goes in, a plan comes out, or nothing.

No engine has to be right: whatever it answers is judged by `better_of` before anybody believes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from routing.engines import cp_sat, or_tools
from routing.plan import Plan
from routing.problem import Problem, ProblemError
from routing.reasons import with_reasons
from routing.schedule import schedule
from routing.search import Orders, StoppingCriterion, compiled, search_pairs, with_incumbent
from routing.solve import filled, solve


class Task(NamedTuple):
    """What an engine is asked: this problem, changes priced against `incumbent`, beginning from `best`."""

    problem: Problem
    incumbent: Plan | None
    best: Plan | None
    limit_s: float
    seed: int


class Found(NamedTuple):
    """What an engine answers; `is_proven` says that no plan can be cheaper."""

    plan: Plan
    is_proven: bool = False


Engine = Callable[[Task], Found | None]


class Phase(NamedTuple):
    """A share of the time, and an engine for each lane; every phase begins from the best plan of the one before."""

    share: float
    engines: tuple[str, ...]


def ruin_and_recreate(task: Task) -> Found | None:
    """String removal and best insertion: the strongest search for nights without double visits."""
    return Found(
        solve(task.problem, incumbent=task.incumbent, start=task.best, limit_s=task.limit_s, seed=task.seed)
    )  # fmt: skip


def annealing(task: Task) -> Found | None:
    """One order of all visits and a car for each nurse: made for double visits, sound for every night."""
    arrays = with_incumbent(task.problem, task.incumbent)
    start = task.best.sequences if task.best is not None else {}
    return Found(_timed(task, search_pairs(task.problem, arrays, start, StoppingCriterion(task.limit_s), task.seed, 1)))


def guided_local_search(task: Task) -> Found | None:
    """Guided local search over the whole model, from the best plan there is."""
    if task.best is None:
        return None
    arrays = with_incumbent(task.problem, task.incumbent)
    routes = or_tools.polish(arrays, nodes_in(task.problem, task.best), task.limit_s)
    plan = None if routes is None else _timed_if_possible(task, routes)
    return None if plan is None else Found(plan)


def constraint_programming(task: Task) -> Found | None:
    """The best plan there can be, with proof when the time allows it."""
    if task.best is None:
        return None
    arrays = with_incumbent(task.problem, task.incumbent)
    answer = cp_sat.search(arrays, nodes_in(task.problem, task.best), task.limit_s, task.seed)
    if answer is None:
        return None
    plan = _timed_if_possible(task, answer.routes)
    if plan is None:
        return None
    # the model may take a break at any moment it is allowed to, `schedule` may not: only what really costs that much
    # is the best
    return Found(plan, answer.is_optimal and plan.cost.total == answer.cost)


ENGINES: Mapping[str, Engine] = {
    "ruin-and-recreate": ruin_and_recreate,
    "annealing": annealing,
    "or-tools": guided_local_search,
    "cp-sat": constraint_programming,
}


def line_up(problem: Problem, incumbent: Plan | None, lanes: int) -> tuple[Phase, ...]:
    """Who tries when on this night, with so many lanes."""
    made = compiled(problem)
    arrays = with_incumbent(problem, incumbent)
    usual = "annealing" if made.has_double_visits else "ruin-and-recreate"
    opinion = "or-tools" if or_tools.is_within_reach(arrays) else usual
    rest = (usual,) * (lanes - 1)
    if cp_sat.is_within_reach(arrays):
        helper = (opinion, *rest)[: lanes - 1]
        return Phase(0.15, (usual, *rest)), Phase(0.55, ("cp-sat", *helper)), Phase(0.3, (opinion, *rest))
    if lanes == 1:
        return Phase(0.8, (usual,)), Phase(0.2, (opinion,))
    return Phase(0.6, (usual, *rest)), Phase(0.4, (opinion, *rest))


def nodes_in(problem: Problem, plan: Plan) -> list[list[int]]:
    """A plan as nodes per car."""
    node_of = compiled(problem).node_of
    return [[node_of[one] for one in plan.sequences.get(car.id, ())] for car in problem.cars]


def orders_from(problem: Problem, routes: list[list[int]]) -> Orders:
    """Nodes per car back to ids."""
    parts = compiled(problem).parts
    return {car.id: [parts[node] for node in route] for car, route in zip(problem.cars, routes, strict=True)}


def _timed_if_possible(task: Task, routes: list[list[int]]) -> Plan | None:
    """Nothing when two cars would wait for each other for ever."""
    try:
        return _timed(task, orders_from(task.problem, routes))
    except ProblemError:
        return None


def _timed(task: Task, orders: Orders) -> Plan:
    plan = with_reasons(task.problem, schedule(task.problem, orders, incumbent=task.incumbent))
    return filled(task.problem, plan, task.incumbent)
