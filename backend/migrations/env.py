"""Alembic's entrance: which tables there should be, and on which engine."""

import importlib
from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from backend.platform.config import ROOT
from backend.platform.db import Base, UtcDateTime

for path in sorted((ROOT / "backend").rglob("models.py")):  # a room that is forgotten would lose its tables
    importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
for module in ("events", "outbox", "login", "push"):
    importlib.import_module(f"backend.platform.{module}")


def plain_types(kind: str, thing: Any, _context: Any) -> str | Literal[False]:
    """Migrations name the database's own types: they must still run when our classes have long changed."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return "JSON" if kind == "type" and isinstance(thing, sa.JSON) else False


engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite changes a table by making it anew
        compare_type=True,
        render_item=plain_types,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
