"""Travel times as the crow flies, bent to Dutch roads: always there, shown as an estimate.

Measured against two road engines in a Dutch town: 19-25 % mean error (a straight line at 40 km/h errs 75 % on
regional distances).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from routing.problem import TravelMatrix
from routing.travel.base import Point, scaled

EARTH_KM = 6371.0088
ROAD_FACTOR = 1.4
"""Road kilometres per kilometre as the crow flies."""


def crow_km(points: Sequence[Point]) -> np.ndarray:
    """Great-circle distances in kilometres, [from, to]."""
    lat = np.radians([point.lat for point in points])
    lon = np.radians([point.lon for point in points])
    sines = np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
    sines = sines + np.cos(lat)[:, None] * np.cos(lat)[None, :] * np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(sines, 0, 1))))


class Crow:
    """minutes = max(1, 3.2 x km^0.71); road km = 1.4 x km. The same point is 0 seconds away, a neighbour a minute."""

    name = "crow"

    def __init__(self, time_factor: float = 1.0) -> None:
        self.time_factor = time_factor

    def matrix(self, points: Sequence[Point]) -> TravelMatrix:
        """Seconds and metres between all points; 0 only between equal points."""
        if not points:
            return TravelMatrix(np.zeros((0, 0), np.int32), np.zeros((0, 0), np.int32), source=self.name)
        km = crow_km(points)
        seconds = np.maximum(60.0, 60.0 * 3.2 * km**0.71)
        row = np.array(points, dtype=float)
        same = (row[:, None, :] == row[None, :, :]).all(axis=2)
        seconds[same] = 0
        metres = np.where(same, 0, np.maximum(1, np.rint(km * ROAD_FACTOR * 1000)))
        return TravelMatrix(scaled(seconds, self.time_factor), metres.astype(np.int32), source=self.name)

    def route(self, points: Sequence[Point]) -> list[Point]:
        """Straight lines: the points themselves."""
        return list(points)

    def health(self) -> tuple[bool, str]:
        """Always well: it needs nothing."""
        return True, "geschat, hemelsbreed"
