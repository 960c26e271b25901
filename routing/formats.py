"""Files in and out: our own night format, the Solomon text files, and the two-nurse home-care files of Mankowska.

Everything inside is whole numbers: Solomon distances count tenths, home-care distances count thousandths.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from routing.plan import Plan
from routing.problem import FOREVER_S, Break, Car, Problem, ProblemError, Stop, Sync, TravelMatrix, Weights
from routing.schedule import schedule

SOLOMON_SCALE = 10
HHCRSP_SCALE = 1000
UNREFUSABLE = 10_000_000
"""What leaving a stop out costs in sets where everything must be served."""


def read(path: str, form: str = "night") -> Problem:
    """A problem from a file.

    Raises
    ------
    ProblemError : one sentence about what is wrong with the file.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ProblemError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'not a text file'}") from error
    if form == "solomon":
        return _solomon(text)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProblemError(f"{path} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise ProblemError(f"{path} holds no JSON object")
    try:
        return night(document) if form == "night" else _hhcrsp(document, Path(path).stem)
    except ProblemError:
        raise
    except KeyError as error:
        raise ProblemError(f"{path} lacks {error.args[0]!r}") from error
    except (TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        raise ProblemError(f"{path} has a value of the wrong kind: {error}") from error


def night(document: Mapping[str, Any]) -> Problem:
    """The interchange format; keys that are absent mean none."""
    if document.get("version", 1) != 1:
        raise ProblemError(f"this is version {document['version']} of the format; only version 1 is known")
    matrix = document["matrix"]
    weights = Weights(**{key: _whole(value, key) for key, value in document.get("weights", {}).items()})
    return Problem(
        TravelMatrix(matrix["duration_s"], matrix.get("distance_m"), source=matrix.get("source", "given")),
        tuple(_car(one) for one in document["cars"]),
        tuple(_stop(one) for one in document["stops"]),
        weights,
        name=str(document.get("name", "")),
    )


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ProblemError(f"{name} must be a whole number, not {value!r}")
    return value


def _pair(value: Any, name: str) -> tuple[int, int]:
    if not isinstance(value, Sequence) or len(value) != 2:
        raise ProblemError(f"{name} must be two whole numbers, not {value!r}")
    return _whole(value[0], name), _whole(value[1], name)


def _words(value: Any, name: str) -> frozenset[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise ProblemError(f"{name} must be a list of words, not {value!r}")
    return frozenset(value)


def _car(one: Mapping[str, Any]) -> Car:
    name = f"car {one['id']!r}"
    return Car(
        id=str(one["id"]),
        place=_whole(one["place"], f"place of {name}"),
        shift_s=_pair(one["shift_s"], f"shift_s of {name}"),
        home=None if one.get("home") is None else _whole(one["home"], f"home of {name}"),
        free_at_s=None if one.get("free_at_s") is None else _whole(one["free_at_s"], f"free_at_s of {name}"),
        skills=_words(one.get("skills", []), f"skills of {name}"),
        regions=_words(one.get("regions", []), f"regions of {name}"),
        is_backup=bool(one.get("is_backup", False)),
        activation_cost=_whole(one.get("activation_cost", 0), f"activation_cost of {name}"),
        breaks=tuple(
            Break(
                earliest_s=_whole(rest["earliest_s"], "earliest_s"),
                latest_s=_whole(rest["latest_s"], "latest_s"),
                duration_s=_whole(rest["duration_s"], "duration_s"),
            )
            for rest in one.get("breaks", [])
        ),
        frozen=tuple(str(stop) for stop in one.get("frozen", [])),
        capacity=None if one.get("capacity") is None else _whole(one["capacity"], f"capacity of {name}"),
    )


def _stop(one: Mapping[str, Any]) -> Stop:
    name = f"stop {one['id']!r}"
    window_s = _pair(one["window_s"], f"window_s of {name}")
    sync = one.get("sync")
    return Stop(
        id=str(one["id"]),
        place=_whole(one["place"], f"place of {name}"),
        service_s=_whole(one["service_s"], f"service_s of {name}"),
        window_s=window_s,
        latest_s=_whole(one.get("latest_s", FOREVER_S), f"latest_s of {name}"),
        late_weight=_whole(one.get("late_weight", 2), f"late_weight of {name}"),
        unserved_penalty=_whole(one.get("unserved_penalty", 14_400), f"unserved_penalty of {name}"),
        skills=_words(one.get("skills", []), f"skills of {name}"),
        region=one.get("region"),
        urgent=bool(one.get("urgent", False)),
        cars_needed=_whole(one.get("cars_needed", 1), f"cars_needed of {name}"),
        sync=None
        if sync is None
        else Sync(
            min_gap_s=_whole(sync.get("min_gap_s", 0), "min_gap_s"),
            max_gap_s=_whole(sync.get("max_gap_s", 0), "max_gap_s"),
            skills=None if sync.get("skills") is None else _words(sync["skills"], "skills of sync"),
            service_s=None if sync.get("service_s") is None else _whole(sync["service_s"], "service_s of sync"),
            locked_car=sync.get("locked_car"),
        ),
        preferred_car=one.get("preferred_car"),
        locked_car=one.get("locked_car"),
        load=_whole(one.get("load", 0), f"load of {name}"),
    )


def _solomon(text: str) -> Problem:
    """Solomon and Homberger: distances floored to one decimal, every customer must be served, cost is distance."""
    lines = [line.split() for line in text.splitlines() if line.strip()]
    try:
        name = lines[0][0]
        vehicles, capacity = next(
            (int(a), int(b)) for a, b in (line for line in lines[1:] if len(line) == 2 and line[0].isdigit())
        )
        rows = [[float(cell) for cell in line] for line in lines if len(line) == 7 and line[0].isdigit()]
    except (StopIteration, ValueError, IndexError) as error:
        raise ProblemError("this is not a Solomon file: no vehicle line with a number and a capacity") from error
    if not rows:
        raise ProblemError("this is not a Solomon file: no customers")
    scale = SOLOMON_SCALE
    distance = [[int(scale * math.hypot(a[1] - b[1], a[2] - b[2]) + 1e-9) for b in rows] for a in rows]
    depot = rows[0]
    cars = tuple(
        Car(id=str(c + 1), place=0, shift_s=(int(depot[4] * scale), int(depot[5] * scale)), capacity=capacity)
        for c in range(vehicles)
    )
    stops = tuple(
        Stop(
            id=str(int(row[0])),
            place=index,
            service_s=int(row[6] * scale),
            window_s=(int(row[4] * scale), int(row[5] * scale)),
            latest_s=int(row[5] * scale),
            unserved_penalty=UNREFUSABLE,
            load=int(row[3]),
        )
        for index, row in enumerate(rows)
        if index > 0
    )
    return Problem(TravelMatrix(distance), cars, stops, name=name)


def _hhcrsp(document: Mapping[str, Any], name: str) -> Problem:
    """Mankowska's home care: each service of a patient needs a caregiver with that ability; lateness is soft without
    end."""
    scale = HHCRSP_SCALE
    distance = [[round(cell * scale) for cell in row] for row in document["distances"]]
    cars = tuple(
        Car(id=one["id"], place=0, shift_s=(0, FOREVER_S), skills=frozenset(one["abilities"]))
        for one in document["caregivers"]
    )
    stops = []
    for index, one in enumerate(document["patients"], start=1):
        wanted = one["required_caregivers"]
        if len(wanted) not in (1, 2):
            raise ProblemError(f"patient {one['id']!r} needs {len(wanted)} caregivers; 1 or 2 is possible")
        sync = None
        if len(wanted) == 2:
            meeting = one.get("synchronization", {"type": "simultaneous"})
            gap = [0, 0] if meeting["type"] == "simultaneous" else meeting["distance"]
            sync = Sync(
                min_gap_s=round(gap[0] * scale),
                max_gap_s=round(gap[1] * scale),
                skills=frozenset([wanted[1]["service"]]),
                service_s=round(wanted[1]["duration"] * scale),
            )
        stops.append(
            Stop(
                id=one["id"],
                place=index,
                service_s=round(wanted[0]["duration"] * scale),
                window_s=(round(one["time_window"][0] * scale), round(one["time_window"][1] * scale)),
                late_weight=1,
                unserved_penalty=100 * UNREFUSABLE,
                skills=frozenset([wanted[0]["service"]]),
                cars_needed=len(wanted),
                sync=sync,
            )
        )
    return Problem(TravelMatrix(distance), cars, tuple(stops), Weights(max_late=1), name=name)


def plan_document(problem: Problem, plan: Plan, form: str = "night") -> dict[str, Any]:
    """A plan as the format asks for it."""
    if form == "hhcrsp":
        return _hhcrsp_document(problem, plan)
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


def _hhcrsp_document(problem: Problem, plan: Plan) -> dict[str, Any]:
    scale = HHCRSP_SCALE
    routes = []
    for route in plan.routes:
        locations = []
        for one in route.stops:
            stop = problem.stop(one.stop)
            (service,) = stop.skills_of(one.part)
            locations.append(
                {
                    "patient_id": one.stop,
                    "service_id": service,
                    "arrival_time": one.start_s / scale,
                    "departure_time": one.leave_s / scale,
                }
            )
        routes.append({"caregiver_id": route.car, "locations": locations})
    cost = plan.cost
    return {
        "routes": routes,
        "cost": {
            "distance": cost.travel_s / scale,
            "total_tardiness": cost.late / scale,
            "max_tardiness": cost.max_late / scale,
            "cost": round(cost.total / scale / 3, 3),
        },
    }


def read_plan(path: str, problem: Problem) -> Plan:
    """A plan from a file, with the times and the cost that the file states (for the checker), in the night format.

    Raises
    ------
    ProblemError : one sentence about what is wrong with the file.
    """
    from routing.plan import Cost, PlannedBreak, PlannedStop, Route, Unplanned

    try:
        document = json.loads(Path(path).read_text(encoding="utf-8-sig"))
        routes = []
        for entry in document["routes"]:
            stops, place = [], problem.car(entry["car"]).place
            for one in entry["stops"]:
                stop = problem.stop(one["stop"])
                late_s = max(0, one["start_s"] - stop.window_s[1])
                leg_s, leg_m = problem.matrix.seconds(place, stop.place), problem.matrix.metres(place, stop.place)
                part = one.get("part", 0)
                stops.append(
                    PlannedStop(
                        one["stop"], one["arrive_s"], one["start_s"], one["leave_s"], part, leg_s, leg_m, late_s
                    )
                )
                place = stop.place
            breaks = tuple(PlannedBreak(one["start_s"], one["end_s"], one["after"]) for one in entry.get("breaks", []))
            home_s = max([*(one.leave_s for one in stops[-1:]), *(one.end_s for one in breaks)], default=0)
            home_s += problem.matrix.seconds(place, problem.car(entry["car"]).ends_at)
            routes.append(Route(entry["car"], tuple(stops), breaks, home_s))
        unplanned = tuple(
            Unplanned(one["stop"], one["reason"], one.get("params", {})) for one in document.get("unplanned", [])
        )
        stated = document["cost"]
        known = {key: stated.get(key, 0) for key in Cost.__dataclass_fields__}
        plan = Plan(tuple(routes), unplanned, Cost(**known), problem.version, problem.name)
    except OSError as error:
        raise ProblemError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ProblemError(f"{path} is no plan for this problem: {error}") from error
    from dataclasses import replace

    from routing.check import evaluate

    real = evaluate(problem, plan)  # counts that the format does not carry
    return replace(plan, cost=replace(plan.cost, distance_m=real.distance_m, late_s=real.late_s))


def retimed(problem: Problem, plan: Plan) -> Plan:
    """The plan's sequences with times of our own."""
    return schedule(problem, plan.sequences)
