"""A night whose routes could be better: for the tests of plan proposals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import routing
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.planning import optimiser as planning
from backend.dispatch.proposals import answering
from backend.platform.actor import SYSTEM
from backend.platform.ids import new_id
from backend.platform.outbox import Job
from backend.platform.uow import unit_of_work
from backend.roster.models import Shift
from tests import builders, night
from tests.api.dispatching import ANight, fresh

NORTH, SOUTH = (52.44, 4.85), (52.30, 4.85)


def search_by_rounds(monkeypatch: Any) -> None:
    """Search in this process and by rounds, so that a test takes no longer than it must."""

    def solve(problem: Any, start: Any, _incumbent: Any, _limit_s: float, seed: int) -> Any:
        return routing.solve(problem, incumbent=start, iterations=600, seed=seed)

    monkeypatch.setattr(planning, "_solve", solve)


def on_route(tonight: ANight, shift: Shift, where: tuple[float, float], place: int, **given: Any) -> Visit:
    """A planned visit that the plan put there as this car's nth; say `is_by_plan=False` when the desk did."""
    is_by_plan = given.pop("is_by_plan", True)
    client = builders.a_client(lat=where[0], lon=where[1] + place / 500)
    starts_at = tonight.night.starts_at + timedelta(hours=3)
    facts = {
        "urgency": "U4",
        "window_start": starts_at,
        "window_end": starts_at + timedelta(minutes=40),
        "latest_at": starts_at + timedelta(hours=4.5),
        "service_minutes": 10,
        **given,
    }
    visit = night.a_visit(tonight.night, client, shift, **facts)
    with unit_of_work(actor=SYSTEM) as uow:
        uow.session.get_one(Assignment, visit.assignment_id).is_by_plan = is_by_plan
        uow.session.get_one(Visit, visit.id).sequence = place
    return visit


def a_zigzag(tonight: ANight, **given: Any) -> list[Visit]:
    """One car drives north, south, north, south, while another stands still."""
    return [on_route(tonight, tonight.west_shift, (NORTH, SOUTH)[place % 2], place, **given) for place in (1, 2, 3, 4)]


def ask(browser: Any, tonight: ANight, **given: Any) -> Any:
    """The desk asks for better routes."""
    return browser.post(f"/api/v1/nights/{tonight.night.id}/proposals", json={"id": str(new_id()), **given})


def answered(browser: Any, proposal: Any) -> Any:
    """The worker has searched; what the desk sees."""
    propose(proposal["id"])
    return seen(browser, proposal)


def propose(proposal_id: str) -> None:
    """The worker does the search."""
    answering.propose_job(Job(new_id(), "propose", {"proposal_id": proposal_id}, 1))


def seen(browser: Any, proposal: Any) -> Any:
    """The proposal as the desk has it now."""
    answer = browser.get(f"/api/v1/proposals/{proposal['id']}")
    assert answer.status_code == 200, answer.json
    return answer.json


def decide(browser: Any, proposal: Any, what: str, **body: Any) -> Any:
    """`acceptances`, `refusals`, `cancellations` or `reversals`."""
    return browser.post(f"/api/v1/proposals/{proposal['id']}/{what}", json=body)


def where_all(visits: list[Visit]) -> list[tuple[Any, int | None]]:
    """Per visit its car and its place on the route."""
    return [(now.shift_id, now.sequence) for now in map(fresh, visits)]
