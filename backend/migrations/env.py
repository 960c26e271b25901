"""Alembic's entrance: which tables there should be, and on which engine."""

import importlib

from alembic import context

from backend.platform.db import Base

for room in ("people", "intake", "triage", "dispatch", "visits", "handover"):
    importlib.import_module(f"backend.{room}.models")
for module in ("events", "outbox", "login", "push"):
    importlib.import_module(f"backend.platform.{module}")

engine = context.config.attributes["engine"]
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite changes a table by making it anew
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
