"""Taking in a file of one organisation's clients: first what would change, then all of it or nothing."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import sqlalchemy as sa

from backend.people import service
from backend.people.client_file import ClientRow
from backend.people.events import Changes, ClientAdded, ClientsImported, differences
from backend.people.models import Client
from backend.people.places import queries as places
from backend.people.rules import Precision
from backend.platform.db import Session
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork


@dataclass
class Delta:
    """Verschil: what a file would change for one organisation."""

    new: list[ClientRow] = field(default_factory=list)
    changed: list[tuple[ClientRow, Client, Changes]] = field(default_factory=list)
    unchanged: list[ClientRow] = field(default_factory=list)
    left: list[Client] = field(default_factory=list)
    """Known and active, and not in the file."""
    look_alikes: list[tuple[ClientRow, Client]] = field(default_factory=list)
    """New by number, and yet somebody with this name and birth date is known."""


def compare(session: Session, organisation_id: uuid.UUID, rows: Iterable[ClientRow]) -> Delta:
    """Hold the rows against what is known; writes nothing."""
    known = {
        client.client_number: client
        for client in session.scalars(sa.select(Client).where(Client.organisation_id == organisation_id))
        if client.client_number and client.merged_into_id is None
    }
    by_person = _by_person(session)
    delta = Delta()
    for row in rows:
        client = known.pop(row.client_number, None)
        if client is None:
            delta.new.append(row)
            person = (str(row.facts["family_name"]).casefold(), row.facts.get("birth_date"))
            if person[1] is not None and person in by_person:
                delta.look_alikes.append((row, by_person[person]))
        elif changes := differences(client, facts_of(row)):
            delta.changed.append((row, client, changes))
        else:
            delta.unchanged.append(row)
    delta.left = sorted((c for c in known.values() if c.is_active), key=lambda c: (c.family_name, c.client_number))
    return delta


def precisions(session: Session, delta: Delta) -> Counter[Precision]:
    """How well the gazetteer knows the doors of the new clients; what it does not know the desk must pin."""
    return Counter(
        places.locate(
            session, row.facts["postcode"], row.facts["house_number"], row.facts.get("addition", "")
        ).precision
        for row in delta.new
    )


def take_in(
    uow: UnitOfWork, organisation_id: uuid.UUID, delta: Delta, *, file_name: str, deactivate_left: bool = False
) -> None:
    """Do what `compare` showed, in this one transaction."""
    for row in delta.new:
        client = Client(
            id=new_id(),
            organisation_id=organisation_id,
            client_number=row.client_number,
            **{"prefix": "", "initials": "", "street": "", "addition": "", "city": "", **row.facts},
        )
        service.place(uow, client)
        uow.session.add(client)
        uow.record(ClientAdded(organisation_id=organisation_id, subject_id=client.id, is_provisional=False))
    for row, client, _changes in delta.changed:
        service.apply(uow, client, facts_of(row))
    if deactivate_left:
        for client in delta.left:
            service.apply(uow, client, {"is_active": False})
    uow.record(
        ClientsImported(
            organisation_id=organisation_id,
            file=file_name,
            added=len(delta.new),
            changed=len(delta.changed),
            unchanged=len(delta.unchanged),
            left=len(delta.left) if deactivate_left else 0,
        )
    )


def facts_of(row: ClientRow) -> dict[str, object]:
    """What a row says of a client that we know: whoever is in the file is in care again.

    An empty street or place is no news: the gazetteer filled it in.
    """
    said = {name: value for name, value in row.facts.items() if value or name not in ("street", "city")}
    return {**said, "is_active": True}


def _by_person(session: Session) -> dict[tuple[str, object], Client]:
    standing = sa.select(Client).where(Client.is_active, Client.birth_date.is_not(None))
    return {(client.family_name.casefold(), client.birth_date): client for client in session.scalars(standing)}
