"""Reading people: the search of the desk, one client in full, organisations and staff."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, selectinload

from backend.people import rules
from backend.people.models import Client, Competence, Organisation, Partnership, Staff
from backend.people.places import queries as places
from backend.people.rules import Role
from backend.platform.db import Session
from backend.platform.errors import Invalid, NotFound

MOST_FOUND = 20


def search_clients(session: Session, query: str) -> list[dict[str, Any]]:
    """Clients of whom every word of the query begins a name, a birth date, a postcode or a number.

    The least that tells two people apart leaves here; the rest needs a choice first.
    """
    words = rules.search_words(query)
    if not words:
        raise Invalid({"q": ["too_short"]}, shortest=rules.SHORTEST_QUERY)
    found = session.scalars(
        sa.select(Client)
        .where(Client.is_active, *(Client.search_text.contains(f" {word}") for word in words))
        .options(joinedload(Client.organisation))
        .order_by(Client.family_name, Client.initials, Client.birth_date)
        .limit(MOST_FOUND)
    )
    return [
        {
            "id": client.id,
            "name": client.label,
            "birth_year": client.birth_date.year if client.birth_date else None,
            "organisation": client.organisation.short_name if client.organisation else None,
            "postcode": client.postcode,
            "city": client.city,
            "is_provisional": client.is_provisional,
        }
        for client in found
    ]


PLAIN_FIELDS = (
    "id", "organisation_id", "client_number", "family_name", "prefix", "initials", "given_name", "sex", "birth_date",
    "phone", "street", "house_number", "addition", "postcode", "city", "address_line", "entry_note", "lat", "lon",
    "precision", "funding_law", "access_type", "access_note", "alerts", "language", "gp_name", "gp_phone",
    "contact_name", "contact_phone", "contact_relation", "treatment_limits", "is_provisional", "merged_into_id",
    "is_active",
)  # fmt: skip


def client(session: Session, client_id: uuid.UUID, today: date) -> dict[str, Any]:
    """One client in full. There is nothing secret in it: codes live in the key safe."""
    found = session.get(Client, client_id, options=[joinedload(Client.organisation)])
    if found is None:
        raise NotFound()
    region = places.region_of(session, found.postcode)
    organisation = found.organisation
    return {
        **{name: getattr(found, name) for name in PLAIN_FIELDS},
        "name": found.label,
        "age": found.age_on(today),
        "organisation": organisation,
        "region": region,
    }


def partnership(session: Session) -> Partnership:
    """The one row that says who we are together."""
    found = session.get(Partnership, 1)
    if found is None:
        raise NotFound()
    return found


def organisations(session: Session) -> list[Organisation]:
    """Every organisation that the reader may see, by name."""
    return list(session.scalars(sa.select(Organisation).order_by(Organisation.name)))


def staff(
    session: Session,
    *,
    organisation_id: uuid.UUID | None = None,
    role: Role | None = None,
    is_active: bool | None = None,
) -> list[Staff]:
    """Members of staff with their competences, by name."""
    wanted = sa.select(Staff).options(selectinload(Staff.competences), joinedload(Staff.organisation))
    for column, value in ((Staff.organisation_id, organisation_id), (Staff.role, role), (Staff.is_active, is_active)):
        if value is not None:
            wanted = wanted.where(column == value)
    return list(session.scalars(wanted.order_by(Staff.name)))


def one_staff_member(session: Session, staff_id: uuid.UUID) -> Staff:
    """One member of staff with competences."""
    found = session.get(Staff, staff_id, options=[selectinload(Staff.competences), joinedload(Staff.organisation)])
    if found is None:
        raise NotFound()
    return found


def competences_ending(session: Session, before: date) -> list[Competence]:
    """Competences of active staff that end before a day, soonest first: whom to train again."""
    return list(
        session.scalars(
            sa.select(Competence)
            .join(Competence.staff)
            .where(Staff.is_active, Competence.valid_until < before)
            .options(joinedload(Competence.staff))
            .order_by(Competence.valid_until, Staff.name)
        )
    )
