"""`flask ...`: what is done from the command line rather than from a screen."""

import contextlib
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from backend.platform import schema, tidy, worker
from backend.platform.actor import SYSTEM
from backend.platform.config import settings
from backend.platform.db import database
from backend.platform.uow import unit_of_work

db = AppGroup("db", help="De database: bijwerken, of een stap terug.")


@db.command("upgrade")
@click.argument("to", default="head")
def db_upgrade(to: str) -> None:
    """Werk de database bij tot de nieuwste vorm."""
    schema.upgrade(database(), to)
    click.echo("De database is bijgewerkt." if to == "head" else f"De database staat op {to}.")


@db.command("downgrade")
@click.argument("to", default="-1")
def db_downgrade(to: str) -> None:
    """Maak de laatste stap ongedaan, of ga terug naar TO."""
    schema.downgrade(database(), to)
    click.echo(f"Terug naar {to}.")


@click.command("work")
@with_appcontext
def work() -> None:
    """Doe het werk dat klaarstaat (bellen, plannen, afsluiten), tot iemand stop zegt."""
    stop = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    with unit_of_work(actor=SYSTEM) as uow:
        tidy.ask_for_tidying(uow)
    worker.work(current_app._get_current_object(), stop)  # type: ignore[attr-defined]


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="Luisteradres; anders alleen deze machine.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@with_appcontext
def serve(host: str, port: int) -> None:
    """Open de deuren: pagina's, API en het werk ernaast, op één machine."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    if not schema.is_current(database()):
        raise click.ClickException("De database is niet bijgewerkt. Doe eerst: flask db upgrade")
    threads = settings().threads
    database().dispose()  # the children make their own connections
    click.echo(f"Nachtronde: http://{'localhost' if host == '127.0.0.1' else host}:{port}   (stoppen met Ctrl-C)")
    with _worker_beside():
        Granian(
            "wsgi:app",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=threads,
            backpressure=threads * 4,
            log_level=LogLevels.error,
            respawn_failed_workers=True,
        ).serve()


@contextlib.contextmanager
def _worker_beside() -> Iterator[None]:
    """Keep a worker process going as long as the server is; one that dies is started again."""
    stopping = threading.Event()
    running: list[subprocess.Popen[bytes]] = []

    def keep() -> None:
        while not stopping.is_set():
            running[:] = [subprocess.Popen([sys.executable, "-m", "flask", "--app", "wsgi", "work"])]
            running[0].wait()
            stopping.wait(2)

    threading.Thread(target=keep, name="worker", daemon=True).start()
    try:
        yield
    finally:
        stopping.set()
        for worker_process in running:
            worker_process.terminate()
            try:
                worker_process.wait(10)
            except subprocess.TimeoutExpired:
                worker_process.kill()


def register(app: Flask) -> None:
    """Hang every command on the app."""
    from backend.demo import demo
    from backend.dispatch.driving.cli import travel
    from backend.handover.cli import night
    from backend.people.cli import gazetteer, people, regions
    from backend.regions.cli import propose
    from backend.roster.cli import fleet
    from backend.travel.cli import roads
    from backend.triage.cli import scope_list

    regions.add_command(propose)
    for command in (db, work, serve, gazetteer, regions, people, scope_list, fleet, roads, travel, night, demo):
        app.cli.add_command(command)
