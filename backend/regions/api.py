"""Help between regions, as numbers per region: nothing in it is about a client or an organisation."""

from typing import Any

from flask.views import MethodView
from marshmallow import validate

from backend.people.rules import DESK
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


class HelpOut(Schema):
    visits = fields.Integer(required=True)
    minutes = fields.Integer(required=True)
    metres = fields.Integer(required=True)


class HelpRegionOut(Schema):
    region_id = fields.UUID(required=True)
    name = fields.String(required=True)
    own = fields.Nested(HelpOut, required=True)
    given = fields.Nested(HelpOut, required=True)
    received = fields.Nested(HelpOut, required=True)


class HelpPairOut(Schema):
    helper_id = fields.UUID(required=True)
    helped_id = fields.UUID(required=True)
    help = fields.Nested(HelpOut, required=True)


class RegionHelpOut(Schema):
    nights = fields.Integer(required=True)
    first_night_at = fields.Instant(required=True, allow_none=True)
    last_night_at = fields.Instant(required=True, allow_none=True)
    regions = fields.List(fields.Nested(HelpRegionOut), required=True)
    between = fields.List(fields.Nested(HelpPairOut), required=True)
    by_roaming_cars = fields.Nested(HelpOut, required=True)
    to_nowhere = fields.Nested(HelpOut, required=True)


@blp.route("/region-help")
class RegionHelpBetween(MethodView):
    @blp.access(*DESK)
    @blp.arguments(RegionHelpQuery, location="query")
    @blp.response(200, RegionHelpOut)
    def get(self, data: dict[str, Any]) -> dict[str, Any]:
        """Which region's cars drove for which other region: visits, minutes at the door, metres of the drive there"""
        with reading() as session:
            if "night_id" in data:
                nights = [roster.night(session, data["night_id"]).id]
            else:
                nights = area_work.past_nights(session, now(), data["nights"])
            return _report_json(region_help.help_between(session, nights))


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
