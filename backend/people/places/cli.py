"""`flask gazetteer` and `flask regions`: addresses, postcode areas and regions from the command line."""

from __future__ import annotations

import csv
import re
import uuid
from pathlib import Path

import click
import sqlalchemy as sa
from flask.cli import AppGroup, with_appcontext

from backend.people.console import FILE, MOST_SHOWN, Stop, operator, refuse, show_bad
from backend.people.files import UnreadableFile, encoding_of
from backend.people.models import PostcodeArea, Region
from backend.people.places import files, queries, service
from backend.people.places import gazetteer as gazetteer_import
from backend.people.places.files import Shape
from backend.people.places.rules import check_regions, parse_pc4_ranges, spans
from backend.platform.db import reading
from backend.platform.dutch import count, thousands
from backend.platform.errors import DomainError
from backend.platform.uow import UnitOfWork, unit_of_work

gazetteer = AppGroup("gazetteer", help="Adressen en postcodegebieden.")
regions = AppGroup("regions", help="Regio's over postcodegebieden.")


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
        click.echo(f"{count(inspected.bad, 'regel klopt', 'regels kloppen')} niet:", err=True)
        show_bad(inspected.first_bad, inspected.bad)
        if not skip_bad:
            raise Stop("er is niets opgeslagen. Verbeter het bestand, of sla deze regels over met --skip-bad.")
    with (
        click.progressbar(length=inspected.good, label="Opslaan") as bar,
        unit_of_work(actor=operator()) as uow,
    ):
        done = gazetteer_import.take_in(uow, recognised, bar.update)
    click.echo(
        f"Klaar: {thousands(done.added)} nieuw, {thousands(done.changed)} gewijzigd, "
        f"{thousands(done.unchanged)} ongewijzigd"
        + (f", {done.doubles} dubbel in het bestand" if done.doubles else "")
        + (f", {inspected.bad} overgeslagen" if inspected.bad else "")
        + "."
    )
    if done.estimated_areas:
        middles = count(done.estimated_areas, "postcodegebied kreeg", "postcodegebieden kregen")
        click.echo(f"{middles} een midden uit deze adressen.")
    if done.better_placed_clients:
        moved = count(done.better_placed_clients, "cliënt staat", "cliënten staan")
        click.echo(f"{moved} nu nauwkeuriger op de kaart.")


@regions.command("set")
@click.argument("name")
@click.option("--postcodes", required=True, help="Bijvoorbeeld 8261-8267,8271.")
@click.option("--code", default=None, help="Kort, voor op het bord; anders de eerste letters van de naam.")
@click.option("--move", is_flag=True, help="Neem gebieden over die bij een andere regio horen.")
def set_region(name: str, postcodes: str, code: str | None, move: bool) -> None:
    """Leg regio NAME over precies deze postcodegebieden."""
    _set_regions({name: (code, _ranges(postcodes))}, may_move=move)


@click.command("regions")
@FILE
@click.option("--move", is_flag=True, help="Neem gebieden over die bij een andere regio horen.")
@with_appcontext
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
        return parse_pc4_ranges(text, _known_areas())
    except ValueError as wrong:
        raise Stop(f"‘{wrong}’ is geen postcodegebied of reeks als 8261-8267.") from None


def _known_areas() -> set[str]:
    with reading(operator()) as session:
        return set(session.scalars(sa.select(PostcodeArea.pc4)))


def _region_file(path: Path) -> dict[str, tuple[str | None, list[str]]]:
    if not path.is_file():
        raise UnreadableFile(f"Er is geen bestand {path}.")
    with path.open(encoding=encoding_of(path), newline="") as text:
        first = text.readline(100_000)
        text.seek(0)
        reader = csv.DictReader(text, delimiter=max(";\t|,", key=first.count))
        heading = {(name or "").strip().casefold(): name for name in reader.fieldnames or ()}
        areas = heading.get("postcodes") or heading.get("pc4") or heading.get("postcode")
        if "regio" not in heading or areas is None:
            raise UnreadableFile("De eerste regel moet de kolommen ‘regio’ en ‘postcodes’ hebben.")
        found: dict[str, tuple[str | None, list[str]]] = {}
        known_areas = _known_areas()
        for row in reader:
            name = (row[heading["regio"]] or "").strip()
            if not name:
                raise UnreadableFile(f"Op regel {reader.line_num} staat geen regio.")
            code = (row.get(heading.get("code", "")) or "").strip() or None
            try:
                more = parse_pc4_ranges(row[areas] or "", known_areas)
            except ValueError as wrong:
                raise UnreadableFile(f"Op regel {reader.line_num} is ‘{wrong}’ geen postcodegebied.") from None
            known_code, known = found.get(name, (None, []))
            found[name] = (code or known_code, [*known, *more])
    return found


def _set_regions(wanted: dict[str, tuple[str | None, list[str]]], *, may_move: bool) -> None:
    try:
        with unit_of_work(actor=operator()) as uow:
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
        refuse(error)
    _show_check()


def _free_code(uow: UnitOfWork, name: str) -> str:
    start = re.sub(r"[^A-Z0-9]", "", name.upper())[:3] or uuid.uuid4().hex[:3].upper()
    taken = set(uow.session.scalars(sa.select(Region.code)))
    return next(code for code in (start, *(f"{start}{n}" for n in range(2, 1000))) if code not in taken)


def _show_check() -> None:
    with reading(operator()) as session:
        check = queries.check_regions(session)
    if check.gaps:
        click.echo(f"Let op, nog zonder regio: {spans(check.gaps)}.")
    for pc4, names in check.overlaps.items():
        click.echo(f"Let op, {pc4} hoort bij {' en '.join(names)}.")
    if check.is_sound:
        click.echo("Elk postcodegebied dat we bedienen hoort bij precies één regio.")
