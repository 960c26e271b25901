"""Help between regions: which car came from elsewhere. Soft borders are only fair when somebody counts."""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from backend.dispatch.models import Assignment, Visit
from backend.dispatch.rules import VisitStatus
from backend.people.models import Region
from backend.platform.db import Session
from backend.roster.models import Car, Night, Shift

_DRIVEN = (VisitStatus.UNDER_WAY, VisitStatus.ON_SCENE, VisitStatus.DONE)


@dataclass(frozen=True)
class Help:
    """Hulp: visits driven to, minutes at their doors, and metres of the drive there (driven, else planned)."""

    visits: int = 0
    minutes: int = 0
    metres: int = 0

    def __add__(self, other: "Help") -> "Help":
        return Help(self.visits + other.visits, self.minutes + other.minutes, self.metres + other.metres)

    @property
    def km(self) -> float:
        """Kilometres, to one decimal."""
        return round(self.metres / 1000, 1)


@dataclass(frozen=True)
class HelpBetween:
    """Hulp van een regio aan een andere."""

    helper: Region
    helped: Region
    help: Help


@dataclass(frozen=True)
class RegionHelp:
    """Een regio: what its cars did at home and elsewhere, and what others did for it."""

    region: Region
    own: Help = field(default_factory=Help)
    given: Help = field(default_factory=Help)
    received: Help = field(default_factory=Help)

    @property
    def helped_share(self) -> float:
        """The part of this region's visits for which a car of another region came: 0.25 is a quarter."""
        visits = self.own.visits + self.received.visits
        return self.received.visits / visits if visits else 0.0


@dataclass(frozen=True)
class HelpReport:
    """Hulp tussen regio's over some nights.

    A car without a region is everybody's, and a visit without a region nobody's: neither is help, and both are counted
    apart, so that everything adds up to all visits driven.
    """

    nights: int
    first: datetime | None
    last: datetime | None
    regions: tuple[RegionHelp, ...]
    between: tuple[HelpBetween, ...]
    by_roaming_cars: Help
    to_nowhere: Help

    @property
    def total(self) -> Help:
        """Every visit driven."""
        own = sum((one.own + one.received for one in self.regions), Help())
        return own + self.by_roaming_cars + self.to_nowhere


def help_between(session: Session, nights: Iterable[uuid.UUID]) -> HelpReport:
    """Who drove where in these nights: visits under way, at the door or done, each by the car that has it now.

    Minutes are those between arrival and leaving, or the planned ones while that is not known.
    """
    during = list(nights)
    named = {region.id: region for region in session.scalars(sa.select(Region).order_by(Region.code))}
    found: defaultdict[tuple[uuid.UUID | None, uuid.UUID | None], Help] = defaultdict(Help)
    for row in session.execute(
        sa.select(
            Car.region_id.label("helper"),
            Visit.region_id.label("helped"),
            Visit.service_minutes,
            sa.func.coalesce(Assignment.driven_m, Assignment.planned_distance_m, Visit.distance_m, 0).label("metres"),
            Assignment.arrived_at,
            Assignment.finished_at,
        )
        .join(Assignment, Assignment.id == Visit.assignment_id)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Car, Car.id == Shift.car_id)
        .where(Visit.night_id.in_(during), Visit.status.in_(_DRIVEN))
    ):
        found[row.helper, row.helped] += Help(1, _minutes(row), int(row.metres))
    first, last, count = session.execute(
        sa.select(sa.func.min(Night.starts_at), sa.func.max(Night.starts_at), sa.func.count()).where(
            Night.id.in_(during)
        )
    ).one()
    other = {(a, b): one for (a, b), one in found.items() if a is not None and b is not None and a != b}
    return HelpReport(
        nights=count,
        first=first,
        last=last,
        regions=tuple(
            RegionHelp(
                region,
                own=found.get((region_id, region_id), Help()),
                given=sum((one for (helper, _), one in other.items() if helper == region_id), Help()),
                received=sum((one for (_, helped), one in other.items() if helped == region_id), Help()),
            )
            for region_id, region in named.items()
        ),
        between=tuple(
            HelpBetween(named[helper], named[helped], one)
            for (helper, helped), one in sorted(other.items(), key=lambda pair: -pair[1].visits)
        ),
        by_roaming_cars=sum((one for (a, b), one in found.items() if a is None and b is not None), Help()),
        to_nowhere=sum((one for (_, b), one in found.items() if b is None), Help()),
    )


def _minutes(row: sa.Row) -> int:
    if row.arrived_at is None or row.finished_at is None:
        return int(row.service_minutes)
    return int(max(0, round((row.finished_at - row.arrived_at).total_seconds() / 60)))
