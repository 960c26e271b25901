"""Regions that neither gap nor overlap, and how their postcode areas are written: plain Python."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from backend.people.addresses import normalise_pc4


@dataclass(frozen=True)
class RegionCheck:
    """Regiocontrole: every PC4 that is served belongs to exactly one region (seed J5)."""

    gaps: tuple[str, ...]
    overlaps: Mapping[str, tuple[str, ...]]
    unknown: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        return not (self.gaps or self.overlaps or self.unknown)


def check_regions(
    regions: Mapping[str, Iterable[str]], places: Mapping[str, str], inhabited: Iterable[str] = ()
) -> RegionCheck:
    """Find the PC4 areas in no region, in more than one, and those that do not exist.

    `regions`: name -> PC4; `places`: every known PC4 -> its place; `inhabited`: PC4 where clients live. An area
    without a region is a gap when a client lives there, or when another area of the same place has a region: a
    town that is served by half is a mistake, the rest of the country is not.
    """
    claimed: defaultdict[str, list[str]] = defaultdict(list)
    for name, areas in regions.items():
        for pc4 in dict.fromkeys(areas):
            claimed[pc4].append(name)
    served_places = {places[pc4] for pc4 in claimed if pc4 in places}
    gaps = {pc4 for pc4, place in places.items() if place in served_places} | set(inhabited)
    return RegionCheck(
        gaps=tuple(sorted(gaps - set(claimed))),
        overlaps={pc4: tuple(names) for pc4, names in sorted(claimed.items()) if len(names) > 1},
        unknown=tuple(sorted(set(claimed) - set(places))),
    )


def parse_pc4_ranges(text: str, known: Collection[str] | None = None) -> list[str]:
    """'8261-8267, 8271' -> the eight PC4 it names; raises ValueError with the piece that is wrong.

    Not every number is an area: of a range only those in `known` are meant, when given.
    """
    found: dict[str, None] = {}
    for piece in re.split(r"[,;\s]+", re.sub(r"\s*[-–]\s*", "-", text.strip())):
        first, dash, last = piece.partition("-")
        start, end = normalise_pc4(first), normalise_pc4(last) if dash else normalise_pc4(first)
        if start is None or end is None or start > end:
            raise ValueError(piece)
        named = [str(pc4) for pc4 in range(int(start), int(end) + 1)]
        if dash and known is not None:
            named = [pc4 for pc4 in named if pc4 in known]
        if not named:
            raise ValueError(piece)
        found.update(dict.fromkeys(named))
    return list(found)


def spans(areas: Iterable[str]) -> str:
    """The other way round, for people: '8261-8267, 8271'."""
    pieces: list[tuple[int, int]] = []
    for pc4 in sorted({int(area) for area in areas}):
        if pieces and pieces[-1][1] == pc4 - 1:
            pieces[-1] = (pieces[-1][0], pc4)
        else:
            pieces.append((pc4, pc4))
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in pieces)
