"""Small nights for tests: places on a straight road, ten minutes apart."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from routing import Break, Car, Problem, Stop, Sync, TravelMatrix, Weights

STEP_S = 600
STEP_M = 8000


def a_road(places: int = 10) -> TravelMatrix:
    """Place k lies k steps from place 0."""
    steps = [[abs(i - j) for j in range(places)] for i in range(places)]
    return TravelMatrix(
        [[STEP_S * one for one in row] for row in steps], [[STEP_M * one for one in row] for row in steps]
    )


def a_car(name: str = "auto-1", place: int = 0, **changes: Any) -> Car:
    """A car on shift for eight hours."""
    usual: dict[str, Any] = {"id": name, "place": place, "shift_s": (0, 28_800)}
    return Car(**(usual | changes))


def a_stop(name: str = "bezoek-1", place: int = 1, **changes: Any) -> Stop:
    """A visit of twenty minutes that may begin in the first two hours, and late in the two after."""
    usual: dict[str, Any] = {"id": name, "place": place, "service_s": 1200, "window_s": (0, 7200), "latest_s": 14_400}
    return Stop(**(usual | changes))


def a_night(cars: Sequence[Car], stops: Sequence[Stop], **weights: int) -> Problem:
    """These cars and stops on one road."""
    return Problem(a_road(), tuple(cars), tuple(stops), Weights(**weights))


def any_night(seed: int, cars: int = 3, stops: int = 12, *, is_rich: bool = True) -> Problem:
    """A random night with, when rich, everything the model knows: breaks, locks, regions, back-ups, double visits,
    cars on the road."""
    rnd = random.Random(seed)
    places = 2 * cars + stops
    spots = [(rnd.random() * 3000, rnd.random() * 3000) for _ in range(places)]
    matrix = [
        [0 if i == j else int(abs(a - c) + abs(b - d) + 60 + rnd.random() * 60) for j, (c, d) in enumerate(spots)]
        for i, (a, b) in enumerate(spots)
    ]
    fleet = []
    for c in range(cars):
        begin = rnd.choice([0, 0, 3600, 7200])
        extra: dict[str, Any] = {}
        if is_rich:
            if rnd.random() < 0.3:
                extra["breaks"] = (Break(earliest_s=7200, latest_s=12_600, duration_s=1800),)
            if rnd.random() < 0.3:
                extra |= {"is_backup": True, "activation_cost": 3000}
            if rnd.random() < 0.5:
                extra["regions"] = frozenset(rnd.sample(["noord", "zuid", "oost"], 2))
            if rnd.random() < 0.3:
                extra |= {"free_at_s": begin + 1800, "home": cars + c}
        skills = frozenset(rnd.sample(["a", "b", "c"], rnd.randint(1, 3)))
        fleet.append(Car(id=f"auto-{c}", place=c, shift_s=(begin, begin + 28_800), skills=skills, **extra))
    visits = []
    for k in range(stops):
        opens = rnd.randrange(0, 25_000)
        closes = opens + rnd.randrange(0, 7200)
        extra = {}
        if is_rich:
            if rnd.random() < 0.3:
                extra["region"] = rnd.choice(["noord", "zuid", "oost"])
            if rnd.random() < 0.15:
                gap = rnd.choice([None, Sync(), Sync(min_gap_s=900, max_gap_s=2700, service_s=600)])
                extra |= {"cars_needed": 2, "sync": gap}
            if rnd.random() < 0.15:
                extra["preferred_car"] = f"auto-{rnd.randrange(cars)}"
            if rnd.random() < 0.1:
                extra["locked_car"] = f"auto-{rnd.randrange(cars)}"
            if "cars_needed" in extra and cars > 1 and rnd.random() < 0.3:
                extra.setdefault("locked_car", f"auto-{rnd.randrange(cars)}")
                others = [f"auto-{c}" for c in range(cars) if f"auto-{c}" != extra["locked_car"]]
                extra["sync"] = replace(extra["sync"] or Sync(), locked_car=rnd.choice(others))
        visits.append(
            Stop(
                id=f"bezoek-{k}",
                place=2 * cars + k,
                service_s=rnd.randrange(300, 2400),
                window_s=(opens, closes),
                latest_s=closes + rnd.randrange(0, 5400),
                late_weight=rnd.choice([0, 2, 10]),
                unserved_penalty=rnd.choice([3000, 14_400, 28_800]),
                skills=frozenset(rnd.sample(["a", "b", "c"], rnd.randint(0, 1))),
                urgent=rnd.random() < 0.2,
                **extra,
            )
        )
    return Problem(TravelMatrix(matrix), tuple(fleet), tuple(visits))
