"""What the desk sends and asks about questions that come in."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import validate

from backend.intake import queries, rules, service
from backend.intake.rules import Call, Caller, CallerRelation, Channel, RequestStatus
from backend.people.rules import Role
from backend.platform.answers import Answer, Facts, Moment
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import Blueprint, Schema, fields

blp = Blueprint("intake", __name__, url_prefix="/api/v1", description="Zorgvragen: a question comes in")


class CallerIn(Schema):
    name = fields.Text(max=200, allow_none=True, load_default=None)
    relation = fields.Enum(CallerRelation, by_value=True, required=True)
    callback_number = fields.Text(required=True, max=40)
    is_with_client = fields.Boolean(allow_none=True, load_default=None)


class CallerOut(Answer):
    name: str
    relation: CallerRelation
    callback_number: str
    is_with_client: bool | None


class CareRequestIn(Schema):
    id = fields.UUID(required=True)
    client_id = fields.UUID(allow_none=True, load_default=None)
    channel = fields.Enum(Channel, by_value=True, load_default=Channel.PHONE)
    received_at = fields.Instant(allow_none=True, load_default=None)
    answered_at = fields.Instant(allow_none=True, load_default=None)
    caller = fields.Nested(CallerIn, required=True)
    question = fields.Text(required=True, max=4000)
    entry_complaint = fields.Text(required=True, max=40)
    onset = fields.Text(max=1000, allow_none=True, load_default=None)
    measures_taken = fields.Text(max=2000, allow_none=True, load_default=None)
    location_note = fields.Text(max=1000, allow_none=True, load_default=None)
    contact_72h_checked = fields.Boolean(load_default=False)
    draft_id = fields.UUID(allow_none=True, load_default=None)


class LinkOut(Answer):
    id: uuid.UUID
    reference: str
    received_at: Moment
    status: RequestStatus
    question: str


class CareRequestBrief(Answer):
    id: uuid.UUID
    reference: str
    status: RequestStatus
    channel: Channel
    received_at: Moment
    answered_at: Moment | None
    registered_at: Moment
    registered_by: uuid.UUID | None
    client_id: uuid.UUID | None
    organisation_id: uuid.UUID | None
    caller: CallerOut
    question: str
    entry_complaint: str
    onset: str | None
    measures_taken: str | None
    location_note: str | None
    contact_72h_checked: bool
    linked_to_id: uuid.UUID | None


class CareRequestOut(CareRequestBrief):
    client_label: str | None
    suggested_links: list[LinkOut]


class CareRequestsOut(Answer):
    care_requests: list[CareRequestBrief]


class CareRequestsQuery(Schema):
    status = fields.Enum(RequestStatus, by_value=True, load_default=None)


class IdentifyIn(Schema):
    client_id = fields.UUID(required=True)


class LinkIn(Schema):
    linked_to_id = fields.UUID(required=True)


class DraftIn(Schema):
    body = fields.Dict(keys=fields.String(validate=validate.Length(max=100)), required=True)


class DraftOut(Answer):
    id: uuid.UUID
    body: Facts
    updated_at: Moment


class DraftsOut(Answer):
    drafts: list[DraftOut]


class LookBackQuery(Schema):
    hours = fields.Integer(load_default=None, validate=validate.Range(min=1, max=rules.LONGEST_LOOK_BACK_HOURS))
    apart_from = fields.UUID(load_default=None, metadata={"description": "The care request that is being looked at"})


class ContactOut(Answer):
    happened_at: Moment
    kind: str
    reference: str | None
    entry_complaint: str | None
    question: str | None
    outcome: str | None
    urgency: str | None
    advice: str | None
    summary: str | None


class LookBackOut(Answer):
    contacts: list[ContactOut]
    is_second_contact: bool


@blp.route("/care-requests")
class CareRequests(MethodView):
    @blp.access(Role.TRIAGIST, Role.ADMIN)
    @blp.arguments(CareRequestsQuery, location="query")
    @blp.response(200, CareRequestsOut)
    def get(self, data: dict[str, Any]) -> CareRequestsOut:
        """List care requests, the latest call first"""
        with reading() as session:
            found = queries.care_requests(session, status=data["status"])
            return CareRequestsOut.of({"care_requests": [queries.described(request) for request in found]})

    @blp.access(Role.TRIAGIST)
    @blp.arguments(CareRequestIn)
    @blp.response(201, CareRequestOut)
    def post(self, data: dict[str, Any]) -> CareRequestOut:
        """Register a care request"""
        care_request_id, draft_id = data.pop("id"), data.pop("draft_id")
        call = Call(**{**data, "caller": Caller(**{**data["caller"], "name": data["caller"]["name"] or ""})})
        with unit_of_work() as uow:
            request = service.register(uow, care_request_id=care_request_id, call=call, draft_id=draft_id)
            return CareRequestOut.of(queries.in_full(uow.session, request))


@blp.route("/care-requests/<uuid:care_request_id>")
class OneCareRequest(MethodView):
    @blp.access(Role.TRIAGIST, Role.ADMIN)
    @blp.response(200, CareRequestOut)
    def get(self, care_request_id: uuid.UUID) -> CareRequestOut:
        """Show one care request"""
        with reading() as session:
            return CareRequestOut.of(queries.in_full(session, queries.care_request(session, care_request_id)))


@blp.route("/care-requests/<uuid:care_request_id>/client")
class CareRequestClient(MethodView):
    @blp.access(Role.TRIAGIST)
    @blp.arguments(IdentifyIn)
    @blp.response(200, CareRequestOut)
    def post(self, data: dict[str, Any], care_request_id: uuid.UUID) -> CareRequestOut:
        """Say whose question it is"""
        with unit_of_work() as uow:
            request = service.identify_client(uow, care_request_id=care_request_id, client_id=data["client_id"])
            return CareRequestOut.of(queries.in_full(uow.session, request))


@blp.route("/care-requests/<uuid:care_request_id>/links")
class CareRequestLinks(MethodView):
    @blp.access(Role.TRIAGIST)
    @blp.arguments(LinkIn)
    @blp.response(201, CareRequestOut)
    def post(self, data: dict[str, Any], care_request_id: uuid.UUID) -> CareRequestOut:
        """Link a call to an earlier one about the same thing"""
        with unit_of_work() as uow:
            request = service.link(uow, care_request_id=care_request_id, linked_to_id=data["linked_to_id"])
            return CareRequestOut.of(queries.in_full(uow.session, request))


@blp.route("/clients/<uuid:client_id>/look-back")
class ClientLookBack(MethodView):
    @blp.access(Role.TRIAGIST)
    @blp.arguments(LookBackQuery, location="query")
    @blp.response(200, LookBackOut)
    def get(self, data: dict[str, Any], client_id: uuid.UUID) -> LookBackOut:
        """Look back at a client's recent contacts"""
        with reading() as session:
            return LookBackOut.of(queries.look_back(session, client_id, now=now(), **data))


@blp.route("/intake-drafts")
class IntakeDrafts(MethodView):
    @blp.access(Role.TRIAGIST)
    @blp.response(200, DraftsOut)
    def get(self) -> DraftsOut:
        """List your own drafts"""
        with reading() as session:
            return DraftsOut.of({"drafts": queries.drafts(session)})


@blp.route("/intake-drafts/<uuid:draft_id>")
class OneIntakeDraft(MethodView):
    @blp.access(Role.TRIAGIST)
    @blp.arguments(DraftIn)
    @blp.response(200, DraftOut)
    def put(self, data: dict[str, Any], draft_id: uuid.UUID) -> DraftOut:
        """Keep a draft"""
        with unit_of_work() as uow:
            return DraftOut.of(service.keep_draft(uow, draft_id=draft_id, body=data["body"]))

    @blp.access(Role.TRIAGIST)
    @blp.response(204)
    def delete(self, draft_id: uuid.UUID) -> None:
        """Throw a draft away"""
        with unit_of_work() as uow:
            service.discard_draft(uow, draft_id)
