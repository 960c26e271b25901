"""How nights, numbers and lists are written in Dutch."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.platform import dutch

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def at(*parts):
    return datetime(*parts, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("starts_at", "name"),
    [
        (at(2026, 11, 21, 23), "nacht van 21 op 22 november"),
        (at(2026, 11, 30, 23), "nacht van 30 november op 1 december"),
        (at(2026, 12, 31, 23), "nacht van 31 december 2026 op 1 januari 2027"),
        (at(2028, 2, 28, 23), "nacht van 28 op 29 februari"),
        (at(2026, 11, 22, 0, 30), "nacht van 21 op 22 november"),
        (at(2026, 11, 21, 14), "nacht van 21 op 22 november"),
    ],
)
def test_a_night_is_named_by_its_evening_and_its_morning(starts_at, name):
    assert dutch.night_name(starts_at) == name


@pytest.mark.parametrize("summer_ends", [datetime(2026, 10, 24, 21, tzinfo=UTC), datetime(2026, 3, 28, 22, tzinfo=UTC)])
def test_the_nights_in_which_the_clock_changes_have_the_name_on_the_wall(summer_ends):
    starts_at = summer_ends.astimezone(AMSTERDAM)
    assert starts_at.hour == 23
    month = "oktober" if starts_at.month == 10 else "maart"
    assert dutch.night_name(starts_at) == f"nacht van {starts_at.day} op {starts_at.day + 1} {month}"


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1)))
def test_a_call_before_and_after_midnight_belongs_to_one_night(moment):
    late = moment.replace(hour=23)
    assert dutch.night_name(late) == dutch.night_name(late + timedelta(hours=3))


def test_numbers_are_words_up_to_twelve():
    assert [dutch.in_words(n) for n in (0, 1, 2, 12, 13)] == ["nul", "één", "twee", "twaalf", "13"]


def test_figures_have_a_comma_for_parts_and_a_point_for_thousands():
    assert (dutch.decimal(37.08, 1), dutch.percent(0.176), dutch.thousands(25_911)) == ("37,1", "18 %", "25.911")
    assert (dutch.count(1, "regel", "regels"), dutch.count(2000, "regel", "regels")) == ("1 regel", "2.000 regels")


def test_a_list_and_a_sentence_are_written_as_one_says_them():
    assert [dutch.listed(parts) for parts in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == [
        "",
        "a",
        "a en b",
        "a, b en c",
    ]
    assert [dutch.sentence(text) for text in ("één bezoek", "twee bezoeken")] == ["Eén bezoek", "Twee bezoeken"]
