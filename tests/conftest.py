"""What every test may ask for: databases of both kinds, an app, logged-in clients, a clock that stands still."""

from __future__ import annotations

import contextvars
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, settings
from werkzeug.test import TestResponse

from backend.people.rules import Role
from backend.platform import login, schema
from backend.platform.actor import Actor
from backend.platform.clock import SettableClock
from backend.platform.config import Settings
from backend.platform.db import Base, Database
from backend.platform.uow import unit_of_work
from tests import builders, databases
from tests.api import contract

ROOT = Path(__file__).resolve().parent.parent
A_NIGHT = datetime(2026, 1, 15, 1, 30, tzinfo=UTC)
"""Half past two on a Thursday night in winter, as a clock in the Netherlands shows it."""

# a busy machine is no reason for a property to fail
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=databases.KINDS, help="only this database (both by default)")


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        databases.begin_run()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and databases.RUN in os.environ:
        databases.end_run()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database_kind" in metafunc.fixturenames:
        kinds = databases.KINDS[:1] if metafunc.definition.get_closest_marker("one_database") else databases.KINDS
        only = metafunc.config.getoption("--db")
        metafunc.parametrize("database_kind", [kind for kind in kinds if only in (None, kind)], scope="session")


class Browser(FlaskClient):
    """A browser of somebody who is logged in: it keeps its cookie and sends the CSRF token along."""

    csrf_token: str | None = None
    actor: Actor

    def open(self, *args: Any, **options: Any) -> TestResponse:
        if self.csrf_token:
            headers = dict(options.pop("headers", None) or {})
            headers.setdefault("X-CSRF-Token", self.csrf_token)
            options["headers"] = headers
        # each request in a context of its own, as on a server: the test's own app context must not leak into it
        answer: TestResponse = contextvars.Context().run(super().open, *args, **options)
        return answer


class StrictBrowser(Browser):
    """Every answer that it gets is held to the API's document, whatever the test asks about."""

    def open(self, *args: Any, **options: Any) -> TestResponse:
        answer = super().open(*args, **options)
        if answer.request.path.startswith("/api/v1/") and answer.mimetype == "application/json" and answer.data:
            said = contract.faults(answer.request.method, answer.request.path, answer.status_code, answer.json)
            assert not said, f"the API's document says otherwise: {said}"
        return answer


@pytest.fixture(scope="session")
def database_url(database_kind: str, worker_id: str) -> str:
    """An empty database of each kind: a test that asks for this runs on SQLite and again on PostgreSQL."""
    return databases.new_database(database_kind, f"nachtronde_{worker_id}")


@pytest.fixture(scope="session")
def running_app(database_url: str) -> Iterator[tuple[Flask, Callable[[], None]]]:
    """One app with its schema a session, and a function that puts the database back as it was when new."""
    import backend  # here, because tests of rules must not wait for the whole house
    from backend.dispatch.planning import warming

    # A server loads the search beside its first request, and answers by the rules meanwhile. A test wants one answer.
    warming.once.acquire(blocking=False)

    app = backend.create_app(a_setting(database_url))
    app.testing = True
    app.test_client_class = StrictBrowser
    database: Database = app.extensions["nachtronde"].database
    Base.metadata.create_all(database.engine)  # that the migrations make the same is tested with the migrations
    schema.lay_first_row(database)
    yield app, forgetter(database)
    database.dispose()


@pytest.fixture
def app(running_app: tuple[Flask, Callable[[], None]], clock: SettableClock) -> Iterator[Flask]:
    """The app on a clean database, with its context pushed, so that a test may open a unit of work at once."""
    app, forget = running_app
    forget()
    app.extensions["nachtronde"].clock = clock
    with app.app_context():
        yield app


@pytest.fixture
def clock() -> SettableClock:
    """The house's clock: half past two at night until the test moves it."""
    return SettableClock(A_NIGHT)


@pytest.fixture
def client(app: Flask) -> Browser:
    """A browser of nobody in particular."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    return browser


@pytest.fixture
def client_as(app: Flask) -> Callable[..., Browser]:
    """Log somebody in: `client_as(Role.TRIAGIST)`, `client_as(Role.NURSE, organisation)`, `client_as(staff)`."""

    def log_in(who: Any, organisation: Any = None) -> Browser:
        staff = (
            who
            if not isinstance(who, (str, Role))
            else builders.a_staff_member(role=Role(who), organisation=organisation)
        )
        browser = app.test_client()
        assert isinstance(browser, Browser)
        browser.actor = builders.actor_of(staff)
        with unit_of_work(actor=browser.actor) as uow:
            token = login.start(uow, browser.actor)
        browser.set_cookie(login.COOKIE, token)
        browser.csrf_token = login.csrf_token(token)
        return browser

    return log_in


@pytest.fixture
def triagist(client_as: Callable[..., Browser]) -> Browser:
    """The desk, logged in."""
    return client_as(Role.TRIAGIST)


@pytest.fixture
def admin(client_as: Callable[..., Browser]) -> Browser:
    """Whoever keeps organisations, staff and regions, logged in."""
    return client_as(Role.ADMIN)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real addresses and roads beside the repository; without them the test is skipped."""
    folder = Path(os.environ.get("NACHTRONDE_SHARED") or ROOT.parent / "shared")
    if not (folder / "data").is_dir():
        pytest.skip("needs the shared data (NACHTRONDE_SHARED)")
    return folder


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """Which of the parallel workers this is; `main` without any."""
    workerinput = getattr(request.config, "workerinput", None)
    return str(workerinput["workerid"]) if workerinput else "main"


def a_setting(url: str, **given: Any) -> Settings:
    """Settings for a test house."""
    return Settings(
        **{"database_url": url, "secret_key": "a secret that only the tests know " * 2, "log_level": "error", **given}
    )


def forgetter(database: Database) -> Callable[[], None]:
    """A function that empties every table and puts back what a new one holds, in some milliseconds."""
    tables = Base.metadata.sorted_tables
    with database.engine.connect() as connection:
        seeds = {table: [dict(row) for row in connection.execute(sa.select(table)).mappings()] for table in tables}

    def forget() -> None:
        with database.write_engine.begin() as connection:
            if database.is_sqlite:
                connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
                for table in reversed(tables):
                    connection.execute(sa.delete(table))
            else:
                connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
                connection.exec_driver_sql("; ".join(f'DELETE FROM "{table.name}"' for table in reversed(tables)))
            for table, rows in seeds.items():
                if rows:
                    connection.execute(sa.insert(table), rows)

    return forget
