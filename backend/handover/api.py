"""The morning for programs: lists, letters, answers, and the desk's button that closes the night."""

import uuid
from typing import Annotated, Any

from flask.views import MethodView
from marshmallow import validate
from msgspec import Meta

from backend.handover import queries, service
from backend.handover.rules import Channel, DeliveryStatus, ReceiptStatus
from backend.people.rules import Role
from backend.platform.answers import Answer, Facts, Moment
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import Blueprint, Schema, fields

blp = Blueprint("handover", __name__, url_prefix="/api/v1", description="Morgenoverdracht: per organisation and night")


class OwnerOut(Answer):
    id: uuid.UUID
    name: str


class DeliveryOut(Answer):
    channel: Channel
    status: DeliveryStatus
    note: str | None
    at: Moment


class AnswersOut(Answer):
    taken_over: int
    question: int
    rejected: int


class HandoverOut(Answer):
    id: uuid.UUID
    night_id: uuid.UUID
    night: str
    organisation: OwnerOut
    version: int
    addendum_of: uuid.UUID | None
    delta: str | None
    is_nil: bool
    heading: str
    generated_at: Moment
    entries_count: int
    open_actions: int
    opened_at: Moment | None
    opened_by: str | None
    is_unread: bool
    unread_flagged_at: Moment | None
    deliveries: list[DeliveryOut]
    answers: AnswersOut


class ReceiptOut(Answer):
    id: uuid.UUID
    entry_id: uuid.UUID
    action_id: uuid.UUID | None
    status: ReceiptStatus
    by: str
    at: Moment
    note: str | None


class EntryOut(Answer):
    id: uuid.UUID
    position: int
    status: ReceiptStatus
    body: Facts
    receipts: list[ReceiptOut]


class LetterOut(HandoverOut):
    period_from: Moment
    period_to: Moment
    content_hash: str
    body: Facts
    entries: list[EntryOut]


class LetterWithAddendaOut(LetterOut):
    addenda: list[LetterOut]


class HandoversOut(Answer):
    handovers: list[HandoverOut]


class HandoversQuery(Schema):
    limit = fields.Integer(load_default=queries.LISTED, validate=validate.Range(min=1, max=500))


@blp.route("/handovers")
class Handovers(MethodView):
    @blp.access(Role.TEAM_MANAGER, Role.TRIAGIST, Role.ADMIN)
    @blp.arguments(HandoversQuery, location="query")
    @blp.response(200, HandoversOut)
    def get(self, data: dict[str, Any]) -> HandoversOut:
        """The last letters and their addenda, with how far each came"""
        with reading() as session:
            names = queries.organisation_names(session)
            found = queries.letters(session, limit=data["limit"])
            return HandoversOut.of(
                {"handovers": [queries.described(letter, one, names) for letter in found for one in letter.everything]}
            )


@blp.route("/handovers/<uuid:handover_id>")
class Handover(MethodView):
    @blp.access(Role.TEAM_MANAGER, Role.TRIAGIST, Role.ADMIN)
    @blp.response(200, LetterWithAddendaOut)
    def get(self, handover_id: uuid.UUID) -> LetterWithAddendaOut:
        """One letter with its lines, the answers to them, and its addenda"""
        with reading() as session:
            return LetterWithAddendaOut.of(
                queries.described_in_full(queries.letter(session, handover_id), queries.organisation_names(session))
            )


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
    def post(self, data: dict[str, Any], entry_id: uuid.UUID) -> ReceiptOut:
        """Answer a line: read, taken over, a question, or not agreed"""
        with unit_of_work() as uow:
            return ReceiptOut.of(service.answer(uow, entry_id=entry_id, receipt_id=data.pop("id"), **data))


class ClosingOut(Answer):
    night_id: uuid.UUID
    closed_at: Moment
    handovers: list[HandoverOut]
    without_organisation: Annotated[list[str], Meta(description="Questions of which nobody knows whose client it was")]


@blp.route("/nights/<uuid:night_id>/closure")
class Closure(MethodView):
    @blp.access(Role.TRIAGIST, Role.ADMIN)
    @blp.response(200, ClosingOut)
    def post(self, night_id: uuid.UUID) -> ClosingOut:
        """Close the night now: every organisation gets its letter. Again: only what came since"""
        with unit_of_work() as uow:
            closing = service.close_night(uow, night_id)
            names = queries.organisation_names(uow.session)
            return ClosingOut.of(
                {
                    "night_id": night_id,
                    "closed_at": closing.night.closed_at,
                    "handovers": [
                        queries.described(queries.letter(uow.session, one.id), one, names) for one in closing.made
                    ],
                    "without_organisation": closing.without_organisation,
                }
            )
