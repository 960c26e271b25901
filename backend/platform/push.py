"""Web Push rings the phone. It is only the bell: no name, no address, no complaint is ever in it."""

import hashlib
import json
import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests
import sqlalchemy as sa
import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid, b64urlencode
from sqlalchemy.orm import Mapped, mapped_column

from backend.platform.actor import SYSTEM, Actor
from backend.platform.config import settings
from backend.platform.db import Base, Visible, reading
from backend.platform.errors import Invalid
from backend.platform.ids import new_id
from backend.platform.outbox import Later
from backend.platform.uow import UnitOfWork, unit_of_work

log = structlog.get_logger()

TTL_S = 900
TIMEOUT_S = 8
# The browsers' own push services. Anything else a phone might name would make us knock on doors inside the network.
HOSTS = ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com")
HOST_ENDINGS = (".push.services.mozilla.com", ".push.apple.com", ".notify.windows.com")


class PushSubscription(Base):
    """One phone that can be rung."""

    __tablename__ = "push_subscription"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(index=True)
    endpoint: Mapped[str] = mapped_column(sa.String(1000), unique=True)
    p256dh: Mapped[str] = mapped_column(sa.String(200))
    auth: Mapped[str] = mapped_column(sa.String(100))
    created_at: Mapped[datetime]
    rung_at: Mapped[datetime | None]
    """The last time the push service took a message for this phone."""

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        if actor.sees_all:
            return True
        return cls.staff_id == actor.staff_id if actor.staff_id else False


class PushKey(Base):
    """The key with which this installation signs what it sends (VAPID, RFC 8292)."""

    __tablename__ = "push_key"
    id: Mapped[int] = mapped_column(primary_key=True)
    private_pem: Mapped[str] = mapped_column(sa.Text)

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        return actor.sees_all


def is_allowed(endpoint: str) -> bool:
    """Is this the address of a push service that we may call?"""
    parts = urlsplit(endpoint)
    host = (parts.hostname or "").lower()
    if host in settings().extra_push_hosts or parts.netloc in settings().extra_push_hosts:
        return True
    return parts.scheme == "https" and parts.port in (None, 443) and not parts.username and (
        host in HOSTS or host.endswith(HOST_ENDINGS)
    )  # fmt: skip


def subscribe(uow: UnitOfWork, *, endpoint: str, p256dh: str, auth: str) -> PushSubscription:
    """Remember the actor's phone; the same endpoint again moves it to this actor."""
    if uow.actor.staff_id is None or not is_allowed(endpoint):
        raise Invalid({"endpoint": ["unknown_push_service"]})
    # Looked up as the house: a phone that changes hands still has the previous nurse's row.
    with reading(SYSTEM) as session:
        known = session.scalar(sa.select(PushSubscription.id).where(PushSubscription.endpoint == endpoint))
    if known is not None:
        _delete(uow, endpoint)
    found = PushSubscription(id=new_id(), staff_id=uow.actor.staff_id, endpoint=endpoint, p256dh=p256dh, auth=auth,
                             created_at=uow.now)  # fmt: skip
    uow.session.add(found)
    return found


def unsubscribe(uow: UnitOfWork, *, endpoint: str) -> None:
    """Forget this phone."""
    uow.session.execute(sa.delete(PushSubscription).where(PushSubscription.endpoint == endpoint))


def unsubscribe_all(uow: UnitOfWork, staff_id: uuid.UUID) -> None:
    """Forget every phone of this person: nobody is rung after logging out."""
    uow.session.execute(sa.delete(PushSubscription).where(PushSubscription.staff_id == staff_id))


def _delete(uow: UnitOfWork, endpoint: str) -> None:
    table = PushSubscription.__table__
    uow.session.execute(sa.delete(table).where(table.c.endpoint == endpoint))  # type: ignore[arg-type]


def public_key() -> str:
    """The key that a browser wants when it subscribes (base64url, uncompressed point)."""
    raw = _vapid().public_key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    key: str = b64urlencode(raw)
    return key


def _vapid() -> Vapid:
    given = settings().vapid_private_key
    if given:
        return Vapid.from_string(given)
    with reading(SYSTEM) as session:
        kept = session.get(PushKey, 1)
    if kept is None:
        pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with unit_of_work(actor=SYSTEM) as uow:
            kept = uow.session.get(PushKey, 1)
            if kept is None:
                kept = PushKey(id=1, private_pem=pem.decode())
                uow.session.add(kept)
    return Vapid.from_pem(kept.private_pem.encode())


class _NoRedirects(requests.Session):
    def request(self, method: Any, url: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        options["allow_redirects"] = False
        return super().request(method, url, **options)


def send_to(staff_id: uuid.UUID, *, title: str, body: str, navigate: str, topic: str) -> int:
    """Ring every phone of this person and return how many were reached.

    Call it from a job, never inside a transaction. Raises `Later` when a push service asks for patience and
    nobody was reached. A phone that no longer exists is forgotten.
    """
    with reading(SYSTEM) as session:
        phones = list(session.scalars(sa.select(PushSubscription).where(PushSubscription.staff_id == staff_id)))
    message = json.dumps(
        {
            "web_push": 8030,
            "notification": {"title": title, "body": body, "navigate": settings().public_url + navigate, "tag": topic,
                             "lang": "nl", "silent": False, "app_badge": "1"},
        }
    )  # fmt: skip
    reached, gone, patience = [], [], 0
    for phone in phones:
        outcome = _send(phone, message, topic)
        if outcome == "reached":
            reached.append(phone.id)
        elif outcome == "gone":
            gone.append(phone.endpoint)
        elif isinstance(outcome, int):
            patience = max(patience, outcome)
    if reached or gone:
        with unit_of_work(actor=SYSTEM) as uow:
            for endpoint in gone:
                unsubscribe(uow, endpoint=endpoint)
            for found in uow.session.scalars(sa.select(PushSubscription).where(PushSubscription.id.in_(reached))):
                found.rung_at = uow.now
    if not reached and patience:
        raise Later(patience, "the push service asks for patience")
    return len(reached)


def _send(phone: PushSubscription, message: str, topic: str) -> str | int:
    """One phone: "reached", "gone", "refused", or the seconds to wait."""
    from pywebpush import WebPushException, webpush  # brings aiohttp along: a fifth of a second that no start waits for

    if not is_allowed(phone.endpoint):
        return "gone"
    try:
        webpush(
            {"endpoint": phone.endpoint, "keys": {"p256dh": phone.p256dh, "auth": phone.auth}},
            data=message,
            vapid_private_key=_vapid(),
            vapid_claims={"sub": settings().vapid_subject},  # a fresh dict each time: webpush writes into it
            ttl=TTL_S,
            timeout=TIMEOUT_S,
            headers={"Urgency": "high", "Topic": hashlib.sha256(topic.encode()).hexdigest()[:32]},
            requests_session=_NoRedirects(),
        )
    except WebPushException as error:
        status = error.response.status_code if error.response is not None else 0
        if status in (404, 410):
            return "gone"
        if status == 429 or status >= 500:
            wait = error.response.headers.get("Retry-After", "5") if error.response is not None else "5"
            return min(int(wait), 300) if wait.isdigit() else 5
        # 401 and 403 say that our key or subject is wrong: somebody must look.
        log.error("push_refused", status=status)
        return "refused"
    except (requests.RequestException, ValueError) as error:
        log.warning("push_failed", kind=type(error).__name__)
        return 5
    return "reached"
