"""The door of the administrator's pages, and how a night is called there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g

from backend.admin import wording
from backend.people.rules import Role

pages = Blueprint("admin", __name__, template_folder="templates", url_prefix="/admin")


@pages.context_processor
def _for_every_page() -> dict[str, Any]:
    return {"words": wording, "is_admin": g.actor.role == Role.ADMIN}
