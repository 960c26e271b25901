"""Postcodes and house numbers as they are said at night, coordinates, and regions without gaps."""

import csv
from pathlib import Path

import pytest

from backend.people import addresses
from backend.people.addresses import HouseNumber, Point
from backend.people.places import rules

AMSTERDAM = Path(rules.__file__).with_name("amsterdam.csv")


@pytest.mark.parametrize(("said", "postcode"), [("1056 dl", "1056DL"), (" 1056DL ", "1056DL"), ("8261  Ab", "8261AB")])
def test_a_postcode_is_written_one_way(said, postcode):
    assert addresses.normalise_postcode(said) == postcode


@pytest.mark.parametrize(
    "said",
    ["0156DL", "1056SA", "1056sd", "1056 SS", "1056", "1056D", "1056DLX", "1056D1", "1056DL\n1", "", "１０５６DL"],
)
def test_what_cannot_be_a_dutch_postcode_is_refused(said):
    assert addresses.normalise_postcode(said) is None


def test_a_postcode_area_has_four_digits_that_do_not_begin_with_nought():
    assert addresses.normalise_pc4(" 1056 ") == "1056"
    assert [addresses.normalise_pc4(said) for said in ("0156", "105", "10567", "١٠٥٦", "1056DL")] == [None] * 5


@pytest.mark.parametrize(
    ("said", "number", "addition"),
    [
        ("214", 214, ""),
        ("214-2", 214, "2"),
        ("214/2", 214, "2"),
        ("12 bis", 12, "bis"),
        ("30A", 30, "A"),
        ("30 a", 30, "a"),
        ("1-TR", 1, "TR"),
        ("12-GR05", 12, "GR05"),
        ("214-2-H", 214, "2-H"),
        ("12-", 12, ""),
    ],
)
def test_a_house_number_is_split_from_its_addition(said, number, addition):
    assert addresses.parse_house_number(said) == HouseNumber(number, addition)


def test_number_and_addition_may_also_come_apart():
    assert addresses.parse_house_number("214", "2") == HouseNumber(214, "2")
    assert addresses.parse_house_number("214", "-2") == HouseNumber(214, "2")
    assert addresses.parse_house_number("30A", "bis") == HouseNumber(30, "A-bis")


@pytest.mark.parametrize("said", ["0", "abc", "A30", "123456", "", "12;DROP"])
def test_what_is_no_house_number_is_refused(said):
    assert addresses.parse_house_number(said) is None


def test_one_building_with_two_doors_is_two_addresses():
    assert addresses.parse_house_numbers("20;21") == [HouseNumber(20), HouseNumber(21)]
    assert addresses.parse_house_numbers("20;x") == []


@pytest.mark.parametrize(
    ("door", "shown"),
    [
        (HouseNumber(214, "2"), "214-2"),
        (HouseNumber(12, "bis"), "12 bis"),
        (HouseNumber(30, "A"), "30A"),
        (HouseNumber(7), "7"),
    ],
)
def test_a_house_number_is_shown_as_it_stands_on_the_door(door, shown):
    assert str(door) == shown


def test_an_addition_is_the_same_however_it_is_written():
    assert addresses.addition_key("bis") == addresses.addition_key("-BIS") == "BIS"
    assert addresses.addition_key("2-hs") == addresses.addition_key("2 HS")
    assert addresses.addition_key("A") != addresses.addition_key("B")


# --- coordinates -------------------------------------------------------------------------------


def test_the_distance_between_two_church_towers_is_right():
    """Dom of Utrecht to Martini of Groningen, 158 km as the crow flies."""
    assert addresses.distance_m(Point(52.0907, 5.1214), Point(53.2194, 6.5680)) == pytest.approx(158_000, rel=0.02)


def test_rijksdriehoek_metres_become_degrees():
    """Amstel 1 in Amsterdam, as the national address service gives it both ways."""
    point = addresses.point_from_rd(121828.874, 486751.728)
    assert addresses.distance_m(point, Point(52.3676456, 4.90016547)) < 1


def test_a_point_with_latitude_and_longitude_swapped_is_not_in_the_netherlands():
    assert addresses.is_in_the_netherlands(Point(52.37, 4.9))
    assert not addresses.is_in_the_netherlands(Point(4.9, 52.37))
    assert not addresses.is_in_the_netherlands(Point(float("nan"), 4.9))


def test_the_middle_of_no_points_is_nowhere():
    assert addresses.mean_point([]) is None
    assert addresses.mean_point([Point(52, 4), Point(53, 5)]) == Point(52.5, 4.5)


# --- regions -----------------------------------------------------------------------------------

PLACES = {"1055": "Amsterdam", "1056": "Amsterdam", "8261": "Kampen", "8262": "Kampen", "9999": "Stitswerd"}


def test_regions_that_cover_every_area_of_their_places_once_are_sound():
    check = rules.check_regions({"West": ["1055", "1056"]}, PLACES)
    assert check.is_sound
    assert check.gaps == ()


def test_an_area_of_a_place_we_serve_without_a_region_is_a_gap():
    check = rules.check_regions({"West": ["1055"]}, PLACES)
    assert check.gaps == ("1056",)
    assert not check.is_sound


def test_an_area_where_a_client_lives_without_a_region_is_a_gap_also_when_nobody_knows_it():
    assert rules.check_regions({"West": ["1055", "1056"]}, PLACES, ["9999", "8888"]).gaps == ("8888", "9999")


def test_an_area_in_two_regions_is_an_overlap_that_names_both():
    check = rules.check_regions({"West": ["1055", "1056"], "Centrum": ["1056", "1056"]}, PLACES)
    assert check.overlaps == {"1056": ("West", "Centrum")}
    assert not check.is_sound


def test_an_area_that_does_not_exist_is_told():
    assert rules.check_regions({"West": ["1055", "1056", "1000"]}, PLACES).unknown == ("1000",)


def test_postcode_ranges_are_read_as_people_write_them():
    assert rules.parse_pc4_ranges("8261-8263, 8271") == ["8261", "8262", "8263", "8271"]
    assert rules.parse_pc4_ranges("8261 – 8262;8271 8261") == ["8261", "8262", "8271"]


def test_of_a_range_only_the_areas_that_exist_are_meant():
    assert rules.parse_pc4_ranges("8261-8271", {"8261", "8271"}) == ["8261", "8271"]
    assert rules.parse_pc4_ranges("8265", {"8261"}) == ["8265"]


@pytest.mark.parametrize("text", ["", "8263-8261", "826", "8261-", "Kampen", "0261-0263"])
def test_what_is_no_range_is_refused(text):
    with pytest.raises(ValueError):
        rules.parse_pc4_ranges(text)


def test_areas_are_shown_as_short_as_people_write_them():
    assert rules.spans(["8271", "8262", "8261", "8263"]) == "8261-8263, 8271"
    assert rules.spans([]) == ""


# --- the table of Amsterdam --------------------------------------------------------------------


def amsterdam() -> list[dict[str, str]]:
    with AMSTERDAM.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_every_area_of_amsterdam_has_a_neighbourhood_and_a_point_in_the_netherlands():
    areas = amsterdam()
    assert len(areas) >= 80
    assert len({area["pc4"] for area in areas}) == len(areas)
    for area in areas:
        assert addresses.normalise_pc4(area["pc4"])
        assert area["buurt"]
        assert addresses.is_in_the_netherlands(Point(float(area["lat"]), float(area["lon"])))


def test_every_centre_in_amsterdam_is_within_a_kilometre_of_the_official_one(shared):
    with (shared / "data" / "pc4-nl.csv").open(encoding="utf-8", newline="") as text:
        official = {row["pc4"]: Point(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(text)}
    far = {
        area["pc4"]: distance
        for area in amsterdam()
        if (distance := addresses.distance_m(Point(float(area["lat"]), float(area["lon"])), official[area["pc4"]]))
        > 1000
    }
    assert far == {}
