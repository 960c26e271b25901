"""A proposal for the regions: looked at, carried out in whole or in part, and put back."""

import html
import json
import re
import uuid

import pytest
import sqlalchemy as sa

from backend.people.models import PostcodeArea, Region
from backend.people.places import queries as places
from backend.people.places import service as regions
from backend.platform.actor import SYSTEM
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.events import EventRow
from backend.platform.uow import unit_of_work
from backend.regions.proposal import Calm, NothingToDraw, Wishes, shared_cars
from backend.regions.redraw import propose
from backend.regions.work import WorkSource
from backend.roster.models import Car, HomeBase
from tests import builders, night

PAGE = "/admin/regions/proposal"
IN_A_BROWSER = {"Accept": "text/html"}
A_ROAD = [f"10{number}" for number in range(51, 61)]
"""Ten areas in a row from west to east, three kilometres apart."""


@pytest.fixture
def a_lopsided_town(app):
    """West has eight of ten areas and one car, Oost two areas and one car; one client lives in each."""
    west, east = builders.a_region(name="West", code="W"), builders.a_region(name="Oost", code="O")
    for place, pc4 in enumerate(A_ROAD):
        whose = west if place < 8 else east
        builders.kept(
            PostcodeArea(pc4=pc4, place="Amsterdam", lat=52.37, lon=4.7 + place * 0.045, region_id=whose.id,
                         neighbourhood=f"Buurt {pc4}")
        )  # fmt: skip
        builders.a_client(postcode=f"{pc4}AB", lat=52.37, lon=4.7 + place * 0.045)
    for number, (region, lon) in enumerate(((west, 4.76), (east, 5.08)), start=1):
        base = builders.kept(
            HomeBase(id=builders.an_id(), name=f"Post {region.name}", region_id=region.id, lat=52.37, lon=lon)
        )
        builders.kept(
            Car(id=builders.an_id(), name=f"Auto {number}", number=number, region_id=region.id, home_base_id=base.id)
        )
    return west, east


def asked(**wishes):
    with reading(SYSTEM) as session:
        return propose(session, Wishes(**wishes), now())


def lies_in():
    with reading(SYSTEM) as session:
        return dict(session.execute(sa.select(PostcodeArea.pc4, PostcodeArea.region_id)).all())


def boxes(page):
    return [html.unescape(one) for one in re.findall(r'name="moves" value="([^"]+)"', page.text)]


def send(browser, url, **form):
    return browser.post(
        url, data={"csrf_token": browser.csrf_token, **form}, headers={"X-CSRF-Token": "", **IN_A_BROWSER}
    )


def layout_events():
    with reading(SYSTEM) as session:
        return session.scalars(
            sa.select(EventRow).where(EventRow.name == "PostcodeAreasMoved").order_by(EventRow.seq)
        ).all()


# --- what is proposed --------------------------------------------------------------------------


def test_the_work_is_shared_out_by_whole_areas_beside_each_other(a_lopsided_town):
    west, east = a_lopsided_town
    found = asked()
    assert found.before.imbalance > 0.5
    assert found.after.imbalance < 0.1
    assert found.after.is_whole
    assert {move.pc4 for move in found.moves} == {"1056", "1057", "1058"}
    assert all((move.source, move.target) == (str(west.id), str(east.id)) for move in found.moves)
    assert {move.reason for move in found.moves} <= {"balance", "response", "driving", "together"}


def test_what_somebody_holds_on_to_stays(a_lopsided_town):
    assert not asked(keep=frozenset(A_ROAD)).moves
    kept = {move.pc4 for move in asked(keep=frozenset({"1057"})).moves}
    assert "1057" not in kept


def test_the_same_question_gets_the_same_answer(a_lopsided_town):
    assert asked().moves == asked().moves
    assert len(asked(calm=Calm.MUCH).moves) <= len(asked(calm=Calm.LITTLE).moves)


def test_visits_count_when_there_are_enough_and_otherwise_clients_and_it_says_which(a_lopsided_town):
    assert asked().work.source is WorkSource.CLIENTS
    assert asked(source=WorkSource.VISITS).work.source is WorkSource.VISITS
    tonight = night.a_night()
    for pc4 in ("1059", "1060"):
        for _ in range(6):
            night.a_visit(tonight, builders.a_client(postcode=f"{pc4}AB"), service_minutes=30)
    found = asked()
    assert (found.work.source, found.work.visits, found.work.nights) == (WorkSource.VISITS, 12, 1)
    # all the work is in two areas: each region gets one of them
    assert {found.after.districts[0].visits, found.after.districts[1].visits} == {6.0}


def test_a_visit_without_a_postcode_belongs_to_the_nearest_area_and_one_far_away_to_none(a_lopsided_town):
    tonight = night.a_night()
    builders_client = builders.a_client(postcode=None, lat=52.372, lon=4.702)
    night.a_visit(tonight, builders_client)
    night.a_visit(tonight, builders.a_client(postcode=None, lat=51.9, lon=4.7))
    night.a_visit(tonight, builders.a_client(postcode="9999ZZ", lat=None, lon=None))
    work = asked(source=WorkSource.VISITS).work
    assert (work.visits, work.unplaced) == (1, 2)
    assert set(work.areas) == {"1051"}


def test_a_back_up_is_no_car_to_count_on(a_lopsided_town):
    west, _ = a_lopsided_town
    tonight = night.a_night()
    with reading(SYSTEM) as session:
        first, second = session.scalars(sa.select(Car).order_by(Car.number)).all()
    for car in (first, second):
        night.a_shift(tonight, car=car)
    sleeping = builders.kept(
        Car(id=builders.an_id(), name="Achterwacht", number=9, region_id=west.id, home_base_id=first.home_base_id)
    )
    night.a_shift(tonight, car=sleeping, is_backup=True)
    assert asked().cars_now == 2


def test_a_new_region_gets_a_car_and_areas_of_its_own(a_lopsided_town):
    found = asked(cars=3, new_regions=1)
    new = found.regions[-1]
    assert (new.name, new.is_new, new.after.cars) == ("Nieuwe regio 1", True, 1)
    assert new.areas
    assert sorted(pc4 for region in found.regions for pc4 in region.areas) == A_ROAD


def test_with_fewer_cars_than_regions_the_smallest_region_is_dissolved_and_that_is_said(a_lopsided_town, admin):
    with unit_of_work(actor=SYSTEM) as uow:
        regions.set_region(uow, name="Midden", code="M", postcode_areas=["1055"], may_move=True)
    found = asked(cars=2)
    assert found.dissolved == ("Midden",)
    assert [move.reason for move in found.moves if move.pc4 == "1055"] == ["dissolved"]
    assert "is er voor Midden geen auto meer" in admin.get(f"{PAGE}?nights=28&calm=usual&cars=2").text


def test_a_region_with_something_that_must_stay_is_not_dissolved(a_lopsided_town):
    with unit_of_work(actor=SYSTEM) as uow:
        regions.set_region(uow, name="Midden", code="M", postcode_areas=["1055"], may_move=True)
    found = asked(cars=2, keep=frozenset({"1055"}))
    assert found.dissolved == ("Oost",)
    assert "1055" not in {move.pc4 for move in found.moves}
    with pytest.raises(NothingToDraw) as refused:
        asked(cars=2, keep=frozenset({"1051", "1055", "1060"}))
    assert refused.value.details["reason"] == "pinned"


def test_what_is_there_now_is_told_with_the_regions_and_cars_of_now(a_lopsided_town):
    with unit_of_work(actor=SYSTEM) as uow:
        regions.set_region(uow, name="Midden", code="M", postcode_areas=["1055"], may_move=True)
    as_now, fewer = asked(), asked(cars=2)
    assert fewer.before.work_s == pytest.approx(as_now.before.work_s)
    assert [one.name for one in fewer.regions if one.after is None] == ["Midden"]
    assert sum(one.before.areas for one in fewer.regions if one.before) == len(A_ROAD)


def test_a_region_that_was_emptied_and_has_no_car_is_left_out(a_lopsided_town):
    with unit_of_work(actor=SYSTEM) as uow:
        regions.set_region(uow, name="Leeg", code="L", postcode_areas=[])
    assert {region.name for region in asked().regions} == {"West", "Oost"}


@pytest.mark.parametrize(
    ("now_there", "wanted", "shared"),
    [
        ({"a": 1, "b": 2}, None, {"a": 1, "b": 2}),
        ({"a": 0, "b": 2}, None, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, 4, {"a": 2, "b": 2}),  # a has the most work per car
        ({"a": 1, "b": 3}, 3, {"a": 1, "b": 2}),
        ({"a": 1, "b": 1, "c": 1}, 2, {"a": 1, "b": 1}),  # c has the least work
    ],
)
def test_cars_are_shared_by_the_work_there_is(now_there, wanted, shared):
    load = {"a": 300.0, "b": 200.0, "c": 10.0}
    assert shared_cars(load, now_there, Wishes(cars=wanted)) == shared


@pytest.mark.parametrize(
    ("wishes", "reason"), [({"cars": 1}, "one_region"), ({"cars": 1, "new_regions": 2}, "few_cars")]
)
def test_what_cannot_be_drawn_has_a_reason(a_lopsided_town, wishes, reason):
    with pytest.raises(NothingToDraw) as refused:
        asked(**wishes)
    assert refused.value.details["reason"] == reason


# --- the page ----------------------------------------------------------------------------------


def test_a_house_without_regions_says_what_is_missing(admin):
    assert "nog te weinig postcodegebieden" in admin.get(PAGE).text or "minstens één auto" in admin.get(PAGE).text


def test_the_page_shows_both_layouts_the_figures_the_reasons_and_the_check_and_changes_nothing(a_lopsided_town, admin):
    before = lies_in()
    page = admin.get(PAGE)
    assert page.status_code == 200
    assert page.text.count("<figure") == 2
    assert "Drie postcodegebieden verhuizen." in page.text
    assert len(boxes(page)) == 3
    assert "West → <b>Oost</b>" in page.text
    assert "te weinig voor 10 gebieden" in page.text or "nog geen bezoeken geweest" in page.text
    assert "Elk postcodegebied dat wij bedienen, ligt in precies één regio." in page.text
    assert 'style="' not in page.text  # the house's own policy forbids it: it would silently not be drawn
    assert lies_in() == before
    assert not layout_events()


def test_wrong_wishes_are_explained_beside_their_boxes_and_forgotten_by_nobody(a_lopsided_town, admin):
    page = admin.get(f"{PAGE}?nights=0&keep=10xx&calm=usual").text
    assert "Dit getal is te klein" in page
    page = admin.get(f"{PAGE}?nights=28&keep=10xx&calm=usual").text
    assert "Dit begrijpen we niet: “10xx”" in html.unescape(page)
    assert ">\n10xx</textarea>" in page


def test_a_good_layout_is_said_to_be_the_best(a_lopsided_town, admin):
    page = admin.get(PAGE)
    send(admin, PAGE, moves=boxes(page))
    assert "geen betere indeling gevonden" in admin.get(PAGE).text


# --- carrying it out ---------------------------------------------------------------------------


def test_all_of_it_or_only_some_areas_and_it_stands_on_the_record(a_lopsided_town, admin):
    west, east = a_lopsided_town
    chosen = [one for one in boxes(admin.get(PAGE)) if one.startswith("1058")]
    answer = send(admin, PAGE, moves=chosen)
    assert answer.headers["Location"].startswith("/admin/regions?said=redrawn")
    assert lies_in()["1058"] == east.id
    assert lies_in()["1057"] == west.id
    (event,) = layout_events()
    assert event.payload["moves"] == {"1058": [str(west.id), str(east.id)]}
    assert event.actor_name == admin.actor.name
    page = admin.get("/admin/regions").text
    assert "1058: West → Oost" in html.unescape(page)


def test_it_can_be_put_back(a_lopsided_town, admin):
    before = lies_in()
    send(admin, PAGE, moves=boxes(admin.get(PAGE)))
    assert lies_in() != before
    undo = f"/admin/regions/changes/{layout_events()[0].id}/undo"
    assert undo in admin.get("/admin/regions").text
    assert send(admin, undo).headers["Location"].startswith("/admin/regions?said=put_back")
    assert lies_in() == before
    page = admin.get("/admin/regions").text
    assert "Is teruggezet." in page
    assert undo not in page
    # a second time there is nothing left to put back
    assert send(admin, undo).headers["Location"].startswith("/admin/regions?said=unchanged")
    assert len(layout_events()) == 2


def test_putting_back_leaves_alone_what_somebody_moved_since(a_lopsided_town, admin):
    west, _east = a_lopsided_town
    send(admin, PAGE, moves=boxes(admin.get(PAGE)))
    with unit_of_work(actor=SYSTEM) as uow:
        third = regions.set_region(uow, name="Midden", code="M", postcode_areas=["1057"], may_move=True).id
    send(admin, f"/admin/regions/changes/{layout_events()[0].id}/undo")
    assert (lies_in()["1056"], lies_in()["1057"], lies_in()["1058"]) == (west.id, third, west.id)


def test_an_area_that_was_moved_meanwhile_stops_all_of_it_and_shows_a_new_proposal(a_lopsided_town, admin):
    chosen = boxes(admin.get(PAGE))
    with unit_of_work(actor=SYSTEM) as uow:
        regions.set_region(uow, name="Midden", code="M", postcode_areas=["1057"], may_move=True)
    before = lies_in()
    page = send(admin, PAGE, moves=chosen)
    assert page.status_code == 409
    assert "Intussen hoort 1057 bij een andere regio." in page.text
    assert lies_in() == before


def test_a_new_region_is_drawn_when_its_first_area_goes_there(a_lopsided_town, admin):
    wishes = "?nights=28&calm=usual&cars=3&new_regions=1"
    chosen = [one for one in boxes(admin.get(PAGE + wishes)) if one.endswith("|new-1")]
    send(admin, PAGE + wishes, moves=chosen)
    with reading(SYSTEM) as session:
        made = session.scalars(sa.select(Region).where(Region.name == "Nieuwe regio 1")).one()
        assert places.check_regions(session).is_sound
    assert {pc4 for pc4, region in lies_in().items() if region == made.id} == {one[:4] for one in chosen}


@pytest.mark.parametrize("moves", [[], ["1055"], ["1055|x|y"], [f"1055|-|{uuid.uuid4()}"], ["9999|-|-"]])
def test_a_forged_or_empty_choice_changes_nothing(a_lopsided_town, admin, moves):
    before = lies_in()
    assert send(admin, PAGE, moves=moves).status_code in (409, 422)
    assert lies_in() == before


def test_an_unknown_change_cannot_be_put_back(admin):
    assert send(admin, f"/admin/regions/changes/{uuid.uuid4()}/undo").status_code == 404


# --- the command line --------------------------------------------------------------------------


def test_the_command_prints_the_same_proposal_and_changes_nothing(app, a_lopsided_town):
    before = lies_in()
    told = app.test_cli_runner().invoke(args=["regions", "propose", "--nights", "7"])
    assert told.exit_code == 0, told.output
    assert "3 gebieden verhuizen" in told.output
    assert "1057  West → Oost" in told.output
    data = json.loads(app.test_cli_runner().invoke(args=["regions", "propose", "--json"]).output)
    assert [one["pc4"] for one in data["moves"]] == ["1056", "1057", "1058"]
    assert data["cost"]["after"]["balance"] < data["cost"]["before"]["balance"]
    assert lies_in() == before


def test_the_command_refuses_in_a_sentence(app, a_lopsided_town):
    refused = app.test_cli_runner().invoke(args=["regions", "propose", "--cars", "1"])
    assert refused.exit_code == 1
    assert "met één regio" in refused.output
    assert "geen postcodegebied" in app.test_cli_runner().invoke(args=["regions", "propose", "--keep", "12a"]).output
