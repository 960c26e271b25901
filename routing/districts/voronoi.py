"""Areas of which only the middle is known, as cells: who borders whom, and what a map can show. Metres, flat.

Each point gets the ground that lies nearer to it than to any other point (a Voronoi cell), but never further away
than its reach: over open water or fields the cells end, so that the whole has the outline of the places themselves.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from routing.problem import TravelMatrix
from routing.travel import Point

METRES_PER_DEGREE = 111_195
SIDES = 16
REACH = 1.25
"""A cell reaches this many times as far as the third nearest point."""
FURTHEST = 1.4
"""And never further than this many times the usual reach: an outlying area does not fill the map."""
SHORTEST_BORDER = 0.02
"""A shared edge below this part of the reach is a corner, not a border."""
DETOUR = 3.0
"""Neighbours between whom one drives this many times as long as usual for the distance are parted (by water, say)."""


@dataclass(frozen=True)
class Cell:
    """One area on the sheet: its corners in metres, and per edge (from that corner to the next) who lies beyond it.

    `beyond` holds the index of another point, or -1 where the sheet ends.
    """

    corners: tuple[tuple[float, float], ...]
    beyond: tuple[int, ...]


def flat(points: Sequence[Point]) -> np.ndarray:
    """Points as x (east) and y (north), in metres from their middle: shape [points, 2]. Right within a province."""
    if not points:
        return np.zeros((0, 2))
    degrees = np.array(points, dtype=float)
    middle = degrees.mean(axis=0)
    east = (degrees[:, 1] - middle[1]) * METRES_PER_DEGREE * math.cos(math.radians(middle[0]))
    return np.column_stack([east, (degrees[:, 0] - middle[0]) * METRES_PER_DEGREE])


def cells(xy: np.ndarray) -> tuple[Cell, ...]:
    """The cell around each point of `flat`. Points on the same spot share one cell."""
    if not len(xy):
        return ()
    away = np.hypot(*(xy[:, None, :] - xy[None, :, :]).transpose(2, 0, 1))
    near = np.sort(away, axis=1)
    reach = np.maximum(near[:, min(3, len(xy) - 1)] * REACH, 100.0)
    reach = np.minimum(reach, np.median(reach) * FURTHEST)
    return tuple(_cell(xy, index, away[index], float(reach[index])) for index in range(len(xy)))


def _cell(xy: np.ndarray, index: int, away: np.ndarray, reach: float) -> Cell:
    x, y = float(xy[index, 0]), float(xy[index, 1])
    turns = [2 * math.pi * (side + 0.5) / SIDES for side in range(SIDES)]
    corners = [(x + reach * math.cos(turn), y + reach * math.sin(turn)) for turn in turns]
    beyond = [-1] * SIDES
    for other in np.argsort(away, kind="stable"):
        if away[other] <= 1.0:
            continue  # itself, or on the same spot
        if away[other] > 2 * max(math.hypot(cx - x, cy - y) for cx, cy in corners):
            break
        dx, dy = float(xy[other, 0]) - x, float(xy[other, 1]) - y
        limit = (dx * dx + dy * dy) / 2
        side = [(cx - x) * dx + (cy - y) * dy - limit for cx, cy in corners]
        if max(side) > 0:
            corners, beyond = _cut(corners, beyond, side, int(other))
    return Cell(tuple(corners), tuple(beyond))


def _cut(
    corners: list[tuple[float, float]], beyond: list[int], side: list[float], other: int
) -> tuple[list[tuple[float, float]], list[int]]:
    """What is left of a polygon on this side (`side` <= 0) of a line; the new edge has `other` beyond it."""
    kept: list[tuple[float, float]] = []
    labels: list[int] = []
    for here, corner in enumerate(corners):
        after = (here + 1) % len(corners)
        if side[here] <= 0:
            kept.append(corner)
            labels.append(beyond[here])
        if (side[here] <= 0) != (side[after] <= 0):
            part = side[here] / (side[here] - side[after])
            (ax, ay), (bx, by) = corner, corners[after]
            kept.append((ax + part * (bx - ax), ay + part * (by - ay)))
            labels.append(other if side[here] <= 0 else beyond[here])
    return kept, labels


def neighbours(xy: np.ndarray, made: Sequence[Cell], travel: TravelMatrix | None = None) -> tuple[tuple[int, int], ...]:
    """The pairs of areas that border on each other, lower index first; each can be reached from every other.

    `xy` is the sheet that the cells were made on. With `travel` (the same rows) those parted by a detour are no
    neighbours. Whatever then lies apart is joined by its shortest link.
    """
    pairs = set(_touching(xy, made))
    if travel is not None and pairs:
        pairs = _without_detours(xy, pairs, travel)
    return tuple(sorted(_joined(xy, pairs)))


def _touching(xy: np.ndarray, made: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    for index, cell in enumerate(made):
        reach = max((math.dist(corner, xy[index]) for corner in cell.corners), default=0.0)
        for here, other in enumerate(cell.beyond):
            long_enough = (
                math.dist(cell.corners[here], cell.corners[(here + 1) % len(cell.corners)]) > SHORTEST_BORDER * reach
            )
            if other >= 0 and long_enough:
                yield (min(index, other), max(index, other))
    same: dict[tuple[int, int], int] = {}
    for index, (x, y) in enumerate(xy):
        first = same.setdefault((round(x), round(y)), index)
        if first != index:
            yield (first, index)


def _without_detours(xy: np.ndarray, pairs: set[tuple[int, int]], travel: TravelMatrix) -> set[tuple[int, int]]:
    seconds = np.asarray(travel.duration_s)
    metres = {pair: max(math.dist(xy[pair[0]], xy[pair[1]]), 100.0) for pair in pairs}
    pace = {(a, b): min(seconds[a, b], seconds[b, a]) / metres[a, b] ** 0.71 for a, b in pairs}
    usual = float(np.median(list(pace.values())))
    return {pair for pair in pairs if pace[pair] <= DETOUR * usual} if usual > 0 else pairs


def _joined(xy: np.ndarray, pairs: set[tuple[int, int]]) -> set[tuple[int, int]]:
    group = list(range(len(xy)))

    def leader(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    for a, b in pairs:
        group[leader(a)] = leader(b)
    found = set(pairs)
    while len(leaders := sorted({leader(index) for index in range(len(xy))})) > 1:
        inside = np.array([leader(index) == leaders[0] for index in range(len(xy))])
        gap = np.hypot(*(xy[inside][:, None, :] - xy[~inside][None, :, :]).transpose(2, 0, 1))
        at = np.unravel_index(int(gap.argmin()), gap.shape)
        a, b = int(np.flatnonzero(inside)[at[0]]), int(np.flatnonzero(~inside)[at[1]])
        found.add((min(a, b), max(a, b)))
        group[leader(a)] = leader(b)
    return found
