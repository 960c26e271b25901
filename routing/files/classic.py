"""The classic sets: the Solomon and Homberger text files, and the two-nurse home-care files of Mankowska.

Everything inside is whole numbers: Solomon distances count tenths, home-care distances count thousandths.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from routing.files.values import a_list, an_object, given, number, word, words
from routing.plan import Plan
from routing.problem import FOREVER_S, Car, Problem, ProblemError, Stop, Sync, TravelMatrix, Weights

SOLOMON_SCALE = 10
HHCRSP_SCALE = 1000
UNREFUSABLE = 10_000_000
"""What leaving a stop out costs in sets where everything must be served."""
MOST_VEHICLES = 10_000
COLUMNS = 7


def solomon(text: str) -> Problem:
    """Solomon and Homberger: distances floored to one decimal, every customer must be served, cost is distance.

    Raises
    ------
    ProblemError : one sentence about the line that is wrong.
    """
    lines = [(where, line.split()) for where, line in enumerate(text.splitlines(), start=1) if line.strip()]
    at = next((k for k, (_, line) in enumerate(lines) if k and len(line) == 2 and line[0].isdigit()), None)
    if at is None or not lines[at][1][1].isdigit():
        raise ProblemError("this is not a Solomon file: no vehicle line with a number and a capacity")
    vehicles, capacity = (int(cell) for cell in lines[at][1])
    if vehicles > MOST_VEHICLES or capacity > FOREVER_S:
        raise ProblemError(f"a Solomon file may have {MOST_VEHICLES} vehicles, of a capacity of {FOREVER_S}; no more")
    rows = [_solomon_row(where, line) for where, line in lines[at + 1 :] if line[0][0].isdigit()]
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
    return Problem(TravelMatrix(distance), cars, stops, name=lines[0][1][0])


def _solomon_row(where: int, line: list[str]) -> list[float]:
    try:
        row = [float(cell) for cell in line]
    except ValueError as error:
        raise ProblemError(f"line {where} of the Solomon file holds a word where a number must be") from error
    if len(row) != COLUMNS:
        raise ProblemError(f"line {where} of the Solomon file has {len(row)} columns; {COLUMNS} are needed")
    if not all(abs(cell) * SOLOMON_SCALE <= FOREVER_S for cell in row):
        raise ProblemError(f"line {where} of the Solomon file holds a number that is too large")
    return row


def home_care(document: Mapping[str, Any], name: str) -> Problem:
    """Mankowska's home care: each service of a patient needs a caregiver with that ability; lateness is soft without
    end.

    Raises
    ------
    ProblemError : one sentence about the value that is wrong.
    """
    scale = HHCRSP_SCALE
    rows = a_list(given(document, "distances", name), "distances")
    distance = [[number(cell, "a distance", scale) for cell in a_list(row, "a row of distances")] for row in rows]
    cars = []
    for entry in a_list(given(document, "caregivers", name), "caregivers"):
        one = an_object(entry, "a caregiver")
        who = word(given(one, "id", "a caregiver"), "id of a caregiver")
        skills = words(given(one, "abilities", f"caregiver {who!r}"), f"abilities of caregiver {who!r}")
        cars.append(Car(id=who, place=0, shift_s=(0, FOREVER_S), skills=skills))
    patients = a_list(given(document, "patients", name), "patients")
    stops = tuple(_patient(an_object(one, "a patient"), index) for index, one in enumerate(patients, start=1))
    return Problem(TravelMatrix(distance), tuple(cars), stops, Weights(max_late=1), name=name)


def _patient(one: Mapping[str, Any], place: int) -> Stop:
    scale = HHCRSP_SCALE
    who = word(given(one, "id", "a patient"), "id of a patient")
    name = f"patient {who!r}"
    wanted = [an_object(care, f"a service of {name}") for care in
              a_list(given(one, "required_caregivers", name), f"required_caregivers of {name}")]  # fmt: skip
    if len(wanted) not in (1, 2):
        raise ProblemError(f"{name} needs {len(wanted)} caregivers; 1 or 2 is possible")
    skills = [frozenset([word(given(care, "service", name), f"service of {name}")]) for care in wanted]
    lasts = [number(given(care, "duration", name), f"duration of {name}", scale) for care in wanted]
    sync = None
    if len(wanted) == 2:
        meeting = an_object(one.get("synchronization", {"type": "simultaneous"}), f"synchronization of {name}")
        is_together = given(meeting, "type", f"synchronization of {name}") == "simultaneous"
        gap = [0, 0] if is_together else given(meeting, "distance", f"synchronization of {name}")
        low, high = _two_numbers(gap, f"distance of {name}")
        sync = Sync(min_gap_s=low, max_gap_s=high, skills=skills[1], service_s=lasts[1])
    return Stop(
        id=who,
        place=place,
        service_s=lasts[0],
        window_s=_two_numbers(given(one, "time_window", name), f"time_window of {name}"),
        late_weight=1,
        unserved_penalty=100 * UNREFUSABLE,
        skills=skills[0],
        cars_needed=len(wanted),
        sync=sync,
    )


def _two_numbers(value: Any, name: str) -> tuple[int, int]:
    if len(a_list(value, name)) != 2:
        raise ProblemError(f"{name} must be two numbers, not {value!r}")
    return number(value[0], name, HHCRSP_SCALE), number(value[1], name, HHCRSP_SCALE)


def home_care_document(problem: Problem, plan: Plan) -> dict[str, Any]:
    """A plan in the shape of the home-care set, with its cost."""
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
