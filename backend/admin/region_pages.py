"""A proposal for the regions, on a map, to carry out in whole or in part and to put back; and who helped whom."""

from __future__ import annotations

import uuid
from typing import Any

import sqlalchemy as sa
from flask import render_template, request, url_for
from marshmallow import validate
from werkzeug.datastructures import MultiDict

from backend.admin import region_map, region_words, wording
from backend.admin.blueprint import pages
from backend.admin.forms import Form, load, submit
from backend.people.models import PostcodeArea
from backend.people.places import queries as places
from backend.people.places import service as regions
from backend.people.places.rules import parse_pc4_ranges
from backend.people.rules import Role
from backend.platform.clock import now
from backend.platform.db import Session, reading
from backend.platform.errors import DomainError, Invalid
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork
from backend.platform.web import Schema, access, fields
from backend.regions import help as region_help
from backend.regions import redraw as districts
from backend.regions import work as area_work
from backend.regions.proposal import MOST_AREAS, USUAL_NIGHTS, Calm, NothingToDraw, Wishes
from backend.regions.work import WorkSource
from backend.roster import queries as roster_queries

NOWHERE = "-"
"""Stands for no region in a box that is ticked."""


class WishesForm(Schema):
    nights = fields.Integer(required=True, validate=validate.Range(min=1, max=366))
    cars = fields.Integer(allow_none=True, validate=validate.Range(min=1, max=200))
    new_regions = fields.Integer(allow_none=True, validate=validate.Range(min=0, max=9))
    keep = fields.Text(max=20_000, allow_none=True)
    calm = fields.Enum(Calm, by_value=True, required=True)
    source = fields.Enum(WorkSource, by_value=True, allow_none=True)


class MovesForm(Schema):
    """Every ticked box names an area, where it lies on the map that was looked at, and where it goes."""

    moves = fields.List(
        fields.String(validate=validate.Regexp(r"[1-9][0-9]{3}\|[-0-9a-f]{1,36}\|[-0-9a-z]{1,36}\Z")),
        validate=validate.Length(min=1, max=MOST_AREAS),
    )


class PutBackForm(Schema):
    """Nothing to fill in."""


USUAL = {"nights": str(USUAL_NIGHTS), "calm": Calm.USUAL.value, "new_regions": "0"}


@pages.get("/regions/proposal")
@access(Role.ADMIN)
def region_proposal() -> str:
    """A fairer layout, on the map beside the one in force."""
    return _proposal_page(Form(_asked()))


@pages.post("/regions/proposal")
@access(Role.ADMIN)
def carry_out_proposal() -> Any:
    """Let the ticked areas go to the region that the proposal gave them."""

    def write(uow: UnitOfWork, data: dict[str, Any]) -> str:
        new: dict[str, uuid.UUID] = {}
        moves = {}
        for line in data["moves"]:
            pc4, source, target = line.split("|")
            moves[pc4] = (_region_id(source), _new_or_known(uow, target, new))
        regions.move_areas(uow, moves)
        return url_for("admin.regions", said="redrawn", _anchor="changes")

    def again(form: Form) -> str:
        return _proposal_page(Form(_asked()), refused=form)

    return submit(MovesForm(), write, again=again)


@pages.post("/regions/changes/<uuid:event_id>/undo")
@access(Role.ADMIN)
def put_back_regions(event_id: uuid.UUID) -> Any:
    """Put areas back where they were before a change."""

    def write(uow: UnitOfWork, _data: dict[str, Any]) -> str:
        moved = regions.put_back(uow, event_id)
        return url_for("admin.regions", said="put_back" if moved else "unchanged", _anchor="changes")

    return submit(PutBackForm(), write, again=lambda form: form.problem or "")


@pages.get("/regions/help")
@access(Role.TRIAGIST, Role.ADMIN)
def help_between_regions() -> str:
    """Whose cars drove for whom."""
    with reading() as session:
        latest = roster_queries.nights(session)
        night = next((one for one in latest if str(one.id) == request.args.get("night")), None)
        nights = _number(request.args.get("nights"), USUAL_NIGHTS)
        wanted = [night.id] if night else area_work.past_nights(session, now(), nights)
        return render_template(
            "admin/region_help.html",
            report=region_help.help_between(session, wanted),
            night=night,
            form=Form({"nights": str(nights)}),
            said=region_words,
        )


def _number(text: str | None, usual: int) -> int:
    return min(366, max(1, int(text))) if text and text.isascii() and text.isdigit() and len(text) < 5 else usual


def _asked() -> MultiDict[str, str]:
    typed: MultiDict[str, str] = MultiDict(USUAL)
    for name in WishesForm().fields:
        if name in request.args:
            typed[name] = request.args[name]
    return typed


def _proposal_page(form: Form, refused: Form | None = None) -> str:
    with reading() as session:
        page = {
            "form": form,
            "refused": refused or Form(),
            "said": region_words,
            "check": places.check_regions(session),
        }
        try:
            proposal = districts.propose(session, _wishes(session, form), now())
        except NothingToDraw as why:
            return render_template(
                "admin/region_proposal.html", **page, proposal=None, nothing=region_words.why_nothing(why)
            )
        except DomainError as wrong:
            errors, problem = wording.refusal(wrong)
            page["form"] = Form(form.typed, errors, problem)
            return render_template("admin/region_proposal.html", **page, proposal=None, nothing=None)
    return render_template(
        "admin/region_proposal.html",
        **page,
        nothing=None,
        proposal=proposal,
        looks=region_map.looks(proposal),
        maps=(
            ("Nu", region_map.draw(proposal, is_now=True)),
            ("Voorstel", region_map.draw(proposal, is_now=False)),
        ),
        NOWHERE=NOWHERE,
    )


def _wishes(session: Session, form: Form) -> Wishes:
    typed = form.typed if isinstance(form.typed, MultiDict) else MultiDict(form.typed)
    data = load(WishesForm(), typed)
    return Wishes(
        nights=data["nights"],
        cars=data["cars"],
        new_regions=data["new_regions"] or 0,
        keep=frozenset(_areas_to_keep(session, data["keep"] or "")),
        calm=data["calm"],
        source=data["source"],
    )


def _areas_to_keep(session: Session, text: str) -> list[str]:
    if not text.strip(" ,;\r\n\t"):
        return []
    try:
        return parse_pc4_ranges(text.strip(" ,;\r\n\t"), set(session.scalars(sa.select(PostcodeArea.pc4))))
    except ValueError as wrong:
        raise Invalid({"keep": ["invalid"]}, wrong_piece=str(wrong), wrong_box="keep") from None


def _region_id(text: str) -> uuid.UUID | None:
    if text == NOWHERE:
        return None
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Invalid({"moves": ["invalid"]}) from None


def _new_or_known(uow: UnitOfWork, key: str, new: dict[str, uuid.UUID]) -> uuid.UUID | None:
    """A region that exists, or one that is drawn now, once, under the first number that is free."""
    if not key.startswith("new-"):
        return _region_id(key)
    if key not in new:
        taken = {one.name.lower() for one in places.regions(uow.session)} | {
            one.code.lower() for one in places.regions(uow.session)
        }
        number = next(n for n in range(1, 1000) if not {f"nieuwe regio {n}", f"n{n}"} & taken)
        made = regions.set_region(
            uow, region_id=new_id(), name=f"Nieuwe regio {number}", code=f"N{number}", postcode_areas=()
        )
        new[key] = made.id
    return new[key]
