"""Travel times over real roads, in process: an OpenStreetMap extract becomes a car graph, a contraction hierarchy
answers.

`osmium` reads the extract and `pyroutingkit` answers (both optional: `pip install osmium pyroutingkit`); without the
second a plain Dijkstra gives the same answers, slower. The graph is the largest part in which every point can reach
every other, so no answer is infinite.
"""

from __future__ import annotations

import heapq
import os
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from routing.problem import TravelMatrix
from routing.travel import osm
from routing.travel.base import Point
from routing.travel.crow import EARTH_KM
from routing.travel.merged import merged
from routing.travel.osm import Progress, RoadsError

__all__ = ["Roads", "RoadsError"]

FAR_FROM_ROAD_M = 500
REMEMBERED = 20_000
"""Points whose nearest road is known by heart."""
_STORED = ("lat", "lon", "tail", "head", "seconds_10", "metres", "date")


class Roads:
    """A car graph with the shortest times over it.

    Parameters
    ----------
    lat, lon : degrees per node.
    tail, head : nodes per arc.
    seconds_10, metres : per arc; time in tenths of a second.
    date : the day of the map, as far as known.
    is_plain : answer with Dijkstra although a hierarchy is possible.
    """

    name = "roads"

    def __init__(
        self,
        lat: np.ndarray,
        lon: np.ndarray,
        tail: np.ndarray,
        head: np.ndarray,
        seconds_10: np.ndarray,
        metres: np.ndarray,
        *,
        time_factor: float = 1.0,
        is_plain: bool = False,
        date: str = "",
    ) -> None:
        self.lat, self.lon, self.time_factor, self.date = lat, lon, time_factor, date
        order = np.argsort(tail, kind="stable")
        self.tail, self.head = tail[order].astype(np.int64), head[order].astype(np.int64)
        self.seconds_10, self.metres = seconds_10[order].astype(np.int64), metres[order].astype(np.int64)
        self._first = np.searchsorted(self.tail, np.arange(len(lat) + 1))
        self._snapped: dict[Point, tuple[int, float]] = {}
        self._hierarchy = None if is_plain else _hierarchy(self)

    @classmethod
    def load(cls, path: str, *, time_factor: float = 1.0) -> Roads:
        """A graph that `save` wrote, or straight from an extract (slow: save it).

        Raises
        ------
        RoadsError : when it is neither.
        """
        if path.endswith((".osm.pbf", ".osm")):
            return cls.from_osm(path, time_factor=time_factor)
        try:
            with np.load(path, allow_pickle=False) as stored:
                *arrays, date = (stored[name] for name in _STORED)
            return cls(*arrays, time_factor=time_factor, date=str(date))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
            raise RoadsError("no_graph", f"{path} is no stored road graph") from error

    def save(self, path: str) -> None:
        """Keep the graph, so that a start takes no parsing: the whole file or what was there before."""
        whole = Path(path)
        with tempfile.NamedTemporaryFile(dir=whole.parent, prefix=f".{whole.name}.", delete=False) as file:
            try:
                np.savez_compressed(
                    file, lat=self.lat, lon=self.lon, tail=self.tail, head=self.head,
                    seconds_10=self.seconds_10, metres=self.metres, date=np.array(self.date),
                )  # fmt: skip
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, whole)
            except BaseException:
                Path(file.name).unlink(missing_ok=True)
                raise

    @classmethod
    def from_osm(cls, path: str, *, time_factor: float = 1.0, progress: Progress | None = None) -> Roads:
        """Read the roads a car may use; raises `RoadsError` as `osm.read` does."""
        found = osm.read(path, progress)
        return cls._from_arcs(found.places, found.arcs, time_factor, date=found.date)

    @classmethod
    def _from_arcs(
        cls,
        places: dict[int, tuple[float, float]],
        arcs: list[tuple[int, int, int]],
        time_factor: float,
        *,
        date: str = "",
    ) -> Roads:
        row = {ref: index for index, ref in enumerate(places)}
        degrees = np.array(list(places.values()))
        tail = np.array([row[one[0]] for one in arcs])
        head = np.array([row[one[1]] for one in arcs])
        metres = _metres(degrees[tail], degrees[head])
        seconds_10 = np.maximum(1, np.rint(metres * 36 / np.array([one[2] for one in arcs])))
        keep = _largest_strong_part(len(degrees), tail, head)
        new = np.cumsum(keep) - 1
        inside = keep[tail] & keep[head]
        return cls(
            degrees[keep, 0], degrees[keep, 1], new[tail[inside]], new[head[inside]],
            seconds_10[inside], np.maximum(1, np.rint(metres[inside])),
            time_factor=time_factor, date=date,
        )  # fmt: skip

    def matrix(self, points: Sequence[Point]) -> TravelMatrix:
        """Seconds and metres between all points; a point over 500 m from a road is estimated."""
        seconds, metres = self.cells(points)
        return merged(points, seconds, metres, self.name, self.time_factor)

    def cells(self, points: Sequence[Point]) -> tuple[np.ndarray, np.ndarray]:
        """Seconds (no factor applied) and metres between all points, [from, to]; nan where only an estimate is left."""
        if not points:
            return np.zeros((0, 0)), np.zeros((0, 0))
        nodes, away_m = self._snap(points)
        tenths, metres = self._dijkstra(nodes) if self._hierarchy is None else self._hierarchy(nodes)
        both_m = away_m[:, None] + away_m[None, :]
        seconds = tenths / 10 + both_m / (15 / 3.6)
        far = away_m > FAR_FROM_ROAD_M
        seconds[far, :] = seconds[:, far] = np.nan
        return seconds, metres + both_m

    def route(self, points: Sequence[Point]) -> list[Point]:
        """The road through these points."""
        nodes, _ = self._snap(points)
        line: list[Point] = list(points[:1])
        for origin, destination in pairwise(nodes):
            line += [Point(float(self.lat[k]), float(self.lon[k])) for k in self._path(int(origin), int(destination))]
        return line + list(points[-1:])

    def health(self) -> tuple[bool, str]:
        """Drives between a few corners of the map: well when all can be reached at a car's speed."""
        sample = np.linspace(0, len(self.lat) - 1, min(len(self.lat), 24)).astype(int)
        if len(sample) < 2:
            return False, "geen wegen"
        tenths, metres = self._dijkstra(sample[:3]) if self._hierarchy is None else self._hierarchy(sample)
        total_s = float(tenths.sum()) / 10
        kmh = 3.6 * float(metres.sum()) / max(1.0, total_s)
        is_well = bool(np.isfinite(tenths).all()) and total_s < 24 * 3600 * tenths.size and 10 <= kmh <= 120
        return is_well, f"{tenths.size} proefritten, gemiddeld {kmh:.0f} km/u"

    @property
    def is_quick(self) -> bool:
        """Does a contraction hierarchy answer? Otherwise Dijkstra does, exact but slow."""
        return self._hierarchy is not None

    @property
    def box(self) -> tuple[float, float, float, float]:
        """South, west, north and east edge, in degrees."""
        return float(self.lat.min()), float(self.lon.min()), float(self.lat.max()), float(self.lon.max())

    def _snap(self, points: Sequence[Point]) -> tuple[np.ndarray, np.ndarray]:
        """The nearest node of each point, and how far away it is."""
        if len(self._snapped) > REMEMBERED:
            self._snapped.clear()
        found = []
        for point in points:
            hit = self._snapped.get(point)
            if hit is None:
                east = (self.lon - point.lon) * np.cos(np.radians(point.lat))
                square = east * east + (self.lat - point.lat) ** 2
                nearest = int(square.argmin())
                hit = (nearest, float(np.radians(np.sqrt(square[nearest])) * EARTH_KM * 1000))
                self._snapped[point] = hit
            found.append(hit)
        return np.array([node for node, _ in found]), np.array([away_m for _, away_m in found])

    def _dijkstra(self, nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        size = len(nodes)
        tenths, metres = np.zeros((size, size)), np.zeros((size, size))
        for index, origin in enumerate(nodes):
            cost, length, _ = self._tree(int(origin), {int(node) for node in nodes})
            tenths[index] = [cost[int(node)] for node in nodes]
            metres[index] = [length[int(node)] for node in nodes]
        return tenths, metres

    def _tree(self, origin: int, wanted: set[int]) -> tuple[dict[int, int], dict[int, int], dict[int, int]]:
        cost, length, came = {origin: 0}, {origin: 0}, {origin: -1}
        done: set[int] = set()
        queue = [(0, 0, origin)]
        left = set(wanted)
        while queue and left:
            so_far, metres, node = heapq.heappop(queue)
            if node in done:
                continue
            done.add(node)
            left.discard(node)
            for arc in range(int(self._first[node]), int(self._first[node + 1])):
                there = int(self.head[arc])
                step = (so_far + int(self.seconds_10[arc]), metres + int(self.metres[arc]))
                if there not in cost or step < (cost[there], length[there]):
                    cost[there], length[there], came[there] = *step, node
                    heapq.heappush(queue, (*step, there))
        return cost, length, came

    def _path(self, origin: int, destination: int) -> list[int]:
        _, _, came = self._tree(origin, {destination})
        path = [destination]
        while came[path[-1]] >= 0:
            path.append(came[path[-1]])
        return path[::-1]


def _metres(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    east = np.radians(b[:, 1] - a[:, 1]) * np.cos(np.radians((a[:, 0] + b[:, 0]) / 2))
    return np.asarray(np.hypot(east, np.radians(b[:, 0] - a[:, 0])) * EARTH_KM * 1000)


def _largest_strong_part(size: int, tail: np.ndarray, head: np.ndarray) -> np.ndarray:
    """The largest set of nodes that can all reach each other: forward and backward reach of well-connected nodes."""
    forward, backward = _adjacency(size, tail, head), _adjacency(size, head, tail)
    left = np.ones(size, bool)
    best = np.zeros(size, bool)
    degree = np.bincount(tail, minlength=size) + np.bincount(head, minlength=size)
    for node in np.argsort(-degree, kind="stable"):
        if not left[node]:
            continue
        part = _reach(forward, int(node), size) & _reach(backward, int(node), size)
        left &= ~part
        if part.sum() > best.sum():
            best = part
        if best.sum() >= left.sum():
            break
    return best


def _adjacency(size: int, tail: np.ndarray, head: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    order = np.argsort(tail, kind="stable")
    return np.searchsorted(tail[order], np.arange(size + 1)), head[order]


def _reach(adjacency: tuple[np.ndarray, np.ndarray], origin: int, size: int) -> np.ndarray:
    first, heads = adjacency
    seen = np.zeros(size, bool)
    seen[origin] = True
    stack = [origin]
    while stack:
        node = stack.pop()
        for there in heads[first[node] : first[node + 1]].tolist():
            if not seen[there]:
                seen[there] = True
                stack.append(there)
    return seen


_EXACT = 1000
"""Tenths of a second weigh this much against a metre in the second metric of a hierarchy."""


def _hierarchy(roads: Roads) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]] | None:
    """Many-to-many answers from a contraction hierarchy; nothing when pyroutingkit is not installed.

    It answers sums, not paths, and a path per cell costs seconds. So two sums are asked: the time, and 1000 x time +
    metres. What the second has more than 1000 x the first is the length of the shortest among the quickest ways, unless
    another way is 0.1 s slower and a kilometre shorter.
    """
    try:
        kit: Any = import_module("pyroutingkit")
    except ImportError:
        return None
    topology = kit.CCHTopology()
    topology.build(
        roads.tail.astype(np.uint32), roads.head.astype(np.uint32),
        roads.lat.astype(np.float32), roads.lon.astype(np.float32), len(roads.lat),
    )  # fmt: skip
    quickest, both = kit.CCHMetric(topology), kit.CCHMetric(topology)
    quickest.customize(roads.seconds_10.astype(np.uint32))
    both.customize((roads.seconds_10 * _EXACT + roads.metres).astype(np.uint32))

    def answer(nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        wanted, shape = nodes.astype(np.uint32), (len(nodes), len(nodes))
        tenths = np.asarray(quickest.distances_many_to_many(wanted, wanted), dtype=float).reshape(shape)
        sums = np.asarray(both.distances_many_to_many(wanted, wanted), dtype=float).reshape(shape)
        return tenths, sums - _EXACT * tenths

    return answer
