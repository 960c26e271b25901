"""The only place that asks what time it is. Stored in UTC, shown in Europe/Amsterdam."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

Clock = Callable[[], datetime]

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def system_clock() -> datetime:
    """The machine's own time, aware and in UTC."""
    return datetime.now(UTC)


class SettableClock:
    """A clock for tests and rehearsals: it stands still until somebody moves it."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **parts: float) -> datetime:
        """Move on by `timedelta(**parts)` and return the new time."""
        self.moment += timedelta(**parts)
        return self.moment


def now() -> datetime:
    """The time by the running app's clock. For the edges only: inside a write, use `uow.now`."""
    if has_app_context() and "nachtronde" in current_app.extensions:
        moment: datetime = current_app.extensions["nachtronde"].clock()
        return moment
    return system_clock()


def local(moment: datetime) -> datetime:
    """The same moment as a wall clock in the Netherlands shows it."""
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown: give it one")
    return moment.astimezone(AMSTERDAM)


def iso(moment: datetime) -> str:
    """The moment as it leaves the house: ISO 8601 in UTC, ending in Z."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
