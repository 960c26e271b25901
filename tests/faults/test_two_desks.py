"""Sixteen desks that reach for the same visit at the same moment: one wins, fifteen are told who and when."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from backend.dispatch import assign, opening
from backend.dispatch.assign import AlreadyAssigned
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.rules import VisitStatus
from backend.platform.clock import iso
from backend.platform.errors import DomainError
from backend.platform.events import EventRow
from backend.platform.ids import new_id
from backend.platform.uow import unit_of_work
from tests import builders, night
from tests.api.dispatching import ANight, a_staffed_night, events, found, fresh

DESKS = 16
VISITS = 12


@pytest.fixture
def tonight(app) -> ANight:
    return a_staffed_night()


def at_once(app: Any, desks: list[Any], act: Any) -> list[Any]:
    """Every desk does this at the same moment; hands back what came of it."""
    start = threading.Barrier(len(desks))

    def one(desk: Any) -> Any:
        with app.app_context():
            start.wait()
            try:
                with unit_of_work(actor=desk) as uow:
                    return act(uow, desk)
            except DomainError as refused:
                return refused

    with ThreadPoolExecutor(len(desks)) as pool:
        return list(pool.map(one, desks))


def test_of_sixteen_desks_that_send_a_car_exactly_one_wins_every_time(app, tonight, clock):
    desks = [builders.actor_of(builders.a_staff_member()) for _ in range(DESKS)]
    shifts = [tonight.west_shift, tonight.oost_shift]
    for _ in range(VISITS):
        visit = night.a_visit(tonight.night, urgency="U2")

        def send(uow: Any, desk: Any, visit: Any = visit) -> Visit:
            shift = shifts[desks.index(desk) % 2]
            return assign.assign(
                uow, visit.id, assignment_id=new_id(), shift_id=shift.id, expected_version=visit.version
            )

        outcomes = at_once(app, desks, send)
        winners = [desk for desk, outcome in zip(desks, outcomes, strict=True) if isinstance(outcome, Visit)]
        losers = [outcome for outcome in outcomes if not isinstance(outcome, Visit)]
        assert len(winners) == 1
        assert {type(outcome) for outcome in losers} == {AlreadyAssigned}
        assert {(outcome.details["by"], outcome.details["at"]) for outcome in losers} == {
            (winners[0].name, iso(clock()))
        }
        (kept,) = found(sa.select(Assignment).where(Assignment.visit_id == visit.id))
        assert fresh(visit).assignment_id == kept.id
        assert (kept.assigned_by_id, len(events("VisitAssigned", visit))) == (winners[0].staff_id, 1)


def test_sending_taking_back_and_cancelling_at_once_leaves_one_story(app, tonight):
    desks = [builders.actor_of(builders.a_staff_member()) for _ in range(9)]
    for _ in range(6):
        visit = night.a_visit(tonight.night, shift=tonight.west_shift, urgency="U3")

        def act(uow: Any, desk: Any, visit: Any = visit) -> Visit:
            match desks.index(desk) % 3:
                case 0:
                    return assign.withdraw(uow, visit.id, reason="terug")
                case 1:
                    return opening.cancel(uow, visit.id, reason="niet meer nodig")
            return assign.assign(
                uow,
                visit.id,
                assignment_id=new_id(),
                shift_id=tonight.oost_shift.id,
                expected_version=visit.version,
            )

        at_once(app, desks, act)
        after = fresh(visit)
        in_force = found(sa.select(Assignment).where(Assignment.visit_id == visit.id, Assignment.ended_at.is_(None)))
        assert after.status is VisitStatus.CANCELLED
        assert (in_force, after.shift_id) == ([], None)
        withdrawn = len(events("VisitWithdrawn", visit))
        ended = len(found(sa.select(Assignment).where(Assignment.visit_id == visit.id)))
        assert withdrawn in (ended, ended - 1)


def test_while_desks_send_cars_every_event_gets_its_own_number(app, tonight):
    desks = [builders.actor_of(builders.a_staff_member()) for _ in range(8)]
    visits = [night.a_visit(tonight.night, urgency="U3") for _ in desks]

    def send(uow: Any, desk: Any) -> Visit:
        visit = visits[desks.index(desk)]
        return assign.assign(
            uow, visit.id, assignment_id=new_id(), shift_id=tonight.west_shift.id, expected_version=visit.version
        )

    outcomes = at_once(app, desks, send)
    assert all(isinstance(outcome, Visit) for outcome in outcomes)
    numbers = [event.seq for event in found(sa.select(EventRow).order_by(EventRow.seq))]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    places = sorted(fresh(visit).sequence for visit in visits)
    assert places == list(range(1, len(visits) + 1))
