"""Who may knock at which door, tried at every door."""

import uuid

import pytest

from backend.people.rules import Role
from backend.platform.web import ANYONE, LOGGED_IN, Blueprint, check_routes
from tests import builders
from tests.conftest import ROOT
from tools import access

APP_IS_BUILT = (ROOT / "static" / "app").is_dir()
"""Without it the two app pages answer 503 and say what to do; `make test` builds it first."""


def doors(app):
    """Every route of the house, pages and files included, with ids that nobody has."""
    for rule, method, roles in access.routes(app):
        url = "/".join(_filled(part) for part in rule.split("/"))
        yield method, url, roles


def _filled(part):
    if not part.startswith("<"):
        return part
    return "1" if part.startswith("<int:") else "app.js" if part.startswith("<path:") else str(uuid.uuid4())


def knock(browser, method, url):
    body = {"json": {}} if method != "GET" else {}
    return browser.open(url, method=method, **body)


def is_api(url):
    return url.startswith("/api/v1")


def test_whoever_is_not_logged_in_is_let_in_nowhere_but_at_the_open_doors(app, client):
    let_in = []
    for method, url, roles in doors(app):
        if ANYONE in roles:
            continue
        response = knock(client, method, url)
        refusals = (401,) if is_api(url) else (302, 401)
        if response.status_code not in refusals:
            let_in.append(f"{method} {url}: {response.status_code}")
    assert not let_in


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_its_own_doors_and_no_other(app, client_as, role):
    browser = client_as(role)
    wrong = []
    for method, url, roles in doors(app):
        if url.endswith("/stream") or url == "/logout" or (method == "DELETE" and url.endswith("/session")):
            continue  # one never ends, the others log out
        response = knock(browser, method, url)
        code = (response.get_json(silent=True) or {}).get("code")
        may = role in roles or bool(roles & {ANYONE, LOGGED_IN})
        if may and code in ("not_logged_in", "not_allowed", "forged"):
            wrong.append(f"{method} {url}: refused with {response.status_code} {code}")
        if not may and response.status_code != 403:
            wrong.append(f"{method} {url}: let in with {response.status_code}")
        if response.status_code >= 500 and (APP_IS_BUILT or is_api(url)):
            wrong.append(f"{method} {url}: {response.status_code}")
    assert not wrong


def test_a_write_without_the_token_of_our_own_page_is_refused(app, client_as):
    browser = client_as(Role.TRIAGIST)
    browser.csrf_token = None
    forged = [
        f"{method} {url}"
        for method, url, roles in doors(app)
        if method != "GET" and (roles & {Role.TRIAGIST, LOGGED_IN}) and knock(browser, method, url).status_code != 403
    ]
    assert not forged


def test_a_route_that_does_not_say_who_may_call_it_cannot_be_registered(app):
    blueprint = Blueprint("silent", __name__)
    with pytest.raises(TypeError, match="does not say who may call it"):
        blueprint.route("/silent")(lambda: "hello")


def test_the_house_does_not_start_with_a_silent_route(app):
    check_routes(app)
    bare = type(app)("bare")
    bare.add_url_rule("/silent", "silent", lambda: "hello")
    with pytest.raises(TypeError, match="does not say who may call it"):
        check_routes(bare)


def test_the_page_that_lists_who_may_knock_is_current(app):
    assert access.FILE.read_text(encoding="utf-8") == access.render(app), "run `make glossary`"


def test_everybody_who_is_logged_in_sees_only_the_own_name_in_the_session(client_as):
    for role in Role:
        browser = client_as(role)
        seen = browser.get("/api/v1/session").json
        assert (seen["role"], seen["name"]) == (role, browser.actor.name)


def test_a_tampered_cookie_is_nobody(client):
    client.set_cookie("nr_session", builders.an_id().hex)
    assert client.get("/api/v1/session").status_code == 401
