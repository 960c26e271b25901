"""Which area goes with which cars: layouts of districts, what each of them asks of its cars, and what a layout costs.

A visit is driven from the one before it, which lay anywhere in the same district; somebody who calls waits for a car
that comes from the base. So a compact district drives less, and one around its base is there sooner.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from routing.problem import ProblemError, TravelMatrix

Layout = Mapping[str, str | None]
"""Area id -> district id; None is an area that nobody serves yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Gebied: ground with one middle, and the work that comes from it.

    Parameters
    ----------
    place : row in the matrix.
    visits : expected visits per night (a mean, so rarely whole).
    service_s : expected seconds at doors per night, over all these visits.
    district : where it belongs now; None when nowhere.
    is_pinned : it stays where it belongs now.
    """

    id: str
    place: int
    visits: float
    service_s: float
    district: str | None = None
    is_pinned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class District:
    """Regio: areas with cars of their own. Without `bases` its cars are thought to wait in the best of its areas."""

    id: str
    cars: int = 1
    bases: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictWeights:
    """What a layout is weighed by, in seconds per night.

    driving: per second driven. response: per second that somebody waits for a car from the base. balance: times the
    work of a district times the square of its deviation from a fair share (10 % too much of 5 hours: 180 s x this).
    move: per area that goes to another district, because people know theirs. border: per pair of neighbours that the
    layout parts.
    """

    driving: float = 1.0
    response: float = 1.0
    balance: float = 5.0
    move: float = 60.0
    border: float = 10.0


FRAGMENT_S = 1e7
"""A district in two pieces costs more than anything else can win."""


@dataclass(frozen=True, eq=False)
class Districting:
    """The question: areas, districts with their cars, who borders whom (pairs of rows in `areas`), and travel.

    Raises
    ------
    ProblemError : on doubled ids, places outside the matrix, negative work, no cars, or a pin to an unknown district.
    """

    matrix: TravelMatrix
    areas: tuple[Area, ...]
    districts: tuple[District, ...]
    neighbours: tuple[tuple[int, int], ...]
    weights: DistrictWeights = field(default_factory=DistrictWeights)

    def __post_init__(self) -> None:
        ids = [one.id for one in self.areas], [one.id for one in self.districts]
        for kind, listed in zip(("area", "district"), ids, strict=True):
            for one, times in Counter(listed).items():
                if times > 1:
                    raise ProblemError(f"{kind} {one!r} is listed twice")
        for area in self.areas:
            if not 0 <= area.place < self.matrix.size:
                raise ProblemError(f"area {area.id!r} lies at place {area.place}, which the matrix does not have")
            if min(area.visits, area.service_s) < 0:
                raise ProblemError(f"area {area.id!r} has less than no work")
            if area.is_pinned and area.district not in self.index:
                raise ProblemError(f"area {area.id!r} must stay in {area.district!r}, which is no district")
        for district in self.districts:
            if district.cars < 1:
                raise ProblemError(f"district {district.id!r} has no car")
            if any(not 0 <= base < self.matrix.size for base in district.bases):
                raise ProblemError(f"district {district.id!r} has a base at a place that the matrix does not have")
        if len(self.areas) < len(self.districts):
            raise ProblemError(f"{len(self.areas)} areas cannot be spread over {len(self.districts)} districts")

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Row of each district id."""
        return {district.id: row for row, district in enumerate(self.districts)}

    @cached_property
    def around(self) -> tuple[tuple[int, ...], ...]:
        """Per area the rows of its neighbours."""
        found: list[set[int]] = [set() for _ in self.areas]
        for a, b in self.neighbours:
            found[a].add(b)
            found[b].add(a)
        return tuple(tuple(sorted(one)) for one in found)

    @cached_property
    def visits(self) -> np.ndarray:
        """Expected visits per night, per area."""
        return np.array([area.visits for area in self.areas], dtype=float)

    @cached_property
    def seconds(self) -> np.ndarray:
        """Driving time between areas; within one, half the way to the nearest other."""
        return _between(self.matrix.duration_s, self.areas)

    @cached_property
    def metres(self) -> np.ndarray:
        """Driving distance, the same way."""
        distance = self.matrix.distance_m
        return _between(np.zeros_like(self.matrix.duration_s) if distance is None else distance, self.areas)

    def rows(self, layout: Layout) -> list[int]:
        """The layout as a district row per area; -1 where nobody goes."""
        return [self.index.get(layout.get(area.id) or "", -1) for area in self.areas]

    def layout(self, rows: Sequence[int]) -> dict[str, str | None]:
        """The other way round."""
        return {
            area.id: self.districts[row].id if row >= 0 else None for area, row in zip(self.areas, rows, strict=True)
        }

    @cached_property
    def present(self) -> dict[str, str | None]:
        """The layout in force; an area of a district that is not in the question belongs nowhere."""
        return {area.id: area.district if area.district in self.index else None for area in self.areas}


@dataclass(frozen=True, slots=True, kw_only=True)
class DistrictFigures:
    """What a layout asks of one district, per night. Seconds and metres; `response_s` is a mean over its visits.

    `share` is its work per car over the mean work per car: 1.0 is a fair share. `base` is the place from which its
    cars are thought to come. `fragments` counts its separate pieces.
    """

    district: str
    areas: int
    cars: int
    visits: float
    service_s: float
    driving_s: float
    driving_m: float
    response_s: float
    share: float
    fragments: int
    bases: tuple[int, ...]

    @property
    def work_s(self) -> float:
        """At doors and on the road."""
        return self.service_s + self.driving_s


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutFigures:
    """A whole layout: per district, and together. `cost` is what the proposal makes small; `terms` adds up to it."""

    districts: tuple[DistrictFigures, ...]
    terms: Mapping[str, float]
    nowhere: int

    @property
    def cost(self) -> float:
        """Seconds per night, everything weighed."""
        return sum(self.terms.values())

    @property
    def work_s(self) -> float:
        """Of all districts together."""
        return sum(one.work_s for one in self.districts)

    @property
    def driving_m(self) -> float:
        """Of all districts together."""
        return sum(one.driving_m for one in self.districts)

    @property
    def response_s(self) -> float:
        """Mean over all visits."""
        visits = sum(one.visits for one in self.districts)
        return sum(one.response_s * one.visits for one in self.districts) / visits if visits else 0.0

    @property
    def imbalance(self) -> float:
        """How much the busiest car has above a fair share: 0.25 is a quarter more."""
        return max((one.share for one in self.districts), default=1.0) - 1.0

    @property
    def is_whole(self) -> bool:
        """Does every district hang together?"""
        return all(one.fragments <= 1 for one in self.districts)


def figures(question: Districting, layout: Layout) -> LayoutFigures:
    """What a layout asks of every district, and what it costs. Written for being right: the search keeps its own sums.

    Areas that the layout leaves out count for nothing, except in `nowhere`.
    """
    rows = np.array(question.rows(layout), dtype=int)
    found = [_one(question, row, np.flatnonzero(rows == row)) for row in range(len(question.districts))]
    fair = sum(one.work_s for one in found) / max(1, sum(one.cars for one in found))
    shares = [one.work_s / one.cars / fair if fair else 1.0 for one in found]
    weights = question.weights
    moved = sum(area.district in question.index and layout.get(area.id) != area.district for area in question.areas)
    terms = {
        "driving": weights.driving * sum(one.driving_s for one in found),
        "response": weights.response * sum(one.response_s * one.visits for one in found),
        "balance": weights.balance
        * sum(fair * one.cars * (share - 1) ** 2 for one, share in zip(found, shares, strict=True)),
        "move": weights.move * moved,
        "border": weights.border * sum(rows[a] != rows[b] for a, b in question.neighbours),
        "fragments": FRAGMENT_S * sum(abs(one.fragments - 1) for one in found),
    }
    with_shares = (replace(one, share=share) for one, share in zip(found, shares, strict=True))
    return LayoutFigures(districts=tuple(with_shares), terms=terms, nowhere=int((rows < 0).sum()))


def bases_of(question: Districting, row: int, members: Sequence[int]) -> tuple[int, ...]:
    """Where the cars of a district wait: at its bases, else in the area that is nearest to its visits."""
    district = question.districts[row]
    if district.bases or not len(members):
        return district.bases
    inside = np.asarray(members)
    weight = question.visits[inside]
    if not weight.any():
        weight = np.ones(len(inside))
    best = int((question.seconds[np.ix_(inside, inside)] @ weight).argmin())
    return (question.areas[int(inside[best])].place,)


def response_s(question: Districting, bases: Iterable[int], members: Sequence[int]) -> np.ndarray:
    """Seconds from the nearest of these bases to each of these areas; to the area where a car waits, as within it."""
    wanted = [question.areas[int(member)].place for member in members]
    within = question.seconds[np.asarray(members, dtype=int), np.asarray(members, dtype=int)]
    table = np.asarray(question.matrix.duration_s)
    best: np.ndarray = table[np.ix_(list(bases), wanted)].min(axis=0).astype(float)
    return np.where(best > 0, best, within)


def pieces(question: Districting, members: Iterable[int]) -> list[list[int]]:
    """The separate pieces in which these areas lie, largest first."""
    left = set(members)
    found = []
    while left:
        piece = [left.pop()]
        for area in piece:
            near = [one for one in question.around[area] if one in left]
            left.difference_update(near)
            piece.extend(near)
        found.append(sorted(piece))
    return sorted(found, key=lambda piece: (-len(piece), piece))


def _one(question: Districting, row: int, members: np.ndarray) -> DistrictFigures:
    visits = question.visits[members]
    total = float(visits.sum())
    bases = bases_of(question, row, list(members))
    waits = response_s(question, bases, list(members)) if bases and len(members) else np.zeros(len(members))
    pairs = np.ix_(members, members)
    return DistrictFigures(
        district=question.districts[row].id,
        areas=len(members),
        cars=question.districts[row].cars,
        visits=total,
        service_s=float(sum(question.areas[int(one)].service_s for one in members)),
        driving_s=float(visits @ question.seconds[pairs] @ visits) / total if total else 0.0,
        driving_m=float(visits @ question.metres[pairs] @ visits) / total if total else 0.0,
        response_s=float(visits @ waits) / total if total else 0.0,
        share=1.0,
        fragments=len(pieces(question, (int(one) for one in members))),
        bases=bases,
    )


def _between(table: object, areas: Sequence[Area]) -> np.ndarray:
    places = [area.place for area in areas]
    between: np.ndarray = np.asarray(table)[np.ix_(places, places)].astype(float)
    if len(between) > 1:
        others = between + np.where(np.eye(len(between), dtype=bool), np.inf, 0.0)
        np.fill_diagonal(between, others.min(axis=1) / 2)
    return between
