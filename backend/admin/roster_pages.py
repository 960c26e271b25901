"""Nights, who drives which car, and the visits that are planned before a night begins."""

from __future__ import annotations

import uuid
from datetime import datetime, time
from typing import Any

from flask import g, redirect, render_template, request, url_for
from marshmallow import ValidationError, validate

from backend.admin import queries, rules, wording
from backend.admin.blueprint import pages
from backend.admin.forms import Form, submit
from backend.dispatch import opening
from backend.dispatch import queries as dispatch_queries
from backend.dispatch.rules import OVER, VisitKind
from backend.people import queries as people
from backend.people.models import Client
from backend.people.rules import DESK, ReservedProcedure, Role
from backend.platform.clock import local, now
from backend.platform.db import Session, reading
from backend.platform.errors import Invalid, NotAllowed, NotFound
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork
from backend.platform.web import Schema, access, fields
from backend.roster import queries as roster_queries
from backend.roster import service as roster
from backend.roster.models import Night
from backend.roster.rules import night_around
from backend.triage.rules import Urgency


class NightForm(Schema):
    day = fields.Date(required=True)
    begins = fields.Time(required=True)
    ends = fields.Time(required=True)


class ShiftForm(Schema):
    id = fields.UUID(required=True)
    car_id = fields.UUID(required=True)
    nurse_id = fields.UUID(required=True)
    starts_at = fields.Time(required=True)
    ends_at = fields.Time(required=True)
    is_backup = fields.Boolean()


class ClientSearchForm(Schema):
    q = fields.Text(max=120, allow_none=True)
    client_id = fields.UUID(allow_none=True)


class PlannedVisitForm(Schema):
    id = fields.UUID(required=True)
    client_id = fields.UUID(required=True)
    title = fields.Text(max=120, min=1, required=True)
    window_start = fields.Time(required=True)
    window_end = fields.Time(required=True)
    service_minutes = fields.Integer(required=True, validate=validate.Range(min=5, max=240))
    urgency = fields.Enum(Urgency, by_value=True, required=True)
    cars_needed = fields.Integer(required=True, validate=validate.Range(min=1, max=3))
    required_competences = fields.List(
        fields.Enum(ReservedProcedure, by_value=True), validate=validate.Length(max=len(ReservedProcedure))
    )


class CancellationForm(Schema):
    reason = fields.Text(max=200, min=1, required=True)


# --- nights ------------------------------------------------------------------------------------


@pages.get("/nights")
@access(*DESK)
def nights() -> str:
    """The nights on the roster, newest first, and a form for the next."""
    return _nights_page(_next_night())


@pages.post("/nights")
@access(Role.ADMIN)
def add_night() -> Any:
    """Put a night on the roster."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        try:
            starts_at, ends_at = rules.night_from(data["day"], _plain(data["begins"]), _plain(data["ends"]))
        except (rules.NoSuchTime, OverflowError):
            raise Invalid({"ends": ["no_such_time"]}) from None
        night = roster.open_night(uow, starts_at=starts_at, ends_at=ends_at)
        return url_for("admin.night", night_id=night.id, said="added")

    return submit(NightForm(), write, again=_nights_page)


def _nights_page(form: Form) -> str:
    with reading() as session:
        found = roster_queries.nights(session)
        rosters = {night.id: queries.roster(session, night.id) for night in found}
        return render_template("admin/nights.html", form=form, nights=found, rosters=rosters, now=now())


def _next_night() -> Form:
    """The night after the last one on the roster, as a proposal."""
    with reading() as session:
        last = next(iter(roster_queries.nights(session, limit=1)), None)
    starts_at, ends_at = night_around(max(last.ends_at, now()) if last else now())
    return Form({"day": local(starts_at).date(), "begins": wording.clock(starts_at), "ends": wording.clock(ends_at)})


@pages.get("/nights/<uuid:night_id>")
@access(*DESK)
def night(night_id: uuid.UUID) -> str:
    """One night: who drives, and what is planned."""
    return _night_page(night_id)


@pages.post("/nights/<uuid:night_id>/shifts")
@access(*DESK)
def add_shift(night_id: uuid.UUID) -> Any:
    """Put a nurse in a car; the desk may do so for tonight, when somebody falls ill."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        found = roster_queries.night(uow.session, night_id)
        if not _may_roster(uow.session, found, uow.now):
            raise NotAllowed()
        times = _moments(found, data, "starts_at", "ends_at")
        roster.add_shift(uow, **{**data, **times}, night_id=night_id)
        return url_for("admin.night", night_id=night_id, said="shift")

    return submit(ShiftForm(), write, again=lambda form: _night_page(night_id, form))


def _may_roster(session: Session, night: Night, at: datetime) -> bool:
    """The administrator every night, the desk only tonight's."""
    tonight = roster_queries.night_at(session, at)
    return g.actor.role == Role.ADMIN or (tonight is not None and tonight.id == night.id)


def _night_page(
    night_id: uuid.UUID, shift: Form | None = None, cancellation: tuple[uuid.UUID, Form] | None = None
) -> str:
    with reading() as session:
        found = roster_queries.night(session, night_id)
        clocks = {"starts_at": wording.clock(found.starts_at), "ends_at": wording.clock(found.ends_at)}
        return render_template(
            "admin/night.html",
            form=shift or Form({"id": new_id(), **clocks}),
            cancelling=cancellation[0] if cancellation else None,
            cancellation=cancellation[1] if cancellation else Form(),
            night=found,
            roster=queries.roster(session, night_id),
            planned=queries.planned_visits(session, night_id),
            cars=[car for car in roster_queries.cars(session) if car.is_active],
            nurses=people.staff(session, role=Role.NURSE, is_active=True),
            may_roster=found.closed_at is None and _may_roster(session, found, now()),
            OVER=OVER,
        )


def _moments(night: Night, data: dict[str, Any], *names: str) -> dict[str, datetime]:
    """Clock times as moments of this night."""
    found: dict[str, datetime] = {}
    for name in names:
        try:
            found[name] = rules.moment_in_night(night.starts_at, _plain(data[name]))
        except rules.NoSuchTime:
            raise Invalid({name: ["no_such_time"]}) from None
    return found


def _plain(clock: time) -> time:
    """To the minute, and Dutch whatever zone was typed behind it."""
    return clock.replace(second=0, microsecond=0, tzinfo=None)


# --- planned visits ----------------------------------------------------------------------------


@pages.get("/nights/<uuid:night_id>/visits/new")
@access(*DESK)
def new_planned_visit(night_id: uuid.UUID) -> Any:
    """First find the client, then say what must be done and when."""
    wanted = ClientSearchForm()
    try:
        asked = wanted.load({name: request.args.get(name) or None for name in wanted.fields})
    except ValidationError:
        asked = {}
    with reading() as session:
        found = roster_queries.night(session, night_id)
        if found.closed_at is not None:
            return redirect(url_for("admin.night", night_id=night_id), 303)
        client = session.get(Client, asked["client_id"]) if asked.get("client_id") else None
        if client is None:
            return _client_page(session, found, asked.get("q"))
    usual = {"service_minutes": 30, "urgency": Urgency.U4.value, "cars_needed": 1}
    clocks = {"window_start": wording.clock(found.starts_at), "window_end": wording.clock(found.ends_at)}
    return _planned_page(night_id, Form({"id": new_id(), "client_id": client.id, **clocks, **usual}))


@pages.post("/nights/<uuid:night_id>/visits/new")
@access(*DESK)
def add_planned_visit(night_id: uuid.UUID) -> Any:
    """Put a planned visit on this night."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        found = roster_queries.night(uow.session, night_id)
        times = _moments(found, data, "window_start", "window_end")
        if not found.starts_at <= times["window_start"] < found.ends_at:
            raise Invalid({"window_start": ["outside_night"]})
        required = tuple(one.value for one in dict.fromkeys(data["required_competences"]))
        opening.add_planned(uow, **{**data, **times, "required_competences": required})
        return url_for("admin.night", night_id=night_id, said="visit", _anchor="planned")

    return submit(PlannedVisitForm(), write, again=lambda form: _planned_page(night_id, form))


@pages.post("/nights/<uuid:night_id>/visits/<uuid:visit_id>/cancellation")
@access(*DESK)
def cancel_planned_visit(night_id: uuid.UUID, visit_id: uuid.UUID) -> Any:
    """A planned visit is not needed after all."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        visit = dispatch_queries.visit(uow.session, visit_id)
        if visit.night_id != night_id or visit.kind is not VisitKind.PLANNED:
            raise NotFound()
        opening.cancel(uow, visit_id, reason=data["reason"])
        return url_for("admin.night", night_id=night_id, said="cancelled", _anchor="planned")

    return submit(CancellationForm(), write, again=lambda form: _night_page(night_id, None, (visit_id, form)))


def _client_page(session: Session, night: Night, q: str | None) -> str:
    form, clients = Form({"q": q}), None
    if q:
        try:
            clients = people.search_clients(session, q)
        except Invalid as refused:
            form = Form({"q": q}, wording.refusal(refused)[0])
    return render_template("admin/find_client.html", night=night, form=form, clients=clients)


def _planned_page(night_id: uuid.UUID, form: Form) -> str:
    with reading() as session:
        found = roster_queries.night(session, night_id)
        try:
            client = session.get(Client, uuid.UUID(form.value("client_id")))
        except ValueError:
            client = None
        if client is None:
            return _client_page(session, found, None)
        return render_template("admin/planned_visit.html", night=found, form=form, client=client)
