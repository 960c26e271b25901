"""Every main screen, in every theme: read by whoever sees little, on a narrow screen, and from nobody else's server."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests import night as last_night
from tests.conftest import ROOT
from tests.journeys.conftest import DESK, PHONE
from tests.journeys.small_night import SmallNight, a_small_night
from tests.journeys.verbs import keep_pressing

AXE = ROOT / "pwa" / "node_modules" / "axe-core" / "axe.min.js"
THEMES = ("nacht", "donker", "licht")
NARROW = 320


@pytest.fixture(scope="module")
def tonight(tmp_path_factory) -> Iterator[SmallNight]:
    """A night with something on every screen: a visit that rings, one that waits, and last night's letter to read."""
    with a_small_night(tmp_path_factory.mktemp("looks")) as night:
        night.a_visit(night.mrs_de_groot, night.fatma)
        night.a_visit(night.a_client("Smit", alerts=["Bloedverdunners"]))
        last_night.a_morning(night.a_client("Prins"))
        yield night


@pytest.fixture
def house(tonight):
    return tonight.house


def start(page: Page, tonight: SmallNight) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def login(page: Page, tonight: SmallNight) -> None:
    page.goto("/login")
    expect(page.get_by_role("button", name="Inloggen")).to_be_visible()


def the_board_with_who_can_go(page: Page, tonight: SmallNight) -> None:
    page.goto("/desk/")
    page.get_by_label("Wat wacht").get_by_role("button", name=re.compile("Smit")).click()
    # the first advice of a house that has only just begun can be late: then one asks again
    keep_pressing(
        page.get_by_role("button", name="Probeer opnieuw"),
        until=page.get_by_role("button", name=re.compile("^Stuur auto")),
    )


def the_intake(page: Page, tonight: SmallNight) -> None:
    page.goto("/desk/")
    page.get_by_role("button", name="Nieuwe zorgvraag").click()
    page.get_by_role("combobox", name="Cliënt", exact=True).fill("groot 1055")
    page.get_by_role("option", name=re.compile("de Groot")).click()
    expect(page.get_by_text(re.compile("^Al .*contact in de laatste 72 uur"))).to_be_visible()
    page.get_by_role("combobox", name="Ingangsklacht").fill("kath")
    page.get_by_role("combobox", name="Ingangsklacht").press("Enter")
    expect(page.get_by_text(re.compile("^Voorstel U"))).to_be_visible()
    page.get_by_role("radio", name="Bezoek", exact=True).check(force=True)


def the_next_visit(page: Page, tonight: SmallNight) -> None:
    page.goto("/phone/")
    expect(page.get_by_role("heading", name=re.compile("de Groot"))).to_be_visible()
    expect(page.get_by_role("button", name="Aannemen")).to_be_visible()


def everything_about_a_visit(page: Page, tonight: SmallNight) -> None:
    the_next_visit(page, tonight)
    page.get_by_role("link", name=re.compile("Alles over dit bezoek")).click()
    expect(page.get_by_role("heading", name="Waarom", exact=True)).to_be_visible()


def a_report(page: Page, tonight: SmallNight) -> None:
    the_next_visit(page, tonight)
    link = page.get_by_role("link", name=re.compile("Alles over dit bezoek")).get_attribute("href") or ""
    page.goto(f"/phone/{link.replace('#visit', '#report')}")
    expect(page.get_by_role("button", name="Verstuur verslag")).to_be_visible()


def the_settings(page: Page, tonight: SmallNight) -> None:
    page.goto("/phone/#settings")
    expect(page.get_by_role("button", name="Log uit")).to_be_visible()


def the_morning(page: Page, tonight: SmallNight) -> None:
    page.goto("/morning/")
    expect(page.get_by_role("article").filter(has_text="Prins")).to_be_visible()


def a_proposal_for_the_regions(page: Page, tonight: SmallNight) -> None:
    page.goto("/admin/regions/proposal")
    expect(page.get_by_role("img", name=re.compile("^Voorstel: de postcodegebieden per regio"))).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("West"))).to_be_visible()


def help_between_regions(page: Page, tonight: SmallNight) -> None:
    page.goto("/admin/regions/help")
    expect(page.get_by_role("heading", level=1)).to_have_text("Hulp tussen regio's")


SCREENS: list[tuple[Callable[[Page, SmallNight], None], str | None, dict]] = [
    (start, None, DESK),
    (login, None, DESK),
    (the_board_with_who_can_go, "noor", DESK),
    (the_intake, "noor", DESK),
    (the_next_visit, "fatma", PHONE),
    (everything_about_a_visit, "fatma", PHONE),
    (a_report, "fatma", PHONE),
    (the_settings, "fatma", PHONE),
    (the_morning, "lindehof", DESK),
    (a_proposal_for_the_regions, "ria", DESK),
    (help_between_regions, "ria", DESK),
]


@pytest.mark.parametrize(("screen", "who", "device"), SCREENS, ids=[screen.__name__ for screen, _, _ in SCREENS])
def test_everybody_can_use_every_screen_in_every_theme(person, tonight, house, screen, who, device):
    page = person(device, who)
    complaints: list[str] = []
    asked: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    screen(page, tonight)

    wrong: dict[str, object] = {}
    for theme in THEMES:
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", theme)
        wrong |= {f"{theme}: {what}": where for what, where in violations(page, theme).items()}
    page.set_viewport_size({"width": NARROW, "height": 720})
    wrong |= {f"at {NARROW} px: {what}": where for what, where in violations(page, "licht").items()}
    if (wide := page.evaluate(TOO_WIDE)) is not None:
        wrong[f"scrolls sideways at {NARROW} px"] = wide
    if device is PHONE and (small := page.evaluate(TOO_SMALL)):
        wrong["hard to hit with a thumb"] = small
    assert not wrong, json.dumps(wrong, indent=1, ensure_ascii=False)
    assert not complaints
    assert not [url for url in asked if not url.startswith((house.url, "data:", "blob:"))]


def violations(page: Page, theme: str) -> dict[str, list[str]]:
    """What axe has against the page as it is now. At night text must stand out seven times against its ground."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    rules = {"target-size": {"enabled": True}, "color-contrast-enhanced": {"enabled": theme != "licht"}}
    found = page.evaluate("rules => axe.run(document, { rules, resultTypes: ['violations'] })", rules)
    return {
        f"{one['id']} ({one['impact']})": [
            f"{node['html'][:160]} {node['failureSummary'][:200]}" for node in one["nodes"]
        ]
        for one in found["violations"]
    }


# The element that sticks out, so that whoever reads the failure need not look for it.
TOO_WIDE = """() => {
  const page = document.documentElement
  if (page.scrollWidth <= page.clientWidth) return null
  const sticksOut = (it) => it.getBoundingClientRect().right > page.clientWidth + 1
  const out = [...document.querySelectorAll('body *')].filter(sticksOut)
  return [page.scrollWidth, ...out.slice(0, 5).map((it) => it.outerHTML.slice(0, 120))]
}"""
TOO_SMALL = """() => [...document.querySelectorAll('a, button, summary, textarea')]
  .filter((it) => it.checkVisibility() && !it.closest('.visually-hidden'))
  .map((it) => [it.textContent.trim() || it.ariaLabel, it.getBoundingClientRect()])
  .filter(([, box]) => Math.min(box.width, box.height) < 55.5)
  .map(([name, box]) => `${name}: ${Math.round(box.width)} x ${Math.round(box.height)}`)"""
