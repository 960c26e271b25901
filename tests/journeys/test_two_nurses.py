"""Two nurses meet at one door, one has her break, and one visit stays where the desk put it."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from backend.dispatch.models import Visit
from backend.dispatch.rules import VisitStatus
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.small_night import a_small_night
from tests.journeys.verbs import messages, tap, wait_until


@pytest.fixture(scope="module")
def tonight(tmp_path_factory):
    with a_small_night(tmp_path_factory.mktemp("two")) as night:
        yield night


@pytest.fixture
def house(tonight):
    return tonight.house


@pytest.fixture(autouse=True)
def free_cars(tonight):
    yield
    tonight.clear()


def choose(desk: Page, name: str) -> None:
    """Turn to this client, wherever on the board."""
    desk.keyboard.press("/")
    desk.keyboard.type(name)
    expect(desk.get_by_text(re.compile(f"toon .*{name}"))).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("heading", name=re.compile(name))).to_be_visible()


def test_the_desk_asks_for_a_second_nurse_and_two_phones_arrive_together(person, tonight):
    desk = person(DESK, "noor", door="/desk/")
    visit = tonight.a_visit(tonight.a_client("Zwaan"))
    choose(desk, "Zwaan")
    desk.keyboard.press("d")
    expect(desk.get_by_text("Met z’n tweeën")).to_be_visible()
    send = desk.get_by_role("button", name=re.compile("^Stuur auto . en auto ."))
    expect(send).to_be_enabled()
    desk.keyboard.press("a")
    expect(messages(desk)).to_contain_text(re.compile("Auto . en auto . gaan naar"))

    parts = tonight.find(sa.select(Visit).where(Visit.double_id == visit.double_id).order_by(Visit.part))
    cars = {tonight.fatma.id: "fatma", tonight.marit.id: "marit", tonight.dewi.id: "dewi"}
    phones = [person(PHONE, cars[part.shift_id], door="/phone/") for part in parts]
    assert parts[0].shift_id != parts[1].shift_id
    for phone in phones:
        expect(phone.get_by_text(re.compile(r"Met auto \d, \w+"))).to_be_visible()
        tap(phone, "Aannemen", then="Ik rijd")
    for phone in phones:
        tap(phone, "Ik rijd", then="Ik ben er")
        tap(phone, "Ik ben er", then="Klaar")
    wait_until(desk, lambda: all(tonight.fresh(part).status is VisitStatus.ON_SCENE for part in parts))
    expect(desk.get_by_text("die er al is")).to_be_visible()
    expect(desk.get_by_role("button", name="Eén is genoeg")).to_be_hidden()  # she is there


def test_a_break_is_planned_begun_and_ended_and_the_other_desk_sees_it(person, tonight):
    noor, sam = person(DESK, "noor", door="/desk/"), person(DESK, "sam", door="/desk/")
    lane = sam.get_by_role("button", name=re.compile("^Auto 3"))
    expect(lane).to_contain_text("vrij")
    noor.get_by_role("button", name=re.compile("^Auto 3")).click()
    noor.get_by_role("button", name="Plan een pauze").click()
    dialog = noor.get_by_role("dialog", name="Pauze van auto 3")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Minuten").fill("45")
    dialog.get_by_role("button", name="Plan de pauze").click()
    expect(dialog).to_be_hidden()
    expect(sam.get_by_title(re.compile(r"^pauze \d\d:\d\d – \d\d:\d\d$"))).to_be_visible()
    for words in ("in pauze tot", "vrij"):  # the same words begin it and end it
        noor.keyboard.press("/")
        noor.keyboard.type("3 pauze")
        noor.keyboard.press("Enter")
        expect(lane).to_contain_text(words)


def test_a_visit_is_pinned_with_one_key_and_says_so_without_colour(person, tonight):
    noor, sam = person(DESK, "noor", door="/desk/"), person(DESK, "sam", door="/desk/")
    visit = tonight.a_visit(tonight.a_client("Uilenburg"), tonight.dewi)
    choose(noor, "Uilenburg")
    expect(noor.get_by_role("button", name=re.compile("Zet vast"))).to_be_visible()
    noor.keyboard.press("v")
    expect(sam.get_by_title(re.compile("Uilenburg.*staat vast"))).to_be_visible()
    assert tonight.fresh(visit).is_locked
    expect(noor.get_by_role("button", name=re.compile("Maak los"))).to_be_visible()
    noor.keyboard.press("v")
    expect(sam.get_by_title(re.compile("Uilenburg(?!.*staat vast)"))).to_be_visible()
    assert not tonight.fresh(visit).is_locked
