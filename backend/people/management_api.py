"""The routes of an administrator: partnership, organisations, staff, competences."""

from __future__ import annotations

import uuid
from typing import Any

from flask.views import MethodView

from backend.people import management, queries
from backend.people.blueprint import blp
from backend.people.models import Organisation, Partnership, Staff
from backend.people.rules import OrganisationKind, ReservedProcedure, Role
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import LOGGED_IN, Schema, fields


class PartnershipOut(Schema):
    name = fields.String(required=True)
    desk_phone = fields.String(required=True)
    backup_note = fields.String(required=True)


class PartnershipIn(Schema):
    name = fields.Text(max=120, min=1)
    desk_phone = fields.Text(max=30, min=1)
    backup_note = fields.Text(max=500)


class OrganisationOut(Schema):
    id = fields.UUID(required=True)
    name = fields.String(required=True)
    short_name = fields.String(required=True)
    kind = fields.Enum(OrganisationKind, by_value=True, required=True)
    email = fields.String(required=True, allow_none=True)
    morning_email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)


class OrganisationsOut(Schema):
    organisations = fields.List(fields.Nested(OrganisationOut), required=True)


class OrganisationPatchIn(Schema):
    name = fields.Text(max=120, min=1)
    short_name = fields.Text(max=40, min=1)
    kind = fields.Enum(OrganisationKind, by_value=True)
    email = fields.Email(allow_none=True)
    morning_email = fields.Email(allow_none=True)
    phone = fields.Text(max=30, allow_none=True)
    is_active = fields.Boolean()


class OrganisationIn(OrganisationPatchIn):
    id = fields.UUID()
    name = fields.Text(max=120, min=1, required=True)


class CompetenceBody(Schema):
    procedure = fields.Enum(ReservedProcedure, by_value=True, required=True)
    valid_until = fields.Date(required=True)


class CompetencesIn(Schema):
    competences = fields.List(
        fields.Nested(CompetenceBody), required=True, validate=fields.validate.Length(max=len(ReservedProcedure))
    )


class StaffOut(Schema):
    id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True)
    organisation = fields.String(required=True, attribute="organisation.short_name")
    name = fields.String(required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    login = fields.String(required=True)
    phone = fields.String(required=True, allow_none=True)
    is_active = fields.Boolean(required=True)
    competences = fields.List(fields.Nested(CompetenceBody), required=True)


class StaffListOut(Schema):
    staff = fields.List(fields.Nested(StaffOut), required=True)


class StaffSearchIn(Schema):
    organisation_id = fields.UUID()
    role = fields.Enum(Role, by_value=True)
    is_active = fields.Boolean()


class StaffPatchIn(Schema):
    organisation_id = fields.UUID()
    name = fields.Text(max=120, min=1)
    role = fields.Enum(Role, by_value=True)
    login = fields.Text(max=120, min=1)
    password = fields.String(load_only=True, validate=fields.validate.Length(max=200))
    phone = fields.Text(max=30, allow_none=True)
    is_active = fields.Boolean()


class StaffIn(Schema):
    id = fields.UUID()
    organisation_id = fields.UUID(required=True)
    name = fields.Text(max=120, min=1, required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    login = fields.Text(max=120, min=1, required=True)
    password = fields.String(load_only=True, required=True, validate=fields.validate.Length(max=200))
    phone = fields.Text(max=30, allow_none=True)


class CompetencesEndingIn(Schema):
    before = fields.Date(required=True)


class CompetenceEnding(CompetenceBody):
    staff_id = fields.UUID(required=True)
    staff_name = fields.String(required=True, attribute="staff.name")


class CompetencesEndingOut(Schema):
    competences = fields.List(fields.Nested(CompetenceEnding), required=True)


@blp.route("/partnership")
class ThePartnership(MethodView):
    @blp.access(LOGGED_IN)
    @blp.response(200, PartnershipOut)
    def get(self) -> Partnership:
        """Who we are together, and the desk's telephone number"""
        with reading() as session:
            return queries.partnership(session)

    @blp.access(Role.ADMIN)
    @blp.arguments(PartnershipIn)
    @blp.response(200, PartnershipOut)
    def patch(self, data: dict[str, Any]) -> Partnership:
        """Change the partnership's name or telephone numbers"""
        with unit_of_work() as uow:
            return management.change_partnership(uow, **data)


@blp.route("/organisations")
class Organisations(MethodView):
    @blp.access(Role.TRIAGIST, Role.ADMIN)
    @blp.response(200, OrganisationsOut)
    def get(self) -> dict[str, Any]:
        """Every organisation, also those that left"""
        with reading() as session:
            return {"organisations": queries.organisations(session)}

    @blp.access(Role.ADMIN)
    @blp.arguments(OrganisationIn)
    @blp.response(201, OrganisationOut)
    def post(self, data: dict[str, Any]) -> Organisation:
        """Add an organisation"""
        with unit_of_work() as uow:
            return management.add_organisation(uow, **data)


@blp.route("/organisations/<uuid:organisation_id>")
class OneOrganisation(MethodView):
    @blp.access(Role.ADMIN)
    @blp.arguments(OrganisationPatchIn)
    @blp.response(200, OrganisationOut)
    def patch(self, data: dict[str, Any], organisation_id: uuid.UUID) -> Organisation:
        """Change an organisation, or set it inactive"""
        with unit_of_work() as uow:
            return management.change_organisation(uow, organisation_id, **data)


@blp.route("/staff")
class StaffMembers(MethodView):
    @blp.access(Role.ADMIN)
    @blp.arguments(StaffSearchIn, location="query")
    @blp.response(200, StaffListOut)
    def get(self, data: dict[str, Any]) -> dict[str, Any]:
        """Members of staff with their competences"""
        with reading() as session:
            return {"staff": queries.staff(session, **data)}

    @blp.access(Role.ADMIN)
    @blp.arguments(StaffIn)
    @blp.response(201, StaffOut)
    def post(self, data: dict[str, Any]) -> Staff:
        """Add somebody who logs in"""
        with unit_of_work() as uow:
            staff_id = management.add_staff(uow, **data).id
        return _one(staff_id)


@blp.route("/staff/<uuid:staff_id>")
class OneStaffMember(MethodView):
    @blp.access(Role.ADMIN)
    @blp.response(200, StaffOut)
    def get(self, staff_id: uuid.UUID) -> Staff:
        """One member of staff with competences"""
        return _one(staff_id)

    @blp.access(Role.ADMIN)
    @blp.arguments(StaffPatchIn)
    @blp.response(200, StaffOut)
    def patch(self, data: dict[str, Any], staff_id: uuid.UUID) -> Staff:
        """Change role, organisation, login, password or activity"""
        with unit_of_work() as uow:
            management.change_staff(uow, staff_id, **data)
        return _one(staff_id)


@blp.route("/staff/<uuid:staff_id>/competences")
class StaffCompetences(MethodView):
    @blp.access(Role.ADMIN)
    @blp.arguments(CompetencesIn)
    @blp.response(200, StaffOut)
    def put(self, data: dict[str, Any], staff_id: uuid.UUID) -> Staff:
        """Set everything that somebody may do, and until when"""
        with unit_of_work() as uow:
            wanted = [(row["procedure"], row["valid_until"]) for row in data["competences"]]
            management.set_competences(uow, staff_id, wanted)
        return _one(staff_id)


@blp.route("/competences")
class CompetencesEnding(MethodView):
    @blp.access(Role.ADMIN)
    @blp.arguments(CompetencesEndingIn, location="query")
    @blp.response(200, CompetencesEndingOut)
    def get(self, data: dict[str, Any]) -> dict[str, Any]:
        """Competences that end before a day: whom to train again"""
        with reading() as session:
            return {"competences": queries.competences_ending(session, data["before"])}


def _one(staff_id: uuid.UUID) -> Staff:
    with reading() as session:
        return queries.one_staff_member(session, staff_id)
