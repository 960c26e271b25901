"""Driving time between two doors, estimated; the source goes along, because kilometres are paid for."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from backend.dispatch import rules
from backend.dispatch.tonight import Point
from backend.platform.config import settings


@dataclass(frozen=True)
class Trip:
    """Rit, traject: one drive between two doors."""

    travel_s: int
    distance_m: int
    source: str


def trips(points: Sequence[Point]) -> list[Trip]:
    """The drives from each point to the next."""
    return [crow(here, there) for here, there in pairwise(points)]


def crow(here: Point, there: Point) -> Trip:
    """One drive, estimated from the distance as the crow flies."""
    if here == there:
        return Trip(0, 0, "crow")
    flies_m = rules.crow_m(*here, *there)
    seconds = rules.crow_travel_s(flies_m) * settings().routing_time_factor
    return Trip(max(1, round(seconds)), rules.road_m(flies_m), "crow")
