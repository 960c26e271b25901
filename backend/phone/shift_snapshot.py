"""What one phone may hold tonight: the visits of its own shift, with no more of a client than the work needs."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from msgspec.structs import replace

from backend.dispatch.models import Visit
from backend.dispatch.rules import OVER, VisitStatus
from backend.intake.complaints import entry_complaints
from backend.intake.models import CareRequest
from backend.people.models import Client, Organisation, Partnership, Region, Staff
from backend.people.rules import AccessType, Precision, Sex
from backend.phone.models import VisitReport
from backend.phone.shapes import (
    PhoneBreak,
    PhoneCallback,
    PhoneClient,
    PhoneContact,
    PhoneGp,
    PhoneLookBack,
    PhonePartner,
    PhonePlace,
    PhoneShift,
    PhoneTriage,
    PhoneVisit,
)
from backend.platform.answers import Moment
from backend.platform.clock import local
from backend.platform.db import Session
from backend.roster.models import Car, HomeBase, Shift, ShiftBreak
from backend.triage.models import TriageDecision
from backend.triage.pathways import CarePathway


@dataclass(frozen=True, kw_only=True)
class Around:
    """A handful of visits with everything about them, read in one statement a table."""

    visits: Sequence[Visit] = ()
    clients: Mapping[uuid.UUID, Client] = field(default_factory=dict)
    organisations: Mapping[uuid.UUID, str] = field(default_factory=dict)
    requests: Mapping[uuid.UUID, CareRequest] = field(default_factory=dict)
    decisions: Mapping[uuid.UUID, TriageDecision] = field(default_factory=dict)
    reports: Mapping[uuid.UUID, uuid.UUID] = field(default_factory=dict)


def gather(session: Session, shift: Shift, wanted: set[uuid.UUID] | None) -> Around:
    """The wanted visits of this shift (all when None). `session` is the nurse's own: her scope is the first net."""
    if wanted is not None and not wanted:
        return Around()
    query = sa.select(Visit).where(Visit.shift_id == shift.id, Visit.status != VisitStatus.CANCELLED)
    if wanted is not None:
        query = query.where(Visit.id.in_(wanted))
    found = session.scalars(query).all()
    clients = _by_id(session, Client, {visit.client_id for visit in found})
    # Without a treatment relation there is no client to be seen, and then no visit either.
    visits = [visit for visit in found if visit.client_id is None or visit.client_id in clients]
    asked = {visit.care_request_id for visit in visits} - {None}
    decisions = session.scalars(
        sa.select(TriageDecision).where(TriageDecision.care_request_id.in_(asked)).order_by(TriageDecision.decided_at)
    )
    reports = session.scalars(
        sa.select(VisitReport)
        .where(VisitReport.visit_id.in_([visit.id for visit in visits]))
        .order_by(VisitReport.version)
    )
    organisations = _by_id(session, Organisation, {client.organisation_id for client in clients.values()})
    return Around(
        visits=visits,
        clients=clients,
        organisations={one.id: one.name for one in organisations.values()},
        requests=_by_id(session, CareRequest, asked),
        decisions={decision.care_request_id: decision for decision in decisions},  # the last one stands
        reports={report.visit_id: report.id for report in reports},
    )


def visits(
    around: Around,
    look_back: Mapping[uuid.UUID, list[PhoneLookBack]],
    partners: Mapping[uuid.UUID, PhonePartner],
    now: datetime,
) -> dict[uuid.UUID, PhoneVisit]:
    """These visits as the phone may hold them; a visit that is not among them has left the phone."""
    return {
        visit.id: _visit(visit, around, look_back.get(visit.id, []), partners.get(visit.id), now)
        for visit in around.visits
    }


def look_back_card(contacts: Sequence[Mapping[str, Any]]) -> list[PhoneLookBack]:
    """What happened in the last 72 hours, in a line each."""
    return [
        PhoneLookBack(
            happened_at=Moment(contact["happened_at"]),
            outcome=contact["outcome"],
            summary=contact["summary"] or contact["advice"] or contact["question"] or "",
        )
        for contact in contacts
    ]


def pathway_card(pathway: CarePathway) -> dict[str, Any]:
    """What the phone needs of a care pathway: the words for the report, and when to call back."""
    return {
        "id": pathway.id,
        "version": pathway.version,
        "title": pathway.title,
        "entry_complaints": list(pathway.entry_complaints),
        "competences": list(pathway.competences),
        "service_minutes": pathway.service_minutes,
        "advice": list(pathway.advice),
        "safety_net": list(pathway.safety_net),
        "report_template": dict(pathway.report_template),
    }


def shift_card(session: Session, shift: Shift, nurse_name: str, now: datetime) -> PhoneShift:
    """The shift itself, with the number of the desk: the fallback for everything."""
    car, home, region_name = session.execute(
        sa.select(Car, HomeBase, Region.name)
        .join(HomeBase, HomeBase.id == Car.home_base_id)
        .outerjoin(Region, Region.id == Car.region_id)
        .where(Car.id == shift.car_id)
    ).one()
    partnership = session.get(Partnership, 1)
    return PhoneShift(
        id=str(shift.id),
        car_name=car.name,
        car_number=car.number,
        nurse_name=nurse_name,
        region_name=region_name,
        starts_at=Moment(shift.starts_at),
        ends_at=Moment(shift.ends_at),
        desk_phone=partnership.desk_phone if partnership else None,
        rest=_rest(session, shift, now),
        home=PhonePlace(lat=home.lat, lon=home.lon),
    )


def _rest(session: Session, shift: Shift, now: datetime) -> PhoneBreak | None:
    """The break that she is in, else the next one."""
    rows = session.scalars(
        sa.select(ShiftBreak)
        .where(ShiftBreak.shift_id == shift.id, ShiftBreak.cancelled_at.is_(None), ShiftBreak.ended_at.is_(None))
        .order_by(ShiftBreak.earliest_at)
    )
    for rest in rows:
        begins_at = rest.started_at or rest.planned_at
        if begins_at is not None and begins_at + rest.length > now:
            return PhoneBreak(from_at=Moment(begins_at), until_at=Moment(begins_at + rest.length))
    return None


def partner_cards(session: Session, around: Around) -> dict[uuid.UUID, PhonePartner]:
    """Which car and nurse come to the same door, and when; `session` is the house's, and no client is in it."""
    mine = {visit.double_id: visit for visit in around.visits if visit.double_id is not None}
    if not mine:
        return {}
    rows = session.execute(
        sa.select(Visit, Car.name, Staff.name)
        .join(Shift, Shift.id == Visit.shift_id)
        .join(Car, Car.id == Shift.car_id)
        .join(Staff, Staff.id == Shift.nurse_id)
        .where(Visit.double_id.in_(mine), Visit.status.not_in(OVER))
        .order_by(Visit.part)
    )
    found: dict[uuid.UUID, PhonePartner] = {}
    for other, car_name, nurse_name in rows:
        visit = mine.get(other.double_id) if other.double_id is not None else None
        if visit is not None and other.id != visit.id:
            begins_at = other.arrived_at or other.eta_at
            begins_at = max(begins_at, other.window_start) if begins_at and not other.arrived_at else begins_at
            found[visit.id] = PhonePartner(car_name=car_name, nurse_name=nurse_name, begins_at=Moment.maybe(begins_at))
    return found


def _by_id(session: Session, kind: Any, ids: set[Any]) -> dict[uuid.UUID, Any]:
    wanted = ids - {None}
    if not wanted:
        return {}
    return {row.id: row for row in session.scalars(sa.select(kind).where(kind.id.in_(wanted)))}


def _visit(
    visit: Visit, around: Around, look_back: list[PhoneLookBack], partner: PhonePartner | None, now: datetime
) -> PhoneVisit:
    request = around.requests.get(visit.care_request_id) if visit.care_request_id else None
    decision = around.decisions.get(visit.care_request_id) if visit.care_request_id else None
    client = around.clients.get(visit.client_id) if visit.client_id else None
    report_id = around.reports.get(visit.id)
    is_behind = visit.status in OVER and report_id is not None
    complaint = entry_complaints().get(visit.complaint)
    return PhoneVisit(
        id=str(visit.id),
        reference=visit.reference,
        kind=visit.kind,
        urgency=visit.urgency,
        status=visit.status,
        sequence=visit.sequence,
        eta_at=Moment.maybe(visit.eta_at),
        travel_s=visit.travel_s,
        travel_source=visit.travel_source,
        window_start=Moment(visit.window_start),
        window_end=Moment(visit.window_end),
        latest_at=Moment(visit.latest_at),
        service_minutes=visit.service_minutes,
        version=visit.version,
        complaint=complaint.label if complaint else visit.complaint,
        question=visit.question,
        onset=request.onset if request else None,
        measures_taken=request.measures_taken if request else None,
        location_note=request.location_note if request else None,
        callback=_callback(request) if request is not None and not is_behind else None,
        client=_client(client, around, now, is_behind=is_behind) if client else _nobody_known(visit),
        triage=_triage(decision) if decision else None,
        pathway_id=visit.pathway_id,
        look_back=[] if is_behind else look_back,
        required_competences=visit.required_competences,
        cars_needed=visit.cars_needed,
        partner=partner,
        assigned_at=Moment.maybe(visit.assigned_at),
        accepted_at=Moment.maybe(visit.accepted_at),
        departed_at=Moment.maybe(visit.departed_at),
        arrived_at=Moment.maybe(visit.arrived_at),
        finished_at=Moment.maybe(visit.finished_at),
        report_id=str(report_id) if report_id else None,
    )


def _callback(request: CareRequest) -> PhoneCallback:
    return PhoneCallback(name=request.caller_name, relation=request.caller_relation, number=request.callback_number)


_EMPTY_CARD = PhoneClient(
    label="Onbekende cliënt", age=None, birth_date=None, sex=Sex.UNKNOWN, phone=None, street="",
    house_number=None, addition="", postcode=None, city="", entry_note=None, lat=None, lon=None,
    precision=Precision.UNKNOWN, access_type=AccessType.UNKNOWN, access_note=None, alerts=[], language=None,
    contact=None, gp=None, treatment_limits=None, organisation=None,
)  # fmt: skip


def _client(client: Client, around: Around, now: datetime, *, is_behind: bool) -> PhoneClient:
    """Who lives there. Once a visit is done and reported the phone keeps the name and the address, no more."""
    card = replace(
        _EMPTY_CARD,
        label=client.label,
        age=client.age_on(local(now).date()),
        birth_date=client.birth_date.isoformat() if client.birth_date else None,
        sex=client.sex,
        street=client.street,
        house_number=client.house_number,
        addition=client.addition,
        postcode=client.postcode,
        city=client.city,
        lat=client.lat,
        lon=client.lon,
        precision=client.precision,
        organisation=around.organisations.get(client.organisation_id) if client.organisation_id else None,
    )
    if is_behind:
        return card
    return replace(
        card,
        phone=client.phone,
        entry_note=client.entry_note or None,
        access_type=client.access_type,
        access_note=client.access_note or None,
        alerts=client.alerts,
        language=client.language,
        contact=_contact(client) if client.contact_name or client.contact_phone else None,
        gp=PhoneGp(name=client.gp_name, phone=client.gp_phone) if client.gp_name or client.gp_phone else None,
        treatment_limits=client.treatment_limits,
    )


def _contact(client: Client) -> PhoneContact:
    return PhoneContact(name=client.contact_name, phone=client.contact_phone, relation=client.contact_relation)


def _nobody_known(visit: Visit) -> PhoneClient:
    """Somebody of whom the desk knows no more than a place; the rest stands in the location note."""
    precision = Precision.PINNED if visit.lat is not None else Precision.UNKNOWN
    return replace(_EMPTY_CARD, lat=visit.lat, lon=visit.lon, precision=precision)


_LETTERS = {"airway": "A", "breathing": "B", "circulation": "C", "disability": "D"}
_STATES = {"unsafe": "niet veilig", "unknown": "niet bekend"}


def _triage(decision: TriageDecision) -> PhoneTriage:
    odd = [f"{_LETTERS[name]} {_STATES[state]}" for name, state in decision.abcd.items() if state in _STATES]
    return PhoneTriage(
        abcd_note=", ".join(odd) if odd else "ABCD veilig",
        alarm_signals=decision.alarm_signals,
        advice=decision.advice,
        scope_rule=decision.scope_rule,
    )
