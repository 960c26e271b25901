"""The database's history: numbered without a gap, walkable in both directions, and ending where the models are."""

import re

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from backend.platform import schema
from backend.platform.db import Base, Database
from tests import databases


@pytest.fixture
def empty(database_kind, worker_id):
    """A database in which nothing has happened yet."""
    from backend import create_app  # noqa: F401  (every model of the house)

    database = Database(databases.new_database(database_kind, f"history_{worker_id}"))
    yield database
    database.dispose()


def history(database):
    return list(ScriptDirectory.from_config(schema.alembic_config(database)).walk_revisions())[::-1]


def tables(database):
    return set(sa.inspect(database.engine).get_table_names()) - {"alembic_version"}


def test_migrations_are_numbered_without_a_gap(empty):
    steps = history(empty)
    numbers = [re.match(r"(\d{4})_\w+\.py$", step.path.rpartition("/")[2]) for step in steps]
    assert all(numbers)
    assert [int(number[1]) for number in numbers] == list(range(1, len(steps) + 1))
    assert [step.down_revision for step in steps[1:]] == [step.revision for step in steps[:-1]]


def test_migrations_end_where_the_models_are(empty):
    schema.upgrade(empty)
    with empty.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "render_as_batch": True})
        assert compare_metadata(context, Base.metadata) == []
    assert schema.is_current(empty)


def test_every_migration_can_be_undone_and_done_again(empty):
    schema.upgrade(empty)
    full = tables(empty)
    assert full >= set(Base.metadata.tables)
    for _ in history(empty):
        schema.downgrade(empty)
    assert tables(empty) == set()
    schema.upgrade(empty)
    assert tables(empty) == full


def test_bringing_a_database_up_to_date_twice_changes_nothing(empty):
    schema.upgrade(empty)
    with empty.engine.connect() as connection:
        before = connection.exec_driver_sql("SELECT last_seq, epoch FROM event_counter").all()
    schema.upgrade(empty)
    with empty.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT last_seq, epoch FROM event_counter").all() == before
