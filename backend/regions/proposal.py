"""A proposal for the regions, as it is shown and told: what was asked, and every region, area and move by name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from backend.platform.errors import DomainError
from backend.regions.work import PastWork, WorkSource

if TYPE_CHECKING:
    from routing.districts import Cell, LayoutFigures
    from routing.districts import DistrictFigures as DistrictFigures

USUAL_NIGHTS = 28
MOST_AREAS = 600
"""More is no region any more, and would keep whoever asks waiting."""


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
    before: DistrictFigures | None
    """None for a region that exists only in this proposal, or that has no areas yet."""
    after: DistrictFigures | None
    """None for a region that there is no car for any more."""
    areas: tuple[str, ...]
    measured_response_s: int | None
    """What people there really waited in this period, now; None when fewer than five called."""

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
    """As it is, with the cars that there are; `terms_before` weighs it as the proposal is weighed."""
    after: LayoutFigures
    terms_before: Mapping[str, float]


def shared_cars(
    load: Mapping[str, float], cars_now: Mapping[str, int], wishes: Wishes, *, kept: Collection[str] = ()
) -> dict[str, int]:
    """How many cars each region gets, in order; a region without one in this answer is dissolved.

    As now, and one for a region that has none. One more goes where there is most work per car, one fewer leaves where
    there is least; with fewer cars than regions the ones with the least work are dissolved, except those in `kept`.
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
        several = [key for key, number in cars.items() if number > 1] or [key for key in cars if key not in kept]
        if not several:
            break
        least = min(several, key=lambda key: per_car(key, -1))
        cars[least] -= 1
        if not cars[least]:
            del cars[least]
    return cars | new
