"""How the demo's people do things: as their own actors, through the services that the screens use."""

import random
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from backend.demo import cast
from backend.demo.script import Ask, Decide, Report, Scene
from backend.demo.setting import demo_id
from backend.dispatch import assign, steps
from backend.dispatch.models import Assignment, Visit
from backend.dispatch.rules import Override, OverrideCode, VisitKind, VisitStatus
from backend.intake import queries as asked
from backend.intake import service as intake
from backend.intake.rules import Call, Caller, CallerRelation, Channel
from backend.people.accounts import StaffAccounts
from backend.people.models import Client, Staff
from backend.phone import service as phone
from backend.phone.rules import FollowUpOwner, NeededAfter, ProblemSolved
from backend.platform.actor import SYSTEM, Actor
from backend.platform.clock import local
from backend.platform.db import Session, reading
from backend.platform.ids import new_id
from backend.platform.login import LoginSession
from backend.platform.uow import UnitOfWork, unit_of_work
from backend.roster.models import Shift
from backend.triage import queries as judged
from backend.triage import service as triage
from backend.triage.rules import (
    Abcd,
    AbcdState,
    Assessment,
    ChangeReason,
    Counterfactual,
    EmergencyHandover,
    Outcome,
    Referral,
    ScopeVerdict,
    Urgency,
)

_SAFE = Abcd(**dict.fromkeys(("airway", "breathing", "circulation", "disability"), AbcdState.SAFE))
_UNSAFE = Abcd(airway=AbcdState.SAFE, breathing=AbcdState.SAFE, circulation=AbcdState.UNSAFE, disability=AbcdState.SAFE)
PLAYED_BY_A_PERSON_FOR = timedelta(hours=2)


def actor(login: str) -> Actor:
    """Somebody of the cast, as an actor."""
    with reading(SYSTEM) as session:
        found = StaffAccounts().by_id(session, demo_id("staff", login))
    if found is None:
        raise LookupError(f"{login} is not in the demo")
    return found


def ask(uow: UnitOfWork, asked_for: Ask) -> UUID:
    """Somebody calls; the desk writes it down."""
    client = uow.session.get_one(Client, demo_id("client", asked_for.client))
    relation = CallerRelation(asked_for.relation)
    name = client.label if relation is CallerRelation.CLIENT else (client.contact_name or "Buurman")
    number = client.phone if relation is CallerRelation.CLIENT else client.contact_phone
    request = intake.register(
        uow,
        care_request_id=new_id(),
        call=Call(
            caller=Caller(callback_number=number or "020 555 09 00", relation=relation, name=name,
                          is_with_client=relation is not CallerRelation.OTHER),
            question=asked_for.question,
            entry_complaint=asked_for.complaint,
            channel=Channel(asked_for.channel),
            client_id=client.id,
            received_at=uow.now,
            onset=asked_for.onset or None,
            measures_taken=asked_for.measures or None,
            contact_72h_checked=True,
        ),
    )  # fmt: skip
    return request.id


def decide(uow: UnitOfWork, care_request_id: UUID, decided: Decide) -> None:
    """The desk judges the question; the reason to differ from the proposal is what it heard on the phone."""
    request = asked.care_request(uow.session, care_request_id)
    wanted = ScopeVerdict.IN_SCOPE if decided.is_night_care else ScopeVerdict.OUT_OF_SCOPE
    rules = judged.scope_list_at(uow.session, request.received_at)
    criteria = rules.criteria if rules else []
    fitting = [c for c in criteria if c.verdict is wanted and request.entry_complaint in c.entry_complaints]
    criterion = (fitting or [c for c in criteria if c.verdict is wanted and not c.entry_complaints])[0]
    outcome = Outcome(decided.outcome)
    referral = Referral(spoken_at=uow.now, **decided.referral) if decided.referral else None
    emergency = EmergencyHandover(handed_over_at=uow.now, handed_over_to=decided.emergency_to)
    triage.decide(
        uow,
        decision_id=new_id(),
        care_request_id=care_request_id,
        assessment=Assessment(
            abcd=_UNSAFE if decided.emergency_to else _SAFE,
            final_urgency=Urgency(decided.urgency),
            outcome=outcome,
            counterfactual=Counterfactual(decided.counterfactual),
            change_reason=ChangeReason.CONTEXT,
            change_note="Gehoord aan de telefoon",
            scope_criterion_id=criterion.id,
            scope_verdict=criterion.verdict,
            advice=decided.advice or None,
            safety_net=decided.safety_net or None,
            needs_hands=outcome is Outcome.VISIT,
            required_competences=decided.competences,
            service_minutes=decided.minutes if outcome is Outcome.VISIT else None,
            referral=referral,
            emergency=emergency if decided.emergency_to else None,
            alternative=decided.alternative or None,
        ),
    )


def send_car(scene: Scene, care_request_id: UUID) -> None:
    """The desk sends the car of the scene to the visit that opened."""
    with unit_of_work(actor=actor("sam")) as uow:
        visit = uow.session.scalars(sa.select(Visit).where(Visit.care_request_id == care_request_id)).one()
        shift = uow.session.scalars(
            sa.select(Shift).where(Shift.night_id == visit.night_id, Shift.car_id == demo_id("car", scene.car))
        ).one()
        override = Override(code=OverrideCode.KNOWS_CLIENT, text="Kent de cliënt")
        assign.assign(uow, visit.id, assignment_id=new_id(), shift_id=shift.id, expected_version=visit.version,
                        override=override)  # fmt: skip


def is_played_by_a_person(session: Session, staff_id: UUID, now: datetime) -> bool:
    """Did somebody log in as this nurse a short while ago? Then the demo keeps its hands off her car."""
    since = now - PLAYED_BY_A_PERSON_FOR
    mine = sa.select(LoginSession.staff_id).where(LoginSession.staff_id == staff_id, LoginSession.started_at > since)
    return session.scalar(mine.limit(1)) is not None


def drive(night_id: UUID, now: datetime) -> None:
    """Every nurse whom nobody plays does the next thing that is due: accept, drive, arrive, write, finish."""
    with reading(SYSTEM) as session:
        shifts = session.scalars(sa.select(Shift).where(Shift.night_id == night_id, Shift.starts_at <= now)).all()
        idle = [shift for shift in shifts if not is_played_by_a_person(session, shift.nurse_id, now)]
        routes = {shift.id: dispatch_route(session, shift.id) for shift in idle}
        nurses = {shift.id: session.get_one(Staff, shift.nurse_id) for shift in idle}
        people = StaffAccounts()
        actors = {shift.id: people.by_id(session, nurses[shift.id].id) for shift in idle}
    for shift in idle:
        nurse = actors[shift.id]
        if nurse is None:
            continue
        for visit in routes[shift.id]:
            if visit.kind is VisitKind.UNPLANNED and visit.status is VisitStatus.ASSIGNED:
                _step(nurse, visit, "accept", now)
        if routes[shift.id]:
            _next_step(nurse, routes[shift.id][0], now)


def dispatch_route(session: Session, shift_id: UUID) -> list[Visit]:
    """What a car has still to do, in order; what is under way comes first."""
    open_visits = session.scalars(
        sa.select(Visit)
        .where(Visit.shift_id == shift_id, Visit.status.not_in([VisitStatus.DONE, VisitStatus.CANCELLED]))
        .order_by(Visit.sequence)
    ).all()
    busy = (VisitStatus.UNDER_WAY, VisitStatus.ON_SCENE)
    return sorted(open_visits, key=lambda visit: visit.status not in busy)


def _next_step(nurse: Actor, visit: Visit, now: datetime) -> None:
    match visit.status:
        case VisitStatus.ASSIGNED if visit.leave_at is not None and now >= visit.leave_at - timedelta(minutes=2):
            _step(nurse, visit, "accept", now)
        case VisitStatus.ACCEPTED if visit.leave_at is None or now >= visit.leave_at:
            _step(nurse, visit, "depart", now)
        case VisitStatus.UNDER_WAY if visit.departed_at is not None:
            if now >= visit.departed_at + timedelta(seconds=visit.travel_s or 300):
                _step(nurse, visit, "arrive", now)
        case VisitStatus.ON_SCENE if visit.arrived_at is not None:
            if now >= max(visit.arrived_at, visit.window_start) + timedelta(minutes=visit.service_minutes):
                _write(nurse, visit, now)
                _step(nurse, visit, "finish", now)


def _step(nurse: Actor, visit: Visit, step: str, now: datetime) -> None:
    with unit_of_work(actor=nurse) as uow:
        if step == "arrive":
            _tell_the_way(uow, visit, now)
        getattr(steps, step)(uow, visit_id=visit.id, happened_at=now)
        if step == "arrive" and visit.lat is not None and visit.lon is not None:
            steps.note_position(uow, lat=visit.lat, lon=visit.lon, happened_at=now)


def _tell_the_way(uow: UnitOfWork, visit: Visit, now: datetime) -> None:
    """Her phone told every minute where it was, round one corner; of one drive in five the screen was off."""
    drive = uow.session.get(Assignment, visit.assignment_id) if visit.assignment_id else None
    if drive is None or drive.trail is None or drive.departed_at is None or visit.lat is None or visit.lon is None:
        return
    if visit.id.int % 5 == 0:
        return
    lat, lon = drive.trail["start"]
    last_s = max(11, int((now - drive.departed_at).total_seconds()) - 1)
    for second in (*range(10, last_s, 60), last_s):
        done = 2 * second / last_s
        north, east = min(1.0, done), max(0.0, done - 1)
        steps.note_position(
            uow,
            lat=round(lat + north * (visit.lat - lat), 4),
            lon=round(lon + east * (visit.lon - lon), 4),
            happened_at=drive.departed_at + timedelta(seconds=second),
        )


def _write(nurse: Actor, visit: Visit, now: datetime) -> None:
    """The report of the scene, or for a planned visit the few words that belong to it."""
    told = REPORTS.pop(visit.care_request_id, None) if visit.care_request_id else None
    told = told or _plain_report(visit)
    follow_ups = []
    if told.follow_up:
        text, owner = told.follow_up
        follow_ups = [
            phone.Action(id=new_id(), text=text, owner=FollowUpOwner(owner), due_at=_noon_after_the_night(now))
        ]
    content = phone.Report(
        report_id=new_id(),
        subjective=told.subjective,
        objective=told.objective,
        evaluation=told.evaluation,
        plan=told.plan,
        measurements=[{"code": code, "value": value, "unit": unit} for code, value, unit in told.measurements],
        access_result="Binnen zonder moeite",
        problem_solved=ProblemSolved.YES,
        needed_after=NeededAfter(told.needed_after),
        safety_net_told=True,
        counterfactual=Counterfactual(told.counterfactual),
        follow_ups=follow_ups,
    )
    with unit_of_work(actor=nurse) as uow:
        phone.report(uow, visit_id=visit.id, content=content, happened_at=now)


def _noon_after_the_night(now: datetime) -> datetime:
    return (local(now) + timedelta(hours=20)).replace(hour=12, minute=0, second=0, microsecond=0)


REPORTS: dict[UUID, Report] = {}
"""What the nurses of the scenes will write, by question, until they have written it."""

_SLEEP = ("Lag wakker, geen klachten.", "Sliep, was goed wakker te krijgen.", "Voelt zich als anders.")


def _plain_report(visit: Visit) -> Report:
    said = random.Random(visit.id.int).choice(_SLEEP)  # the same words for the same visit
    if visit.kind is VisitKind.UNPLANNED:
        return Report(
            said, "Gekeken en geholpen volgens de vraag.", "Vraag van vannacht opgelost.", "Geen verdere actie nodig."
        )
    return Report(said, "Geen bijzonderheden gezien.", f"{visit.complaint}: gedaan zoals afgesproken.", "Volgende keer volgens planning.",
                  counterfactual="own_organisation")  # fmt: skip


def people_at_the_desk(session: Session, now: datetime) -> bool:
    """Is somebody playing the desk?"""
    desk = [demo_id("staff", login) for _, login, role in cast.DESK_STAFF if role == "triagist"]
    return any(is_played_by_a_person(session, staff_id, now) for staff_id in desk)
