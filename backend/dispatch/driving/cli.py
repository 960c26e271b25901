"""`flask travel ...`: how well the driving times do, held against what was driven."""

from __future__ import annotations

import click
from flask.cli import AppGroup, with_appcontext

from backend.dispatch.driving import calibration
from backend.dispatch.driving.calibration_rules import FEWEST_TRIPS
from backend.dispatch.driving.wording import SOURCES, lean
from backend.people.console import Stop, operator
from backend.platform.clock import now
from backend.platform.config import settings
from backend.platform.db import reading
from backend.platform.dutch import count, decimal, percent
from backend.platform.uow import unit_of_work

travel = AppGroup("travel", help="Rijtijden: ijken op wat er echt is gereden.")


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
            f"{SOURCES.get(one.source, one.source)}: {count(one.trips, 'rit', 'ritten')}, {one.left_out} niet geteld"
        )
        click.echo(f"  factor {decimal(one.factor, 2)}, de helft van de ritten binnen {percent(one.spread)}")
        click.echo(f"  fout nu      {percent(one.before.mean)}, {lean(one.before.bias)}")
        click.echo(f"  fout daarna  {percent(one.after.mean)}, {lean(one.after.bias)}")
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
    click.echo(f"Vanaf nu: {', '.join(f'{SOURCES[one.source]} x {decimal(one.factor, 2)}' for one in sound)}.")
    if settings().routing_time_factor is not None:
        click.echo("Let op: NACHTRONDE_ROUTING_TIME_FACTOR staat aan en gaat voor. Haal hem weg om te ijken.")
