"""Nights, bases, cars and shifts: who keeps the roster knocks here."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import validate

from backend.people.rules import DESK, Role
from backend.platform.answers import Answer, Moment
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import Blueprint, Schema, fields
from backend.roster import queries, service
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


class NightOut(Answer):
    id: uuid.UUID
    starts_at: Moment
    ends_at: Moment
    plan_version: int
    plan_state: PlanState
    plan_note: str | None
    planned_at: Moment | None
    closed_at: Moment | None


class NightsOut(Answer):
    nights: list[NightOut]


class HomeBaseIn(Schema):
    id = fields.UUID(required=True)
    name = fields.Text(required=True, max=80, min=1)
    region_id = fields.UUID(allow_none=True, load_default=None)
    lat = fields.Float(required=True, validate=LATITUDE)
    lon = fields.Float(required=True, validate=LONGITUDE)


class HomeBaseOut(Answer):
    id: uuid.UUID
    name: str
    region_id: uuid.UUID | None
    lat: float
    lon: float


class HomeBasesOut(Answer):
    home_bases: list[HomeBaseOut]


class CarIn(Schema):
    id = fields.UUID(required=True)
    name = fields.Text(required=True, max=40, min=1)
    number = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=999))
    region_id = fields.UUID(allow_none=True, load_default=None)
    home_base_id = fields.UUID(required=True)
    phone = fields.Text(max=30, allow_none=True, load_default=None)


class CarOut(Answer):
    id: uuid.UUID
    name: str
    number: int
    region_id: uuid.UUID | None
    home_base_id: uuid.UUID
    phone: str | None
    is_active: bool


class CarsOut(Answer):
    cars: list[CarOut]


class ShiftIn(Schema):
    id = fields.UUID(required=True)
    car_id = fields.UUID(required=True)
    nurse_id = fields.UUID(required=True)
    starts_at = fields.Instant(required=True)
    ends_at = fields.Instant(required=True)
    is_backup = fields.Boolean(load_default=False)
    night_id = fields.UUID(allow_none=True, load_default=None)


class ShiftOut(Answer):
    id: uuid.UUID
    night_id: uuid.UUID
    car_id: uuid.UUID
    nurse_id: uuid.UUID
    starts_at: Moment
    ends_at: Moment
    is_backup: bool
    woken_at: Moment | None


class ShiftsOut(Answer):
    shifts: list[ShiftOut]


class NormIn(Schema):
    urgency = fields.Enum(Urgency, by_value=True, required=True)
    minutes = fields.Integer(required=True, allow_none=True, validate=validate.Range(min=5, max=24 * 60))


class NormsIn(Schema):
    norms = fields.List(fields.Nested(NormIn), required=True, validate=validate.Length(max=6))


class NormOut(Answer):
    urgency: Urgency
    minutes: int | None


class NormsOut(Answer):
    norms: list[NormOut]


@blp.route("/nights")
class Nights(MethodView):
    @blp.access(*DESK)
    @blp.response(200, NightsOut)
    def get(self) -> NightsOut:
        """The latest nights"""
        with reading() as session:
            return NightsOut.of({"nights": queries.nights(session)})

    @blp.access(Role.ADMIN)
    @blp.arguments(NightIn)
    @blp.response(201, NightOut)
    def post(self, data: dict[str, Any]) -> NightOut:
        """Put a night on the roster"""
        with unit_of_work() as uow:
            return NightOut.of(
                service.open_night(uow, starts_at=data["starts_at"], ends_at=data["ends_at"], night_id=data["id"])
            )


@blp.route("/nights/<uuid:night_id>/shifts")
class NightShifts(MethodView):
    @blp.access(*DESK)
    @blp.response(200, ShiftsOut)
    def get(self, night_id: uuid.UUID) -> ShiftsOut:
        """The shifts of a night"""
        with reading() as session:
            return ShiftsOut.of({"shifts": queries.shifts(session, queries.night(session, night_id).id)})


@blp.route("/home-bases")
class HomeBases(MethodView):
    @blp.access(*DESK)
    @blp.response(200, HomeBasesOut)
    def get(self) -> HomeBasesOut:
        """Where cars begin and end their shifts"""
        with reading() as session:
            return HomeBasesOut.of({"home_bases": queries.home_bases(session)})

    @blp.access(Role.ADMIN)
    @blp.arguments(HomeBaseIn)
    @blp.response(201, HomeBaseOut)
    def post(self, data: dict[str, Any]) -> HomeBaseOut:
        """Add a home base"""
        with unit_of_work() as uow:
            return HomeBaseOut.of(service.add_home_base(uow, **data))


@blp.route("/cars")
class Cars(MethodView):
    @blp.access(*DESK)
    @blp.response(200, CarsOut)
    def get(self) -> CarsOut:
        """Every car"""
        with reading() as session:
            return CarsOut.of({"cars": queries.cars(session)})

    @blp.access(Role.ADMIN)
    @blp.arguments(CarIn)
    @blp.response(201, CarOut)
    def post(self, data: dict[str, Any]) -> CarOut:
        """Add a car"""
        with unit_of_work() as uow:
            return CarOut.of(service.add_car(uow, **data))


@blp.route("/shifts")
class Shifts(MethodView):
    @blp.access(Role.ADMIN)
    @blp.arguments(ShiftIn)
    @blp.response(201, ShiftOut)
    def post(self, data: dict[str, Any]) -> ShiftOut:
        """Put a nurse in a car for a night"""
        with unit_of_work() as uow:
            return ShiftOut.of(service.add_shift(uow, **data))


@blp.route("/shifts/<uuid:shift_id>/wake")
class Wake(MethodView):
    @blp.access(*DESK)
    @blp.response(200, ShiftOut)
    def post(self, shift_id: uuid.UUID) -> ShiftOut:
        """Wake the back-up"""
        with unit_of_work() as uow:
            return ShiftOut.of(service.wake(uow, shift_id))


@blp.route("/regions/<uuid:region_id>/response-norms")
class ResponseNorms(MethodView):
    @blp.access(*DESK)
    @blp.response(200, NormsOut)
    def get(self, region_id: uuid.UUID) -> NormsOut:
        """A region's own response norms; what is not in it follows the default"""
        with reading() as session:
            return NormsOut.of({"norms": queries.norms(session, region_id)})

    @blp.access(Role.ADMIN)
    @blp.arguments(NormsIn)
    @blp.response(200, NormsOut)
    def put(self, data: dict[str, Any], region_id: uuid.UUID) -> NormsOut:
        """Set a region's response norms"""
        with unit_of_work() as uow:
            service.set_norms(uow, region_id, {norm["urgency"]: norm["minutes"] for norm in data["norms"]})
            return NormsOut.of({"norms": queries.norms(uow.session, region_id)})
