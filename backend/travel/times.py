"""How long a drive takes, for the whole house: one place knows the source, its factor, and the last resort.

What is asked here is answered from memory. A road map that is still being loaded, or a routing server that has not
answered yet, leaves an estimate as the crow flies, cell by cell; and that needs no optimiser at all.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import sqlalchemy as sa
import structlog

from backend.platform.config import ASKED_OVER_HTTP, settings
from backend.platform.db import Session
from backend.travel import fetched, road_map, rules
from backend.travel.models import TravelFactor

if TYPE_CHECKING:
    from routing import TravelMatrix

log = structlog.get_logger()

CROW = "crow"
Point = tuple[float, float]
Table = tuple[Any, Any]
"""Seconds and metres, [from, to]; nan where nothing is known."""


class Cells(Protocol):
    """What a source of travel times knows by heart: asking it never waits. `version` goes up when it learns."""

    source: str
    version: int

    def __hash__(self) -> int: ...

    def table(self, points: Sequence[Point]) -> Table:
        """The source's own seconds (no factor applied) and metres between these points."""
        ...


@dataclass(frozen=True)
class Trip:
    """Rit, traject: one drive between two doors."""

    travel_s: int
    distance_m: int
    source: str
    raw_s: int
    """The source's own seconds, before the factor."""


@dataclass(frozen=True)
class Drives:
    """Rijtijden: what is known at this moment about driving, with the factors that are in force."""

    cells: Cells | None = None
    factors: Mapping[str, float] = field(default_factory=dict)

    def factor(self, source: str) -> float:
        """What the seconds of this source are multiplied by."""
        return self.factors.get(source, 1.0)

    def trip(self, here: Point, there: Point) -> Trip:
        """One drive."""
        return self.trips((here, there))[0]

    def trips(self, points: Sequence[Point]) -> list[Trip]:
        """The drives from each point to the next."""
        known = _known(self.cells, points) if len(points) > 1 else None
        return [
            self._trip(
                points[leg],
                points[leg + 1],
                *((math.nan, math.nan) if known is None else (known[0][leg][leg + 1], known[1][leg][leg + 1])),
            )
            for leg in range(len(points) - 1)
        ]

    def _trip(self, here: Point, there: Point, seconds: float, metres: float) -> Trip:
        source = self.cells.source if self.cells is not None else CROW
        if here == there:
            return Trip(0, 0, source, 0)
        if math.isfinite(seconds) and math.isfinite(metres):
            raw_s, distance_m = max(1, round(seconds)), round(metres)
        else:
            flies_m = rules.crow_m(*here, *there)
            source, raw_s, distance_m = CROW, rules.crow_travel_s(flies_m), rules.road_m(flies_m)
        return Trip(max(1, round(raw_s * self.factor(source))), distance_m, source, raw_s)

    def matrix(self, points: tuple[Point, ...]) -> TravelMatrix:
        """The drives between all these points, for the optimiser; the same numbers as `trips`."""
        cells = self.cells
        if cells is None:
            return _matrix(None, 0, points, self.factor(CROW), self.factor(CROW))
        return _matrix(cells, cells.version, points, self.factor(cells.source), self.factor(CROW))


@lru_cache(maxsize=8)
def _matrix(
    cells: Cells | None, version: int, points: tuple[Point, ...], factor: float, crow_factor: float
) -> TravelMatrix:
    """Kept per process: a desk asks many questions about the same addresses."""
    from routing import travel

    places = [travel.Point(*point) for point in points]
    known = _known(cells, points)
    if cells is None or known is None:
        return travel.Crow(crow_factor).matrix(places)
    return travel.merged(places, *known, cells.source, factor, crow_factor=crow_factor)


def _known(cells: Cells | None, points: Sequence[Point]) -> Table | None:
    if cells is None:
        return None
    try:
        return cells.table(points)
    except Exception as error:  # dispatching by hand never waits for a road map
        log.warning("travel_times_estimated", source=cells.source, kind=type(error).__name__)
        return None


def current(session: Session) -> Drives:
    """What this house knows about driving at this moment."""
    knobs = settings()
    cells: Cells | None = None
    if knobs.travel == "roads":
        cells = road_map.loaded(knobs.roads_file)
    elif knobs.travel in ASKED_OVER_HTTP:
        cells = fetched.of_this_house(knobs.travel)
        cells.refresh(session)
    return Drives(cells, factors(session))


def factors(session: Session) -> Mapping[str, float]:
    """The factor in force per source: what the environment says for all, else what was last calibrated."""
    override = settings().routing_time_factor
    if override is not None:
        return dict.fromkeys((CROW, "roads", *ASKED_OVER_HTTP), override)
    rows = session.execute(sa.select(TravelFactor.source, TravelFactor.factor).order_by(TravelFactor.applied_at))
    return {row.source: row.factor for row in rows}


def ask_server(origins: Sequence[Point], destinations: Sequence[Point]) -> Table | None:
    """What the routing server of this house says; None when it is silent.

    It may take its whole time-out of two seconds: for the worker, never for a request.
    """
    from routing import travel

    knobs = settings()
    kind = {"osrm": travel.Osrm, "valhalla": travel.Valhalla}[knobs.travel]
    starts, ends = ([travel.Point(*point) for point in some] for some in (origins, destinations))
    return kind(knobs.travel_url).table(starts, ends)
