"""Nachtronde: one call travels from the phone line to the nurse's car to the morning page."""

import logging

import structlog
from flask import Flask

from backend.platform import pages, session, web
from backend.platform.clock import Clock, system_clock
from backend.platform.config import ROOT, Settings
from backend.platform.db import Database
from backend.platform.live import Streams
from backend.platform.runtime import Runtime


def create_app(settings: Settings | None = None, *, clock: Clock = system_clock) -> Flask:
    """Settings -> database -> door -> rooms, in that order, and nothing else."""
    settings = settings or Settings.from_environment()
    settings.refuse_unsafe()
    _log_without_people(settings.log_level)
    app = Flask("backend", root_path=str(ROOT / "backend"), static_folder=str(ROOT / "static"), static_url_path="/static")
    app.view_functions["static"].access_roles = frozenset({web.ANYONE})  # type: ignore[attr-defined]
    runtime = Runtime(settings, Database(settings.database_url, pool_size=settings.threads), clock)
    app.extensions["nachtronde"] = runtime
    runtime.streams = Streams(app)
    runtime.api = web.install(app)
    _furnish(app, runtime)
    web.check_routes(app)
    return app


def _furnish(app: Flask, runtime: Runtime) -> None:
    """Bring in the rooms, in the order of the night."""
    # While the rooms are being built, a room that is not there yet is passed over (the lead removes this).
    from importlib import import_module
    from importlib.util import find_spec

    from backend import reactions
    from backend.people.accounts import StaffAccounts

    runtime.accounts = StaffAccounts()
    runtime.reactions, runtime.jobs = reactions.REACTIONS, reactions.JOBS
    app.register_blueprint(pages.pages)
    runtime.api.register_blueprint(session.blp)
    for room in ("people", "intake", "triage", "dispatch", "visits", "handover"):
        try:
            import_module(f"backend.{room}.api")
        except ImportError:
            continue
        if find_spec(f"backend.{room}.api"):
            runtime.api.register_blueprint(import_module(f"backend.{room}.api").blp)
        if find_spec(f"backend.{room}.pages"):
            app.register_blueprint(import_module(f"backend.{room}.pages").pages)
        if find_spec(f"backend.{room}.cli"):
            for command in import_module(f"backend.{room}.cli").commands:
                app.cli.add_command(command)
    from backend import cli

    cli.register(app)


def _log_without_people(level: str) -> None:
    """One JSON line an event, with codes and ids of requests; never a name, an address or what somebody typed."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=False,
    )

