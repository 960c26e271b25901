"""The demo night: alive at whatever hour one comes, and closed with one button."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from backend.demo import cast, night
from backend.demo.setting import lay_down
from backend.dispatch.models import Visit
from backend.dispatch.rules import VisitStatus
from backend.handover.models import MorningHandover
from backend.intake.models import CareRequest
from backend.intake.rules import RequestStatus
from backend.people.models import Organisation
from backend.people.rules import OrganisationKind
from backend.platform import login, outbox, worker
from backend.platform.actor import SYSTEM
from backend.platform.clock import SettableClock
from backend.platform.db import reading
from backend.platform.ids import new_id
from backend.platform.uow import unit_of_work
from backend.roster.models import Night, Shift
from tests.conftest import Browser

pytestmark = pytest.mark.one_database


@pytest.fixture
def demo(app: Flask, clock: SettableClock, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The demo's night, opened on the test's clock without playing the hours before it."""
    monkeypatch.setattr(login, "hash_password", lambda password: "no password fits this")  # slow on purpose, times 25
    with unit_of_work(actor=SYSTEM) as uow:
        lay_down(uow)
    night._open(clock())
    return app


def count(*what: sa.ColumnElement[bool], of: type) -> int:
    with reading(SYSTEM) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(of).where(*what)) or 0


def minutes(app: Flask, clock: SettableClock, number: int) -> None:
    for _ in range(number):
        clock.advance(minutes=1)
        worker.run_due(app, leaving={"replan"})


def test_eleven_organisations_three_regions_and_a_car_for_every_nurse(demo: Flask) -> None:
    assert count(Organisation.kind == OrganisationKind.CARE, of=Organisation) == 11
    assert len(cast.REGIONS) == 3
    assert count(of=Shift) == len(cast.NURSES)


def test_the_cars_that_nobody_plays_go_on_and_calls_keep_coming(demo: Flask, clock: SettableClock) -> None:
    night.tick(outbox.Job(id=new_id(), kind="demo_tick", payload={}, attempt=1))
    minutes(demo, clock, 50)
    assert count(Visit.status == VisitStatus.DONE, of=Visit) >= 1
    assert count(of=CareRequest) >= 3
    assert count(CareRequest.status == RequestStatus.OPEN, of=CareRequest) <= night.MOST_WAITING


def test_closing_the_night_writes_every_organisation_its_letter_and_a_new_night_begins(
    demo: Flask, clock: SettableClock
) -> None:
    clock.advance(hours=1)
    demo.extensions["nachtronde"].clock = lambda: clock.advance(seconds=0.01)  # a real clock goes on
    night.close(demo)
    assert count(of=MorningHandover) == 11
    assert count(Night.closed_at.is_(None), Night.ends_at > clock() + timedelta(hours=7), of=Night) == 1
    assert count(Shift.ends_at > clock(), of=Shift) == len(cast.NURSES)


def test_a_night_that_ran_out_while_nobody_looked_is_followed_by_the_next(demo: Flask, clock: SettableClock) -> None:
    clock.advance(hours=30)
    night.tick(outbox.Job(id=new_id(), kind="demo_tick", payload={}, attempt=1))
    assert count(Night.starts_at == clock(), of=Night) == 1


def test_outside_a_demo_nobody_can_close_the_night_from_the_start_page(client: Browser) -> None:
    assert client.post("/demo/close-night").status_code == 404
