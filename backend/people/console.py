"""How the commands of this room speak: Dutch sentences, refusals without a trace, and who sat at the keyboard."""

from __future__ import annotations

import getpass
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

import click

from backend.people.files import BadLine
from backend.people.management import SHORTEST_PASSWORD
from backend.platform.actor import Actor, Scope
from backend.platform.errors import DomainError, Invalid

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
MOST_SHOWN = 20


class Stop(click.ClickException):
    """A refusal in Dutch."""

    def show(self, file: Any = None) -> None:
        click.echo(f"Niet gelukt: {self.message}", file=file, err=True)


def operator() -> Actor:
    """Whoever sits at the keyboard of the server, for the record."""
    return Actor(name=f"{getpass.getuser()} (opdrachtregel)", role="system", scope=Scope.ALL)


def show_bad(lines: Iterable[BadLine], total: int) -> None:
    """The lines that cannot be used, with their numbers."""
    for line in lines:
        click.echo(f"  regel {line.number}: {line.reason}", err=True)
    if total > MOST_SHOWN:
        click.echo(f"  … en nog {total - MOST_SHOWN}", err=True)


def refuse(error: DomainError) -> NoReturn:
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
            sentence = (
                f"deze postcodegebieden kennen we niet: {unknown}. Lees ze eerst in met `flask gazetteer import`."
            )
        case "invalid" if "password" in details:
            sentence = f"het wachtwoord is te kort; neem er minstens {SHORTEST_PASSWORD} tekens voor."
        case "invalid" if "login" in details:
            sentence = "een inlognaam heeft geen spaties."
        case _:
            sentence = f"{error.code} {details or ''}"
    raise Stop(sentence)
