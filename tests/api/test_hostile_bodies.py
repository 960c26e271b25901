"""Whatever is sent, the house answers that it will not have it. It never breaks."""

import json

import pytest

from backend.people.rules import Role
from backend.platform.web import ANYONE, LOGGED_IN, roles_of
from tests.api import contract

WRITES = [operation for operation in contract.operations() if operation.body is not None]
READS = [operation for operation in contract.operations() if operation.method == "get"]
MARK = "\u2063here\u2063"
"""Stands in the JSON text where something unspeakable goes: most of it cannot be written by a JSON library."""

UNPARSEABLE = {
    "five thousand digits": "9" * 5000,
    "five thousand digits behind the comma": "0." + "9" * 5000,
    "an endless exponent": "1e999999",
    "not a number": "NaN",
    "minus infinity": "-Infinity",
    "a NUL": '"a\\u0000b"',
    "half a surrogate pair": '"\\ud83d"',
    "ten thousand brackets": "[" * 10_000 + "]" * 10_000,
    "ten thousand braces": '{"a":' * 10_000 + "1" + "}" * 10_000,
    "the same key twice": '{"id": 1, "id": 2}',
}
WRONG = {
    "null": "null",
    "true": "true",
    "a list": "[]",
    "an object": "{}",
    "a list in a list": "[[[]]]",
    "an empty text": '""',
    "a big number": "999999999999999999",
    "a negative number": "-1",
    "a fraction": "1e300",
    "a hundred thousand letters": json.dumps("a" * 100_000),
    "the year zero": '"0000-00-00T00:00:00Z"',
    "before the calendar began": '"0001-01-01T00:00:00+14:00"',
    "after it ends": '"9999-12-31T23:59:59-14:00"',
    "a number as text": '"1e5"',
    "digits from elsewhere": '"١٢٣"',
    "text that runs backwards": '"\\u202e\\u0007<script>"',
}
NO_JSON = {
    "nothing at all": b"",
    "not even JSON": b"{",
    "bytes that are no text": b'{"a": "\xff\xfe"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a bare word": b'"hello"',
    "a bare number": b"7",
    "a list": b"[]",
    "null": b"null",
    "too much": b'"' + b"a" * 2_000_000 + b'"',
}


@pytest.fixture
def allowed(app, client_as, a_full_night):
    """A browser of somebody who may do this operation, and for whom everything that it names is really there."""
    browsers = {}
    people = {
        Role.NURSE: a_full_night.nurse,
        Role.TRIAGIST: a_full_night.triagist,
        Role.TEAM_MANAGER: a_full_night.team_manager,
    }

    def browser_for(operation):
        adapter = app.url_map.bind("localhost")
        endpoint, _ = adapter.match(operation.url(), method=operation.method.upper())
        roles = roles_of(app, endpoint, operation.method.upper())
        role = next(role for role in Role if role in roles or roles & {ANYONE, LOGGED_IN})
        if role not in browsers:
            browsers[role] = client_as(people.get(role, role))
        return browsers[role]

    return browser_for


@pytest.fixture
def answers(a_full_night):
    """The status with which an operation answers a body."""

    def ask(browser, operation, body):
        as_json = {"Content-Type": "application/json"}
        method = operation.method.upper()
        return browser.open(operation.url(**a_full_night.ids), method=method, data=body, headers=as_json).status_code

    return ask


@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
def test_a_hostile_body_is_refused_and_breaks_nothing(operation, allowed, answers, a_full_night, database_kind):
    browser = allowed(operation)
    plain = contract.example(operation.body, a_full_night.ids)
    # what cannot be parsed never comes as far as the database: tried on one of them
    hostile = {**UNPARSEABLE, **WRONG} if database_kind == "sqlite" else WRONG
    broken = []
    for place in contract.places(operation.body):
        text = json.dumps(contract.replaced(plain, place, MARK)).replace(json.dumps(MARK), MARK)
        for what, value in hostile.items():
            status = answers(browser, operation, text.replace(MARK, value).encode())
            if status >= 500 or (what in UNPARSEABLE and not 400 <= status < 500):
                broken.append(f"{what} at {'.'.join(map(str, place)) or 'the top'}: {status}")
    assert not broken


@pytest.mark.one_database
@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
def test_what_is_no_json_object_is_refused(operation, allowed, answers):
    browser = allowed(operation)
    answered = {what: answers(browser, operation, body) for what, body in NO_JSON.items()}
    optional = not operation.body.get("required")
    broken = {what: status for what, status in answered.items() if status >= 500 or (status < 400 and not optional)}
    assert not broken


@pytest.mark.one_database
@pytest.mark.parametrize("operation", WRITES, ids=lambda operation: operation.name)
def test_a_field_that_nobody_asked_for_is_refused(operation, allowed, answers):
    if operation.body.get("additionalProperties") not in (None, False):
        pytest.skip("takes any field")
    browser = allowed(operation)
    body = {**contract.example(operation.body), "is_admin": True}
    assert 400 <= answers(browser, operation, json.dumps(body).encode()) < 500


@pytest.mark.parametrize("operation", READS, ids=lambda operation: operation.name)
def test_a_hostile_question_is_answered_calmly(operation, allowed, a_full_night):
    if operation.path.endswith("/stream"):
        pytest.skip("a stream never ends")
    browser = allowed(operation)
    hostile = [
        "%00",
        "%ff%fe",
        "-1",
        "9" * 5000,
        "nan",
        "1e999",
        "a" * 5000,
        "%F0%9F%92%A9",
        "'%22;--",
        "[]",
        "../..",
        "%E2%80%AE",
    ]
    broken = {}
    for name in (*operation.query, "surprise"):
        for value in hostile:
            status = browser.get(f"{operation.url(**a_full_night.ids)}?{name}={value}").status_code
            if status >= 500:
                broken[f"{name}={value[:20]}"] = status
    if "{" in operation.path:
        for value in hostile:
            parts = ["%2e" + value if part.startswith("{") else part for part in operation.path.split("/")]
            status = browser.get("/".join(parts)).status_code
            if status >= 500:
                broken[f"path {value[:20]}"] = status
    assert not broken
