"""A night, ready made: questions, cars, shifts, visits, reports. Say only what matters to your test.

Rows as they are found in the database, without the services that put them there: a test of a service calls it itself.
"""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import Any

from backend.dispatch.alarm_rules import AlarmKind
from backend.dispatch.models import Alarm, Assignment, Visit
from backend.dispatch.rules import VisitKind, VisitStatus
from backend.handover import service as handover
from backend.handover.models import MorningHandover
from backend.intake.models import CareRequest
from backend.intake.rules import CallerRelation, Channel, RequestStatus
from backend.people.models import Client, Region, Staff
from backend.platform.actor import SYSTEM
from backend.platform.clock import now
from backend.platform.ids import new_id
from backend.platform.uow import unit_of_work
from backend.roster.models import Car, HomeBase, Night, Shift, ShiftBreak
from backend.triage.rules import Urgency
from tests.builders import a_client, a_nurse, a_region, a_treatment_relation, kept

_numbers = itertools.count(1)
A_BLOCKED_CATHETER = "Katheter loopt niet meer door, volle blaas."


def a_care_request(client: Client | None = None, **given: Any) -> CareRequest:
    """A blocked catheter, called in by the client's daughter five minutes ago."""
    number = next(_numbers)
    about = client or a_client()
    return kept(
        CareRequest(
            **{
                "id": new_id(),
                "number": 70_000 + number,
                "received_at": now() - timedelta(minutes=5),
                "registered_at": now() - timedelta(minutes=4),
                "channel": Channel.PHONE,
                "client_id": about.id,
                "organisation_id": about.organisation_id,
                "caller_name": "A. de Groot",
                "caller_relation": CallerRelation.INFORMAL_CARER,
                "callback_number": "06 55 50 43 21",
                "is_with_client": True,
                "question": A_BLOCKED_CATHETER,
                "entry_complaint": "catheter",
                "contact_72h_checked": True,
                "status": RequestStatus.OPEN,
                **given,
            }
        )
    )


def a_night(**given: Any) -> Night:
    """The night around the test's clock: 23:00 to 07:00 in the Netherlands."""
    middle = now().replace(minute=0, second=0, microsecond=0)
    return kept(
        Night(
            **{
                "id": new_id(),
                "starts_at": middle - timedelta(hours=3),
                "ends_at": middle + timedelta(hours=5),
                **given,
            }
        )
    )


def a_car(region: Region | None = None, **given: Any) -> Car:
    """A car at its home base in the region."""
    number = next(_numbers)
    where = region or a_region()
    base = kept(HomeBase(id=new_id(), name=f"Standplaats {number}", region_id=where.id, lat=52.3700, lon=4.8500))
    return kept(
        Car(
            **{
                "id": new_id(),
                "name": f"Auto {number}",
                "number": number % 900 + 1,  # a car has three digits at most
                "region_id": where.id,
                "home_base_id": base.id,
                "phone": "06 55 50 00 01",
                **given,
            }
        )
    )


def a_shift(night: Night | None = None, nurse: Staff | None = None, car: Car | None = None, **given: Any) -> Shift:
    """A nurse in a car for the whole of this night."""
    during = night or a_night()
    return kept(
        Shift(
            **{
                "id": new_id(),
                "night_id": during.id,
                "car_id": (car or a_car()).id,
                "nurse_id": (nurse or a_nurse(competences=("bladder_catheter",))).id,
                "starts_at": during.starts_at,
                "ends_at": during.ends_at,
                **given,
            }
        )
    )


def a_break(shift: Shift, **given: Any) -> ShiftBreak:
    """Half an hour, to begin in an hour or the hour after."""
    facts = {
        "earliest_at": now() + timedelta(hours=1),
        "latest_at": now() + timedelta(hours=2),
        "minutes": 30,
        **given,
    }
    return kept(ShiftBreak(id=new_id(), shift_id=shift.id, **facts))


def a_visit(
    night: Night | None = None,
    client: Client | None = None,
    shift: Shift | None = None,
    urgency: str = "U2",
    care_request: CareRequest | None = None,
    **given: Any,
) -> Visit:
    """Somebody must go; with a shift, that car has been sent and its nurse may see the client."""
    whose = client or a_client()
    opened_at: datetime = given.get("opened_at", now())
    visit = kept(
        Visit(
            **{
                "id": new_id(),
                "night_id": night.id if night else shift.night_id if shift else a_night().id,
                "organisation_id": whose.organisation_id,
                "client_id": whose.id,
                "care_request_id": care_request.id if care_request else None,
                "reference": care_request.reference if care_request else None,
                "kind": VisitKind.UNPLANNED if care_request else VisitKind.PLANNED,
                "urgency": Urgency(urgency),
                "status": VisitStatus.OPEN,
                "complaint": "catheter",
                "question": A_BLOCKED_CATHETER,
                "lat": whose.lat,
                "lon": whose.lon,
                "opened_at": opened_at,
                "window_start": opened_at,
                "window_end": opened_at + timedelta(hours=1),
                "latest_at": opened_at + timedelta(hours=2),
                "service_minutes": 30,
                "required_competences": [],
                **given,
            }
        )
    )
    return an_assignment(visit, shift, whose) if shift else visit


def an_assignment(visit: Visit, shift: Shift, client: Client) -> Visit:
    """The desk sent this car to this visit; hands back the visit."""
    assignment = kept(
        Assignment(id=new_id(), visit_id=visit.id, shift_id=shift.id, assigned_at=now(), assigned_by="Noor van Dijk")
    )
    visit.shift_id, visit.assignment_id, visit.sequence = shift.id, assignment.id, 1
    visit.status, visit.assigned_at = VisitStatus.ASSIGNED, now()
    kept(visit)
    nurse = Staff(id=shift.nurse_id)
    a_treatment_relation(client, nurse, valid_from=now() - timedelta(minutes=1))
    return visit


def an_alarm(visit: Visit | None = None, shift: Shift | None = None, **given: Any) -> Alarm:
    """Nobody answered the phone that rang for this visit."""
    return kept(
        Alarm(
            **{
                "id": new_id(),
                "kind": AlarmKind.UNACKNOWLEDGED,
                "visit_id": visit.id if visit else None,
                "shift_id": shift.id if shift else None,
                "raised_at": now(),
                "step": "desk_alarm",
                "steps": [],
                **given,
            }
        )
    )


def a_morning(client: Client | None = None, **given: Any) -> MorningHandover:
    """Last night is over: a question of this client was noted down, and its organisation has its letter."""
    about = client or a_client()
    yesterday = now() - timedelta(days=1)
    last = a_night(starts_at=yesterday - timedelta(hours=3), ends_at=yesterday + timedelta(hours=5), **given)
    a_care_request(about, received_at=yesterday, registered_at=yesterday)
    with unit_of_work(actor=SYSTEM) as uow:
        closing = handover.close_night(uow, last.id)
        letter = next(letter for letter in closing.made if letter.organisation_id == about.organisation_id)
        assert letter.entries  # and read now, because a test looks at them after the session is gone
    return letter
