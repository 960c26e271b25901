"""Planned against driven over a night: every drive, and the sum per organisation, for whoever shares the costs."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from backend.dispatch.driving.driven_rules import driven_s
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.rules import VisitKind
from backend.people.models import Organisation
from backend.platform.db import Session
from backend.roster.models import Car, Shift


@dataclass(frozen=True)
class Drive:
    """Rit naar een inzet: planned as at departure, and driven as far as it is known. Nothing of the client is in it."""

    reference: str | None
    kind: VisitKind
    organisation: str | None
    car_name: str
    departed_at: datetime
    planned_s: int | None
    planned_m: int | None
    source: str | None
    driven_s: int | None
    driven_m: int | None
    turned_back: bool
    """The visit was taken from this car after it had left."""


@dataclass(frozen=True)
class Total:
    """Som: over these drives; what is not known of some is counted apart and never filled in."""

    drives: int = 0
    planned_s: int = 0
    planned_m: int = 0
    driven_s: int = 0
    driven_m: int = 0
    without_plan: int = 0
    without_minutes: int = 0
    without_km: int = 0

    @classmethod
    def of(cls, drives: Iterable[Drive]) -> Total:
        """The sum of these drives."""
        some = list(drives)
        return cls(
            drives=len(some),
            planned_s=sum(one.planned_s or 0 for one in some),
            planned_m=sum(one.planned_m or 0 for one in some),
            driven_s=sum(one.driven_s or 0 for one in some),
            driven_m=sum(one.driven_m or 0 for one in some),
            without_plan=sum(one.planned_s is None for one in some),
            without_minutes=sum(one.driven_s is None for one in some),
            without_km=sum(one.driven_m is None for one in some),
        )


@dataclass(frozen=True)
class DrivenNight:
    """Gepland en gereden in één nacht."""

    drives: tuple[Drive, ...] = ()
    per_organisation: dict[str | None, Total] = field(default_factory=dict)
    total: Total = field(default_factory=Total)


def driven_in_night(session: Session, night_id: uuid.UUID) -> DrivenNight:
    """Every drive that began this night, also of cars that were called back, by the moment they left."""
    rows = session.execute(
        sa.select(Assignment, Visit.reference, Visit.kind, Organisation.short_name, Car.name)
        .join(Visit, Visit.id == Assignment.visit_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Car, Car.id == Shift.car_id)
        .outerjoin(Organisation, Organisation.id == Visit.organisation_id)
        .where(Visit.night_id == night_id, Assignment.departed_at.is_not(None))
        .order_by(Assignment.departed_at, Car.number)
    )
    drives = tuple(
        Drive(
            reference=row.reference,
            kind=row.kind,
            organisation=row.short_name,
            car_name=row.name,
            departed_at=row.Assignment.departed_at,
            planned_s=row.Assignment.planned_travel_s,
            planned_m=row.Assignment.planned_distance_m,
            source=row.Assignment.travel_source,
            driven_s=driven_s(row.Assignment.departed_at, row.Assignment.arrived_at),
            driven_m=row.Assignment.driven_m,
            turned_back=row.Assignment.ended_at is not None,
        )
        for row in rows
    )
    names = sorted({one.organisation for one in drives}, key=lambda name: (name is None, name or ""))
    return DrivenNight(
        drives=drives,
        per_organisation={name: Total.of(one for one in drives if one.organisation == name) for name in names},
        total=Total.of(drives),
    )
