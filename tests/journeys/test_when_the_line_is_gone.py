"""Between the phone and the house everything may fail: the line, the server, the answer, the browser itself."""

import json
import re
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

import http_ece
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import expect

from backend.dispatch import opening
from backend.phone.models import CommandResult, VisitReport
from backend.platform.uow import unit_of_work
from tests.journeys.conftest import FLAGS, PHONE
from tests.journeys.small_night import PASSWORD, a_small_night
from tests.journeys.verbs import keep_pressing, tap, wait_until, write_report
from tools.browser import find

STEPS = ("VisitAccepted", "NurseDeparted", "NurseArrived", "VisitReported", "VisitFinished")


class PushService(ThreadingHTTPServer):
    """A push service as the browser makers run it: takes what the house sends, which it cannot read."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _TakesAPush)
        self.taken: Queue[bytes] = Queue()
        self.address = f"localhost:{self.server_address[1]}"


class _TakesAPush(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.server.taken.put(self.rfile.read(int(self.headers["Content-Length"])))  # type: ignore[attr-defined]
        self.send_response(201)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def push_service() -> Iterator[PushService]:
    with PushService() as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        yield service
        service.shutdown()


@pytest.fixture(scope="module")
def tonight(tmp_path_factory, push_service):
    with a_small_night(tmp_path_factory.mktemp("line"), NACHTRONDE_EXTRA_PUSH_HOSTS=push_service.address) as night:
        yield night


@pytest.fixture
def house(tonight):
    return tonight.house


@pytest.fixture(autouse=True)
def free_cars(tonight):
    """Every story begins with nothing to do."""
    yield
    tonight.clear()


def once_and_in_order(tonight, visit) -> None:
    """Each thing that she did is on the record, one time, in the order in which she did it."""
    assert tonight.record(visit, *STEPS) == list(STEPS)
    assert len(tonight.find(sa.select(VisitReport).where(VisitReport.visit_id == visit.id))) == 1
    now = tonight.fresh(visit)
    assert now.accepted_at < now.departed_at < now.arrived_at < now.finished_at
    results = tonight.find(sa.select(CommandResult).where(CommandResult.visit_id == visit.id))
    assert sorted(row.kind.value for row in results) == ["accept", "arrive", "depart", "finish", "report"]


def test_what_she_does_while_the_house_is_down_arrives_afterwards_once_and_in_order(person, tonight):
    visit = tonight.a_visit(tonight.a_client("Visser"), tonight.fatma)
    phone = person(PHONE, "fatma", door="/phone/")
    tap(phone, "Aannemen", then="Ik rijd")
    tap(phone, "Ik rijd", then="Ik ben er")

    tonight.house.pull_the_plug()
    tap(phone, "Ik ben er", then="Klaar")
    write_report(phone, "Visser")
    tap(phone, "Klaar", then=None)
    done = phone.get_by_role("listitem").filter(has_text="Visser")
    expect(done).to_contain_text("verslag bewaard op deze telefoon")
    phone.get_by_role("link", name=re.compile(r"^\d wacht")).click()
    expect(phone.get_by_role("listitem").filter(has_text="Verslag")).to_contain_text("Bewaard op deze telefoon")

    tonight.house.start()
    keep_pressing(
        phone.get_by_role("button", name="Verstuur nu"), until=phone.get_by_role("link", name="Alles verstuurd")
    )
    expect(phone.get_by_role("listitem").filter(has_text="Verslag")).to_contain_text("Ontvangen door de centrale")
    once_and_in_order(tonight, visit)


def test_an_answer_that_is_lost_on_the_way_makes_nothing_happen_twice(person, tonight):
    visit = tonight.a_visit(tonight.a_client("Bakker"), tonight.fatma)
    phone = person(PHONE, "fatma", door="/phone/")
    lost = []

    def lose_the_first_answers(route):
        sent = route.request.post_data_json["commands"]
        answered = route.fetch()  # the house has it, and has done it
        if len(lost) < 3:
            lost.append([command["kind"] for command in sent])
            return route.abort()
        return route.fulfill(response=answered)

    phone.route("**/api/v1/commands", lose_the_first_answers)
    for label, then in (("Aannemen", "Ik rijd"), ("Ik rijd", "Ik ben er"), ("Ik ben er", "Klaar")):
        tap(phone, label, then=then)
    write_report(phone, "Bakker")
    tap(phone, "Klaar", then=None)
    expect(phone.get_by_role("link", name="Alles verstuurd")).to_be_visible()
    assert len(lost) == 3
    once_and_in_order(tonight, visit)


def test_what_the_desk_refuses_stays_on_her_screen_until_she_has_seen_it(person, tonight):
    visit = tonight.a_visit(tonight.a_client("Jansen"), tonight.fatma)
    phone = person(PHONE, "fatma", door="/phone/")
    tap(phone, "Aannemen", then="Ik rijd")
    expect(phone.get_by_role("link", name="Alles verstuurd")).to_be_visible()
    phone.context.set_offline(True)
    tap(phone, "Ik rijd", then="Ik ben er")
    with tonight.inside(), unit_of_work(actor=tonight.noor) as uow:
        opening.cancel(uow, visit.id, reason="Zoon is er, het hoeft niet meer.")
    phone.context.set_offline(False)

    refused = phone.get_by_role("alert").filter(has_text="Niet gelukt: Ik rijd")
    expect(refused).to_contain_text("Jansen")
    expect(refused).to_contain_text("U hoeft er niet meer heen.")
    phone.reload()
    expect(refused).to_be_visible()
    refused.get_by_role("button", name="Gezien").click()
    expect(refused).to_have_count(0)
    phone.reload()
    expect(phone.get_by_role("alert").filter(has_text="Bezoek vervallen")).to_be_visible()
    expect(refused).to_have_count(0)


def test_a_browser_that_was_shut_opens_the_night_in_flight_mode(chromium, tonight, tmp_path):
    tonight.a_visit(tonight.a_client("Peters"), tonight.dewi)
    with a_telephone(chromium, tonight, tmp_path) as phone:
        phone.goto("/login?next=/phone/")
        phone.fill("input[name=login]", "dewi")
        phone.fill("input[name=password]", PASSWORD)
        phone.get_by_role("button", name="Inloggen").click()
        expect(phone.get_by_role("heading", name=re.compile("Peters"))).to_be_visible()
        phone.evaluate("navigator.serviceWorker.ready.then((found) => found.active.state)")
    with a_telephone(chromium, tonight, tmp_path) as phone:
        phone.context.set_offline(True)
        phone.goto("/phone/")
        expect(phone.get_by_role("heading", name=re.compile("Peters"))).to_be_visible()
        phone.get_by_role("link", name=re.compile("Alles over dit bezoek")).click()
        expect(phone.get_by_text("Katheter loopt niet meer door.").first).to_be_visible()
        phone.get_by_role("link", name="Terug").click()
        tap(phone, "Aannemen", then="Ik rijd")
        expect(phone.get_by_role("link", name=re.compile("^1 wacht"))).to_be_visible()


@contextmanager
def a_telephone(chromium, tonight, folder):
    """A browser that keeps what it knows on disk, so that it can be shut and opened again."""
    context = chromium.browser_type.launch_persistent_context(
        folder / "profile", executable_path=find(), args=FLAGS, base_url=tonight.house.url, locale="nl-NL", **PHONE
    )
    try:
        yield context.new_page()
    finally:
        context.close()


def test_the_bell_rings_on_a_closed_phone_and_nobody_can_read_from_it_for_whom(person, tonight, push_service):
    phone = person(PHONE, "marit", door="/phone/", permissions=["notifications"])
    expect(phone.get_by_role("heading", name="Nog geen bezoeken")).to_be_visible()
    key = ec.generate_private_key(ec.SECP256R1())
    phone.evaluate(
        SUBSCRIBE,
        {
            "endpoint": f"http://{push_service.address}/a-phone",
            "keys": {
                "p256dh": _text(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)),
                "auth": _text(b"sixteen bytes!!!"),
            },
        },
    )
    client = tonight.a_client("Vermeulen", street="Jan Evertsenstraat", alerts=["Bloedverdunners"])
    visit = tonight.a_visit(client, tonight.marit, required_competences=())

    taken = push_service.taken.get(timeout=30)
    message = http_ece.decrypt(taken, private_key=key, auth_secret=b"sixteen bytes!!!", version="aes128gcm").decode()
    for personal in ("Vermeulen", "Evertsen", "atheter", "Bloed", "ZV-", str(client.id)):
        assert personal not in message
    # ids are made of digits too: a house number or a postcode would stand by itself
    assert not re.search(r"\b(85|1055)\b", re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", message))
    asked_to_show = json.loads(message)["notification"]
    assert asked_to_show["title"] == f"Nieuwe inzet · {visit.urgency.value}"

    deliver(phone, tonight.house.url, message)
    wait_until(phone, lambda: asked_to_show["title"] in phone.evaluate(SHOWN))
    expect(phone.get_by_role("heading", name=re.compile("Vermeulen"))).to_be_visible()


SHOWN = "navigator.serviceWorker.ready.then((it) => it.getNotifications()).then((all) => all.map((one) => one.title))"
SUBSCRIBE = """async (subscription) => {
  const { csrf_token } = await (await fetch('/api/v1/session')).json()
  const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf_token }
  const body = JSON.stringify(subscription)
  const answer = await fetch('/api/v1/push-subscriptions', { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(await answer.text())
}"""


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def deliver(phone, origin: str, message: str) -> None:
    """Hand a push to the service worker, as the browser does when its maker's service calls."""
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    devtools = phone.context.new_cdp_session(phone)
    seen: list[dict] = []
    devtools.on("ServiceWorker.workerRegistrationUpdated", lambda event: seen.extend(event["registrations"]))
    devtools.send("ServiceWorker.enable")
    wait_until(phone, lambda: seen)
    devtools.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": origin, "registrationId": seen[0]["registrationId"], "data": message},
    )
