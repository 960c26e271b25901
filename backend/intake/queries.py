"""What the desk reads about questions: the list, one of them, and what happened to a client in the past days."""

import re
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from backend.intake import rules
from backend.intake.events import CareRequestRegistered
from backend.intake.models import CareRequest, IntakeDraft
from backend.intake.rules import RequestStatus
from backend.people.models import Client
from backend.platform.db import Session
from backend.platform.errors import NotFound
from backend.platform.events import Event, EventRow

MAX_LISTED = 500


@dataclass(frozen=True)
class LookBack:
    """Contact in 72 uur: what happened to a client lately, newest first."""

    contacts: list[dict[str, Any]]
    is_second_contact: bool


def care_request(session: Session, care_request_id: uuid.UUID) -> CareRequest:
    """One care request."""
    request = session.get(CareRequest, care_request_id)
    if request is None:
        raise NotFound()
    return request


def care_requests(session: Session, *, status: RequestStatus | None = None) -> list[CareRequest]:
    """The care requests of one status, or all; the latest call first."""
    found = sa.select(CareRequest).order_by(CareRequest.received_at.desc(), CareRequest.number.desc())
    if status is not None:
        found = found.where(CareRequest.status == status)
    return list(session.scalars(found.limit(MAX_LISTED)))


def described(request: CareRequest) -> dict[str, Any]:
    """A care request as it is shown: its columns, its spoken number, and the caller as one thing."""
    columns = {column.key: getattr(request, column.key) for column in sa.inspect(CareRequest).column_attrs}
    caller = {
        "name": request.caller_name,
        "relation": request.caller_relation,
        "callback_number": request.callback_number,
        "is_with_client": request.is_with_client,
    }
    return {**columns, "reference": request.reference, "caller": caller}


def in_full(session: Session, request: CareRequest) -> dict[str, Any]:
    """A care request as it is shown by itself: whose it is, and which calls are probably about the same thing."""
    client = session.get(Client, request.client_id) if request.client_id else None
    return {
        **described(request),
        "client_label": client.label if client else None,
        "suggested_links": suggested_links(session, request),
    }


def suggested_links(session: Session, request: CareRequest) -> list[CareRequest]:
    """Calls that are probably about the same thing, the latest first."""
    if request.client_id is None:
        return []
    near = sa.select(CareRequest).where(
        CareRequest.client_id == request.client_id,
        CareRequest.received_at > request.received_at - rules.SAME_CALL_WITHIN,
        CareRequest.received_at <= request.received_at,
    )
    return [
        earlier
        for earlier in session.scalars(near.order_by(CareRequest.received_at.desc()))
        if rules.may_be_same_call(request.as_question, earlier.as_question)
    ]


def drafts(session: Session) -> list[IntakeDraft]:
    """The reader's own drafts, the latest first."""
    return list(session.scalars(sa.select(IntakeDraft).order_by(IntakeDraft.updated_at.desc()).limit(MAX_LISTED)))


def look_back(
    session: Session,
    client_id: uuid.UUID,
    *,
    now: datetime,
    hours: int | None = None,
    apart_from: uuid.UUID | None = None,
) -> LookBack:
    """What the record says of this client in the past hours, one entry a question; without the question at hand."""
    if session.get(Client, client_id) is None:
        raise NotFound()
    shown = timedelta(hours=hours) if hours else rules.LOOK_BACK
    since = now - max(shown, rules.LOOK_BACK)
    return _told(_records(session, {client_id}, since)[client_id], now, shown, apart_from)


def look_backs(
    session: Session, asked: Collection[tuple[uuid.UUID, uuid.UUID | None]], *, now: datetime
) -> dict[tuple[uuid.UUID, uuid.UUID | None], LookBack]:
    """The same for many clients, each without the question at hand, in as many statements as for one."""
    records = _records(session, {client_id for client_id, _ in asked}, now - rules.LOOK_BACK)
    return {(one, at_hand): _told(records[one], now, rules.LOOK_BACK, at_hand) for one, at_hand in asked}


def _records(session: Session, client_ids: set[uuid.UUID], since: datetime) -> dict[uuid.UUID, list[EventRow]]:
    """Per client what the record says since this moment, in order."""
    same = _with_merged(session, client_ids)
    everybody = set[uuid.UUID]().union(*same.values())
    streams = sa.select(CareRequest.id).where(CareRequest.client_id.in_(everybody))
    rows = session.execute(
        sa.select(EventRow, CareRequest.client_id)
        .outerjoin(CareRequest, CareRequest.id == EventRow.stream_id)
        .where(
            # By question too: an event from before somebody was identified carries no client.
            sa.or_(EventRow.subject_id.in_(everybody), EventRow.stream_id.in_(streams)),
            EventRow.name.in_(_shown_facts()),
            EventRow.happened_at >= since,
        )
        .order_by(EventRow.seq)
    )
    about: dict[uuid.UUID, list[EventRow]] = {one: [] for one in client_ids}
    whose: dict[uuid.UUID | None, list[uuid.UUID]] = {}
    for one, persons in same.items():
        for person in persons:
            whose.setdefault(person, []).append(one)
    for row, asked_by in rows:
        for one in {*whose.get(row.subject_id, ()), *whose.get(asked_by, ())}:
            about[one].append(row)
    return about


def _told(rows: Iterable[EventRow], now: datetime, shown: timedelta, apart_from: uuid.UUID | None) -> LookBack:
    told: dict[uuid.UUID, list[EventRow]] = {}
    for row in rows:
        if apart_from is None or row.stream_id != apart_from:
            told.setdefault(row.stream_id or row.topic_id or row.id, []).append(row)
    contacts = sorted((_contact(rows) for rows in told.values()), key=lambda c: c["happened_at"], reverse=True)
    return LookBack(
        contacts=[contact for contact in contacts if contact["happened_at"] >= now - shown],
        is_second_contact=any(
            row.name == CareRequestRegistered.__name__ and row.happened_at >= now - rules.LOOK_BACK
            for rows in told.values()
            for row in rows
        ),
    )


def _contact(rows: list[EventRow]) -> dict[str, Any]:
    contact: dict[str, Any] = dict.fromkeys(
        ("reference", "entry_complaint", "question", "outcome", "urgency", "advice", "summary")
    )
    for row in rows:  # what was decided or seen later speaks over what was said before
        facts = _shown_facts()[row.name]
        contact |= {name: row.payload[name] for name in facts if row.payload.get(name) is not None}
    return {**contact, "happened_at": rows[0].happened_at, "kind": _as_code(rows[-1].name)}


def _with_merged(session: Session, client_ids: set[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Per client everybody who turned out to be that client, however many merges ago."""
    became: dict[uuid.UUID, uuid.UUID | None] = {}
    fresh = client_ids
    while fresh:
        rows = session.execute(sa.select(Client.id, Client.merged_into_id).where(Client.merged_into_id.in_(fresh)))
        found = {row.id: row.merged_into_id for row in rows if row.id not in became}
        became |= found
        fresh = set(found)
    return {one: _all_into(one, became) for one in client_ids}


def _all_into(client_id: uuid.UUID, became: Mapping[uuid.UUID, uuid.UUID | None]) -> set[uuid.UUID]:
    found, fresh = {client_id}, {client_id}
    while fresh:
        fresh = {one for one, into in became.items() if into in fresh} - found
        found |= fresh
    return found


def _shown_facts() -> dict[str, tuple[str, ...]]:
    return {kind.__name__: kind.look_back for kind in _kinds(Event) if kind.look_back}


def _kinds(kind: type[Event]) -> Iterator[type[Event]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)


def _as_code(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
