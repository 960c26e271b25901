"""The plug is pulled in the middle of the night: what was acknowledged is there, once, with its event beside it."""

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from backend import create_app
from backend.intake.models import CareRequest
from backend.people.rules import OrganisationKind, Role
from backend.platform import login, schema
from backend.platform.actor import SYSTEM
from backend.platform.db import reading
from backend.platform.events import EventCounter, EventRow
from backend.platform.ids import new_id
from tests import builders
from tests.conftest import a_setting

KILLS = 3
WRITERS = 8
PASSWORD = "a quiet night for all"


class Server:
    """The real server in a process group of its own, so that it can be killed with all its children."""

    def __init__(self, environment: dict[str, str]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(self.port)]
        self.process = subprocess.Popen(
            command, env=self.environment, start_new_session=True, stdout=subprocess.DEVNULL
        )
        for _ in range(600):
            try:
                if self.ask("GET", "/healthz")[0] == 200:
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not come up")

    def kill(self) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask(
        self, method: str, path: str, body: object = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            sent = json.dumps(body) if body is not None else None
            connection.request(method, path, sent, {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            text = answer.read()
            self.cookie = answer.headers.get("Set-Cookie", "").split(";")[0]
            return answer.status, json.loads(text) if text else {}
        finally:
            connection.close()


@pytest.fixture
def server(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'night.db'}"
    settings = a_setting(url)
    app = create_app(settings)
    schema.upgrade(app.extensions["nachtronde"].database)
    with app.app_context():
        desk = builders.an_organisation(kind=OrganisationKind.DESK)
        builders.a_staff_member(
            role=Role.TRIAGIST, organisation=desk, login="noor", password_hash=login.hash_password(PASSWORD)
        )
    environment = {
        **os.environ,
        "NACHTRONDE_DATABASE_URL": url,
        "NACHTRONDE_SECRET_KEY": settings.secret_key,
        "NACHTRONDE_LOG_LEVEL": "error",
    }
    running = Server(environment)
    running.start()
    yield app, running
    running.kill()
    app.extensions["nachtronde"].database.dispose()


def a_question(number: str) -> dict:
    return {
        "id": number,
        "client_id": None,
        "channel": "phone",
        "caller": {"name": "Buurvrouw", "relation": "other", "callback_number": "0205550101", "is_with_client": True},
        "question": "De katheter loopt niet meer door.",
        "entry_complaint": "catheter",
        "contact_72h_checked": False,
        "location_note": "Hoofdweg 214-2",
    }


def test_whoever_pulls_the_plug_nothing_acknowledged_is_lost_or_doubled(server) -> None:
    app, running = server
    status, session = running.ask("POST", "/api/v1/session", {"login": "noor", "password": PASSWORD})
    assert status == 200, session
    headers = {"Cookie": running.cookie, "X-CSRF-Token": session["csrf_token"]}
    acknowledged: dict[str, str] = {}
    stop = threading.Event()

    def write() -> None:
        number = None
        while not stop.is_set():
            number = number or str(new_id())
            try:
                status, answer = running.ask("POST", "/api/v1/care-requests", a_question(number), headers)
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)  # the server is gone: the same question again, with the same id
                continue
            if status == 201:
                before = acknowledged.setdefault(number, answer["reference"])
                assert before == answer["reference"]
                number = None

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for _ in range(KILLS):
        before = len(acknowledged)
        while len(acknowledged) < before + 20:
            time.sleep(0.02)
        time.sleep(random.random() / 5)
        running.kill()
        running.start()
    stop.set()
    for writer in writers:
        writer.join(30)

    assert len(acknowledged) >= KILLS * 20
    with app.app_context(), reading(SYSTEM) as session:
        kept = {str(row.id): row.reference for row in session.scalars(sa.select(CareRequest))}
        told = session.scalars(
            sa.select(EventRow.stream_id).where(EventRow.name == "CareRequestRegistered").order_by(EventRow.seq)
        ).all()
        seqs = session.scalars(sa.select(EventRow.seq).order_by(EventRow.seq)).all()
        counter = session.scalar(sa.select(EventCounter.last_seq))
    assert {number: kept.get(number) for number in acknowledged} == acknowledged
    assert sorted(map(str, told)) == sorted(kept)
    assert len(set(kept.values())) == len(kept)
    assert list(seqs) == list(range(1, (counter or 0) + 1))
