"""When it is night."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.roster.rules import night_around


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        (datetime(2026, 1, 15, 1, 30, tzinfo=UTC), 8),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), 9),
        (datetime(2026, 3, 28, 23, 30, tzinfo=UTC), 7),
        (datetime(2026, 6, 1, 12, 0, tzinfo=UTC), 8),
    ],
)
def test_a_night_is_eight_hours_on_the_wall_and_an_hour_more_or_less_when_the_clock_changes(
    moment: datetime, hours: int
) -> None:
    starts_at, ends_at = night_around(moment)
    assert ends_at - starts_at == timedelta(hours=hours)
    assert ends_at > moment
