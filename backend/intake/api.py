"""What the desk sends and asks about questions that come in."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import validate

from backend.intake import queries, rules, service
from backend.intake.rules import Call, Caller, CallerRelation, Channel, RequestStatus
from backend.people.rules import Role
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


class CallerOut(Schema):
    name = fields.String(required=True)
    relation = fields.Enum(CallerRelation, by_value=True, required=True)
    callback_number = fields.String(required=True)
    is_with_client = fields.Boolean(required=True, allow_none=True)


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


class LinkOut(Schema):
    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    received_at = fields.Instant(required=True)
    status = fields.Enum(RequestStatus, by_value=True, required=True)
    question = fields.String(required=True)


class CareRequestBrief(Schema):
    id = fields.UUID(required=True)
    reference = fields.String(required=True)
    status = fields.Enum(RequestStatus, by_value=True, required=True)
    channel = fields.Enum(Channel, by_value=True, required=True)
    received_at = fields.Instant(required=True)
    answered_at = fields.Instant(required=True, allow_none=True)
    registered_at = fields.Instant(required=True)
    registered_by = fields.UUID(required=True, allow_none=True)
    client_id = fields.UUID(required=True, allow_none=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    caller = fields.Nested(CallerOut, required=True)
    question = fields.String(required=True)
    entry_complaint = fields.String(required=True)
    onset = fields.String(required=True, allow_none=True)
    measures_taken = fields.String(required=True, allow_none=True)
    location_note = fields.String(required=True, allow_none=True)
    contact_72h_checked = fields.Boolean(required=True)
    linked_to_id = fields.UUID(required=True, allow_none=True)


class CareRequestOut(CareRequestBrief):
    client_label = fields.String(required=True, allow_none=True)
    suggested_links = fields.List(fields.Nested(LinkOut), required=True)


class CareRequestsOut(Schema):
    care_requests = fields.List(fields.Nested(CareRequestBrief), required=True)


class CareRequestsQuery(Schema):
    status = fields.Enum(RequestStatus, by_value=True, load_default=None)


class IdentifyIn(Schema):
    client_id = fields.UUID(required=True)


class LinkIn(Schema):
    linked_to_id = fields.UUID(required=True)


class DraftIn(Schema):
    body = fields.Dict(keys=fields.String(validate=validate.Length(max=100)), required=True)


class DraftOut(Schema):
    id = fields.UUID(required=True)
    body = fields.Dict(required=True)
    updated_at = fields.Instant(required=True)


class DraftsOut(Schema):
    drafts = fields.List(fields.Nested(DraftOut), required=True)


class LookBackQuery(Schema):
    hours = fields.Integer(load_default=None, validate=validate.Range(min=1, max=rules.LONGEST_LOOK_BACK_HOURS))
    apart_from = fields.UUID(load_default=None, metadata={"description": "The care request that is being looked at"})


class ContactOut(Schema):
    happened_at = fields.Instant(required=True)
    kind = fields.String(required=True)
    reference = fields.String(required=True, allow_none=True)
    entry_complaint = fields.String(required=True, allow_none=True)
    question = fields.String(required=True, allow_none=True)
    outcome = fields.String(required=True, allow_none=True)
    urgency = fields.String(required=True, allow_none=True)
    advice = fields.String(required=True, allow_none=True)
    summary = fields.String(required=True, allow_none=True)


class LookBackOut(Schema):
    contacts = fields.List(fields.Nested(ContactOut), required=True)
    is_second_contact = fields.Boolean(required=True)


@blp.route("/care-requests")
class CareRequests(MethodView):
    @blp.access(Role.TRIAGIST, Role.ADMIN)
    @blp.arguments(CareRequestsQuery, location="query")
    @blp.response(200, CareRequestsOut)
    def get(self, data: dict[str, Any]) -> dict[str, Any]:
        """List care requests, the latest call first"""
        with reading() as session:
            found = queries.care_requests(session, status=data["status"])
            return {"care_requests": [queries.described(request) for request in found]}

    @blp.access(Role.TRIAGIST)
    @blp.arguments(CareRequestIn)
    @blp.response(201, CareRequestOut)
    def post(self, data: dict[str, Any]) -> Any:
        """Register a care request"""
        care_request_id, draft_id = data.pop("id"), data.pop("draft_id")
        call = Call(**{**data, "caller": Caller(**{**data["caller"], "name": data["caller"]["name"] or ""})})
        with unit_of_work() as uow:
            request = service.register(uow, care_request_id=care_request_id, call=call, draft_id=draft_id)
            return queries.in_full(uow.session, request)


@blp.route("/care-requests/<uuid:care_request_id>")
class OneCareRequest(MethodView):
    @blp.access(Role.TRIAGIST, Role.ADMIN)
    @blp.response(200, CareRequestOut)
    def get(self, care_request_id: uuid.UUID) -> Any:
        """Show one care request"""
        with reading() as session:
            return queries.in_full(session, queries.care_request(session, care_request_id))


@blp.route("/care-requests/<uuid:care_request_id>/client")
class CareRequestClient(MethodView):
    @blp.access(Role.TRIAGIST)
    @blp.arguments(IdentifyIn)
    @blp.response(200, CareRequestOut)
    def post(self, data: dict[str, Any], care_request_id: uuid.UUID) -> Any:
        """Say whose question it is"""
        with unit_of_work() as uow:
            request = service.identify_client(uow, care_request_id=care_request_id, client_id=data["client_id"])
            return queries.in_full(uow.session, request)


@blp.route("/care-requests/<uuid:care_request_id>/links")
class CareRequestLinks(MethodView):
    @blp.access(Role.TRIAGIST)
    @blp.arguments(LinkIn)
    @blp.response(201, CareRequestOut)
    def post(self, data: dict[str, Any], care_request_id: uuid.UUID) -> Any:
        """Link a call to an earlier one about the same thing"""
        with unit_of_work() as uow:
            request = service.link(uow, care_request_id=care_request_id, linked_to_id=data["linked_to_id"])
            return queries.in_full(uow.session, request)


@blp.route("/clients/<uuid:client_id>/look-back")
class ClientLookBack(MethodView):
    @blp.access(Role.TRIAGIST)
    @blp.arguments(LookBackQuery, location="query")
    @blp.response(200, LookBackOut)
    def get(self, data: dict[str, Any], client_id: uuid.UUID) -> Any:
        """Look back at a client's recent contacts"""
        with reading() as session:
            return queries.look_back(session, client_id, now=now(), **data)


@blp.route("/intake-drafts")
class IntakeDrafts(MethodView):
    @blp.access(Role.TRIAGIST)
    @blp.response(200, DraftsOut)
    def get(self) -> Any:
        """List your own drafts"""
        with reading() as session:
            return {"drafts": queries.drafts(session)}


@blp.route("/intake-drafts/<uuid:draft_id>")
class OneIntakeDraft(MethodView):
    @blp.access(Role.TRIAGIST)
    @blp.arguments(DraftIn)
    @blp.response(200, DraftOut)
    def put(self, data: dict[str, Any], draft_id: uuid.UUID) -> Any:
        """Keep a draft"""
        with unit_of_work() as uow:
            return service.keep_draft(uow, draft_id=draft_id, body=data["body"])

    @blp.access(Role.TRIAGIST)
    @blp.response(204)
    def delete(self, draft_id: uuid.UUID) -> None:
        """Throw a draft away"""
        with unit_of_work() as uow:
            service.discard_draft(uow, draft_id)
