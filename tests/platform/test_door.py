"""The front door: who may knock, what may enter, how a refusal looks."""

import os
import subprocess
import sys

import pytest
from flask import Flask, Response, request

from backend import create_app
from backend.people.rules import Role
from backend.platform import login, push, web
from backend.platform.clock import SettableClock
from backend.platform.config import BadSetting, Settings
from backend.platform.uow import unit_of_work
from tests import builders
from tests.conftest import Browser, a_setting


def test_a_route_that_does_not_say_who_may_call_it_cannot_be_registered() -> None:
    blp = web.Blueprint("loose", __name__)
    with pytest.raises(TypeError, match="does not say who"):

        @blp.route("/loose")
        def loose() -> str:
            """Anybody?"""
            return ""


def test_a_page_that_does_not_say_who_may_call_it_keeps_the_house_from_opening() -> None:
    app = Flask(__name__)

    @app.get("/loose")
    def loose() -> str:
        """Anybody?"""
        return ""

    with pytest.raises(TypeError, match=r"/static|/loose"):
        web.check_routes(app)


@pytest.mark.parametrize("path", ["/", "/login", "/api/v1/session", "/api/v1/nothing", "/static/css/tokens.css"])
def test_every_answer_carries_the_same_locks(client: Browser, path: str) -> None:
    headers = client.get(path).headers
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_what_a_person_may_see_is_kept_by_no_cache(triagist: Browser) -> None:
    assert triagist.get("/api/v1/session").headers["Cache-Control"] == "no-store"


def test_a_refused_method_says_which_ones_there_are(client: Browser) -> None:
    answer = client.put("/api/v1/session")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]
    assert answer.get_json()["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-CSRF-Token": "guessed"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}],
)
def test_a_request_that_our_own_pages_did_not_make_changes_nothing(triagist: Browser, headers: dict[str, str]) -> None:
    token = triagist.csrf_token
    triagist.csrf_token = None if "Sec-Fetch-Site" not in headers and "Origin" not in headers else token
    assert triagist.delete("/api/v1/session", headers=headers).get_json()["code"] == "forged"
    triagist.csrf_token = token
    assert triagist.get("/api/v1/session").status_code == 200


def test_logging_out_ends_the_session_at_once_everywhere(app: Flask, triagist: Browser) -> None:
    cookie = triagist.get_cookie(login.COOKIE)
    assert cookie is not None
    assert triagist.delete("/api/v1/session").status_code == 204
    elsewhere = app.test_client()
    elsewhere.set_cookie(login.COOKIE, cookie.value)
    assert elsewhere.get("/api/v1/session").status_code == 401


def test_a_session_ends_when_its_hours_are_over(triagist: Browser, clock: SettableClock) -> None:
    clock.advance(hours=11.9)
    assert triagist.get("/api/v1/session").status_code == 200
    clock.advance(hours=0.2)
    assert triagist.get("/api/v1/session").get_json()["code"] == "not_logged_in"


def test_the_cookie_cannot_be_read_by_a_script(app: Flask, client: Browser) -> None:
    staff = builders.a_staff_member(login="noor", password_hash=login.hash_password("slaap zacht"))
    answer = client.post("/api/v1/session", json={"login": "Noor", "password": "slaap zacht"})
    assert answer.status_code == 200, answer.get_json()
    assert answer.get_json()["staff_id"] == str(staff.id)
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]


def test_a_guesser_is_stopped_and_the_nurse_elsewhere_is_not(app: Flask, client: Browser) -> None:
    builders.a_staff_member(login="fatma", password_hash=login.hash_password("slaap zacht"))
    guess = {"login": "fatma", "password": "wrong"}
    codes = [client.post("/api/v1/session", json=guess).status_code for _ in range(login.ATTEMPTS + 1)]
    assert codes == [401] * login.ATTEMPTS + [429]
    right = {"login": "fatma", "password": "slaap zacht"}
    assert client.post("/api/v1/session", json=right).status_code == 429
    from_the_car = client.post("/api/v1/session", json=right, environ_overrides={"REMOTE_ADDR": "10.0.0.9"})
    assert from_the_car.status_code == 200


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", ""])
def test_a_login_leads_nobody_to_another_site(app: Flask, client: Browser, wanted: str) -> None:
    builders.a_staff_member(login="noor", password_hash=login.hash_password("slaap zacht"))
    form = {"login": "noor", "password": "slaap zacht", "next": wanted}
    assert client.post("/login", data=form).headers["Location"] == "/desk/"


def test_a_wrong_password_keeps_the_name_and_says_so_in_dutch(client: Browser) -> None:
    page = client.post("/login", data={"login": "noor", "password": "fout"})
    assert page.status_code == 401
    assert 'value="noor"' in page.text
    assert "horen niet bij elkaar" in page.text


def test_whoever_is_not_logged_in_is_sent_to_the_login_and_back(client: Browser) -> None:
    answer = client.get("/morning/", headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/login?next=/morning/")


def test_a_fault_is_told_without_what_somebody_typed(app: Flask, client: Browser, capsys: pytest.CaptureFixture[str],
                                                     monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    def broken(*_: object) -> None:
        raise ValueError("mevrouw De Groot, 1056 DL")

    monkeypatch.setattr(login, "check_password", broken)
    app.testing = False
    try:
        answer = client.post("/api/v1/session", json={"login": "a", "password": "b"})
    finally:
        app.testing = True
    assert answer.status_code == 500
    assert answer.get_json()["code"] == "broken"
    said = capsys.readouterr().out
    assert "ValueError" in said
    assert "De Groot" not in said


def test_a_database_that_is_away_answers_later_not_broken(
    app: Flask, client: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def away(*_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("connection refused"))

    monkeypatch.setattr(login, "check_password", away)
    answer = client.post("/api/v1/session", json={"login": "a", "password": "b"})
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


def test_outside_a_demo_the_house_does_not_open_on_the_secret_from_the_source() -> None:
    with pytest.raises(BadSetting, match="SECRET_KEY"):
        Settings().refuse_unsafe()
    Settings(is_demo=True).refuse_unsafe()


def test_a_setting_that_is_no_number_stops_the_start_with_its_name() -> None:
    with pytest.raises(BadSetting, match="NACHTRONDE_THREADS"):
        Settings.from_environment({"NACHTRONDE_THREADS": "many"})


def test_the_api_document_is_openapi_31_and_readable_without_anything_from_elsewhere(client: Browser) -> None:
    assert client.get("/api/openapi.json").get_json()["openapi"].startswith("3.1")
    page = client.get("/api/docs").text
    assert "/api/v1/session" in page
    assert 'src="http' not in page


@pytest.mark.parametrize(
    ("endpoint", "may"),
    [
        ("https://fcm.googleapis.com/fcm/send/abc", True),
        ("https://updates.push.services.mozilla.com/wpush/v2/abc", True),
        ("https://web.push.apple.com/abc", True),
        ("https://wns2-am3p.notify.windows.com/w/abc", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com.evil.example/x", False),
        ("https://user@fcm.googleapis.com/x", False),
        ("https://169.254.169.254/latest", False),
        ("https://localhost/x", False),
    ],
)
def test_a_phone_can_only_be_rung_through_a_real_push_service(app: Flask, endpoint: str, may: bool) -> None:
    assert push.is_allowed(endpoint) is may


def test_a_phone_that_changes_hands_rings_for_its_new_owner_only(app: Flask) -> None:
    first, second = (builders.actor_of(builders.a_staff_member(role=Role.NURSE)) for _ in range(2))
    endpoint = "https://fcm.googleapis.com/fcm/send/shared-phone"
    for nurse in (first, second):
        with unit_of_work(actor=nurse) as uow:
            push.subscribe(uow, endpoint=endpoint, p256dh="p", auth="a")
    from backend.platform.actor import SYSTEM
    from backend.platform.db import reading

    with reading(SYSTEM) as session:
        owners = [row.staff_id for row in session.query(push.PushSubscription)]
    assert owners == [second.staff_id]


def test_behind_our_own_proxy_the_cookie_is_for_tls_only_and_a_forged_address_is_not_believed(
    database_url: str,
) -> None:
    app = create_app(a_setting(database_url, proxies=1))
    forwarded = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "6.6.6.6, 192.0.2.7",
        "X-Forwarded-Host": "nacht.example",
    }
    seen: dict[str, object] = {}

    @app.after_request
    def look(response: Response) -> Response:
        seen.update(address=request.remote_addr, is_secure=request.is_secure)
        return response

    assert "Strict-Transport-Security" in app.test_client().get("/login", headers=forwarded).headers
    assert seen == {"address": "192.0.2.7", "is_secure": True}
    app.extensions["nachtronde"].database.dispose()


def test_a_server_that_may_not_start_says_so_in_a_sentence() -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("NACHTRONDE_")}
    start = subprocess.run([sys.executable, "-c", "import wsgi"], env=environment, capture_output=True, text=True)
    assert start.returncode == 1
    assert "NACHTRONDE_SECRET_KEY" in start.stderr
    assert "Traceback" not in start.stderr
