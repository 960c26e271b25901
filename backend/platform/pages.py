"""The pages that every door shares: the start page, the login, the built apps, the readable API, the pulse."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import flask
import sqlalchemy as sa
from flask import Blueprint, Response, g, redirect, render_template, request

from backend.platform import login
from backend.platform.clock import iso, local, now
from backend.platform.config import ROOT, settings
from backend.platform.db import database
from backend.platform.errors import DomainError
from backend.platform.session import log_in, log_out
from backend.platform.web import ANYONE, access

pages = Blueprint("pages", __name__, template_folder="templates")

BUILT = ROOT / "static" / "app"
_YEAR = "public, max-age=31536000, immutable"
DOORS = {
    "triagist": ("/desk/", "/morning/", "/admin/"),
    "admin": ("/admin/", "/desk/", "/morning/"),
    "nurse": ("/phone/",),
    "team_manager": ("/morning/",),
}
"""Whose doors are whose; the first one is where a login leads by itself."""


@pages.get("/")
@access(ANYONE)
def start() -> str:
    """The three doors, and in a demo the names and passwords that open them."""
    logins: Callable[[], list[dict[str, str]]] = flask.current_app.extensions["nachtronde"].demo_logins
    return render_template(
        "platform/start.html", logins=logins() if settings().is_demo else [], is_demo=settings().is_demo
    )


@pages.get("/login")
@access(ANYONE)
def login_page() -> str | Response:
    """Name and password, one form for all three doors."""
    return render_template("platform/login.html", next=_inside(request.args.get("next")), error=None, name="")


@pages.post("/login")
@access(ANYONE)
def login_submit() -> Any:
    """Log in and go where one wanted to go; a wrong password keeps the name."""
    name = request.form.get("login", "")[:120]
    wanted = _inside(request.form.get("next"))
    try:
        actor, token = log_in(name, request.form.get("password", "")[:200])
    except DomainError as refused:
        page = render_template("platform/login.html", next=wanted, error=refused.code, name=name)
        return page, refused.http_status
    own = DOORS.get(actor.role, ("/",))
    # Somebody else's door would only refuse: then go to one's own.
    other = wanted.startswith(tuple({door for doors in DOORS.values() for door in doors} - set(own)))
    response = redirect(own[0] if wanted == "/" or other else wanted, 303)
    login.set_cookie(response, token)  # type: ignore[arg-type]
    return response


@pages.post("/logout")
@access(ANYONE)
def logout() -> Any:
    """End the session and go back to the doors."""
    log_out()
    response = redirect("/", 303)
    response.delete_cookie(login.COOKIE, path="/")
    return response


@pages.get("/desk/")
@access(ANYONE)
def desk() -> Response:
    """The desk's screen. The shell holds no data; it asks for a login itself."""
    return _shell("desk")


@pages.get("/phone/")
@access(ANYONE)
def phone() -> Response:
    """The phone's app. It must open without a session: a nurse in a cellar has no network to log in with."""
    return _shell("phone")


@pages.get("/phone/sw.js")
@access(ANYONE)
def service_worker() -> Response:
    """The phone's service worker, from the folder that it may rule."""
    response = flask.send_from_directory(BUILT / "phone", "sw.js", mimetype="text/javascript", max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response


@pages.get("/manifest.webmanifest")
@access(ANYONE)
def manifest() -> Response:
    """What a phone needs to put the app on its home screen."""
    return flask.send_from_directory(
        ROOT / "static", "manifest.webmanifest", mimetype="application/manifest+json", max_age=3600
    )


@pages.get("/app/<path:name>")
@access(ANYONE)
def built(name: str) -> Response:
    """A built file; its name holds a hash of its contents, so it may be kept for a year."""
    response = flask.send_from_directory(BUILT, name)
    if "/assets/" in name:
        response.headers["Cache-Control"] = _YEAR
    return response


def _shell(name: str) -> Response:
    if not (BUILT / name / "index.html").exists():
        return Response(render_template("platform/error.html", status=503, code="not_built"), 503, mimetype="text/html")
    response = flask.send_from_directory(BUILT / name, "index.html", max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response


def _inside(wanted: str | None) -> str:
    """Only a path of our own: a login must not send anybody to another site."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")) or urlsplit(wanted).netloc:
        return "/"
    return wanted


@pages.get("/api/openapi.json")
@access(ANYONE)
def openapi() -> Response:
    """The API's document, OpenAPI 3.1."""
    return flask.jsonify(flask.current_app.extensions["nachtronde"].api.spec.to_dict())


@pages.get("/api/docs")
@access(ANYONE)
def api_docs() -> str:
    """The API's document as a page to read; nothing on it comes from elsewhere."""
    spec = flask.current_app.extensions["nachtronde"].api.spec.to_dict()
    return render_template("platform/api.html", spec=spec, schema_name=_schema_name)


def _schema_name(body: dict[str, Any]) -> str:
    content: list[dict[str, Any]] = list(body.get("content", {}).values())
    schema = content[0].get("schema", {}) if content else {}
    return str(schema.get("$ref", schema.get("items", {}).get("$ref", ""))).rpartition("/")[2]


@pages.get("/healthz")
@access(ANYONE)
def health() -> tuple[dict[str, str], int]:
    """Is the house up? 200 with the time when the database answers, 503 when it does not."""
    try:
        with database().engine.connect() as connection:
            connection.execute(sa.text("SELECT 1"))
    except sa.exc.OperationalError:
        return {"status": "database_away", "at": iso(now())}, 503
    return {"status": "ok", "at": iso(now())}, 200


@pages.app_context_processor  # for every template, those of the other rooms too
def _for_every_page() -> dict[str, Any]:
    token = request.cookies.get(login.COOKIE)
    actor = g.get("actor")
    is_in = bool(token and actor and actor.staff_id)
    return {
        "actor": actor if is_in else None,
        "csrf_token": login.csrf_token(token) if is_in and token else "",
        "local": local,
    }
