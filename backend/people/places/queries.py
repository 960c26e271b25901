"""Reading places: where a door is and how sure we are of it; regions and their check."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from backend.people.addresses import Point, addition_key, distance_m, mean_point
from backend.people.events import REGION_LAYOUT, PostcodeAreasMoved
from backend.people.models import Address, Client, PostcodeArea, Region
from backend.people.places import rules
from backend.people.places.rules import RegionCheck
from backend.people.rules import Precision
from backend.platform.db import Session
from backend.platform.events import EventRow

SAME_BUILDING_M = 60


@dataclass(frozen=True)
class Located:
    """What we know of an address."""

    precision: Precision
    point: Point | None = None
    street: str = ""
    city: str = ""
    address: Address | None = None
    area: PostcodeArea | None = None

    @property
    def region(self) -> Region | None:
        return self.area.region if self.area else None


def locate(session: Session, postcode: str | None, house_number: int | None, addition: str = "") -> Located:
    """The door itself, else the middle of its postcode, else of its four digits, else unknown."""
    if not postcode:
        return Located(Precision.UNKNOWN)
    area = session.get(PostcodeArea, postcode[:4], options=[joinedload(PostcodeArea.region)])
    doors = list(session.scalars(sa.select(Address).where(Address.postcode == postcode).order_by(Address.house_number)))
    if not doors:
        if area is None:
            return Located(Precision.UNKNOWN)
        return Located(Precision.PC4, Point(area.lat, area.lon), city=area.place, area=area)
    exact, building = _door(doors, house_number, addition_key(addition))
    if building is not None:
        first = exact or next(door for door in doors if door.house_number == house_number)
        return Located(Precision.ADDRESS, building, first.street, first.city, exact, area)
    middle = mean_point(_point(door) for door in doors)
    streets = {door.street for door in doors}
    return Located(Precision.PC6, middle, doors[0].street if len(streets) == 1 else "", doors[0].city, None, area)


def _door(doors: list[Address], number: int | None, addition: str) -> tuple[Address | None, Point | None]:
    """The exact door, and where to drive to.

    Gazetteers often miss an addition ('214-2' where only '214' is known): that is the same building, provided that
    all doors with this number lie together.
    """
    same = [door for door in doors if door.house_number == number]
    for door in same:
        if addition_key(door.addition) == addition:
            return door, _point(door)
    middle = mean_point(_point(door) for door in same)
    if middle is None or any(distance_m(middle, _point(door)) > SAME_BUILDING_M for door in same):
        return None, None
    return None, middle


def _point(door: Address) -> Point:
    return Point(door.lat, door.lon)


def region_of(session: Session, postcode: str | None) -> Region | None:
    """The region in which a postcode lies."""
    area = session.get(PostcodeArea, postcode[:4]) if postcode else None
    return area.region if area else None


def regions(session: Session) -> list[Region]:
    """Every region with its postcode areas."""
    return list(session.scalars(sa.select(Region).options(selectinload(Region.postcode_areas)).order_by(Region.code)))


def check_regions(session: Session) -> RegionCheck:
    """Does every PC4 that we serve lie in exactly one region?"""
    areas = session.execute(
        sa.select(PostcodeArea.pc4, PostcodeArea.place, Region.name).outerjoin(PostcodeArea.region)
    ).all()
    by_region: dict[str, list[str]] = {}
    for pc4, _place, region in areas:
        if region is not None:
            by_region.setdefault(region, []).append(pc4)
    return rules.check_regions(by_region, {pc4: place for pc4, place, _region in areas}, inhabited_areas(session))


def inhabited_areas(session: Session) -> set[str]:
    """The PC4 areas in which a client lives."""
    pc4 = sa.func.substr(Client.postcode, 1, 4)
    return set(session.scalars(sa.select(pc4).where(Client.is_active, Client.postcode.is_not(None)).distinct()))


def one_region(session: Session, region_id: uuid.UUID) -> Region | None:
    """One region with its postcode areas."""
    return session.get(Region, region_id, options=[selectinload(Region.postcode_areas)])


@dataclass(frozen=True)
class LayoutChange:
    """Wijziging van de indeling: which areas went from where to where (by name), when, and by whom."""

    event_id: uuid.UUID
    at: datetime
    by: str
    moves: Mapping[str, tuple[str | None, str | None]]
    is_undo: bool
    is_undone: bool
    can_be_undone: bool
    """Does at least one of its areas still lie where it was put?"""


def layout_changes(session: Session, *, limit: int = 5) -> list[LayoutChange]:
    """The latest moves of areas between regions, newest first."""
    rows = session.scalars(
        sa.select(EventRow)
        .where(EventRow.subject_id == REGION_LAYOUT, EventRow.name == PostcodeAreasMoved.__name__)
        .order_by(EventRow.seq.desc())
        .limit(limit)
    ).all()
    names = {str(region.id): region.name for region in session.scalars(sa.select(Region))}
    lies_in = {
        pc4: str(region_id) for pc4, region_id in session.execute(sa.select(PostcodeArea.pc4, PostcodeArea.region_id))
    }
    undone = {row.payload.get("undoes") for row in rows}
    return [
        LayoutChange(
            event_id=row.id,
            at=row.happened_at,
            by=row.actor_name,
            moves={
                pc4: (names.get(before or ""), names.get(after or ""))
                for pc4, (before, after) in row.payload["moves"].items()
            },
            is_undo=row.payload.get("undoes") is not None,
            is_undone=str(row.id) in undone,
            can_be_undone=any(lies_in.get(pc4) == str(after) for pc4, (_, after) in row.payload["moves"].items()),
        )
        for row in rows
    ]
