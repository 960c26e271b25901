"""What the desk sees: everything that waits, everything that drives, everything that rings, in a dozen statements."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from backend.dispatch.alarm_rules import AlarmKind
from backend.dispatch.board.changes import last_changes
from backend.dispatch.board.shapes import (
    BoardAlarmOut,
    BoardBreakOut,
    BoardCarOut,
    BoardNightOut,
    BoardOut,
    BoardProposalOut,
    BoardVisitOut,
    CarState,
    DrivingOut,
    HeldCompetenceOut,
    HomeOut,
    PositionOut,
    PresenceOut,
    WaitingOut,
)
from backend.dispatch.driving.driven_rules import driven_s
from backend.dispatch.models import Alarm, Assignment, Presence, Visit
from backend.dispatch.proposals.models import PlanProposal
from backend.dispatch.proposals.queries import latest, state_of
from backend.dispatch.rules import VisitStatus
from backend.dispatch.tonight import CarTonight, load_cars
from backend.intake.complaints import entry_complaints
from backend.intake.models import CareRequest
from backend.intake.rules import RequestStatus, reference_of
from backend.people import rules as people_rules
from backend.people.addresses import HouseNumber
from backend.people.models import Client, Organisation, Region, Staff
from backend.platform.answers import Moment
from backend.platform.clock import local
from backend.platform.db import Session
from backend.platform.errors import NotFound
from backend.platform.events import EventCounter
from backend.platform.push import PushSubscription
from backend.roster.models import Night, Shift
from backend.roster.queries import night_at


def board(session: Session, now: datetime) -> BoardOut:
    """The board at this moment. The event number is read first: what comes later is told by the stream."""
    counter = session.execute(sa.select(EventCounter.last_seq, EventCounter.epoch)).one()
    night = night_at(session, now)
    cars = load_cars(session, Shift.night_id == night.id) if night is not None else []
    visits = _visits(session, Visit.night_id == night.id, now) if night is not None else []
    return BoardOut(
        seq=counter.last_seq,
        epoch=str(counter.epoch),
        server_time=Moment(now),
        night=_night(night, latest(session, night.id), now) if night is not None else None,
        waiting=_waiting(session, now),
        visits=visits,
        cars=_cars(session, cars, visits, now),
        alarms=_alarms(session),
        changes=last_changes(session, up_to=counter.last_seq),
    )


def _night(night: Night, proposal: PlanProposal | None, now: datetime) -> BoardNightOut:
    return BoardNightOut(
        id=str(night.id),
        starts_at=Moment(night.starts_at),
        ends_at=Moment(night.ends_at),
        plan_version=night.plan_version,
        plan_state=night.plan_state,
        plan_note=night.plan_note,
        closed_at=Moment.maybe(night.closed_at),
        proposal=_proposal(proposal, night, now) if proposal is not None else None,
    )


def _proposal(proposal: PlanProposal, night: Night, now: datetime) -> BoardProposalOut:
    return BoardProposalOut(
        id=str(proposal.id),
        state=state_of(proposal, night, now),
        asked_at=Moment(proposal.asked_at),
        asked_by=proposal.asked_by,
        limit_s=proposal.limit_s,
        decided_by=proposal.decided_by,
    )


_PERSON = (
    Client.sex,
    Client.initials,
    Client.prefix,
    Client.family_name,
    Client.birth_date,
    Client.street,
    Client.house_number,
    Client.addition,
    Client.postcode,
    Client.city,
    Client.precision,
)


def _waiting(session: Session, now: datetime) -> list[WaitingOut]:
    rows = session.execute(
        sa.select(
            CareRequest.id,
            CareRequest.number,
            CareRequest.received_at,
            CareRequest.entry_complaint,
            CareRequest.question,
            Organisation.short_name,
            Staff.name.label("registered_by_name"),
            Presence.staff_name,
            Presence.until_at,
            CareRequest.client_id,
            *_PERSON,
        )
        .outerjoin(Client, Client.id == CareRequest.client_id)
        .outerjoin(Organisation, Organisation.id == CareRequest.organisation_id)
        .outerjoin(Staff, Staff.id == CareRequest.registered_by)
        .outerjoin(Presence, Presence.care_request_id == CareRequest.id)
        .where(CareRequest.status == RequestStatus.OPEN)
        .order_by(CareRequest.received_at)
    )
    today = local(now).date()
    return [
        WaitingOut(
            care_request_id=str(row.id),
            reference=reference_of(row.number),
            received_at=Moment(row.received_at),
            client_label=_label(row) if row.client_id else None,
            age=people_rules.age_on(row.birth_date, today),
            organisation=row.short_name,
            entry_complaint=row.entry_complaint,
            question=row.question,
            postcode=row.postcode,
            registered_by=row.registered_by_name,
            presence=PresenceOut(name=row.staff_name) if row.until_at is not None and row.until_at > now else None,
        )
        for row in rows
    ]


def _visits(session: Session, which: sa.ColumnElement[bool], now: datetime) -> list[BoardVisitOut]:
    rows = session.execute(
        sa.select(Visit, Assignment, Organisation.short_name, CareRequest.location_note, *_PERSON)
        .outerjoin(Assignment, Assignment.id == Visit.assignment_id)
        .outerjoin(Client, Client.id == Visit.client_id)
        .outerjoin(Organisation, Organisation.id == Visit.organisation_id)
        .outerjoin(CareRequest, CareRequest.id == Visit.care_request_id)
        .where(which)
        .order_by(Visit.urgency, Visit.opened_at, Visit.id)
    )
    today = local(now).date()
    return [_visit(row, today) for row in rows]


def one_visit(session: Session, visit_id: uuid.UUID, now: datetime) -> BoardVisitOut:
    """One visit as the board shows it."""
    found = _visits(session, Visit.id == visit_id, now)
    if not found:
        raise NotFound()
    return found[0]


def _visit(row: Any, today: date) -> BoardVisitOut:
    visit: Visit = row.Visit
    is_known = visit.client_id is not None
    return BoardVisitOut(
        id=str(visit.id),
        reference=visit.reference,
        care_request_id=_id(visit.care_request_id),
        kind=visit.kind,
        urgency=visit.urgency,
        status=visit.status,
        client_id=_id(visit.client_id),
        client_label=_label(row) if is_known else "Onbekende cliënt",
        client_age=people_rules.age_on(row.birth_date, today),
        organisation=row.short_name,
        address_line=_address(row) if is_known else row.location_note or "",
        postcode=row.postcode,
        lat=visit.lat,
        lon=visit.lon,
        precision=row.precision,
        complaint=_complaint(visit.complaint),
        question=visit.question,
        region_id=_id(visit.region_id),
        window_start=Moment(visit.window_start),
        window_end=Moment(visit.window_end),
        latest_at=Moment(visit.latest_at),
        service_minutes=visit.service_minutes,
        required_competences=visit.required_competences,
        cars_needed=visit.cars_needed,
        double_id=_id(visit.double_id),
        part=visit.part,
        shift_id=_id(visit.shift_id),
        sequence=visit.sequence,
        eta_at=Moment.maybe(visit.eta_at),
        leave_at=Moment.maybe(visit.leave_at),
        travel_s=visit.travel_s,
        travel_source=visit.travel_source,
        driving=_driving(row.Assignment),
        is_locked=visit.is_locked,
        version=visit.version,
        assigned_at=Moment.maybe(visit.assigned_at),
        accepted_at=Moment.maybe(visit.accepted_at),
        departed_at=Moment.maybe(visit.departed_at),
        arrived_at=Moment.maybe(visit.arrived_at),
        finished_at=Moment.maybe(visit.finished_at),
        reported=visit.reported_at is not None,
    )


def _driving(assignment: Assignment | None) -> DrivingOut | None:
    if assignment is None or assignment.departed_at is None:
        return None
    return DrivingOut(
        planned_s=assignment.planned_travel_s,
        planned_m=assignment.planned_distance_m,
        source=assignment.travel_source,
        driven_s=driven_s(assignment.departed_at, assignment.arrived_at),
        driven_m=assignment.driven_m,
    )


def _cars(
    session: Session, cars: list[CarTonight], visits: Iterable[BoardVisitOut], now: datetime
) -> list[BoardCarOut]:
    regions = {region.id: region.name for region in session.scalars(sa.select(Region))} if cars else {}
    rung = _rung(session, [car.nurse_id for car in cars]) if cars else {}
    states: dict[str, CarState] = {}
    for visit in visits:
        if visit.shift_id is not None and visit.status in (VisitStatus.UNDER_WAY, VisitStatus.ON_SCENE):
            on_scene = visit.status == VisitStatus.ON_SCENE or states.get(visit.shift_id) == "on_scene"
            states[visit.shift_id] = "on_scene" if on_scene else "driving"
    return [
        BoardCarOut(
            shift_id=str(car.shift_id),
            car_name=car.car_name,
            car_number=car.car_number,
            nurse_name=car.nurse_name,
            region_id=_id(car.region_id),
            region_name=regions.get(car.region_id) if car.region_id else None,
            starts_at=Moment(car.starts_at),
            ends_at=Moment(car.ends_at),
            is_backup=car.is_backup,
            is_woken=car.woken_at is not None,
            phone=car.phone,
            state=states.get(str(car.shift_id)) or _state(car, now),
            position=PositionOut(lat=car.position[0], lon=car.position[1], at=Moment(car.position_at))
            if car.position is not None and car.position_at is not None
            else None,
            home=HomeOut(lat=car.home[0], lon=car.home[1]),
            competences=[
                HeldCompetenceOut(procedure=procedure, valid_until=valid_until)
                for procedure, valid_until in sorted(car.competences.items())
            ],
            push_ok_at=Moment.maybe(rung.get(car.nurse_id)),
            breaks=[
                BoardBreakOut(
                    id=str(one.id),
                    earliest_at=Moment(one.earliest_at),
                    latest_at=Moment(one.latest_at),
                    minutes=one.minutes,
                    planned_at=Moment.maybe(one.planned_at),
                    started_at=Moment.maybe(one.started_at),
                    ended_at=Moment.maybe(one.ended_at),
                )
                for one in car.breaks
            ],
        )
        for car in cars
    ]


def _state(car: CarTonight, now: datetime) -> CarState:
    if not _is_on_duty(car, now):
        return "off"
    return "resting" if car.rests_until(now) is not None else "free"


def _is_on_duty(car: CarTonight, now: datetime) -> bool:
    return car.starts_at <= now < car.ends_at and (not car.is_backup or car.woken_at is not None)


def _rung(session: Session, nurse_ids: list[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    rows = session.execute(
        sa.select(PushSubscription.staff_id, sa.func.max(PushSubscription.rung_at))
        .where(PushSubscription.staff_id.in_(nurse_ids), PushSubscription.rung_at.is_not(None))
        .group_by(PushSubscription.staff_id)
    )
    return {staff_id: rung_at for staff_id, rung_at in rows if rung_at is not None}


def _alarms(session: Session) -> list[BoardAlarmOut]:
    rows = session.scalars(sa.select(Alarm).where(Alarm.resolved_at.is_(None)).order_by(Alarm.raised_at))
    urgent_first = sorted(rows, key=lambda one: (one.kind is not AlarmKind.NURSE_ALARM, one.raised_at))
    return [alarm(one) for one in urgent_first]


def alarm(row: Alarm) -> BoardAlarmOut:
    """One alarm as the board shows it."""
    return BoardAlarmOut(
        id=str(row.id),
        kind=row.kind,
        visit_id=_id(row.visit_id),
        shift_id=_id(row.shift_id),
        care_request_id=_id(row.care_request_id),
        reference=row.reference,
        car_name=row.car_name,
        note=row.note,
        raised_at=Moment(row.raised_at),
        acknowledged_at=Moment.maybe(row.acknowledged_at),
        acknowledged_by=row.acknowledged_by,
        step=row.step,
        steps=row.steps,
    )


def _label(row: Any) -> str:
    return people_rules.name_label(sex=row.sex, initials=row.initials, prefix=row.prefix, family_name=row.family_name)


def _address(row: Any) -> str:
    door = "" if row.house_number is None else str(HouseNumber(row.house_number, row.addition))
    return ", ".join(part for part in (f"{row.street} {door}".strip(), row.city) if part)


def _complaint(code: str) -> str:
    """An entry complaint in words; a planned visit's title stands for itself."""
    known = entry_complaints().get(code)
    return known.label if known is not None else code


def _id(value: uuid.UUID | None) -> str | None:
    return str(value) if value is not None else None
