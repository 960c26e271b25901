"""The routes of an administrator: partnership, organisations, staff, competences."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask.views import MethodView

from backend.people import management, queries
from backend.people.blueprint import blp
from backend.people.models import Staff
from backend.people.rules import OrganisationKind, ReservedProcedure, Role
from backend.platform.answers import Answer
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import LOGGED_IN, Schema, fields


class PartnershipOut(Answer):
    name: str
    desk_phone: str
    backup_note: str


class PartnershipIn(Schema):
    name = fields.Text(max=120, min=1)
    desk_phone = fields.Text(max=30, min=1)
    backup_note = fields.Text(max=500)


class OrganisationOut(Answer):
    id: uuid.UUID
    name: str
    short_name: str
    kind: OrganisationKind
    email: str | None
    morning_email: str | None
    phone: str | None
    is_active: bool


class OrganisationsOut(Answer):
    organisations: list[OrganisationOut]


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


class CompetenceBody(Answer):
    procedure: ReservedProcedure
    valid_until: date


class CompetenceIn(Schema):
    procedure = fields.Enum(ReservedProcedure, by_value=True, required=True)
    valid_until = fields.Date(required=True)


class CompetencesIn(Schema):
    competences = fields.List(
        fields.Nested(CompetenceIn), required=True, validate=fields.validate.Length(max=len(ReservedProcedure))
    )


class StaffOut(Answer):
    id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    name: str
    role: Role
    login: str
    phone: str | None
    is_active: bool
    competences: list[CompetenceBody]


class StaffListOut(Answer):
    staff: list[StaffOut]


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
    staff_id: uuid.UUID
    staff_name: str


class CompetencesEndingOut(Answer):
    competences: list[CompetenceEnding]


@blp.route("/partnership")
class ThePartnership(MethodView):
    @blp.access(LOGGED_IN)
    @blp.response(200, PartnershipOut)
    def get(self) -> PartnershipOut:
        """Who we are together, and the desk's telephone number"""
        with reading() as session:
            return PartnershipOut.of(queries.partnership(session))

    @blp.access(Role.ADMIN)
    @blp.arguments(PartnershipIn)
    @blp.response(200, PartnershipOut)
    def patch(self, data: dict[str, Any]) -> PartnershipOut:
        """Change the partnership's name or telephone numbers"""
        with unit_of_work() as uow:
            return PartnershipOut.of(management.change_partnership(uow, **data))


@blp.route("/organisations")
class Organisations(MethodView):
    @blp.access(Role.TRIAGIST, Role.ADMIN)
    @blp.response(200, OrganisationsOut)
    def get(self) -> OrganisationsOut:
        """Every organisation, also those that left"""
        with reading() as session:
            return OrganisationsOut.of({"organisations": queries.organisations(session)})

    @blp.access(Role.ADMIN)
    @blp.arguments(OrganisationIn)
    @blp.response(201, OrganisationOut)
    def post(self, data: dict[str, Any]) -> OrganisationOut:
        """Add an organisation"""
        with unit_of_work() as uow:
            return OrganisationOut.of(management.add_organisation(uow, **data))


@blp.route("/organisations/<uuid:organisation_id>")
class OneOrganisation(MethodView):
    @blp.access(Role.ADMIN)
    @blp.arguments(OrganisationPatchIn)
    @blp.response(200, OrganisationOut)
    def patch(self, data: dict[str, Any], organisation_id: uuid.UUID) -> OrganisationOut:
        """Change an organisation, or set it inactive"""
        with unit_of_work() as uow:
            return OrganisationOut.of(management.change_organisation(uow, organisation_id, **data))


@blp.route("/staff")
class StaffMembers(MethodView):
    @blp.access(Role.ADMIN)
    @blp.arguments(StaffSearchIn, location="query")
    @blp.response(200, StaffListOut)
    def get(self, data: dict[str, Any]) -> StaffListOut:
        """Members of staff with their competences"""
        with reading() as session:
            return StaffListOut([_described(one) for one in queries.staff(session, **data)])

    @blp.access(Role.ADMIN)
    @blp.arguments(StaffIn)
    @blp.response(201, StaffOut)
    def post(self, data: dict[str, Any]) -> StaffOut:
        """Add somebody who logs in"""
        with unit_of_work() as uow:
            staff_id = management.add_staff(uow, **data).id
        return _one(staff_id)


@blp.route("/staff/<uuid:staff_id>")
class OneStaffMember(MethodView):
    @blp.access(Role.ADMIN)
    @blp.response(200, StaffOut)
    def get(self, staff_id: uuid.UUID) -> StaffOut:
        """One member of staff with competences"""
        return _one(staff_id)

    @blp.access(Role.ADMIN)
    @blp.arguments(StaffPatchIn)
    @blp.response(200, StaffOut)
    def patch(self, data: dict[str, Any], staff_id: uuid.UUID) -> StaffOut:
        """Change role, organisation, login, password or activity"""
        with unit_of_work() as uow:
            management.change_staff(uow, staff_id, **data)
        return _one(staff_id)


@blp.route("/staff/<uuid:staff_id>/competences")
class StaffCompetences(MethodView):
    @blp.access(Role.ADMIN)
    @blp.arguments(CompetencesIn)
    @blp.response(200, StaffOut)
    def put(self, data: dict[str, Any], staff_id: uuid.UUID) -> StaffOut:
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
    def get(self, data: dict[str, Any]) -> CompetencesEndingOut:
        """Competences that end before a day: whom to train again"""
        with reading() as session:
            return CompetencesEndingOut(
                [
                    CompetenceEnding(
                        procedure=one.procedure,
                        valid_until=one.valid_until,
                        staff_id=one.staff_id,
                        staff_name=one.staff.name,
                    )
                    for one in queries.competences_ending(session, data["before"])
                ]
            )


def _one(staff_id: uuid.UUID) -> StaffOut:
    with reading() as session:
        return _described(queries.one_staff_member(session, staff_id))


def _described(staff: Staff) -> StaffOut:
    return StaffOut(
        id=staff.id,
        organisation_id=staff.organisation_id,
        organisation=staff.organisation.short_name,
        name=staff.name,
        role=staff.role,
        login=staff.login,
        phone=staff.phone,
        is_active=staff.is_active,
        competences=[CompetenceBody.of(one) for one in staff.competences],
    )
