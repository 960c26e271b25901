"""A layout of regions as lines on a sheet: cells, borders, names. The template only fills them in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backend.regions.proposal import DrawnArea, RegionProposal

WIDTH = 720.0
TALLEST = 760.0
MARGIN = 6.0
ROOM = 40.0
"""A name keeps this far from a home base."""
LOOKS = 8
"""So many colours with a pattern each; a ninth region looks like the first, and has its own name on it."""


@dataclass(frozen=True)
class MapCell:
    """One postcode area."""

    pc4: str
    title: str
    path: str
    look: int | None
    is_moved: bool
    x: float
    y: float


@dataclass(frozen=True)
class MapLabel:
    """A region's short name, or a home base, and where it stands."""

    text: str
    x: float
    y: float
    look: int | None = None


@dataclass(frozen=True)
class RegionMap:
    """Kaart: everything in the units of its own sheet, `width` by `height`."""

    width: float
    height: float
    cells: tuple[MapCell, ...]
    hatches: tuple[tuple[int, str], ...]
    """Per look the outline of all its cells together, to lay the pattern over."""
    borders: str
    labels: tuple[MapLabel, ...]
    bases: tuple[MapLabel, ...]


def looks(proposal: RegionProposal) -> dict[str, int]:
    """Which colour and pattern each region has, on both maps and in every list."""
    return {region.key: place % LOOKS + 1 for place, region in enumerate(proposal.regions)}


def draw(proposal: RegionProposal, *, is_now: bool) -> RegionMap:
    """The layout as it is now, or as proposed."""
    codes = {region.key: region.code for region in proposal.regions}
    areas = proposal.areas
    look_of = looks(proposal)
    place = _Sheet(corner for area in areas for corner in area.cell.corners)
    where = [area.now if is_now else area.then for area in areas]
    paths = [place.path(area.cell.corners) for area in areas]
    middles = [place.point(*_middle(area.cell.corners)) for area in areas]
    standing = [(name, place.point(*at)) for name, at in proposal.bases]
    hatches: dict[int, list[str]] = {}
    for key, path in zip(where, paths, strict=True):
        if key is not None:
            hatches.setdefault(look_of[key], []).append(path)
    return RegionMap(
        width=WIDTH,
        height=place.height,
        cells=tuple(
            MapCell(
                pc4=area.pc4,
                title=f"{area.pc4} {area.name}: {codes.get(key, 'geen regio') if key else 'geen regio'}",
                path=path,
                look=look_of[key] if key is not None else None,
                is_moved=area.now != area.then,
                x=round(x, 1),
                y=round(y, 1),
            )
            for area, key, path, (x, y) in zip(areas, where, paths, middles, strict=True)
        ),
        hatches=tuple((look, "".join(found)) for look, found in sorted(hatches.items())),
        borders=_borders(areas, where, place),
        labels=_labels(where, middles, look_of, codes, [at for _, at in standing]),
        bases=tuple(MapLabel(name, round(x, 1), round(y, 1)) for name, (x, y) in standing),
    )


class _Sheet:
    """From metres, north up, to the map's own units, down."""

    def __init__(self, corners: Iterable[tuple[float, float]]) -> None:
        xs, ys = zip(*corners, strict=True)
        self.west, self.north = min(xs), max(ys)
        wide, tall = max(max(xs) - self.west, 1.0), max(self.north - min(ys), 1.0)
        self.scale = min((WIDTH - 2 * MARGIN) / wide, (TALLEST - 2 * MARGIN) / tall)
        self.left = (WIDTH - wide * self.scale) / 2
        self.height = round(tall * self.scale + 2 * MARGIN, 1)

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.left + (x - self.west) * self.scale, MARGIN + (self.north - y) * self.scale

    def path(self, corners: Sequence[tuple[float, float]]) -> str:
        return f"M{'L'.join(self.pair(*corner) for corner in corners)}Z"

    def pair(self, x: float, y: float) -> str:
        across, down = self.point(x, y)
        return f"{across:.1f} {down:.1f}"


def _borders(areas: Sequence[DrawnArea], where: Sequence[str | None], place: _Sheet) -> str:
    lines = []
    for index, area in enumerate(areas):
        corners = area.cell.corners
        for here, other in enumerate(area.cell.beyond):
            if other > index and where[other] != where[index]:
                after = corners[(here + 1) % len(corners)]
                lines.append(f"M{place.pair(*corners[here])}L{place.pair(*after)}")
    return "".join(lines)


def _labels(
    where: Sequence[str | None],
    middles: Sequence[tuple[float, float]],
    look_of: Mapping[str, int],
    codes: Mapping[str, str],
    standing: Sequence[tuple[float, float]],
) -> tuple[MapLabel, ...]:
    """A region's name stands on the cell that lies most in its middle, and not over a home base."""
    found = []
    for key, look in look_of.items():
        own = [middle for middle, here in zip(middles, where, strict=True) if here == key]
        if own:
            x, y = sum(x for x, _ in own) / len(own), sum(y for _, y in own) / len(own)
            clear = [at for at in own if all(math.dist(at, base) > ROOM for base in standing)] or own
            at = min(clear, key=lambda middle: math.dist(middle, (x, y)))
            found.append(MapLabel(codes.get(key, ""), round(at[0], 1), round(at[1], 1), look))
    return tuple(found)


def _middle(corners: Sequence[tuple[float, float]]) -> tuple[float, float]:
    return sum(x for x, _ in corners) / len(corners), sum(y for _, y in corners) / len(corners)
