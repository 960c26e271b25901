"""The routes about addresses and regions."""

from __future__ import annotations

import uuid
from typing import Any

from flask.views import MethodView

from backend.people.addresses import normalise_pc4, normalise_postcode, parse_house_number
from backend.people.blueprint import blp
from backend.people.models import Region
from backend.people.places import queries, service
from backend.people.rules import Precision, Role
from backend.platform.answers import Answer
from backend.platform.db import reading
from backend.platform.errors import Invalid, NotFound
from backend.platform.uow import unit_of_work
from backend.platform.web import Schema, fields


class RegionBrief(Answer):
    id: uuid.UUID
    name: str


class AddressIn(Schema):
    postcode = fields.Text(required=True, max=8)
    house_number = fields.Text(max=20, load_default="")
    addition = fields.Text(max=20, load_default="")


class AddressBrief(Answer):
    postcode: str
    house_number: int
    addition: str
    street: str
    city: str


class AddressOut(Answer):
    address: AddressBrief | None
    lat: float | None
    lon: float | None
    precision: Precision
    street: str
    city: str
    region: RegionBrief | None


class PostcodeAreaOut(Answer):
    pc4: str
    place: str
    neighbourhood: str
    lat: float
    lon: float


class RegionOut(Answer):
    id: uuid.UUID
    name: str
    code: str
    postcode_areas: list[PostcodeAreaOut]


class RegionsOut(Answer):
    regions: list[RegionOut]


class RegionIn(Schema):
    name = fields.Text(required=True, min=1, max=80)
    code = fields.Text(required=True, min=1, max=12)
    postcode_areas = fields.List(
        fields.String(validate=fields.validate.Regexp(r"[1-9][0-9]{3}\Z")),
        required=True,
        validate=fields.validate.Length(max=5000),
    )
    may_move = fields.Boolean(
        load_default=False, metadata={"description": "Take areas away from the region that has them now"}
    )


class NewRegionIn(RegionIn):
    id = fields.UUID()


class Overlap(Answer):
    pc4: str
    regions: list[str]


class RegionCheckOut(Answer):
    gaps: list[str]
    overlaps: list[Overlap]
    is_sound: bool


@blp.route("/addresses")
class Addresses(MethodView):
    @blp.access(Role.TRIAGIST, Role.ADMIN)
    @blp.arguments(AddressIn, location="query")
    @blp.response(200, AddressOut)
    def get(self, data: dict[str, str]) -> AddressOut:
        """Where a door is, and how sure we are of it"""
        postcode = normalise_postcode(data["postcode"]) or normalise_pc4(data["postcode"])
        if postcode is None:
            raise Invalid({"postcode": ["invalid"]})
        door = parse_house_number(data["house_number"], data["addition"]) if data["house_number"] else None
        if data["house_number"] and door is None:
            raise Invalid({"house_number": ["invalid"]})
        with reading() as session:
            found = queries.locate(session, postcode, door.number if door else None, door.addition if door else "")
            return AddressOut.of(
                {
                    "address": found.address,
                    "lat": found.point.lat if found.point else None,
                    "lon": found.point.lon if found.point else None,
                    "precision": found.precision,
                    "street": found.street,
                    "city": found.city,
                    "region": found.region,
                }
            )


@blp.route("/regions")
class Regions(MethodView):
    @blp.access(Role.TRIAGIST, Role.ADMIN)
    @blp.response(200, RegionsOut)
    def get(self) -> RegionsOut:
        """Every region with its postcode areas"""
        with reading() as session:
            return RegionsOut.of({"regions": queries.regions(session)})

    @blp.access(Role.ADMIN)
    @blp.arguments(NewRegionIn)
    @blp.response(201, RegionOut)
    def post(self, data: dict[str, Any]) -> RegionOut:
        """Draw a new region"""
        with unit_of_work() as uow:
            region_id = service.set_region(uow, region_id=data.pop("id", None), **data).id
        return RegionOut.of(_one(region_id))


@blp.route("/regions/<uuid:region_id>")
class OneRegion(MethodView):
    @blp.access(Role.ADMIN)
    @blp.arguments(RegionIn)
    @blp.response(200, RegionOut)
    def put(self, data: dict[str, Any], region_id: uuid.UUID) -> RegionOut:
        """Redraw a region over exactly these postcode areas"""
        with unit_of_work() as uow:
            service.set_region(uow, region_id=region_id, must_exist=True, **data)
        return RegionOut.of(_one(region_id))


@blp.route("/regions/check")
class RegionsCheck(MethodView):
    @blp.access(Role.TRIAGIST, Role.ADMIN)
    @blp.response(200, RegionCheckOut)
    def get(self) -> RegionCheckOut:
        """Does every postcode area that we serve lie in exactly one region?"""
        with reading() as session:
            check = queries.check_regions(session)
        return RegionCheckOut.of(
            {
                "gaps": list(check.gaps),
                "overlaps": [{"pc4": pc4, "regions": list(names)} for pc4, names in check.overlaps.items()],
                "is_sound": check.is_sound,
            }
        )


def _one(region_id: uuid.UUID) -> Region:
    with reading() as session:
        found = queries.one_region(session, region_id)
        if found is None:
            raise NotFound()
        return found
