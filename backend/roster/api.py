"""Nights, bases, cars and shifts: who keeps the roster knocks here."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import validate

from backend.people.rules import DESK, Role
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import Blueprint, Schema, fields
from backend.roster import queries, service
from backend.roster.models import Car, HomeBase, Night, Shift
from backend.roster.rules import PlanState
from backend.triage.rules import Urgency

blp = Blueprint("roster", __name__, url_prefix="/api/v1", description="Rooster: nights, cars, shifts, response norms")

LATITUDE = validate.Range(min=50.5, max=53.8)
LONGITUDE = validate.Range(min=3.2, max=7.4)
"""Somewhere in the Netherlands."""


class NightIn(Schema):
    id = fields.UUID(required=True)
    starts_at = fields.Instant(required=True)
    ends_at = fields.Instant(required=True)


class NightOut(Schema):
    id = fields.UUID(required=True)
    starts_at = fields.Instant(required=True)
    ends_at = fields.Instant(required=True)
    plan_version = fields.Integer(required=True)
    plan_state = fields.Enum(PlanState, by_value=True, required=True)
    plan_note = fields.String(required=True, allow_none=True)
    planned_at = fields.Instant(required=True, allow_none=True)
    closed_at = fields.Instant(required=True, allow_none=True)


class NightsOut(Schema):
    nights = fields.List(fields.Nested(NightOut), required=True)


class HomeBaseIn(Schema):
    id = fields.UUID(required=True)
    name = fields.Text(required=True, max=80, min=1)
    region_id = fields.UUID(allow_none=True, load_default=None)
    lat = fields.Float(required=True, validate=LATITUDE)
    lon = fields.Float(required=True, validate=LONGITUDE)


class HomeBaseOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    region_id = fields.UUID(required=True, allow_none=True)
    lat = fields.Float(required=True)
    lon = fields.Float(required=True)


class HomeBasesOut(Schema):
    home_bases = fields.List(fields.Nested(HomeBaseOut), required=True)


class CarIn(Schema):
    id = fields.UUID(required=True)
    name = fields.Text(required=True, max=40, min=1)
    number = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=999))
    region_id = fields.UUID(allow_none=True, load_default=None)
    home_base_id = fields.UUID(required=True)
    phone = fields.Text(max=30, allow_none=True, load_default=None)


class CarOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    number = fields.Integer(required=True)
    region_id = fields.UUID(required=True, allow_none=True)
    home_base_id = fields.UUID(required=True)
    phone = fields.String(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)


class CarsOut(Schema):
    cars = fields.List(fields.Nested(CarOut), required=True)


class ShiftIn(Schema):
    id = fields.UUID(required=True)
    car_id = fields.UUID(required=True)
    nurse_id = fields.UUID(required=True)
    starts_at = fields.Instant(required=True)
    ends_at = fields.Instant(required=True)
    is_backup = fields.Boolean(load_default=False)
    night_id = fields.UUID(allow_none=True, load_default=None)


class ShiftOut(Schema):
    id = fields.UUID(required=True)
    night_id = fields.UUID(required=True)
    car_id = fields.UUID(required=True)
    nurse_id = fields.UUID(required=True)
    starts_at = fields.Instant(required=True)
    ends_at = fields.Instant(required=True)
    is_backup = fields.Boolean(required=True)
    woken_at = fields.Instant(required=True, allow_none=True)


class ShiftsOut(Schema):
    shifts = fields.List(fields.Nested(ShiftOut), required=True)


class NormIn(Schema):
    urgency = fields.Enum(Urgency, by_value=True, required=True)
    minutes = fields.Integer(required=True, allow_none=True, validate=validate.Range(min=5, max=24 * 60))


class NormsIn(Schema):
    norms = fields.List(fields.Nested(NormIn), required=True, validate=validate.Length(max=6))


class NormOut(Schema):
    urgency = fields.Enum(Urgency, by_value=True, required=True)
    minutes = fields.Integer(required=True, allow_none=True)


class NormsOut(Schema):
    norms = fields.List(fields.Nested(NormOut), required=True)


@blp.route("/nights")
class Nights(MethodView):
    @blp.access(*DESK)
    @blp.response(200, NightsOut)
    def get(self) -> dict[str, Any]:
        """The latest nights"""
        with reading() as session:
            return {"nights": queries.nights(session)}

    @blp.access(Role.ADMIN)
    @blp.arguments(NightIn)
    @blp.response(201, NightOut)
    def post(self, data: dict[str, Any]) -> Night:
        """Put a night on the roster"""
        with unit_of_work() as uow:
            return service.open_night(uow, starts_at=data["starts_at"], ends_at=data["ends_at"], night_id=data["id"])


@blp.route("/nights/<uuid:night_id>/shifts")
class NightShifts(MethodView):
    @blp.access(*DESK)
    @blp.response(200, ShiftsOut)
    def get(self, night_id: uuid.UUID) -> dict[str, Any]:
        """The shifts of a night"""
        with reading() as session:
            return {"shifts": queries.shifts(session, queries.night(session, night_id).id)}


@blp.route("/home-bases")
class HomeBases(MethodView):
    @blp.access(*DESK)
    @blp.response(200, HomeBasesOut)
    def get(self) -> dict[str, Any]:
        """Where cars begin and end their shifts"""
        with reading() as session:
            return {"home_bases": queries.home_bases(session)}

    @blp.access(Role.ADMIN)
    @blp.arguments(HomeBaseIn)
    @blp.response(201, HomeBaseOut)
    def post(self, data: dict[str, Any]) -> HomeBase:
        """Add a home base"""
        with unit_of_work() as uow:
            return service.add_home_base(uow, **data)


@blp.route("/cars")
class Cars(MethodView):
    @blp.access(*DESK)
    @blp.response(200, CarsOut)
    def get(self) -> dict[str, Any]:
        """Every car"""
        with reading() as session:
            return {"cars": queries.cars(session)}

    @blp.access(Role.ADMIN)
    @blp.arguments(CarIn)
    @blp.response(201, CarOut)
    def post(self, data: dict[str, Any]) -> Car:
        """Add a car"""
        with unit_of_work() as uow:
            return service.add_car(uow, **data)


@blp.route("/shifts")
class Shifts(MethodView):
    @blp.access(Role.ADMIN)
    @blp.arguments(ShiftIn)
    @blp.response(201, ShiftOut)
    def post(self, data: dict[str, Any]) -> Shift:
        """Put a nurse in a car for a night"""
        with unit_of_work() as uow:
            return service.add_shift(uow, **data)


@blp.route("/shifts/<uuid:shift_id>/wake")
class Wake(MethodView):
    @blp.access(*DESK)
    @blp.response(200, ShiftOut)
    def post(self, shift_id: uuid.UUID) -> Shift:
        """Wake the back-up"""
        with unit_of_work() as uow:
            return service.wake(uow, shift_id)


@blp.route("/regions/<uuid:region_id>/response-norms")
class ResponseNorms(MethodView):
    @blp.access(*DESK)
    @blp.response(200, NormsOut)
    def get(self, region_id: uuid.UUID) -> dict[str, Any]:
        """A region's own response norms; what is not in it follows the default"""
        with reading() as session:
            return {"norms": queries.norms(session, region_id)}

    @blp.access(Role.ADMIN)
    @blp.arguments(NormsIn)
    @blp.response(200, NormsOut)
    def put(self, data: dict[str, Any], region_id: uuid.UUID) -> dict[str, Any]:
        """Set a region's response norms"""
        with unit_of_work() as uow:
            service.set_norms(uow, region_id, {norm["urgency"]: norm["minutes"] for norm in data["norms"]})
            return {"norms": queries.norms(uow.session, region_id)}
