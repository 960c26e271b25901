"""The live stream of the record: one watcher a process, every listener resumes where it was."""

import threading
from collections.abc import Iterator

import msgspec
import sqlalchemy as sa
import structlog
from flask import Flask, Response

from backend.platform.actor import Actor
from backend.platform.errors import TryLater
from backend.platform.events import EventCounter, EventRow
from backend.platform.runtime import Runtime

log = structlog.get_logger()

HEARTBEAT_S = 10.0
POLL_S = 0.25
BATCH = 200


class Streams:
    """Counts the open streams and wakes them when the record grows."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._runtime: Runtime = app.extensions["nachtronde"]
        self._guard = threading.Lock()
        self._watcher: threading.Thread | None = None
        self._newest = 0
        self.open = 0

    @property
    def room(self) -> int:
        """How many streams may be open before ordinary questions would starve."""
        settings = self._runtime.settings
        return max(1, settings.threads - settings.stream_reserve)

    def response(self, actor: Actor, after: int | None) -> Response:
        """A stream of what `actor` may see after event `after` (None: from now on)."""
        with self._guard:
            if self.open >= self.room:
                raise TryLater(5)
            self.open += 1
            if self._watcher is None or not self._watcher.is_alive():
                self._newest = self._last_seq()
                self._watcher = threading.Thread(target=self._watch, name="streams", daemon=True)
                self._watcher.start()
        response = Response(
            self._events(actor, self._newest if after is None else after),
            mimetype="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        # Not in a `finally` of the generator: one that was never begun never gets there, and its place stays taken.
        response.call_on_close(self._release)
        return response

    def _release(self) -> None:
        with self._guard:
            self.open -= 1

    def _events(self, actor: Actor, after: int) -> Iterator[bytes]:
        yield b"retry: 1000\n\n"
        while True:
            newest = self._newest
            rows = self._rows(actor, after)
            for row in rows:
                after = row.seq
                body = {"seq": row.seq, "name": row.name, "topic_id": row.topic_id, "stream_id": row.stream_id,
                        "feed_id": row.feed_id}  # fmt: skip
                yield b"id: %d\nevent: change\ndata: %b\n\n" % (row.seq, msgspec.json.encode(body))
            if len(rows) == BATCH:
                continue
            after = max(after, newest)  # what this actor may not see is passed over
            with self._runtime.committed:
                grown = self._runtime.committed.wait_for(lambda: self._newest > after, HEARTBEAT_S)  # noqa: B023
            if not grown:
                yield b": still here\n\n"

    def _rows(self, actor: Actor, after: int) -> list[EventRow]:
        session = self._runtime.database.session(actor)
        try:
            return list(
                session.scalars(sa.select(EventRow).where(EventRow.seq > after).order_by(EventRow.seq).limit(BATCH))
            )
        finally:
            session.close()

    def _last_seq(self) -> int:
        with self._runtime.database.engine.connect() as connection:
            return connection.scalar(sa.select(EventCounter.__table__.c.last_seq)) or 0

    def _watch(self) -> None:
        """Look for new events: at once after a commit of this process, four times a second for those of others."""
        while True:
            try:
                newest = self._last_seq()
            except sa.exc.SQLAlchemyError as error:
                # Whatever is wrong with the database: the watcher is there when it comes back.
                log.warning("stream_watcher", kind=type(error).__name__)
                newest = self._newest
            with self._runtime.committed:
                if newest > self._newest:
                    self._newest = newest
                    self._runtime.committed.notify_all()
                self._runtime.committed.wait(POLL_S)
