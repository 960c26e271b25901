"""Calibrates travel times on what the phones recorded, and says which factor is in force and how well it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from backend.dispatch.driving import calibration_rules
from backend.dispatch.driving.calibration_rules import Calibration, DrivenTrip
from backend.dispatch.driving.driven_rules import driven_s
from backend.dispatch.events import TravelCalibrated
from backend.dispatch.models import Assignment
from backend.dispatch.rules import Step
from backend.platform.config import settings
from backend.platform.db import Session
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork
from backend.travel import times as travel
from backend.travel.models import TravelFactor

NIGHTS = 28


@dataclass(frozen=True)
class InForce:
    """Rijtijden van een bron zoals zij nu gelden: the factor, where it comes from, and how well it does."""

    source: str
    factor: float
    is_override: bool
    """Set in the environment: calibrating changes nothing while it is."""
    applied: TravelFactor | None
    measured: Calibration | None
    """Over the last nights; none when no trip of this source was driven."""


def driven_trips(session: Session, since: datetime) -> list[DrivenTrip]:
    """Every drive of which both the planned and the driven seconds are known."""
    rows = session.execute(
        sa.select(
            Assignment.travel_source,
            Assignment.raw_travel_s,
            Assignment.departed_at,
            Assignment.arrived_at,
            Assignment.phone_steps,
            Assignment.start_off_m,
        ).where(
            Assignment.departed_at >= since, Assignment.arrived_at.is_not(None), Assignment.raw_travel_s.is_not(None)
        )
    )
    return [
        DrivenTrip(
            source=row.travel_source,
            raw_s=row.raw_travel_s,
            driven_s=driven_s(row.departed_at, row.arrived_at) or 0,
            departed_at=row.departed_at,
            is_by_phone={Step.DEPART, Step.ARRIVE} <= set(row.phone_steps),
            start_off_m=row.start_off_m,
        )
        for row in rows
    ]


def measured(session: Session, now: datetime, *, nights: int = NIGHTS) -> list[Calibration]:
    """What the last nights say, per source; changes nothing."""
    factors = travel.factors(session)
    trips = driven_trips(session, now - timedelta(days=nights))
    return calibration_rules.calibrate(trips, lambda source: factors.get(source, 1.0))


def in_force(session: Session, now: datetime) -> list[InForce]:
    """The factors as they are used now: of the source of this house, of the estimate, and of what else was driven."""
    factors = travel.factors(session)
    lately = {one.source: one for one in measured(session, now)}
    applied = {
        one.source: one for one in session.scalars(sa.select(TravelFactor).order_by(TravelFactor.applied_at))
    }  # of each source the last one stays
    sources = dict.fromkeys([settings().travel, travel.CROW, *lately])
    return [
        InForce(
            source=source,
            factor=factors.get(source, 1.0),
            is_override=settings().routing_time_factor is not None,
            applied=applied.get(source),
            measured=lately.get(source),
        )
        for source in sources
    ]


def apply(uow: UnitOfWork, calibration: Calibration) -> TravelFactor:
    """From now on this source's times are multiplied by the measured factor."""
    factor = TravelFactor(
        id=new_id(),
        source=calibration.source,
        factor=calibration.factor,
        trips=calibration.trips,
        spread=calibration.spread,
        error_before=calibration.before.mean,
        error_after=calibration.after.mean,
        since_at=calibration.since_at,
        applied_at=uow.now,
        applied_by=uow.actor.name,
    )
    uow.session.add(factor)
    uow.record(TravelCalibrated(source=factor.source, factor=factor.factor, trips=factor.trips))
    return factor
