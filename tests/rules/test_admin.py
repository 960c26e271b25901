"""Clock times typed for a night, and how soon a competence ends."""

from datetime import UTC, date, datetime, time

import pytest

from backend.admin import rules
from backend.admin.rules import Ending

WINTER = datetime(2026, 1, 14, 22, tzinfo=UTC)
"""Eleven in the evening, as a clock in the Netherlands shows it."""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (time(23), datetime(2026, 1, 14, 22, tzinfo=UTC)),
        (time(21, 30), datetime(2026, 1, 14, 20, 30, tzinfo=UTC)),
        (time(0), datetime(2026, 1, 14, 23, tzinfo=UTC)),
        (time(7), datetime(2026, 1, 15, 6, tzinfo=UTC)),
        (time(16, 59), datetime(2026, 1, 15, 15, 59, tzinfo=UTC)),
        (time(17), datetime(2026, 1, 14, 16, tzinfo=UTC)),
    ],
)
def test_a_clock_time_belongs_to_the_evening_or_to_the_morning_after(typed, meant):
    assert rules.moment_in_night(WINTER, typed) == meant


def test_the_hour_that_the_clock_jumps_over_does_not_exist():
    spring = datetime(2026, 3, 28, 22, tzinfo=UTC)
    with pytest.raises(rules.NoSuchTime):
        rules.moment_in_night(spring, time(2, 30))
    assert rules.moment_in_night(spring, time(3, 30)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_the_hour_that_comes_twice_is_the_first_one():
    autumn = datetime(2026, 10, 24, 21, tzinfo=UTC)
    assert rules.moment_in_night(autumn, time(2, 30)) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_a_night_that_ends_before_it_begins_ends_the_next_morning():
    day = date(2026, 10, 24)
    starts_at, ends_at = rules.night_from(day, time(23), time(7))
    assert (ends_at - starts_at).total_seconds() == 9 * 3600  # the night of the extra hour
    assert rules.night_from(day, time(1), time(7))[1] == datetime(2026, 10, 24, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("days", "soon"),
    [(-1, Ending.OVER), (0, Ending.WEEK), (7, Ending.WEEK), (8, Ending.MONTH), (30, Ending.MONTH),
     (31, Ending.TWO_MONTHS), (60, Ending.TWO_MONTHS), (61, None)],
)  # fmt: skip
def test_a_competence_counts_on_its_last_day_and_is_announced_before(days, soon):
    today = date(2026, 1, 15)
    assert rules.ending(date.fromordinal(today.toordinal() + days), today) is soon
