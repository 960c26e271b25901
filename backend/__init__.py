"""Nachtronde: one call travels from the phone line to the nurse's car to the morning page."""

import logging

import structlog
from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

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
    settings.refuse_unusable()
    _log_without_people(settings.log_level)
    app = Flask("backend", root_path=str(ROOT / "backend"), static_folder=str(ROOT / "static"))
    web.access(web.ANYONE)(app.view_functions["static"])
    if hops := settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    runtime = Runtime(settings, Database(settings.database_url, pool_size=settings.threads), clock)
    app.extensions["nachtronde"] = runtime
    runtime.streams = Streams(app)
    runtime.api = web.install(app)
    _register_rooms(app, runtime)
    web.check_routes(app)
    return app


def _register_rooms(app: Flask, runtime: Runtime) -> None:
    """Bring in the rooms, in the order of the night."""
    # Here, not above: the rooms are large, and whoever only wants a setting or a clock should not wait for them.
    from backend import cli, demo, reactions
    from backend.admin.pages import pages as admin
    from backend.dispatch.api import blp as dispatch
    from backend.handover.api import blp as handover
    from backend.handover.pages import pages as morning
    from backend.intake.api import blp as intake
    from backend.people.accounts import StaffAccounts
    from backend.people.api import blp as people
    from backend.phone.api import blp as phone
    from backend.regions.api import blp as regions
    from backend.roster.api import blp as roster
    from backend.triage.api import blp as triage

    runtime.accounts = StaffAccounts()
    runtime.reactions, runtime.jobs = reactions.REACTIONS, reactions.JOBS
    runtime.demo_logins = demo.logins
    for room in (session.blp, people, intake, triage, roster, dispatch, phone, handover, regions):
        runtime.api.register_blueprint(room)
    for door in (pages.pages, morning, admin, demo.pages):
        app.register_blueprint(door)
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
