"""The morning page: one letter to read, answer and print. Works without JavaScript."""

import uuid
from typing import Any

import flask
from flask import Blueprint, Response, g, redirect, render_template, request, url_for

from backend.handover import queries, service
from backend.handover.queries import Letter
from backend.handover.rules import ReceiptStatus
from backend.people.rules import Role
from backend.platform.db import reading
from backend.platform.errors import DomainError, Invalid
from backend.platform.ids import new_id
from backend.platform.uow import unit_of_work
from backend.platform.web import access

pages = Blueprint("morning", __name__, template_folder="templates", url_prefix="/morning")


@pages.get("/")
@access(Role.TEAM_MANAGER, Role.TRIAGIST, Role.ADMIN)
def latest() -> Any:
    """The organisation's last letter; for the desk, how far every letter came."""
    with reading() as session:
        if g.actor.sees_all:
            return _overview(queries.letters(session))
        newest = queries.newest(session)
        if newest is None:
            return render_template("handover/none_yet.html")
        handover_id = newest.id
    return _letter_page(handover_id)


@pages.get("/<uuid:handover_id>")
@access(Role.TEAM_MANAGER, Role.TRIAGIST, Role.ADMIN)
def one(handover_id: uuid.UUID) -> Any:
    """One letter with its addenda."""
    with reading() as session:
        first = queries.letter(session, handover_id).first
    if first.id != handover_id:
        return redirect(url_for("morning.one", handover_id=first.id, _anchor=f"a-{handover_id}"), 303)
    return _letter_page(handover_id)


@pages.post("/entries/<uuid:entry_id>/receipts")
@access(Role.TEAM_MANAGER)
def answer(entry_id: uuid.UUID) -> Any:
    """Take an action over, ask, or say that one does not agree; then back to the same line."""
    with reading() as session:
        first = queries.letter_of_entry(session, entry_id).first
    form = request.form
    try:
        with unit_of_work() as uow:
            service.answer(
                uow,
                receipt_id=_uuid(form.get("receipt_id")) or new_id(),
                entry_id=entry_id,
                status=_status(form.get("status", "")),
                note=form.get("note", "")[:2000],
                action_id=_uuid(form.get("action_id")),
            )
    except service.AlreadyTakenOver:
        pass  # the page itself says who was first
    except DomainError as refused:
        page = _letter_page(
            first.id, problem={"entry_id": entry_id, "code": refused.code, "note": form.get("note", "")}
        )
        page.status_code = refused.http_status
        return page
    return redirect(url_for("morning.one", handover_id=first.id, _anchor=f"e-{entry_id}"), 303)


def _letter_page(handover_id: uuid.UUID, problem: dict[str, Any] | None = None) -> Response:
    if g.actor.role == Role.TEAM_MANAGER and not _is_only_a_guess():
        _open(handover_id)
    with reading() as session:
        found = queries.letter(session, handover_id)
        earlier = [one for one in queries.letters(session) if one.first.id != handover_id]
        earlier = [one for one in earlier if one.first.organisation_id == found.first.organisation_id]
        page = render_template(
            "handover/letter.html",
            letter=found,
            earlier=earlier,
            problem=problem,
            may_answer=g.actor.role == Role.TEAM_MANAGER,
            new_id=new_id,
        )
    return flask.make_response(page)


def _open(handover_id: uuid.UUID) -> None:
    """Opening is reading: the first time is kept, with a name. Only then is there something to write."""
    with reading() as session:
        unopened = [one.id for one in queries.letter(session, handover_id).everything if one.opened_at is None]
    if unopened:
        with unit_of_work() as uow:
            for one_id in unopened:
                service.open_letter(uow, one_id)


def _is_only_a_guess() -> bool:
    """A browser that fetches a page in advance has not shown it to anybody."""
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return request.method == "HEAD" or "prefetch" in purpose


def _overview(letters: list[Letter]) -> str:
    nights: dict[str, list[Letter]] = {}
    for letter in letters:
        nights.setdefault(letter.first.body["night"], []).append(letter)
    return render_template(
        "handover/overview.html",
        nights=nights,
        delivery_in_words=queries.delivery_in_words,
        status_of=queries.status_of,
        ReceiptStatus=ReceiptStatus,
    )


def _uuid(text: str | None) -> uuid.UUID | None:
    try:
        return uuid.UUID(text) if text else None
    except ValueError:
        raise Invalid({"id": ["invalid"]}) from None


def _status(text: str) -> ReceiptStatus:
    try:
        return ReceiptStatus(text)
    except ValueError:
        raise Invalid({"status": ["unknown_choice"]}) from None
