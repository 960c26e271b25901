"""The administrator's own pages: what needs attention, who we are together, the meetlat that is in force."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for

from backend.admin import people_pages, place_pages, queries, region_pages, roster_pages, travel_pages
from backend.admin.blueprint import pages
from backend.admin.forms import Form, submit
from backend.admin.rules import Ending
from backend.people import management
from backend.people.models import Partnership
from backend.people.rules import Role
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.uow import UnitOfWork
from backend.platform.web import Schema, access, fields
from backend.triage.queries import scope_list_at


class PartnershipForm(Schema):
    name = fields.Text(max=120, min=1, required=True)
    desk_phone = fields.Text(max=30, min=1, required=True)
    backup_note = fields.Text(max=500, allow_none=True)


@pages.get("/")
@access(Role.ADMIN)
def overview() -> str:
    """What needs attention today, and the way to everything else."""
    with reading() as session:
        return render_template("admin/overview.html", found=queries.overview(session, now()), Ending=Ending)


@pages.get("/scope-list")
@access(Role.ADMIN)
def scope_list() -> str:
    """The meetlat in force, to read."""
    with reading() as session:
        return render_template("admin/scope_list.html", meetlat=scope_list_at(session, now()))


@pages.get("/partnership")
@access(Role.ADMIN)
def partnership() -> str:
    """Who we are together, and the desk's number."""
    with reading() as session:
        known = session.get(Partnership, 1)
    names = ("name", "desk_phone", "backup_note")
    return _partnership_page(Form({name: getattr(known, name) for name in names} if known else {}))


@pages.post("/partnership")
@access(Role.ADMIN)
def change_partnership() -> Any:
    """Change the name or the numbers."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        management.change_partnership(uow, **{**data, "backup_note": data["backup_note"] or ""})
        return url_for("admin.partnership", said="changed")

    return submit(PartnershipForm(), write, again=_partnership_page)


def _partnership_page(form: Form) -> str:
    return render_template("admin/partnership.html", form=form)


__all__ = ["pages", "people_pages", "place_pages", "region_pages", "roster_pages", "travel_pages"]
