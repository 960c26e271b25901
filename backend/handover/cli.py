"""`flask night ...`: the morning from the command line."""

import uuid

import click
from flask.cli import AppGroup, with_appcontext

from backend.handover import service
from backend.platform.actor import SYSTEM
from backend.platform.uow import unit_of_work

night = AppGroup("night", help="The night: close it and write the organisations their letters.")


@night.command("close")
@click.argument("night_id", required=False, type=click.UUID)
@with_appcontext
def close(night_id: uuid.UUID | None) -> None:
    """Close NIGHT_ID, or the night that began last. Closing twice adds only what came since."""
    with unit_of_work(actor=SYSTEM) as uow:
        found = night_id or getattr(service.night_to_close(uow.session, uow.now), "id", None)
        if found is None:
            raise click.ClickException("There is no night to close.")
        closing = service.close_night(uow, found)
        nil = sum(letter.is_nil for letter in closing.made)
        click.echo(f"Closed: {len(closing.made)} letters, {nil} of them with nothing to tell.")
        if closing.without_organisation:
            click.echo(
                f"In no letter, because nobody knows whose client it was: {', '.join(closing.without_organisation)}"
            )


commands = [night]
