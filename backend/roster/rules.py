"""When it is night, and within how many minutes a region wants somebody at the door: plain Python."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from backend.triage.rules import Urgency

_WALL = ZoneInfo("Europe/Amsterdam")


class PlanState(StrEnum):
    """Stand van het ritplan: nothing to do, being worked on, or left as it was because planning failed."""

    IDLE = "idle"
    RUNNING = "running"
    FAILED = "failed"


def night_around(moment: datetime, *, begins: time = time(23), ends: time = time(7)) -> tuple[datetime, datetime]:
    """The night (23:00-07:00 on the wall) that `moment` falls in, or the next one; 7, 8 or 9 hours long."""
    wall = moment.astimezone(_WALL)
    first_day = wall.date() if wall.time() >= ends else wall.date() - timedelta(days=1)
    start = datetime.combine(first_day, begins, tzinfo=_WALL)
    end = datetime.combine(first_day + timedelta(days=1), ends, tzinfo=_WALL)
    return start.astimezone(UTC), end.astimezone(UTC)


DEFAULT_RESPONSE_MINUTES: Mapping[Urgency, int | None] = {
    Urgency.U2: 30,
    Urgency.U3: 120,
    Urgency.U4: None,
    Urgency.U5: None,
}
"""Our defaults, None meaning "before the night ends". NTS names no minutes ("zo snel mogelijk", "binnen enkele uren",
"binnen een etmaal"), so every region sets its own in `ResponseNorm`."""


def response_minutes(urgency: Urgency, norms: Mapping[Urgency, int | None]) -> int | None:
    """A region's own norm when it has one, else the default."""
    return norms[urgency] if urgency in norms else DEFAULT_RESPONSE_MINUTES.get(urgency)
