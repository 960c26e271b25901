"""Things of the night, ready made: `a_client()`, `a_staff_member(role=Role.NURSE)`. Say only what matters to your test.

Each builder commits what it made and hands it back; it needs an app context (the `app` fixture pushes one).
"""

from __future__ import annotations

import itertools
import uuid
from datetime import date
from typing import Any, TypeVar

from backend.people.models import (
    Client,
    Competence,
    Organisation,
    Partnership,
    PostcodeArea,
    Region,
    Staff,
    TreatmentRelation,
)
from backend.people.rules import AccessType, FundingLaw, OrganisationKind, Precision, ReservedProcedure, Role, Sex
from backend.platform.actor import SYSTEM, Actor, Scope
from backend.platform.db import reading
from backend.platform.ids import new_id
from backend.platform.uow import unit_of_work

Row = TypeVar("Row")
_numbers = itertools.count(1)
SCOPES = {
    Role.TRIAGIST: Scope.ALL,
    Role.ADMIN: Scope.ALL,
    Role.TEAM_MANAGER: Scope.ORGANISATION,
    Role.NURSE: Scope.ASSIGNED,
}


def kept(row: Row, *others: object) -> Row:
    """Commit these rows as the house itself; the first one is handed back."""
    with unit_of_work(actor=SYSTEM) as uow:
        uow.session.add_all([row, *others])
    return row


def actor_of(staff: Staff) -> Actor:
    """The actor that this member of staff is once logged in."""
    return Actor(
        staff_id=staff.id,
        name=staff.name,
        role=staff.role,
        organisation_id=staff.organisation_id,
        scope=SCOPES[staff.role],
    )


def the_partnership(**given: Any) -> Partnership:
    """The one row that says who we are together; made on first use."""
    with reading(SYSTEM) as session:
        known = session.get(Partnership, 1)
    return known or kept(Partnership(**{"id": 1, "name": "Nachtzorg Test", "desk_phone": "020 555 01 00", **given}))


def an_organisation(**given: Any) -> Organisation:
    """An organisation with clients of its own."""
    number = next(_numbers)
    return kept(
        Organisation(
            **{
                "id": new_id(),
                "name": f"Thuiszorg De Linde {number}",
                "short_name": f"Linde {number}",
                "kind": OrganisationKind.CARE,
                "email": f"linde{number}@example.org",
                "phone": "020 555 01 01",
                **given,
            }
        )
    )


def the_desk(**given: Any) -> Organisation:
    """The organisation that answers the telephone for all."""
    number = next(_numbers)
    return an_organisation(
        **{"name": f"Zorgcentrale {number}", "short_name": f"ZC {number}", "kind": OrganisationKind.DESK, **given}
    )


def a_staff_member(
    role: Role = Role.TRIAGIST,
    organisation: Organisation | None = None,
    competences: tuple[str, ...] = (),
    **given: Any,
) -> Staff:
    """Somebody who may log in. Her password is useless: tests log in through `client_as`."""
    number = next(_numbers)
    employer = organisation or (the_desk() if role in (Role.TRIAGIST, Role.ADMIN) else an_organisation())
    staff = Staff(
        **{
            "id": new_id(),
            "organisation_id": employer.id,
            "name": f"Noor van Dijk {number}",
            "role": role,
            "login": f"noor{number}",
            "password_hash": "no password fits this",
            "phone": "06 55 50 12 34",
            **given,
        }
    )
    held = [
        Competence(
            id=new_id(), staff_id=staff.id, procedure=ReservedProcedure(procedure), valid_until=date(2030, 12, 31)
        )
        for procedure in competences
    ]
    return kept(staff, *held)


def a_nurse(**given: Any) -> Staff:
    """Somebody who drives tonight."""
    return a_staff_member(role=Role.NURSE, **given)


def a_client(organisation: Organisation | None = None, **given: Any) -> Client:
    """Mevrouw De Groot, 84, on the second floor, with a catheter that may block."""
    number = next(_numbers)
    owner = {} if "organisation_id" in given else {"organisation_id": (organisation or an_organisation()).id}
    return kept(
        Client(
            **{
                "id": new_id(),
                "client_number": f"C{number:05}",
                "family_name": "Groot",
                "prefix": "de",
                "initials": "J.",
                "sex": Sex.FEMALE,
                "birth_date": date(1941, 5, 3),
                "phone": "020 555 12 34",
                "street": "Admiraal de Ruijterweg",
                "house_number": 214,
                "addition": "2",
                "postcode": "1055DL",
                "city": "Amsterdam",
                "lat": 52.3731,
                "lon": 4.8571,
                "precision": Precision.ADDRESS,
                "funding_law": FundingLaw.ZVW,
                "access_type": AccessType.KEY_HOLDER,
                "alerts": [],
                **owner,
                **given,
            }
        )
    )


def a_treatment_relation(
    client: Client, staff: Staff, *, valid_from: Any, valid_until: Any = None
) -> TreatmentRelation:
    """From now on this nurse may see this client."""
    return kept(
        TreatmentRelation(
            id=new_id(),
            organisation_id=client.organisation_id,
            client_id=client.id,
            staff_id=staff.id,
            valid_from=valid_from,
            valid_until=valid_until,
        )
    )


def a_region(*areas: str, **given: Any) -> Region:
    """A region over some postcode areas: `a_region("1055", "1056")`."""
    number = next(_numbers)
    region = Region(**{"id": new_id(), "name": f"Amsterdam West {number}", "code": f"W{number}", **given})
    places = [PostcodeArea(pc4=pc4, place="Amsterdam", lat=52.37, lon=4.86, region_id=region.id) for pc4 in areas]
    return kept(region, *places)


def an_id() -> uuid.UUID:
    """An id that belongs to nothing yet."""
    return new_id()
