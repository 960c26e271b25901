"""What must happen after the transaction: written in it, done by the worker, never lost, never in the request."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.platform.actor import Actor
from backend.platform.db import Base, Session
from backend.platform.ids import new_id


class OutboxJob(Base):
    """One thing to do, with its lease. A job that fails for good stays visible as dead."""

    __tablename__ = "outbox_job"
    __table_args__ = (
        # The worker's own question: what is due? Finished jobs are not in this index.
        sa.Index("ix_outbox_job_due", "run_at", sqlite_where=sa.text("done_at IS NULL AND dead_at IS NULL"),
                 postgresql_where=sa.text("done_at IS NULL AND dead_at IS NULL")),
    )  # fmt: skip
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(60))
    key: Mapped[str | None] = mapped_column(sa.String(200), unique=True)
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    lease_id: Mapped[uuid.UUID | None]
    done_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(sa.Text)

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        """Everybody's work may enqueue; only the house reads the queue."""
        return actor.sees_all


def enqueue(
    session: Session, kind: str, payload: dict[str, Any], *, now: datetime, run_at: datetime, key: str | None
) -> None:
    """Write a job in the caller's transaction; a key that is already there changes nothing."""
    values = {
        "id": new_id(),
        "kind": kind,
        "key": key,
        "payload": payload,
        "created_at": now,
        "run_at": run_at,
        "attempts": 0,
    }
    if session.get_bind().dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    session.execute(insert(OutboxJob).values(values).on_conflict_do_nothing(index_elements=["key"]))


def cancel(session: Session, key: str, *, now: datetime) -> None:
    """Mark a waiting job as done without doing it."""
    # By table, not by class: a nurse who accepts a visit may not read the queue and must be able to silence her ring.
    table = OutboxJob.__table__
    session.execute(
        sa.update(table)  # type: ignore[arg-type]
        .where(table.c.key == key, table.c.done_at.is_(None), table.c.dead_at.is_(None))
        .values(done_at=now, last_error="cancelled")
    )


class Later(Exception):
    """Raised by a job that must be tried again after `seconds` (a server said Retry-After, say)."""

    def __init__(self, seconds: int, why: str = "") -> None:
        super().__init__(why or f"again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Job:
    """One thing to do, as its function sees it."""

    id: uuid.UUID
    kind: str
    payload: dict[str, Any]
    attempt: int
