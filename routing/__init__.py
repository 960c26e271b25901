"""Plan a night of visits: seconds, metres, stops and cars. Knows no names, no database and no web.

    problem = Problem(matrix, cars, stops)
    plan = solve(problem, limit_s=2)                    # routes for everything that is known
    advice = insert(problem, plan, "urgent-7")          # one more stop, in a millisecond: who can go, who not and why
    plan = apply(problem, plan, "urgent-7", advice.best)
    plan = solve(problem, incumbent=plan, limit_s=0.3)  # tidy up; never worse than the incumbent
    assert violations(problem, plan) == []              # a checker that shares no code with the search

Call `warm_up()` once when a process starts: it loads the compiled search, for which the first request would wait.
"""

from routing.check import evaluate, violations
from routing.engines import Answer, solve_in_processes
from routing.explain import explain
from routing.insert import apply, insert
from routing.plan import (
    Cost,
    Delay,
    Option,
    Placement,
    Plan,
    PlannedBreak,
    PlannedStop,
    Reason,
    Recommendation,
    Rejection,
    Route,
    Unplanned,
    Violation,
)
from routing.problem import FOREVER_S, Break, Car, Problem, ProblemError, Stop, Sync, TravelMatrix, Weights
from routing.schedule import schedule
from routing.solve import solve, warm_up

__all__ = [
    "FOREVER_S",
    "Answer",
    "Break",
    "Car",
    "Cost",
    "Delay",
    "Option",
    "Placement",
    "Plan",
    "PlannedBreak",
    "PlannedStop",
    "Problem",
    "ProblemError",
    "Reason",
    "Recommendation",
    "Rejection",
    "Route",
    "Stop",
    "Sync",
    "TravelMatrix",
    "Unplanned",
    "Violation",
    "Weights",
    "apply",
    "evaluate",
    "explain",
    "insert",
    "schedule",
    "solve",
    "solve_in_processes",
    "violations",
    "warm_up",
]
