"""Brings the database to the shape that the code expects, and back; one way for tests, demo and production."""

from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config

from backend.platform.db import Database
from backend.platform.events import EventCounter
from backend.platform.ids import new_id

FOLDER = Path(__file__).resolve().parents[1] / "migrations"


def alembic_config(database: Database) -> Config:
    """Alembic's own configuration, pointed at this database."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["engine"] = database.engine
    return config


def upgrade(database: Database, to: str = "head") -> None:
    """Run the migrations that this database has not had, and lay the first row of the record."""
    from alembic import command

    with database.write_gate():
        command.upgrade(alembic_config(database), to)
    if to == "head":
        lay_first_row(database)


def downgrade(database: Database, to: str = "-1") -> None:
    """Undo migrations: by default the last one."""
    from alembic import command

    with database.write_gate():
        command.downgrade(alembic_config(database), to)


def is_current(database: Database) -> bool:
    """Has this database had every migration?"""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    with database.engine.connect() as connection:
        has = MigrationContext.configure(connection).get_current_revision()
    return has == ScriptDirectory.from_config(alembic_config(database)).get_current_head()


def lay_first_row(database: Database) -> None:
    """The counter that numbers the events starts at nought; safe to call again."""
    table = EventCounter.__table__
    with database.write_gate(), database.write_engine.begin() as connection:
        if connection.scalar(sa.select(table.c.id)) is None:
            connection.execute(sa.insert(table).values(id=1, last_seq=0, epoch=new_id()))  # type: ignore[arg-type]
