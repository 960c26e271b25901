"""Nights that anyone can make again from a seed, for a machine without the public sets.

Houses lie around a few villages in thirty by thirty kilometres; travel is the crow's own formula with a little
noise, so that no two nights of the same seed differ and no way back equals the way there.
"""

from __future__ import annotations

import math
import random

from routing import Car, Problem, Stop, Sync, TravelMatrix

SIZES = ((6, 60, 1), (6, 60, 2), (12, 120, 1), (12, 120, 2), (20, 240, 1), (20, 240, 2))
"""Cars, visits and seed of each night."""
DOUBLE_SIZES = ((5, 30, 1), (10, 60, 1))
SHIFTS = ((0, 28_800), (7200, 36_000), (19_800, 50_400))


def a_night(cars: int, visits: int, seed: int, *, double: float = 0.0) -> Problem:
    """A night of planned and urgent visits; `double` is the share that needs two nurses.

    Urgent visits (a fifth) have narrow windows and weigh five times as much.
    """
    rnd = random.Random(f"{cars} {visits} {seed} {double}")
    villages = [(rnd.random() * 30, rnd.random() * 30) for _ in range(max(3, cars // 3))]
    spots = [_near(rnd, villages) for _ in range(cars + visits)]
    seconds = [[0 if i == j else _seconds(rnd, a, b) for j, b in enumerate(spots)] for i, a in enumerate(spots)]
    fleet = tuple(
        Car(id=f"car-{k + 1}", place=k, shift_s=SHIFTS[k % 3], skills=frozenset(["a", *rnd.sample("bc", k % 3)]))
        for k in range(cars)
    )
    stops = tuple(_visit(rnd, k, cars, is_double=rnd.random() < double) for k in range(visits))
    name = f"{'double-' if double else ''}{cars}x{visits}-{seed}"
    return Problem(TravelMatrix(seconds), fleet, stops, name=name)


def _visit(rnd: random.Random, k: int, cars: int, *, is_double: bool) -> Stop:
    is_urgent = rnd.random() < 0.2
    opens = 60 * rnd.randrange(0, 660)
    closes = opens + (rnd.choice((1800, 3600)) if is_urgent else 60 * rnd.randrange(60, 240))
    return Stop(
        id=f"visit-{k + 1}",
        place=cars + k,
        service_s=60 * rnd.randrange(10, 45),
        window_s=(opens, closes),
        latest_s=closes + (7200 if is_urgent else 3600),
        late_weight=10 if is_urgent else 2,
        unserved_penalty=28_800 if is_urgent else 14_400,
        skills=frozenset() if is_double else frozenset(rnd.choices("abc", (6, 3, 1))),
        urgent=is_urgent,
        cars_needed=2 if is_double else 1,
        sync=rnd.choice((Sync(), Sync(min_gap_s=900, max_gap_s=2700))) if is_double else None,
    )


def _near(rnd: random.Random, villages: list[tuple[float, float]]) -> tuple[float, float]:
    x, y = rnd.choice(villages)
    return x + rnd.gauss(0, 2), y + rnd.gauss(0, 2)


def _seconds(rnd: random.Random, a: tuple[float, float], b: tuple[float, float]) -> int:
    minutes = max(1.0, 3.2 * math.pow(math.dist(a, b), 0.71))
    return round(60 * minutes * (0.95 + 0.1 * rnd.random()))
