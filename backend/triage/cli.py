"""`flask scope-list`: bringing a meetlat into force from a file."""

from datetime import UTC
from pathlib import Path

import click
from flask.cli import AppGroup

from backend.platform.actor import SYSTEM
from backend.platform.clock import local
from backend.platform.errors import Invalid
from backend.platform.uow import unit_of_work
from backend.triage import scope_lists, service

scope_list = AppGroup("scope-list", help="De meetlat: wat wel en geen nachtzorg is.")
commands = [scope_list]

_SENTENCES = {
    "in_the_past": "een nieuwe versie geldt pas vanaf een moment dat nog komt",
    "no_time_zone": "dit tijdstip heeft geen tijdzone (schrijf bijvoorbeeld 2027-01-01T12:00:00+01:00)",
    "no_without_alternative": "deze regel zegt nee en noemt geen alternatief",
    "number_twice": "dit nummer komt twee keer voor",
    "required": "er staat geen regel in",
}


@scope_list.command("publish")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True), default=scope_lists.EXAMPLE)
def publish(file: Path) -> None:
    """Laat de meetlat in FILE ingaan; zonder FILE de meegeleverde voorbeeldlijst.

    Nog eens publiceren mag: dan verandert er niets.
    """
    try:
        draft = scope_lists.read(file)
    except scope_lists.UnreadableList as why:
        raise click.ClickException(f"{file.name} is geen meetlat: {why}") from None
    try:
        with unit_of_work(actor=SYSTEM) as uow:
            published = service.publish_scope_list(uow, draft)
    except Invalid as refused:
        lines = [f"  {field}: {_SENTENCES.get(code, code)}" for field, (code,) in sorted(refused.errors.items())]
        raise click.ClickException("\n".join([f"{file.name} kan niet ingaan:", *lines])) from None
    except service.VersionExists:
        raise click.ClickException(
            f"versie {draft.version} bestaat al met andere regels; geef deze een nieuwe naam."
        ) from None
    since = local(published.valid_from.astimezone(UTC))
    click.echo(f"Meetlat {published.version}: {len(draft.criteria)} regels, geldig vanaf {since:%d-%m-%Y %H.%M} uur.")
