"""Hundreds of desks' and nurses' acts in any order: whatever happens, the night's story stays one story."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from backend.dispatch import assign, opening, steps
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.rules import BUSY, OVER, WITH_A_CAR, VisitStatus
from backend.platform.clock import SettableClock
from backend.platform.errors import DomainError
from backend.platform.events import EventRow
from backend.platform.ids import new_id
from backend.platform.uow import unit_of_work
from tests import builders, night
from tests.api.dispatching import ANight, a_staffed_night, found

STEPS = (steps.accept, steps.depart, steps.arrive, steps.finish)
ACTS = 150


@pytest.fixture
def tonight(app) -> ANight:
    return a_staffed_night()


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_desks_and_nurses_do_the_invariants_of_the_night_hold(app, tonight, clock, seed):
    chance = random.Random(seed)
    desk = builders.actor_of(builders.a_staff_member())
    nurses = [builders.actor_of(tonight.west_nurse), builders.actor_of(tonight.oost_nurse)]
    shifts = [tonight.west_shift, tonight.oost_shift]
    visits = [night.a_visit(tonight.night, urgency=chance.choice(["U2", "U3", "U4"])) for _ in range(8)]
    done = 0
    for _ in range(ACTS):
        clock.advance(seconds=chance.randrange(60))
        visit = chance.choice(visits)
        act = chance.choice(["assign", "assign", "step", "step", "step", "step", "withdraw", "lock", "desk", "cancel"])
        before = story_of(visit)
        try:
            _do(act, chance, visit, desk, nurses, shifts, clock)
            done += 1
        except DomainError:
            assert story_of(visit) == before  # a refusal leaves no trace
        check(visits)
    assert done > ACTS / 5
    numbers = [row.seq for row in found(sa.select(EventRow).order_by(EventRow.seq))]
    assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


def _do(act: str, chance: Any, visit: Visit, desk: Any, nurses: Any, shifts: Any, clock: SettableClock) -> None:
    happened_at = clock() - timedelta(minutes=chance.randrange(-90, 90))
    who = chance.choice(nurses) if act == "step" else desk
    with unit_of_work(actor=who) as uow:
        match act:
            case "assign":
                version = uow.session.get_one(Visit, visit.id).version - chance.choice([0, 0, 0, 1])
                assign.assign(
                    uow,
                    visit.id,
                    assignment_id=new_id(),
                    shift_id=chance.choice(shifts).id,
                    expected_version=version,
                )
            case "step":
                chance.choice(STEPS)(uow, visit_id=visit.id, happened_at=happened_at)
            case "withdraw":
                assign.withdraw(uow, visit.id, reason="ander")
            case "lock":
                opening.lock(uow, visit.id, is_locked=chance.random() < 0.5)
            case "desk":
                steps.set_status(uow, visit.id, status=chance.choice(list(VisitStatus)), happened_at=happened_at)
            case "cancel" if chance.random() < 0.2:
                opening.cancel(uow, visit.id, reason="niet meer nodig")


def story_of(visit: Visit) -> list[str]:
    """What the record says about this visit."""
    return [row.name for row in found(sa.select(EventRow).where(EventRow.topic_id == visit.id))]


def check(visits: list[Visit]) -> None:
    """What must always be true."""
    rows = found(sa.select(Visit).where(Visit.id.in_([visit.id for visit in visits])))
    assignments = found(sa.select(Assignment))
    for visit in rows:
        in_force = [one for one in assignments if one.visit_id == visit.id and one.ended_at is None]
        assert len(in_force) <= 1
        assert ([one.id for one in in_force] or [None]) == [visit.assignment_id]
        assert (visit.shift_id is None) == (visit.assignment_id is None)
        assert (visit.status in WITH_A_CAR or visit.status is VisitStatus.DONE) == (visit.shift_id is not None)
        facts = [visit.assigned_at, visit.accepted_at, visit.departed_at, visit.arrived_at, visit.finished_at]
        known = [fact for fact in facts if fact is not None]
        assert known == sorted(known)
        assert (visit.finished_at is not None) == (visit.status is VisitStatus.DONE)
    for shift_id in {visit.shift_id for visit in rows if visit.shift_id}:
        ahead = [v.sequence for v in rows if v.shift_id == shift_id and v.status not in OVER | BUSY]
        assert len(ahead) == len(set(ahead))
