"""Who is it? Password login, and sessions that live in the database so that they end when we say so."""

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import flask
import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Mapped, mapped_column

from backend.platform.actor import NOBODY, SYSTEM, Actor
from backend.platform.clock import now
from backend.platform.config import settings
from backend.platform.db import Base, Session, reading
from backend.platform.errors import DomainError
from backend.platform.uow import UnitOfWork, unit_of_work

COOKIE = "nr_session"
ATTEMPTS = 5
WINDOW = timedelta(minutes=5)
# OWASP's second recommended argon2id setting: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_NOBODYS_HASH = _hasher.hash("a password that nobody has")


class WrongLogin(DomainError):
    """The name or the password is wrong; we do not say which."""

    code = "wrong_login"
    http_status = 401


class TooManyAttempts(DomainError):
    """Too many wrong passwords for this name from this place: wait."""

    code = "too_many_attempts"
    http_status = 429


@dataclass(frozen=True)
class Account:
    """What login needs to know of a person."""

    actor: Actor
    password_hash: str | None


class Accounts(Protocol):
    """Where people are found; the people room provides it."""

    def by_login(self, session: Session, login: str) -> Account | None:
        """The active account with this login name."""

    def by_id(self, session: Session, staff_id: uuid.UUID) -> Actor | None:
        """The actor for this id, as long as it is active."""

    def describe(self, session: Session, actor: Actor) -> dict[str, Any]:
        """The actor's organisation and partnership, for the app's header."""


class LoginSession(Base):
    """One logged-in browser. Only a hash of its token is kept."""

    __tablename__ = "login_session"
    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    staff_id: Mapped[uuid.UUID] = mapped_column(index=True)
    started_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        return actor.sees_all


class LoginAttempt(Base):
    """A wrong password: for whom (hashed) and from where, so that guessing gets slow."""

    __tablename__ = "login_attempt"
    __table_args__ = (sa.Index(None, "key", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime]

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        return actor.sees_all


def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    return _hasher.hash(password)


def _accounts() -> Accounts:
    accounts: Accounts = flask.current_app.extensions["nachtronde"].accounts
    return accounts


def check_password(login: str, password: str, address: str) -> Actor:
    """The actor behind this name and password; equally slow for a name that does not exist.

    Wrong guesses count per name and address together, so that a guesser elsewhere cannot lock a nurse out.
    """
    key = hashlib.sha256(f"{login.strip().lower()}|{address}".encode()).hexdigest()
    with reading(SYSTEM) as session:
        since = now() - WINDOW
        recent = session.scalar(
            sa.select(sa.func.count()).select_from(LoginAttempt).where(LoginAttempt.key == key, LoginAttempt.at > since)
        )
        account = _accounts().by_login(session, login.strip().lower())
    if (recent or 0) >= ATTEMPTS:
        raise TooManyAttempts(retry_after_s=int(WINDOW.total_seconds()))
    known = account.password_hash if account and account.password_hash else _NOBODYS_HASH
    try:
        _hasher.verify(known, password)
    except (VerificationError, InvalidHashError):
        account = None
    if account is None or account.password_hash is None:
        with unit_of_work(actor=SYSTEM) as uow:
            uow.session.add(LoginAttempt(key=key, at=uow.now))
        raise WrongLogin()
    return account.actor


def start(uow: UnitOfWork, actor: Actor) -> str:
    """Begin a session for this actor and return the token for its cookie."""
    if actor.staff_id is None:
        raise WrongLogin()
    token = secrets.token_urlsafe(32)
    hours = timedelta(hours=settings().session_hours)
    uow.session.add(
        LoginSession(token_hash=_hash(token), staff_id=actor.staff_id, started_at=uow.now, ends_at=uow.now + hours)
    )
    return token


def end(uow: UnitOfWork, token: str | None) -> None:
    """End this session at once, on every server."""
    if token:
        uow.session.execute(sa.delete(LoginSession).where(LoginSession.token_hash == _hash(token)))


def end_all(uow: UnitOfWork, staff_id: uuid.UUID) -> None:
    """End every session of this person: when they leave, or when a password changes."""
    uow.session.execute(sa.delete(LoginSession).where(LoginSession.staff_id == staff_id))


def identify(request: flask.Request) -> Actor:
    """The actor behind this request's cookie, or nobody."""
    token = request.cookies.get(COOKIE)
    if not token:
        return NOBODY
    with reading(SYSTEM) as session:
        found = session.get(LoginSession, _hash(token))
        if found is None or found.ends_at <= now():
            return NOBODY
        return _accounts().by_id(session, found.staff_id) or NOBODY


def set_cookie(response: flask.Response, token: str) -> None:
    """Put the session's token where no script can read it."""
    response.set_cookie(COOKIE, token, max_age=settings().session_hours * 3600, httponly=True, samesite="Lax",
                        secure=flask.request.is_secure, path="/")  # fmt: skip


def csrf_token_of(request: flask.Request) -> str | None:
    """The token that unsafe requests of this session must carry; None without a session."""
    token = request.cookies.get(COOKIE)
    return csrf_token(token) if token else None


def csrf_token(token: str) -> str:
    """The CSRF token that belongs to a session token."""
    return hmac.new(settings().secret_key.encode(), f"csrf:{token}".encode(), hashlib.sha256).hexdigest()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
