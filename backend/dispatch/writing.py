"""How every write in this room begins: the night's row first, then the visit's; and the header of every event."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from backend.dispatch.models import Assignment, Visit
from backend.dispatch.rules import VisitStatus
from backend.dispatch.tonight import CarRows, CarTonight, Tonight, VisitTonight, read_cars
from backend.platform.errors import NotFound
from backend.platform.uow import UnitOfWork
from backend.roster.models import Night, Shift, ShiftBreak
from backend.roster.service import lock_night
from backend.travel import times as travel
from backend.travel.times import Drives

TOGETHER_S = 4
"""Within so many seconds one search answers for every change."""


class HeldNight:
    """A night that this unit of work has locked. It is read once, and then says what its rows say at that line.

    The rows are the session's own, so that nothing has to be told twice: what is changed on one of them is seen at
    once. What is new goes through `add`.
    """

    def __init__(self, uow: UnitOfWork, night: Night) -> None:
        self.night = night
        self._uow = uow

    def seen(self, at: datetime | None = None) -> Tonight:
        """Tonight as it is now, with every change that this unit of work made so far."""
        going = (visit for visit in self.visits.values() if visit.status is not VisitStatus.CANCELLED)
        return Tonight(
            night_id=self.night.id,
            plan_version=self.night.plan_version,
            ends_at=self.night.ends_at,
            now=at or self._uow.now,
            cars=tuple(rows.seen() for rows in self._cars.values()),
            visits=tuple(
                VisitTonight.of(visit, self._assignments.get(visit.assignment_id))
                for visit in sorted(going, key=lambda visit: (visit.opened_at, visit.id))
            ),
            drives=self._drives,
        )

    def car(self, shift_id: uuid.UUID) -> CarTonight | None:
        """The car of this shift."""
        return self._cars[shift_id].seen() if shift_id in self._cars else None

    def car_name(self, shift_id: uuid.UUID) -> str:
        """What the car of this shift is called."""
        return self._cars[shift_id].car.name if shift_id in self._cars else ""

    def cars(self) -> list[CarTonight]:
        """Every car."""
        return [rows.seen() for rows in self._cars.values()]

    def breaks(self, shift_id: uuid.UUID) -> list[ShiftBreak]:
        """The rows of this shift's breaks, also of one that was cancelled just now."""
        return self._cars[shift_id].breaks

    def add(self, row: Visit | Assignment | ShiftBreak) -> None:
        """Something new in this night."""
        self._uow.session.add(row)
        is_read = "_rows" in vars(self)  # what is read later is read with it
        match row:
            case Visit() if is_read:
                self.visits[row.id] = row
            case Assignment() if is_read:
                self._assignments[row.id] = row
            case ShiftBreak() if row not in self.breaks(row.shift_id):
                self.breaks(row.shift_id).append(row)

    @cached_property
    def visits(self) -> dict[uuid.UUID, Visit]:
        """The rows of its visits, the cancelled ones too."""
        return {visit.id: visit for visit, _ in self._rows}

    @cached_property
    def _assignments(self) -> dict[uuid.UUID | None, Assignment]:
        return {assignment.id: assignment for _, assignment in self._rows if assignment is not None}

    @cached_property
    def _rows(self) -> Sequence[tuple[Visit, Assignment | None]]:
        self._uow.session.flush()  # what is pending would otherwise be overwritten by the reading below
        rows = self._uow.session.execute(
            sa.select(Visit, Assignment)
            .outerjoin(Assignment, Assignment.id == Visit.assignment_id)
            .where(Visit.night_id == self.night.id)
            .execution_options(populate_existing=True)
        )
        return [(visit, assignment) for visit, assignment in rows]

    @cached_property
    def _cars(self) -> dict[uuid.UUID, CarRows]:
        self._uow.session.flush()
        cars = read_cars(self._uow.session, Shift.night_id == self.night.id)
        return {rows.shift.id: rows for rows in cars}

    @cached_property
    def _drives(self) -> Drives:
        return travel.current(self._uow.session)


def hold(uow: UnitOfWork, night_id: uuid.UUID) -> HeldNight:
    """This night, held until the commit. Whoever asks again in the same unit of work is handed the same one."""
    held: dict[uuid.UUID, HeldNight] = uow.session.info.setdefault("held_nights", {})
    if night_id not in held:
        held[night_id] = HeldNight(uow, lock_night(uow, night_id))
    return held[night_id]


def for_change(uow: UnitOfWork, visit_id: uuid.UUID) -> tuple[HeldNight, Visit]:
    """This visit, as it is at this moment, in its night, held so that no other desk is changing it."""
    uow.session.flush()  # what is pending would otherwise be overwritten by the reading below
    night_id = uow.session.scalar(sa.select(Visit.night_id).where(Visit.id == visit_id))
    if night_id is None:
        raise NotFound()
    held = hold(uow, night_id)
    visit = uow.session.scalars(
        sa.select(Visit).where(Visit.id == visit_id).with_for_update().execution_options(populate_existing=True)
    ).one()
    return held, visit


def ask_replan(uow: UnitOfWork, night: Night) -> None:
    """Have the routes tidied up soon. Changes that follow each other closely share one search."""
    bucket = int(uow.now.timestamp() // TOGETHER_S) + 1
    uow.enqueue(
        "replan",
        {"night_id": str(night.id)},
        run_at=datetime.fromtimestamp(bucket * TOGETHER_S, UTC),
        key=f"replan:{night.id}:{bucket}",
    )


def event_header(visit: Visit, *, feed_id: uuid.UUID | None = None) -> dict[str, Any]:
    """The header of every event about this visit; the feed is its present shift's unless said otherwise."""
    return {
        "organisation_id": visit.organisation_id,
        "subject_id": visit.client_id,
        "stream_id": visit.care_request_id,
        "topic_id": visit.id,
        "feed_id": feed_id or visit.shift_id,
        "reference": visit.reference,
    }
