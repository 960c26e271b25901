"""One request, one transaction, one moment, one actor. Nobody else commits."""

import contextlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from flask import current_app

from backend.platform import outbox
from backend.platform.actor import Actor
from backend.platform.clock import now as clock_now
from backend.platform.db import Session, current_actor, database
from backend.platform.events import Event, EventCounter, EventRow
from backend.platform.ids import new_id


class UnitOfWork:
    """What a service function is handed: a session, the time, the actor, and two ways to tell the house."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session = session
        self.now = now
        self._pending: list[EventRow] = []
        self._last_seq: int | None = None

    @property
    def actor(self) -> Actor:
        """Whoever asked for this work."""
        return self.session.actor

    def record(self, happened: Event) -> None:
        """Put an event on the record and let the later rooms react, in this same transaction."""
        if self._last_seq is not None:
            raise RuntimeError("the record of this unit of work is sealed: nothing can be added")
        self._pending.append(
            EventRow(
                id=new_id(),
                name=type(happened).__name__,
                happened_at=happened.happened_at or self.now,
                received_at=self.now,
                actor_id=self.actor.staff_id,
                actor_name=self.actor.name,
                organisation_id=happened.organisation_id,
                subject_id=happened.subject_id,
                stream_id=happened.stream_id,
                topic_id=happened.topic_id,
                feed_id=happened.feed_id,
                payload=happened.payload(),
            )
        )
        for react in current_app.extensions["nachtronde"].reactions.get(type(happened), ()):
            react(self, happened)

    def enqueue(
        self, kind: str, payload: dict[str, Any], *, run_at: datetime | None = None, key: str | None = None
    ) -> None:
        """Ask the worker for something after the commit. The same key twice asks once."""
        outbox.enqueue(self.session, kind, payload, now=self.now, run_at=run_at or self.now, key=key)

    def cancel(self, key: str) -> None:
        """Withdraw a job that has not run; one that has is left alone."""
        outbox.cancel(self.session, key, now=self.now)

    def seal(self) -> int:
        """Give the recorded events their numbers and return the last one.

        The counter row is locked from here to the commit, so that numbers follow commit order: call it last.
        Without events it returns the newest number handed out so far.
        """
        if self._last_seq is None:
            self.session.flush()
            self._last_seq = self.session.execute(
                sa.update(EventCounter)
                .values(last_seq=EventCounter.last_seq + len(self._pending))
                .returning(EventCounter.last_seq),
                execution_options={"synchronize_session": False},
            ).scalar_one()
            first = self._last_seq - len(self._pending) + 1
            for offset, row in enumerate(self._pending):
                row.seq = first + offset
            self.session.add_all(self._pending)
            self.session.flush()
        return self._last_seq

    @property
    def has_events(self) -> bool:
        """Has anything happened in this unit of work?"""
        return bool(self._pending)


@contextlib.contextmanager
def unit_of_work(*, actor: Actor | None = None, now: datetime | None = None) -> Iterator[UnitOfWork]:
    """Do all of it or none of it: commit on the way out, roll back when anything was raised."""
    db = database()
    with db.write_gate():
        session = db.session(current_actor() if actor is None else actor, writes=True)
        try:
            work = UnitOfWork(session, now or clock_now())
            yield work
            if work.has_events:
                work.seal()
            session.commit()
        except BaseException:
            session.rollback()
            raise
        finally:
            session.close()
    current_app.extensions["nachtronde"].nudge()
