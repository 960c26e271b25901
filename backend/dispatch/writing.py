"""How every write in this room begins: the night's row first, then the visit's; and the header of every event."""

import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from backend.dispatch.models import Visit
from backend.platform.errors import NotFound
from backend.platform.uow import UnitOfWork
from backend.roster.models import Night
from backend.roster.service import lock_night

TOGETHER_S = 4
"""Within so many seconds one search answers for every change."""


def for_change(uow: UnitOfWork, visit_id: uuid.UUID) -> Visit:
    """This visit, as it is at this moment, with its night's plan held so that no other desk is changing it."""
    uow.session.flush()  # what is pending would otherwise be overwritten by the reading below
    night_id = uow.session.scalar(sa.select(Visit.night_id).where(Visit.id == visit_id))
    if night_id is None:
        raise NotFound()
    lock_night(uow, night_id)
    return uow.session.scalars(
        sa.select(Visit).where(Visit.id == visit_id).with_for_update().execution_options(populate_existing=True)
    ).one()


def night_of(uow: UnitOfWork, visit: Visit) -> Night:
    """The night of a visit; `for_change` has read and locked it."""
    return uow.session.get_one(Night, visit.night_id)


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
