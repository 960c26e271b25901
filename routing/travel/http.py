"""Travel times from a routing server of your own: OSRM or Valhalla. Never called inside a request: it may take its
whole time-out.

What the server does not know (no answer, no road within 500 m, a null cell) is filled with crow, cell by cell.
"""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from routing.problem import TravelMatrix
from routing.travel.base import Point
from routing.travel.merged import merged

FAR_FROM_ROAD_M = 500
CACHED_CELLS = 400_000
MAX_ANSWER = 64 << 20
AT_ONCE = 50
"""Points asked together on each side: what both servers allow when nobody raised their limits."""

Table = tuple[np.ndarray, np.ndarray]


class _Server:
    """Shared by both: one POST or GET with a time-out, and a cache per pair of points."""

    name = ""

    def __init__(self, url: str, *, timeout_s: float = 2.0, time_factor: float = 1.0) -> None:
        if urlsplit(url).scheme not in ("http", "https"):
            raise ValueError(f"the url of {self.name} must begin with http:// or https://")
        self.url = url.rstrip("/")
        self.timeout_s = timeout_s
        self.time_factor = time_factor
        self._cells: OrderedDict[tuple[Point, Point], tuple[float, float]] = OrderedDict()
        self._gate = threading.Lock()

    def matrix(self, points: Sequence[Point]) -> TravelMatrix:
        """Seconds and metres between all points; a server that fails leaves crow's, and says so per cell."""
        seconds, metres = self.cells(points)
        return merged(points, seconds, metres, self.name, self.time_factor)

    def cells(self, points: Sequence[Point]) -> Table:
        """Seconds (no factor applied) and metres between all points, [from, to]; nan where the server says nothing."""
        size = len(points)
        seconds, metres = np.full((size, size), np.nan), np.full((size, size), np.nan)
        with self._gate:
            for i, origin in enumerate(points):
                for j, destination in enumerate(points):
                    if (cell := self._cells.get((origin, destination))) is not None:
                        seconds[i, j], metres[i, j] = cell
        unknown = np.isnan(seconds) & ~np.eye(size, dtype=bool)
        rows, columns = (np.flatnonzero(unknown.any(axis=axis)).tolist() for axis in (1, 0))
        if rows:
            answer = self.table([points[row] for row in rows], [points[column] for column in columns])
            if answer is not None:
                block = np.ix_(rows, columns)
                seconds[block], metres[block] = answer
                self._remember(points, seconds, metres)
        return seconds, metres

    def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Table | None:
        """Seconds and metres from each origin to each destination, nan where there is no road.

        Asked in parts that a server allows; None when it failed on any of them, so that one that hangs costs one
        time-out.
        """
        shape = (len(origins), len(destinations))
        seconds, metres = np.full(shape, np.nan), np.full(shape, np.nan)
        for top in range(0, len(origins), AT_ONCE):
            for left in range(0, len(destinations), AT_ONCE):
                part = np.s_[top : top + AT_ONCE, left : left + AT_ONCE]
                answer = self._table(origins[part[0]], destinations[part[1]])
                if answer is None:
                    return None
                seconds[part], metres[part] = answer
        return seconds, metres

    def _remember(self, points: Sequence[Point], seconds: np.ndarray, metres: np.ndarray) -> None:
        with self._gate:
            for i, j in zip(*np.nonzero(np.isfinite(seconds) & np.isfinite(metres)), strict=True):
                self._cells[points[i], points[j]] = (float(seconds[i, j]), float(metres[i, j]))
            while len(self._cells) > CACHED_CELLS:
                self._cells.popitem(last=False)

    def _table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Table | None:
        raise NotImplementedError

    def _ask(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """The server's JSON, or nothing when it fails in any way."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers={"Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as answer:
                return json.loads(answer.read(MAX_ANSWER))
        except (OSError, ValueError, urllib.error.URLError):
            return None


def _shaped(rows: Any, shape: tuple[int, int]) -> np.ndarray:
    """A table with null as nan; ValueError when it has another shape."""
    table = np.array([[np.nan if cell is None else cell for cell in row] for row in rows], dtype=float)
    if table.shape != shape:
        raise ValueError("a table of another size")
    return np.where(table < 0, np.nan, table)


class Osrm(_Server):
    """OSRM's table and route services."""

    name = "osrm"

    def _table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Table | None:
        places = list(dict.fromkeys([*origins, *destinations]))
        which = "&".join(
            f"{name}={';'.join(str(places.index(one)) for one in some)}"
            for name, some in (("sources", origins), ("destinations", destinations))
        )
        answer = self._ask(f"/table/v1/driving/{_lon_lat(places)}?{which}&annotations=duration,distance")
        shape = (len(origins), len(destinations))
        try:
            seconds, metres = _shaped(answer["durations"], shape), _shaped(answer["distances"], shape)
            for row, source in enumerate(answer.get("sources") or []):
                if source and source.get("distance", 0) > FAR_FROM_ROAD_M:
                    seconds[row, :] = np.nan
            for column, destination in enumerate(answer.get("destinations") or []):
                if destination and destination.get("distance", 0) > FAR_FROM_ROAD_M:
                    seconds[:, column] = np.nan
        except (TypeError, KeyError, ValueError, AttributeError, IndexError):
            return None
        return seconds, metres

    def route(self, points: Sequence[Point]) -> list[Point]:
        """The road through these points; the points themselves when the server is silent."""
        answer = self._ask(f"/route/v1/driving/{_lon_lat(points)}?overview=full&geometries=geojson")
        try:
            return [Point(lat, lon) for lon, lat in answer["routes"][0]["geometry"]["coordinates"]]
        except (TypeError, KeyError, IndexError, ValueError):
            return list(points)

    def health(self) -> tuple[bool, str]:
        """Asks for one small table."""
        is_well = self._table(*[[Point(52.37, 4.89), Point(52.36, 4.90)]] * 2) is not None
        return is_well, "OSRM antwoordt" if is_well else "OSRM antwoordt niet; tijden worden geschat"


class Valhalla(_Server):
    """Valhalla's matrix and route services. Its matrix distances are kilometres."""

    name = "valhalla"

    def _table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Table | None:
        sources, targets = (
            [{"lat": point.lat, "lon": point.lon, "search_cutoff": FAR_FROM_ROAD_M} for point in some]
            for some in (origins, destinations)
        )
        body = {"sources": sources, "targets": targets, "costing": "auto", "units": "kilometers"}
        answer = self._ask("/sources_to_targets", body)
        shape = (len(origins), len(destinations))
        try:
            rows = answer["sources_to_targets"]
            if isinstance(rows, dict):  # the compact answer: two tables
                return _shaped(rows["durations"], shape), _shaped(rows["distances"], shape) * 1000
            seconds = _shaped([[cell["time"] for cell in row] for row in rows], shape)
            metres = _shaped([[cell["distance"] for cell in row] for row in rows], shape)
        except (TypeError, KeyError, ValueError):
            return None
        return seconds, metres * 1000

    def route(self, points: Sequence[Point]) -> list[Point]:
        """The road through these points; the points themselves when the server is silent."""
        places = [{"lat": point.lat, "lon": point.lon} for point in points]
        answer = self._ask("/route", {"locations": places, "costing": "auto", "shape_format": "polyline6"})
        try:
            return [point for leg in answer["trip"]["legs"] for point in _polyline(leg["shape"])]
        except (TypeError, KeyError, IndexError, ValueError):
            return list(points)

    def health(self) -> tuple[bool, str]:
        """Asks for one small matrix."""
        is_well = self._table(*[[Point(52.37, 4.89), Point(52.36, 4.90)]] * 2) is not None
        return is_well, "Valhalla antwoordt" if is_well else "Valhalla antwoordt niet; tijden worden geschat"


def _lon_lat(points: Sequence[Point]) -> str:
    return ";".join(f"{point.lon:.6f},{point.lat:.6f}" for point in points)


def _polyline(shape: str) -> list[Point]:
    """Decode Google's polyline with six digits."""
    points, index, lat, lon = [], 0, 0, 0
    while index < len(shape):
        steps = []
        for _ in range(2):
            value, bits = 0, 0
            while True:
                byte = ord(shape[index]) - 63
                index += 1
                value |= (byte & 0x1F) << bits
                bits += 5
                if byte < 0x20:
                    break
            steps.append(~(value >> 1) if value & 1 else value >> 1)
        lat, lon = lat + steps[0], lon + steps[1]
        points.append(Point(lat / 1e6, lon / 1e6))
    return points
