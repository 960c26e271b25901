"""How much work comes from each postcode area: the visits of the past nights, or the clients when those are too few."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa

from backend.dispatch.models import Visit
from backend.dispatch.rules import VisitKind, VisitStatus
from backend.people.models import Client, PostcodeArea
from backend.platform.db import Session
from backend.roster.models import Car, Night, Shift
from backend.travel.rules import crow_m

USUAL_VISITS_PER_CAR = 8
USUAL_SERVICE_S = 1500
"""What a car does in a night, for a house that has no night behind it yet."""
NEAR_M = 3000
"""A door without a postcode belongs to the nearest middle of an area, when that is no further than this."""


class WorkSource(StrEnum):
    """Waar het werk uit geteld is."""

    VISITS = "visits"
    CLIENTS = "clients"


@dataclass(frozen=True)
class AreaWork:
    """Werk van een gebied: expected visits and seconds at doors, per night."""

    visits: float = 0.0
    service_s: float = 0.0


@dataclass(frozen=True)
class PastWork:
    """Werk van de afgelopen nachten, per area, and what it was counted from.

    `visits` were found in `nights` nights; `unplaced` of them lie in no known area. `responses` are the seconds that
    people who called in this period waited for somebody at the door, per area.
    """

    source: WorkSource
    nights: int
    visits: int
    unplaced: int
    needed: int
    areas: Mapping[str, AreaWork]
    responses: Mapping[str, tuple[int, ...]] = field(default_factory=dict)


def past_nights(session: Session, now: datetime, most: int) -> list[uuid.UUID]:
    """The nights that began last, the one under way included."""
    found = sa.select(Night.id).where(Night.starts_at <= now).order_by(Night.starts_at.desc()).limit(most)
    return list(session.scalars(found))


def past_work(
    session: Session,
    nights: Iterable[uuid.UUID],
    areas: Iterable[PostcodeArea],
    *,
    cars: int,
    source: WorkSource | None = None,
) -> PastWork:
    """The work per area and night. Visits are believed when there is at least one per area, unless `source` decides."""
    known = {area.pc4: area for area in areas}
    during = list(nights)
    visits: Counter[str] = Counter()
    service_s: Counter[str] = Counter()
    responses: defaultdict[str, list[int]] = defaultdict(list)
    unplaced = 0
    for row in _visits(session, during):
        pc4 = (row.postcode or "")[:4]
        pc4 = pc4 if pc4 in known else _nearest(known.values(), row.lat, row.lon)
        if pc4 is None:
            unplaced += 1
            continue
        visits[pc4] += 1
        service_s[pc4] += row.service_minutes * 60
        if row.kind is VisitKind.UNPLANNED and row.arrived_at is not None:
            responses[pc4].append(max(0, int((row.arrived_at - row.opened_at).total_seconds())))
    counted = sum(visits.values())
    chosen = source or (WorkSource.VISITS if counted >= max(1, len(known)) else WorkSource.CLIENTS)
    if chosen is WorkSource.VISITS:
        per_area = {
            pc4: AreaWork(visits[pc4] / len(during), service_s[pc4] / len(during)) for pc4 in known if visits[pc4]
        }
    else:
        a_night = counted / len(during) if counted else float(USUAL_VISITS_PER_CAR * max(1, cars))
        each_s = sum(service_s.values()) / counted if counted else float(USUAL_SERVICE_S)
        per_area = _from_clients(session, known, a_night, each_s)
    return PastWork(
        source=chosen,
        nights=len(during),
        visits=counted,
        unplaced=unplaced,
        needed=len(known),
        areas=per_area,
        responses={pc4: tuple(seconds) for pc4, seconds in responses.items()},
    )


def _visits(session: Session, nights: list[uuid.UUID]) -> Iterable[sa.Row]:
    return session.execute(
        sa.select(
            Client.postcode, Visit.lat, Visit.lon, Visit.service_minutes, Visit.kind, Visit.opened_at, Visit.arrived_at
        )
        .outerjoin(Client, Client.id == Visit.client_id)
        .where(Visit.night_id.in_(nights), Visit.status != VisitStatus.CANCELLED)
    )


def _nearest(areas: Iterable[PostcodeArea], lat: float | None, lon: float | None) -> str | None:
    if lat is None or lon is None:
        return None
    away = ((crow_m(lat, lon, area.lat, area.lon), area.pc4) for area in areas)
    metres, pc4 = min(away, default=(NEAR_M + 1.0, ""))
    return pc4 if metres <= NEAR_M else None


def _from_clients(
    session: Session, known: Mapping[str, PostcodeArea], visits: float, service_s: float
) -> dict[str, AreaWork]:
    """So many visits a night, spread over the areas as the clients are."""
    pc4 = sa.func.substr(Client.postcode, 1, 4)
    rows = session.execute(
        sa.select(pc4, sa.func.count()).where(Client.is_active, Client.postcode.is_not(None)).group_by(pc4)
    )
    living = {area: number for area, number in rows if area in known}
    everybody = sum(living.values())
    return {
        area: AreaWork(visits * number / everybody, visits * number / everybody * service_s)
        for area, number in living.items()
    }


def cars_of_regions(session: Session, nights: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[Car]]:
    """The cars of every region: those that drove these nights and were no back-up; all of them when none did."""
    awake = sa.select(Shift.car_id).where(Shift.night_id.in_(list(nights)), Shift.is_backup.is_(False))
    active = sa.select(Car).where(Car.is_active, Car.region_id.is_not(None)).order_by(Car.number)
    drove = session.scalars(active.where(Car.id.in_(awake))).all()
    found: dict[uuid.UUID, list[Car]] = {}
    for car in drove or session.scalars(active).all():
        if car.region_id is not None:
            found.setdefault(car.region_id, []).append(car)
    return found
