"""The morning for programs: lists, letters, answers, and the desk's button that closes the night."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import validate

from backend.handover import queries, service
from backend.handover.rules import Channel, DeliveryStatus, ReceiptStatus
from backend.people.rules import Role
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import Blueprint, Schema, fields

blp = Blueprint("handover", __name__, url_prefix="/api/v1", description="Morgenoverdracht: per organisation and night")


class OwnerOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)


class DeliveryOut(Schema):
    channel = fields.Enum(Channel, by_value=True, required=True)
    status = fields.Enum(DeliveryStatus, by_value=True, required=True)
    note = fields.String(required=True, allow_none=True)
    at = fields.Instant(required=True)


class AnswersOut(Schema):
    taken_over = fields.Integer(required=True)
    question = fields.Integer(required=True)
    rejected = fields.Integer(required=True)


class HandoverOut(Schema):
    id = fields.UUID(required=True)
    night_id = fields.UUID(required=True)
    night = fields.String(required=True)
    organisation = fields.Nested(OwnerOut, required=True)
    version = fields.Integer(required=True)
    addendum_of = fields.UUID(required=True, allow_none=True)
    delta = fields.String(required=True, allow_none=True)
    is_nil = fields.Boolean(required=True)
    heading = fields.String(required=True)
    generated_at = fields.Instant(required=True)
    entries_count = fields.Integer(required=True)
    open_actions = fields.Integer(required=True)
    opened_at = fields.Instant(required=True, allow_none=True)
    opened_by = fields.String(required=True, allow_none=True)
    is_unread = fields.Boolean(required=True)
    unread_flagged_at = fields.Instant(required=True, allow_none=True)
    deliveries = fields.List(fields.Nested(DeliveryOut), required=True)
    answers = fields.Nested(AnswersOut, required=True)


class ReceiptOut(Schema):
    id = fields.UUID(required=True)
    entry_id = fields.UUID(required=True)
    action_id = fields.UUID(required=True, allow_none=True)
    status = fields.Enum(ReceiptStatus, by_value=True, required=True)
    by = fields.String(required=True)
    at = fields.Instant(required=True)
    note = fields.String(required=True, allow_none=True)


class EntryOut(Schema):
    id = fields.UUID(required=True)
    position = fields.Integer(required=True)
    status = fields.Enum(ReceiptStatus, by_value=True, required=True)
    body = fields.Dict(required=True)
    receipts = fields.List(fields.Nested(ReceiptOut), required=True)


class LetterOut(HandoverOut):
    period_from = fields.Instant(required=True)
    period_to = fields.Instant(required=True)
    content_hash = fields.String(required=True)
    body = fields.Dict(required=True)
    entries = fields.List(fields.Nested(EntryOut), required=True)


class LetterWithAddendaOut(LetterOut):
    addenda = fields.List(fields.Nested(LetterOut), required=True)


class HandoversOut(Schema):
    handovers = fields.List(fields.Nested(HandoverOut), required=True)


class HandoversQuery(Schema):
    limit = fields.Integer(load_default=queries.LISTED, validate=validate.Range(min=1, max=500))


@blp.route("/handovers")
class Handovers(MethodView):
    @blp.access(Role.TEAM_MANAGER, Role.TRIAGIST, Role.ADMIN)
    @blp.arguments(HandoversQuery, location="query")
    @blp.response(200, HandoversOut)
    def get(self, data: dict[str, Any]) -> dict[str, Any]:
        """The last letters and their addenda, with how far each came"""
        with reading() as session:
            names = queries.organisation_names(session)
            found = queries.letters(session, limit=data["limit"])
            return {
                "handovers": [queries.described(letter, one, names) for letter in found for one in letter.everything]
            }


@blp.route("/handovers/<uuid:handover_id>")
class Handover(MethodView):
    @blp.access(Role.TEAM_MANAGER, Role.TRIAGIST, Role.ADMIN)
    @blp.response(200, LetterWithAddendaOut)
    def get(self, handover_id: uuid.UUID) -> dict[str, Any]:
        """One letter with its lines, the answers to them, and its addenda"""
        with reading() as session:
            return queries.described_in_full(queries.letter(session, handover_id), queries.organisation_names(session))


class ReceiptIn(Schema):
    id = fields.UUID(required=True)
    status = fields.Enum(ReceiptStatus, by_value=True, required=True)
    note = fields.Text(load_default=None, allow_none=True, max=2000)
    action_id = fields.UUID(load_default=None, allow_none=True)


@blp.route("/handover-entries/<uuid:entry_id>/receipts")
class Receipts(MethodView):
    @blp.access(Role.TEAM_MANAGER)
    @blp.arguments(ReceiptIn)
    @blp.response(201, ReceiptOut)
    def post(self, data: dict[str, Any], entry_id: uuid.UUID) -> Any:
        """Answer a line: read, taken over, a question, or not agreed"""
        with unit_of_work() as uow:
            return service.answer(uow, entry_id=entry_id, receipt_id=data.pop("id"), **data)


class ClosingOut(Schema):
    night_id = fields.UUID(required=True)
    closed_at = fields.Instant(required=True)
    handovers = fields.List(fields.Nested(HandoverOut), required=True)
    without_organisation = fields.List(
        fields.String(), required=True, metadata={"description": "Questions of which nobody knows whose client it was"}
    )


@blp.route("/nights/<uuid:night_id>/closure")
class Closure(MethodView):
    @blp.access(Role.TRIAGIST, Role.ADMIN)
    @blp.response(200, ClosingOut)
    def post(self, night_id: uuid.UUID) -> dict[str, Any]:
        """Close the night now: every organisation gets its letter. Again: only what came since"""
        with unit_of_work() as uow:
            closing = service.close_night(uow, night_id)
            names = queries.organisation_names(uow.session)
            return {
                "night_id": night_id,
                "closed_at": closing.night.closed_at,
                "handovers": [
                    queries.described(queries.letter(uow.session, one.id), one, names) for one in closing.made
                ],
                "without_organisation": closing.without_organisation,
            }
