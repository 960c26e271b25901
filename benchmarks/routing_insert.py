"""One urgent call into a large night: 10 cars with 100 visits, and 100 cars with 1,000."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Mapping
from typing import Any

from benchmarks.report import Options, Report
from routing import Car, Problem, Stop, TravelMatrix, insert, schedule, solve, violations, warm_up

CALLS = 300


def a_region(cars: int, stops: int, calls: int, seed: int = 1) -> Problem:
    """Bases and visits on a plane of 40 by 40 km, with three skills; the last `calls` stops are urgent."""
    rnd = random.Random(seed)
    spots = [(rnd.random() * 2400, rnd.random() * 2400) for _ in range(cars + stops + calls)]
    matrix = [[int(((a - c) ** 2 + (b - d) ** 2) ** 0.5) + 60 * (i != j) for j, (c, d) in enumerate(spots)]
              for i, (a, b) in enumerate(spots)]  # fmt: skip
    skills = ("a", "b", "c")
    fleet = [
        Car(id=f"c{k}", place=k, shift_s=(0, 28_800), skills=frozenset(rnd.sample(skills, 2))) for k in range(cars)
    ]
    visits = []
    for k in range(stops + calls):
        opens = rnd.randrange(0, 24_000)
        is_urgent = k >= stops
        closes = opens + (1800 if is_urgent else 7200)
        visits.append(
            Stop(
                id=f"s{k}", place=cars + k, service_s=1200, window_s=(opens, closes), latest_s=closes + 3600,
                late_weight=10 if is_urgent else 2, urgent=is_urgent, skills=frozenset(rnd.sample(skills, 1)),
                unserved_penalty=28_800 if is_urgent else 14_400,
            )
        )  # fmt: skip
    return Problem(TravelMatrix(matrix), tuple(fleet), tuple(visits))


def run(options: Options) -> list[Report]:
    """How long 300 recommendations take in two regions, and the memory of the process."""
    warm_up()
    rows: list[Mapping[str, Any]] = []
    for cars, stops in ((10, 100), (100, 1000)):
        problem = a_region(cars, stops, CALLS)
        planned = problem.changed(stops=problem.stops[:stops])
        plan = solve(planned, limit_s=1.0)
        assert violations(planned, plan) == []
        now = schedule(problem, plan.sequences)
        insert(problem, now, problem.stops[stops].id)
        spent = []
        for stop in problem.stops[stops:]:
            began = time.perf_counter()
            advice = insert(problem, now, stop.id)
            spent.append(1000 * (time.perf_counter() - began))
            assert len(advice.options) + len(advice.rejected) == cars
        spent.sort()
        megabytes = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        p50, p99 = spent[CALLS // 2], spent[CALLS * 99 // 100]
        rows.append({"region": f"{cars} cars, {stops} visits", "p50 ms": p50, "p99 ms": p99, "worst ms": spent[-1],
                     "MB": megabytes})  # fmt: skip
    return [Report("one urgent call: every car and place tried, top 5 with reasons", tuple(rows[0]), rows)]
