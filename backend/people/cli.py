"""`flask gazetteer`, `flask people` and `flask regions`: filling the house from files and from the command line."""

from __future__ import annotations

import csv
import getpass
import re
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from backend.people import client_file, client_import, management
from backend.people.models import Organisation, Region
from backend.people.places import files, queries, service
from backend.people.places import gazetteer as gazetteer_import
from backend.people.places.files import BadLine, Shape, UnreadableFile
from backend.people.places.rules import check_regions, parse_pc4_ranges, spans
from backend.people.rules import OrganisationKind, Role
from backend.platform.actor import Actor, Scope
from backend.platform.db import Session, reading
from backend.platform.errors import DomainError, Invalid
from backend.platform.uow import UnitOfWork, unit_of_work

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
MOST_SHOWN = 20

gazetteer = AppGroup("gazetteer", help="Adressen en postcodegebieden.")
people = AppGroup("people", help="Organisaties, medewerkers en cliënten.")
people_import = AppGroup("import", help="Een bestand inlezen.")
regions = AppGroup("regions", help="Regio's over postcodegebieden.")
people.add_command(people_import)
commands = [gazetteer, people, regions]


class Stop(click.ClickException):
    """A refusal in Dutch."""

    def show(self, file: Any = None) -> None:
        click.echo(f"Niet gelukt: {self.message}", file=file, err=True)


def _operator() -> Actor:
    """Whoever sits at the keyboard of the server, for the record."""
    return Actor(name=f"{getpass.getuser()} (opdrachtregel)", role="system", scope=Scope.ALL)


def _count(number: int, one: str, many: str) -> str:
    return f"{number:,}".replace(",", ".") + f" {one if number == 1 else many}"


def _show_bad(lines: Iterable[BadLine], total: int) -> None:
    for line in lines:
        click.echo(f"  regel {line.number}: {line.reason}", err=True)
    if total > MOST_SHOWN:
        click.echo(f"  … en nog {total - MOST_SHOWN}", err=True)


def _refuse(error: DomainError) -> NoReturn:
    """A refusal of the rooms, as a sentence."""
    reasons = error.errors if isinstance(error, Invalid) else {}
    details = {**error.details, **reasons}
    match error.code:
        case "postcode_area_taken":
            taken = ", ".join(f"{pc4} ({region})" for pc4, region in sorted(error.details["taken"].items()))
            sentence = f"deze postcodegebieden horen al bij een andere regio: {taken}. Met --move gaan ze over."
        case "name_taken":
            sentence = f"deze {error.details['field']} is al in gebruik."
        case "role_does_not_fit":
            sentence = "triagisten en beheerders zien alle organisaties; zij werken voor de zorgcentrale (--kind desk)."
        case "invalid" if "unknown" in details:
            unknown = ", ".join(details["unknown"])
            sentence = f"deze postcodegebieden kennen we niet: {unknown}. Lees eerst een bestand in met `flask gazetteer import`."
        case "invalid" if "password" in details:
            sentence = f"het wachtwoord is te kort; neem er minstens {management.SHORTEST_PASSWORD} tekens voor."
        case "invalid" if "login" in details:
            sentence = "een inlognaam heeft geen spaties."
        case _:
            sentence = f"{error.code} {details or ''}"
    raise Stop(sentence)


# --- gazetteer ---------------------------------------------------------------------------------

_WHAT = {Shape.ADDRESSES: "adressen", Shape.AREAS: "postcodegebieden", Shape.GEONAMES: "postcodegebieden (GeoNames)"}


@gazetteer.command("import")
@FILE
@click.option("--skip-bad", is_flag=True, help="Sla regels over die niet kloppen, in plaats van alles te weigeren.")
def import_gazetteer(file: Path, skip_bad: bool) -> None:
    """Lees adressen of postcodegebieden uit FILE.

    Herkent zelf wat erin staat: adressen (postcode, huisnummer, straat, plaats en coördinaten in graden, RD of als
    punt), postcodegebieden (pc4, plaats, lat, lon) en het postcodebestand van GeoNames. Nog eens inlezen mag.
    """
    try:
        recognised = files.recognise(file)
    except UnreadableFile as why:
        raise Stop(str(why)) from None
    kind = _WHAT[recognised.shape]
    click.echo(f"{file.name}: {kind}")
    with click.progressbar(length=recognised.size, label="Lezen  ") as bar:
        inspected = gazetteer_import.inspect(recognised, bar.update, shown=MOST_SHOWN)
    if inspected.bad:
        click.echo(f"{_count(inspected.bad, 'regel klopt', 'regels kloppen')} niet:", err=True)
        _show_bad(inspected.first_bad, inspected.bad)
        if not skip_bad:
            raise Stop("er is niets opgeslagen. Verbeter het bestand, of sla deze regels over met --skip-bad.")
    with (
        click.progressbar(length=inspected.good, label="Opslaan") as bar,
        unit_of_work(actor=_operator()) as uow,
    ):
        done = gazetteer_import.take_in(uow, recognised, bar.update)
    click.echo(
        f"Klaar: {_count(done.added, 'nieuw', 'nieuw')}, {done.changed} gewijzigd, {done.unchanged} ongewijzigd"
        + (f", {done.doubles} dubbel in het bestand" if done.doubles else "")
        + (f", {inspected.bad} overgeslagen" if inspected.bad else "")
        + "."
    )
    if done.estimated_areas:
        middles = _count(done.estimated_areas, "postcodegebied kreeg", "postcodegebieden kregen")
        click.echo(f"{middles} een midden uit deze adressen.")
    if done.better_placed_clients:
        moved = _count(done.better_placed_clients, "cliënt staat", "cliënten staan")
        click.echo(f"{moved} nu nauwkeuriger op de kaart.")


# --- clients -----------------------------------------------------------------------------------


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
        click.echo(f"{_count(len(found.bad), 'fout', 'fouten')} in {file.name}:", err=True)
        _show_bad(found.bad[:MOST_SHOWN], len(found.bad))
        raise Stop("er is niets ingelezen.")
    if dry_run:
        with reading(_operator()) as session:
            delta = client_import.compare(session, _organisation(session, organisation).id, found.rows)
            _show(delta, deactivate_left)
        click.echo("Dit was een proef: er is niets veranderd.")
        return
    with unit_of_work(actor=_operator()) as uow:
        owner = _organisation(uow.session, organisation)
        delta = client_import.compare(uow.session, owner.id, found.rows)
        _show(delta, deactivate_left)
        client_import.take_in(uow, owner.id, delta, file_name=file.name, deactivate_left=deactivate_left)
    click.echo("Ingelezen.")


def _show(delta: client_import.Delta, deactivate_left: bool) -> None:
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


# --- organisations and staff -------------------------------------------------------------------


@people.command("set-partnership")
@click.argument("name")
@click.option("--desk-phone", required=True, help="Het telefoonnummer van de zorgcentrale.")
@click.option("--backup-note", default="", help="Wie er achterwacht heeft en hoe die te bereiken is.")
def set_partnership(name: str, desk_phone: str, backup_note: str) -> None:
    """Zeg hoe het samenwerkingsverband heet en welk nummer men belt."""
    with unit_of_work(actor=_operator()) as uow:
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
def add_organisation(name: str, short_name: str | None, kind: str, **facts: str | None) -> None:
    """Voeg een organisatie toe."""
    try:
        with unit_of_work(actor=_operator()) as uow:
            added = management.add_organisation(
                uow, name=name, short_name=short_name or name, kind=OrganisationKind(kind), **facts
            )
    except DomainError as error:
        _refuse(error)
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
        with unit_of_work(actor=_operator()) as uow:
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
        _refuse(error)
    click.echo(f"{added.name} kan inloggen als ‘{added.login}’.")


# --- regions -----------------------------------------------------------------------------------


@regions.command("set")
@click.argument("name")
@click.option("--postcodes", required=True, help="Bijvoorbeeld 8261-8267,8271.")
@click.option("--code", default=None, help="Kort, voor op het bord; anders de eerste letters van de naam.")
@click.option("--move", is_flag=True, help="Neem gebieden over die bij een andere regio horen.")
def set_region(name: str, postcodes: str, code: str | None, move: bool) -> None:
    """Leg regio NAME over precies deze postcodegebieden."""
    _set_regions({name: (code, _ranges(postcodes))}, may_move=move)


@people_import.command("regions")
@FILE
@click.option("--move", is_flag=True, help="Neem gebieden over die bij een andere regio horen.")
def import_regions(file: Path, move: bool) -> None:
    """Lees regio's uit een CSV-bestand met de kolommen regio, postcodes (8261-8267,8271) en eventueel code."""
    try:
        wanted = _region_file(file)
    except UnreadableFile as why:
        raise Stop(str(why)) from None
    check = check_regions({name: areas for name, (_, areas) in wanted.items()}, {})
    if check.overlaps:
        double = "; ".join(f"{pc4}: {' en '.join(names)}" for pc4, names in check.overlaps.items())
        raise Stop(f"deze postcodegebieden staan bij meer dan één regio: {double}.")
    _set_regions(wanted, may_move=move)


@regions.command("check")
def check() -> None:
    """Laat zien welke postcodegebieden bij geen regio horen, of bij meer dan één."""
    _show_check()


def _ranges(text: str) -> list[str]:
    try:
        return parse_pc4_ranges(text)
    except ValueError as wrong:
        raise Stop(f"‘{wrong}’ is geen postcodegebied of reeks als 8261-8267.") from None


def _region_file(path: Path) -> dict[str, tuple[str | None, list[str]]]:
    if not path.is_file():
        raise UnreadableFile(f"Er is geen bestand {path}.")
    with path.open(encoding=files.encoding_of(path), newline="") as text:
        first = text.readline(100_000)
        text.seek(0)
        reader = csv.DictReader(text, delimiter=max(";\t|,", key=first.count))
        heading = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
        areas = heading.get("postcodes") or heading.get("pc4") or heading.get("postcode")
        if "regio" not in heading or areas is None:
            raise UnreadableFile("De eerste regel moet de kolommen ‘regio’ en ‘postcodes’ hebben.")
        found: dict[str, tuple[str | None, list[str]]] = {}
        for row in reader:
            name = (row[heading["regio"]] or "").strip()
            if not name:
                raise UnreadableFile(f"Op regel {reader.line_num} staat geen regio.")
            code = (row.get(heading.get("code", "")) or "").strip() or None
            try:
                more = parse_pc4_ranges(row[areas] or "")
            except ValueError as wrong:
                raise UnreadableFile(f"Op regel {reader.line_num} is ‘{wrong}’ geen postcodegebied.") from None
            known_code, known = found.get(name, (None, []))
            found[name] = (code or known_code, [*known, *more])
    return found


def _set_regions(wanted: dict[str, tuple[str | None, list[str]]], *, may_move: bool) -> None:
    try:
        with unit_of_work(actor=_operator()) as uow:
            for name, (code, areas) in wanted.items():
                known = uow.session.scalar(sa.select(Region).where(sa.func.lower(Region.name) == name.lower()))
                region = service.set_region(
                    uow,
                    region_id=known.id if known else None,
                    name=known.name if known else name,
                    code=code or (known.code if known else _free_code(uow, name)),
                    postcode_areas=areas,
                    may_move=may_move,
                )
                click.echo(f"{region.name} ({region.code}): {spans(a.pc4 for a in region.postcode_areas)}")
    except DomainError as error:
        _refuse(error)
    _show_check()


def _free_code(uow: UnitOfWork, name: str) -> str:
    start = re.sub(r"[^A-Z0-9]", "", name.upper())[:3] or uuid.uuid4().hex[:3].upper()
    taken = set(uow.session.scalars(sa.select(Region.code)))
    return next(code for code in (start, *(f"{start}{n}" for n in range(2, 1000))) if code not in taken)


def _show_check() -> None:
    with reading(_operator()) as session:
        check = queries.check_regions(session)
    if check.gaps:
        click.echo(f"Let op, nog zonder regio: {spans(check.gaps)}.")
    for pc4, names in check.overlaps.items():
        click.echo(f"Let op, {pc4} hoort bij {' en '.join(names)}.")
    if check.is_sound:
        click.echo("Elk postcodegebied dat we bedienen hoort bij precies één regio.")
