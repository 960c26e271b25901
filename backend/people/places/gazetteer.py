"""Taking in a gazetteer file: all of it or nothing, and as often as you like."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backend.people.addresses import Point, addition_key, mean_point
from backend.people.events import ClientChanged, GazetteerImported, differences
from backend.people.files import BadLine
from backend.people.models import Address, Client, PostcodeArea
from backend.people.places import queries
from backend.people.places.files import AddressLine, AreaLine, GazetteerFile, Shape
from backend.people.rules import Precision
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork

BATCH = 4000
# Six decimals is a tenth of a metre; what differs less is the same place read from another file.
DECIMALS = 6
Progress = Callable[[int], None]


@dataclass
class Summary:
    """What an import did."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    doubles: int = 0
    estimated_areas: int = 0
    better_placed_clients: int = 0


@dataclass(frozen=True)
class Inspection:
    """What a file holds, read without touching the database."""

    good: int
    bad: int
    first_bad: tuple[BadLine, ...]


def inspect(file: GazetteerFile, on_progress: Progress = lambda _: None, *, shown: int = 20) -> Inspection:
    """Read the whole file once, so that a bad line is found before anything is written."""
    good, bad = 0, 0
    first_bad: list[BadLine] = []
    for line in file.lines(on_progress):
        if not isinstance(line, BadLine):
            good += 1
            continue
        bad += 1
        if len(first_bad) < shown:
            first_bad.append(line)
    return Inspection(good, bad, tuple(first_bad))


def take_in(uow: UnitOfWork, file: GazetteerFile, on_progress: Progress = lambda _: None) -> Summary:
    """Add and update what the good lines say. What is known and not in the file stays as it is."""
    summary = Summary()
    good = (line for line in file.lines() if not isinstance(line, BadLine))
    if file.shape is Shape.ADDRESSES:
        touched: set[str] = set()
        for batch in _batches(good):
            doors = [line for line in batch if isinstance(line, AddressLine)]
            touched |= {line.postcode[:4] for line in doors}
            _store_addresses(uow, doors, summary)
            on_progress(len(batch))
        summary.estimated_areas = _estimate_areas(uow, touched)
    else:
        areas = [line for line in good if isinstance(line, AreaLine)]
        _store_areas(uow, areas, summary)
        on_progress(len(areas))
    summary.better_placed_clients = place_clients_better(uow)
    uow.record(
        GazetteerImported(
            file=file.path.name,
            shape=file.shape.value,
            added=summary.added,
            changed=summary.changed,
            unchanged=summary.unchanged,
        )
    )
    return summary


def _batches(lines: Iterable[AddressLine | AreaLine]) -> Iterator[list[AddressLine | AreaLine]]:
    iterator = iter(lines)
    while batch := list(itertools.islice(iterator, BATCH)):
        yield batch


def _store_addresses(uow: UnitOfWork, lines: list[AddressLine], summary: Summary) -> None:
    wanted: dict[tuple[str, int, str], dict[str, Any]] = {}
    for line in lines:
        key = (line.postcode, line.door.number, addition_key(line.door.addition))
        summary.doubles += key in wanted
        wanted[key] = {
            "street": line.street,
            "city": line.city,
            "lat": round(line.point.lat, DECIMALS),
            "lon": round(line.point.lon, DECIMALS),
        }
    columns = (Address.id, Address.postcode, Address.house_number, Address.addition)
    facts = (Address.street, Address.city, Address.lat, Address.lon)
    known = uow.session.execute(
        sa.select(*columns, *facts).where(Address.postcode.in_({postcode for postcode, _, _ in wanted}))
    )
    changed: list[dict[str, Any]] = []
    for row in known:
        new = wanted.pop((row.postcode, row.house_number, row.addition), None)
        if new is None:
            continue
        if new == {"street": row.street, "city": row.city, "lat": row.lat, "lon": row.lon}:
            summary.unchanged += 1
        else:
            changed.append({"id": row.id, **new})
    added = [
        {"id": new_id(), "postcode": postcode, "house_number": number, "addition": addition, **facts_}
        for (postcode, number, addition), facts_ in wanted.items()
    ]
    if added:
        uow.session.execute(sa.insert(Address), added)
    if changed:
        uow.session.execute(sa.update(Address), changed)
    summary.added += len(added)
    summary.changed += len(changed)


def _store_areas(uow: UnitOfWork, lines: list[AreaLine], summary: Summary) -> None:
    """One centre an area: a file that gives several points in it (PC6, or one a village) gives their middle."""
    grouped: dict[str, list[AreaLine]] = defaultdict(list)
    for line in lines:
        grouped[line.pc4].append(line)
    summary.doubles = len(lines) - len(grouped)
    known = {area.pc4: area for area in uow.session.scalars(sa.select(PostcodeArea))}
    for pc4, group in grouped.items():
        middle = mean_point(line.point for line in group)
        assert middle is not None
        facts: dict[str, Any] = {"lat": round(middle.lat, DECIMALS), "lon": round(middle.lon, DECIMALS)}
        # A list without names must not wipe the names of an earlier one.
        facts |= {
            name: text
            for name in ("place", "neighbourhood")
            if (text := next((getattr(line, name) for line in group if getattr(line, name)), ""))
        }
        area = known.get(pc4)
        if area is None:
            uow.session.add(PostcodeArea(pc4=pc4, **{"place": "", **facts}))
            summary.added += 1
        elif all(getattr(area, name) == value for name, value in facts.items()) and not area.is_estimated:
            summary.unchanged += 1
        else:
            for name, value in facts.items():
                setattr(area, name, value)
            area.is_estimated = False
            summary.changed += 1
    uow.session.flush()


def _estimate_areas(uow: UnitOfWork, touched: set[str]) -> int:
    """Addresses alone are enough to start with: a PC4 area without a centre gets the middle of its addresses."""
    known = {a.pc4: a for a in uow.session.scalars(sa.select(PostcodeArea).where(PostcodeArea.pc4.in_(touched)))}
    open_areas = {pc4 for pc4 in touched if pc4 not in known or known[pc4].is_estimated}
    if not open_areas:
        return 0
    pc4 = sa.func.substr(Address.postcode, 1, 4).label("pc4")
    rows = uow.session.execute(
        sa.select(pc4, Address.city, sa.func.count(), sa.func.avg(Address.lat), sa.func.avg(Address.lon))
        .where(pc4.in_(open_areas))
        .group_by(pc4, Address.city)
    )
    places: dict[str, list[tuple[int, str, Point]]] = defaultdict(list)
    for code, city, count, lat, lon in rows:
        places[code].append((count, city, Point(float(lat), float(lon))))
    for code, parts in places.items():
        total = sum(count for count, _, _ in parts)
        facts = {
            "place": max(parts, key=lambda part: (part[0], part[1]))[1],
            "lat": round(sum(count * point.lat for count, _, point in parts) / total, DECIMALS),
            "lon": round(sum(count * point.lon for count, _, point in parts) / total, DECIMALS),
        }
        area = known.get(code)
        if area is None:
            uow.session.add(PostcodeArea(pc4=code, is_estimated=True, **facts))
        else:
            for name, value in facts.items():
                setattr(area, name, value)
    uow.session.flush()
    return len(places)


_ORDER = (Precision.UNKNOWN, Precision.PC4, Precision.PC6, Precision.ADDRESS)


def place_clients_better(uow: UnitOfWork) -> int:
    """Clients whose door was only known roughly move to where it is. What the desk pinned by hand stays."""
    rough = sa.select(Client).where(Client.is_active, Client.postcode.is_not(None), Client.precision.in_(_ORDER[:-1]))
    moved = 0
    for client in uow.session.scalars(rough).all():
        found = queries.locate(uow.session, client.postcode, client.house_number, client.addition)
        if found.point is None or _ORDER.index(found.precision) <= _ORDER.index(client.precision):
            continue
        changes = differences(client, {"precision": found.precision, "lat": found.point.lat, "lon": found.point.lon})
        client.lat, client.lon, client.precision = found.point.lat, found.point.lon, found.precision
        # Recorded after the change: whoever reacts must find the new place.
        uow.record(ClientChanged(organisation_id=client.organisation_id, subject_id=client.id, changes=changes))
        moved += 1
    return moved
