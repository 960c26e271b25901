"""The nurse's phone: one thumb, half asleep, in a tunnel."""

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from backend.dispatch import assign, steps
from backend.dispatch.models import Alarm
from backend.dispatch.rules import VisitStatus
from backend.phone.models import CommandResult, VisitReport
from backend.platform.login import LoginSession
from backend.platform.uow import unit_of_work
from tests.journeys.conftest import IN_THE_CAR, PHONE
from tests.journeys.small_night import a_small_night
from tests.journeys.verbs import tap

THEMES = ("nacht", "donker", "licht")


@pytest.fixture(scope="module")
def tonight(tmp_path_factory):
    with a_small_night(tmp_path_factory.mktemp("night")) as night:
        yield night


@pytest.fixture
def house(tonight):
    return tonight.house


@pytest.fixture
def visit(tonight, request):
    """One visit for Fatma, to Mr or Mrs Name-of-the-journey; over afterwards, so that the next one begins free."""
    sent = tonight.a_visit(tonight.a_client(name_in(request)), tonight.fatma)
    yield sent
    with tonight.inside(), unit_of_work(actor=tonight.noor) as uow:
        if tonight.fresh(sent).status in (VisitStatus.ASSIGNED, VisitStatus.ACCEPTED, VisitStatus.UNDER_WAY):
            assign.withdraw(uow, sent.id, reason="De proef is klaar.")
        elif tonight.fresh(sent).status is VisitStatus.ON_SCENE:
            steps.set_status(uow, sent.id, status=VisitStatus.DONE)


@pytest.fixture
def name(request) -> str:
    """The family name of the client of this journey."""
    return name_in(request)


def name_in(request) -> str:
    return "Van " + str(request.node.name).removeprefix("test_")[:30].replace("_", "").title()


def fatma(person: Callable[..., Page], width: int = 390, **options: Any) -> Page:
    screen = {**PHONE, "viewport": {"width": width, "height": 844}}
    return person(screen, "fatma", door="/phone/", **{**IN_THE_CAR, **options})


def report_that_it_is_solved(phone: Page) -> None:
    phone.get_by_role("button", name="Katheter gewisseld", exact=True).click()
    phone.get_by_role("button", name="Verstopte katheter", exact=True).click()
    phone.get_by_role("group", name="Is het probleem opgelost?").get_by_role("button", name="Ja").click()
    phone.get_by_role("button", name="Verstuur verslag").click()


def commands_of(tonight, visit) -> list[str]:
    rows = tonight.find(sa.select(CommandResult).where(CommandResult.visit_id == visit.id))
    return sorted(row.kind.value for row in rows if row.result["status"] == "applied")


def until(is_so, seconds: float = 15) -> None:
    """Wait for something that happens behind the screen."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)


def test_a_step_can_be_taken_back_for_eight_seconds_and_then_the_desk_never_hears_of_it(person, tonight, visit):
    phone = fatma(person)
    tap(phone, "Aannemen", then="Ik rijd")
    tap(phone, "Ik rijd", then="Ik ben er")
    phone.get_by_role("button", name="Toch niet").click()
    expect(phone.get_by_role("button", name="Ik rijd", exact=True)).to_be_visible()
    phone.wait_for_timeout(9_000)
    assert commands_of(tonight, visit) == ["accept"]


def test_the_next_tap_sends_the_one_before_it(person, tonight, visit):
    phone = fatma(person)
    tap(phone, "Aannemen", then="Ik rijd")
    tap(phone, "Ik rijd", then="Ik ben er")
    tap(phone, "Ik ben er", then="Klaar")
    until(lambda: commands_of(tonight, visit) == ["accept", "depart"])


def test_the_app_opens_without_a_network_and_goes_on_where_it_was(person, tonight, visit, name):
    phone = fatma(person)
    tap(phone, "Aannemen", then="Ik rijd")
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    until(lambda: phone.evaluate("caches.keys().then(names => names.length > 0)"))
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.get_by_role("heading", name=re.compile(name))).to_be_visible()
    tap(phone, "Ik rijd", then="Ik ben er")
    tap(phone, "Ik ben er", then="Klaar")
    expect(phone.get_by_role("link", name=re.compile("wacht"))).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("button", name="Klaar", exact=True)).to_be_visible()
    phone.context.set_offline(False)
    expect(phone.get_by_role("link", name="Alles verstuurd")).to_be_visible()
    assert commands_of(tonight, visit) == ["accept", "arrive", "depart"]


def test_words_survive_a_phone_that_dies_in_the_middle_of_a_sentence(person, tonight, visit):
    phone = fatma(person)
    phone.goto(f"/phone/#report/{visit.id}")
    plan = phone.get_by_role("textbox", name=re.compile("gedaan en afgesproken"))
    plan.fill("Katheter gewisseld, loopt weer. Zij was")
    expect(phone.get_by_text("Concept bewaard")).to_be_visible()
    again = phone.context.new_page()
    phone.close(run_before_unload=False)
    again.goto(f"/phone/#report/{visit.id}")
    expect(again.get_by_role("textbox", name=re.compile("gedaan en afgesproken"))).to_have_value(
        "Katheter gewisseld, loopt weer. Zij was"
    )


def test_a_session_that_ends_keeps_what_she_did_until_she_logs_in_again(person, tonight, visit):
    phone = fatma(person)
    tap(phone, "Aannemen", then="Ik rijd")
    until(lambda: commands_of(tonight, visit) == ["accept"])
    with tonight.inside(), unit_of_work(actor=tonight.noor) as uow:
        uow.session.execute(sa.delete(LoginSession))
    tap(phone, "Ik rijd", then="Ik ben er")
    tap(phone, "Ik ben er", then="Klaar")
    expect(phone.get_by_text("Wat u deed is bewaard op deze telefoon")).to_be_visible()
    phone.get_by_role("link", name="Log opnieuw in").click()
    phone.fill("input[name=login]", "fatma")
    phone.fill("input[name=password]", "een rustige nacht")
    phone.get_by_role("button", name="Inloggen").click()
    expect(phone.get_by_role("link", name="Alles verstuurd")).to_be_visible()
    assert commands_of(tonight, visit) == ["accept", "arrive", "depart"]


def test_a_visit_that_is_taken_away_is_told_loudly_and_its_report_is_still_taken(person, tonight, visit, name):
    phone = fatma(person)
    tap(phone, "Aannemen", then="Ik rijd")
    until(lambda: commands_of(tonight, visit) == ["accept"])
    phone.goto(f"/phone/#report/{visit.id}")
    phone.get_by_role("textbox", name=re.compile("gedaan en afgesproken")).fill("Gebeld, het hoefde niet meer.")
    expect(phone.get_by_text("Concept bewaard")).to_be_visible()
    with tonight.inside(), unit_of_work(actor=tonight.noor) as uow:
        assign.withdraw(uow, visit.id, reason="Een andere auto is dichterbij.")
    phone.goto("/phone/#/")
    notice = phone.get_by_role("alert").filter(has_text="Bezoek vervallen")
    expect(notice).to_contain_text(name, timeout=20_000)
    notice.get_by_role("link", name="Maak uw verslag af").click()
    phone.get_by_role("group", name="Is het probleem opgelost?").get_by_role("button", name="Ja").click()
    phone.get_by_role("button", name="Verstuur verslag").click()
    until(lambda: tonight.find(sa.select(VisitReport).where(VisitReport.visit_id == visit.id)))
    (report,) = tonight.find(sa.select(VisitReport).where(VisitReport.visit_id == visit.id))
    assert report.is_late
    phone.get_by_role("button", name="Gezien").click()
    expect(phone.get_by_role("alert")).to_have_count(0)


def test_the_alarm_wants_to_be_held_and_then_the_desk_knows(person, tonight, visit):
    phone = fatma(person)
    expect(phone.get_by_role("button", name="Aannemen")).to_be_visible()
    alarm = phone.get_by_role("button", name=re.compile("^Alarm"))
    alarm.click()
    expect(phone.get_by_text("Houd de knop anderhalve seconde vast")).to_be_visible()
    assert phone.get_by_role("link", name="Bel de centrale").get_attribute("href").startswith("tel:020")
    phone.keyboard.press("Escape")
    nurse_alarms = sa.select(Alarm).where(Alarm.visit_id == visit.id, Alarm.kind == "nurse_alarm")
    assert tonight.find(nurse_alarms) == []
    alarm.hover()
    phone.mouse.down()
    phone.wait_for_timeout(1_700)
    phone.mouse.up()
    expect(phone.get_by_text(re.compile(r"De centrale weet het sinds \d\d:\d\d"))).to_be_visible()
    assert len(tonight.find(nurse_alarms)) == 1


def test_a_push_is_always_seen_and_the_house_hears_that_the_bell_works(person, tonight, visit):
    phone = fatma(person, permissions=["geolocation", "notifications"])
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    devtools = phone.context.new_cdp_session(phone)
    registrations = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: registrations.extend(event["registrations"]))
    devtools.send("ServiceWorker.enable")
    until(lambda: phone.wait_for_timeout(50) or registrations)
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {
            "origin": tonight.house.url,
            "registrationId": registrations[0]["registrationId"],
            "data": '{"web_push":8030,"notification":{"title":"Nieuwe inzet · U2","navigate":"/phone/","tag":"t"}}',
        },
    )
    shown = "navigator.serviceWorker.ready.then(r => r.getNotifications()).then(all => all.map(one => one.title))"
    until(lambda: phone.evaluate(shown) == ["Nieuwe inzet · U2"])
    until(lambda: [row for row in tonight.find(sa.select(CommandResult)) if row.kind.value == "seen"])


def test_logging_out_sends_first_and_leaves_nothing_behind(person, tonight, visit):
    phone = fatma(person)
    tap(phone, "Aannemen", then="Ik rijd")
    until(lambda: commands_of(tonight, visit) == ["accept"])
    phone.context.set_offline(True)
    tap(phone, "Ik rijd", then="Ik ben er")
    phone.get_by_role("link", name="Instellingen").click()
    phone.get_by_role("button", name="Log uit").click()
    expect(phone.get_by_text("alleen op deze telefoon")).to_be_visible()
    phone.context.set_offline(False)
    phone.get_by_role("button", name="Probeer opnieuw").click()
    phone.wait_for_url("**/login**")
    assert commands_of(tonight, visit) == ["accept", "depart"]
    left = "Promise.all([indexedDB.databases(), caches.keys(), navigator.serviceWorker.getRegistrations()])"
    assert phone.evaluate(f"{left}.then(([rows, files, workers]) => rows.length + files.length + workers.length)") == 0


# What a nurse may look at or touch, measured in the page itself: text against the ground it really stands on.
MEASURE = (Path(__file__).parent / "measure.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [390, 320])
def test_every_screen_can_be_read_and_touched_in_every_theme(person, tonight, visit, theme, width):
    phone = fatma(person, width)
    phone.evaluate("theme => localStorage.setItem('nachtronde-theme', theme)", theme)
    wanted = {"nacht": "7", "donker": "7", "licht": "4.5"}[theme]
    for place in ("", f"#visit/{visit.id}", f"#report/{visit.id}", "#settings", "#sent"):
        phone.goto("/phone/")
        phone.goto(f"/phone/{place}")
        expect(phone.locator("main")).to_be_visible()
        expect(phone.locator(".dock, h1").first).to_be_visible()
        phone.wait_for_timeout(400)
        assert phone.evaluate("document.documentElement.dataset.theme") == theme
        assert phone.evaluate(MEASURE.replace("WANTED", wanted)) == [], place or "home"


def test_a_standard_visit_takes_at_most_eight_taps(person, tonight, visit):
    phone = fatma(person)
    phone.evaluate(
        "() => { localStorage.taps = 0; addEventListener('click', () => localStorage.taps++, { capture: true }) }"
    )
    for label, then in (("Aannemen", "Ik rijd"), ("Ik rijd", "Ik ben er"), ("Ik ben er", "Klaar"), ("Klaar", None)):
        phone.get_by_role("button", name=label, exact=True).click()
        if then:
            expect(phone.get_by_role("button", name=then, exact=True)).to_be_visible()
        phone.wait_for_timeout(1_300)
    expect(phone.get_by_role("heading", name="Verslag", exact=True)).to_be_visible()
    report_that_it_is_solved(phone)
    until(lambda: commands_of(tonight, visit) == ["accept", "arrive", "depart", "finish", "report"])
    assert int(phone.evaluate("localStorage.taps")) <= 8


def test_two_open_tabs_send_everything_once(person, tonight, visit):
    phone = fatma(person)
    tap(phone, "Aannemen", then="Ik rijd")
    other = phone.context.new_page()
    other.goto("/phone/")
    expect(other.get_by_role("button", name="Ik rijd", exact=True)).to_be_visible()
    tap(phone, "Ik rijd", then="Ik ben er")
    expect(other.get_by_role("button", name="Ik ben er", exact=True)).to_be_visible()
    tap(other, "Ik ben er", then="Klaar")
    phone.goto(f"/phone/#report/{visit.id}")
    report_that_it_is_solved(phone)
    until(lambda: commands_of(tonight, visit) == ["accept", "arrive", "depart", "report"])
    assert len(tonight.find(sa.select(VisitReport).where(VisitReport.visit_id == visit.id))) == 1
