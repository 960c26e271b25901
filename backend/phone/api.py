"""The phone's door: its feed, its commands, its bell."""

import uuid
from typing import Any, Literal

import marshmallow as ma
from flask import g
from flask.views import MethodView
from marshmallow import validate

from backend.people.rules import Role
from backend.phone import commands, feed, queries, rules, service
from backend.phone.commands import Command, Position
from backend.phone.rules import CommandKind, FollowUpOwner, NeededAfter, Priority, ProblemSolved
from backend.phone.shapes import FeedOut
from backend.platform import push
from backend.platform.answers import Answer, Facts, Moment
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import Blueprint, Schema, fields
from backend.triage.rules import Counterfactual

blp = Blueprint("phone", __name__, url_prefix="/api/v1", description="Telefoon: what the nurse's phone reads and tells")

LONGEST_BATCH = 100


class FeedQuery(Schema):
    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=2**53))
    limit = fields.Integer(load_default=200, validate=validate.Range(min=1, max=500))
    epoch = fields.UUID(load_default=None, metadata={"description": "The epoch the phone holds; another one resets it"})
    shift_id = fields.UUID(
        load_default=None, metadata={"description": "The shift the phone holds; another one resets it"}
    )


@blp.route("/feed")
class Feed(MethodView):
    @blp.access(Role.NURSE)
    @blp.arguments(FeedQuery, location="query")
    @blp.response(200, FeedOut)
    def get(self, data: dict[str, Any]) -> FeedOut:
        """What changed on this phone since a cursor; from 0 all of tonight"""
        return feed.read(g.actor, feed.Page(**data), now())


# -- commands ----------------------------------------------------------------------------------------------------


class MeasurementIn(Schema):
    code = fields.Text(required=True, min=1, max=40)
    value = fields.Raw(required=True, metadata={"type": ["string", "number"]})
    unit = fields.Text(load_default=None, allow_none=True, max=40)

    @ma.validates("value")
    def _is_short(self, value: Any, **_: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, str | int | float) or len(str(value)) > 200:
            raise ma.ValidationError("invalid")


class ProcedureIn(Schema):
    code = fields.Text(required=True, min=1, max=40)
    text = fields.Text(load_default="", max=1000)
    order_source = fields.Text(load_default=None, allow_none=True, max=80)


class MedicationIn(Schema):
    name = fields.Text(required=True, min=1, max=200)
    dose = fields.Text(load_default="", max=200)
    order_source = fields.Text(load_default=None, allow_none=True, max=80)


class FollowUpIn(Schema):
    id = fields.UUID(required=True)
    text = fields.Text(required=True, min=1, max=1000)
    due_at = fields.Instant(load_default=None, allow_none=True)
    owner = fields.Enum(FollowUpOwner, by_value=True, required=True)
    priority = fields.Enum(Priority, by_value=True, load_default=Priority.NORMAL)


class ReportIn(Schema):
    """A visit report in SOEP shape."""

    report_id = fields.UUID(required=True)
    parent_id = fields.UUID(load_default=None, allow_none=True)
    subjective = fields.Text(load_default="", max=10_000)
    objective = fields.Text(load_default="", max=10_000)
    evaluation = fields.Text(load_default="", max=10_000)
    plan = fields.Text(load_default="", max=10_000)
    measurements = fields.List(fields.Nested(MeasurementIn), load_default=list, validate=validate.Length(max=60))
    procedures = fields.List(fields.Nested(ProcedureIn), load_default=list, validate=validate.Length(max=30))
    medication_given = fields.List(fields.Nested(MedicationIn), load_default=list, validate=validate.Length(max=30))
    access_result = fields.Text(load_default=None, allow_none=True, max=500)
    problem_solved = fields.Enum(ProblemSolved, by_value=True, required=True)
    needed_after = fields.Enum(NeededAfter, by_value=True, load_default=NeededAfter.NONE)
    safety_net_told = fields.Boolean(load_default=False)
    counterfactual = fields.Enum(Counterfactual, by_value=True, load_default=Counterfactual.UNKNOWN)
    follow_ups = fields.List(fields.Nested(FollowUpIn), load_default=list, validate=validate.Length(max=20))
    incident = fields.Boolean(load_default=False)


class AlarmIn(Schema):
    note = fields.Text(load_default="", allow_none=True, max=500)


class PositionIn(Schema):
    lat = fields.Float(required=True, validate=validate.Range(min=-90, max=90))
    lon = fields.Float(required=True, validate=validate.Range(min=-180, max=180))
    accuracy_m = fields.Float(load_default=None, allow_none=True, validate=validate.Range(min=0, max=1e6))


class CommandIn(Schema):
    id = fields.UUID(required=True)
    kind = fields.Enum(CommandKind, by_value=True, required=True)
    visit_id = fields.UUID(load_default=None, allow_none=True)
    happened_at = fields.Instant(required=True)
    monotonic_ms = fields.Float(load_default=None, allow_none=True)
    clock_offset_ms = fields.Float(
        load_default=None, allow_none=True, metadata={"description": "Add this to the phone's clock to get ours"}
    )
    position = fields.Nested(PositionIn, load_default=None, allow_none=True)
    body = fields.Dict(load_default=dict, allow_none=True)


class OneByOne(fields.Nested):
    """A command as it was sent, still unread: one that cannot be read must not hold up the ones behind it."""

    def deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        return value


class CommandsIn(Schema):
    commands = fields.List(OneByOne(CommandIn), required=True, validate=validate.Length(min=1, max=LONGEST_BATCH))


class CommandOut(Answer):
    id: str | None
    status: Literal["applied", "refused"]
    code: str | None
    details: Facts
    receipt: int | None
    received_at: Moment | None


class CommandsOut(Answer):
    results: list[CommandOut]
    server_time: Moment


@blp.route("/commands")
class Commands(MethodView):
    @blp.access(Role.NURSE)
    @blp.arguments(CommandsIn)
    @blp.response(200, CommandsOut)
    def post(self, data: dict[str, Any]) -> CommandsOut:
        """Tell what was done, in order; each command stands or falls by itself"""
        return CommandsOut.of({"results": [_receive(raw) for raw in data["commands"]], "server_time": now()})


@blp.route("/commands/<uuid:command_id>")
class StoredResult(MethodView):
    @blp.access(Role.NURSE)
    @blp.response(200, CommandOut)
    def get(self, command_id: uuid.UUID) -> CommandOut:
        """Read back the answer to a command: the second tick"""
        with reading() as session:
            return CommandOut.of(queries.result_of(session, command_id))


def _receive(raw: Any) -> commands.Result:
    known_id = raw.get("id") if isinstance(raw, dict) and isinstance(raw.get("id"), str) else None
    try:
        command = _read(raw)
    except ma.ValidationError as wrong:
        return commands.refused(known_id and known_id[:60], "invalid", {"errors": wrong.messages_dict})
    return commands.receive(command)


def _read(raw: Any) -> Command:
    data = CommandIn().load(raw)
    kind, body = data["kind"], data["body"] or {}
    position = data["position"]
    if kind is CommandKind.POSITION and position is None:
        position = _body(PositionIn(), body)
    return Command(
        id=data["id"],
        kind=kind,
        visit_id=data["visit_id"],
        happened_at=data["happened_at"],
        fingerprint=rules.fingerprint(raw),
        position=Position(**position) if position else None,
        report=_report(body) if kind is CommandKind.REPORT else None,
        note=_body(AlarmIn(), body)["note"] if kind is CommandKind.ALARM else None,
        clock_offset_ms=data["clock_offset_ms"],
        phone_clock={key: raw.get(key) for key in ("happened_at", "monotonic_ms", "clock_offset_ms")},
    )


def _report(body: dict[str, Any]) -> service.Report:
    read = _body(ReportIn(), body)
    return service.Report(**read | {"follow_ups": [service.Action(**action) for action in read["follow_ups"]]})


def _body(shape: Schema, body: dict[str, Any]) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = shape.load(body)
    except ma.ValidationError as wrong:
        raise ma.ValidationError({"body": wrong.messages_dict}) from None
    return loaded


# -- the bell ----------------------------------------------------------------------------------------------------


class PushKeyOut(Answer):
    public_key: str


class PushKeysIn(Schema):
    p256dh = fields.Text(required=True, min=1, max=200)
    auth = fields.Text(required=True, min=1, max=100)


class PushSubscriptionIn(Schema):
    endpoint = fields.Text(required=True, min=1, max=1000)
    keys = fields.Nested(PushKeysIn, required=True)


class PushEndpointIn(Schema):
    endpoint = fields.Text(required=True, min=1, max=1000)


@blp.route("/push-key")
class PushKey(MethodView):
    @blp.access(Role.NURSE)
    @blp.response(200, PushKeyOut)
    def get(self) -> PushKeyOut:
        """The key that the phone's browser wants when it subscribes"""
        return PushKeyOut.of({"public_key": push.public_key()})


@blp.route("/push-subscriptions")
class PushSubscriptions(MethodView):
    @blp.access(Role.NURSE)
    @blp.arguments(PushSubscriptionIn)
    @blp.response(204)
    def post(self, data: dict[str, Any]) -> None:
        """Let this phone be rung"""
        with unit_of_work() as uow:
            push.subscribe(uow, endpoint=data["endpoint"], **data["keys"])

    @blp.access(Role.NURSE)
    @blp.arguments(PushEndpointIn)
    @blp.response(204)
    def delete(self, data: dict[str, Any]) -> None:
        """Ring this phone no more"""
        with unit_of_work() as uow:
            push.unsubscribe(uow, endpoint=data["endpoint"])
