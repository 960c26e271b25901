"""Clock times typed for a night, and how soon a competence ends. Plain Python."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

_WALL = ZoneInfo("Europe/Amsterdam")
BEFORE_THE_NIGHT = timedelta(hours=6)
"""A shift may begin this much before the night does; what is earlier is meant for the day after."""


class NoSuchTime(ValueError):
    """The clock jumps over this time: it is put forward on that night."""


def on_the_wall(day: date, clock: time) -> datetime:
    """That day and that clock time in the Netherlands, as a moment; an hour that comes twice is the first one."""
    wall = datetime.combine(day, clock, tzinfo=_WALL)
    moment = wall.astimezone(UTC)
    if moment.astimezone(_WALL).time() != clock:
        raise NoSuchTime(clock)
    return moment


def moment_in_night(starts_at: datetime, clock: time) -> datetime:
    """A clock time as it is meant in this night: in the day that begins six hours before the night does."""
    earliest = (starts_at - BEFORE_THE_NIGHT).astimezone(_WALL)
    day = earliest.date() if clock >= earliest.time() else earliest.date() + timedelta(days=1)
    return on_the_wall(day, clock)


def night_from(day: date, begins: time, ends: time) -> tuple[datetime, datetime]:
    """The night that begins on this day; an end that is not later on the clock is the next morning's."""
    morning = day if ends > begins else day + timedelta(days=1)
    return on_the_wall(day, begins), on_the_wall(morning, ends)


class Ending(StrEnum):
    """How soon a competence ends."""

    OVER = "over"
    WEEK = "week"
    MONTH = "month"
    TWO_MONTHS = "two_months"


LOOK_AHEAD_DAYS = 60
_WITHIN_DAYS = {Ending.WEEK: 7, Ending.MONTH: 30, Ending.TWO_MONTHS: LOOK_AHEAD_DAYS}


def ending(valid_until: date, today: date) -> Ending | None:
    """How soon a competence ends that counts up to and including that day; None when that is far away."""
    left = (valid_until - today).days
    if left < 0:
        return Ending.OVER
    return next((soon for soon, days in _WITHIN_DAYS.items() if left <= days), None)
