"""The desk's door to breaks: plan one, change it, let it begin, end it, or let it go."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import validate

from backend.dispatch import breaks
from backend.dispatch.blueprint import blp
from backend.people.rules import DESK
from backend.platform.answers import Answer, Moment
from backend.platform.uow import unit_of_work
from backend.platform.web import Schema, fields

MINUTES: dict[str, Any] = {"required": True, "strict": True, "validate": validate.Range(min=5, max=120)}


class BreakTimesIn(Schema):
    earliest_at = fields.Instant(required=True, metadata={"description": "It begins at this moment or later"})
    latest_at = fields.Instant(required=True, metadata={"description": "It begins at this moment or earlier"})
    minutes = fields.Integer(**MINUTES)


class BreakIn(BreakTimesIn):
    id = fields.UUID(required=True)


class BreakNowIn(Schema):
    id = fields.UUID(required=True)
    minutes = fields.Integer(**MINUTES)


class BreakOut(Answer):
    id: uuid.UUID
    shift_id: uuid.UUID
    earliest_at: Moment
    latest_at: Moment
    minutes: int
    planned_at: Moment | None
    started_at: Moment | None
    ended_at: Moment | None
    cancelled_at: Moment | None


@blp.route("/shifts/<uuid:shift_id>/breaks")
class ShiftBreaks(MethodView):
    @blp.access(*DESK)
    @blp.arguments(BreakIn)
    @blp.response(201, BreakOut)
    def post(self, data: dict[str, Any], shift_id: uuid.UUID) -> BreakOut:
        """Plan a break in a shift, to begin between two moments"""
        with unit_of_work() as uow:
            return BreakOut.of(breaks.plan_break(uow, shift_id, **data))


@blp.route("/shifts/<uuid:shift_id>/break-now")
class BreakNow(MethodView):
    @blp.access(*DESK)
    @blp.arguments(BreakNowIn)
    @blp.response(201, BreakOut)
    def post(self, data: dict[str, Any], shift_id: uuid.UUID) -> BreakOut:
        """The nurse has her break now, planned (its id) or not"""
        with unit_of_work() as uow:
            return BreakOut.of(breaks.break_now(uow, shift_id, **data))


@blp.route("/breaks/<uuid:break_id>")
class Break(MethodView):
    @blp.access(*DESK)
    @blp.arguments(BreakTimesIn)
    @blp.response(200, BreakOut)
    def put(self, data: dict[str, Any], break_id: uuid.UUID) -> BreakOut:
        """Give a break another time or length"""
        with unit_of_work() as uow:
            return BreakOut.of(breaks.change_break(uow, break_id, **data))

    @blp.access(*DESK)
    @blp.response(200, BreakOut)
    def delete(self, break_id: uuid.UUID) -> BreakOut:
        """No break after all"""
        with unit_of_work() as uow:
            return BreakOut.of(breaks.cancel_break(uow, break_id))


@blp.route("/breaks/<uuid:break_id>/start")
class BreakStart(MethodView):
    @blp.access(*DESK)
    @blp.response(200, BreakOut)
    def post(self, break_id: uuid.UUID) -> BreakOut:
        """The planned break begins"""
        with unit_of_work() as uow:
            return BreakOut.of(breaks.start_break(uow, break_id))


@blp.route("/breaks/<uuid:break_id>/end")
class BreakEnd(MethodView):
    @blp.access(*DESK)
    @blp.response(200, BreakOut)
    def post(self, break_id: uuid.UUID) -> BreakOut:
        """Back on the road"""
        with unit_of_work() as uow:
            return BreakOut.of(breaks.end_break(uow, break_id))
