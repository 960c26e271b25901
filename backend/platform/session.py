"""Logging in and out, for the apps; the page for people without one is in pages.py."""

import uuid
from typing import Any

import flask
from flask import Response, g, request
from flask.views import MethodView
from marshmallow.validate import Length

from backend.platform import login, push
from backend.platform.actor import SYSTEM, Actor
from backend.platform.answers import Answer, Moment
from backend.platform.clock import now
from backend.platform.config import settings
from backend.platform.db import reading
from backend.platform.uow import unit_of_work
from backend.platform.web import ANYONE, LOGGED_IN, Blueprint, Schema, fields, json_response

blp = Blueprint("session", __name__, url_prefix="/api/v1", description="Who is logged in")


class SessionIn(Schema):
    login = fields.Text(required=True, max=120, min=1)
    password = fields.String(required=True, validate=Length(max=200))


class OrganisationBrief(Answer):
    id: uuid.UUID
    name: str


class PartnershipBrief(Answer):
    name: str
    desk_phone: str


class SessionOut(Answer):
    staff_id: uuid.UUID
    name: str
    role: str
    organisation: OrganisationBrief
    partnership: PartnershipBrief
    csrf_token: str
    server_time: Moment
    is_demo: bool


def describe(actor: Actor, token: str) -> dict[str, Any]:
    """The session as its owner may see it."""
    with reading(SYSTEM) as session:
        about = flask.current_app.extensions["nachtronde"].accounts.describe(session, actor)
    return {
        "staff_id": actor.staff_id,
        "name": actor.name,
        "role": actor.role,
        "csrf_token": login.csrf_token(token),
        "server_time": now(),
        "is_demo": settings().is_demo,
        **about,
    }


def log_in(name: str, password: str) -> tuple[Actor, str]:
    """Check the password and begin a session; returns the actor and the cookie's token."""
    actor = login.check_password(name, password, request.remote_addr or "")
    with unit_of_work(actor=SYSTEM) as uow:
        login.end(uow, request.cookies.get(login.COOKIE))  # a new login never continues an old session
        return actor, login.start(uow, actor)


def log_out() -> None:
    """End the session of this request and ring its phone no more."""
    with unit_of_work(actor=SYSTEM) as uow:
        login.end(uow, request.cookies.get(login.COOKIE))
        if g.actor.staff_id is not None:
            push.unsubscribe_all(uow, g.actor.staff_id)


@blp.route("/session")
class SessionView(MethodView):
    @blp.access(LOGGED_IN)
    @blp.response(200, SessionOut)
    def get(self) -> SessionOut:
        """Who am I?"""
        return SessionOut.of(describe(g.actor, request.cookies[login.COOKIE]))

    @blp.access(ANYONE)
    @blp.arguments(SessionIn)
    @blp.response(200, SessionOut)
    def post(self, data: dict[str, Any]) -> Response:
        """Log in with name and password"""
        actor, token = log_in(data["login"], data["password"])
        response = json_response(SessionOut.of(describe(actor, token)))
        login.set_cookie(response, token)
        return response

    @blp.access(ANYONE)
    @blp.response(204)
    def delete(self) -> Response:
        """Log out; the phone is rung no more"""
        log_out()
        response = Response(status=204)
        response.delete_cookie(login.COOKIE, path="/")
        response.headers["Clear-Site-Data"] = '"cache"'
        return response
