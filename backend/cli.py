"""`flask ...`: what is done from the command line rather than from a screen."""

import os
import signal
import subprocess
import sys
import threading

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from backend.platform import schema, worker
from backend.platform.config import settings
from backend.platform.db import database

db = AppGroup("db", help="The database: bring it up to date, or take a step back.")


@db.command("upgrade")
@click.argument("to", default="head")
def db_upgrade(to: str) -> None:
    """Run the migrations that this database has not had."""
    schema.upgrade(database(), to)
    click.echo("The database is up to date." if to == "head" else f"The database is at {to}.")


@db.command("downgrade")
@click.argument("to", default="-1")
def db_downgrade(to: str) -> None:
    """Undo the last migration, or go back to TO."""
    schema.downgrade(database(), to)
    click.echo(f"Went back to {to}.")


@click.command("work")
@with_appcontext
def work() -> None:
    """Do what the outbox asks, until told to stop."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    worker.work(current_app._get_current_object(), stop)  # type: ignore[attr-defined]


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; the loopback unless told otherwise.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@with_appcontext
def serve(host: str, port: int) -> None:
    """Serve the pages and the API, with a worker beside it: one machine, a demo or a small region."""
    from granian import Granian
    from granian.constants import Interfaces

    if not schema.is_current(database()):
        raise click.ClickException("The database is not up to date. Run `flask db upgrade` first.")
    threads = settings().threads
    database().dispose()  # the children make their own connections
    beside = subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "work"], env=os.environ.copy())
    click.echo(f"Nachtronde: http://{'localhost' if host == '127.0.0.1' else host}:{port}   (stop with Ctrl-C)")
    try:
        Granian("wsgi:app", address=host, port=port, interface=Interfaces.WSGI, workers=1, blocking_threads=threads,
                backpressure=threads * 4, log_enabled=True, log_access=False, respawn_failed_workers=True).serve()  # fmt: skip
    finally:
        beside.terminate()
        try:
            beside.wait(10)
        except subprocess.TimeoutExpired:
            beside.kill()


def register(app: Flask) -> None:
    """Hang every command on the app."""
    for command in (db, work, serve):
        app.cli.add_command(command)
