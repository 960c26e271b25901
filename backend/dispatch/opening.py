"""A visit opens, changes with a new triage decision, moves with its client, or is no longer needed."""

import uuid
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from backend.dispatch import alarms, assign, rules
from backend.dispatch.alarm_rules import AlarmKind
from backend.dispatch.assign import NurseIsThere, VisitIsOver
from backend.dispatch.doubles import count_cars, partners_of
from backend.dispatch.driving import fetching
from backend.dispatch.events import VisitCancelled, VisitChanged, VisitLocked, VisitMoved, VisitOpened
from backend.dispatch.models import Visit
from backend.dispatch.rules import BUSY, OVER, VisitKind, VisitStatus
from backend.dispatch.tonight import need_of
from backend.dispatch.writing import HeldNight, ask_replan, event_header, for_change, hold
from backend.intake.events import CareRequestRegistered, ClientIdentified
from backend.people.events import ClientChanged, ClientMerged
from backend.people.models import Client, PostcodeArea
from backend.platform.errors import Invalid, NotFound
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork
from backend.roster import service as roster
from backend.roster.models import Night
from backend.roster.queries import norms_of
from backend.roster.rules import night_around, response_minutes
from backend.triage.events import TriageDecided
from backend.triage.rules import Outcome, Urgency

DEFAULT_SERVICE_MINUTES = 30


def open_visit(uow: UnitOfWork, decided: TriageDecided) -> None:
    """Open a visit when triage says that somebody must go; change or cancel it when triage says otherwise later."""
    alarms.resolve_for_request(uow, decided.care_request_id)
    known = visits_of_request(uow, decided.care_request_id)
    if decided.outcome is not Outcome.VISIT or decided.urgency.is_life_threatening:
        for visit in known:
            if visit.status not in OVER and visit.status is not VisitStatus.ON_SCENE:
                _cancel(uow, visit, reason=f"triage:{decided.outcome.value}")
        return
    for visit in known:
        if visit.status is VisitStatus.CANCELLED or (visit.part > decided.cars_needed and visit.status not in BUSY):
            continue
        _change(uow, visit, decided)
    for visit in known:
        if visit.part > decided.cars_needed and visit.status not in OVER and visit.status not in BUSY:
            _cancel(uow, visit, reason="fewer_cars_needed")
    # A cancelled part stands for a car that was not needed then; a new decision for a visit opens a new one.
    alive = [visit for visit in known if visit.status is not VisitStatus.CANCELLED]
    taken = {visit.part for visit in known}
    ahead = [visit for visit in alive if visit.status not in OVER]
    # Who was there and is done may come again: what opens after that is a visit of its own.
    double_id = ahead[0].double_id if ahead else decided.care_request_id if not alive else new_id()
    missing = max(0, decided.cars_needed - len(alive))
    parts = [part for part in range(1, decided.cars_needed + len(taken) + 1) if part not in taken][:missing]
    for part in parts:
        _open_part(uow, decided, part, double_id)


def visits_of_request(uow: UnitOfWork, care_request_id: uuid.UUID) -> list[Visit]:
    """The visits that were opened for a care request, one a car."""
    return list(
        uow.session.scalars(sa.select(Visit).where(Visit.care_request_id == care_request_id).order_by(Visit.part))
    )


def _open_part(uow: UnitOfWork, decided: TriageDecided, part: int, double_id: uuid.UUID | None) -> None:
    held = hold(uow, roster.tonight(uow).id)
    night = held.night
    client = uow.session.get(Client, decided.subject_id) if decided.subject_id else None
    place = place_of(uow, client)
    service_minutes = decided.service_minutes or DEFAULT_SERVICE_MINUTES
    window = _window(uow, decided.urgency, place["region_id"], night, service_minutes)
    visit = Visit(
        id=new_id(),
        night_id=night.id,
        organisation_id=decided.organisation_id or (client.organisation_id if client is not None else None),
        client_id=decided.subject_id,
        care_request_id=decided.care_request_id,
        part=part,
        double_id=double_id,
        reference=decided.reference if decided.cars_needed == 1 else f"{decided.reference}/{part}",
        kind=VisitKind.UNPLANNED,
        urgency=decided.urgency,
        status=VisitStatus.OPEN,
        complaint=decided.entry_complaint,
        question=decided.question,
        pathway_id=decided.pathway_id,
        opened_at=uow.now,
        window_start=window.start,
        window_end=window.end,
        latest_at=window.latest,
        service_minutes=service_minutes,
        required_competences=[str(one) for one in decided.required_competences],
        cars_needed=decided.cars_needed,
        version=1,
        is_locked=False,
        **place,
    )
    announce(uow, held, visit)


def add_planned(
    uow: UnitOfWork,
    *,
    id: uuid.UUID,
    client_id: uuid.UUID,
    title: str,
    window_start: datetime,
    window_end: datetime,
    service_minutes: int,
    urgency: Urgency = Urgency.U4,
    latest_at: datetime | None = None,
    required_competences: tuple[str, ...] = (),
    cars_needed: int = 1,
) -> Visit:
    """Put a planned visit on the night that its window falls in. The same id again changes nothing."""
    if (known := uow.session.get(Visit, id)) is not None:
        return known
    client = uow.session.get(Client, client_id)
    errors: dict[str, list[str]] = {}
    if client is None:
        errors["client_id"] = ["unknown"]
    if window_end < window_start or (latest_at is not None and latest_at < window_end):
        errors["window_end"] = ["before_start"]
    if urgency.is_life_threatening:
        errors["urgency"] = ["urgency_needs_112"]
    if client is None or errors:
        raise Invalid(errors)
    held = hold(uow, _night_for(uow, window_start).id)
    night = held.night
    place = place_of(uow, client)
    latest = latest_at or max(window_end, night.ends_at - timedelta(minutes=service_minutes))
    made: list[Visit] = []
    for part in range(1, cars_needed + 1):
        visit = Visit(
            id=id if part == 1 else new_id(),
            night_id=night.id,
            organisation_id=client.organisation_id,
            client_id=client.id,
            part=part,
            double_id=id if cars_needed > 1 else None,
            kind=VisitKind.PLANNED,
            urgency=urgency,
            status=VisitStatus.OPEN,
            complaint=title,
            opened_at=uow.now,
            window_start=window_start,
            window_end=window_end,
            latest_at=latest,
            service_minutes=service_minutes,
            required_competences=list(required_competences),
            cars_needed=cars_needed,
            version=1,
            is_locked=False,
            **place,
        )
        announce(uow, held, visit)
        made.append(visit)
    return made[0]


def announce(uow: UnitOfWork, held: HeldNight, visit: Visit) -> None:
    """Put a new visit on the record; one that was called for is watched from its first second."""
    held.add(visit)
    uow.session.flush()
    uow.record(VisitOpened(**event_header(visit), kind=visit.kind, urgency=visit.urgency, part=visit.part))
    fetching.ask_for_travel(uow, held.night.id)
    if visit.kind is VisitKind.UNPLANNED:
        alarm_when_nobody_can_go(uow, held, visit)
        watch_norm(uow, visit)


def watch_norm(uow: UnitOfWork, visit: Visit) -> None:
    """Look again when the response norm has passed: is somebody there?"""
    if visit.urgency in (Urgency.U2, Urgency.U3):
        uow.enqueue(
            "late_norm",
            {"visit_id": str(visit.id)},
            run_at=visit.window_end,
            key=f"norm:{visit.id}:{visit.window_end.isoformat()}",
        )


def watch_question(uow: UnitOfWork, registered: CareRequestRegistered) -> None:
    """Look again after a while: has anybody decided about this question?"""
    uow.enqueue(
        "late_norm",
        {"care_request_id": str(registered.care_request_id), "reference": registered.reference},
        run_at=max(uow.now, (registered.happened_at or uow.now) + timedelta(minutes=rules.UNDECIDED_MINUTES)),
        key=f"undecided:{registered.care_request_id}",
    )


def alarm_when_nobody_can_go(uow: UnitOfWork, held: HeldNight, visit: Visit) -> None:
    """Say at once that no car on duty may go, rather than when somebody looks."""
    need = need_of(visit, uow.now)
    blocking = {rules.Weight.NEVER, rules.Weight.NAMED}
    for car in held.cars():
        if not any(one.weight in blocking for one in rules.may_assign(need, car.on_duty(uow.now), now=uow.now)):
            return
    alarms.raise_alarm(uow, AlarmKind.NO_CAR, step="nobody_may_go", visit=visit)


def _change(uow: UnitOfWork, visit: Visit, decided: TriageDecided) -> None:
    """Re-triage: what changed is written on the visit, and on the phone of whoever has it."""
    if visit.status in OVER:
        return
    held, visit = for_change(uow, visit.id)
    night = held.night
    changes: list[str] = []
    wanted: dict[str, Any] = {
        "urgency": decided.urgency,
        "service_minutes": decided.service_minutes or visit.service_minutes,
        "required_competences": [str(one) for one in decided.required_competences],
        "complaint": decided.entry_complaint,
        "question": decided.question,
        "pathway_id": decided.pathway_id,
        "cars_needed": decided.cars_needed,
    }
    for name, value in wanted.items():
        if getattr(visit, name) != value:
            setattr(visit, name, value)
            changes.append(name)
    if not changes:
        return
    if "urgency" in changes and visit.status not in BUSY:
        window = _window(uow, visit.urgency, visit.region_id, night, visit.service_minutes)
        visit.window_start, visit.window_end, visit.latest_at = window.start, window.end, window.latest
        watch_norm(uow, visit)
    visit.version += 1
    night.plan_version += 1
    uow.record(VisitChanged(**event_header(visit), urgency=visit.urgency, changes=tuple(changes)))
    if visit.shift_id is not None:
        ask_replan(uow, night)  # more urgent or longer: the visits behind it may be better off elsewhere


def cancel(uow: UnitOfWork, visit_id: uuid.UUID, *, reason: str) -> Visit:
    """Nobody needs to go any more; the nurse who had it is told. Cancelling twice changes nothing."""
    _, visit = for_change(uow, visit_id)
    if visit.status is VisitStatus.CANCELLED:
        return visit
    if visit.status is VisitStatus.DONE:
        raise VisitIsOver()
    if visit.status is VisitStatus.ON_SCENE:
        raise NurseIsThere()
    return _cancel(uow, visit, reason=reason)


def _cancel(uow: UnitOfWork, visit: Visit, *, reason: str) -> Visit:
    held, visit = for_change(uow, visit.id)
    old_shift_id = visit.shift_id
    if visit.assignment_id is not None:
        assign.end_assignment(uow, visit, reason=f"cancelled: {reason}")
    visit.status, visit.cancelled_at, visit.cancel_reason = VisitStatus.CANCELLED, uow.now, reason
    visit.version += 1
    alarms.resolve(uow, tuple(AlarmKind), visit=visit)
    uow.record(VisitCancelled(**event_header(visit, feed_id=old_shift_id), reason=reason))
    partners = partners_of(uow, visit)
    for partner in partners:
        count_cars(uow, partner, len(partners))
    if old_shift_id is not None:
        assign.route_shrank(uow, held, visit, old_shift_id)
    else:
        held.night.plan_version += 1  # no plan may still count on it
    return visit


def lock(uow: UnitOfWork, visit_id: uuid.UUID, *, is_locked: bool) -> Visit:
    """Pin a visit to its car and place, or let it go again; the planner never moves what is pinned."""
    held, visit = for_change(uow, visit_id)
    if visit.status in OVER:
        raise VisitIsOver()
    if visit.is_locked is not is_locked:
        visit.is_locked = is_locked
        visit.version += 1
        held.night.plan_version += 1
        uow.record(VisitLocked(**event_header(visit), is_locked=is_locked))
    return visit


def mark_reported(uow: UnitOfWork, visit_id: uuid.UUID) -> None:
    """The nurse's report has arrived; the board shows it."""
    visit = uow.session.get(Visit, visit_id)
    if visit is None:
        raise NotFound()
    visit.reported_at = visit.reported_at or uow.now


def move_visits(uow: UnitOfWork, merged: ClientMerged) -> None:
    """The client turned out to be somebody known: the visits go along, and so do the nurses' treatment relations."""
    if merged.subject_id is not None:
        for visit in _visits_of_client(uow, merged.subject_id):
            _give_to_client(uow, visit, merged.into_client_id)


def name_visit(uow: UnitOfWork, identified: ClientIdentified) -> None:
    """It has become known whose question it was: so is whose visit it is."""
    for visit in visits_of_request(uow, identified.care_request_id):
        if visit.client_id != identified.client_id:
            _give_to_client(uow, visit, identified.client_id)


def relocate_visits(uow: UnitOfWork, changed: ClientChanged) -> None:
    """A corrected address or a pin on the map moves tonight's visits there."""
    if changed.subject_id is None or not {"lat", "lon", "point", "postcode"} & set(changed.changes):
        return
    for visit in _visits_of_client(uow, changed.subject_id):
        if visit.status not in OVER:
            _give_to_client(uow, visit, changed.subject_id)


def _visits_of_client(uow: UnitOfWork, client_id: uuid.UUID) -> list[Visit]:
    return list(uow.session.scalars(sa.select(Visit).where(Visit.client_id == client_id)))


def _give_to_client(uow: UnitOfWork, visit: Visit, client_id: uuid.UUID) -> None:
    client = uow.session.get_one(Client, client_id)
    old_client_id, visit.client_id, visit.organisation_id = visit.client_id, client.id, client.organisation_id
    if visit.status not in OVER:
        for name, value in place_of(uow, client).items():
            setattr(visit, name, value)
        fetching.ask_for_travel(uow, visit.night_id)
        if visit.shift_id is not None and old_client_id != client.id:
            assign.relate(uow, visit)
    visit.version += 1
    uow.record(VisitMoved(**event_header(visit)))


def place_of(uow: UnitOfWork, client: Client | None) -> dict[str, Any]:
    """Where a client's door is and in which region, as far as known."""
    area = uow.session.get(PostcodeArea, client.postcode[:4]) if client is not None and client.postcode else None
    lat = client.lat if client is not None else None
    lon = client.lon if client is not None else None
    if lat is None and area is not None:
        lat, lon = area.lat, area.lon
    return {"lat": lat, "lon": lon, "region_id": area.region_id if area is not None else None}


def _window(
    uow: UnitOfWork, urgency: Urgency, region_id: uuid.UUID | None, night: Night, service_minutes: int
) -> rules.Window:
    return rules.window_for(
        urgency,
        since=uow.now,
        night_ends_at=night.ends_at,
        service_minutes=service_minutes,
        minutes=response_minutes(urgency, norms_of(uow.session, region_id)),
    )


def _night_for(uow: UnitOfWork, moment: datetime) -> Night:
    found = uow.session.scalar(
        sa.select(Night)
        .where(Night.starts_at <= moment, Night.ends_at > moment)
        .order_by(Night.starts_at.desc())
        .limit(1)
    )
    if found is None:
        starts_at, ends_at = night_around(moment)
        return roster.open_night(uow, starts_at=min(starts_at, moment), ends_at=ends_at)
    if found.closed_at is not None:
        raise roster.NightIsClosed()
    return found
