"""A fairer layout of the regions, for the people who draw them: the question to the optimiser, and its answer by name.

Nothing here changes anything: a proposal is looked at, and carried out area by area in the people room.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from backend.people.models import PostcodeArea, Region
from backend.people.places import queries as places
from backend.platform.db import Session
from backend.regions import work as area_work
from backend.regions.proposal import (
    MOST_AREAS,
    MOVE_S,
    DrawnArea,
    DrawnRegion,
    MovedArea,
    NothingToDraw,
    RegionProposal,
    Wishes,
    shared_cars,
)
from backend.regions.work import AreaWork, PastWork
from backend.roster.models import Car, HomeBase
from backend.travel import times as travel
from backend.travel.times import Point

if TYPE_CHECKING:
    from routing import TravelMatrix
    from routing.districts import Cell, Districting, Move

SEARCH_STEPS = 4_000_000
"""Tries times areas, so that an answer takes a second or two however large the country is."""


def propose(session: Session, wishes: Wishes, now: datetime) -> RegionProposal:
    """A layout in which the cars have about the same work, drive less and are there sooner, with few areas moved.

    Raises
    ------
    NothingToDraw : with the reason, when there are no areas, no cars, or only one region to draw.
    """
    from routing.districts import figures, redraw

    nights = area_work.past_nights(session, now, wishes.nights)
    fleet = area_work.cars_of_regions(session, nights)
    drawn = [region for region in places.regions(session) if region.postcode_areas or region.id in fleet]
    cars_now = {str(region.id): len(fleet.get(region.id, ())) for region in drawn}
    areas = _areas(session)
    work = area_work.past_work(session, nights, areas, cars=sum(cars_now.values()), source=wishes.source)
    kept = {str(area.region_id) for area in areas if area.pc4 in wishes.keep and area.region_id}
    cars = shared_cars(_load(areas, work.areas, cars_now), cars_now, wishes, kept=kept)
    _refuse_nonsense(areas, cars, kept, wishes)
    ground = _survey(session, areas, work, drawn, fleet)
    question = ground.question(cars, wishes)
    answer = redraw(question, steps=min(400 * len(areas), SEARCH_STEPS // (len(areas) + 40)))
    having = {str(region.id): max(1, cars_now[str(region.id)]) for region in drawn if region.postcode_areas}
    before = figures(ground.question(having, wishes), {area.pc4: _key(area) for area in areas})
    names = _names(drawn, cars)
    then = {one.district: one for one in answer.after.districts}
    earlier = {one.district: one for one in before.districts}
    return RegionProposal(
        wishes=wishes,
        work=work,
        cars=sum(cars.values()),
        cars_now=sum(cars_now.values()),
        dissolved=tuple(names[key][0] for key in earlier if key not in cars),
        travel_sources=_sources(ground.matrix),
        regions=tuple(
            DrawnRegion(
                key=key,
                name=names[key][0],
                code=names[key][1],
                cars_now=cars_now.get(key, 0),
                before=earlier.get(key),
                after=then.get(key),
                areas=tuple(pc4 for pc4, where in sorted(answer.layout.items()) if where == key),
                measured_response_s=_measured(work, areas, key),
            )
            for key in (*cars, *(key for key in earlier if key not in cars))
        ),
        moves=_moves(areas, answer.moves, names, work.areas, cars),
        areas=tuple(
            DrawnArea(area.pc4, _called(area), cell, _key(area), answer.layout[area.pc4])
            for area, cell in zip(areas, ground.sheet, strict=True)
        ),
        bases=ground.standing,
        before=before,
        after=answer.after,
        terms_before=answer.before.terms,
    )


@dataclass(frozen=True)
class _Ground:
    """Everything about the land that does not depend on who serves it."""

    areas: Sequence[PostcodeArea]
    work: Mapping[str, AreaWork]
    matrix: TravelMatrix
    sheet: tuple[Cell, ...]
    neighbours: tuple[tuple[int, int], ...]
    bases: Mapping[str, tuple[int, ...]]
    """Per region the rows of its home bases in the matrix."""
    standing: tuple[tuple[str, tuple[float, float]], ...]

    def question(self, cars: Mapping[str, int], wishes: Wishes) -> Districting:
        from routing.districts import Area, District, Districting, DistrictWeights

        nothing = AreaWork()
        return Districting(
            self.matrix,
            tuple(
                Area(
                    id=area.pc4,
                    place=row,
                    visits=self.work.get(area.pc4, nothing).visits,
                    service_s=self.work.get(area.pc4, nothing).service_s,
                    district=_key(area),
                    is_pinned=area.pc4 in wishes.keep and _key(area) in cars,
                )
                for row, area in enumerate(self.areas)
            ),
            tuple(District(id=key, cars=number, bases=self.bases.get(key, ())) for key, number in cars.items()),
            self.neighbours,
            DistrictWeights(move=MOVE_S[wishes.calm]),
        )


def _survey(
    session: Session,
    areas: Sequence[PostcodeArea],
    work: PastWork,
    drawn: Sequence[Region],
    fleet: Mapping[uuid.UUID, Sequence[Car]],
) -> _Ground:
    from routing.districts import cells, flat, neighbours
    from routing.travel import Point as At

    bases = _bases(session, drawn, fleet)
    standing = sorted({base.id: base for own in bases.values() for base in own}.values(), key=lambda base: base.name)
    points: list[Point] = [*((area.lat, area.lon) for area in areas), *((base.lat, base.lon) for base in standing)]
    matrix = travel.current(session).matrix(tuple(points))
    xy = flat([At(*point) for point in points])
    sheet = cells(xy[: len(areas)])
    row_of = {base.id: len(areas) + row for row, base in enumerate(standing)}
    return _Ground(
        areas=areas,
        work=work.areas,
        matrix=matrix,
        sheet=sheet,
        neighbours=neighbours(xy[: len(areas)], sheet, _of_areas(matrix, len(areas))),
        bases={key: tuple(row_of[base.id] for base in own) for key, own in bases.items()},
        standing=tuple(
            (base.name, (float(xy[row_of[base.id]][0]), float(xy[row_of[base.id]][1]))) for base in standing
        ),
    )


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


def _refuse_nonsense(
    areas: Sequence[PostcodeArea], cars: Mapping[str, int], kept: Collection[str], wishes: Wishes
) -> None:
    if not areas or len(areas) < len(cars):
        raise NothingToDraw(reason="no_areas")
    if len(areas) > MOST_AREAS:
        raise NothingToDraw(reason="too_large", areas=len(areas), most=MOST_AREAS)
    if wishes.cars is not None and sum(cars.values()) > wishes.cars:
        raise NothingToDraw(reason="pinned" if kept else "few_cars")
    if not cars:
        raise NothingToDraw(reason="few_cars")
    if len(cars) < 2:
        raise NothingToDraw(reason="one_region")


def _bases(
    session: Session, drawn: Sequence[Region], fleet: Mapping[uuid.UUID, Sequence[Car]]
) -> dict[str, list[HomeBase]]:
    """Where the cars of a region begin; a region without cars has the bases that were put in it."""
    every = session.scalars(sa.select(HomeBase).order_by(HomeBase.name)).all()
    used = {region_id: {car.home_base_id for car in cars} for region_id, cars in fleet.items()}
    return {
        str(region.id): [base for base in every if base.id in used.get(region.id, ())]
        or [base for base in every if base.region_id == region.id]
        for region in drawn
    }


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
    cars: Mapping[str, int],
) -> tuple[MovedArea, ...]:
    by_pc4 = {area.pc4: area for area in areas}
    found = []
    for move in moves:
        area = by_pc4[move.area]
        key = _key(area)
        found.append(
            MovedArea(
                pc4=area.pc4,
                name=_called(area),
                source=key,
                source_name=names[key][0] if key else None,
                target=move.target,
                target_name=names[move.target][0],
                reason="dissolved" if key is not None and key not in cars else move.reason,
                response_before_s=move.response_before_s,
                response_after_s=move.response_after_s,
                visits=work.get(area.pc4, AreaWork()).visits,
            )
        )
    return tuple(found)


def _names(drawn: Sequence[Region], cars: Mapping[str, int]) -> dict[str, tuple[str, str]]:
    """Name and short name of every region that is, or would be."""
    known = {str(region.id): (region.name, region.code) for region in drawn}
    return known | {key: (f"Nieuwe regio {key[4:]}", f"N{key[4:]}") for key in cars if key not in known}


def _measured(work: PastWork, areas: Sequence[PostcodeArea], key: str) -> int | None:
    waited = [seconds for area in areas if _key(area) == key for seconds in work.responses.get(area.pc4, ())]
    return round(sum(waited) / len(waited)) if len(waited) >= 5 else None


def _called(area: PostcodeArea) -> str:
    return area.neighbourhood or area.place


def _key(area: PostcodeArea) -> str | None:
    return None if area.region_id is None else str(area.region_id)
