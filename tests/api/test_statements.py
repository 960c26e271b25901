"""How many statements a request takes: as many in a full night as in a quiet one, and no more than written here."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from backend.dispatch.models import Assignment, Visit
from backend.dispatch.rules import VisitKind, VisitStatus
from backend.intake.models import CareRequest
from backend.intake.rules import CallerRelation, Channel, RequestStatus
from backend.people.models import Client, TreatmentRelation
from backend.people.rules import FundingLaw, Role, Sex
from backend.platform.actor import SYSTEM
from backend.platform.clock import iso, now
from backend.platform.db import database
from backend.platform.ids import new_id
from backend.platform.uow import unit_of_work
from backend.roster.models import Night, Shift
from backend.triage import scope_lists, service
from backend.triage.rules import Urgency
from tests import builders, night

pytestmark = pytest.mark.one_database

QUIET, FULL = 5, 200
CARS = 4


@dataclass
class BusyNight:
    """A night, the browsers of a desk and of the nurse in the first car, and what they are about to do."""

    desk: Any
    phone: Any
    shifts: list[Shift]
    waiting: Visit
    ahead: Visit
    client: Client
    rule: str
    question: CareRequest


Request = Callable[[BusyNight], Any]


def the_board(busy: BusyNight) -> Any:
    return busy.desk.get("/api/v1/board")


def a_poll(busy: BusyNight) -> Any:
    return busy.phone.get("/api/v1/feed", query_string={"after": busy.phone.cursor})


def a_new_phone(busy: BusyNight) -> Any:
    return busy.phone.get("/api/v1/feed")


def a_registration(busy: BusyNight) -> Any:
    caller = {"name": "Fatima Groot", "relation": "informal_carer", "callback_number": "020 555 12 34"}
    body = {
        "id": str(new_id()), "client_id": str(busy.client.id), "channel": "phone", "caller": caller,
        "question": "De katheter loopt niet meer.", "entry_complaint": "catheter",
    }  # fmt: skip
    return busy.desk.post("/api/v1/care-requests", json=body)


def a_decision(busy: BusyNight) -> Any:
    body = {
        "id": str(new_id()), "abcd": dict.fromkeys(("airway", "breathing", "circulation", "disability"), "safe"),
        "answers": {"urine_flows": False, "kind_of_catheter": "urethral"}, "final_urgency": "U3",
        "scope_criterion_id": busy.rule, "scope_verdict": "in_scope", "outcome": "visit", "needs_hands": True,
        "required_competences": ["bladder_catheter"], "counterfactual": "gp_post",
    }  # fmt: skip
    return busy.desk.post(f"/api/v1/care-requests/{busy.question.id}/triage-decisions", json=body)


def a_recommendation(busy: BusyNight) -> Any:
    return busy.desk.get(f"/api/v1/visits/{busy.waiting.id}/recommendation")


def an_assignment(busy: BusyNight) -> Any:
    shift = str(busy.shifts[0].id)
    body = {"id": str(new_id()), "shift_id": shift, "expected_version": 1, "recommended_shift_id": shift}
    return busy.desk.post(f"/api/v1/visits/{busy.waiting.id}/assignments", json=body)


def a_departure(busy: BusyNight) -> Any:
    return tell(busy, "depart", busy.ahead)


def ten_positions(busy: BusyNight) -> Any:
    return tell(busy, "position", times=10, lat=52.3731, lon=4.8571)


def a_report(busy: BusyNight) -> Any:
    return tell(busy, "report", busy.ahead, report_id=str(new_id()), objective="Volle blaas.", problem_solved="yes")


def a_break(busy: BusyNight) -> Any:
    return busy.desk.post(f"/api/v1/shifts/{busy.shifts[0].id}/break-now", json={"id": str(new_id()), "minutes": 30})


STATEMENTS: dict[Request, int] = {
    the_board: 14,
    a_poll: 8,
    a_new_phone: 15,
    a_recommendation: 8,
    a_registration: 14,
    a_decision: 30,
    ten_positions: 62,
    an_assignment: 34,
    a_break: 16,
    a_departure: 25,
    a_report: 14,
}
"""What a night asks most, in the order in which it is asked here. A number that rises needs a reason."""


@pytest.mark.parametrize("visits", [QUIET, FULL])
def test_a_request_takes_as_many_statements_in_a_full_night_as_in_a_quiet_one(
    a_busy_night: Callable[[int], BusyNight], visits: int
) -> None:
    busy = a_busy_night(visits)
    taken = {}
    for request in STATEMENTS:
        with counted() as sent:
            answer = request(busy)
        assert answer.status_code in (200, 201), answer.json
        taken[request.__name__] = len(sent)
    assert taken == {request.__name__: statements for request, statements in STATEMENTS.items()}


def tell(busy: BusyNight, kind: str, visit: Visit | None = None, *, times: int = 1, **body: Any) -> Any:
    """The nurse's phone tells this so many times, the last time now."""
    commands = [
        {
            "id": str(new_id()), "kind": kind, "visit_id": str(visit.id) if visit else None,
            "happened_at": iso(now() - timedelta(seconds=ago)), "body": body,
        }
        for ago in reversed(range(times))
    ]  # fmt: skip
    answer = busy.phone.post("/api/v1/commands", json={"commands": commands})
    assert {one["status"] for one in answer.json["results"]} == {"applied"}, answer.json
    return answer


@pytest.fixture
def a_busy_night(app: Any, client_as: Any) -> Callable[[int], BusyNight]:
    """A night with so many visits on the road, each for a client who called yesterday too, and one without a car."""

    def build(visits: int) -> BusyNight:
        builders.the_partnership()
        with unit_of_work(actor=SYSTEM) as uow:
            rule = str(service.publish_scope_list(uow, scope_lists.read(scope_lists.EXAMPLE)).criteria[0].id)
        tonight, region = night.a_night(), builders.a_region("1055")
        nurses = [builders.a_nurse(competences=("bladder_catheter",)) for _ in range(CARS)]
        shifts = [night.a_shift(tonight, nurse, night.a_car(region)) for nurse in nurses]
        for shift in shifts:
            night.a_break(shift)
        on_the_road = planned(tonight, shifts, visits)
        client = builders.a_client()
        busy = BusyNight(
            desk=client_as(Role.TRIAGIST),
            phone=client_as(nurses[0]),
            shifts=shifts,
            waiting=night.a_visit(tonight, client, care_request=night.a_care_request(client), region_id=region.id),
            ahead=on_the_road[0],
            client=client,
            rule=rule,
            question=night.a_care_request(),
        )
        tell(busy, "accept", busy.ahead)
        busy.phone.cursor = busy.phone.get("/api/v1/feed").json["cursor"]
        return busy

    return build


def planned(tonight: Night, shifts: list[Shift], count: int) -> list[Visit]:
    """So many visits dealt out over these cars, as their rows stand in the database."""
    organisation = builders.an_organisation()
    layers: dict[type, list[Any]] = {}
    for number in range(count):
        shift = shifts[number % len(shifts)]
        client = Client(
            id=new_id(), organisation_id=organisation.id, client_number=f"D{number:05}", family_name="Groot",
            initials="J.", sex=Sex.FEMALE, street="Admiraal de Ruijterweg", house_number=number + 1, postcode="1055DL",
            city="Amsterdam", lat=52.36 + number / 10_000, lon=4.85 + number / 10_000, funding_law=FundingLaw.ZVW,
            alerts=[],
        )  # fmt: skip
        question = CareRequest(
            id=new_id(), number=80_000 + number, received_at=now() - timedelta(hours=20),
            registered_at=now() - timedelta(hours=20), channel=Channel.PHONE, client_id=client.id,
            organisation_id=organisation.id, caller_name="A. de Groot", caller_relation=CallerRelation.INFORMAL_CARER,
            callback_number="06 55 50 43 21", is_with_client=True, question=night.A_BLOCKED_CATHETER,
            entry_complaint="catheter", contact_72h_checked=True, status=RequestStatus.DECIDED,
        )  # fmt: skip
        visit = Visit(
            id=new_id(), night_id=tonight.id, organisation_id=organisation.id, client_id=client.id,
            kind=VisitKind.PLANNED, urgency=Urgency.U4, status=VisitStatus.ASSIGNED, complaint="catheter",
            lat=client.lat, lon=client.lon, opened_at=now(), window_start=now() + timedelta(hours=2),
            window_end=now() + timedelta(hours=3), latest_at=now() + timedelta(hours=4), service_minutes=30,
            required_competences=[], shift_id=shift.id, assignment_id=new_id(), sequence=number // len(shifts) + 1,
            assigned_at=now(),
        )  # fmt: skip
        assignment = Assignment(
            id=visit.assignment_id, visit_id=visit.id, shift_id=shift.id, assigned_at=now(), assigned_by="Noor van Dijk"
        )
        relation = TreatmentRelation(
            id=new_id(), organisation_id=organisation.id, client_id=client.id, staff_id=shift.nurse_id,
            valid_from=now() - timedelta(minutes=1),
        )  # fmt: skip
        for row in (client, question, visit, assignment, relation):
            layers.setdefault(type(row), []).append(row)
    with unit_of_work(actor=SYSTEM) as uow:
        for rows in layers.values():
            uow.session.add_all(rows)
            uow.session.flush()
    return layers[Visit]


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent meanwhile from here; that a transaction begins is not one."""
    sent: list[str] = []
    here = threading.get_ident()  # a stream of another test may still be listening

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if threading.get_ident() == here and not statement.startswith("BEGIN"):
            sent.append(statement)

    engine = database().engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)
