"""Help between regions, as numbers per region: nothing in it is about a client or an organisation."""

import uuid
from typing import Any

from flask.views import MethodView
from marshmallow import validate

from backend.people.rules import DESK
from backend.platform.answers import Answer, Moment
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.web import Blueprint, Schema, fields
from backend.regions import help as region_help
from backend.regions import work as area_work
from backend.regions.help import Help, HelpReport
from backend.roster import queries as roster

blp = Blueprint("regions", __name__, url_prefix="/api/v1", description="Regio's: help between them")

MOST_NIGHTS = 366


class RegionHelpQuery(Schema):
    night_id = fields.UUID(metadata={"description": "Only this night"})
    nights = fields.Integer(
        load_default=28,
        validate=validate.Range(min=1, max=MOST_NIGHTS),
        metadata={"description": "The latest nights, the one under way included"},
    )


class HelpOut(Answer):
    visits: int
    minutes: int
    metres: int


class HelpRegionOut(Answer):
    region_id: uuid.UUID
    name: str
    own: HelpOut
    given: HelpOut
    received: HelpOut


class HelpPairOut(Answer):
    helper_id: uuid.UUID
    helped_id: uuid.UUID
    help: HelpOut


class RegionHelpOut(Answer):
    nights: int
    first_night_at: Moment | None
    last_night_at: Moment | None
    regions: list[HelpRegionOut]
    between: list[HelpPairOut]
    by_roaming_cars: HelpOut
    to_nowhere: HelpOut


@blp.route("/region-help")
class RegionHelpBetween(MethodView):
    @blp.access(*DESK)
    @blp.arguments(RegionHelpQuery, location="query")
    @blp.response(200, RegionHelpOut)
    def get(self, data: dict[str, Any]) -> RegionHelpOut:
        """Which region's cars drove for which other region: visits, minutes at the door, metres of the drive there"""
        with reading() as session:
            if "night_id" in data:
                nights = [roster.night(session, data["night_id"]).id]
            else:
                nights = area_work.past_nights(session, now(), data["nights"])
            return RegionHelpOut.of(_report_json(region_help.help_between(session, nights)))


def _report_json(report: HelpReport) -> dict[str, Any]:
    def help_json(one: Help) -> dict[str, int]:
        return {"visits": one.visits, "minutes": one.minutes, "metres": one.metres}

    return {
        "nights": report.nights,
        "first_night_at": report.first,
        "last_night_at": report.last,
        "regions": [
            {
                "region_id": one.region.id,
                "name": one.region.name,
                "own": help_json(one.own),
                "given": help_json(one.given),
                "received": help_json(one.received),
            }
            for one in report.regions
        ],
        "between": [
            {"helper_id": one.helper.id, "helped_id": one.helped.id, "help": help_json(one.help)}
            for one in report.between
        ],
        "by_roaming_cars": help_json(report.by_roaming_cars),
        "to_nowhere": help_json(report.to_nowhere),
    }
