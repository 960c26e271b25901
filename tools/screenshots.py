"""A picture of every screen, phone and desktop, in each theme: `make screenshots`.

All of them go to docs/screenshots/all (not committed); the three that the README shows are written anew as well.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from backend.demo.cast import PASSWORD
from tests import databases
from tests.journeys.conftest import DESK, FLAGS, PHONE, a_house
from tools.browser import find

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
THEMES = ("nacht", "donker", "licht")
README = {"phone": ("phone-home", "nacht"), "desk": ("desk-who-goes", "donker"), "morning": ("morning", "licht")}


def _stay(page: Page) -> None:
    """The screen as it opens."""


def _first_visit(screen: str) -> Callable[[Page], None]:
    def go(page: Page) -> None:
        page.evaluate(
            """async (screen) => {
                const feed = await (await fetch('/api/v1/feed?after=0')).json()
                const one = feed.events.find((event) => event.visit && event.visit.status !== 'done')
                if (one) location.hash = `${screen}/${one.visit_id}`
            }""",
            screen,
        )

    return go


def _hash(name: str) -> Callable[[Page], None]:
    return lambda page: page.evaluate("(name) => { location.hash = name }", name)


def _press(key: str) -> Callable[[Page], None]:
    return lambda page: page.keyboard.press(key)


def _who_goes(page: Page) -> None:
    """The visit that waits for a car, with the sound armed as at the start of a shift."""
    page.get_by_role("button", name="Klik hier om het geluid aan te zetten").click()
    page.get_by_text("Mw. T. Postma").first.click()
    page.get_by_text("Stuur auto").wait_for()


@dataclass(frozen=True)
class Screen:
    """One screen: who sees it, where it is, and what she does to get there."""

    name: str
    login: str | None
    path: str
    act: Callable[[Page], None] = _stay
    sizes: tuple[str, ...] = ("desktop",)


SCREENS = (
    Screen("start", None, "/", sizes=("desktop", "phone")),
    Screen("login", None, "/login", sizes=("desktop", "phone")),
    Screen("api", None, "/api/docs"),
    Screen("desk-board", "noor", "/desk/"),
    Screen("desk-who-goes", "noor", "/desk/", _who_goes),
    Screen("desk-intake", "noor", "/desk/", _press("n")),
    Screen("phone-home", "jeroen", "/phone/", sizes=("phone", "desktop")),
    Screen("phone-visit", "jeroen", "/phone/", _first_visit("visit"), sizes=("phone",)),
    Screen("phone-report", "jeroen", "/phone/", _first_visit("report"), sizes=("phone",)),
    Screen("phone-settings", "jeroen", "/phone/", _hash("settings"), sizes=("phone",)),
    Screen("phone-sent", "jeroen", "/phone/", _hash("sent"), sizes=("phone",)),
    Screen("morning", "lindehof", "/morning/", sizes=("desktop", "phone")),
    *(
        Screen(f"admin-{name.replace('/', '-') or 'overview'}", "beheer", f"/admin/{name}", sizes=("desktop", "phone"))
        for name in (
            "",
            "organisations",
            "staff",
            "staff/new",
            "regions",
            "regions/proposal",
            "regions/help",
            "cars",
            "nights",
            "travel",
            "scope-list",
            "partnership",
        )
    ),
    Screen("not-found", "lindehof", "/morning/00000000-0000-0000-0000-000000000000"),
)


def take(browser: Browser, url: str, screen: Screen, size: str, theme: str) -> bytes:
    """One picture."""
    shape: dict[str, Any] = PHONE if size == "phone" else DESK
    context = browser.new_context(
        base_url=url, locale="nl-NL", timezone_id="Europe/Amsterdam", reduced_motion="reduce", **shape
    )
    context.add_init_script(f"try {{ localStorage.setItem('nachtronde-theme', '{theme}') }} catch (blocked) {{}}")
    page = context.new_page()
    if screen.login:
        page.goto(f"/login?next={screen.path}")
        page.fill("input[name=login]", screen.login)
        page.fill("input[name=password]", PASSWORD)
        page.get_by_role("button", name="Inloggen").click()
        page.wait_for_load_state()
    if screen.path not in page.url or not screen.login:
        page.goto(screen.path)
    page.wait_for_timeout(1_200)
    screen.act(page)
    page.wait_for_timeout(800)
    picture = page.screenshot()
    context.close()
    return picture


def main() -> None:
    everything = FOLDER / "all"
    everything.mkdir(parents=True, exist_ok=True)
    program = find()
    databases.begin_run()
    try:
        with tempfile.TemporaryDirectory() as folder, a_house(Path(folder)) as house, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
            for screen in SCREENS:
                for size in screen.sizes:
                    for theme in THEMES:
                        picture = take(browser, house.url, screen, size, theme)
                        (everything / f"{screen.name}-{size}-{theme}.png").write_bytes(picture)
                        for name, shown in README.items():
                            if (screen.name, theme) == shown and size == screen.sizes[0]:
                                (FOLDER / f"{name}.png").write_bytes(picture)
                print(f"{screen.name}: {', '.join(screen.sizes)}", flush=True)
            browser.close()
    finally:
        databases.end_run()
    print(f"Written to {everything}")


if __name__ == "__main__":
    main()
