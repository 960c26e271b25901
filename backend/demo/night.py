"""The demo night itself: it began a while ago, calls keep coming, and it can be closed at any moment."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from backend.demo import acting, cast, script
from backend.demo.setting import demo_id, lay_down
from backend.dispatch import breaks, opening
from backend.dispatch.models import Visit
from backend.dispatch.planning import replan
from backend.dispatch.rules import VisitStatus
from backend.handover import service as handover
from backend.intake.models import CareRequest
from backend.intake.rules import RequestStatus
from backend.platform import outbox, worker
from backend.platform.actor import SYSTEM
from backend.platform.clock import SettableClock, system_clock
from backend.platform.clock import now as clock_now
from backend.platform.db import reading
from backend.platform.errors import DomainError
from backend.platform.ids import new_id
from backend.platform.runtime import Runtime
from backend.platform.uow import UnitOfWork, unit_of_work
from backend.roster import service as roster
from backend.roster.models import Night, Shift

LENGTH = timedelta(hours=8)
BEGAN = timedelta(hours=3)
STEP = timedelta(minutes=2)
BIG_STEP = timedelta(minutes=6)
TICK_S = 15
CALL_EVERY = timedelta(minutes=3)
MOST_WAITING = 5
SAM_TALKS = timedelta(minutes=4)
MOST_WAITING_UNATTENDED = 3


def begin(app: Flask, progress: Callable[[int], None] = lambda _: None) -> None:
    """Lay down the setting and play the hours before now; a night that is still running is left alone."""
    with unit_of_work(actor=SYSTEM) as uow:
        lay_down(uow)
    now = clock_now()
    with reading(SYSTEM) as session:
        running = _running(session, now)
        is_first = session.scalar(sa.select(Night.id).limit(1)) is None
    if running is None:
        if is_first:
            _play(app, now - timedelta(hours=25), now - timedelta(hours=17), script.YESTERDAY, BIG_STEP)
            with _time_machine(app, now - timedelta(hours=17)), unit_of_work(actor=SYSTEM) as uow:
                found = handover.night_to_close(uow.session, uow.now)
                if found is not None:
                    handover.close_night(uow, found.id)
        _play(app, now - BEGAN, now, script.TONIGHT, STEP, progress)
        _pin_one(now)
        for call, decided in script.NOW:
            with unit_of_work(actor=acting.actor("sam")) as uow:
                care_request_id = acting.ask(uow, call)
                if decided is not None:
                    acting.decide(uow, care_request_id, decided)
    with unit_of_work(actor=SYSTEM) as uow:
        uow.enqueue("demo_tick", {}, key=f"demo_tick:{new_id()}")
    progress(100)


def close(app: Flask) -> None:
    """Close the running night for every organisation, and begin the next one at once."""
    with unit_of_work(actor=SYSTEM) as uow:
        found = _running(uow.session, uow.now) or handover.night_to_close(uow.session, uow.now)
        if found is not None:
            handover.close_night(uow, found.id)
    _open(clock_now())


def tick(job: outbox.Job) -> None:
    """Every quarter of a minute: the cars that nobody plays go on, now and then somebody calls."""
    now = clock_now()
    with unit_of_work(actor=SYSTEM) as uow:
        slot = int(now.timestamp()) // TICK_S + 1
        uow.enqueue("demo_tick", {}, run_at=now + timedelta(seconds=TICK_S), key=f"demo_tick:{slot}")
    with reading(SYSTEM) as session:
        night = _running(session, now)
    if night is None:
        night = _open(now)
    acting.drive(night.id, now)
    with reading(SYSTEM) as session:
        waiting = session.scalars(
            sa.select(CareRequest).where(CareRequest.status == RequestStatus.OPEN).order_by(CareRequest.received_at)
        ).all()
        last = session.scalar(sa.select(sa.func.max(CareRequest.received_at)))
        calls = session.scalar(sa.select(sa.func.count()).select_from(CareRequest)) or 0
        most = MOST_WAITING if acting.people_at_the_desk(session, now) else MOST_WAITING_UNATTENDED
    _colleague_answers(waiting, now)
    if len(waiting) < most and (last is None or now - last >= CALL_EVERY):
        with unit_of_work(actor=acting.actor("sam")) as uow:
            acting.ask(uow, script.STREAM[calls % len(script.STREAM)][0])


def _colleague_answers(waiting: Sequence[CareRequest], now: datetime) -> None:
    """Sam, at the other desk, settles by phone what can be settled by phone, after a few minutes of talking."""
    answers = {asked.question: decided for asked, decided in script.STREAM if decided is not None}
    for request in waiting:
        decided = answers.get(request.question)
        if decided is not None and now - request.received_at >= SAM_TALKS:
            try:
                with unit_of_work(actor=acting.actor("sam")) as uow:
                    acting.decide(uow, request.id, decided)
            except DomainError:
                continue  # somebody who plays the desk was first


JOBS = {"demo_tick": tick}


def _running(session: Any, now: datetime) -> Night | None:
    found: Night | None = session.scalar(
        sa.select(Night).where(Night.starts_at <= now, Night.ends_at > now, Night.closed_at.is_(None)).limit(1)
    )
    return found


def _open(start: datetime) -> Night:
    """A night from `start`, with its cars and its planned visits."""
    with unit_of_work(actor=SYSTEM) as uow:
        _go_home(uow, start)
        night = roster.open_night(uow, starts_at=start, ends_at=start + LENGTH)
        for nurse in cast.NURSES:
            roster.add_shift(
                uow, id=new_id(), car_id=demo_id("car", nurse.car), nurse_id=demo_id("staff", nurse.login),
                starts_at=night.starts_at, ends_at=night.ends_at, is_backup=nurse.is_backup, night_id=night.id,
            )  # fmt: skip
        for planned in cast.PLANNED:
            opens = night.starts_at + timedelta(hours=planned.hour)
            opening.add_planned(
                uow,
                id=new_id(),
                client_id=demo_id("client", planned.client),
                title=planned.title,
                window_start=opens,
                window_end=opens + timedelta(minutes=planned.width_min),
                service_minutes=planned.minutes,
                required_competences=planned.competences,
                cars_needed=planned.cars_needed,
            )
        for car, hour in cast.BREAKS.items():
            shift = uow.session.scalars(
                sa.select(Shift).where(Shift.night_id == night.id, Shift.car_id == demo_id("car", car))
            ).one()
            begins = night.starts_at + timedelta(hours=hour)
            breaks.plan_break(
                uow, shift.id, id=new_id(), earliest_at=begins, latest_at=begins + timedelta(hours=1), minutes=30
            )
        replan.plan_night(uow, night.id)
    return night


def _pin_one(now: datetime) -> None:
    """The desk holds one visit of tonight to its car: a nurse whom the client knows."""
    with unit_of_work(actor=acting.actor("noor")) as uow:
        to_come = sa.select(Visit).where(Visit.status == VisitStatus.ASSIGNED, Visit.window_start > now)
        visit = uow.session.scalars(
            to_come.where(Visit.cars_needed == 1).order_by(Visit.window_start, Visit.id).limit(1)
        ).first()
        if visit is not None:
            opening.lock(uow, visit.id, is_locked=True)


def _go_home(uow: UnitOfWork, at: datetime) -> None:
    """Who still drives in a night that was closed early ends the shift: the next one begins."""
    closed = sa.select(Night.id).where(Night.closed_at.is_not(None))
    for shift in uow.session.scalars(sa.select(Shift).where(Shift.night_id.in_(closed), Shift.ends_at > at)):
        shift.ends_at = max(at, shift.starts_at + timedelta(seconds=1))
    uow.session.flush()


def _play(
    app: Flask,
    start: datetime,
    until: datetime,
    scenes: tuple[script.Scene, ...],
    step: timedelta,
    progress: Callable[[int], None] = lambda _: None,
) -> None:
    """Let the hours from `start` to `until` happen, a step at a time, through the services and the worker."""
    to_come = sorted(scenes, key=lambda scene: scene.hour)
    with _time_machine(app, start) as clock:
        night = _open(start)
        steps, done = max(1, int((until - start) / step)), 0
        while clock() < until:
            _work(app)
            while to_come and clock() >= start + timedelta(hours=to_come[0].hour):
                _perform(app, to_come.pop(0), clock)
            acting.drive(night.id, clock())
            clock.advance(seconds=step.total_seconds())
            done += 1
            if done % max(1, steps // 20) == 0:
                progress(5)
        _work(app)


def _perform(app: Flask, scene: script.Scene, clock: SettableClock) -> None:
    """One call: asked, a minute later judged, and if somebody must go, sent and accepted at once."""
    with unit_of_work(actor=acting.actor("sam")) as uow:
        care_request_id = acting.ask(uow, scene.ask)
    clock.advance(seconds=70)
    with unit_of_work(actor=acting.actor("sam")) as uow:
        acting.decide(uow, care_request_id, scene.decide)
    if scene.car is not None:
        if scene.report is not None:
            acting.REPORTS[care_request_id] = scene.report
        acting.send_car(scene, care_request_id)
        clock.advance(seconds=20)
        with reading(SYSTEM) as session:
            night = _running(session, clock())
        if night is not None:
            acting.drive(night.id, clock())


def _work(app: Flask) -> None:
    for _ in range(20):
        # Routes are planned once a night here; tidying them up after every past call would only cost the player time.
        if not worker.run_due(app, leaving={"replan"}):
            return


@contextmanager
def _time_machine(app: Flask, moment: datetime) -> Iterator[SettableClock]:
    """The house's clock, put back; what happens here is stamped with the time at which it is played."""
    runtime: Runtime = app.extensions["nachtronde"]
    clock = SettableClock(moment)
    runtime.clock = clock
    try:
        yield clock
    finally:
        runtime.clock = system_clock
