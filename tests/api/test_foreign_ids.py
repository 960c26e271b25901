"""An id of somebody else's is answered exactly as one that does not exist: nobody can find out that it is there."""

import re
import uuid

import pytest

from backend.people.rules import Role
from backend.platform.web import LOGGED_IN
from tests.api import contract
from tools import access


@pytest.fixture
def elsewhere(a_full_night):
    """Another organisation's night: for every kind of id in a URL, one that really exists there."""
    return a_full_night.ids


def urls(app, role):
    """What this role may call with an id of somebody's clients in it."""
    for rule, method, roles in access.routes(app):
        if "<uuid:" in rule and (role in roles or LOGGED_IN in roles):
            yield rule, method


def filled(rule, ids):
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(ids.get(part[1], "1")), rule)


def body_for(rule, method, operations):
    body = operations.get((method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)))
    return contract.example(body) if body else {}


def said(browser, method, url, body, ids):
    """The answer, with the ids that were asked for taken out of it."""
    response = browser.open(url, method=method, **({"json": body} if method != "GET" else {}))
    text = response.get_data(as_text=True)
    for known in ids.values():
        text = text.replace(str(known), "ID")
    own = ("X-Request-Id", "Content-Length")
    headers = {name: value for name, value in response.headers.items() if name not in own}
    return response.status_code, text, headers


@pytest.mark.parametrize("role", [Role.TEAM_MANAGER, Role.NURSE])
def test_an_id_of_another_organisation_is_answered_like_one_that_does_not_exist(app, client_as, elsewhere, role):
    browser = client_as(role)
    operations = {(one.method.upper(), one.path): one.body for one in contract.operations()}
    unknown = {name: uuid.uuid4() for name in elsewhere}
    told_apart, tried = [], 0
    for rule, method in urls(app, role):
        body = body_for(rule, method, operations)
        theirs = said(browser, method, filled(rule, elsewhere), body, elsewhere)
        nobodys = said(browser, method, filled(rule, unknown), body, unknown)
        tried += 1
        if theirs != nobodys or theirs[0] not in (403, 404, 422):
            told_apart.append(f"{method} {rule}: {theirs[:2]} against {nobodys[:2]}")
    assert not told_apart
    assert tried


def test_a_colleagues_draft_can_neither_be_read_nor_thrown_away(app, client_as, elsewhere):
    browser = client_as(Role.TRIAGIST)
    assert str(elsewhere["draft_id"]) not in browser.get("/api/v1/intake-drafts").text
    theirs = browser.delete(f"/api/v1/intake-drafts/{elsewhere['draft_id']}")
    nobodys = browser.delete(f"/api/v1/intake-drafts/{uuid.uuid4()}")
    assert theirs.status_code == nobodys.status_code


def test_lists_never_show_what_belongs_to_another_organisation(app, client_as, elsewhere):
    """Whatever list a team manager or a nurse may open, no id of elsewhere stands in it."""
    shown = []
    for role in (Role.TEAM_MANAGER, Role.NURSE):
        browser = client_as(role)
        for rule, method, roles in access.routes(app):
            if method != "GET" or "<" in rule or rule.endswith("/stream") or role not in roles:
                continue
            text = browser.get(rule).get_data(as_text=True)
            shown += [f"{role} {rule}: {name}" for name, known in elsewhere.items() if str(known) in text]
    assert not shown
