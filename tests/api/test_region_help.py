"""Help between regions: who drove for whom, counted so that everything adds up, and without a word about a client."""

from datetime import timedelta

import pytest

from backend.dispatch.models import Assignment
from backend.dispatch.rules import VisitStatus
from backend.people.rules import Role
from backend.platform.actor import SYSTEM
from backend.platform.clock import now
from backend.platform.db import reading
from tests import builders, night


def driven(shift, region, *, status=VisitStatus.DONE, minutes=None, metres=5000, **given):
    """A visit in this region that this shift's car drove to; `minutes` at the door when they are known."""
    visit = night.a_visit(shift=shift, region_id=region.id if region else None, distance_m=metres, **given)
    visit.status = status
    builders.kept(visit)
    if minutes is not None:
        with reading(SYSTEM) as session:
            assignment = session.get_one(Assignment, visit.assignment_id)
        assignment.arrived_at, assignment.finished_at = now(), now() + timedelta(minutes=minutes)
        builders.kept(assignment)
    return visit


@pytest.fixture
def two_regions(app):
    """West with a car and a back-up that belongs nowhere, Oost with a car, one night."""
    west, east = builders.a_region("1055", name="West", code="W"), builders.a_region("1094", name="Oost", code="O")
    tonight = night.a_night()
    cars = {
        "west": night.a_shift(tonight, car=night.a_car(west)),
        "east": night.a_shift(tonight, car=night.a_car(east)),
        "roaming": night.a_shift(tonight, car=night.a_car(region_id=None), is_backup=True, woken_at=now()),
    }
    return west, east, tonight, cars


def counted(browser, **query):
    answer = browser.get("/api/v1/region-help", query_string=query)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_help_is_counted_both_ways_and_everything_driven_adds_up(two_regions, triagist):
    west, east, tonight, cars = two_regions
    driven(cars["west"], west, minutes=20, metres=3000)
    driven(cars["west"], east, minutes=25, metres=7000)
    driven(cars["west"], east, status=VisitStatus.ON_SCENE, metres=4000)  # not done: the planned half hour
    driven(cars["east"], west, minutes=10, metres=6000)
    driven(cars["west"], None, minutes=15)  # nobody's region
    driven(cars["roaming"], east, minutes=40)  # everybody's car
    driven(cars["east"], east, status=VisitStatus.ACCEPTED)  # nobody drove yet
    driven(cars["east"], west, status=VisitStatus.CANCELLED)

    found = counted(triagist, night_id=tonight.id)
    by_name = {one["name"]: one for one in found["regions"]}
    assert by_name["West"] == {
        "region_id": str(west.id),
        "name": "West",
        "own": {"visits": 1, "minutes": 20, "metres": 3000},
        "given": {"visits": 2, "minutes": 55, "metres": 11_000},
        "received": {"visits": 1, "minutes": 10, "metres": 6000},
    }
    assert by_name["Oost"]["given"] == by_name["West"]["received"]
    assert by_name["Oost"]["received"] == by_name["West"]["given"]
    assert by_name["Oost"]["own"]["visits"] == 0
    assert [(one["helper_id"], one["help"]["visits"]) for one in found["between"]] == [
        (str(west.id), 2),
        (str(east.id), 1),
    ]
    assert (found["by_roaming_cars"]["visits"], found["to_nowhere"]["visits"]) == (1, 1)


def test_kilometres_are_those_that_were_driven_as_soon_as_the_phone_knows_them(two_regions, triagist):
    west, _east, tonight, cars = two_regions
    visit = driven(cars["east"], west, metres=6000)
    with reading(SYSTEM) as session:
        assignment = session.get_one(Assignment, visit.assignment_id)
    assignment.planned_distance_m = 6500
    builders.kept(assignment)
    assert counted(triagist, night_id=tonight.id)["between"][0]["help"]["metres"] == 6500
    assignment.driven_m = 7200
    builders.kept(assignment)
    assert counted(triagist, night_id=tonight.id)["between"][0]["help"]["metres"] == 7200


def test_a_car_that_was_called_back_helped_nobody_the_one_that_came_did(two_regions, triagist):
    west, _east, tonight, cars = two_regions
    visit = driven(cars["east"], west)
    with reading(SYSTEM) as session:
        first = session.get_one(Assignment, visit.assignment_id)
    first.ended_at, first.end_reason = now(), "plan"
    client = builders.a_client()
    builders.kept(first)
    moved = night.an_assignment(visit, cars["west"], client)
    moved.status = VisitStatus.DONE
    builders.kept(moved)
    found = counted(triagist, night_id=tonight.id)
    assert found["between"] == []
    assert sum(one["own"]["visits"] for one in found["regions"]) == 1


def test_a_period_counts_its_nights_and_no_earlier_ones(two_regions, triagist):
    west, east, tonight, cars = two_regions
    driven(cars["east"], west)
    before = night.a_night(starts_at=tonight.starts_at - timedelta(days=1), ends_at=tonight.ends_at - timedelta(days=1))
    earlier = night.a_shift(before, car=night.a_car(west))
    driven(earlier, east)
    night.a_night(starts_at=tonight.starts_at + timedelta(days=1), ends_at=tonight.ends_at + timedelta(days=1))
    assert counted(triagist, nights=1)["nights"] == 1
    assert len(counted(triagist, nights=1)["between"]) == 1
    assert len(counted(triagist, nights=2)["between"]) == 2
    assert counted(triagist)["nights"] == 2


def test_it_says_nothing_about_clients_or_organisations_and_only_the_desk_and_the_administrator_may_ask(
    two_regions, client_as
):
    west, _east, _tonight, cars = two_regions
    driven(cars["east"], west)
    for role, status in ((Role.TRIAGIST, 200), (Role.ADMIN, 200), (Role.NURSE, 403), (Role.TEAM_MANAGER, 403)):
        browser = client_as(role)
        answer = browser.get("/api/v1/region-help")
        assert answer.status_code == status
        assert "Groot" not in answer.text
        assert "organisation" not in answer.text.replace("not_allowed", "")
        assert browser.get("/admin/regions/help", headers={"Accept": "text/html"}).status_code == status


def test_a_night_that_does_not_exist_and_a_period_that_makes_no_sense_are_refused(app, triagist):
    assert triagist.get(f"/api/v1/region-help?night_id={builders.an_id()}").status_code == 404
    assert triagist.get("/api/v1/region-help?nights=0").status_code == 422


def test_the_page_tells_who_helped_whom(two_regions, admin, triagist):
    west, east, tonight, cars = two_regions
    assert "nog naar niemand gereden" in admin.get(f"/admin/regions/help?night={tonight.id}").text
    driven(cars["west"], east, minutes=25, metres=7000)
    driven(cars["west"], west)
    driven(cars["roaming"], east)
    for browser in (admin, triagist):
        page = browser.get("/admin/regions/help").text
        assert "bij 1 van de 3 bezoeken kwam een auto uit een andere regio" in page
        assert "West → Oost" in page
        assert "Auto's zonder vaste regio" in page
    assert f"/admin/regions/help?night={tonight.id}" in triagist.get(f"/admin/nights/{tonight.id}").text


def test_a_house_without_regions_says_so(admin):
    assert "nog geen regio's" in admin.get("/admin/regions/help?nights=abc").text
