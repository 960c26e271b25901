"""The bell: really encrypted, really signed, sent to a push service of our own; and never a name in it."""

import json
import threading
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
import pytest
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import Flask

from backend.people.rules import Role
from backend.platform import push
from backend.platform.actor import SYSTEM, Actor
from backend.platform.db import reading
from backend.platform.outbox import Later
from backend.platform.push import PushSubscription
from backend.platform.uow import unit_of_work
from tests import builders

SECRET = b"sixteen bytes ok"


@dataclass
class PushService:
    """A push service as RFC 8030 describes it, as far as a sender can tell."""

    port: int = 0
    answer: int = 201
    retry_after: str = ""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"


@pytest.fixture
def service(app: Flask) -> Iterator[PushService]:
    service = PushService()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(service.answer)
            if service.retry_after:
                self.send_header("Retry-After", service.retry_after)
            if service.answer == 307:
                self.send_header("Location", f"http://{service.host}/inside")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    service.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    runtime = app.extensions["nachtronde"]
    before = runtime.settings
    runtime.settings = replace(before, extra_push_hosts=(service.host,))
    yield service
    runtime.settings = before
    server.shutdown()


@dataclass
class Phone:
    """A nurse's phone with its own key pair."""

    nurse: Actor
    key: ec.EllipticCurvePrivateKey

    def reads(self, body: bytes) -> dict:
        """What the phone makes of a message that it received."""
        plain: bytes = http_ece.decrypt(body, private_key=self.key, auth_secret=SECRET, version="aes128gcm")
        message: dict = json.loads(plain)
        return message


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.fixture
def phone(app: Flask, service: PushService) -> Phone:
    nurse = builders.actor_of(builders.a_staff_member(role=Role.NURSE))
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    with unit_of_work(actor=nurse) as uow:
        push.subscribe(uow, endpoint=f"http://{service.host}/phone", p256dh=b64(public), auth=b64(SECRET))
    return Phone(nurse, key)


def ring(phone: Phone) -> int:
    assert phone.nurse.staff_id is not None
    return push.send_to(
        phone.nurse.staff_id, title="Nieuw bezoek", body="Open de app", navigate="/phone/", topic="visit:1"
    )


def phones() -> list[PushSubscription]:
    with reading(SYSTEM) as session:
        return list(session.scalars(sa.select(PushSubscription)))


def test_only_the_phone_itself_can_read_the_bell_and_it_says_where_to_go(service: PushService, phone: Phone) -> None:
    assert ring(phone) == 1
    headers, body = service.got[0]
    assert b"Nieuw" not in body
    message = phone.reads(body)
    assert message["web_push"] == 8030
    assert message["notification"]["navigate"].endswith("/phone/")
    assert headers["ttl"] == "900"
    assert headers["urgency"] == "high"
    assert len(headers["topic"]) <= 32
    assert len(body) < 3900


def test_the_bell_is_signed_for_this_push_service_and_for_less_than_a_day(service: PushService, phone: Phone) -> None:
    ring(phone)
    token = service.got[0][0]["authorization"].split("t=")[1].split(",")[0]
    middle = token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    assert claims["aud"] == f"http://{service.host}"
    assert claims["sub"].startswith("mailto:")
    assert claims["exp"] - time.time() < 24 * 3600


@pytest.mark.parametrize("gone", [404, 410])
def test_a_phone_that_no_longer_exists_is_forgotten_at_the_first_bell(
    service: PushService, phone: Phone, gone: int
) -> None:
    service.answer = gone
    assert ring(phone) == 0
    assert phones() == []


def test_a_push_service_that_asks_for_patience_is_given_it(service: PushService, phone: Phone) -> None:
    service.answer, service.retry_after = 429, "17"
    with pytest.raises(Later) as later:
        ring(phone)
    assert later.value.seconds == 17
    assert len(phones()) == 1


def test_a_refused_signature_keeps_the_phone(service: PushService, phone: Phone) -> None:
    service.answer = 403
    assert ring(phone) == 0
    assert len(phones()) == 1


def test_a_push_service_cannot_send_us_elsewhere(service: PushService, phone: Phone) -> None:
    service.answer = 307
    assert ring(phone) == 0
    assert len(service.got) == 1


def test_after_logging_out_nothing_rings(service: PushService, phone: Phone) -> None:
    assert phone.nurse.staff_id is not None
    with unit_of_work(actor=SYSTEM) as uow:
        push.unsubscribe_all(uow, phone.nurse.staff_id)
    assert ring(phone) == 0
    assert service.got == []


def test_the_key_that_browsers_get_stays_the_same(app: Flask) -> None:
    assert push.public_key() == push.public_key()
    assert len(urlsafe_b64decode(push.public_key() + "==")) == 65
