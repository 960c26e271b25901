"""The desk asks for better routes: it sees before and after, takes them or leaves them, and never waits for them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from backend.dispatch.models import Assignment, Visit
from backend.platform.actor import SYSTEM
from backend.platform.clock import now
from backend.platform.outbox import OutboxJob
from backend.platform.uow import unit_of_work
from backend.roster.models import Shift
from tests import night
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.small_night import SmallNight, a_small_night
from tests.journeys.test_looks import NARROW, THEMES, TOO_WIDE, violations
from tests.journeys.verbs import messages, wait_until

NORTH, SOUTH = (52.4380, 4.8270), (52.3010, 4.8300)
NAMES = ("Noordam", "Zuidema", "Noordhof", "Zuiderveld")


@pytest.fixture(scope="module")
def tonight(tmp_path_factory) -> Iterator[SmallNight]:
    with a_small_night(
        tmp_path_factory.mktemp("plan"), NACHTRONDE_PLAN_PROPOSAL_S="1", NACHTRONDE_REPLAN_S="0.1"
    ) as laid:
        yield laid


@pytest.fixture
def house(tonight):
    return tonight.house


@pytest.fixture
def zigzag(tonight) -> Iterator[list[Visit]]:
    """Fatma drives north, south, north, south, while her colleagues stand still."""
    visits = [
        on_route(tonight, tonight.fatma, name, (NORTH, SOUTH)[place % 2], place) for place, name in enumerate(NAMES)
    ]
    yield visits
    tonight.clear()
    # what is tidied up behind it is no part of the next story, not even when the worker is busy with it now
    still_tidying = sa.select(OutboxJob).where(
        OutboxJob.kind == "replan", OutboxJob.done_at.is_(None), OutboxJob.dead_at.is_(None)
    )
    end = time.monotonic() + 60
    while tonight.find(still_tidying):
        assert time.monotonic() < end, "the worker never came to rest"
        time.sleep(0.1)


def on_route(tonight: SmallNight, shift: Shift, name: str, where: tuple[float, float], place: int) -> Visit:
    """A planned visit that the plan put there as this car's next but so many."""
    client = tonight.a_client(name, lat=where[0], lon=where[1] + place / 500)
    begins = now() + timedelta(minutes=5)
    with tonight.inside():
        visit = night.a_visit(
            tonight.night, client, shift, "U4", service_minutes=10, complaint="Insuline",
            window_start=begins, window_end=begins + timedelta(minutes=40), latest_at=begins + timedelta(hours=4),
        )  # fmt: skip
        with unit_of_work(actor=SYSTEM) as uow:
            assignment = uow.session.get_one(Assignment, visit.assignment_id)
            assignment.is_by_plan, assignment.acknowledged_at = True, uow.now
            uow.session.get_one(Visit, visit.id).sequence = place + 1
    return visit


def panel(desk: Page) -> Locator:
    return desk.get_by_role("region", name="Beter plan")


def ask(desk: Page) -> Locator:
    """Press R, ask, and wait for the answer as the person would."""
    desk.keyboard.press("r")
    expect(panel(desk).get_by_role("heading", name="Beter plan")).to_be_focused()
    panel(desk).get_by_role("button", name=re.compile("^(Zoek|Reken|Probeer)")).click()
    expect(panel(desk).get_by_role("button", name="Neem dit plan")).to_be_visible(timeout=90_000)
    return panel(desk)


def cars_of(tonight: SmallNight, visits: list[Visit]) -> set[Any]:
    return {tonight.fresh(visit).shift_id for visit in visits}


def test_ask_look_and_take_it_and_the_phones_drive_the_new_routes(person, tonight, zigzag):
    noor, sam = person(DESK, "noor", door="/desk/"), person(DESK, "sam", door="/desk/")
    shown = ask(noor)
    expect(shown).to_contain_text("minder rijden")
    expect(shown.get_by_role("row", name=re.compile("Kilometers"))).to_contain_text("minder")
    expect(shown).to_contain_text("Wat verandert")
    expect(shown.get_by_role("listitem").filter(has_text="Zuidema").first).to_contain_text(re.compile(r"Auto \d"))
    assert cars_of(tonight, zigzag) == {tonight.fatma.id}  # looking changes nothing
    expect(sam.get_by_role("button", name="plan klaar: bekijk")).to_be_visible()

    shown.get_by_role("button", name="Neem dit plan").click()
    expect(messages(noor)).to_contain_text("Het nieuwe plan rijdt")
    wait_until(noor, lambda: len(cars_of(tonight, zigzag)) > 1)
    sam.get_by_role("button", name="beter plan?").click()
    expect(panel(sam)).to_contain_text("aangenomen door Noor Willems")

    other = next(iter(cars_of(tonight, zigzag) - {tonight.fatma.id}))
    hers = [visit for visit in zigzag if tonight.fresh(visit).shift_id == other]
    whose = "marit" if other == tonight.marit.id else "dewi"
    phone = person(PHONE, whose, door="/phone/")
    expect(phone.get_by_text(re.compile("Zuid|Noord")).first).to_be_visible()
    assert hers

    panel(noor).get_by_role("button", name="Ongedaan maken").click()
    expect(panel(noor)).to_contain_text("Teruggezet door Noor Willems")
    assert cars_of(tonight, zigzag) == {tonight.fatma.id}


def test_leave_it_with_a_reason_and_nothing_moves(person, tonight, zigzag):
    noor = person(DESK, "noor", door="/desk/")
    shown = ask(noor)
    shown.get_by_role("button", name="Niet doen").click()
    shown.get_by_label(re.compile("^Waarom niet")).fill("Fatma kent deze straat")
    noor.keyboard.press("Enter")
    expect(shown).to_contain_text("Afgewezen door Noor Willems: Fatma kent deze straat")
    assert cars_of(tonight, zigzag) == {tonight.fatma.id}
    noor.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(noor.get_by_role("button", name="beter plan?")).to_be_focused()


def test_a_car_that_is_sent_meanwhile_overtakes_the_proposal_and_one_asks_again(person, tonight, zigzag):
    noor = person(DESK, "noor", door="/desk/")
    shown = ask(noor)
    tonight.a_visit(tonight.a_client("Mulder"), tonight.dewi)  # a colleague sends a car; nobody waits for a plan
    expect(shown).to_contain_text("De nacht is veranderd: reken opnieuw")
    expect(shown.get_by_role("button", name="Neem dit plan")).to_be_hidden()
    shown.get_by_role("button", name="Reken opnieuw").click()
    expect(shown.get_by_role("progressbar")).to_be_visible()


def test_a_proposal_can_be_read_in_every_theme_and_on_a_narrow_screen(person, tonight, zigzag):
    noor = person(DESK, "noor", door="/desk/")
    shown = ask(noor)
    shown.get_by_text("Per auto").click()
    wrong: dict[str, object] = {}
    for theme in THEMES:
        noor.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        wrong |= {f"{theme}: {what}": where for what, where in violations(noor, theme).items()}
    noor.set_viewport_size({"width": NARROW, "height": 720})
    wrong |= {f"at {NARROW} px: {what}": where for what, where in violations(noor, "licht").items()}
    if (wide := noor.evaluate(TOO_WIDE)) is not None:
        wrong["scrolls sideways"] = wide
    assert not wrong
