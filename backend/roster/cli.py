"""`flask fleet ...`: home bases, cars and shifts from the command line, until a roster system delivers them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup, with_appcontext

from backend.people.addresses import normalise_postcode
from backend.people.console import Stop, operator, refuse
from backend.people.models import Region, Staff
from backend.people.places import queries as places
from backend.platform.clock import AMSTERDAM, local
from backend.platform.errors import DomainError
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork, unit_of_work
from backend.roster import rules
from backend.roster import service as roster
from backend.roster.models import Car, HomeBase

fleet = AppGroup("fleet", help="Standplaatsen, auto's en diensten.")
commands = [fleet]


@fleet.command("base")
@click.argument("name")
@click.option("--postcode", required=True, help="De postcode waar hij ligt.")
@click.option("--number", "house_number", type=int, help="Het huisnummer, voor de precieze plek.")
@click.option("--region", help="De regio waar hij bij hoort.")
@with_appcontext
def base(name: str, postcode: str, house_number: int | None, region: str | None) -> None:
    """Voeg de plek toe waar auto's hun dienst beginnen en eindigen."""

    def add(uow: UnitOfWork) -> str:
        found = places.locate(uow.session, normalise_postcode(postcode), house_number)
        if found.point is None:
            raise Stop(f"Postcode {postcode} is onbekend. Lees eerst een gazetteer in.")
        roster.add_home_base(
            uow, id=new_id(), name=name, lat=found.point.lat, lon=found.point.lon, region_id=_region(uow, region)
        )
        return f"Standplaats {name} staat erin ({found.precision.value})."

    _do(add)


@fleet.command("car")
@click.argument("number", type=int)
@click.option("--base", "base_name", required=True, help="De standplaats.")
@click.option("--region", help="De regio waarvoor hij rijdt.")
@click.option("--name", help="Hoe iedereen hem noemt; anders 'Auto NUMMER'.")
@click.option("--phone", help="De telefoon in de auto.")
@with_appcontext
def car(number: int, base_name: str, region: str | None, name: str | None, phone: str | None) -> None:
    """Voeg een auto toe."""

    def add(uow: UnitOfWork) -> str:
        home = uow.session.scalar(sa.select(HomeBase).where(HomeBase.name == base_name))
        if home is None:
            raise Stop(f"Er is geen standplaats {base_name!r}. Maak hem met: flask fleet base")
        called = name or f"Auto {number}"
        roster.add_car(
            uow,
            id=new_id(),
            name=called,
            number=number,
            home_base_id=home.id,
            region_id=_region(uow, region),
            phone=phone,
        )
        return f"{called} staat erin."

    _do(add)


@fleet.command("shift")
@click.argument("car_number", type=int)
@click.option("--nurse", "login", required=True, help="De inlognaam van wie rijdt.")
@click.option("--from", "begins", help="Begin, als 2026-11-22T23:00; anders 23:00 deze nacht.")
@click.option("--hours", type=float, help="Lengte in uren; anders tot 07:00.")
@click.option("--backup", is_flag=True, help="Achterwacht: slaapt tot hij gewekt wordt.")
@with_appcontext
def shift(car_number: int, login: str, begins: str | None, hours: float | None, backup: bool) -> None:
    """Zet een verpleegkundige voor een nacht in een auto."""

    def add(uow: UnitOfWork) -> str:
        found = uow.session.scalar(sa.select(Car).where(Car.number == car_number))
        nurse = uow.session.scalar(sa.select(Staff).where(Staff.login == login.strip().lower()))
        if found is None or nurse is None:
            raise Stop(f"Auto {car_number} of {login!r} bestaat niet.")
        start, end = rules.night_around(uow.now)
        if begins is not None:
            start = _moment(begins)
            end = rules.night_around(start)[1]
        if hours is not None:
            end = start + timedelta(hours=hours)
        made = roster.add_shift(
            uow, id=new_id(), car_id=found.id, nurse_id=nurse.id, starts_at=start, ends_at=end, is_backup=backup
        )
        return f"{nurse.name} rijdt {found.name}: {local(made.starts_at):%d-%m %H:%M} tot {local(made.ends_at):%H:%M}."

    _do(add)


def _do(add: Callable[[UnitOfWork], str]) -> None:
    try:
        with unit_of_work(actor=operator()) as uow:
            said = add(uow)
    except DomainError as refused:
        refuse(refused)
    click.echo(said)


def _region(uow: UnitOfWork, name: str | None) -> Any:
    if name is None:
        return None
    found = uow.session.scalar(sa.select(Region).where(sa.or_(Region.name == name, Region.code == name)))
    if found is None:
        raise Stop(f"Er is geen regio {name!r}. Teken hem met: flask regions set")
    return found.id


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Stop(f"{text!r} is geen tijd. Schrijf bijvoorbeeld 2026-11-22T23:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=AMSTERDAM)
