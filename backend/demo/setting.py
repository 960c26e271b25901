"""Who and what there is before the demo night begins: organisations, people, places, cars. Laid down once."""

import math
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID, uuid5

import sqlalchemy as sa

from backend.demo import cast
from backend.people import management
from backend.people import places as people_places
from backend.people.models import Client, Organisation, PostcodeArea
from backend.people.places import gazetteer
from backend.people.places.files import recognise
from backend.people.places.service import set_region
from backend.people.rules import AccessType, FundingLaw, OrganisationKind, Precision, ReservedProcedure, Role, Sex
from backend.platform.uow import UnitOfWork
from backend.roster import service as roster
from backend.triage import scope_lists
from backend.triage import service as triage

_SPACE = UUID("9d1c1f64-51f2-7b3e-9d0e-6e6163687401")


@cache
def demo_id(*parts: object) -> UUID:
    """The same id for the same thing on every machine."""
    return uuid5(_SPACE, "/".join(str(part) for part in parts))


def lay_down(uow: UnitOfWork) -> None:
    """Everything that stands still; a second time changes nothing."""
    if uow.session.get(Organisation, demo_id("desk")) is not None:
        return
    management.change_partnership(uow, name=cast.PARTNERSHIP, desk_phone=cast.DESK_PHONE)
    _organisations(uow)
    _places(uow)
    _staff(uow)
    _clients(uow)
    triage.publish_scope_list(uow, scope_lists.read(Path(scope_lists.__file__).parent / "scope_lists" / "example.toml"))


def _organisations(uow: UnitOfWork) -> None:
    management.add_organisation(
        uow,
        id=demo_id("desk"),
        name=cast.DESK,
        short_name="Centrale",
        kind=OrganisationKind.DESK,
        phone=cast.DESK_PHONE,
    )
    for name, login in cast.ORGANISATIONS:
        management.add_organisation(
            uow, id=demo_id("organisation", login), name=name, short_name=name, phone="020 555 02 00"
        )


def _places(uow: UnitOfWork) -> None:
    gazetteer.take_in(uow, recognise(Path(people_places.__file__).parent / "amsterdam.csv"))
    known = set(uow.session.scalars(sa.select(PostcodeArea.pc4)))
    for name, code, span in cast.REGIONS:
        areas = [str(pc4) for pc4 in span if str(pc4) in known]
        set_region(uow, name=name, code=code, postcode_areas=areas, region_id=demo_id("region", code))


def _staff(uow: UnitOfWork) -> None:
    people = [(demo_id("desk"), name, login, Role(role)) for name, login, role in cast.DESK_STAFF]
    people += [(demo_id("desk"), nurse.name, nurse.login, Role.NURSE) for nurse in cast.NURSES]
    people += [
        (demo_id("organisation", login), f"Teammanager {name}", login, Role.TEAM_MANAGER)
        for name, login in cast.ORGANISATIONS
    ]
    for organisation_id, name, login, role in people:
        management.add_staff(
            uow, id=demo_id("staff", login), organisation_id=organisation_id, name=name, role=role, login=login,
            password=cast.PASSWORD,
        )  # fmt: skip
    for nurse in cast.NURSES:
        until = {
            ReservedProcedure(procedure): _years_from(uow.now, years) for procedure, years in nurse.competences.items()
        }
        management.set_competences(uow, demo_id("staff", nurse.login), until.items())
        base_name, lat, lon = nurse.base
        base_id, region_id = demo_id("base", base_name), demo_id("region", nurse.region)
        roster.add_home_base(uow, id=base_id, name=base_name, lat=lat, lon=lon, region_id=region_id)
        name = "Achterwacht" if nurse.is_backup else f"Auto {nurse.car}"
        roster.add_car(
            uow, id=demo_id("car", nurse.car), name=name, number=nurse.car, home_base_id=base_id, region_id=region_id,
            phone=f"06 555 0{nurse.car} 00",
        )  # fmt: skip


def _years_from(now: datetime, years: float) -> date:
    return (now + timedelta(days=365 * years)).date()


def _clients(uow: UnitOfWork) -> None:
    centres = {area.pc4: area for area in uow.session.scalars(sa.select(PostcodeArea))}
    for place, person in enumerate(cast.clients()):
        centre = centres[person.postcode[:4]]
        login = cast.ORGANISATIONS[person.organisation][1]
        name, phone, relation = person.contact
        uow.session.add(
            Client(
                id=demo_id("client", place),
                organisation_id=demo_id("organisation", login),
                client_number=person.number,
                family_name=person.family_name,
                prefix=person.prefix,
                initials=person.initials,
                sex=Sex(person.sex),
                birth_date=person.birth_date,
                phone=person.phone,
                street=person.street,
                house_number=person.house_number,
                addition=person.addition,
                postcode=person.postcode,
                city="Amsterdam",
                # Invented doors, somewhere in the real postcode area: put on the map by hand, and it says so.
                lat=round(centre.lat + person.north_m / 111_320, 5),
                lon=round(centre.lon + person.east_m / (111_320 * math.cos(math.radians(centre.lat))), 5),
                precision=Precision.PINNED,
                funding_law=FundingLaw(person.funding_law),
                access_type=AccessType(person.access_type),
                access_note=person.access_note,
                alerts=person.alerts,
                contact_name=name,
                contact_phone=phone,
                contact_relation=relation,
                gp_name="Huisartsenpraktijk De Sluis",
                gp_phone="020 555 03 00",
            )
        )
    uow.session.flush()
