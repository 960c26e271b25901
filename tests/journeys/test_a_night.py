"""One call travels from the phone line to the nurse's car to the morning page."""

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from backend.handover.models import MorningHandover
from backend.phone.models import CommandResult, FollowUp, VisitReport
from backend.triage.models import TriageDecision
from tests.journeys.conftest import DESK, IN_THE_CAR, PHONE
from tests.journeys.small_night import AN_EARLIER_ADVICE, a_small_night
from tests.journeys.verbs import messages, tap, write_report

QUESTION = "Sinds elf uur loopt er niets meer, haar buik staat strak."
TO_DO = "Kijk morgen of de katheter goed loopt"
STEPS = ("VisitAccepted", "NurseDeparted", "NurseArrived", "VisitReported", "VisitFinished")


@pytest.fixture(scope="module")
def tonight(tmp_path_factory):
    with a_small_night(tmp_path_factory.mktemp("night")) as night:
        yield night


@pytest.fixture
def house(tonight):
    return tonight.house


def test_one_call_travels_from_the_phone_line_to_the_morning_page(person, tonight):
    desk = person(DESK, "noor", door="/desk/")
    phone = person(PHONE, "fatma", door="/phone/", **IN_THE_CAR)
    expect(phone.get_by_role("heading", name="Nog geen bezoeken")).to_be_visible()

    the_desk_takes_the_call_and_decides(desk, tonight)
    the_desk_sees_who_can_go_and_why_and_sends_the_first(desk)
    (decision,) = tonight.find(sa.select(TriageDecision).where(TriageDecision.outcome == "visit"))
    visit = tonight.visit_of(decision.care_request_id)

    expect(phone.get_by_role("heading", name=re.compile("Mw. J. de Groot"))).to_be_visible()
    expect(phone.get_by_text("Admiraal de Ruijterweg 214-2")).to_be_visible()
    tap(phone, "Aannemen", then="Ik rijd")
    expect(desk.get_by_label("Gekozen vraag of bezoek")).not_to_contain_text("nog niet aangenomen")
    tap(phone, "Ik rijd", then="Ik ben er")

    phone.context.set_offline(True)
    tap(phone, "Ik ben er", then="Klaar")
    write_report(phone, "Mw. J. de Groot", to_do=TO_DO)
    tap(phone, "Klaar", then=None)
    done = phone.get_by_role("listitem").filter(has_text="Mw. J. de Groot")
    expect(done).to_contain_text("verslag bewaard op deze telefoon")
    expect(phone.get_by_role("link", name=re.compile("wacht"))).to_be_visible()
    assert tonight.fresh(visit).arrived_at is None, "nothing may have come through while she had no line"

    phone.context.set_offline(False)
    expect(phone.get_by_role("link", name="Alles verstuurd")).to_be_visible()
    expect(done).to_contain_text(re.compile(r"verslag ontvangen \d\d:\d\d"))
    assert tonight.record(visit, *STEPS) == list(STEPS)
    assert_everything_of(visit, tonight, arrived_once=True)
    expect(desk.get_by_label("Gekozen vraag of bezoek")).to_contain_text("klaar, verslag binnen")

    desk.get_by_role("button", name="Sluit de nacht").click()
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_contain_text("Alles is afgerond")
    dialog.get_by_role("button", name="Sluit de nacht").click()
    expect(messages(desk)).to_contain_text("De nacht is gesloten")

    her_own_organisation_reads_it_and_takes_the_action_over(person(DESK, "lindehof", door="/morning/"))
    another_organisation_reads_that_there_was_nothing(person(DESK, "waterrand", door="/morning/"), tonight)


def the_desk_takes_the_call_and_decides(desk: Page, tonight) -> None:
    """By keyboard only: what is counted are the keys beside the text."""
    expect(desk.get_by_text("Niemand wacht.")).to_be_visible()
    keys = desk.keyboard
    keys.press("n")
    expect(desk.get_by_role("combobox", name="Cliënt", exact=True)).to_be_focused()
    keys.type("groot 1055")
    expect(desk.get_by_role("option", name=re.compile("de Groot"))).to_be_visible()
    keys.press("Enter")
    expect(desk.get_by_text("Al eerder contact in de laatste 72 uur")).to_be_visible()
    expect(desk.get_by_text(AN_EARLIER_ADVICE)).to_be_visible()
    expect(desk.get_by_label("Vraag, in de woorden van de melder")).to_be_focused()
    keys.type(QUESTION)
    keys.press("Enter")
    keys.type("kath")
    keys.press("Enter")
    keys.press("v")  # ABCD: all safe
    keys.press("1")  # a catheter through the urethra
    keys.press("n")  # no signs of a spinal cord lesion
    keys.press("n")  # no urine flows
    expect(desk.get_by_text("Voorstel U")).to_be_visible()
    keys.type("3")
    keys.press("Enter")
    keys.press("j")  # pain low in the belly
    expect(desk.get_by_text("Voorstel U2")).to_be_visible()
    expect(desk.get_by_label("Meetlat", exact=True)).to_contain_text("Regel 1: Katheter verstopt")
    keys.press("b")  # the decision: a visit
    keys.press("Control+Enter")
    expect(messages(desk)).to_contain_text(re.compile(r"ZV-\d+: besluit vastgelegd"))


def the_desk_sees_who_can_go_and_why_and_sends_the_first(desk: Page) -> None:
    detail = desk.get_by_label("Gekozen vraag of bezoek")
    first = detail.get_by_role("radio").first
    expect(first).to_contain_text("Auto 1 · Fatma Aydın")
    expect(first).to_contain_text(re.compile(r"\d\d:\d\d"))
    expect(detail.get_by_role("radio").nth(1)).to_contain_text("andere regio")
    expect(detail.get_by_label("Kan niet")).to_contain_text("Auto 2 · Marit Dekker")
    expect(detail.get_by_label("Kan niet")).to_contain_text("bekwaamheid")
    desk.keyboard.press("a")
    expect(detail).to_contain_text("toegewezen, nog niet aangenomen")


def assert_everything_of(visit, tonight, *, arrived_once) -> None:
    """The database holds each thing that the nurse did once, at the time on her watch."""
    (report,) = tonight.find(sa.select(VisitReport).where(VisitReport.visit_id == visit.id))
    (action,) = tonight.find(sa.select(FollowUp).where(FollowUp.visit_id == visit.id))
    now = tonight.fresh(visit)
    assert action.text == TO_DO
    assert now.accepted_at < now.departed_at < now.arrived_at <= report.happened_at <= now.finished_at
    results = tonight.find(sa.select(CommandResult).where(CommandResult.visit_id == visit.id))
    assert sorted(row.kind.value for row in results) == ["accept", "arrive", "depart", "finish", "report"]
    assert {row.result["status"] for row in results} == {"applied"}


def her_own_organisation_reads_it_and_takes_the_action_over(page: Page) -> None:
    line = page.get_by_role("article").filter(has_text=QUESTION)
    expect(line).to_contain_text("Mw. J. de Groot")
    expect(line).to_contain_text("Fatma Aydın, verpleegkundige")
    expect(line).to_contain_text("Katheter")
    expect(line).to_contain_text(TO_DO)
    line.get_by_role("button", name=f"Neem over: {TO_DO}").click()
    expect(page.get_by_text(re.compile(r"Overgenomen door Anneke de Wit, \d\d:\d\d"))).to_be_visible()


def another_organisation_reads_that_there_was_nothing(page: Page, tonight) -> None:
    expect(page.get_by_text("Dit bericht is er ook als er niets was")).to_be_visible()
    assert "Groot" not in page.content()
    assert QUESTION not in page.content()
    (theirs,) = tonight.find(sa.select(MorningHandover).where(MorningHandover.organisation_id == tonight.lindehof.id))
    answer = page.goto(f"/morning/{theirs.id}")
    assert answer is not None
    assert answer.status == 404
    assert "Groot" not in page.content()
