"""What every source of travel times promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np

from routing.problem import TravelMatrix


class Point(NamedTuple):
    """Degrees north and east."""

    lat: float
    lon: float


class TravelTimes(Protocol):
    """A source of travel times. `matrix` never fails and never gives 0 seconds between two different places."""

    name: str

    def matrix(self, points: Sequence[Point]) -> TravelMatrix:
        """Seconds and metres between all points, with the source of each cell."""
        ...

    def route(self, points: Sequence[Point]) -> list[Point]:
        """The line to draw on a map through these points, in order."""
        ...

    def health(self) -> tuple[bool, str]:
        """Whether the source answers now, and a sentence about it."""
        ...


def scaled(seconds: np.ndarray, factor: float) -> np.ndarray:
    """Seconds times `ROUTING_TIME_FACTOR`, whole, and at least 1 wherever they were more than 0."""
    return np.where(seconds > 0, np.maximum(1, np.rint(seconds * factor)), 0).astype(np.int32)
