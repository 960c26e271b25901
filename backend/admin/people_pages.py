"""Organisations and staff: add, change, set inactive, and what a nurse may do until when."""

from __future__ import annotations

import uuid
from typing import Any

from flask import render_template, request, url_for
from marshmallow import validate

from backend.admin import rules
from backend.admin.blueprint import pages
from backend.admin.forms import Form, submit
from backend.people import management, queries
from backend.people.models import Organisation
from backend.people.rules import OrganisationKind, ReservedProcedure, Role
from backend.platform.clock import local, now
from backend.platform.db import reading
from backend.platform.errors import NotFound
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork
from backend.platform.web import Schema, access, fields


class OrganisationForm(Schema):
    name = fields.Text(max=120, min=1, required=True)
    short_name = fields.Text(max=40, allow_none=True)
    kind = fields.Enum(OrganisationKind, by_value=True, required=True)
    email = fields.Email(allow_none=True, validate=validate.Length(max=200))
    morning_email = fields.Email(allow_none=True, validate=validate.Length(max=200))
    phone = fields.Text(max=30, allow_none=True)


class NewOrganisationForm(OrganisationForm):
    id = fields.UUID(required=True)


class ActivityForm(Schema):
    is_active = fields.Boolean()


class StaffForm(Schema):
    organisation_id = fields.UUID(required=True)
    name = fields.Text(max=120, min=1, required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    login = fields.Text(max=120, min=1, required=True)
    password = fields.String(allow_none=True, validate=validate.Length(max=200))
    phone = fields.Text(max=30, allow_none=True)


class NewStaffForm(StaffForm):
    id = fields.UUID(required=True)
    password = fields.String(required=True, validate=validate.Length(max=200))


class CompetencesForm(Schema):
    """A box a procedure: the last day, or empty when it is not held."""

    bladder_catheter = fields.Date(allow_none=True)
    suprapubic_catheter = fields.Date(allow_none=True)
    injection_sc = fields.Date(allow_none=True)
    injection_im = fields.Date(allow_none=True)
    infusion = fields.Date(allow_none=True)
    stoma_care = fields.Date(allow_none=True)
    wound_care = fields.Date(allow_none=True)
    tube_feeding = fields.Date(allow_none=True)
    insulin = fields.Date(allow_none=True)
    palliative_pump = fields.Date(allow_none=True)
    fall_assessment = fields.Date(allow_none=True)
    two_person_lift = fields.Date(allow_none=True)


# --- organisations -----------------------------------------------------------------------------


@pages.get("/organisations")
@access(Role.ADMIN)
def organisations() -> str:
    """Every organisation, those that left last."""
    with reading() as session:
        found = sorted(queries.organisations(session), key=lambda one: not one.is_active)
        return render_template("admin/organisations.html", organisations=found)


@pages.get("/organisations/new")
@access(Role.ADMIN)
def new_organisation() -> str:
    """An empty form for an organisation that joins."""
    return _new_organisation_page(Form({"id": new_id(), "kind": OrganisationKind.CARE.value}))


@pages.post("/organisations/new")
@access(Role.ADMIN)
def add_organisation() -> Any:
    """An organisation joins."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        management.add_organisation(uow, **{**data, "short_name": data["short_name"] or data["name"][:40]})
        return url_for("admin.organisations", said="added")

    return submit(NewOrganisationForm(), write, again=_new_organisation_page)


@pages.get("/organisations/<uuid:organisation_id>")
@access(Role.ADMIN)
def organisation(organisation_id: uuid.UUID) -> str:
    """One organisation, to change."""
    known = _organisation(organisation_id)
    names = ("name", "short_name", "kind", "email", "morning_email", "phone")
    return _organisation_page(organisation_id, Form({name: getattr(known, name) for name in names}))


@pages.post("/organisations/<uuid:organisation_id>")
@access(Role.ADMIN)
def change_organisation(organisation_id: uuid.UUID) -> Any:
    """Names and numbers of an organisation."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        facts = {**data, "short_name": data["short_name"] or data["name"][:40]}
        management.change_organisation(uow, organisation_id, **facts)
        return url_for("admin.organisation", organisation_id=organisation_id, said="changed")

    return submit(OrganisationForm(), write, again=lambda form: _organisation_page(organisation_id, form))


@pages.post("/organisations/<uuid:organisation_id>/activity")
@access(Role.ADMIN)
def set_organisation_activity(organisation_id: uuid.UUID) -> Any:
    """An organisation leaves, or comes back."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        management.change_organisation(uow, organisation_id, is_active=data["is_active"])
        said = "back" if data["is_active"] else "left"
        return url_for("admin.organisation", organisation_id=organisation_id, said=said)

    def again(form: Form) -> str:
        return _organisation_page(organisation_id, _as_stored(form, _organisation(organisation_id), OrganisationForm))

    return submit(ActivityForm(), write, again=again)


def _new_organisation_page(form: Form) -> str:
    return render_template("admin/organisation.html", form=form, organisation=None)


def _organisation_page(organisation_id: uuid.UUID, form: Form) -> str:
    return render_template("admin/organisation.html", form=form, organisation=_organisation(organisation_id))


def _organisation(organisation_id: uuid.UUID) -> Organisation:
    with reading() as session:
        known = session.get(Organisation, organisation_id)
    if known is None:
        raise NotFound()
    return known


def _as_stored(form: Form, row: object, schema: type[Schema]) -> Form:
    """A refusal of another form on the page: this one's boxes show what is kept."""
    return Form({name: getattr(row, name, None) for name in schema().fields}, form.errors, form.problem, form.details)


# --- staff -------------------------------------------------------------------------------------


class StaffSearchForm(Schema):
    organisation_id = fields.UUID(allow_none=True)
    role = fields.Enum(Role, by_value=True, allow_none=True)


@pages.get("/staff")
@access(Role.ADMIN)
def staff() -> str:
    """Everybody who logs in, by name; those who left last."""
    wanted = StaffSearchForm()
    given = {name: request.args.get(name) or None for name in wanted.fields}
    chosen = {name: value for name, value in given.items() if not wanted.validate({name: value})}
    filters = {name: value for name, value in wanted.load(chosen).items() if value is not None}
    with reading() as session:
        found = sorted(queries.staff(session, **filters), key=lambda one: not one.is_active)
        return render_template(
            "admin/staff.html",
            staff=found,
            form=Form(given),
            organisations=queries.organisations(session),
            today=local(now()).date(),
            ending=rules.ending,
        )


@pages.get("/staff/new")
@access(Role.ADMIN)
def new_staff_member() -> str:
    """An empty form for somebody who will log in."""
    asked = {name: request.args.get(name, "")[:40] for name in ("organisation_id", "role")}
    return _new_staff_page(Form({"id": new_id(), **asked}))


@pages.post("/staff/new")
@access(Role.ADMIN)
def add_staff_member() -> Any:
    """Somebody can log in from now on."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        person = management.add_staff(uow, **data)
        said = "staff_added" if person.role is Role.NURSE else "added"
        return url_for("admin.staff_member", staff_id=person.id, said=said)

    return submit(NewStaffForm(), write, again=_new_staff_page)


@pages.get("/staff/<uuid:staff_id>")
@access(Role.ADMIN)
def staff_member(staff_id: uuid.UUID) -> str:
    """One member of staff, to change."""
    return _staff_page(staff_id)


@pages.post("/staff/<uuid:staff_id>")
@access(Role.ADMIN)
def change_staff_member(staff_id: uuid.UUID) -> Any:
    """Role, organisation, login, password, telephone."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        management.change_staff(uow, staff_id, **data)
        return url_for("admin.staff_member", staff_id=staff_id, said="changed")

    return submit(StaffForm(), write, again=lambda form: _staff_page(staff_id, form))


@pages.post("/staff/<uuid:staff_id>/activity")
@access(Role.ADMIN)
def set_staff_activity(staff_id: uuid.UUID) -> Any:
    """Somebody leaves, or comes back."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        management.change_staff(uow, staff_id, is_active=data["is_active"])
        said = "started" if data["is_active"] else "stopped"
        return url_for("admin.staff_member", staff_id=staff_id, said=said)

    def again(form: Form) -> str:
        with reading() as session:
            return _staff_page(staff_id, _as_stored(form, queries.one_staff_member(session, staff_id), StaffForm))

    return submit(ActivityForm(), write, again=again)


@pages.post("/staff/<uuid:staff_id>/competences")
@access(Role.ADMIN)
def set_competences(staff_id: uuid.UUID) -> Any:
    """What somebody may do, and until when."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        held = [(ReservedProcedure(name), until) for name, until in data.items() if until is not None]
        management.set_competences(uow, staff_id, held)
        return url_for("admin.staff_member", staff_id=staff_id, said="competences")

    return submit(CompetencesForm(), write, again=lambda form: _staff_page(staff_id, competences=form))


def _new_staff_page(form: Form) -> str:
    with reading() as session:
        return render_template(
            "admin/staff_member.html", form=form, person=None, organisations=queries.organisations(session)
        )


def _staff_page(staff_id: uuid.UUID, form: Form | None = None, competences: Form | None = None) -> str:
    with reading() as session:
        person = queries.one_staff_member(session, staff_id)
        names = ("organisation_id", "name", "role", "login", "phone")
        held = {one.procedure.value: one.valid_until for one in person.competences}
        return render_template(
            "admin/staff_member.html",
            form=form or Form({name: getattr(person, name) for name in names}),
            competences=competences or Form(held),
            held=held,
            person=person,
            organisations=queries.organisations(session),
            today=local(now()).date(),
            ending=rules.ending,
        )
