"""What the desk reads about questions: the list, one of them, and what happened to a client in the past days."""

import re
import uuid
from collections.abc import Iterator
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
    client_ids = _client_and_merged(session, client_id)
    streams = sa.select(CareRequest.id).where(CareRequest.client_id.in_(client_ids))
    rows = session.scalars(
        sa.select(EventRow)
        .where(
            # By question too: an event from before somebody was identified carries no client.
            sa.or_(EventRow.subject_id.in_(client_ids), EventRow.stream_id.in_(streams)),
            EventRow.name.in_(_shown_facts()),
            EventRow.happened_at >= now - max(shown, rules.LOOK_BACK),
        )
        .order_by(EventRow.seq)
    )
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


def _client_and_merged(session: Session, client_id: uuid.UUID) -> list[uuid.UUID]:
    """Everybody who turned out to be this client, however many merges ago."""
    found, fresh = {client_id}, {client_id}
    while fresh:
        fresh = set(session.scalars(sa.select(Client.id).where(Client.merged_into_id.in_(fresh)))) - found
        found |= fresh
    return sorted(found)


def _shown_facts() -> dict[str, tuple[str, ...]]:
    return {kind.__name__: kind.look_back for kind in _kinds(Event) if kind.look_back}


def _kinds(kind: type[Event]) -> Iterator[type[Event]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)


def _as_code(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
