"""A source's answer made whole: what it cannot say is estimated as the crow flies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from routing.problem import TravelMatrix
from routing.travel.base import Point, scaled
from routing.travel.crow import Crow


def merged(
    points: Sequence[Point],
    seconds: np.ndarray,
    metres: np.ndarray,
    name: str,
    factor: float,
    *,
    crow_factor: float | None = None,
) -> TravelMatrix:
    """A provider's answer with crow in every cell that is nan; two addresses are never 0 seconds apart.

    crow_factor : for the estimated cells, when they were calibrated apart; else the same factor.
    """
    crow = Crow(factor if crow_factor is None else crow_factor).matrix(points)
    crow_s, crow_m = np.asarray(crow.duration_s), np.asarray(crow.distance_m)
    is_known = np.isfinite(seconds) & np.isfinite(metres)
    known_s = scaled(np.maximum(1, np.rint(np.where(is_known, seconds, 1))), factor)
    duration_s = np.where(is_known, known_s, crow_s)
    distance_m = np.where(is_known, np.rint(np.where(is_known, metres, 0)), crow_m)
    same = crow_s == 0
    duration_s[same], distance_m[same] = 0, 0
    return TravelMatrix(
        duration_s.astype(np.int32),
        distance_m.astype(np.int32),
        source=name,
        source_cell=np.where(is_known, 0, 1).astype(np.uint8),
        sources=(name, crow.source),
    )
