"""Three doors, and what stands behind each of them."""

import re

import pytest

from tests.journeys.conftest import DESK, PHONE


def test_the_start_page_shows_three_doors_and_who_may_open_them(person, house):
    page = person(DESK)
    page.goto("/")
    assert page.locator("a[href='/desk/'], a[href='/phone/'], a[href='/morning/']").count() >= 3
    assert "noor" in page.inner_text("main")


@pytest.mark.parametrize(
    ("login", "screen", "door", "title"),
    [
        ("noor", DESK, "/desk/", "Zorgcentrale"),
        ("jeroen", PHONE, "/phone/", "Nacht"),
        ("lindehof", DESK, "/morning/", ""),
    ],
)
def test_each_login_comes_to_its_own_door(person, login, screen, door, title):
    page = person(screen, login=login)
    assert page.url.endswith(door) or door in page.url
    assert re.search(title, page.title() + page.inner_text("body"))


def test_nobody_comes_in_with_a_wrong_password(person):
    page = person(DESK, login="noor", password="geraden")
    assert "/login" in page.url
    assert page.get_by_role("alert").count() == 1


@pytest.mark.parametrize(("login", "door"), [("noor", "/desk/"), ("jeroen", "/phone/"), ("lindehof", "/morning/")])
def test_a_screen_breaks_no_rule_of_its_own_policy_and_asks_nobody_else_for_anything(person, house, login, door):
    page = person(PHONE if door == "/phone/" else DESK, login=login)
    said, asked = [], []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(door)
    page.wait_for_load_state("load")
    page.wait_for_timeout(1_000)  # what is loaded lazily comes now
    assert not said
    assert not [url for url in asked if not url.startswith((house.url, "data:", "blob:"))]
