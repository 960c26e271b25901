"""`flask demo ...`: fill the demo night, begin a new one, close it."""

import click
from flask import current_app
from flask.cli import AppGroup

from backend.demo import night
from backend.platform import schema
from backend.platform.config import settings
from backend.platform.db import database

demo = AppGroup("demo", help="De proefnacht, alleen in een proefdatabase.")


def _only_in_a_demo() -> None:
    if not settings().is_demo:
        raise click.ClickException("Dit is geen proefdatabase. Zeg met NACHTRONDE_DEMO=1 dat het er een is.")


@demo.command("fill")
def fill() -> None:
    """Maak tabellen, mensen en een nacht die drie uur geleden begon. Een nacht die nog loopt blijft zoals hij is."""
    _only_in_a_demo()
    schema.upgrade(database())
    with click.progressbar(length=100, label="De nacht tot nu toe", show_eta=False) as bar:
        night.begin(current_app, progress=bar.update)
    click.echo("Er is een dienst bezig. Iedereen erin is verzonnen; de plaatsen bestaan echt.")


@demo.command("close-night")
def close_night() -> None:
    """Sluit de lopende nacht, zodat de ochtend meteen te lezen is; er begint een nieuwe nacht."""
    _only_in_a_demo()
    night.close(current_app)
    click.echo("De nacht is gesloten. Log in als organisatie om de ochtend te lezen.")
