"""How well driving times do, and what was planned and driven in a night. For administrators: costs are shared on it."""

from __future__ import annotations

import uuid

from flask import Response, render_template

from backend.admin import travel_words
from backend.admin.blueprint import pages
from backend.dispatch.driving import calibration
from backend.dispatch.driving.calibration_rules import FEWEST_TRIPS
from backend.dispatch.driving.driven_report import driven_in_night
from backend.people.rules import Role
from backend.platform.clock import local, now
from backend.platform.config import settings
from backend.platform.db import reading
from backend.platform.web import access
from backend.roster import queries as roster_queries


@pages.get("/travel")
@access(Role.ADMIN)
def travel_times() -> str:
    """Where driving times come from, with which factor, and how far they are off lately."""
    with reading() as session:
        return render_template(
            "admin/travel.html",
            said=travel_words,
            source=settings().travel,
            sources=calibration.in_force(session, now()),
            nights=calibration.NIGHTS,
            fewest=FEWEST_TRIPS,
        )


@pages.get("/nights/<uuid:night_id>/driven")
@access(Role.ADMIN)
def driven_night(night_id: uuid.UUID) -> str:
    """Planned and driven minutes and kilometres of one night, per organisation and per drive."""
    with reading() as session:
        night = roster_queries.night(session, night_id)
        return render_template(
            "admin/driven.html", said=travel_words, night=night, driven=driven_in_night(session, night_id)
        )


@pages.get("/nights/<uuid:night_id>/driven.csv")
@access(Role.ADMIN)
def driven_sheet(night_id: uuid.UUID) -> Response:
    """The same drives as a spreadsheet."""
    with reading() as session:
        night = roster_queries.night(session, night_id)
        text = travel_words.spreadsheet(driven_in_night(session, night_id))
    response = Response("\ufeff" + text, mimetype="text/csv")
    name = f"gereden-{local(night.starts_at):%Y-%m-%d}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
