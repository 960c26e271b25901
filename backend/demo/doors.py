"""The demo's own corner of the start page: who can log in, and the button that closes the night."""

from typing import Any

import sqlalchemy as sa
from flask import Blueprint, current_app, redirect

from backend.demo import cast, night
from backend.people.models import Staff
from backend.platform.actor import SYSTEM
from backend.platform.config import settings
from backend.platform.db import reading
from backend.platform.errors import NotFound
from backend.platform.web import ANYONE, access

pages = Blueprint("demo", __name__, url_prefix="/demo")

_DESK, _PHONE, _MORNING = ("/desk/", "Zorgcentrale"), ("/phone/", "Telefoon"), ("/morning/", "Organisatie")
_ADMIN = ("/admin/", "Beheer")


def logins() -> list[dict[str, str]]:
    """Who can log in, in the order of the night; nobody before the demo is filled."""
    with reading(SYSTEM) as session:
        known = set(session.scalars(sa.select(Staff.login)))
    rows = [(name, login, _DESK) for name, login, role in cast.DESK_STAFF if role == "triagist"]
    rows += [
        (f"{nurse.name}, {'achterwacht' if nurse.is_backup else f'auto {nurse.car}'}", nurse.login, _PHONE)
        for nurse in cast.NURSES
    ]
    rows += [(f"Teammanager {name}", login, _MORNING) for name, login in cast.ORGANISATIONS]
    rows += [(f"{name}, beheer", login, _ADMIN) for name, login, role in cast.DESK_STAFF if role == "admin"]
    return [
        {"who": who, "login": login, "password": cast.PASSWORD, "door": door, "door_label": label}
        for who, login, (door, label) in rows
        if login in known
    ]


@pages.post("/close-night")
@access(ANYONE)
def close_night() -> Any:
    """Close the demo night and show the morning; outside a demo there is no such page."""
    if not settings().is_demo:
        raise NotFound()
    night.close(current_app)
    return redirect("/morning/", 303)
