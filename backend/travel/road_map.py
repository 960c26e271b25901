"""The road map of this house: imported whole or not at all, loaded beside the work, and answered from memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from routing.travel import Roads

log = structlog.get_logger()


class UnusableMap(Exception):
    """The extract or the stored map cannot be used; `code` says why (see `routing.travel.osm.RoadsError`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class MapFacts:
    """What there is to say about a road map."""

    nodes: int
    edges: int
    box: tuple[float, float, float, float]
    """South, west, north and east edge, in degrees."""
    date: str
    is_quick: bool
    """Answered by a contraction hierarchy; otherwise by Dijkstra, exact but slow."""
    is_well: bool
    health: str


class RoadCells:
    """Travel times over the loaded map."""

    source = "roads"
    version = 0

    def __init__(self, roads: Roads) -> None:
        self._roads = roads

    def table(self, points: Sequence[tuple[float, float]]) -> tuple[Any, Any]:
        """Seconds and metres between these points; nan for a door that is over 500 m from a road."""
        from routing.travel import Point

        return self._roads.cells([Point(*point) for point in points])


@dataclass
class _Shelf:
    """One map of this process, with the stamp of the file it was read from."""

    cells: RoadCells | None = None
    stamp: tuple[int, int] | None = None
    reading: threading.Thread | None = None


_shelves: dict[str, _Shelf] = {}
_gate = threading.Lock()


def loaded(path: str) -> RoadCells | None:
    """The map, if it is in memory; otherwise nothing, and it is read beside the work. A new import is noticed.

    A map that is replaced goes on answering until the new one has been read.
    """
    with _gate:
        shelf = _shelves.setdefault(path, _Shelf())
        stamp = _stamp(path)
        is_reading = shelf.reading is not None and shelf.reading.is_alive()
        if stamp is not None and stamp != shelf.stamp and not is_reading:
            shelf.stamp = stamp  # also when it proves unreadable: it is tried again when it changes
            shelf.reading = threading.Thread(target=_read, args=(path, shelf), name="road-map", daemon=True)
            shelf.reading.start()
        return shelf.cells


def wait_until_loaded(path: str, *, at_most_s: float = 60) -> None:
    """Let the reading finish: for work in the background, which has the time."""
    loaded(path)
    reading = _shelves[path].reading
    if reading is not None:
        reading.join(at_most_s)


def _stamp(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _read(path: str, shelf: _Shelf) -> None:
    try:
        from routing.travel import Roads

        roads = Roads.load(path)
        if roads.is_quick:
            shelf.cells = RoadCells(roads)
        else:  # Dijkstra takes seconds, and whoever asks is waiting
            log.error("road_map_too_slow", needs="pyroutingkit")
    except Exception as error:  # the house drives on estimates then, and says so at every time
        log.error("road_map_unreadable", kind=type(error).__name__)


def take_in(extract: str, path: str, progress: Callable[[int, int], None]) -> MapFacts:
    """Read an extract and keep it as the map of this house; one that is not well is refused and changes nothing.

    Raises
    ------
    UnusableMap : no_osmium, no_file, unreadable, no_roads, or not_well.
    """
    from routing.travel import Roads, RoadsError

    try:
        roads = Roads.from_osm(extract, progress=progress)
    except RoadsError as error:
        raise UnusableMap(error.code) from error
    facts = _facts(roads)
    if not facts.is_well:
        raise UnusableMap("not_well")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    roads.save(path)
    return facts


def look_at(path: str) -> MapFacts:
    """What the stored map is; raises `UnusableMap` (no_file, no_graph)."""
    from routing.travel import Roads, RoadsError

    if not Path(path).is_file():
        raise UnusableMap("no_file")
    try:
        return _facts(Roads.load(path))
    except RoadsError as error:
        raise UnusableMap(error.code) from error


def _facts(roads: Roads) -> MapFacts:
    is_well, health = roads.health()
    return MapFacts(len(roads.lat), len(roads.tail), roads.box, roads.date, roads.is_quick, is_well, health)
