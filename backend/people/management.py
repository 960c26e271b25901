"""What an administrator does: organisations, staff, competences. Nothing is ever thrown away, only set inactive."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from backend.people import rules
from backend.people.events import (
    CompetencesChanged,
    OrganisationAdded,
    OrganisationChanged,
    PartnershipChanged,
    StaffAdded,
    StaffChanged,
    differences,
)
from backend.people.models import Competence, Organisation, Partnership, Staff
from backend.people.rules import ReservedProcedure, Role
from backend.platform import login
from backend.platform.errors import DomainError, Invalid, NotFound
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork

SHORTEST_PASSWORD = 12


class NameTaken(DomainError):
    """Another one has this name or login already; `field` says which."""

    code = "name_taken"


class RoleDoesNotFit(DomainError):
    """Who looks across all organisations must work for the desk."""

    code = "role_does_not_fit"
    http_status = 422


class LastAdmin(DomainError):
    """Somebody must be left who can manage staff."""

    code = "last_admin"


def change_partnership(uow: UnitOfWork, **facts: Any) -> Partnership:
    """Name and telephone numbers of the partnership; the first time makes its row."""
    partnership = uow.session.get(Partnership, 1)
    if partnership is None:
        partnership = Partnership(id=1, name="", desk_phone="")
        uow.session.add(partnership)
    changes = differences(partnership, facts)
    _put(partnership, facts)
    uow.session.flush()
    if changes:
        uow.record(PartnershipChanged(changes=changes))
    return partnership


# --- organisations -----------------------------------------------------------------------------


def add_organisation(uow: UnitOfWork, *, name: str, id: uuid.UUID | None = None, **facts: Any) -> Organisation:
    """An organisation joins. Sending the same one twice changes nothing."""
    if id is not None and (known := uow.session.get(Organisation, id)) is not None:
        return known
    _refuse_taken(uow, Organisation.name, name, None)
    organisation = Organisation(id=id or new_id(), name=name, **{"short_name": name, **facts})
    uow.session.add(organisation)
    uow.session.flush()
    uow.record(OrganisationAdded(organisation_id=organisation.id, id=organisation.id, name=name))
    return organisation


def change_organisation(uow: UnitOfWork, organisation_id: uuid.UUID, **facts: Any) -> Organisation:
    """Names, numbers, addresses; an organisation that left is set inactive, and nobody of it logs in any more."""
    organisation = uow.session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound()
    if "name" in facts:
        _refuse_taken(uow, Organisation.name, facts["name"], organisation_id)
    changes = differences(organisation, facts)
    if {"kind", "is_active"} & set(changes):
        _guard_organisation(uow, organisation, facts)
    _put(organisation, facts)
    uow.session.flush()
    if changes:
        uow.record(OrganisationChanged(organisation_id=organisation.id, id=organisation.id, changes=changes))
    return organisation


def _guard_organisation(uow: UnitOfWork, organisation: Organisation, facts: Mapping[str, Any]) -> None:
    active = uow.session.scalars(
        sa.select(Staff).where(Staff.organisation_id == organisation.id, Staff.is_active)
    ).all()
    kind = facts.get("kind", organisation.kind)
    if not all(rules.role_fits(person.role, kind) for person in active):
        raise RoleDoesNotFit()
    if facts.get("is_active") is False and any(person.role is Role.ADMIN for person in active):
        _refuse_last_admin(uow, {person.id for person in active})


# --- staff -------------------------------------------------------------------------------------


def add_staff(
    uow: UnitOfWork,
    *,
    organisation_id: uuid.UUID,
    name: str,
    role: Role,
    login: str,
    password: str,
    id: uuid.UUID | None = None,
    phone: str | None = None,
) -> Staff:
    """Somebody can log in from now on. Sending the same person twice changes nothing."""
    if id is not None and (known := uow.session.get(Staff, id)) is not None:
        return known
    login = _tidy_login(login)
    _refuse_taken(uow, Staff.login, login, None)
    _refuse_misfit(uow, organisation_id, role)
    staff = Staff(
        id=id or new_id(),
        organisation_id=organisation_id,
        name=name,
        role=role,
        login=login,
        password_hash=_hashed(password),
        phone=phone,
    )
    uow.session.add(staff)
    uow.session.flush()
    uow.record(StaffAdded(organisation_id=organisation_id, staff_id=staff.id, name=name, role=role.value, login=login))
    return staff


def change_staff(uow: UnitOfWork, staff_id: uuid.UUID, *, password: str | None = None, **facts: Any) -> Staff:
    """Role, organisation, login, password, activity. What takes rights away ends every session at once."""
    staff = _staff(uow, staff_id)
    if "login" in facts:
        facts["login"] = _tidy_login(facts["login"])
        _refuse_taken(uow, Staff.login, facts["login"], staff_id)
    if {"role", "organisation_id"} & set(facts):
        _refuse_misfit(uow, facts.get("organisation_id", staff.organisation_id), facts.get("role", staff.role))
    changes = differences(staff, facts)
    stays_admin = facts.get("role", staff.role) is Role.ADMIN and facts.get("is_active", staff.is_active)
    if staff.role is Role.ADMIN and staff.is_active and not stays_admin:
        _refuse_last_admin(uow, {staff.id})
    if password is not None:
        facts["password_hash"] = _hashed(password)
        changes["password"] = ["(geheim)", "(geheim)"]
    _put(staff, facts)
    uow.session.flush()
    if {"role", "organisation_id", "is_active", "password"} & set(changes):
        login.end_all(uow, staff.id)
    if changes:
        uow.record(StaffChanged(organisation_id=staff.organisation_id, staff_id=staff.id, changes=changes))
    return staff


def set_competences(
    uow: UnitOfWork, staff_id: uuid.UUID, competences: Iterable[tuple[ReservedProcedure, date]]
) -> Staff:
    """Everything that somebody may do, and until when; what is not named is no longer held."""
    staff = _staff(uow, staff_id)
    wanted = dict(competences)
    held = {competence.procedure: competence for competence in staff.competences}
    changes = {
        procedure.value: [_day(held.get(procedure)), str(wanted[procedure]) if procedure in wanted else None]
        for procedure in (*held, *(p for p in wanted if p not in held))
        if procedure not in wanted or procedure not in held or held[procedure].valid_until != wanted[procedure]
    }
    for procedure, competence in held.items():
        if procedure in wanted:
            competence.valid_until = wanted[procedure]
        else:
            staff.competences.remove(competence)
    for procedure, valid_until in wanted.items():
        if procedure not in held:
            staff.competences.append(Competence(id=new_id(), procedure=procedure, valid_until=valid_until))
    uow.session.flush()
    if changes:
        uow.record(CompetencesChanged(organisation_id=staff.organisation_id, staff_id=staff.id, changes=changes))
    return staff


def _day(competence: Competence | None) -> str | None:
    return str(competence.valid_until) if competence else None


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid({"password": ["too_short"]}, shortest=SHORTEST_PASSWORD)
    return login.hash_password(password)


def _tidy_login(text: str) -> str:
    tidy = text.strip().lower()
    if not tidy or any(c.isspace() for c in tidy):
        raise Invalid({"login": ["invalid"]})
    return tidy


def _staff(uow: UnitOfWork, staff_id: uuid.UUID) -> Staff:
    staff = uow.session.get(Staff, staff_id)
    if staff is None:
        raise NotFound()
    return staff


def _put(row: object, facts: Mapping[str, Any]) -> None:
    for name, value in facts.items():
        setattr(row, name, value)


def _refuse_taken(uow: UnitOfWork, column: Any, text: str, except_id: uuid.UUID | None) -> None:
    owner = column.class_
    taken = sa.select(owner.id).where(sa.func.lower(column) == text.lower())
    if any(found != except_id for found in uow.session.scalars(taken)):
        raise NameTaken(field=column.key)


def _refuse_misfit(uow: UnitOfWork, organisation_id: uuid.UUID, role: Role) -> None:
    organisation = uow.session.get(Organisation, organisation_id)
    if organisation is None:
        raise Invalid({"organisation_id": ["unknown"]})
    if not rules.role_fits(role, organisation.kind):
        raise RoleDoesNotFit(role=role.value, kind=organisation.kind.value)


def _refuse_last_admin(uow: UnitOfWork, leaving: set[uuid.UUID]) -> None:
    others = (
        sa.select(Staff.id)
        .join(Staff.organisation)
        .where(Staff.role == Role.ADMIN, Staff.is_active, Organisation.is_active, Staff.id.not_in(leaving))
    )
    if uow.session.scalar(others.limit(1)) is None:
        raise LastAdmin()
