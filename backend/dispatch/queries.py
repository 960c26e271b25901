"""What other rooms ask of this one, and single visits for the desk."""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.dispatch.models import Car, HomeBase, Night, ResponseNorm, Shift, Visit
from backend.dispatch.roster.service import night_at
from backend.dispatch.rules import VisitStatus
from backend.platform.errors import NotFound

FINISHING = timedelta(minutes=60)
"""A phone still belongs to its shift this long after it ended, to send what it holds."""


def shift_of(session: Session, staff_id: uuid.UUID, now: datetime) -> Shift | None:
    """The nurse's shift: under way, else about to begin within an hour, else ended less than an hour ago."""
    found = session.scalars(
        sa.select(Shift).where(
            Shift.nurse_id == staff_id, Shift.starts_at <= now + FINISHING, Shift.ends_at > now - FINISHING
        )
    ).all()
    return min(found, key=lambda shift: _distance(shift, now), default=None)


def _distance(shift: Shift, now: datetime) -> tuple[int, timedelta]:
    if shift.starts_at <= now < shift.ends_at:
        return (0, timedelta())
    return (1, shift.starts_at - now) if shift.starts_at > now else (2, now - shift.ends_at)


def visits_of_shift(session: Session, shift_id: uuid.UUID) -> list[Visit]:
    """What this car has tonight, in the order of its route; what is done comes first, cancelled is left out."""
    rows = session.scalars(
        sa.select(Visit).where(Visit.shift_id == shift_id, Visit.status != VisitStatus.CANCELLED)
    ).all()
    return sorted(rows, key=lambda visit: (visit.finished_at is None, visit.sequence or 0, visit.opened_at))


def visit(session: Session, visit_id: uuid.UUID) -> Visit:
    """One visit."""
    found = session.get(Visit, visit_id)
    if found is None:
        raise NotFound()
    return found


def night(session: Session, night_id: uuid.UUID) -> Night:
    """One night."""
    found = session.get(Night, night_id)
    if found is None:
        raise NotFound()
    return found


def cars(session: Session) -> list[Car]:
    """Every car, by its number."""
    return list(session.scalars(sa.select(Car).order_by(Car.number)))


def home_bases(session: Session) -> list[HomeBase]:
    """Every place where cars begin."""
    return list(session.scalars(sa.select(HomeBase).order_by(HomeBase.name)))


def nights(session: Session, *, limit: int = 31) -> list[Night]:
    """The latest nights, newest first."""
    return list(session.scalars(sa.select(Night).order_by(Night.starts_at.desc()).limit(limit)))


def shifts(session: Session, night_id: uuid.UUID) -> list[Shift]:
    """The shifts of a night."""
    return list(session.scalars(sa.select(Shift).where(Shift.night_id == night_id).order_by(Shift.starts_at)))


def norms(session: Session, region_id: uuid.UUID) -> list[ResponseNorm]:
    """A region's own response norms."""
    return list(
        session.scalars(
            sa.select(ResponseNorm).where(ResponseNorm.region_id == region_id).order_by(ResponseNorm.urgency)
        )
    )


__all__ = [
    "cars",
    "home_bases",
    "night",
    "night_at",
    "nights",
    "norms",
    "shift_of",
    "shifts",
    "visit",
    "visits_of_shift",
]
