"""One urgent call into a large night: `python -m benchmarks.routing_insert` (100 cars, 1,000 visits; 10 cars, 100
visits)."""

from __future__ import annotations

import random
import resource
import time

from routing import Car, Problem, Stop, TravelMatrix, insert, schedule, solve, violations, warm_up


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


def main() -> None:
    """Print p50, p99 and the worst of 300 recommendations, and the memory used."""
    warm_up()
    for cars, stops in ((10, 100), (100, 1000)):
        problem = a_region(cars, stops, 300)
        planned = problem.changed(stops=problem.stops[:stops])
        began = time.perf_counter()
        plan = solve(planned, limit_s=1.0)
        plan_s = time.perf_counter() - began
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
        megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        times = f"p50 {spent[150]:.2f} ms, p99 {spent[297]:.2f} ms, worst {spent[-1]:.2f} ms"
        print(f"{cars} cars, {stops} visits: {times}; first plan in {plan_s:.1f} s, {megabytes:.0f} MB")


if __name__ == "__main__":
    main()
