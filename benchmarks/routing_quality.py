"""The optimiser against PyVRP, VROOM and plain OR-Tools at equal wall time: `python -m benchmarks.routing_quality
--limit 2`.

PyVRP and VROOM are installed for the benchmark only (`pip install pyvrp pyvroom`); what is not installed is left
out. Every plan, whoever made
it, is priced by `routing.evaluate` on the same instance. Prints a table of gaps against the best known and writes JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from routing import Plan, Problem, evaluate, schedule, solve, violations, warm_up
from routing.engines import orders_from
from routing.formats import read
from routing.second import polish

Solver = Callable[[Problem, float, int], Plan | None]
SETS = {"nights": "night", "solomon": "solomon", "homberger200": "solomon", "hhcrsp": "hhcrsp"}


def ours(problem: Problem, limit_s: float, seed: int) -> Plan | None:
    """Ruin and recreate, or annealing when nurses must meet; one thread."""
    return solve(problem, limit_s=limit_s, seed=seed)


def or_tools(problem: Problem, limit_s: float, seed: int) -> Plan | None:
    """OR-Tools from nothing: every stop out, guided local search."""
    routes = polish(problem.compiled.arrays, [[] for _ in problem.cars], limit_s)
    return None if routes is None else schedule(problem, orders_from(problem, routes))


def vroom_py(problem: Problem, limit_s: float, seed: int) -> Plan | None:
    """VROOM: it knows no soft windows, so the window is hard (lateness only costs there); priorities from penalties."""
    import numpy as np
    import vroom

    if problem.compiled.has_double_visits:
        return None
    question = vroom.Input()
    question.set_durations_matrix("car", np.asarray(problem.matrix.duration_s, dtype=np.uint32))
    names = sorted({skill for car in problem.cars for skill in car.skills})
    for number, car in enumerate(problem.cars):
        question.add_vehicle(
            vroom.Vehicle(
                number, start=car.place, end=car.ends_at, skills={names.index(one) for one in car.skills},
                time_window=vroom.TimeWindow(car.starts_s, car.shift_s[1]),
                capacity=[0 if car.capacity is None else car.capacity],
            )
        )  # fmt: skip
    heaviest = max((stop.unserved_penalty for stop in problem.stops), default=1)
    for number, stop in enumerate(problem.stops):
        question.add_job(
            vroom.Job(
                number, location=stop.place, default_service=stop.service_s, delivery=[stop.load],
                skills={names.index(one) for one in stop.skills},
                priority=min(100, 100 * stop.unserved_penalty // heaviest),
                time_windows=[vroom.TimeWindow(stop.window_s[0], stop.window_s[1])],
            )
        )  # fmt: skip
    answer = question.solve(exploration_level=5, nb_threads=1)
    routes: dict[str, list[str]] = {car.id: [] for car in problem.cars}
    for step in answer.routes.to_dict("records"):
        if step["type"] == "job":
            routes[problem.cars[int(step["vehicle_id"])].id].append(problem.stops[int(step["id"])].id)
    return schedule(problem, routes)


def pyvrp(problem: Problem, limit_s: float, seed: int) -> Plan | None:
    """PyVRP: a profile per set of skills, prizes for penalties, hard windows."""
    import pyvrp as vrp
    from pyvrp.stop import MaxRuntime

    if problem.compiled.has_double_visits:
        return None
    model = vrp.Model()
    places = sorted({place for car in problem.cars for place in (car.place, car.ends_at)})
    spots = [(place, model.add_location(0, 0), -1) for place in places]
    depots = {place: model.add_depot(spot) for place, spot, _ in spots}
    for number, stop in enumerate(problem.stops):
        spot = model.add_location(0, 0)
        spots.append((stop.place, spot, number))
        model.add_client(
            spot, [stop.load], service_duration=stop.service_s, tw_early=stop.window_s[0],
            tw_late=stop.window_s[1], prize=stop.unserved_penalty, required=False,
        )  # fmt: skip
    forbidden = 10_000_000
    for skills in {car.skills for car in problem.cars}:
        profile = model.add_profile()
        for origin, a, _ in spots:
            for destination, b, number in spots:
                if a is not b:
                    seconds = problem.matrix.seconds(origin, destination)
                    is_barred = number >= 0 and not problem.stops[number].skills <= skills
                    model.add_edge(a, b, forbidden if is_barred else seconds, seconds, profile)
        for car in problem.cars:
            if car.skills == skills:
                model.add_vehicle_type(
                    1, [10**9 if car.capacity is None else car.capacity], depots[car.place], depots[car.ends_at],
                    tw_early=car.starts_s, tw_late=car.shift_s[1], profile=profile, name=car.id,
                )  # fmt: skip
    result = model.solve(MaxRuntime(limit_s), seed=seed, display=False)
    types = model.vehicle_types
    routes = {
        types[route.vehicle_type()].name: [problem.stops[one.idx].id for one in route if one.is_client()]
        for route in result.best.routes()
    }
    return schedule(problem, routes)


SOLVERS: Mapping[str, Solver] = {"ours": ours, "pyvrp": pyvrp, "vroom": vroom_py, "or-tools": or_tools}


def instances(folder: Path, wanted: str) -> list[tuple[Path, float]]:
    """The files of a set with their best-known cost in the units of the problem."""
    if wanted == "nights":
        best = json.loads((folder / "nights" / "best_known.json").read_text())
        return [(folder / "nights" / f"{name}.json", float(cost)) for name, cost in best.items()]
    if wanted == "hhcrsp":
        best = json.loads((folder / "hhcrsp" / "best_known.json").read_text())
        return [(folder / "hhcrsp" / name, 3000 * one["cost"]) for name, one in best.items()]
    best = json.loads((folder / "best_known_distance.json").read_text())
    return [(file, 10 * best[file.stem]) for file in sorted((folder / wanted).glob("*.txt")) if file.stem in best]


def measure(
    sets: Sequence[str], solvers: Sequence[str], limit_s: float, seeds: int, folder: Path
) -> list[dict[str, Any]]:
    """Every solver on every instance; gaps in percent."""
    warm_up()
    rows = []
    for one in sets:
        for file, best in instances(folder, one):
            row: dict[str, Any] = {"set": one, "instance": file.stem, "best": best, "limit_s": limit_s}
            for name in solvers:
                costs, spent = [], []
                for seed in range(seeds):
                    problem = read(str(file), SETS[one])
                    began = time.perf_counter()
                    try:
                        plan = SOLVERS[name](problem, limit_s, seed)
                    except ImportError:
                        plan = None
                    spent.append(time.perf_counter() - began)
                    if plan is not None and not violations(problem, plan):
                        costs.append(evaluate(problem, plan).total)
                row[name] = round(100 * (statistics.mean(costs) / best - 1), 2) if costs else None
                row[f"{name}_s"] = round(max(spent), 2)
            rows.append(row)
            print("  ".join(f"{row[key]!s:>12}" for key in ("instance", *solvers)), flush=True)
    return rows


def main() -> None:
    """Print the table, write the JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, default=2.0)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--sets", default="nights", help="comma separated: nights, solomon, homberger200, hhcrsp")
    parser.add_argument("--solvers", default=",".join(SOLVERS))
    parser.add_argument("--data", default=os.environ.get("NACHTRONDE_SHARED", "../shared") + "/data/bench")
    parser.add_argument("--out", default="routing-quality.json")
    options = parser.parse_args()
    solvers = options.solvers.split(",")
    print("  ".join(f"{name:>12}" for name in ("gap %", *solvers)))
    rows = measure(options.sets.split(","), solvers, options.limit, options.seeds, Path(options.data))
    for name in solvers:
        gaps = [row[name] for row in rows if row[name] is not None]
        if gaps:
            print(f"{name:>12}: mean {statistics.mean(gaps):.2f} %, worst {max(gaps):.2f} % of {len(gaps)}")
    Path(options.out).write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
