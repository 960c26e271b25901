"""What a car may drive on, out of an OpenStreetMap extract (.osm.pbf or .osm): points, arcs and speeds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

SPEEDS_KMH = {
    "motorway": 100, "motorway_link": 60, "trunk": 80, "trunk_link": 50, "primary": 65, "primary_link": 45,
    "secondary": 60, "secondary_link": 40, "tertiary": 50, "tertiary_link": 35, "unclassified": 40,
    "residential": 25, "living_street": 12, "service": 15, "road": 30,
}  # fmt: skip
"""What a car really makes on a kind of road at night, junctions included; a lower `maxspeed` wins."""
CLOSED = {"no", "private", "delivery", "agricultural", "forestry"}
TELL_EVERY = 500
Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""


class RoadsError(Exception):
    """The extract or the stored graph cannot be used: one sentence and a `code` say why.

    Codes: no_osmium, no_file, unreadable, no_roads, no_graph.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True)
class Extract:
    """Degrees per OpenStreetMap node, arcs as (from, to, km/h), and the day of the map as far as the file says."""

    places: dict[int, tuple[float, float]]
    arcs: list[tuple[int, int, int]]
    date: str = ""


def read(path: str, progress: Progress | None = None) -> Extract:
    """Read the roads a car may use; the file is gone through twice, once to know how much there is.

    Raises
    ------
    RoadsError : when osmium is missing, the file is missing or cannot be read, or it holds no roads.
    """
    try:
        osmium: Any = import_module("osmium")
    except ImportError as error:
        raise RoadsError("no_osmium", "reading an extract needs the package osmium: pip install osmium") from error
    if not Path(path).is_file():
        raise RoadsError("no_file", f"there is no file {path}")
    tell = progress or (lambda done, total: None)

    def highways() -> Any:
        return osmium.FileProcessor(path).with_filter(osmium.filter.KeyFilter("highway"))

    places: dict[int, tuple[float, float]] = {}
    arcs: list[tuple[int, int, int]] = []
    try:
        total = sum(1 for _ in highways())
        date = str(osmium.FileProcessor(path).header.get("osmosis_replication_timestamp") or "")[:10]
        for number, way in enumerate(highways().with_locations(), start=1):
            if number % TELL_EVERY == 0:
                tell(number, total)
            if not way.is_way() or (kmh := _speed(way.tags)) is None:
                continue
            forth, back = _directions(way.tags)
            nodes = [(one.ref, one.lat, one.lon) for one in way.nodes if one.location.valid()]
            for ref, lat, lon in nodes:
                places[ref] = (lat, lon)
            for a, b in pairwise(nodes):
                arcs += [(a[0], b[0], kmh)] * forth + [(b[0], a[0], kmh)] * back
        tell(total, total)
    except (RuntimeError, ValueError) as error:
        raise RoadsError("unreadable", f"cannot read {path}: {error}") from error
    if not arcs:
        raise RoadsError("no_roads", f"{path} holds no roads for cars")
    return Extract(places, arcs, date)


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
