"""What every measurement needs: a stopwatch, a yardstick, a house with many cars and visits."""

from __future__ import annotations

import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from backend import create_app
from backend.dispatch.models import Visit
from backend.people.rules import Role
from backend.platform import login, schema
from backend.platform.uow import unit_of_work
from backend.roster.models import Shift
from tests import builders, night
from tests.conftest import Browser, a_setting


@dataclass(frozen=True)
class Result:
    """One line of the report."""

    what: str
    measured_ms: float
    against: str
    against_ms: float
    goal: str

    @property
    def ratio(self) -> float:
        return self.measured_ms / self.against_ms


def timed_ms(act: Callable[[], Any]) -> float:
    """How long it takes, once."""
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000


def median_ms(act: Callable[[], Any], times: int = 25) -> float:
    """How long it usually takes, after a first time that does not count."""
    act()
    return statistics.median(timed_ms(act) for _ in range(times))


def worst_ms(samples: list[float]) -> float:
    """The 99th percentile."""
    return sorted(samples)[max(0, round(len(samples) * 0.99) - 1)]


@contextlib.contextmanager
def a_house(**settings: Any) -> Iterator[Flask]:
    """The whole house on an empty SQLite file on disk, with its context pushed."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(a_setting(f"sqlite:///{Path(folder) / 'bench.db'}", **settings))
        app.test_client_class = Browser
        schema.upgrade(app.extensions["nachtronde"].database)
        with app.app_context():
            yield app
        app.extensions["nachtronde"].database.dispose()


def log_in(app: Flask, staff: Any = None) -> Browser:
    """A browser of the desk, or of this member of staff."""
    browser = app.test_client()
    assert isinstance(browser, Browser)
    browser.actor = builders.actor_of(staff or builders.a_staff_member(Role.TRIAGIST))
    with unit_of_work(actor=browser.actor) as uow:
        token = login.start(uow, browser.actor)
    browser.set_cookie(login.COOKIE, token)
    browser.csrf_token = login.csrf_token(token)
    return browser


def a_busy_night(cars: int, visits: int) -> tuple[list[Shift], list[Visit]]:
    """That many cars with that many visits on their routes, spread over some kilometres."""
    chance = random.Random(7)
    region = builders.a_region("1055")
    tonight = night.a_night()
    organisation = builders.an_organisation()
    shifts = [night.a_shift(tonight, car=night.a_car(region)) for _ in range(cars)]
    routed = []
    for number in range(visits):
        client = builders.a_client(
            organisation, lat=52.33 + chance.random() * 0.08, lon=4.80 + chance.random() * 0.15, house_number=number + 1
        )
        shift = shifts[number % cars]
        place = number // cars
        starts = tonight.starts_at + timedelta(minutes=45 * place)
        visit = night.a_visit(
            tonight, client, shift, "U4", region_id=region.id, window_start=starts,
            window_end=starts + timedelta(hours=2), latest_at=starts + timedelta(hours=3), service_minutes=20,
        )  # fmt: skip
        visit.sequence = place + 1
        routed.append(builders.kept(visit))
    return shifts, routed
