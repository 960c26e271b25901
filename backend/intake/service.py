"""What the desk does with a question: register it, find out whose it is, link it to an earlier one."""

import uuid
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from backend.intake import rules
from backend.intake.complaints import entry_complaints
from backend.intake.events import CareRequestClosed, CareRequestRegistered, CareRequestsLinked, ClientIdentified
from backend.intake.models import CareRequest, IntakeDraft, RequestCounter
from backend.intake.rules import Call, RequestStatus
from backend.people.events import ClientMerged
from backend.people.models import Client
from backend.platform.db import Base, Session
from backend.platform.errors import DomainError, Invalid, NotFound
from backend.platform.uow import UnitOfWork


class IdReused(DomainError):
    """This id already belongs to a question with other words."""

    code = "id_reused"


class CannotLink(DomainError):
    """These two calls cannot be one question; `reason` says why."""

    code = "cannot_link"


def register(
    uow: UnitOfWork, *, care_request_id: uuid.UUID, call: Call, draft_id: uuid.UUID | None = None
) -> CareRequest:
    """Register a question and give it its number. Sending the same one twice changes nothing."""
    # The counter is locked first: two copies of one message then queue here, and the second finds the first.
    counter = _locked_counter(uow.session)
    if (known := uow.session.get(CareRequest, care_request_id)) is not None:
        if (known.question, known.entry_complaint) != (call.question, call.entry_complaint):
            raise IdReused(reference=known.reference)
        return known
    problems = rules.problems_with(call, entry_complaints=entry_complaints(), now=uow.now)
    client = present_client(uow.session, call.client_id)
    if call.client_id is not None and client is None:
        problems["client_id"] = "unknown_client"
    if problems:
        raise Invalid({field: [code] for field, code in problems.items()})

    counter.last_number += 1
    request = CareRequest(
        id=care_request_id,
        number=counter.last_number,
        registered_at=uow.now,
        registered_by=uow.actor.staff_id,
        status=RequestStatus.OPEN,
        linked_to_id=None,
        organisation_id=client.organisation_id if client else None,
        **_facts_of(replace(call, client_id=client.id if client else None, received_at=call.received_at or uow.now)),
    )
    uow.session.add(request)
    if draft_id is not None:
        discard_draft(uow, draft_id)
    uow.session.flush()
    uow.record(
        CareRequestRegistered(
            **_header(request),
            happened_at=request.received_at,
            care_request_id=request.id,
            reference=request.reference,
            channel=request.channel,
            caller_relation=request.caller_relation,
            entry_complaint=request.entry_complaint,
            question=request.question,
        )
    )
    return request


def identify_client(uow: UnitOfWork, *, care_request_id: uuid.UUID, client_id: uuid.UUID) -> CareRequest:
    """It has become known whose question this is."""
    request = locked_request(uow.session, care_request_id)
    client = present_client(uow.session, client_id)
    if client is None:
        raise Invalid({"client_id": ["unknown_client"]})
    _hand_to(uow, request, client)
    return request


def move_requests(uow: UnitOfWork, merged: ClientMerged) -> None:
    """Two clients turned out to be one: the questions of the one are now the other's."""
    client = uow.session.get_one(Client, merged.into_client_id)
    theirs = sa.select(CareRequest).where(CareRequest.client_id == merged.subject_id).order_by(CareRequest.number)
    for request in uow.session.scalars(theirs.with_for_update()).all():
        _hand_to(uow, request, client)


def link(uow: UnitOfWork, *, care_request_id: uuid.UUID, linked_to_id: uuid.UUID) -> CareRequest:
    """Two calls are about the same thing. A call that still waits goes along with an earlier one that waits too."""
    request = locked_request(uow.session, care_request_id)
    earlier = uow.session.get(CareRequest, linked_to_id)
    if earlier is None:
        raise Invalid({"linked_to_id": ["unknown_care_request"]})
    # Always to the first call of all, so that no chain has to be walked to count them once.
    earlier = uow.session.get(CareRequest, earlier.linked_to_id or earlier.id, with_for_update=True) or earlier
    if request.linked_to_id == earlier.id:
        return request
    if reason := rules.may_link(request.as_question, earlier.as_question):
        raise CannotLink(reason=reason)
    is_settled = request.status is RequestStatus.OPEN and rules.is_settled_by_link(earlier.status)
    request.linked_to_id = earlier.id
    uow.session.flush()
    uow.record(
        CareRequestsLinked(
            **_header(request), care_request_id=request.id, linked_to_id=earlier.id, is_settled=is_settled
        )
    )
    if is_settled:
        close(uow, care_request_id=request.id)
    return request


def note_decision(uow: UnitOfWork, request: CareRequest) -> None:
    """A triagist decided: the question no longer waits."""
    request.status = RequestStatus.DECIDED
    uow.session.flush()


def close(uow: UnitOfWork, *, care_request_id: uuid.UUID) -> CareRequest:
    """Nothing more has to happen with this question. Closing it twice changes nothing."""
    request = locked_request(uow.session, care_request_id)
    if request.status is not RequestStatus.CLOSED:
        request.status = RequestStatus.CLOSED
        uow.session.flush()
        uow.record(CareRequestClosed(**_header(request), care_request_id=request.id))
    return request


def keep_draft(uow: UnitOfWork, *, draft_id: uuid.UUID, body: dict[str, Any]) -> IntakeDraft:
    """Keep what somebody has typed so far, for when the browser closes."""
    key = {"staff_id": uow.actor.staff_id, "id": draft_id}
    _insert_unless_there(uow.session, IntakeDraft, key, body=body, updated_at=uow.now)
    draft = uow.session.get_one(IntakeDraft, key)
    draft.body, draft.updated_at = body, uow.now
    uow.session.flush()
    return draft


def discard_draft(uow: UnitOfWork, draft_id: uuid.UUID) -> None:
    """Throw a draft away; one that is already gone is no error."""
    if (draft := _draft(uow, draft_id)) is not None:
        uow.session.delete(draft)


def present_client(session: Session, client_id: uuid.UUID | None) -> Client | None:
    """The client with this id, or the one it was merged into; None when there is none to see."""
    client = session.get(Client, client_id) if client_id else None
    while client is not None and client.merged_into_id is not None:
        client = session.get(Client, client.merged_into_id)
    return client


def locked_request(session: Session, care_request_id: uuid.UUID) -> CareRequest:
    """The care request, held until commit so that nobody decides on it at the same time."""
    request = session.get(CareRequest, care_request_id, with_for_update=True)
    if request is None:
        raise NotFound()
    return request


def _hand_to(uow: UnitOfWork, request: CareRequest, client: Client) -> None:
    if request.client_id == client.id:
        return
    previous, request.client_id, request.organisation_id = request.client_id, client.id, client.organisation_id
    uow.session.flush()
    uow.record(
        ClientIdentified(
            **_header(request), care_request_id=request.id, client_id=client.id, previous_client_id=previous
        )
    )


def _header(request: CareRequest) -> dict[str, Any]:
    return {
        "organisation_id": request.organisation_id,
        "subject_id": request.client_id,
        "stream_id": request.id,
    }


def _facts_of(call: Call) -> dict[str, Any]:
    own = {field: value for field, value in vars(call).items() if field != "caller"}
    caller = call.caller
    return {
        **own,
        "caller_name": caller.name,
        "caller_relation": caller.relation,
        "callback_number": caller.callback_number,
        "is_with_client": caller.is_with_client,
    }


def _draft(uow: UnitOfWork, draft_id: uuid.UUID) -> IntakeDraft | None:
    return uow.session.get(IntakeDraft, (uow.actor.staff_id, draft_id))


def _locked_counter(session: Session) -> RequestCounter:
    counter = session.get(RequestCounter, 1, with_for_update=True)
    if counter is None:
        # The very first question of this house.
        _insert_unless_there(session, RequestCounter, {"id": 1}, last_number=rules.FIRST_NUMBER - 1)
        counter = session.get_one(RequestCounter, 1, with_for_update=True)
    return counter


def _insert_unless_there(session: Session, table: type[Base], key: dict[str, Any], **rest: Any) -> None:
    """Whoever loses the race to be first finds the winner's row, and no error."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(insert(table).values(**key, **rest).on_conflict_do_nothing(index_elements=list(key)))
