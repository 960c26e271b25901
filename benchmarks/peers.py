"""Who is measured beside us: PyVRP and VROOM, which are installed for the benchmark only, and plain OR-Tools.

None of them knows soft windows or two nurses at one visit; they get hard windows, and no night with double visits.
Every plan, whoever made it, is priced by `routing.evaluate` on the same instance.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from routing import Plan, Problem, ProblemError, schedule, solve, solve_in_processes
from routing.engines import from_nothing, orders_from
from routing.search import compiled

Solver = Callable[[Problem, float, int], Plan | None]
MODULES = {"pyvrp": "pyvrp", "vroom": "vroom"}
"""The package that each peer needs."""


def missing(names: Sequence[str]) -> dict[str, str]:
    """Peers that cannot take part, each with the reason."""
    found = {}
    for name in names:
        if name in MODULES:
            try:
                importlib.import_module(MODULES[name])
            except Exception as error:  # a wheel of another machine fails in its own way
                found[name] = f"{name} takes no part: {error} (`make bench` installs it where there is a network)"
    return found


def ours(problem: Problem, limit_s: float, seed: int) -> Plan | None:
    """Ruin and recreate, or annealing when nurses must meet; one thread."""
    return solve(problem, limit_s=limit_s, seed=seed)


def or_tools(problem: Problem, limit_s: float, seed: int) -> Plan | None:
    """OR-Tools from nothing: cheapest insertion, then guided local search."""
    routes = from_nothing(compiled(problem).arrays, limit_s)
    try:
        return None if routes is None else schedule(problem, orders_from(problem, routes))
    except ProblemError:  # two double visits crosswise: drivable with gaps, but not by `schedule`
        return None


def side_by_side(problem: Problem, limit_s: float, seed: int) -> Plan | None:
    """The engines of the long search in a child process; loading them is not counted."""
    return solve_in_processes(problem, limit_s=limit_s, seed=seed, threads=1)


def vroom_py(problem: Problem, limit_s: float, seed: int) -> Plan | None:
    """VROOM: it knows no soft windows, so the window is hard (lateness only costs there); priorities from penalties."""
    import numpy as np
    import vroom

    if compiled(problem).has_double_visits:
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
    answer = question.solve(exploration_level=5, nb_threads=1, timeout=timedelta(seconds=limit_s))
    routes: dict[str, list[str]] = {car.id: [] for car in problem.cars}
    for step in answer.routes.to_dict("records"):
        if step["type"] == "job":
            routes[problem.cars[int(step["vehicle_id"])].id].append(problem.stops[int(step["id"])].id)
    return schedule(problem, routes)


def pyvrp(problem: Problem, limit_s: float, seed: int) -> Plan | None:
    """PyVRP: a profile per set of skills, prizes for penalties, hard windows."""
    import pyvrp as vrp
    from pyvrp.stop import MaxRuntime

    if compiled(problem).has_double_visits:
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


SOLVERS: Mapping[str, Solver] = {
    "ours": ours,
    "pyvrp": pyvrp,
    "vroom": vroom_py,
    "or-tools": or_tools,
    "processes": side_by_side,
}
USUAL = ("ours", "pyvrp", "vroom", "or-tools")
"""The one-thread comparison; `processes` is ours too, with OR-Tools as its last engine."""
