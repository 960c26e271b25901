"""The desk's door to this room: the board, its stream, who can go, and everything the desk does with a visit."""

import uuid
from typing import Any

from flask import Response, current_app, g, request
from flask.views import MethodView
from marshmallow import validate

from backend.dispatch import alarms, assign, breaks_api, opening, presence, second_nurse, steps
from backend.dispatch.blueprint import blp
from backend.dispatch.board import queries as board_queries
from backend.dispatch.board.shapes import BoardAlarmOut, BoardOut, BoardVisitOut
from backend.dispatch.planning import advice, replan, warming
from backend.dispatch.planning.shapes import RecommendationOut
from backend.dispatch.proposals import api as proposals_api
from backend.dispatch.rules import Override, OverrideCode, VisitStatus
from backend.people.rules import DESK, ReservedProcedure
from backend.platform.answers import Answer, Moment
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import Schema, fields
from backend.roster.api import NightOut
from backend.triage.rules import Urgency

__all__ = ["blp"]

ROUTES_ELSEWHERE = (breaks_api, proposals_api)
"""Their routes hang on the same blueprint as soon as they are imported."""

blp.before_app_request(warming.load_the_search_once)

REASON = {"required": True, "max": 300, "min": 1}


class OverrideIn(Schema):
    code = fields.Enum(OverrideCode, by_value=True, required=True)
    text = fields.Text(max=500, load_default="")
    named_person = fields.Text(max=120, load_default="", metadata={"description": "The doctor or back-up who agreed"})


class SecondCarIn(Schema):
    visit_id = fields.UUID(required=True)
    id = fields.UUID(required=True)
    shift_id = fields.UUID(required=True)
    expected_version = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1_000_000_000))


class AssignmentIn(Schema):
    id = fields.UUID(required=True)
    shift_id = fields.UUID(required=True)
    expected_version = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1_000_000_000))
    recommended_shift_id = fields.UUID(allow_none=True, load_default=None)
    override_reason = fields.Nested(OverrideIn, allow_none=True, load_default=None)
    second = fields.Nested(
        SecondCarIn,
        allow_none=True,
        load_default=None,
        metadata={"description": "For a double visit: the car for the other part; both go, or neither"},
    )


class WithdrawalIn(Schema):
    reason = fields.Text(**REASON)


class CancellationIn(Schema):
    reason = fields.Text(**REASON)
    is_both = fields.Boolean(
        load_default=False, metadata={"description": "The other part of a double visit lapses too"}
    )


class SecondNurseIn(Schema):
    id = fields.UUID(required=True, metadata={"description": "The id of the second nurse's visit"})


class LockIn(Schema):
    is_locked = fields.Boolean(required=True)


class StatusIn(Schema):
    status = fields.Enum(VisitStatus, by_value=True, required=True)
    happened_at = fields.Instant(allow_none=True, load_default=None)


class PlannedVisitIn(Schema):
    id = fields.UUID(required=True)
    client_id = fields.UUID(required=True)
    title = fields.Text(required=True, max=120, min=1)
    window_start = fields.Instant(required=True)
    window_end = fields.Instant(required=True)
    latest_at = fields.Instant(allow_none=True, load_default=None)
    service_minutes = fields.Integer(required=True, strict=True, validate=validate.Range(min=5, max=240))
    required_competences = fields.List(
        fields.Enum(ReservedProcedure, by_value=True), load_default=list, validate=validate.Length(max=12)
    )
    urgency = fields.Enum(Urgency, by_value=True, load_default=Urgency.U4)
    cars_needed = fields.Integer(load_default=1, strict=True, validate=validate.Range(min=1, max=3))


class PresenceIn(Schema):
    care_request_id = fields.UUID(required=True)


class ClaimOut(Answer):
    care_request_id: uuid.UUID
    name: str
    until_at: Moment
    is_mine: bool


class StreamQuery(Schema):
    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0, max=2**53))


@blp.route("/board")
class Board(MethodView):
    @blp.access(*DESK)
    @blp.response(200, BoardOut)
    def get(self) -> BoardOut:
        """Everything on the desk's screen"""
        with reading() as session:
            return board_queries.board(session, now())


@blp.route("/stream")
class Stream(MethodView):
    @blp.access(*DESK)
    @blp.arguments(StreamQuery, location="query")
    @blp.response(200, content_type="text/event-stream", description="Server-sent events; resumes by Last-Event-ID")
    def get(self, data: dict[str, Any]) -> Response:
        """Hear of every change as it is committed"""
        last = request.headers.get("Last-Event-ID", "")
        after = int(last) if last.isascii() and last.isdigit() and len(last) <= 18 else data["after"]
        response: Response = current_app.extensions["nachtronde"].streams.response(g.actor, after)
        return response


@blp.route("/nights/<uuid:night_id>/plan")
class NightPlan(MethodView):
    @blp.access(*DESK)
    @blp.response(202, NightOut)
    def post(self, night_id: uuid.UUID) -> NightOut:
        """Ask for the planned visits to be put into routes"""
        with unit_of_work() as uow:
            return NightOut.of(replan.plan_night(uow, night_id))


@blp.route("/visits/<uuid:visit_id>/recommendation")
class Recommendation(MethodView):
    @blp.access(*DESK)
    @blp.response(200, RecommendationOut)
    def get(self, visit_id: uuid.UUID) -> RecommendationOut:
        """Who can go, what it does to the others, and why the rest cannot"""
        with reading() as session:
            return advice.recommendation(session, visit_id, now())


@blp.route("/visits")
class PlannedVisits(MethodView):
    @blp.access(*DESK)
    @blp.arguments(PlannedVisitIn)
    @blp.response(201, BoardVisitOut)
    def post(self, data: dict[str, Any]) -> BoardVisitOut:
        """Put a planned visit on the night that its window falls in"""
        data["required_competences"] = tuple(one.value for one in data["required_competences"])
        with unit_of_work() as uow:
            visit = opening.add_planned(uow, **data)
        return _visit(visit.id)


@blp.route("/visits/<uuid:visit_id>/assignments")
class Assignments(MethodView):
    @blp.access(*DESK)
    @blp.arguments(AssignmentIn)
    @blp.response(201, BoardVisitOut)
    def post(self, data: dict[str, Any], visit_id: uuid.UUID) -> BoardVisitOut:
        """Send a car; of two desks that do so at once, one wins and the other is told who and when"""
        given = data["override_reason"]
        facts: dict[str, Any] = {
            "assignment_id": data["id"],
            "shift_id": data["shift_id"],
            "expected_version": data["expected_version"],
            "recommended_shift_id": data["recommended_shift_id"],
            "override": Override(**given) if given else None,
        }
        second = second_nurse.SecondCar(**data["second"]) if data["second"] else None
        with reading() as session:  # where in the route: worked out before anything is held
            if second is not None:
                facts["slots"] = advice.slots_for(session, visit_id, (data["shift_id"], second.shift_id), now())
            else:
                facts["slot"] = advice.slot_for(session, visit_id, data["shift_id"], now())
        with unit_of_work() as uow:
            if second is not None:
                second_nurse.assign_both(uow, visit_id, second=second, **facts)
            else:
                assign.assign(uow, visit_id, **facts)
        return _visit(visit_id)


@blp.route("/visits/<uuid:visit_id>/second-nurse")
class SecondNurse(MethodView):
    @blp.access(*DESK)
    @blp.arguments(SecondNurseIn)
    @blp.response(201, BoardVisitOut)
    def post(self, data: dict[str, Any], visit_id: uuid.UUID) -> BoardVisitOut:
        """Ask for a second nurse at this door"""
        with unit_of_work() as uow:
            second_nurse.add_second(uow, visit_id, second_id=data["id"])
        return _visit(visit_id)

    @blp.access(*DESK)
    @blp.response(200, BoardVisitOut)
    def delete(self, visit_id: uuid.UUID) -> BoardVisitOut:
        """One nurse is enough after all: this visit stays, the other part lapses"""
        with unit_of_work() as uow:
            second_nurse.drop_others(uow, visit_id)
        return _visit(visit_id)


@blp.route("/visits/<uuid:visit_id>/withdrawals")
class Withdrawals(MethodView):
    @blp.access(*DESK)
    @blp.arguments(WithdrawalIn)
    @blp.response(201, BoardVisitOut)
    def post(self, data: dict[str, Any], visit_id: uuid.UUID) -> BoardVisitOut:
        """Take a visit back from its car"""
        with unit_of_work() as uow:
            assign.withdraw(uow, visit_id, reason=data["reason"])
        return _visit(visit_id)


@blp.route("/visits/<uuid:visit_id>/cancellations")
class Cancellations(MethodView):
    @blp.access(*DESK)
    @blp.arguments(CancellationIn)
    @blp.response(201, BoardVisitOut)
    def post(self, data: dict[str, Any], visit_id: uuid.UUID) -> BoardVisitOut:
        """Nobody needs to go any more"""
        with unit_of_work() as uow:
            cancel = second_nurse.cancel_both if data["is_both"] else opening.cancel
            cancel(uow, visit_id, reason=data["reason"])
        return _visit(visit_id)


@blp.route("/visits/<uuid:visit_id>/lock")
class Lock(MethodView):
    @blp.access(*DESK)
    @blp.arguments(LockIn)
    @blp.response(200, BoardVisitOut)
    def post(self, data: dict[str, Any], visit_id: uuid.UUID) -> BoardVisitOut:
        """Pin a visit to its car, or let it go"""
        with unit_of_work() as uow:
            opening.lock(uow, visit_id, is_locked=data["is_locked"])
        return _visit(visit_id)


@blp.route("/visits/<uuid:visit_id>/status")
class Status(MethodView):
    @blp.access(*DESK)
    @blp.arguments(StatusIn)
    @blp.response(200, BoardVisitOut)
    def post(self, data: dict[str, Any], visit_id: uuid.UUID) -> BoardVisitOut:
        """Write down what the nurse told by phone"""
        with unit_of_work() as uow:
            steps.set_status(uow, visit_id, status=data["status"], happened_at=data["happened_at"])
        return _visit(visit_id)


@blp.route("/alarms/<uuid:alarm_id>/acknowledgements")
class Acknowledgements(MethodView):
    @blp.access(*DESK)
    @blp.response(201, BoardAlarmOut)
    def post(self, alarm_id: uuid.UUID) -> BoardAlarmOut:
        """Say that the desk has an alarm in hand"""
        with unit_of_work() as uow:
            alarm = alarms.acknowledge(uow, alarm_id)
        return board_queries.alarm(alarm)


@blp.route("/presence")
class Presence(MethodView):
    @blp.access(*DESK)
    @blp.arguments(PresenceIn)
    @blp.response(200, ClaimOut)
    def post(self, data: dict[str, Any]) -> ClaimOut:
        """Say that I am busy with this question, for a minute"""
        with unit_of_work() as uow:
            claim = presence.claim(uow, data["care_request_id"])
            return ClaimOut(
                care_request_id=claim.care_request_id,
                name=claim.staff_name,
                until_at=Moment(claim.until_at),
                is_mine=claim.staff_id == uow.actor.staff_id,
            )

    @blp.access(*DESK)
    @blp.arguments(PresenceIn)
    @blp.response(204)
    def delete(self, data: dict[str, Any]) -> None:
        """Let it go"""
        with unit_of_work() as uow:
            presence.release(uow, data["care_request_id"])


def _visit(visit_id: uuid.UUID) -> BoardVisitOut:
    with reading() as session:
        return board_queries.one_visit(session, visit_id, now())
