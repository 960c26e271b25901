"""The routes about clients."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask.views import MethodView

from backend.people import (
    management_api,  # noqa: F401  its routes hang on the same blueprint
    queries,
    service,
)
from backend.people.blueprint import blp
from backend.people.places import api as places_api  # noqa: F401  and so do these
from backend.people.places.api import RegionBrief
from backend.people.rules import DESK, AccessType, FundingLaw, Precision, Sex
from backend.platform.answers import Answer
from backend.platform.clock import local, now
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import Schema, fields

__all__ = ["blp"]


class ClientSearchIn(Schema):
    q = fields.Text(required=True, max=100)


class ClientFound(Answer):
    id: uuid.UUID
    name: str
    birth_year: int | None
    organisation: str | None
    postcode: str | None
    city: str
    is_provisional: bool


class ClientsFoundOut(Answer):
    clients: list[ClientFound]


class SourceOrganisation(Answer):
    id: uuid.UUID
    name: str
    short_name: str
    phone: str | None


class ClientOut(Answer):
    id: uuid.UUID
    name: str
    age: int | None
    organisation: SourceOrganisation | None
    region: RegionBrief | None
    client_number: str | None
    family_name: str
    prefix: str
    initials: str
    given_name: str | None
    sex: Sex
    birth_date: date | None
    phone: str | None
    street: str
    house_number: int | None
    addition: str
    postcode: str | None
    city: str
    address_line: str
    entry_note: str
    lat: float | None
    lon: float | None
    precision: Precision
    funding_law: FundingLaw
    access_type: AccessType
    access_note: str
    alerts: list[str]
    language: str
    gp_name: str | None
    gp_phone: str | None
    contact_name: str | None
    contact_phone: str | None
    contact_relation: str | None
    treatment_limits: str | None
    is_provisional: bool
    merged_into_id: uuid.UUID | None
    is_active: bool


class ClientPatchIn(Schema):
    family_name = fields.Text(max=120, min=1)
    prefix = fields.Text(max=30)
    initials = fields.Text(max=30)
    given_name = fields.Text(max=60, allow_none=True)
    sex = fields.Enum(Sex, by_value=True)
    birth_date = fields.Date(allow_none=True)
    phone = fields.Text(max=30, allow_none=True)
    street = fields.Text(max=120)
    house_number = fields.Integer(allow_none=True, validate=fields.validate.Range(1, 99_999))
    addition = fields.Text(max=20)
    postcode = fields.Text(max=8, allow_none=True)
    city = fields.Text(max=80)
    entry_note = fields.Text(max=500)
    funding_law = fields.Enum(FundingLaw, by_value=True)
    access_type = fields.Enum(AccessType, by_value=True)
    access_note = fields.Text(max=500)
    alerts = fields.List(fields.Text(max=200), validate=fields.validate.Length(max=20))
    language = fields.Text(max=60)
    gp_name = fields.Text(max=120, allow_none=True)
    gp_phone = fields.Text(max=30, allow_none=True)
    contact_name = fields.Text(max=120, allow_none=True)
    contact_phone = fields.Text(max=30, allow_none=True)
    contact_relation = fields.Text(max=60, allow_none=True)
    treatment_limits = fields.Text(max=500, allow_none=True)


class ProvisionalClientIn(ClientPatchIn):
    id = fields.UUID(required=True)
    family_name = fields.Text(max=120, min=1, required=True, metadata={"description": "A name, or 'onbekende vrouw'"})
    organisation_id = fields.UUID(allow_none=True)


class MergeIn(Schema):
    into_client_id = fields.UUID(required=True)


class PinIn(Schema):
    lat = fields.Float(required=True, validate=fields.validate.Range(-90, 90))
    lon = fields.Float(required=True, validate=fields.validate.Range(-180, 180))


class FundingLawIn(Schema):
    funding_law = fields.Enum(FundingLaw, by_value=True, required=True)


def _in_full(client_id: uuid.UUID) -> dict[str, Any]:
    with reading() as session:
        return queries.client(session, client_id, local(now()).date())


@blp.route("/clients")
class Clients(MethodView):
    @blp.access(*DESK)
    @blp.arguments(ClientSearchIn, location="query")
    @blp.response(200, ClientsFoundOut)
    def get(self, data: dict[str, Any]) -> ClientsFoundOut:
        """Search clients of all organisations by a few words; the least data"""
        with reading() as session:
            return ClientsFoundOut.of({"clients": queries.search_clients(session, data["q"])})


@blp.route("/clients/provisional")
class ProvisionalClients(MethodView):
    @blp.access(*DESK)
    @blp.arguments(ProvisionalClientIn)
    @blp.response(201, ClientOut)
    def post(self, data: dict[str, Any]) -> ClientOut:
        """Register somebody of whom too little is known"""
        with unit_of_work() as uow:
            client = service.register_provisional(uow, client_id=data.pop("id"), **data)
        return ClientOut.of(_in_full(client.id))


@blp.route("/clients/<uuid:client_id>")
class OneClient(MethodView):
    @blp.access(*DESK)
    @blp.response(200, ClientOut)
    def get(self, client_id: uuid.UUID) -> ClientOut:
        """One client in full"""
        return ClientOut.of(_in_full(client_id))

    @blp.access(*DESK)
    @blp.arguments(ClientPatchIn)
    @blp.response(200, ClientOut)
    def patch(self, data: dict[str, Any], client_id: uuid.UUID) -> ClientOut:
        """Correct what is known of a client"""
        with unit_of_work() as uow:
            service.change(uow, client_id, **data)
        return ClientOut.of(_in_full(client_id))


@blp.route("/clients/<uuid:client_id>/merge")
class ClientMerge(MethodView):
    @blp.access(*DESK)
    @blp.arguments(MergeIn)
    @blp.response(200, ClientOut)
    def post(self, data: dict[str, Any], client_id: uuid.UUID) -> ClientOut:
        """Merge a provisional client into a known one; answers with the known one"""
        with unit_of_work() as uow:
            service.merge(uow, client_id, **data)
        return ClientOut.of(_in_full(data["into_client_id"]))


@blp.route("/clients/<uuid:client_id>/pin")
class ClientPin(MethodView):
    @blp.access(*DESK)
    @blp.arguments(PinIn)
    @blp.response(200, ClientOut)
    def post(self, data: dict[str, Any], client_id: uuid.UUID) -> ClientOut:
        """Put a client's door on the map by hand"""
        with unit_of_work() as uow:
            service.pin(uow, client_id, **data)
        return ClientOut.of(_in_full(client_id))


@blp.route("/clients/<uuid:client_id>/funding-law")
class ClientFundingLaw(MethodView):
    @blp.access(*DESK)
    @blp.arguments(FundingLawIn)
    @blp.response(200, ClientOut)
    def patch(self, data: dict[str, Any], client_id: uuid.UUID) -> ClientOut:
        """Note which law pays for a client's care"""
        with unit_of_work() as uow:
            service.set_funding_law(uow, client_id, **data)
        return ClientOut.of(_in_full(client_id))
