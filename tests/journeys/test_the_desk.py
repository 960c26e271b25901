"""The desk: whatever is asked ends somewhere, nothing typed is lost, and two people never send two cars."""

import re
from typing import Any

import pytest
import sqlalchemy as sa
from playwright.sync_api import Locator, Page, expect

from backend.dispatch.models import Assignment, Visit
from backend.intake.models import CareRequest
from backend.platform.actor import SYSTEM
from backend.platform.clock import now
from backend.platform.outbox import OutboxJob
from backend.platform.uow import unit_of_work
from backend.triage.models import TriageDecision
from tests.journeys.conftest import DESK
from tests.journeys.small_night import a_small_night
from tests.journeys.verbs import messages


@pytest.fixture(scope="module")
def tonight(tmp_path_factory):
    with a_small_night(tmp_path_factory.mktemp("desk")) as night:
        yield night


@pytest.fixture
def house(tonight):
    return tonight.house


@pytest.fixture(autouse=True)
def free_cars(tonight):
    """Every story begins with nothing to do."""
    yield
    tonight.clear()


@pytest.fixture
def desk(person):
    """Noor at her desk."""
    return person(DESK, "noor", door="/desk/")


def begin_a_call(desk: Page, name: str, question: str) -> None:
    """Everything up to the triage: who it is about, what is asked, a catheter."""
    desk.keyboard.press("n")
    expect(desk.get_by_role("combobox", name="Cliënt", exact=True)).to_be_focused()
    desk.keyboard.type(f"{name} 1055")
    expect(desk.get_by_role("option", name=re.compile(name))).to_be_visible()
    desk.keyboard.press("Enter")
    asked = desk.get_by_label("Vraag, in de woorden van de melder")
    expect(asked).to_be_focused()
    desk.keyboard.type(question)
    expect(asked).to_have_value(question)
    desk.keyboard.press("Enter")
    desk.keyboard.type("kath")
    desk.keyboard.press("Enter")
    expect(desk.get_by_role("button", name="ABCD alles veilig")).to_be_focused()


def in_the_queue(desk: Page, name: str):
    return desk.get_by_label("Wat wacht").get_by_role("button", name=re.compile(name))


def decisions_about(tonight, client) -> list[Any]:
    about = sa.select(CareRequest.id).where(CareRequest.client_id == client.id)
    found: list[Any] = tonight.find(sa.select(TriageDecision).where(TriageDecision.care_request_id.in_(about)))
    return found


def test_what_threatens_life_ends_at_112_and_never_opens_a_visit(desk, tonight):
    client = tonight.a_client("Pinas")
    begin_a_call(desk, "Pinas", "Hij ademt zwaar en is grauw.")
    breathing = desk.get_by_role("radiogroup", name=re.compile("Ademhaling"))
    breathing.get_by_text("onveilig").click()
    expect(desk.get_by_role("heading", name="Bel nu 112")).to_be_visible()
    expect(desk.get_by_text("Wat gebeurt er nu")).to_be_hidden()

    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_text("Draag eerst over aan 112 of de meldkamer")).to_be_visible()
    assert not decisions_about(tonight, client)

    desk.get_by_role("button", name="Overgedragen: nu").click()
    expect(desk.get_by_text(re.compile(r"Overgedragen om \d\d:\d\d"))).to_be_visible()
    desk.get_by_role("button", name="Leg overdracht vast").click()
    expect(messages(desk)).to_contain_text("besluit vastgelegd")
    (decision,) = decisions_about(tonight, client)
    assert decision.outcome == "emergency_call"
    assert decision.final_urgency in ("U0", "U1")
    assert decision.handed_over_at is not None
    assert not tonight.find(sa.select(Visit).where(Visit.client_id == client.id))
    expect(in_the_queue(desk, "Pinas")).to_have_count(0)


def test_what_was_typed_survives_a_closed_browser(desk, person, tonight):
    tonight.a_client("Hoekstra")
    begin_a_call(desk, "Hoekstra", "De slang is losgeschoten en het bed is nat.")
    expect(desk.get_by_text("concept bewaard")).to_be_visible()
    desk.context.close()

    again = person(DESK, "noor", door="/desk/")
    expect(again.get_by_text("niet afgemaakt")).to_be_visible()
    again.get_by_role("button", name=re.compile("^Mw. J. Hoekstra")).click()
    expect(again.get_by_label("Vraag, in de woorden van de melder")).to_have_value(
        "De slang is losgeschoten en het bed is nat."
    )
    expect(again.get_by_label("Vraag", exact=True)).to_contain_text("Mw. J. Hoekstra, 85")
    again.get_by_role("button", name="Gooi weg").click()
    again.get_by_role("button", name="Ja, weg").click()
    expect(again.get_by_text("niet afgemaakt")).to_be_hidden()


def test_of_two_desks_that_send_a_car_the_second_is_told_who_and_when(person, tonight):
    visit = tonight.a_visit(tonight.a_client("Mulder"))
    noor, sam = person(DESK, "noor", door="/desk/"), person(DESK, "sam", door="/desk/")
    for desk in (noor, sam):
        in_the_queue(desk, "Mulder").click()
        expect(desk.get_by_role("button", name=re.compile("^Stuur auto 1"))).to_be_enabled()
    sam.route("**/api/v1/board", lambda route: route.abort())  # Sam's screen is just too late

    noor.keyboard.press("a")
    expect(messages(noor)).to_contain_text("Auto 1 gaat naar")
    sam.keyboard.press("a")
    expect(messages(sam)).to_contain_text(
        re.compile(r"Noor Willems was iets eerder: auto 1 gaat al, sinds \d\d:\d\d\.")
    )
    (assignment,) = tonight.find(sa.select(Assignment).where(Assignment.visit_id == visit.id))
    assert assignment.assigned_by == "Noor Willems"

    sam.unroute("**/api/v1/board")
    expect(sam.get_by_label("Gekozen vraag of bezoek")).to_contain_text("Auto 1 · Fatma Aydın")


def test_what_is_not_night_care_gets_an_alternative(desk, tonight):
    client = tonight.a_client("Kartosen")
    begin_a_call(desk, "Kartosen", "De katheter wordt morgen gewisseld, kan het nu al?")
    desk.keyboard.press("v")
    rule = desk.get_by_label(re.compile("^Meetlat voorbeeld-1: welke regel"))
    expect(rule).not_to_have_value("")
    rule.select_option(label=rule_two(rule))
    expect(desk.get_by_label("Meetlat", exact=True)).to_contain_text("Anders: Eigen organisatie plant de wissel")
    desk.get_by_role("radio", name="Geen nachtzorg").check(force=True)
    expect(desk.get_by_label("Wat wel")).to_have_value(re.compile("^Eigen organisatie plant de wissel in de ochtend"))

    desk.get_by_label("Wat wel").fill("")
    desk.get_by_label("Zonder nachtzorg was het").select_option(label="eigen organisatie, overdag")
    desk.keyboard.press("Control+Enter")
    expect(desk.get_by_role("alert").filter(has_text="Er mist nog iets: wat wel.")).to_be_visible()
    desk.get_by_label("Wat wel").fill("De dagdienst van De Lindehof wisselt morgen om acht uur.")
    desk.keyboard.press("Control+Enter")
    expect(messages(desk)).to_contain_text("besluit vastgelegd")
    (decision,) = decisions_about(tonight, client)
    assert decision.outcome == "not_night_care"
    assert decision.alternative == "De dagdienst van De Lindehof wisselt morgen om acht uur."


def rule_two(rule: Locator) -> str:
    return rule.locator("option", has_text=re.compile(r"^2\. ")).inner_text()


def test_a_phone_that_nobody_answers_alarms_both_desks_until_one_of_them_has_seen_it(person, tonight):
    visit = tonight.a_visit(tonight.a_client("Wijdenbosch"), tonight.dewi)
    noor, sam = person(DESK, "noor", door="/desk/"), person(DESK, "sam", door="/desk/")
    said = f"Auto 3 heeft {visit.reference} nog niet aangenomen. Bel de auto."
    expect(noor.get_by_label("Wat wacht").get_by_role("button", name="Nieuwe zorgvraag")).to_be_visible()
    a_minute_passes(tonight)
    for desk in (noor, sam):
        alarm = desk.get_by_role("article").filter(has_text=said)
        expect(alarm.get_by_role("button", name="Gezien")).to_be_visible()
        expect(alarm.get_by_role("link", name=re.compile("^Bel auto 3", re.IGNORECASE))).to_be_visible()

    noor.get_by_role("article").filter(has_text=said).get_by_role("button", name="Gezien").click()
    for desk in (noor, sam):
        expect(desk.get_by_role("article").filter(has_text=said)).to_contain_text("gezien door Noor Willems")


def a_minute_passes(tonight) -> None:
    """The jobs that would raise the alarm in a minute are due now; the worker of the house does them."""
    with tonight.inside(), unit_of_work(actor=SYSTEM) as uow:
        for job in uow.session.scalars(sa.select(OutboxJob).where(OutboxJob.kind == "escalate")):
            job.run_at = min(job.run_at, now())


def test_what_one_desk_does_stands_on_the_other_without_a_reload(person, tonight):
    noor, sam = person(DESK, "noor", door="/desk/"), person(DESK, "sam", door="/desk/")
    expect(sam.get_by_role("status").filter(has_text="live")).to_be_visible()
    sam.evaluate("window.notReloaded = true")
    visit = tonight.a_visit(tonight.a_client("Sitaldin"))
    expect(in_the_queue(sam, "Sitaldin")).to_contain_text(visit.reference)

    in_the_queue(noor, "Sitaldin").click()
    expect(noor.get_by_role("button", name=re.compile("^Stuur auto"))).to_be_enabled()
    noor.keyboard.press("Enter")
    expect(in_the_queue(sam, "Sitaldin")).to_have_count(0)
    noor.keyboard.press("z")  # within eight seconds it did not happen
    expect(in_the_queue(sam, "Sitaldin")).to_have_count(1)
    assert sam.evaluate("window.notReloaded") is True


def test_a_nurse_who_calls_is_put_on_the_scene_from_the_command_bar(desk, tonight):
    visit = tonight.a_visit(tonight.a_client("Benali"), tonight.dewi)
    desk.keyboard.press("/")
    desk.keyboard.type("3 tp")
    expect(desk.get_by_text("Auto 3: ter plaatse bij Mw. J. Benali")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(messages(desk)).to_contain_text(f"{visit.reference}: ter plaatse.")
    assert tonight.fresh(visit).arrived_at is not None


def test_every_key_stands_on_one_page(desk):
    expect(desk.get_by_role("heading", name="Nachtronde")).to_be_visible()
    desk.keyboard.press("?")
    help_ = desk.get_by_role("dialog", name="Toetsen en opdrachten")
    for what in ("nieuwe zorgvraag", "toewijzen: stuur de gekozen auto", "auto 2 is ter plaatse"):
        expect(help_).to_contain_text(what)
    desk.keyboard.press("n")
    expect(desk.get_by_role("combobox", name="Cliënt", exact=True)).to_have_count(0)
    desk.keyboard.press("Escape")
    expect(help_).to_be_hidden()
