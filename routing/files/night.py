"""Files in and out: our own night format here, the classic sets in `classic.py`."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from routing.check import evaluate
from routing.files.classic import home_care, home_care_document, solomon
from routing.files.values import (
    a_list,
    an_object,
    count,
    given,
    identity,
    pair,
    table,
    weight,
    whole,
    word,
    words,
    yes_or_no,
)
from routing.plan import Cost, Plan, PlannedBreak, PlannedStop, Route, Unplanned
from routing.problem import FOREVER_S, Break, Car, Problem, ProblemError, Stop, Sync, TravelMatrix, Weights
from routing.schedule import schedule


def read(path: str, form: str = "night") -> Problem:
    """A problem from a file.

    Raises
    ------
    ProblemError : one sentence about what is wrong with the file.
    """
    text = _text(path)
    try:
        if form == "solomon":
            return solomon(text)
        document = an_object(_json(text), "the file")
        return night(document) if form == "night" else home_care(document, Path(path).stem)
    except ProblemError as error:
        raise ProblemError(f"{path}: {error}") from error


def _text(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise ProblemError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'not a text file'}") from error


def _json(text: str) -> Any:
    if not text.strip():
        raise ProblemError("the file is empty")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"this is not JSON: {error}") from error


def night(document: Mapping[str, Any]) -> Problem:
    """The interchange format; keys that are absent mean none.

    Raises
    ------
    ProblemError : one sentence about the value that is wrong.
    """
    if document.get("version", 1) != 1:
        raise ProblemError(f"this is version {document['version']!r} of the format; only version 1 is known")
    matrix = an_object(given(document, "matrix", "the night"), "matrix")
    distance = matrix.get("distance_m")
    known = {one.name for one in fields(Weights)}
    prices = an_object(document.get("weights", {}), "weights")
    if unknown := sorted(set(prices) - known):
        raise ProblemError(f"there is no weight {unknown[0]!r}; there are {', '.join(sorted(known))}")
    cars = tuple(_car(an_object(one, "a car")) for one in a_list(given(document, "cars", "the night"), "cars"))
    stops = tuple(_stop(an_object(one, "a stop")) for one in a_list(given(document, "stops", "the night"), "stops"))
    problem = Problem(
        TravelMatrix(
            table(given(matrix, "duration_s", "matrix"), "duration_s"),
            None if distance is None else table(distance, "distance_m"),
            source=word(matrix.get("source", "given"), "source"),
        ),
        cars,
        stops,
        Weights(**{key: weight(value, f"weight {key!r}") for key, value in prices.items()}),
        name=str(document.get("name", "")),
    )
    for stop_id, times in Counter(one for car in cars for one in car.frozen).items():
        if times > problem.stop(stop_id).cars_needed or any(car.frozen.count(stop_id) > 1 for car in cars):
            raise ProblemError(f"stop {stop_id!r} is under way more than once")
    return problem


def _car(one: Mapping[str, Any]) -> Car:
    car_id = identity(given(one, "id", "a car"), "id of a car")
    name = f"car {car_id!r}"
    return Car(
        id=car_id,
        place=whole(given(one, "place", name), f"place of {name}"),
        shift_s=pair(given(one, "shift_s", name), f"shift_s of {name}"),
        home=None if one.get("home") is None else whole(given(one, "home", name), f"home of {name}"),
        free_at_s=None
        if one.get("free_at_s") is None
        else whole(given(one, "free_at_s", name), f"free_at_s of {name}"),
        skills=words(one.get("skills", []), f"skills of {name}"),
        regions=words(one.get("regions", []), f"regions of {name}"),
        is_backup=yes_or_no(one.get("is_backup", False), f"is_backup of {name}"),
        activation_cost=count(one.get("activation_cost", 0), f"activation_cost of {name}"),
        breaks=tuple(
            _break(an_object(rest, f"a break of {name}"), name)
            for rest in a_list(one.get("breaks", []), f"breaks of {name}")
        ),
        frozen=tuple(
            identity(stop, f"a stop in frozen of {name}") for stop in a_list(one.get("frozen", []), f"frozen of {name}")
        ),
        capacity=None if one.get("capacity") is None else count(given(one, "capacity", name), f"capacity of {name}"),
    )


def _break(rest: Mapping[str, Any], name: str) -> Break:
    return Break(
        earliest_s=whole(given(rest, "earliest_s", f"a break of {name}"), f"earliest_s of {name}"),
        latest_s=whole(given(rest, "latest_s", f"a break of {name}"), f"latest_s of {name}"),
        duration_s=count(given(rest, "duration_s", f"a break of {name}"), f"duration_s of {name}"),
    )


def _sync(sync: Mapping[str, Any], name: str) -> Sync:
    return Sync(
        min_gap_s=whole(sync.get("min_gap_s", 0), f"min_gap_s of {name}"),
        max_gap_s=whole(sync.get("max_gap_s", 0), f"max_gap_s of {name}"),
        skills=None if sync.get("skills") is None else words(sync["skills"], f"skills in sync of {name}"),
        service_s=None if sync.get("service_s") is None else count(sync["service_s"], f"service_s in sync of {name}"),
        locked_car=_word_or_none(sync, "locked_car", name),
    )


def _word_or_none(one: Mapping[str, Any], key: str, name: str) -> str | None:
    return None if one.get(key) is None else word(one[key], f"{key} of {name}")


def _stop(one: Mapping[str, Any]) -> Stop:
    stop_id = identity(given(one, "id", "a stop"), "id of a stop")
    name = f"stop {stop_id!r}"
    return Stop(
        id=stop_id,
        place=whole(given(one, "place", name), f"place of {name}"),
        service_s=count(given(one, "service_s", name), f"service_s of {name}"),
        window_s=pair(given(one, "window_s", name), f"window_s of {name}"),
        latest_s=whole(one.get("latest_s", FOREVER_S), f"latest_s of {name}"),
        late_weight=weight(one.get("late_weight", 2), f"late_weight of {name}"),
        unserved_penalty=count(one.get("unserved_penalty", 14_400), f"unserved_penalty of {name}"),
        skills=words(one.get("skills", []), f"skills of {name}"),
        region=_word_or_none(one, "region", name),
        urgent=yes_or_no(one.get("urgent", False), f"urgent of {name}"),
        cars_needed=whole(one.get("cars_needed", 1), f"cars_needed of {name}"),
        sync=None if one.get("sync") is None else _sync(an_object(one["sync"], f"sync of {name}"), name),
        preferred_car=_word_or_none(one, "preferred_car", name),
        locked_car=_word_or_none(one, "locked_car", name),
        load=count(one.get("load", 0), f"load of {name}"),
    )


def plan_document(problem: Problem, plan: Plan, form: str = "night") -> dict[str, Any]:
    """A plan as the format asks for it."""
    if form == "hhcrsp":
        return home_care_document(problem, plan)
    routes = []
    for route in plan.routes:
        stops = []
        for one in route.stops:
            entry = {"stop": one.stop, "arrive_s": one.arrive_s, "start_s": one.start_s, "leave_s": one.leave_s}
            stops.append(entry | ({"part": one.part} if problem.stop(one.stop).cars_needed == 2 else {}))
        breaks = [{"start_s": one.start_s, "end_s": one.end_s, "after": one.after} for one in route.breaks]
        if route.stops or form == "night":
            routes.append({"car": route.car, "stops": stops} | ({"breaks": breaks} if breaks else {}))
    cost = plan.cost
    terms = {"total": cost.total, "travel_s": cost.travel_s, "late": cost.late, "unserved": cost.unserved}
    for key in ("spill_over", "preference", "activation", "change", "max_late"):
        if getattr(cost, key):
            terms[key] = getattr(cost, key)
    unplanned = [
        {"stop": one.stop, "reason": one.reason, **({"params": dict(one.params)} if one.params else {})}
        for one in plan.unplanned
    ]
    return {"name": problem.name, "routes": routes, "unplanned": unplanned, "cost": terms}


def read_plan(path: str, problem: Problem) -> Plan:
    """A plan from a file, with the times and the cost that the file states (for the checker), in the night format.

    Raises
    ------
    ProblemError : one sentence about what is wrong with the file, or that it is another night's.
    """
    text = _text(path)
    try:
        document = an_object(_json(text), "the file")
        routes = tuple(
            _route(an_object(entry, "a route"), problem)
            for entry in a_list(given(document, "routes", "the plan"), "routes")
        )
        unplanned = tuple(
            _unplanned(an_object(one, "an unplanned stop"), problem)
            for one in a_list(document.get("unplanned", []), "unplanned")
        )
        stated = an_object(given(document, "cost", "the plan"), "cost")
        cost = Cost(**{one.name: _amount(stated.get(one.name, 0), f"cost {one.name!r}") for one in fields(Cost)})
    except ProblemError as error:
        raise ProblemError(f"{path} is no plan for this problem: {error}") from error
    plan = Plan(routes, unplanned, cost, problem.version, problem.name)
    real = evaluate(problem, plan)  # counts that the format does not carry
    return replace(plan, cost=replace(plan.cost, distance_m=real.distance_m, late_s=real.late_s))


def _amount(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProblemError(f"{name} must be a whole number")
    return value


def _known_stop(one: Mapping[str, Any], problem: Problem, name: str) -> Stop:
    stop_id = identity(given(one, "stop", name), f"the stop of {name}")
    if stop_id not in problem.stop_index:
        raise ProblemError(f"there is no stop {stop_id!r}")
    return problem.stop(stop_id)


def _route(entry: Mapping[str, Any], problem: Problem) -> Route:
    car_id = identity(given(entry, "car", "a route"), "the car of a route")
    if car_id not in problem.car_index:
        raise ProblemError(f"there is no car {car_id!r}")
    car, name = problem.car(car_id), f"the route of {car_id!r}"
    stops: list[PlannedStop] = []
    place = car.place
    for visit in a_list(given(entry, "stops", name), f"stops of {name}"):
        one = an_object(visit, f"a stop of {name}")
        stop = _known_stop(one, problem, f"a stop of {name}")
        arrive_s, start_s, leave_s = (
            whole(given(one, key, f"stop {stop.id!r}"), f"{key} of stop {stop.id!r}")
            for key in ("arrive_s", "start_s", "leave_s")
        )
        part = whole(one.get("part", 0), f"part of stop {stop.id!r}")
        if part not in range(stop.cars_needed):
            raise ProblemError(f"stop {stop.id!r} has no part {part}")
        legs = problem.matrix.seconds(place, stop.place), problem.matrix.metres(place, stop.place)
        late_s = max(0, start_s - stop.window_s[1])
        stops.append(PlannedStop(stop.id, arrive_s, start_s, leave_s, part, *legs, late_s))
        place = stop.place
    breaks = tuple(
        PlannedBreak(*(whole(given(rest, key, f"a break of {name}"), key) for key in ("start_s", "end_s", "after")))
        for rest in (an_object(one, f"a break of {name}") for one in a_list(entry.get("breaks", []), "breaks"))
    )
    home_s = max([*(one.leave_s for one in stops[-1:]), *(one.end_s for one in breaks)], default=0)
    home_s += problem.matrix.seconds(place, car.ends_at)
    return Route(car_id, tuple(stops), breaks, home_s)


def _unplanned(one: Mapping[str, Any], problem: Problem) -> Unplanned:
    stop = _known_stop(one, problem, "an unplanned stop")
    reason = word(given(one, "reason", f"unplanned stop {stop.id!r}"), f"the reason of {stop.id!r}")
    return Unplanned(stop.id, reason, an_object(one.get("params", {}), f"params of {stop.id!r}"))


def retimed(problem: Problem, plan: Plan) -> Plan:
    """The plan's sequences with times of our own."""
    return schedule(problem, plan.sequences)
