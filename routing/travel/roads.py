"""Travel times over real roads, in process: an OpenStreetMap extract becomes a car graph, a contraction hierarchy
answers.

`osmium` reads the extract and `pyroutingkit` answers (both optional: `pip install osmium pyroutingkit`); without the
second a plain Dijkstra
gives the same answers, slower. The graph is the largest part in which every point can reach every other, so no
answer is infinite.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from routing.problem import TravelMatrix
from routing.travel.base import Point, merged
from routing.travel.crow import EARTH_KM

FAR_FROM_ROAD_M = 500
SPEEDS_KMH = {
    "motorway": 100, "motorway_link": 60, "trunk": 80, "trunk_link": 50, "primary": 65, "primary_link": 45,
    "secondary": 60, "secondary_link": 40, "tertiary": 50, "tertiary_link": 35, "unclassified": 40,
    "residential": 25, "living_street": 12, "service": 15, "road": 30,
}  # fmt: skip
"""What a car really makes on a kind of road at night, junctions included; a lower `maxspeed` wins."""
CLOSED = {"no", "private", "delivery", "agricultural", "forestry"}


class RoadsError(Exception):
    """The extract or the stored graph cannot be used: one sentence says why."""


class Roads:
    """A car graph with the shortest times over it.

    Parameters
    ----------
    lat, lon : degrees per node. tail, head : nodes per arc. seconds_10, metres : per arc; time in tenths of a second.
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
    ) -> None:
        self.lat, self.lon, self.time_factor = lat, lon, time_factor
        order = np.argsort(tail, kind="stable")
        self.tail, self.head = tail[order].astype(np.int64), head[order].astype(np.int64)
        self.seconds_10, self.metres = seconds_10[order].astype(np.int64), metres[order].astype(np.int64)
        self._first = np.searchsorted(self.tail, np.arange(len(lat) + 1))
        self._hierarchy = None if is_plain else _hierarchy(self)

    @classmethod
    def load(cls, path: str, *, time_factor: float = 1.0) -> Roads:
        """A graph that `save` wrote, or straight from an .osm.pbf (slow: save it)."""
        if path.endswith((".osm.pbf", ".osm")):
            return cls.from_osm(path, time_factor=time_factor)
        try:
            with np.load(path, allow_pickle=False) as stored:
                names = ("lat", "lon", "tail", "head", "seconds_10", "metres")
                return cls(*(stored[name] for name in names), time_factor=time_factor)
        except (OSError, ValueError, KeyError) as error:
            raise RoadsError(f"{path} is no stored road graph") from error

    def save(self, path: str) -> None:
        """Keep the graph, so that a start takes no parsing."""
        with Path(path).open("wb") as file:
            np.savez_compressed(
                file, lat=self.lat, lon=self.lon, tail=self.tail, head=self.head,
                seconds_10=self.seconds_10, metres=self.metres,
            )  # fmt: skip

    @classmethod
    def from_osm(
        cls, path: str, *, time_factor: float = 1.0, progress: Callable[[str, int], None] | None = None
    ) -> Roads:
        """Read the roads a car may use. `progress` is told a step and how much it has done.

        Raises
        ------
        RoadsError : when osmium is missing, the file cannot be read, or it holds no roads.
        """
        try:
            osmium: Any = import_module("osmium")
        except ImportError as error:
            raise RoadsError("reading an .osm.pbf needs the package osmium: pip install osmium") from error
        places: dict[int, tuple[float, float]] = {}
        arcs: list[tuple[int, int, int]] = []
        try:
            for number, way in enumerate(osmium.FileProcessor(path).with_locations()):
                if not way.is_way():
                    continue
                kmh = _speed(way.tags)
                if kmh is None:
                    continue
                forth, back = _directions(way.tags)
                nodes = [(one.ref, one.lat, one.lon) for one in way.nodes if one.location.valid()]
                for ref, lat, lon in nodes:
                    places[ref] = (lat, lon)
                for a, b in pairwise(nodes):
                    arcs += [(a[0], b[0], kmh)] * forth + [(b[0], a[0], kmh)] * back
                if progress is not None and number % 1000 == 0:
                    progress("wegen", len(arcs))
        except RuntimeError as error:
            raise RoadsError(f"cannot read {path}: {error}") from error
        if not arcs:
            raise RoadsError(f"{path} holds no roads for cars")
        return cls._from_arcs(places, arcs, time_factor)

    @classmethod
    def _from_arcs(
        cls, places: dict[int, tuple[float, float]], arcs: list[tuple[int, int, int]], time_factor: float
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
            seconds_10[inside], np.maximum(1, np.rint(metres[inside])), time_factor=time_factor,
        )  # fmt: skip

    def matrix(self, points: Sequence[Point]) -> TravelMatrix:
        """Seconds and metres between all points; a point over 500 m from a road is estimated."""
        if not points:
            return merged(points, np.zeros((0, 0)), np.zeros((0, 0)), self.name, self.time_factor)
        nodes, away_m = self._snap(points)
        if self._hierarchy is not None:
            tenths, metres = self._hierarchy(nodes)
        else:
            tenths, metres = self._dijkstra(nodes)
        seconds = tenths / 10 + (away_m[:, None] + away_m[None, :]) / (15 / 3.6)
        far = away_m > FAR_FROM_ROAD_M
        seconds[far, :] = seconds[:, far] = np.nan
        return merged(points, seconds, metres + away_m[:, None] + away_m[None, :], self.name, self.time_factor)

    def route(self, points: Sequence[Point]) -> list[Point]:
        """The road through these points."""
        nodes, _ = self._snap(points)
        line: list[Point] = list(points[:1])
        for origin, destination in pairwise(nodes):
            line += [Point(float(self.lat[k]), float(self.lon[k])) for k in self._path(int(origin), int(destination))]
        return line + list(points[-1:])

    def health(self) -> tuple[bool, str]:
        """Well when there are roads."""
        return len(self.tail) > 0, f"{len(self.tail)} wegvakken in het geheugen"

    def _snap(self, points: Sequence[Point]) -> tuple[np.ndarray, np.ndarray]:
        """The nearest node of each point, and how far away it is."""
        nodes, away = [], []
        for point in points:
            east = (self.lon - point.lon) * np.cos(np.radians(point.lat))
            square = east * east + (self.lat - point.lat) ** 2
            nearest = int(square.argmin())
            nodes.append(nearest)
            away.append(float(np.radians(np.sqrt(square[nearest])) * EARTH_KM * 1000))
        return np.array(nodes), np.array(away)

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


def _speed(tags: Any) -> int | None:
    kind = tags.get("highway")
    if kind not in SPEEDS_KMH or tags.get("area") == "yes":
        return None
    access = tags.get("motor_vehicle") or tags.get("vehicle") or tags.get("access")
    if access in CLOSED:
        return None
    kmh = SPEEDS_KMH[kind]
    limit = (tags.get("maxspeed") or "").split(" ")[0]
    return max(5, min(kmh, int(limit))) if limit.isdigit() else kmh


def _directions(tags: Any) -> tuple[bool, bool]:
    oneway = tags.get("oneway")
    if oneway == "-1":
        return False, True
    is_forced = oneway in ("yes", "1", "true")
    is_round = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
    return True, not (is_forced or (is_round and oneway != "no"))


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


def _hierarchy(roads: Roads) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]] | None:
    """Many-to-many answers from a contraction hierarchy; nothing when pyroutingkit is not installed."""
    try:
        kit: Any = import_module("pyroutingkit")
    except ImportError:
        return None
    size = len(roads.lat)
    topology = kit.CCHTopology()
    topology.build(
        roads.tail.astype(np.uint32), roads.head.astype(np.uint32),
        roads.lat.astype(np.float32), roads.lon.astype(np.float32), size,
    )  # fmt: skip
    metric = kit.CCHMetric(topology)
    metric.customize(roads.seconds_10.astype(np.uint32))
    keys = roads.tail * size + roads.head
    order = np.lexsort((roads.metres, roads.seconds_10, keys))  # of parallel arcs the quickest comes first
    keys, metres = keys[order], roads.metres[order]

    def answer(nodes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        wanted = nodes.astype(np.uint32)
        tenths = np.asarray(metric.distances_many_to_many(wanted, wanted), dtype=float).reshape(len(nodes), len(nodes))
        driven = np.zeros(tenths.shape)
        for i, origin in enumerate(wanted):
            for j, destination in enumerate(wanted):
                if origin != destination:
                    path = np.asarray(metric.query(int(origin), int(destination))[1], dtype=np.int64)
                    driven[i, j] = metres[np.searchsorted(keys, path[:-1] * size + path[1:])].sum()
        return tenths, driven

    return answer
