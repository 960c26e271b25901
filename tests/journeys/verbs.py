"""What people do at a screen: tap, write a report. Each waits for what the person would see, never for a clock."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, TimeoutError, expect

AGAIN_MS = 700


def tap(phone: Page, label: str, *, then: str | None) -> None:
    """Tap the one large button; too soon after the last tap it is taken for a trembling thumb, so again."""
    button = phone.get_by_role("button", name=label, exact=True)
    expect(button).to_be_visible()
    after = phone.get_by_role("button", name=then, exact=True) if then else None
    for _ in range(20):
        _click_if_still(button, label)
        try:
            if after is None:
                button.wait_for(state="hidden", timeout=AGAIN_MS)
            else:
                after.wait_for(state="visible", timeout=AGAIN_MS)
            return
        except TimeoutError:
            continue
    raise AssertionError(f"{label!r} does nothing")


def _click_if_still(button: Locator, label: str) -> None:
    """The button becomes the next step under her thumb: only a tap on the word that she read counts."""
    try:
        button.click(trial=True, timeout=AGAIN_MS)
        button.evaluate("(it, label) => it.textContent.trim() === label && it.click()", label, timeout=AGAIN_MS)
    except TimeoutError:
        pass


def keep_pressing(button: Locator, *, until: Locator) -> None:
    """Somebody who waits for something presses again now and then, as long as there is something to press."""
    for _ in range(40):
        try:
            if button.is_visible():
                button.click(timeout=AGAIN_MS)
            until.wait_for(state="visible", timeout=AGAIN_MS)
            return
        except TimeoutError:
            continue
    raise AssertionError("it never came")


def write_report(phone: Page, name: str, *, to_do: str | None = None) -> None:
    """A standard report of a catheter that was changed, with at most one thing left to do."""
    phone.get_by_role("link", name=re.compile("Alles over dit bezoek")).click()
    phone.get_by_role("link", name="Schrijf verslag").click()
    expect(phone.get_by_role("heading", name="Verslag", exact=True)).to_be_visible()
    expect(phone.get_by_text(name).first).to_be_visible()
    for chip in ("Katheter gewisseld", "Verstopte katheter"):
        phone.get_by_role("button", name=chip, exact=True).click()
    phone.get_by_role("button", name=re.compile("^blaaskatheter$", re.IGNORECASE)).click()
    phone.get_by_role("button", name="Doorlopende opdracht").click()
    if to_do:
        phone.get_by_role("button", name="Nog doen na de nacht").click()
        phone.get_by_role("textbox", name="Wat moet er gebeuren?").fill(to_do)
    phone.get_by_role("group", name="Is het probleem opgelost?").get_by_role("button", name="Ja").click()
    phone.get_by_role("button", name="Verstuur verslag").click()
    expect(phone.get_by_role("heading", name="Verslag", exact=True)).to_be_hidden()


def messages(desk: Page) -> Locator:
    """What the desk was just told."""
    return desk.get_by_role("group", name="Meldingen")


def wait_until(page: Page, is_so: Callable[[], Any], seconds: float = 30) -> None:
    """Wait for something that no element of the page tells of; the page lives on meanwhile."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never came"
        page.wait_for_timeout(50)
