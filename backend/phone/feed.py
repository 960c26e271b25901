"""A phone's feed: what changed since a cursor, in two looks that each see no more than they need."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from backend.intake import queries as intake
from backend.phone import shift_snapshot
from backend.phone.shapes import FeedEvent, FeedOut, PhoneLookBack
from backend.platform.actor import SYSTEM, Actor
from backend.platform.answers import Moment
from backend.platform.db import Session, reading
from backend.platform.events import EventCounter, EventRow
from backend.roster.models import Shift
from backend.roster.queries import shift_of
from backend.triage.pathways import pathways

LookBacks = dict[uuid.UUID, list[PhoneLookBack]]


@dataclass(frozen=True)
class Page:
    """Which part of the feed a phone asks for."""

    after: int = 0
    limit: int = 200
    epoch: uuid.UUID | None = None
    shift_id: uuid.UUID | None = None


@dataclass(frozen=True, kw_only=True)
class _Numbers:
    """What changed since, as numbers only: nothing of anybody is in it."""

    epoch: uuid.UUID
    cursor: int
    shift: Shift | None = None
    changed: dict[uuid.UUID, int] = field(default_factory=dict)
    is_from_the_start: bool = False
    more: bool = False
    reset: bool = False


def read(actor: Actor, page: Page, now: datetime) -> FeedOut:
    """The newest state of every visit that changed since `after`, for the phone of this nurse's shift.

    First the numbers, then the states: a state is then never older than the cursor that says it has been seen.
    """
    with reading(SYSTEM) as session:  # the record shows a phone nothing by itself: the house reads it, for one shift
        numbers = _numbers(session, actor, page, now)
    answer = FeedOut(
        epoch=str(numbers.epoch),
        cursor=numbers.cursor,
        more=numbers.more,
        reset=numbers.reset,
        server_time=Moment(now),
        shift=None,
        events=[],
    )
    if numbers.shift is None:
        return answer
    with reading(actor) as session:
        wanted = None if numbers.is_from_the_start else set(numbers.changed)
        around = shift_snapshot.gather(session, numbers.shift, wanted)
        answer.shift = shift_snapshot.shift_card(session, numbers.shift, actor.name, now)
    with reading(SYSTEM) as session:
        partners = shift_snapshot.partner_cards(session, around)
        visits = shift_snapshot.visits(around, _look_back(session, around, now), partners, now)
    if numbers.is_from_the_start:
        answer.pathways = [shift_snapshot.pathway_card(pathway) for pathway in pathways().current.values()]
    changed = {**dict.fromkeys(visits, numbers.cursor), **numbers.changed}
    answer.events = [
        FeedEvent(seq=seq, visit_id=str(visit_id), visit=visits.get(visit_id))
        for visit_id, seq in sorted(changed.items(), key=lambda item: (item[1], str(item[0])))
    ]
    return answer


def _numbers(session: Session, actor: Actor, page: Page, now: datetime) -> _Numbers:
    counter = session.scalars(sa.select(EventCounter)).one()
    shift = shift_of(session, actor.staff_id, now) if actor.staff_id else None
    is_elsewhere = (
        page.after > counter.last_seq
        or page.epoch not in (None, counter.epoch)
        or (shift is not None and page.shift_id not in (None, shift.id))
    )
    after = 0 if is_elsewhere else page.after
    reset = is_elsewhere and page.after > 0
    if shift is None:
        return _Numbers(epoch=counter.epoch, cursor=after, reset=reset)
    newest = sa.func.max(EventRow.seq)
    rows = session.execute(
        sa.select(EventRow.topic_id, newest)
        .where(EventRow.feed_id == shift.id, EventRow.seq > after, EventRow.topic_id.is_not(None))
        .group_by(EventRow.topic_id)
        .order_by(newest)
    )
    changed = [(topic, seq) for topic, seq in rows if topic is not None]
    if after == 0:
        # A whole night is small and comes in one piece. The counter was read first: what it does not count yet may
        # come twice, never not at all.
        cursor = max([counter.last_seq, *(seq for _, seq in changed)])
        return _Numbers(
            epoch=counter.epoch, cursor=cursor, shift=shift, changed=dict(changed), is_from_the_start=True, reset=reset
        )
    kept = changed[: page.limit]
    return _Numbers(
        epoch=counter.epoch,
        cursor=kept[-1][1] if kept else after,
        shift=shift,
        changed=dict(kept),
        more=len(changed) > len(kept),
    )


def _look_back(session: Session, around: shift_snapshot.Around, now: datetime) -> LookBacks:
    """What happened to these clients lately.

    The record is the house's: it is asked only about clients that the nurse's own session has just shown her.
    """
    asked = {(one.client_id, one.care_request_id) for one in around.visits if one.client_id is not None}
    if not asked:
        return {}
    found = intake.look_backs(session, asked, now=now)
    return {
        visit.id: shift_snapshot.look_back_card(found[visit.client_id, visit.care_request_id].contacts)
        for visit in around.visits
        if visit.client_id is not None
    }
