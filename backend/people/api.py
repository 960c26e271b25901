"""The routes about clients."""

from __future__ import annotations

import uuid
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
from backend.platform.clock import local, now
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import Schema, fields

__all__ = ["blp"]


class ClientSearchIn(Schema):
    q = fields.Text(required=True, max=100)


class ClientFound(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    birth_year = fields.Integer(required=True, allow_none=True)
    organisation = fields.String(required=True, allow_none=True)
    postcode = fields.String(required=True, allow_none=True)
    city = fields.String(required=True)
    is_provisional = fields.Boolean(required=True)


class ClientsFoundOut(Schema):
    clients = fields.List(fields.Nested(ClientFound), required=True)


class SourceOrganisation(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    short_name = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)


class ClientOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    age = fields.Integer(required=True, allow_none=True)
    organisation = fields.Nested(SourceOrganisation, required=True, allow_none=True)
    region = fields.Nested(RegionBrief, required=True, allow_none=True)
    client_number = fields.String(required=True, allow_none=True)
    family_name = fields.String(required=True)
    prefix = fields.String(required=True)
    initials = fields.String(required=True)
    given_name = fields.String(required=True, allow_none=True)
    sex = fields.Enum(Sex, by_value=True, required=True)
    birth_date = fields.Date(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    street = fields.String(required=True)
    house_number = fields.Integer(required=True, allow_none=True)
    addition = fields.String(required=True)
    postcode = fields.String(required=True, allow_none=True)
    city = fields.String(required=True)
    address_line = fields.String(required=True)
    entry_note = fields.String(required=True)
    lat = fields.Float(required=True, allow_none=True)
    lon = fields.Float(required=True, allow_none=True)
    precision = fields.Enum(Precision, by_value=True, required=True)
    funding_law = fields.Enum(FundingLaw, by_value=True, required=True)
    access_type = fields.Enum(AccessType, by_value=True, required=True)
    access_note = fields.String(required=True)
    alerts = fields.List(fields.String(), required=True)
    language = fields.String(required=True)
    gp_name = fields.String(required=True, allow_none=True)
    gp_phone = fields.String(required=True, allow_none=True)
    contact_name = fields.String(required=True, allow_none=True)
    contact_phone = fields.String(required=True, allow_none=True)
    contact_relation = fields.String(required=True, allow_none=True)
    treatment_limits = fields.String(required=True, allow_none=True)
    is_provisional = fields.Boolean(required=True)
    merged_into_id = fields.UUID(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)


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
    def get(self, data: dict[str, Any]) -> dict[str, Any]:
        """Search clients of all organisations by a few words; the least data"""
        with reading() as session:
            return {"clients": queries.search_clients(session, data["q"])}


@blp.route("/clients/provisional")
class ProvisionalClients(MethodView):
    @blp.access(*DESK)
    @blp.arguments(ProvisionalClientIn)
    @blp.response(201, ClientOut)
    def post(self, data: dict[str, Any]) -> dict[str, Any]:
        """Register somebody of whom too little is known"""
        with unit_of_work() as uow:
            client = service.register_provisional(uow, client_id=data.pop("id"), **data)
        return _in_full(client.id)


@blp.route("/clients/<uuid:client_id>")
class OneClient(MethodView):
    @blp.access(*DESK)
    @blp.response(200, ClientOut)
    def get(self, client_id: uuid.UUID) -> dict[str, Any]:
        """One client in full"""
        return _in_full(client_id)

    @blp.access(*DESK)
    @blp.arguments(ClientPatchIn)
    @blp.response(200, ClientOut)
    def patch(self, data: dict[str, Any], client_id: uuid.UUID) -> dict[str, Any]:
        """Correct what is known of a client"""
        with unit_of_work() as uow:
            service.change(uow, client_id, **data)
        return _in_full(client_id)


@blp.route("/clients/<uuid:client_id>/merge")
class ClientMerge(MethodView):
    @blp.access(*DESK)
    @blp.arguments(MergeIn)
    @blp.response(200, ClientOut)
    def post(self, data: dict[str, Any], client_id: uuid.UUID) -> dict[str, Any]:
        """Merge a provisional client into a known one; answers with the known one"""
        with unit_of_work() as uow:
            service.merge(uow, client_id, **data)
        return _in_full(data["into_client_id"])


@blp.route("/clients/<uuid:client_id>/pin")
class ClientPin(MethodView):
    @blp.access(*DESK)
    @blp.arguments(PinIn)
    @blp.response(200, ClientOut)
    def post(self, data: dict[str, Any], client_id: uuid.UUID) -> dict[str, Any]:
        """Put a client's door on the map by hand"""
        with unit_of_work() as uow:
            service.pin(uow, client_id, **data)
        return _in_full(client_id)


@blp.route("/clients/<uuid:client_id>/funding-law")
class ClientFundingLaw(MethodView):
    @blp.access(*DESK)
    @blp.arguments(FundingLawIn)
    @blp.response(200, ClientOut)
    def patch(self, data: dict[str, Any], client_id: uuid.UUID) -> dict[str, Any]:
        """Note which law pays for a client's care"""
        with unit_of_work() as uow:
            service.set_funding_law(uow, client_id, **data)
        return _in_full(client_id)
