"""Gathers what happened to one organisation's clients: every question and every planned visit, once."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from backend.dispatch.models import Assignment, Visit
from backend.dispatch.rules import VisitStatus
from backend.handover.models import HandoverEntry
from backend.intake.complaints import entry_complaints
from backend.intake.models import CareRequest
from backend.people.models import Client, Staff
from backend.phone.models import FollowUp, VisitReport
from backend.phone.rules import standing_versions
from backend.platform.db import Session
from backend.roster.models import Night, Shift
from backend.triage.models import TriageDecision


@dataclass(frozen=True, kw_only=True)
class Matter:
    """One question with everything that came of it, or one planned visit."""

    client: Client | None
    request: CareRequest | None = None
    decision: TriageDecision | None = None
    linked_to: CareRequest | None = None
    visits: Sequence[Visit] = ()
    nurses: dict[uuid.UUID, str] = field(default_factory=dict)
    reports: Sequence[VisitReport] = ()
    """The versions that stand, the oldest first."""
    follow_ups: Sequence[FollowUp] = ()

    @property
    def began_at(self) -> datetime:
        """When it came to us: a call that was typed in after the night counts from when it was typed in."""
        if self.request is not None:
            return self.request.registered_at
        return min(visit.opened_at for visit in self.visits)

    @property
    def shown_at(self) -> datetime:
        """Where in the night it belongs."""
        if self.request is not None:
            return self.request.received_at
        return min(visit.arrived_at or visit.window_start for visit in self.visits)

    @property
    def complaint(self) -> str:
        """The entry complaint in words, or what a planned visit was for."""
        code = self.request.entry_complaint if self.request is not None else self.visits[0].complaint
        known = entry_complaints().get(code)
        return known.label if known else code

    @property
    def sources(self) -> list[str]:
        """What the line rests on: when this changes, the organisation has to be told."""
        steps = [f"{visit.id}:{_stage(visit.status)}" for visit in self.visits]
        decided = [str(self.decision.id)] if self.decision is not None else []
        return sorted([*steps, *decided, *(str(report.id) for report in self.reports)])


def _stage(status: VisitStatus) -> str:
    return status.value if status in (VisitStatus.DONE, VisitStatus.CANCELLED) else "to_come"


def not_yet_told(session: Session, night: Night, organisation_id: uuid.UUID) -> list[Matter]:
    """What stands in no letter to this organisation yet, about its clients: nothing falls between two nights."""
    mine = HandoverEntry.organisation_id == organisation_id
    requests = session.scalars(
        sa.select(CareRequest).where(
            CareRequest.organisation_id == organisation_id,
            CareRequest.id.not_in(
                sa.select(HandoverEntry.care_request_id).where(mine, HandoverEntry.care_request_id.is_not(None))
            ),
        )
    ).all()
    planned = session.scalars(
        sa.select(Visit)
        .join(Night, Night.id == Visit.night_id)
        .where(
            Visit.organisation_id == organisation_id,
            Visit.care_request_id.is_(None),
            Night.starts_at <= night.starts_at,
            Visit.id.not_in(sa.select(HandoverEntry.visit_id).where(mine, HandoverEntry.visit_id.is_not(None))),
            sa.or_(Visit.double_id.is_(None), Visit.double_id.not_in(_told_doubles(mine))),
        )
    ).all()
    return matters(session, requests, planned)


def _told_doubles(mine: sa.ColumnElement[bool]) -> sa.Select[uuid.UUID | None]:
    """Planned visits of two nurses of which a letter tells: one line for both."""
    return (
        sa.select(Visit.double_id)
        .join(HandoverEntry, HandoverEntry.visit_id == Visit.id)
        .where(mine, Visit.double_id.is_not(None))
    )


def matter_of(session: Session, *, care_request_id: uuid.UUID | None, visit_id: uuid.UUID | None) -> Matter | None:
    """One question, or one planned visit, as it stands now."""
    if care_request_id is not None:
        request = session.get(CareRequest, care_request_id)
        return next(iter(matters(session, [request] if request else [], [])), None)
    visit = session.get(Visit, visit_id) if visit_id is not None else None
    if visit is None:
        return None
    if visit.care_request_id is not None:
        return matter_of(session, care_request_id=visit.care_request_id, visit_id=None)
    parts = _where(session, Visit, Visit.double_id, [visit.double_id]) or [visit]
    return next(iter(matters(session, [], parts)), None)


def matters(session: Session, requests: Sequence[CareRequest], planned: Sequence[Visit]) -> list[Matter]:
    """These questions and planned visits with all that belongs to them, in the order of the night."""
    visits = [*planned, *_where(session, Visit, Visit.care_request_id, (request.id for request in requests))]
    visit_ids = [visit.id for visit in visits]
    reports = _where(session, VisitReport, VisitReport.visit_id, visit_ids)
    standing = standing_versions({report.id: report.parent_id for report in reports})
    reports = sorted((report for report in reports if report.id in standing), key=lambda report: report.version)
    follow_ups = _where(session, FollowUp, FollowUp.report_id, standing)
    decisions = {
        decision.care_request_id: decision
        for decision in sorted(
            _where(session, TriageDecision, TriageDecision.care_request_id, (request.id for request in requests)),
            key=lambda decision: decision.decided_at,
        )
    }
    owners = [*(request.client_id for request in requests), *(visit.client_id for visit in planned)]
    clients = {client.id: client for client in _where(session, Client, Client.id, owners)}
    linked = {one.id: one for one in _where(session, CareRequest, CareRequest.id, (r.linked_to_id for r in requests))}
    nurses = _nurses(session, visit_ids)

    def gather(own: list[Visit], **more: Any) -> Matter:
        ids = {visit.id for visit in own}
        kept = [report for report in reports if report.visit_id in ids]
        return Matter(
            visits=sorted(own, key=lambda visit: (visit.part, visit.opened_at)),
            nurses={visit_id: name for visit_id, name in nurses.items() if visit_id in ids},
            reports=kept,
            follow_ups=[one for one in follow_ups if one.report_id in {report.id for report in kept}],
            **more,
        )

    asked = [
        gather(
            [visit for visit in visits if visit.care_request_id == request.id],
            request=request,
            decision=decisions.get(request.id),
            linked_to=linked.get(request.linked_to_id) if request.linked_to_id else None,
            client=clients.get(request.client_id) if request.client_id else None,
        )
        for request in requests
    ]
    doors: dict[uuid.UUID, list[Visit]] = {}
    for visit in planned:  # two nurses at one door are one visit to whoever reads about it
        doors.setdefault(visit.double_id or visit.id, []).append(visit)
    brought = [
        gather(parts, client=clients.get(parts[0].client_id) if parts[0].client_id else None)
        for parts in doors.values()
    ]
    return sorted([*asked, *brought], key=lambda matter: (matter.shown_at, str(matter.sources)))


def nobodys(session: Session, since: datetime) -> list[str]:
    """The numbers of questions of which nobody knows yet whose client it was."""
    found = session.scalars(
        sa.select(CareRequest)
        .where(CareRequest.organisation_id.is_(None), CareRequest.registered_at >= since)
        .order_by(CareRequest.number)
    )
    return [request.reference for request in found]


def _where(session: Session, kind: Any, column: Any, values: Iterable[Any]) -> list[Any]:
    wanted = set(values) - {None}
    return list(session.scalars(sa.select(kind).where(column.in_(wanted)))) if wanted else []


def _nurses(session: Session, visit_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Who went to each visit: the nurse of the last assignment."""
    if not visit_ids:
        return {}
    rows = session.execute(
        sa.select(Assignment.visit_id, Staff.name)
        .join(Shift, Shift.id == Assignment.shift_id)
        .join(Staff, Staff.id == Shift.nurse_id)
        .where(Assignment.visit_id.in_(visit_ids))
        .order_by(Assignment.ended_at.is_(None), Assignment.assigned_at)
    )
    return {row.visit_id: row.name for row in rows}
