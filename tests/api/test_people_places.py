"""Addresses with a stored precision, and regions that neither gap nor overlap."""

import pytest

from backend.people.models import Address, PostcodeArea
from backend.platform.ids import new_id
from tests import builders


def an_area(pc4, place="Amsterdam", **given):
    return builders.kept(PostcodeArea(**{"pc4": pc4, "place": place, "lat": 52.3, "lon": 4.8, **given}))


def a_door(postcode="1056DL", number=214, addition="", lat=52.3731, lon=4.8571, street="Admiraal de Ruijterweg"):
    return builders.kept(
        Address(
            postcode=postcode,
            house_number=number,
            addition=addition,
            street=street,
            city="Amsterdam",
            lat=lat,
            lon=lon,
        )
    )


def where(browser, postcode="1056 dl", house_number="214", addition=""):
    answer = browser.get(
        "/api/v1/addresses",
        query_string={"postcode": postcode, "house_number": house_number, "addition": addition},
    )
    assert answer.status_code == 200
    return answer.json


def test_the_door_itself_is_found_with_its_region(triagist):
    region = builders.a_region("1056")
    a_door(addition="2")
    found = where(triagist, house_number="214-2")
    assert found == {
        "address": {
            "postcode": "1056DL",
            "house_number": 214,
            "addition": "2",
            "street": "Admiraal de Ruijterweg",
            "city": "Amsterdam",
        },
        "lat": 52.3731,
        "lon": 4.8571,
        "precision": "address",
        "street": "Admiraal de Ruijterweg",
        "city": "Amsterdam",
        "region": {"id": str(region.id), "name": region.name},
    }


def test_an_addition_that_the_gazetteer_misses_is_still_the_same_building(triagist):
    a_door()
    found = where(triagist, addition="hs")
    assert (found["precision"], found["address"], found["lat"]) == ("address", None, 52.3731)


def test_doors_with_one_number_that_lie_far_apart_are_not_taken_for_one_building(triagist):
    a_door(addition="A", lat=52.3731)
    a_door(addition="B", lat=52.3791)
    assert where(triagist, addition="C")["precision"] == "pc6"
    assert where(triagist, addition="b")["lat"] == 52.3791


def test_an_unknown_number_falls_to_the_middle_of_its_postcode(triagist):
    a_door(number=210, lat=52.372)
    a_door(number=220, lat=52.374)
    found = where(triagist)
    assert (found["precision"], found["address"], found["street"]) == ("pc6", None, "Admiraal de Ruijterweg")
    assert found["lat"] == pytest.approx(52.373)


def test_an_unknown_postcode_falls_to_the_centre_of_its_four_digits(triagist):
    an_area("1056", lat=52.373, lon=4.855)
    found = where(triagist, postcode="1056ZZ")
    assert (found["precision"], found["lat"], found["lon"], found["city"]) == ("pc4", 52.373, 4.855, "Amsterdam")
    assert found["region"] is None


def test_a_place_nobody_knows_is_unknown_and_left_to_the_desk(triagist):
    found = where(triagist, postcode="9999ZZ")
    assert (found["precision"], found["lat"], found["lon"]) == ("unknown", None, None)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"postcode": "1056SS"}, "postcode"),
        ({"postcode": "1056DL", "house_number": "nul"}, "house_number"),
        ({"house_number": "1"}, "postcode"),
    ],
)
def test_what_is_no_address_is_refused(triagist, query, field):
    answer = triagist.get("/api/v1/addresses", query_string=query)
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


# --- regions -----------------------------------------------------------------------------------


def a_drawing(*areas, **given):
    return {"name": "West", "code": "W", "postcode_areas": list(areas), **given}


def test_a_region_is_drawn_over_postcode_areas_and_shown_with_them(admin):
    an_area("1055")
    an_area("1056", neighbourhood="De Krommert")
    answer = admin.post("/api/v1/regions", json=a_drawing("1056", "1055"))
    assert answer.status_code == 201
    (region,) = admin.get("/api/v1/regions").json["regions"]
    assert region == answer.json
    assert [area["pc4"] for area in region["postcode_areas"]] == ["1055", "1056"]
    assert region["postcode_areas"][1]["neighbourhood"] == "De Krommert"


def test_a_region_is_redrawn_and_lets_go_of_what_is_not_named(admin):
    an_area("1055")
    an_area("1056")
    region = admin.post("/api/v1/regions", json=a_drawing("1055", "1056")).json
    answer = admin.put(f"/api/v1/regions/{region['id']}", json=a_drawing("1056", name="Zuidwest"))
    assert (answer.status_code, answer.json["name"]) == (200, "Zuidwest")
    assert [area["pc4"] for area in answer.json["postcode_areas"]] == ["1056"]
    check = admin.get("/api/v1/regions/check").json
    assert check == {"gaps": ["1055"], "overlaps": [], "is_sound": False}


def test_regions_that_cover_their_places_are_sound(admin):
    an_area("1055")
    an_area("8261", "Kampen")
    admin.post("/api/v1/regions", json=a_drawing("1055"))
    assert admin.get("/api/v1/regions/check").json == {"gaps": [], "overlaps": [], "is_sound": True}


def test_a_client_outside_every_region_is_a_gap(admin):
    an_area("1055")
    admin.post("/api/v1/regions", json=a_drawing("1055"))
    builders.a_client(postcode="8261AB")
    assert admin.get("/api/v1/regions/check").json["gaps"] == ["8261"]


def test_an_area_of_another_region_is_not_taken_unless_one_says_so(admin):
    an_area("1055")
    an_area("1056")
    admin.post("/api/v1/regions", json=a_drawing("1055", "1056"))
    centre = a_drawing("1056", name="Centrum", code="C")
    answer = admin.post("/api/v1/regions", json=centre)
    assert (answer.status_code, answer.json["code"]) == (409, "postcode_area_taken")
    assert answer.json["details"] == {"taken": {"1056": "West"}}
    assert admin.post("/api/v1/regions", json={**centre, "may_move": True}).status_code == 201
    drawn = {r["name"]: [a["pc4"] for a in r["postcode_areas"]] for r in admin.get("/api/v1/regions").json["regions"]}
    assert drawn == {"West": ["1055"], "Centrum": ["1056"]}


def test_an_area_that_does_not_exist_is_refused_by_name(admin):
    answer = admin.post("/api/v1/regions", json=a_drawing("1055"))
    assert (answer.status_code, answer.json["details"]) == (422, {"unknown": ["1055"]})


def test_two_regions_cannot_have_one_code(admin):
    admin.post("/api/v1/regions", json=a_drawing())
    answer = admin.post("/api/v1/regions", json=a_drawing(name="Ander", code="w"))
    assert (answer.status_code, answer.json["details"]) == (409, {"field": "code"})


def test_a_region_that_is_not_there_is_not_redrawn(admin):
    assert admin.put(f"/api/v1/regions/{new_id()}", json=a_drawing()).status_code == 404
