"""The whole house as a person meets it: a server with its worker on a demo night, and a real Chromium."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from backend.demo.cast import PASSWORD
from tests import databases
from tests.conftest import ROOT
from tools.browser import find

PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True}
IN_THE_CAR = {"geolocation": {"latitude": 52.3790, "longitude": 4.8400}, "permissions": ["geolocation"]}
"""A phone that says where it is: in Amsterdam-West."""
DESK = {"viewport": {"width": 1440, "height": 900}}
# the second line keeps Chromium from looking for its maker's servers at every start
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


expect.set_options(timeout=30_000)  # a busy machine is no reason to fail


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)


@dataclass
class House:
    """A Nachtronde that can be started, killed and started again on the same port and database."""

    url: str
    environment: dict[str, str]
    log: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def flask(self, *words: str) -> str:
        """Run a `flask` command on its database, as an operator would."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *words],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=400,  # a busy machine is no reason to fail
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @cached_property
    def app(self) -> Flask:
        """The same house inside this process, on the same database: to lay things ready, and to look what arrived."""
        import backend
        from backend.platform.config import Settings

        return backend.create_app(Settings.from_environment(self.environment))

    def start(self) -> None:
        """Open the doors: the server and its worker, as `flask serve` does."""
        with self.log.open("ab") as said:
            server = subprocess.Popen(
                [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", self.url.rpartition(":")[2]],
                cwd=ROOT,
                env=self.environment,
                stdout=said,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.running.append(server)
        wait_until_it_answers(self.url, server, self.log)

    def pull_the_plug(self) -> None:
        """Server and worker are gone at once, as after a power cut."""
        while self.running:
            server = self.running.pop()
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until_it_answers(url: str, server: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    """Wait for the first answer; tell what the server said when there is none."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"{url}/healthz", timeout=2) as answer:
            if answer.status == 200:
                return
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise AssertionError(f"the server does not answer:\n{log.read_text(errors='replace')}")


def a_filled_night(environment: dict[str, str]) -> Path:
    """The demo night, filled once a run; each house gets a copy of it."""
    folder = Path(os.environ[databases.RUN])
    filled = folder / "demo.db"
    with FileLock(folder / "demo.lock"):
        if not filled.exists():
            beginning = folder / "demo-beginning.db"
            House("", {**environment, "NACHTRONDE_DATABASE_URL": f"sqlite:///{beginning}"}, folder).flask(
                "demo", "fill"
            )
            with contextlib.closing(sqlite3.connect(beginning)) as night:
                night.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            beginning.rename(filled)
    return filled


@contextlib.contextmanager
def a_house(folder: Path, *, fill: bool = True, **settings: str) -> Iterator[House]:
    """Start a house on a database of its own; with `fill` its demo night is filled first."""
    port = free_port()
    url = f"http://localhost:{port}"
    environment = {
        **os.environ,
        "NACHTRONDE_DEMO": "1",
        "NACHTRONDE_DATABASE_URL": f"sqlite:///{folder / 'night.db'}",
        "NACHTRONDE_PUBLIC_URL": url,
        "NACHTRONDE_LOG_LEVEL": "warning",
        "NACHTRONDE_PLAN_NIGHT_S": "1",
        **settings,
    }
    house = House(url, environment, folder / "server.log")
    if fill:
        shutil.copy(a_filled_night(environment), folder / "night.db")
    else:
        from backend.platform import schema

        schema.upgrade(house.app.extensions["nachtronde"].database)
    try:
        house.start()
        yield house
    finally:
        house.pull_the_plug()  # nobody needs this database any more
        if "app" in vars(house):
            house.app.extensions["nachtronde"].database.dispose()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A house on a fresh demo night, for the journeys of one file."""
    skip_unless_built()
    with a_house(tmp_path_factory.mktemp("house")) as running:
        yield running


def skip_unless_built() -> None:
    """There is nothing to see without the app."""
    if not (ROOT / "static" / "app" / "phone" / "index.html").exists():
        pytest.skip("the app is not built: make test builds it")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real Chromium."""
    program = find()
    if program is None:
        pytest.skip("there is no Chromium: make test brings one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def person(chromium: Browser, house: House, request: pytest.FixtureRequest) -> Iterator[Callable[..., Page]]:
    """Somebody sits down at a screen: `person(PHONE, login="dewi")`. A failed journey leaves a picture."""
    contexts: list[BrowserContext] = []

    def sit_down(
        screen: dict[str, Any],
        login: str | None = None,
        password: str | None = None,
        door: str | None = None,
        **options: Any,
    ) -> Page:
        context = chromium.new_context(
            base_url=house.url, locale="nl-NL", timezone_id="Europe/Amsterdam", **screen, **options
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        if login:
            page.goto(f"/login?next={door}" if door else "/login")
            page.fill("input[name=login]", login)
            page.fill("input[name=password]", password or PASSWORD)
            page.get_by_role("button", name="Inloggen").click()
            page.wait_for_load_state()
            if door:
                page.wait_for_url(f"**{door}")
        return page

    failed_before = request.session.testsfailed
    yield sit_down
    if request.session.testsfailed > failed_before:
        pictures = ROOT / "test-results"
        pictures.mkdir(exist_ok=True)
        for number, context in enumerate(contexts):
            for page in context.pages:
                with contextlib.suppress(Exception):
                    page.screenshot(path=pictures / f"{request.node.name}-{number}.png")
    for context in contexts:
        context.close()
