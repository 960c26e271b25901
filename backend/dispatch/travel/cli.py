"""`flask roads ...` and `flask travel ...`: the road map of this house, and how well its driving times do."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from backend.dispatch.travel import calibration, road_map
from backend.dispatch.travel.calibration_rules import FEWEST_TRIPS
from backend.dispatch.travel.road_map import MapFacts, UnusableMap
from backend.people.console import FILE, Stop, operator
from backend.platform.clock import now
from backend.platform.config import settings
from backend.platform.db import reading
from backend.platform.dutch import count, thousands
from backend.platform.uow import unit_of_work

roads = AppGroup("roads", help="De wegenkaart waarover rijtijden worden gerekend.")

travel = AppGroup("travel", help="Rijtijden: ijken op wat er echt is gereden.")

INSTALL = f"{sys.executable} -m pip install 'osmium>=4.3,<5' 'pyroutingkit>=0.2,<1'"
_REFUSED = {
    "no_osmium": f"een wegenkaart inlezen vraagt twee pakketten die er niet zijn. Doe eerst: {INSTALL}",
    "no_file": "er is geen bestand {file}.",
    "unreadable": "{file} is geen kaart van OpenStreetMap (.osm.pbf of .osm), of het bestand is niet heel.",
    "no_roads": "in {file} staan geen wegen waarover een auto mag.",
    "not_well": "over de wegen in {file} kan niet gewoon worden gereden; de kaart is niet bewaard.",
    "no_graph": "{file} is geen bewaarde wegenkaart. Lees hem opnieuw in met: flask roads import BESTAND",
}


@roads.command("import")
@FILE
@with_appcontext
def import_roads(file: Path) -> None:
    """Lees de wegen uit FILE, een uitsnede van OpenStreetMap (.osm.pbf).

    Pas als alles gelezen en proefgereden is, vervangt de nieuwe kaart de oude. Servers merken het zelf.
    """
    kept = settings().roads_file
    try:
        with _progress("Wegen lezen") as progress:
            facts = road_map.take_in(str(file), kept, progress)
    except UnusableMap as why:
        raise _refusal(why, str(file)) from None
    except OSError as why:
        raise Stop(f"de kaart kan niet worden bewaard in {kept} ({why.strerror}).") from None
    _tell(facts)
    click.echo(f"Bewaard in {kept}.")
    if settings().travel != "roads":
        click.echo("Rijtijden komen nog niet van deze kaart. Zet daarvoor NACHTRONDE_TRAVEL=roads en start opnieuw.")


@roads.command("status")
@with_appcontext
def status() -> None:
    """Laat zien welke wegenkaart er is, of hij gezond is, en of hij wordt gebruikt."""
    kept = settings().roads_file
    try:
        facts = road_map.look_at(kept)
    except UnusableMap as why:
        if why.code == "no_file":
            raise Stop("er is nog geen wegenkaart. Lees hem in met: flask roads import BESTAND") from None
        raise _refusal(why, kept) from None
    _tell(facts)
    used = {"roads": "Deze kaart geeft de rijtijden."}
    click.echo(used.get(settings().travel, f"Deze kaart wordt niet gebruikt: NACHTRONDE_TRAVEL={settings().travel}."))


_SOURCES = {"crow": "geschat", "roads": "wegenkaart", "osrm": "osrm", "valhalla": "valhalla"}


@travel.command("calibrate")
@click.option("--nights", default=calibration.NIGHTS, show_default=True, type=click.IntRange(1, 400))
@click.option("--apply", "is_applied", is_flag=True, help="Reken vanaf nu met de gemeten factor.")
@with_appcontext
def calibrate(nights: int, is_applied: bool) -> None:
    """Vergelijk geplande met gereden minuten, en zeg met welke factor de rijtijden het best kloppen.

    Telt ritten waarvan de telefoon zelf vertrek en aankomst meldde. Zonder --apply verandert er niets.
    """
    with reading(operator()) as session:
        found = calibration.measured(session, now(), nights=nights)
    if not found:
        raise Stop(f"in de laatste {nights} nachten is geen rit gereden waarvan vertrek en aankomst bekend zijn.")
    for one in found:
        click.echo(
            f"{_SOURCES.get(one.source, one.source)}: {count(one.trips, 'rit', 'ritten')}, {one.left_out} niet geteld"
        )
        click.echo(f"  factor {_comma(one.factor)}, de helft van de ritten binnen {_percent(one.spread)}")
        click.echo(f"  fout nu      {_percent(one.before.mean)}, {_lean(one.before.bias)}")
        click.echo(f"  fout daarna  {_percent(one.after.mean)}, {_lean(one.after.bias)}")
        if one.trips < FEWEST_TRIPS:
            click.echo(f"  Te weinig ritten om op te ijken: er zijn er {FEWEST_TRIPS} nodig.")
        elif not one.is_sound:
            click.echo("  Deze factor kan niet door wegen komen: kijk eerst of vertrek en aankomst wel worden gemeld.")
    if not is_applied:
        click.echo("Er is niets veranderd. Met --apply gaan de rijtijden hiermee rekenen.")
        return
    sound = [one for one in found if one.is_sound]
    if not sound:
        raise Stop("er is niets veranderd: van geen bron is genoeg bekend.")
    with unit_of_work(actor=operator()) as uow:
        for one in sound:
            calibration.apply(uow, one)
    click.echo(f"Vanaf nu: {', '.join(f'{_SOURCES[one.source]} x {_comma(one.factor)}' for one in sound)}.")
    if settings().routing_time_factor is not None:
        click.echo("Let op: NACHTRONDE_ROUTING_TIME_FACTOR staat aan en gaat voor. Haal hem weg om te ijken.")


def _comma(number: float) -> str:
    return f"{number:.2f}".replace(".", ",")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _lean(bias: float) -> str:
    if abs(bias) < 0.005:
        return "gemiddeld precies goed"
    return f"gemiddeld {_percent(abs(bias))} te {'lang' if bias > 0 else 'kort'}"


def _refusal(why: UnusableMap, file: str) -> Stop:
    return Stop(_REFUSED[why.code].format(file=file))


def _tell(facts: MapFacts) -> None:
    south, west, north, east = (f"{degrees:.2f}".replace(".", ",") for degrees in facts.box)
    click.echo(f"{thousands(facts.nodes)} punten en {thousands(facts.edges)} wegvakken.")
    click.echo(f"Gebied: {south} tot {north} noorderbreedte, {west} tot {east} oosterlengte.")
    day = "-".join(reversed(facts.date.split("-")))
    click.echo(f"Kaart van {day}." if day else "De dag van de kaart is onbekend.")
    click.echo(f"{'Gezond' if facts.is_well else 'Niet gezond'}: {facts.health}.")
    if not facts.is_quick:
        click.echo(f"Let op: zonder pyroutingkit is de kaart te traag; rijtijden worden geschat. Doe: {INSTALL}")


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """A bar with a percentage on a terminal, a line at every quarter elsewhere; both on the error channel."""
    if sys.stderr.isatty():
        with click.progressbar(length=100, label=label, show_percent=True, file=sys.stderr) as bar:

            def draw(done: int, total: int) -> None:
                bar.update(max(0, 100 * done // max(1, total) - bar.pos))

            yield draw
        return
    told = -1

    def say(done: int, total: int) -> None:
        nonlocal told
        quarter = 4 * done // max(1, total)
        if quarter > told:
            told = quarter
            click.echo(f"{label}: {25 * quarter} %", err=True)

    yield say
