"""Drawing regions over the postcode areas."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from backend.people.events import REGION_LAYOUT, Changes, PostcodeAreasMoved, RegionChanged
from backend.people.models import PostcodeArea, Region
from backend.people.places.rules import spans
from backend.platform.errors import DomainError, Invalid, NotFound
from backend.platform.events import EventRow
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork


class PostcodeAreaTaken(DomainError):
    """An area lies in one region only; `taken` names the areas that another region has."""

    code = "postcode_area_taken"


class RegionNameTaken(DomainError):
    """Another region has this name or code already."""

    code = "name_taken"


def set_region(
    uow: UnitOfWork,
    *,
    name: str,
    code: str,
    postcode_areas: Iterable[str],
    region_id: uuid.UUID | None = None,
    may_move: bool = False,
    must_exist: bool = False,
) -> Region:
    """Draw a region over exactly these PC4 areas. Areas of another region move only when `may_move`."""
    region = uow.session.get(Region, region_id) if region_id else None
    if region is None and must_exist:
        raise NotFound()
    _refuse_taken_name(uow, name, code, region.id if region else None)
    wanted = _areas(uow, set(postcode_areas))
    taken = {area.pc4: area.region.name for area in wanted if area.region is not None and area.region is not region}
    if taken and not may_move:
        raise PostcodeAreaTaken(taken=taken)
    if region is None:
        region = Region(id=region_id or new_id(), name=name, code=code)
        uow.session.add(region)
        uow.session.flush()
    before = {"name": region.name, "code": region.code, "postcode_areas": spans(a.pc4 for a in region.postcode_areas)}
    region.name, region.code, region.postcode_areas = name, code, wanted
    after = {"name": name, "code": code, "postcode_areas": spans(area.pc4 for area in wanted)}
    uow.session.flush()
    changes: Changes = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
    if taken:
        changes["taken_from"] = [taken, {}]
    if changes:
        uow.record(RegionChanged(region_id=region.id, changes=changes))
    return region


class PostcodeAreasChanged(DomainError):
    """Somebody moved these areas meanwhile: `areas` names them. Nothing was done."""

    code = "postcode_areas_changed"


def move_areas(
    uow: UnitOfWork,
    moves: Mapping[str, tuple[uuid.UUID | None, uuid.UUID | None]],
    *,
    undoes: uuid.UUID | None = None,
) -> int:
    """Let areas go from one region to another, together or not at all: PC4 -> (region now, region then).

    Whoever decided saw a map: an area that lies elsewhere by now raises `PostcodeAreasChanged`. Returns how many moved.
    """
    areas = {area.pc4: area for area in _areas(uow, set(moves), lock=True)}
    overtaken = sorted(pc4 for pc4, (now, _) in moves.items() if areas[pc4].region_id != now)
    if overtaken:
        raise PostcodeAreasChanged(areas=overtaken)
    for region_id in {then for _, then in moves.values() if then is not None}:
        if uow.session.get(Region, region_id) is None:
            raise Invalid({"region_id": ["unknown"]})
    wanted = {pc4: (now, then) for pc4, (now, then) in sorted(moves.items()) if now != then}
    for pc4, (_, then) in wanted.items():
        areas[pc4].region_id = then
    uow.session.flush()
    uow.session.expire_all()  # the regions' own lists of areas are no longer right
    if wanted:
        changes: Changes = {pc4: [now and str(now), then and str(then)] for pc4, (now, then) in wanted.items()}
        uow.record(PostcodeAreasMoved(subject_id=REGION_LAYOUT, moves=changes, undoes=undoes))
    return len(wanted)


def put_back(uow: UnitOfWork, event_id: uuid.UUID) -> int:
    """Undo a move of areas: those that still lie where it put them go back. Returns how many did."""
    event = uow.session.scalar(
        sa.select(EventRow).where(EventRow.id == event_id, EventRow.name == PostcodeAreasMoved.__name__)
    )
    if event is None:
        raise NotFound()
    moved = event.payload["moves"]
    lies_in = dict(
        uow.session.execute(
            sa.select(PostcodeArea.pc4, PostcodeArea.region_id).where(PostcodeArea.pc4.in_(moved))
        ).all()
    )
    regions = set(uow.session.scalars(sa.select(Region.id)))
    back: dict[str, tuple[uuid.UUID | None, uuid.UUID | None]] = {}
    for pc4, (before, after) in moved.items():
        source, target = (None if one is None else uuid.UUID(one) for one in (after, before))
        if pc4 in lies_in and lies_in[pc4] == source and (target is None or target in regions):
            back[pc4] = (source, target)
    return move_areas(uow, back, undoes=event_id)


def _areas(uow: UnitOfWork, pc4: set[str], *, lock: bool = False) -> list[PostcodeArea]:
    wanted = sa.select(PostcodeArea).where(PostcodeArea.pc4.in_(pc4)).order_by(PostcodeArea.pc4)
    found = list(uow.session.scalars(wanted.with_for_update() if lock else wanted))
    unknown = sorted(pc4 - {area.pc4 for area in found})
    if unknown:
        raise Invalid({"postcode_areas": ["unknown"]}, unknown=unknown)
    return found


def _refuse_taken_name(uow: UnitOfWork, name: str, code: str, region_id: uuid.UUID | None) -> None:
    same = sa.select(Region.id, Region.name).where(
        sa.or_(sa.func.lower(Region.name) == name.lower(), sa.func.lower(Region.code) == code.lower())
    )
    for found_id, found_name in uow.session.execute(same):
        if found_id != region_id:
            raise RegionNameTaken(field="name" if found_name.lower() == name.lower() else "code")
