"""One transaction: all of it or none of it, events in commit order, jobs that survive."""

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from backend.platform import login, outbox, tidy, worker
from backend.platform.actor import SYSTEM
from backend.platform.clock import SettableClock
from backend.platform.db import reading
from backend.platform.events import Event, EventRow
from backend.platform.outbox import OutboxJob
from backend.platform.uow import UnitOfWork, unit_of_work
from tests import builders


@dataclass(frozen=True, kw_only=True)
class LampLit(Event):
    """Something that happens in these tests only."""

    room: str


@pytest.fixture
def reactions(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict:
    table: dict = {}
    monkeypatch.setattr(app.extensions["nachtronde"], "reactions", table)
    return table


@pytest.fixture
def jobs(app: Flask, monkeypatch: pytest.MonkeyPatch) -> dict:
    table: dict = {}
    monkeypatch.setattr(app.extensions["nachtronde"], "jobs", table)
    return table


def seqs() -> list[int]:
    with reading(SYSTEM) as session:
        return list(session.scalars(sa.select(EventRow.seq).order_by(EventRow.seq)))


def test_nothing_is_kept_when_a_reaction_fails(app: Flask, reactions: dict) -> None:
    def fail(_uow: UnitOfWork, _event: LampLit) -> None:
        raise RuntimeError("the later room refused")

    reactions[LampLit] = (fail,)

    def light_and_ring() -> None:
        with unit_of_work(actor=SYSTEM) as uow:
            uow.enqueue("ring", {}, key="ring:1")
            uow.record(LampLit(room="kitchen"))

    with pytest.raises(RuntimeError):
        light_and_ring()
    assert seqs() == []
    with reading(SYSTEM) as session:
        assert session.scalar(sa.select(OutboxJob)) is None


def test_a_reaction_stands_on_the_record_behind_what_it_reacted_to(app: Flask, reactions: dict) -> None:
    def light_the_hall(uow: UnitOfWork, event: LampLit) -> None:
        if event.room != "hall":
            uow.record(LampLit(room="hall"))

    reactions[LampLit] = (light_the_hall,)
    with unit_of_work(actor=SYSTEM) as uow:
        uow.record(LampLit(room="kitchen"))
    with reading(SYSTEM) as session:
        rows = session.scalars(sa.select(EventRow).order_by(EventRow.seq)).all()
    assert [row.payload["room"] for row in rows] == ["kitchen", "hall"]


def test_sixteen_desks_at_once_leave_no_gap_and_no_double_in_the_record(app: Flask, reactions: dict) -> None:
    def write(number: int) -> None:
        with app.app_context():
            for turn in range(5):
                with unit_of_work(actor=SYSTEM) as uow:
                    uow.record(LampLit(room=f"{number}.{turn}"))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert seqs() == list(range(1, 81))


def test_a_rolled_back_event_leaves_no_gap(app: Flask, reactions: dict) -> None:
    for fails in (False, True, False):
        try:
            with unit_of_work(actor=SYSTEM) as uow:
                uow.record(LampLit(room="hall"))
                uow.seal()
                if fails:
                    raise RuntimeError
        except RuntimeError:
            pass
    assert seqs() == [1, 2]


def test_a_sealed_record_takes_nothing_more(app: Flask, reactions: dict) -> None:
    with unit_of_work(actor=SYSTEM) as uow:
        uow.record(LampLit(room="hall"))
        assert uow.seal() == 1
        with pytest.raises(RuntimeError, match="sealed"):
            uow.record(LampLit(room="kitchen"))


def test_the_same_key_asks_once_and_a_cancelled_job_is_not_done(app: Flask, jobs: dict) -> None:
    done: list[str] = []
    jobs["ring"] = lambda job: done.append(job.payload["who"])
    with unit_of_work(actor=SYSTEM) as uow:
        uow.enqueue("ring", {"who": "Fatma"}, key="a")
        uow.enqueue("ring", {"who": "Fatma again"}, key="a")
        uow.enqueue("ring", {"who": "Jeroen"}, key="b")
        uow.cancel("b")
    while worker.run_due(app):
        pass
    assert done == ["Fatma"]


def test_a_job_waits_for_its_time(app: Flask, jobs: dict, clock: SettableClock) -> None:
    done: list[str] = []
    jobs["ring"] = lambda job: done.append(job.kind)
    with unit_of_work(actor=SYSTEM) as uow:
        uow.enqueue("ring", {}, run_at=uow.now + timedelta(seconds=30))
    clock.advance(seconds=29)
    assert worker.run_due(app) == 0
    clock.advance(seconds=1)
    assert worker.run_due(app) == 1
    assert done == ["ring"]


def test_a_job_that_fails_is_tried_again_slower_each_time_and_stays_visible_when_it_never_works(
    app: Flask, jobs: dict, clock: SettableClock
) -> None:
    def fail(_job: outbox.Job) -> None:
        raise ConnectionError("no route")

    jobs["ring"] = fail
    with unit_of_work(actor=SYSTEM) as uow:
        uow.enqueue("ring", {})
    waits = []
    for _ in range(worker.MAX_ATTEMPTS):
        assert worker.run_due(app) == 1
        with reading(SYSTEM) as session:
            row = session.scalars(sa.select(OutboxJob)).one()
        waits.append((row.run_at - clock()).total_seconds())
        clock.moment = max(row.run_at, clock())
    assert waits[:4] == [2, 4, 8, 16]
    assert row.dead_at is not None
    assert "ConnectionError" in (row.last_error or "")
    assert worker.run_due(app) == 0


def test_a_lease_that_ran_out_is_taken_over(app: Flask, jobs: dict, clock: SettableClock) -> None:
    done: list[int] = []
    jobs["ring"] = lambda job: done.append(job.attempt)
    with unit_of_work(actor=SYSTEM) as uow:
        uow.enqueue("ring", {})
    assert len(worker.lease(5)) == 1  # this worker now dies
    assert worker.run_due(app) == 0
    clock.advance(seconds=worker.LEASE.total_seconds() + 1)
    worker.run_due(app)
    assert done == [2]


def test_two_workers_never_hold_the_same_job(app: Flask, jobs: dict) -> None:
    with unit_of_work(actor=SYSTEM) as uow:
        for number in range(40):
            uow.enqueue("ring", {"number": number})
    held: list[int] = []

    def take() -> None:
        with app.app_context():
            while jobs_now := worker.lease(3):
                held.extend(job.payload["number"] for job in jobs_now)

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(held) == list(range(40))


def test_what_nobody_needs_any_more_is_cleared_away_and_a_dead_job_is_not(app: Flask, clock: SettableClock) -> None:
    nurse = builders.actor_of(builders.a_staff_member())
    with unit_of_work(actor=SYSTEM) as uow:
        login.start(uow, nurse)
        uow.enqueue("old", {}, key="old")
        uow.enqueue("dead", {}, key="dead")
        uow.session.flush()
        dead = uow.session.scalars(sa.select(OutboxJob).where(OutboxJob.key == "dead")).one()
        dead.dead_at = uow.now
        uow.cancel("old")
    clock.advance(days=36)
    with unit_of_work(actor=SYSTEM) as uow:
        tidy.ask_for_tidying(uow)
    assert worker.run_due(app) == 1
    with reading(SYSTEM) as session:
        kept = set(session.scalars(sa.select(OutboxJob.kind).where(OutboxJob.kind != "tidy")))
        assert session.scalar(sa.select(sa.func.count()).select_from(login.LoginSession)) == 0
    assert kept == {"dead"}
