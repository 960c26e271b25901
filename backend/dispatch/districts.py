"""A fairer layout of the regions, for the people who draw them: the question to the optimiser, and its answer by name.

Nothing here changes anything: a proposal is looked at, and carried out area by area in the people room.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.dispatch import area_work, travel
from backend.dispatch.area_work import AreaWork, PastWork, WorkSource
from backend.dispatch.models import HomeBase
from backend.dispatch.travel import Point
from backend.people.models import PostcodeArea, Region
from backend.people.places import queries as places
from backend.platform.db import Session
from backend.platform.errors import DomainError

if TYPE_CHECKING:
    from routing import TravelMatrix
    from routing.cells import Cell
    from routing.districts import Area, District, DistrictFigures, LayoutFigures
    from routing.redraw import Move

USUAL_NIGHTS = 28
MOST_AREAS = 600
"""More is no region any more, and would keep whoever asks waiting."""
SEARCH_STEPS = 4_000_000
"""Tries times areas, so that an answer takes a second or two however large the country is."""


class Calm(StrEnum):
    """Rust: how much must be won before an area goes to another region."""

    LITTLE = "little"
    USUAL = "usual"
    MUCH = "much"


MOVE_S = {Calm.LITTLE: 10.0, Calm.USUAL: 60.0, Calm.MUCH: 300.0}
"""Seconds per night that a move must save."""


class NothingToDraw(DomainError):
    """There is nothing to propose; `reason` is no_areas, no_cars, one_region, too_large, few_cars or pinned."""

    code = "nothing_to_draw"


@dataclass(frozen=True)
class Wishes:
    """Uitgangspunten: what whoever asks for a proposal holds on to.

    `cars` is how many drive together (None: as now); `new_regions` are added, each with one of them; `keep` are PC4
    areas that stay where they are.
    """

    nights: int = USUAL_NIGHTS
    cars: int | None = None
    new_regions: int = 0
    keep: frozenset[str] = frozenset()
    calm: Calm = Calm.USUAL
    source: WorkSource | None = None


@dataclass(frozen=True)
class DrawnRegion:
    """Een regio voor en na: its figures per night now and in the proposal. `key` is its id, or new-1 for a new one."""

    key: str
    name: str
    code: str
    cars_now: int
    before: DistrictFigures
    after: DistrictFigures
    areas: tuple[str, ...]
    measured_response_s: int | None
    """What people there really waited in this period, now; None when fewer than five called."""

    @property
    def per_car_now_s(self) -> float:
        """Work per car as it is now, with as many cars as there are now."""
        return self.before.work_s / max(1, self.cars_now)

    @property
    def is_new(self) -> bool:
        """Does it exist only in this proposal?"""
        return self.key.startswith("new-")


@dataclass(frozen=True)
class MovedArea:
    """Een gebied dat verhuist, with what speaks for it (`reason`, see routing.redraw.Move)."""

    pc4: str
    name: str
    source: str | None
    source_name: str | None
    target: str
    target_name: str
    reason: str
    response_before_s: float
    response_after_s: float
    visits: float


@dataclass(frozen=True)
class DrawnArea:
    """Een gebied op de kaart: its cell, where it belongs now and in the proposal (a region's key)."""

    pc4: str
    name: str
    cell: Cell
    now: str | None
    then: str | None
    visits: float


@dataclass(frozen=True)
class RegionProposal:
    """Regiovoorstel: before and after, what moves and why, and what it was all counted from."""

    wishes: Wishes
    work: PastWork
    cars: int
    cars_now: int
    dissolved: tuple[str, ...]
    travel_sources: tuple[str, ...]
    """Where the driving times came from; more than one when some were estimated."""
    regions: tuple[DrawnRegion, ...]
    moves: tuple[MovedArea, ...]
    areas: tuple[DrawnArea, ...]
    bases: tuple[tuple[str, tuple[float, float]], ...]
    """Home bases by name, with their place on the sheet of the cells."""
    before: LayoutFigures
    after: LayoutFigures

    def share_now(self, region: DrawnRegion) -> float:
        """A region's work per car over the mean, with the cars of now: 1.0 is a fair share."""
        mean = self.before.work_s / max(1, self.cars_now)
        return region.per_car_now_s / mean if mean else 1.0

    @property
    def imbalance_now(self) -> float:
        """How much the busiest car has above the mean now."""
        return max((self.share_now(region) for region in self.regions if region.cars_now), default=1.0) - 1.0


def propose(session: Session, wishes: Wishes, now: datetime) -> RegionProposal:
    """A layout in which the cars have about the same work, drive less and are there sooner, with few areas moved.

    Raises
    ------
    NothingToDraw : with the reason, when there are no areas, no cars, or only one region to draw.
    """
    from routing import cells
    from routing.districts import Districting, DistrictWeights
    from routing.redraw import redraw
    from routing.travel import Point as At

    drawn = places.regions(session)
    areas = _areas(session)
    nights = area_work.past_nights(session, now, wishes.nights)
    fleet = area_work.cars_of_regions(session, nights)
    cars_now = {str(region.id): len(fleet.get(region.id, ())) for region in drawn}
    work = area_work.past_work(session, nights, areas, cars=sum(cars_now.values()), source=wishes.source)
    load = _load(areas, work.areas, cars_now)
    cars = shared_cars(load, cars_now, wishes)
    _refuse_nonsense(areas, cars, wishes)
    bases = _bases(session, drawn, {str(region): [car.home_base_id for car in own] for region, own in fleet.items()})
    standing = sorted({base.id: base for own in bases.values() for base in own}.values(), key=lambda base: base.name)
    every: list[Point] = [*((area.lat, area.lon) for area in areas), *((base.lat, base.lon) for base in standing)]
    matrix = travel.current(session).matrix(tuple(every))
    place_of = {base.id: len(areas) + row for row, base in enumerate(standing)}
    flat = cells.flat([At(*point) for point in every])
    on_sheet = flat[: len(areas)]
    sheet = cells.cells(on_sheet)
    question = Districting(
        matrix,
        _as_areas(areas, work.areas, wishes.keep, cars),
        _as_districts(cars, {key: tuple(place_of[base.id] for base in own) for key, own in bases.items()}),
        cells.neighbours(on_sheet, sheet, _of_areas(matrix, len(areas))),
        DistrictWeights(move=MOVE_S[wishes.calm]),
    )
    answer = redraw(question, steps=min(400 * len(areas), SEARCH_STEPS // (len(areas) + 40)))
    names = _names(drawn, cars)
    layout = answer.layout
    return RegionProposal(
        wishes=wishes,
        work=work,
        cars=sum(cars.values()),
        cars_now=sum(cars_now.values()),
        dissolved=tuple(region.name for region in drawn if str(region.id) not in cars and region.postcode_areas),
        travel_sources=_sources(matrix),
        regions=tuple(
            DrawnRegion(
                key=key,
                name=names[key][0],
                code=names[key][1],
                cars_now=cars_now.get(key, 0),
                before=before,
                after=after,
                areas=tuple(pc4 for pc4, where in sorted(layout.items()) if where == key),
                measured_response_s=_measured(work, areas, key),
            )
            for key, before, after in zip(cars, answer.before.districts, answer.after.districts, strict=True)
        ),
        moves=_moves(areas, answer.moves, names, work.areas, drawn),
        areas=tuple(
            DrawnArea(
                area.pc4, _called(area), cell, _key(area), layout[area.pc4], work.areas.get(area.pc4, AreaWork()).visits
            )
            for area, cell in zip(areas, sheet, strict=True)
        ),
        bases=tuple(
            (base.name, (float(flat[place_of[base.id]][0]), float(flat[place_of[base.id]][1]))) for base in standing
        ),
        before=answer.before,
        after=answer.after,
    )


def shared_cars(load: Mapping[str, float], cars_now: Mapping[str, int], wishes: Wishes) -> dict[str, int]:
    """How many cars each region gets, in order; a region without one in this answer is dissolved.

    As now, and one for a region that has none. One more goes where there is most work per car, one fewer leaves where
    there is least; with fewer cars than regions the ones with the least work are dissolved.
    """
    cars = {key: max(1, number) for key, number in cars_now.items()}
    wanted = sum(cars.values()) if wishes.cars is None else wishes.cars
    new = {f"new-{number}": 1 for number in range(1, wishes.new_regions + 1)}
    wanted_old = wanted - len(new) if wishes.cars is not None else wanted

    def per_car(key: str, change: int) -> tuple[float, str]:
        return (load.get(key, 0.0) / max(1, cars[key] + change), key)

    while cars and sum(cars.values()) < wanted_old:
        cars[max(cars, key=lambda key: per_car(key, 1))] += 1
    while cars and sum(cars.values()) > max(0, wanted_old):
        several = [key for key, number in cars.items() if number > 1]
        least = min(several or cars, key=lambda key: per_car(key, -1))
        cars[least] -= 1
        if not cars[least]:
            del cars[least]
    return cars | new


def _areas(session: Session) -> list[PostcodeArea]:
    """The areas that somebody serves or should: those of the regions, and the gaps between them."""
    served = session.scalars(sa.select(PostcodeArea).where(PostcodeArea.region_id.is_not(None))).all()
    gaps = places.check_regions(session).gaps
    missing = session.scalars(sa.select(PostcodeArea).where(PostcodeArea.pc4.in_(gaps))).all()
    return sorted({area.pc4: area for area in (*served, *missing)}.values(), key=lambda area: area.pc4)


def _load(areas: Sequence[PostcodeArea], work: Mapping[str, AreaWork], cars: Mapping[str, int]) -> dict[str, float]:
    found = dict.fromkeys(cars, 0.0)
    for area in areas:
        key = _key(area)
        if key in found:
            found[key] += work.get(area.pc4, AreaWork()).service_s
    return found


def _refuse_nonsense(areas: Sequence[PostcodeArea], cars: Mapping[str, int], wishes: Wishes) -> None:
    if not areas:
        raise NothingToDraw(reason="no_areas")
    if len(areas) > MOST_AREAS:
        raise NothingToDraw(reason="too_large", areas=len(areas), most=MOST_AREAS)
    if not cars or (wishes.cars is not None and wishes.cars < wishes.new_regions):
        raise NothingToDraw(reason="few_cars")
    if len(cars) < 2:
        raise NothingToDraw(reason="one_region")
    if len(areas) < len(cars):
        raise NothingToDraw(reason="no_areas")


def _bases(
    session: Session, drawn: Sequence[Region], used: Mapping[str, Sequence[uuid.UUID]]
) -> dict[str, list[HomeBase]]:
    """Where the cars of a region begin; a region without cars has the bases that were put in it."""
    every = session.scalars(sa.select(HomeBase).order_by(HomeBase.name)).all()
    return {
        str(region.id): [base for base in every if base.id in used.get(str(region.id), ())]
        or [base for base in every if base.region_id == region.id]
        for region in drawn
    }


def _as_areas(
    areas: Sequence[PostcodeArea], work: Mapping[str, AreaWork], keep: frozenset[str], cars: Mapping[str, int]
) -> tuple[Area, ...]:
    from routing.districts import Area

    return tuple(
        Area(
            id=area.pc4,
            place=row,
            visits=work.get(area.pc4, AreaWork()).visits,
            service_s=work.get(area.pc4, AreaWork()).service_s,
            district=_key(area),
            is_pinned=area.pc4 in keep and _key(area) in cars,
        )
        for row, area in enumerate(areas)
    )


def _as_districts(cars: Mapping[str, int], bases: Mapping[str, tuple[int, ...]]) -> tuple[District, ...]:
    from routing.districts import District

    return tuple(District(id=key, cars=number, bases=bases.get(key, ())) for key, number in cars.items())


def _of_areas(matrix: TravelMatrix, areas: int) -> TravelMatrix:
    import numpy as np

    return replace(
        matrix,
        duration_s=np.asarray(matrix.duration_s)[:areas, :areas],
        distance_m=None,
        source_cell=None,
    )


def _sources(matrix: TravelMatrix) -> tuple[str, ...]:
    import numpy as np

    if matrix.source_cell is None:
        return (matrix.source,)
    return tuple(matrix.sources[int(one)] for one in np.unique(np.asarray(matrix.source_cell)))


def _moves(
    areas: Sequence[PostcodeArea],
    moves: Sequence[Move],
    names: Mapping[str, tuple[str, str]],
    work: Mapping[str, AreaWork],
    drawn: Sequence[Region],
) -> tuple[MovedArea, ...]:
    by_pc4 = {area.pc4: area for area in areas}
    old = {str(region.id): region.name for region in drawn}
    found = []
    for move in moves:
        area = by_pc4[move.area]
        key = _key(area)
        found.append(
            MovedArea(
                pc4=area.pc4,
                name=_called(area),
                source=key,
                source_name=old.get(key) if key else None,
                target=move.target,
                target_name=names[move.target][0],
                reason="dissolved" if key is not None and key not in names else move.reason,
                response_before_s=move.response_before_s,
                response_after_s=move.response_after_s,
                visits=work.get(area.pc4, AreaWork()).visits,
            )
        )
    return tuple(found)


def _names(drawn: Sequence[Region], cars: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    known = {str(region.id): (region.name, region.code) for region in drawn if str(region.id) in cars}
    return known | {key: (f"Nieuwe regio {key[4:]}", f"N{key[4:]}") for key in cars if key not in known}


def _measured(work: PastWork, areas: Sequence[PostcodeArea], key: str) -> int | None:
    waited = [seconds for area in areas if _key(area) == key for seconds in work.responses.get(area.pc4, ())]
    return round(sum(waited) / len(waited)) if len(waited) >= 5 else None


def _called(area: PostcodeArea) -> str:
    return area.neighbourhood or area.place


def _key(area: PostcodeArea) -> str | None:
    return None if area.region_id is None else str(area.region_id)
