"""Regions over postcode areas, home bases and cars."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import render_template, url_for
from marshmallow import validate

from backend.admin import queries
from backend.admin.blueprint import pages
from backend.admin.forms import Form, submit
from backend.people.addresses import normalise_postcode, parse_house_number
from backend.people.models import PostcodeArea
from backend.people.places import queries as places
from backend.people.places.rules import parse_pc4_ranges, spans
from backend.people.places.service import set_region
from backend.people.rules import Role
from backend.platform.db import Session, reading
from backend.platform.errors import Invalid, NotFound
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork
from backend.platform.web import Schema, access, fields
from backend.roster import queries as roster_queries
from backend.roster import service as roster
from backend.roster.models import Car

MOST_AREAS = 5000


class RegionForm(Schema):
    name = fields.Text(max=80, min=1, required=True)
    code = fields.Text(max=12, min=1, required=True)
    postcode_areas = fields.Text(max=20_000, min=1, required=True)
    may_move = fields.Boolean()


class NewRegionForm(RegionForm):
    id = fields.UUID(required=True)


class HomeBaseForm(Schema):
    id = fields.UUID(required=True)
    name = fields.Text(max=80, min=1, required=True)
    postcode = fields.Text(max=8, min=1, required=True)
    house_number = fields.Text(max=20, allow_none=True)
    region_id = fields.UUID(allow_none=True)


class CarForm(Schema):
    name = fields.Text(max=40, allow_none=True)
    number = fields.Integer(required=True, validate=validate.Range(min=1, max=999))
    home_base_id = fields.UUID(required=True)
    region_id = fields.UUID(allow_none=True)
    phone = fields.Text(max=30, allow_none=True)


class NewCarForm(CarForm):
    id = fields.UUID(required=True)


class ChangeCarForm(CarForm):
    is_active = fields.Boolean()


# --- regions -----------------------------------------------------------------------------------


@pages.get("/regions")
@access(Role.ADMIN)
def regions() -> str:
    """Every region, and whether each postcode area that we serve lies in exactly one."""
    with reading() as session:
        check = places.check_regions(session)
        named = session.execute(
            sa.select(PostcodeArea.pc4, PostcodeArea.place).where(PostcodeArea.pc4.in_(check.gaps))
        ).all()
        gaps: dict[str, list[str]] = {}
        for pc4, place in named:
            gaps.setdefault(place, []).append(pc4)
        return render_template(
            "admin/regions.html",
            regions=places.regions(session),
            check=check,
            gaps=sorted(gaps.items()),
            unplaced=sorted(set(check.gaps) - {pc4 for pc4, _place in named}),
            knows_places=_knows_places(session),
            changes=[queries.told(change) for change in places.layout_changes(session)],
        )


@pages.get("/regions/new")
@access(Role.ADMIN)
def new_region() -> str:
    """An empty form for a new region."""
    return _new_region_page(Form({"id": new_id()}))


@pages.post("/regions/new")
@access(Role.ADMIN)
def add_region() -> Any:
    """Draw a new region."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        set_region(uow, region_id=data.pop("id"), **_drawn(uow, data))
        return url_for("admin.regions", said="added")

    return submit(NewRegionForm(), write, again=_new_region_page)


@pages.get("/regions/<uuid:region_id>")
@access(Role.ADMIN)
def region(region_id: uuid.UUID) -> str:
    """One region, to draw again."""
    with reading() as session:
        known = places.one_region(session, region_id)
        if known is None:
            raise NotFound()
        areas = spans(area.pc4 for area in known.postcode_areas)
    return _region_page(region_id, Form({"name": known.name, "code": known.code, "postcode_areas": areas}))


@pages.post("/regions/<uuid:region_id>")
@access(Role.ADMIN)
def change_region(region_id: uuid.UUID) -> Any:
    """Draw a region again over exactly these areas; areas of another one only on purpose."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        set_region(uow, region_id=region_id, must_exist=True, **_drawn(uow, data))
        return url_for("admin.regions", said="changed")

    return submit(RegionForm(), write, again=lambda form: _region_page(region_id, form))


def _drawn(uow: UnitOfWork, data: dict[str, Any]) -> dict[str, Any]:
    """The areas that the text names; of a span only those that exist."""
    known = set(uow.session.scalars(sa.select(PostcodeArea.pc4)))
    try:
        areas = parse_pc4_ranges(data["postcode_areas"].strip(" ,;\r\n\t"), known)
    except ValueError as wrong:
        raise Invalid({"postcode_areas": ["invalid"]}, wrong_piece=str(wrong)) from None
    if len(areas) > MOST_AREAS:
        raise Invalid({"postcode_areas": ["too_long"]})
    return {**data, "postcode_areas": areas}


def _new_region_page(form: Form) -> str:
    with reading() as session:
        return render_template("admin/region.html", form=form, region=None, knows_places=_knows_places(session))


def _region_page(region_id: uuid.UUID, form: Form) -> str:
    with reading() as session:
        known = places.one_region(session, region_id)
        if known is None:
            raise NotFound()
        return render_template("admin/region.html", form=form, region=known, knows_places=_knows_places(session))


def _knows_places(session: Session) -> bool:
    return session.scalar(sa.select(PostcodeArea.pc4).limit(1)) is not None


# --- home bases and cars -----------------------------------------------------------------------


@pages.get("/cars")
@access(Role.ADMIN)
def cars() -> str:
    """Where cars begin, and which cars there are."""
    with reading() as session:
        names = {region.id: region.name for region in places.regions(session)}
        return render_template("admin/cars.html", bases=queries.cars_by_base(session), regions=names)


@pages.get("/home-bases/new")
@access(Role.ADMIN)
def new_home_base() -> str:
    """An empty form for a place where cars begin."""
    return _home_base_page(Form({"id": new_id()}))


@pages.post("/home-bases/new")
@access(Role.ADMIN)
def add_home_base() -> Any:
    """Add a home base at an address."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        postcode = normalise_postcode(data.pop("postcode"))
        number = data.pop("house_number")
        door = parse_house_number(number) if number else None
        if postcode is None or (number and door is None):
            raise Invalid({"postcode": ["invalid"]} if postcode is None else {"house_number": ["invalid"]})
        found = places.locate(uow.session, postcode, door.number if door else None, door.addition if door else "")
        if found.point is None:
            raise Invalid({"postcode": ["unknown"]})
        if data["region_id"] is None and found.region is not None:
            data["region_id"] = found.region.id
        roster.add_home_base(uow, **data, lat=found.point.lat, lon=found.point.lon)
        return url_for("admin.cars", said="added")

    return submit(HomeBaseForm(), write, again=_home_base_page)


@pages.get("/cars/new")
@access(Role.ADMIN)
def new_car() -> str:
    """An empty form for a car."""
    return _new_car_page(Form({"id": new_id()}))


@pages.post("/cars/new")
@access(Role.ADMIN)
def add_car() -> Any:
    """Add a car."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        roster.add_car(uow, **_called(data))
        return url_for("admin.cars", said="added")

    return submit(NewCarForm(), write, again=_new_car_page)


@pages.get("/cars/<uuid:car_id>")
@access(Role.ADMIN)
def car(car_id: uuid.UUID) -> str:
    """One car, to change."""
    with reading() as session:
        known = session.get(Car, car_id)
    if known is None:
        raise NotFound()
    return _car_page(car_id, Form({name: getattr(known, name) for name in CarForm().fields} | _ticked(known)))


@pages.post("/cars/<uuid:car_id>")
@access(Role.ADMIN)
def change_car(car_id: uuid.UUID) -> Any:
    """A car gets another telephone, region or base, or rides no more."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        roster.change_car(uow, car_id, **_called(data))
        return url_for("admin.cars", said="changed")

    return submit(ChangeCarForm(), write, again=lambda form: _car_page(car_id, form))


def _ticked(known: Car) -> dict[str, str]:
    return {"is_active": "ja"} if known.is_active else {}


def _called(data: dict[str, Any]) -> dict[str, Any]:
    """A car without a name is called by its number."""
    return {**data, "name": data["name"] or f"Auto {data['number']}"}


def _home_base_page(form: Form) -> str:
    with reading() as session:
        return render_template("admin/home_base.html", form=form, regions=places.regions(session))


def _new_car_page(form: Form) -> str:
    with reading() as session:
        return render_template(
            "admin/car.html",
            form=form,
            car=None,
            bases=roster_queries.home_bases(session),
            regions=places.regions(session),
        )


def _car_page(car_id: uuid.UUID, form: Form) -> str:
    with reading() as session:
        known = session.get(Car, car_id)
        if known is None:
            raise NotFound()
        return render_template(
            "admin/car.html",
            form=form,
            car=known,
            bases=roster_queries.home_bases(session),
            regions=places.regions(session),
        )
