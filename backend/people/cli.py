"""`flask people`: organisations, staff and clients from the command line."""

from __future__ import annotations

from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from backend.people import client_file, client_import, management
from backend.people.console import FILE, MOST_SHOWN, Stop, operator, refuse, show_bad
from backend.people.files import UnreadableFile
from backend.people.models import Organisation
from backend.people.places.cli import gazetteer, import_regions, regions
from backend.people.rules import OrganisationKind, Precision, Role
from backend.platform.db import Session, reading
from backend.platform.dutch import count
from backend.platform.errors import DomainError
from backend.platform.uow import unit_of_work

people = AppGroup("people", help="Organisaties, medewerkers en cliënten.")
people_import = AppGroup("import", help="Een bestand inlezen.")
people.add_command(people_import)
people_import.add_command(import_regions)
__all__ = ["gazetteer", "people", "regions"]


@people_import.command("clients")
@FILE
@click.option("--organisation", required=True, help="Naam, korte naam of id van de organisatie.")
@click.option("--dry-run", is_flag=True, help="Laat alleen zien wat er zou veranderen.")
@click.option("--deactivate-left", is_flag=True, help="Zet wie niet meer in het bestand staat op niet-actief.")
def import_clients(file: Path, organisation: str, dry_run: bool, deactivate_left: bool) -> None:
    """Lees de cliënten van één organisatie uit een CSV-bestand; alles, of niets als er een regel niet klopt.

    Verplichte kolommen: clientnummer, achternaam, postcode, huisnummer. Verder mogen: tussenvoegsel, voorletters,
    roepnaam, geslacht, geboortedatum, telefoon, straat, toevoeging, plaats, ingang, wet (zvw, wlz, wmo),
    toegang (sleutelkluis, sleutelhouder, elektronisch slot, doet open), toegang_toelichting (nooit een code),
    signaleringen (gescheiden door |), taal, huisarts, huisarts_telefoon, contactpersoon, contact_telefoon,
    contact_relatie en behandelgrenzen. Een kolom die er niet is, laat staan wat we al weten.
    """
    try:
        found = client_file.read(file)
    except UnreadableFile as why:
        raise Stop(str(why)) from None
    if found.bad:
        click.echo(f"{count(len(found.bad), 'fout', 'fouten')} in {file.name}:", err=True)
        show_bad(found.bad[:MOST_SHOWN], len(found.bad))
        raise Stop("er is niets ingelezen.")
    if dry_run:
        with reading(operator()) as session:
            delta = client_import.compare(session, _organisation(session, organisation).id, found.rows)
            _show(session, delta, deactivate_left)
        click.echo("Dit was een proef: er is niets veranderd.")
        return
    with unit_of_work(actor=operator()) as uow:
        owner = _organisation(uow.session, organisation)
        delta = client_import.compare(uow.session, owner.id, found.rows)
        _show(uow.session, delta, deactivate_left)
        client_import.take_in(uow, owner.id, delta, file_name=file.name, deactivate_left=deactivate_left)
    click.echo("Ingelezen.")


_PLACED = {
    Precision.ADDRESS: "op het adres",
    Precision.PC6: "in het midden van de postcode",
    Precision.PC4: "in het midden van het postcodegebied",
    Precision.UNKNOWN: "niet gevonden",
}


def _show(session: Session, delta: client_import.Delta, deactivate_left: bool) -> None:
    for row in delta.new:
        click.echo(f"+ {row.client_number}  {row.facts['family_name']}, {row.facts['postcode']}")
    for row, client, changes in delta.changed:
        click.echo(f"~ {row.client_number}  {client.label}")
        for field, (before, after) in changes.items():
            click.echo(f"    {client_file.LABELS.get(field, field)}: {_said(before)} → {_said(after)}")
    for client in delta.left:
        click.echo(f"- {client.client_number}  {client.label}" + ("" if deactivate_left else " (blijft staan)"))
    for row, client in delta.look_alikes:
        click.echo(f"! {row.client_number} lijkt op {client.label}, {client.client_number or 'zonder nummer'}")
    click.echo(
        f"{len(delta.new)} nieuw, {len(delta.changed)} gewijzigd, {len(delta.unchanged)} ongewijzigd, "
        f"{len(delta.left)} niet meer in het bestand."
    )
    placed = client_import.precisions(session, delta)
    if placed:
        click.echo(
            "Op de kaart: " + ", ".join(f"{placed[p]} {words}" for p, words in _PLACED.items() if placed[p]) + "."
        )


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "(leeg)"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return str(value) if value not in (None, "") else "(leeg)"


def _organisation(session: Session, text: str) -> Organisation:
    everyone = session.scalars(sa.select(Organisation).order_by(Organisation.name)).all()
    wanted = text.strip().casefold()
    for organisation in everyone:
        if wanted in (str(organisation.id), organisation.name.casefold(), organisation.short_name.casefold()):
            return organisation
    names = ", ".join(organisation.name for organisation in everyone) or "nog geen"
    raise Stop(f"er is geen organisatie ‘{text}’. Wel: {names}.")


@people.command("set-partnership")
@click.argument("name")
@click.option("--desk-phone", required=True, help="Het telefoonnummer van de zorgcentrale.")
@click.option("--backup-note", default="", help="Wie er achterwacht heeft en hoe die te bereiken is.")
def set_partnership(name: str, desk_phone: str, backup_note: str) -> None:
    """Zeg hoe het samenwerkingsverband heet en welk nummer men belt."""
    with unit_of_work(actor=operator()) as uow:
        management.change_partnership(uow, name=name, desk_phone=desk_phone, backup_note=backup_note)
    click.echo(f"{name}, {desk_phone}.")


@people.command("add-organisation")
@click.argument("name")
@click.option("--short-name", default=None, help="Hoe de organisatie op het bord staat.")
@click.option("--kind", type=click.Choice([kind.value for kind in OrganisationKind]), default="care", show_default=True,
              help="care: heeft cliënten; desk: de zorgcentrale.")  # fmt: skip
@click.option("--phone", default=None)
@click.option("--email", default=None)
@click.option("--morning-email", default=None, help="Waar 's morgens het bericht heen gaat.")
def add_organisation(
    name: str, short_name: str | None, kind: str, phone: str | None, email: str | None, morning_email: str | None
) -> None:
    """Voeg een organisatie toe."""
    try:
        with unit_of_work(actor=operator()) as uow:
            added = management.add_organisation(
                uow,
                name=name,
                short_name=short_name or name,
                kind=OrganisationKind(kind),
                phone=phone,
                email=email,
                morning_email=morning_email,
            )
    except DomainError as error:
        refuse(error)
    click.echo(f"{added.name}: {added.id}")


@people.command("add-staff")
@click.argument("login")
@click.option("--name", required=True, help="Zoals de collega's haar kennen.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]))
@click.option("--organisation", required=True, help="Naam, korte naam of id van de organisatie.")
@click.option("--phone", default=None)
@click.password_option(
    prompt="Wachtwoord",
    help="Wordt gevraagd als u het niet geeft; op de opdrachtregel kan een ander meelezen.",
)
def add_staff(login: str, name: str, role: str, organisation: str, phone: str | None, password: str) -> None:
    """Voeg iemand toe die inlogt; zo ook de eerste beheerder."""
    try:
        with unit_of_work(actor=operator()) as uow:
            employer = _organisation(uow.session, organisation)
            added = management.add_staff(
                uow,
                organisation_id=employer.id,
                name=name,
                role=Role(role),
                login=login,
                password=password,
                phone=phone,
            )
    except DomainError as error:
        refuse(error)
    click.echo(f"{added.name} kan inloggen als ‘{added.login}’.")
