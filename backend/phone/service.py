"""A nurse writes about a visit. What she wrote is never lost, whatever happened to the visit meanwhile."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from backend.dispatch.models import Assignment, Visit
from backend.dispatch.opening import mark_reported
from backend.dispatch.rules import VisitStatus
from backend.intake.events import ClientIdentified
from backend.people.events import ClientMerged
from backend.people.rules import ReservedProcedure
from backend.phone import rules
from backend.phone.events import VisitReported
from backend.phone.models import CommandResult, FollowUp, VisitReport
from backend.phone.rules import FollowUpOwner, NeededAfter, Priority, ProblemSolved
from backend.platform.errors import DomainError, NotFound
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork
from backend.roster.models import Shift
from backend.triage.rules import Counterfactual


class OrderSourceMissing(DomainError):
    """A reserved procedure names nobody who ordered it (standing order, GP by phone, GP post)."""

    code = "order_source_missing"
    http_status = 422


class ReportIdReused(DomainError):
    """There is a report with this id already, and it says something else."""

    code = "id_reused"
    http_status = 422


@dataclass(frozen=True, kw_only=True)
class Action:
    """A follow-up action as the phone sends it."""

    id: uuid.UUID
    text: str
    owner: FollowUpOwner
    due_at: datetime | None = None
    priority: Priority = Priority.NORMAL


@dataclass(frozen=True, kw_only=True)
class Report:
    """A visit report as the phone sends it."""

    report_id: uuid.UUID
    parent_id: uuid.UUID | None = None
    subjective: str = ""
    objective: str = ""
    evaluation: str = ""
    plan: str = ""
    measurements: Sequence[dict[str, Any]] = ()
    procedures: Sequence[dict[str, Any]] = ()
    medication_given: Sequence[dict[str, Any]] = ()
    access_result: str | None = None
    problem_solved: ProblemSolved
    needed_after: NeededAfter = NeededAfter.NONE
    safety_net_told: bool = False
    counterfactual: Counterfactual = Counterfactual.UNKNOWN
    follow_ups: Sequence[Action] = ()
    incident: bool = False


def report(uow: UnitOfWork, *, visit_id: uuid.UUID, content: Report, happened_at: datetime) -> VisitReport:
    """Keep one version of a visit report; sending the same version twice changes nothing.

    It is accepted for every visit that was ever hers, also when the desk withdrew it or sent another car meanwhile.
    """
    visit = uow.session.get(Visit, visit_id, with_for_update=True)  # two who write at once are numbered in turn
    assignment = _her_assignment(uow, visit_id)
    if visit is None or assignment is None or uow.actor.staff_id is None:
        raise NotFound()
    if missing := rules.procedures_without_order(content.procedures, ReservedProcedure):
        raise OrderSourceMissing(procedures=missing)

    parents = {
        version.id: version.parent_id
        for version in uow.session.scalars(sa.select(VisitReport).where(VisitReport.visit_id == visit_id))
    }
    parent_id = content.parent_id if content.parent_id in parents else None
    is_late = assignment.ended_at is not None or visit.status is VisitStatus.CANCELLED
    is_fork = rules.is_fork(parent_id, parents)
    kept = VisitReport(
        id=content.report_id,
        visit_id=visit.id,
        client_id=visit.client_id,
        organisation_id=visit.organisation_id,
        shift_id=assignment.shift_id,
        author_id=uow.actor.staff_id,
        author_name=uow.actor.name,
        parent_id=parent_id,
        version=len(parents) + 1,
        subjective=content.subjective,
        objective=content.objective,
        evaluation=content.evaluation,
        plan=content.plan,
        measurements=[rules.judge(m["code"], m["value"], m.get("unit")).as_dict() for m in content.measurements],
        procedures=list(content.procedures),
        medication_given=list(content.medication_given),
        access_result=content.access_result,
        problem_solved=content.problem_solved,
        needed_after=content.needed_after,
        safety_net_told=content.safety_net_told,
        counterfactual=content.counterfactual,
        incident=content.incident,
        is_late=is_late,
        happened_at=happened_at,
        received_at=uow.now,
    )
    if (known := uow.session.get(VisitReport, kept.id)) is not None:
        if not _says_the_same(known, kept):
            raise ReportIdReused(report_id=str(kept.id))
        return known
    uow.session.add(kept)
    uow.session.flush()
    uow.session.add_all(_follow_ups(kept, content.follow_ups))
    mark_reported(uow, visit.id)
    uow.record(
        VisitReported(
            organisation_id=visit.organisation_id,
            subject_id=visit.client_id,
            stream_id=visit.care_request_id,
            topic_id=visit.id,
            feed_id=visit.shift_id,
            happened_at=happened_at,
            visit_id=visit.id,
            report_id=kept.id,
            version=kept.version,
            is_late=is_late,
            is_fork=is_fork,
            summary=rules.summary_of(kept.subjective, kept.objective, kept.evaluation, kept.plan),
            problem_solved=kept.problem_solved,
            needed_after=kept.needed_after,
            counterfactual=kept.counterfactual,
            follow_ups=len(content.follow_ups),
        )
    )
    return kept


_SAID = ("visit_id", "author_id", "subjective", "objective", "evaluation", "plan", "measurements", "procedures",
         "medication_given", "access_result", "problem_solved", "needed_after", "counterfactual")  # fmt: skip


def _says_the_same(known: VisitReport, other: VisitReport) -> bool:
    return all(getattr(known, name) == getattr(other, name) for name in _SAID)


def _her_assignment(uow: UnitOfWork, visit_id: uuid.UUID) -> Assignment | None:
    """The newest time that this visit was given to the nurse who writes; one in force goes before one that ended."""
    return uow.session.scalars(
        sa.select(Assignment)
        .join(Shift, Shift.id == Assignment.shift_id)
        .where(Assignment.visit_id == visit_id, Shift.nurse_id == uow.actor.staff_id)
        .order_by(Assignment.ended_at.is_not(None), Assignment.assigned_at.desc())
        .limit(1)
    ).first()


def _follow_ups(kept: VisitReport, actions: Sequence[Action]) -> list[FollowUp]:
    unique = {action.id: action for action in actions}
    return [
        FollowUp(
            id=new_id(),
            phone_id=action.id,
            report_id=kept.id,
            visit_id=kept.visit_id,
            organisation_id=kept.organisation_id,
            author_id=kept.author_id,
            text=action.text,
            owner=action.owner,
            due_at=action.due_at,
            priority=action.priority,
        )
        for action in unique.values()
    ]


def purge_results(uow: UnitOfWork) -> int:
    """Forget answers that no phone can ask for any more, and return how many."""
    limit = uow.now - rules.RESULT_RETENTION
    gone = uow.session.execute(sa.delete(CommandResult).where(CommandResult.created_at < limit))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def follow_visits(uow: UnitOfWork, happened: ClientMerged | ClientIdentified) -> None:
    """It became known whose visits these were: the reports go along, for their new organisation to see."""
    client_id = happened.into_client_id if isinstance(happened, ClientMerged) else happened.client_id
    rows = uow.session.execute(
        sa.select(VisitReport, Visit)
        .join(Visit, Visit.id == VisitReport.visit_id)
        .where(Visit.client_id == client_id, VisitReport.client_id.is_distinct_from(Visit.client_id))
    ).all()
    for kept, visit in rows:
        kept.client_id, kept.organisation_id = visit.client_id, visit.organisation_id
        for action in uow.session.scalars(sa.select(FollowUp).where(FollowUp.report_id == kept.id)):
            action.organisation_id = visit.organisation_id
