"""What other rooms ask of the roster: which night it is, who is on duty, with which car, from where."""

import uuid
from datetime import datetime, timedelta

import sqlalchemy as sa

from backend.platform.db import Session
from backend.platform.errors import NotFound
from backend.roster.models import Car, HomeBase, Night, ResponseNorm, Shift
from backend.triage.rules import Urgency

FINISHING = timedelta(minutes=60)
"""A phone still belongs to its shift this long after it ended, to send what it holds."""


def night_at(session: Session, now: datetime) -> Night | None:
    """The night under way; between nights the last one that began, as long as it is not closed; else the next."""
    began = session.scalar(
        sa.select(Night)
        .where(Night.starts_at <= now, Night.closed_at.is_(None))
        .order_by(Night.starts_at.desc())
        .limit(1)
    )
    if began is not None and began.ends_at > now:
        return began
    following = session.scalar(
        sa.select(Night).where(Night.starts_at > now, Night.closed_at.is_(None)).order_by(Night.starts_at).limit(1)
    )
    return began or following


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


def night(session: Session, night_id: uuid.UUID) -> Night:
    """One night."""
    found = session.get(Night, night_id)
    if found is None:
        raise NotFound()
    return found


def nights(session: Session, *, limit: int = 31) -> list[Night]:
    """The latest nights, newest first."""
    return list(session.scalars(sa.select(Night).order_by(Night.starts_at.desc()).limit(limit)))


def shifts(session: Session, night_id: uuid.UUID) -> list[Shift]:
    """The shifts of a night."""
    return list(session.scalars(sa.select(Shift).where(Shift.night_id == night_id).order_by(Shift.starts_at)))


def cars(session: Session) -> list[Car]:
    """Every car, by its number."""
    return list(session.scalars(sa.select(Car).order_by(Car.number)))


def home_bases(session: Session) -> list[HomeBase]:
    """Every place where cars begin."""
    return list(session.scalars(sa.select(HomeBase).order_by(HomeBase.name)))


def norms(session: Session, region_id: uuid.UUID) -> list[ResponseNorm]:
    """A region's own response norms."""
    return list(
        session.scalars(
            sa.select(ResponseNorm).where(ResponseNorm.region_id == region_id).order_by(ResponseNorm.urgency)
        )
    )


def norms_of(session: Session, region_id: uuid.UUID | None) -> dict[Urgency, int | None]:
    """A region's own norms; empty means: all defaults."""
    return {norm.urgency: norm.minutes for norm in norms(session, region_id)} if region_id else {}
