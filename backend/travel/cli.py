"""`flask roads ...`: the road map of this house."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup, with_appcontext

from backend.people.console import FILE, Stop
from backend.platform.config import settings
from backend.platform.dutch import decimal, thousands
from backend.travel import road_map
from backend.travel.road_map import MapFacts, UnusableMap

roads = AppGroup("roads", help="De wegenkaart waarover rijtijden worden gerekend.")


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


def _refusal(why: UnusableMap, file: str) -> Stop:
    return Stop(_REFUSED[why.code].format(file=file))


def _tell(facts: MapFacts) -> None:
    south, west, north, east = (decimal(degrees, 2) for degrees in facts.box)
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
    shown = -1

    def say(done: int, total: int) -> None:
        nonlocal shown
        quarter = 4 * done // max(1, total)
        if quarter > shown:
            shown = quarter
            click.echo(f"{label}: {25 * quarter} %", err=True)

    yield say
