"""`flask night ...`: the morning from the command line."""

import uuid

import click
from flask.cli import AppGroup, with_appcontext

from backend.handover import service
from backend.platform.actor import SYSTEM
from backend.platform.uow import unit_of_work

night = AppGroup("night", help="De nacht: afsluiten, en elke organisatie haar overdracht schrijven.")


@night.command("close")
@click.argument("night_id", required=False, type=click.UUID)
@with_appcontext
def close(night_id: uuid.UUID | None) -> None:
    """Sluit NIGHT_ID, of de nacht die het laatst begon. Nog eens sluiten voegt alleen toe wat er bij kwam."""
    with unit_of_work(actor=SYSTEM) as uow:
        found = night_id or getattr(service.night_to_close(uow.session, uow.now), "id", None)
        if found is None:
            raise click.ClickException("Er is geen nacht om te sluiten.")
        closing = service.close_night(uow, found)
        nil = sum(letter.is_nil for letter in closing.made)
        click.echo(f"Gesloten: {len(closing.made)} overdrachten, waarvan {nil} zonder meldingen.")
        if closing.without_organisation:
            numbers = ", ".join(closing.without_organisation)
            click.echo(f"In geen overdracht, want niemand weet nog van wie de cliënt is: {numbers}")
