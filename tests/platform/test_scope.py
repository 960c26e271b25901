"""Nobody sees what is not theirs: the net under every query, whatever the query looks like."""

from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy import orm

from backend.people.models import Client, Organisation
from backend.people.rules import Role
from backend.platform.actor import NOBODY, Actor, Scope
from backend.platform.db import Base, reading
from backend.platform.uow import unit_of_work
from tests import builders


@dataclass
class TwoHouses:
    """Two organisations with a client each, and a manager of the first."""

    ours: Organisation
    theirs: Organisation
    our_client: Client
    their_client: Client
    manager: Actor


@pytest.fixture
def houses(app: Flask) -> TwoHouses:
    ours, theirs = builders.an_organisation(), builders.an_organisation()
    staff = builders.a_staff_member(role=Role.TEAM_MANAGER, organisation=ours)
    return TwoHouses(
        ours,
        theirs,
        builders.a_client(organisation=ours),
        builders.a_client(organisation=theirs),
        builders.actor_of(staff),
    )


def test_a_table_that_does_not_say_who_may_see_it_cannot_be_defined() -> None:
    with pytest.raises(TypeError, match="who may see it"):
        type("Loose", (Base,), {"__tablename__": "loose"})


QUERIES = {
    "select": lambda s, h: s.scalars(sa.select(Client)).all(),
    "get": lambda s, h: [s.get(Client, h.their_client.id)],
    "by id": lambda s, h: s.scalars(sa.select(Client).where(Client.id == h.their_client.id)).all(),
    "columns": lambda s, h: s.scalars(sa.select(Client.id)).all(),
    "alias": lambda s, h: s.scalars(sa.select(orm.aliased(Client))).all(),
    "join": lambda s, h: s.scalars(
        sa.select(Client).join(Organisation, Organisation.id == Client.organisation_id)
    ).all(),
    "subquery": lambda s, h: s.scalars(
        sa.select(Organisation.id).where(Organisation.id.in_(sa.select(Client.organisation_id)))
    ).all(),
    "legacy": lambda s, h: s.query(Client).all(),
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES.keys())
def test_another_organisations_client_is_in_no_answer(houses: TwoHouses, query) -> None:
    theirs = {houses.their_client.id, houses.theirs.id}
    with reading(houses.manager) as session:
        for found in query(session, houses):
            assert getattr(found, "id", found) not in theirs


def test_a_count_counts_only_ones_own(houses: TwoHouses) -> None:
    with reading(houses.manager) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Client)) == 1


def test_a_change_to_everything_changes_only_ones_own(houses: TwoHouses) -> None:
    with unit_of_work(actor=houses.manager) as uow:
        uow.session.execute(sa.update(Client).values(city="Elders"))
    with reading(builders.actor_of(builders.a_staff_member())) as session:
        cities = {client.id: client.city for client in session.scalars(sa.select(Client))}
    assert cities[houses.our_client.id] == "Elders"
    assert cities[houses.their_client.id] != "Elders"


def test_a_row_cannot_be_written_into_another_organisation(houses: TwoHouses) -> None:
    with pytest.raises(PermissionError), unit_of_work(actor=houses.manager) as uow:
        uow.session.add(Client(organisation_id=houses.theirs.id, family_name="Vreemd"))


@pytest.mark.parametrize("actor", [NOBODY, Actor(scope=Scope.ORGANISATION), Actor(scope=Scope.ASSIGNED)])
def test_whoever_belongs_nowhere_sees_nobody(houses: TwoHouses, actor: Actor) -> None:
    with reading(actor) as session:
        assert session.scalars(sa.select(Client)).all() == []
