"""Where sessions live, how times are kept, and the net that narrows every query to what the actor may see."""

import contextlib
import enum
import os
import threading
import uuid
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from filelock import FileLock
from flask import current_app, g, has_request_context
from sqlalchemy import event, orm
from sqlalchemy.dialects import postgresql

from backend.platform.actor import NOBODY, Actor


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment. Naive times are refused; the database keeps UTC and gives it back aware."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be kept: give it one")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
# SQLAlchemy stores an enum's NAME unless told otherwise. We keep the value, as text: a new member needs no migration.
ENUM = sa.Enum(enum.StrEnum, native_enum=False, create_constraint=False, length=40,
               values_callable=lambda members: [member.value for member in members])  # fmt: skip


Visible = sa.ColumnElement[bool] | bool
"""Which rows an actor may see: a condition, or simply all or none."""


class Base(orm.DeclarativeBase):
    """The parent of every table. A table that does not say who may see it cannot be defined."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {
        uuid.UUID: sa.Uuid(),
        datetime: UtcDateTime(),
        enum.StrEnum: ENUM,
        dict[str, Any]: JSON,
        list[str]: JSON,
        list[dict[str, Any]]: JSON,
        list[Any]: JSON,
    }

    def __init_subclass__(cls, **options: Any) -> None:
        if not callable(getattr(cls, "visible_to", None)):
            raise TypeError(f"{cls.__name__} does not say who may see it: give it a classmethod visible_to(actor)")
        super().__init_subclass__(**options)


class Session(orm.Session):
    """A session that knows its actor; every ORM statement is narrowed to what that actor may see."""

    @property
    def actor(self) -> Actor:
        return cast(Actor, self.info["actor"])


def _criteria(actor: Actor) -> list[Any]:
    criteria = []
    for mapper in Base.registry.mappers:
        # An actor for whom a class has no answer sees nothing of it: tenancy fails closed.
        visible = mapper.class_.visible_to(actor)
        if visible is True:
            continue
        clause = sa.false() if visible is False or visible is None else visible
        criteria.append(orm.with_loader_criteria(mapper.class_, clause, include_aliases=True))
    return criteria


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: orm.ORMExecuteState) -> None:
    if state.is_column_load or state.is_relationship_load or state.is_insert:
        return  # the options of the first load travel along to relationships
    session = cast(Session, state.session)
    criteria = session.info.get("criteria")
    if criteria is None:
        criteria = session.info["criteria"] = _criteria(session.actor)
    if criteria:
        state.statement = state.statement.options(*criteria)


@event.listens_for(Session, "before_flush")
def _refuse_foreign_rows(session: Session, _context: object, _instances: object) -> None:
    """Reading is narrowed above; this keeps an organisation from writing into another one."""
    actor = session.actor
    if actor.sees_all or actor.scope == "assigned":
        return  # a nurse serves every organisation's clients; what she writes hangs on a visit she may see
    for row in (*session.new, *session.dirty):
        owner = getattr(row, "organisation_id", actor.organisation_id)
        if owner != actor.organisation_id:
            raise PermissionError(f"{type(row).__name__} belongs to another organisation")


class FairLock:
    """First come, first served. Python's own lock lets a busy thread win for ever."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._is_held = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._is_held = False


class Database:
    """One database by one URL: SQLite on this machine, or PostgreSQL beyond it."""

    def __init__(self, url: str, pool_size: int = 32) -> None:
        self.url = sa.make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            if not self.url.database or self.url.database == ":memory:":
                raise ValueError("SQLite needs a file: workers and servers share it")
            Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            self.engine = sa.create_engine(self.url, connect_args={"timeout": 30})
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            if self.url.drivername in ("postgres", "postgresql"):
                self.url = self.url.set(drivername="postgresql+psycopg")
            # A connection that the server dropped (a restart, say) is noticed before it is used.
            self.engine = sa.create_engine(self.url, pool_pre_ping=True, pool_size=pool_size, max_overflow=16)
        self._thread_lock = FairLock()
        self._file_lock: tuple[int, FileLock] | None = None
        self.write_engine = self.engine.execution_options(nachtronde_write=True)

    def session(self, actor: Actor, *, writes: bool = False) -> Session:
        """A session that sees what `actor` may see."""
        bind = self.write_engine if writes else self.engine
        return Session(bind, expire_on_commit=False, info={"actor": actor})

    @contextlib.contextmanager
    def write_gate(self) -> Iterator[None]:
        """One writer at a time on SQLite, in order of arrival; nothing on PostgreSQL.

        Measured before we began: write p99 40-85 ms with the gate, 700-900 ms without.
        """
        if not self.is_sqlite:
            yield
            return
        with self._thread_lock, self._gate().acquire(poll_interval=0.002):
            yield

    def _gate(self) -> FileLock:
        """The lock between processes. A forked server needs one of its own: an inherited lock locks nothing."""
        if self._file_lock is None or self._file_lock[0] != os.getpid():
            self._file_lock = (os.getpid(), FileLock(f"{self.url.database}.gate", thread_local=False))
        return self._file_lock[1]

    def dispose(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # pysqlite's own BEGIN comes too late; we say BEGIN ourselves
    cursor = connection.cursor()
    # FULL lost no acknowledged commit in 600 simulated power cuts, NORMAL lost them in 486.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: sa.Connection) -> None:
    writes = connection.get_execution_options().get("nachtronde_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def database() -> Database:
    """The database of the running app."""
    found: Database = current_app.extensions["nachtronde"].database
    return found


def current_actor() -> Actor:
    """Who is asking in this request; nobody outside one."""
    return cast(Actor, getattr(g, "actor", NOBODY)) if has_request_context() else NOBODY


@contextlib.contextmanager
def reading(actor: Actor | None = None) -> Iterator[Session]:
    """A session to read with, narrowed to the actor (by default: whoever asks in this request)."""
    session = database().session(current_actor() if actor is None else actor)
    try:
        yield session
    finally:
        session.close()  # not rollback(): that would empty the rows that the caller still wants to read
