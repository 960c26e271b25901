"""What is read of the meetlat, the care pathways and the decisions that were made."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from backend.intake import queries as intake
from backend.intake.complaints import entry_complaints
from backend.platform.db import Session
from backend.platform.errors import DomainError, Invalid, NotFound
from backend.triage import urgency
from backend.triage.models import ScopeCriterion, ScopeList, TriageDecision
from backend.triage.pathways import CarePathway, Question, pathways
from backend.triage.rules import Abcd, AlarmSignal, Answer, Outcome, RiskGroup


class NoScopeList(DomainError):
    """At that moment no meetlat was in force."""

    code = "no_scope_list"
    http_status = 404


def scope_list_at(session: Session, moment: datetime) -> ScopeList | None:
    """The meetlat in force at that moment: from its start, up to and without its end."""
    return session.scalar(
        sa.select(ScopeList)
        .where(ScopeList.valid_from <= moment)
        .where(sa.or_(ScopeList.valid_until.is_(None), ScopeList.valid_until > moment))
    )


def scope_list(session: Session, *, at: datetime) -> ScopeList:
    """The meetlat in force at that moment; says so when there is none."""
    found = scope_list_at(session, at)
    if found is None:
        raise NoScopeList()
    return found


def criteria_for(session: Session, entry_complaint: str, *, at: datetime) -> list[ScopeCriterion]:
    """The rules that may apply: first those about this complaint, then those about any."""
    in_force = scope_list_at(session, at)
    lines = in_force.criteria if in_force else []
    about_it = [line for line in lines if entry_complaint in line.entry_complaints]
    return [*about_it, *(line for line in lines if not line.entry_complaints)]


def offer(
    session: Session,
    *,
    now: datetime,
    entry_complaint: str,
    client_id: uuid.UUID | None,
    care_request_id: uuid.UUID | None,
    abcd: Abcd,
    answers: Mapping[str, Answer],
    alarm_signals: list[AlarmSignal],
    risk_groups: list[RiskGroup],
) -> dict[str, Any]:
    """What is laid before the triagist: an urgency with its reasons, and the rules of the meetlat that may apply."""
    pathway = pathways().for_complaint(entry_complaint)
    if refused := pathway.refused(answers):
        raise Invalid({field: [code] for field, code in refused.items()})
    request = intake.care_request(session, care_request_id) if care_request_id else None
    client_id = request.client_id if request else client_id
    signals = frozenset(alarm_signals) | signals_from_look_back(
        session, client_id, now=now, care_request_id=care_request_id
    )
    proposal = urgency.propose(pathway, abcd=abcd, answers=answers, alarm_signals=signals, risk_groups=risk_groups)
    criteria = criteria_for(session, entry_complaint, at=request.received_at if request else now)
    return {
        "proposed_urgency": proposal.urgency,
        "reasons": proposal.reasons,
        "alarm_signals": sorted(signals),
        "pathway_id": pathway.id,
        "pathway_version": pathway.version,
        "suggested_criterion_ids": [criterion.id for criterion in criteria],
        "suggested_competences": proposal.competences,
        "suggested_service_minutes": pathway.service_minutes,
        "suggested_cars_needed": proposal.cars_needed,
        "must_call_emergency": proposal.urgency.is_life_threatening,
    }


def signals_from_look_back(
    session: Session, client_id: uuid.UUID | None, *, now: datetime, care_request_id: uuid.UUID | None
) -> frozenset[AlarmSignal]:
    """The alarm signals that the record raises by itself: "tweede keer contact" within 72 hours (NTS)."""
    if client_id is None:
        return frozenset()
    found = intake.look_back(session, client_id, now=now, apart_from=care_request_id)
    return frozenset({AlarmSignal.SECOND_CONTACT}) if found.is_second_contact else frozenset()


def current_decision(session: Session, care_request_id: uuid.UUID) -> TriageDecision | None:
    """The decision on this question that no later one superseded."""
    decisions = decisions_on(session, care_request_id)
    return decisions[-1] if decisions else None


def is_current(session: Session, decision: TriageDecision) -> bool:
    """Does this decision still count?"""
    current = current_decision(session, decision.care_request_id)
    return current is not None and current.id == decision.id


def decisions_on(session: Session, care_request_id: uuid.UUID) -> list[TriageDecision]:
    """Every decision on this question, from the first to the one that counts."""
    found = session.scalars(sa.select(TriageDecision).where(TriageDecision.care_request_id == care_request_id))
    after = {decision.supersedes_id: decision for decision in found}
    chain: list[TriageDecision] = []
    while (follower := after.get(chain[-1].id if chain else None)) is not None:
        chain.append(follower)
    return chain


def described_decisions(session: Session, care_request_id: uuid.UUID) -> list[dict[str, Any]]:
    """Every decision on this question as it is shown, the first one first."""
    request = intake.care_request(session, care_request_id)
    chain = decisions_on(session, request.id)
    return [described(decision, is_current=decision is chain[-1]) for decision in chain]


def described(decision: TriageDecision, *, is_current: bool) -> dict[str, Any]:
    """A decision as it is shown: its columns, and in words what was asked, answered and applied."""
    columns = {column.key: getattr(decision, column.key) for column in sa.inspect(TriageDecision).column_attrs}
    criterion = decision.criterion
    reason, referral, emergency = None, None, None
    if decision.change_reason is not None:
        reason = {"code": decision.change_reason, "text": decision.change_note}
    if decision.outcome.is_referral:
        referral = {
            "target": decision.referral_target,
            "person_reached": decision.person_reached,
            "spoken_at": decision.spoken_at,
            "not_reached_reason": decision.not_reached_reason,
        }
    if decision.outcome is Outcome.EMERGENCY_CALL:
        emergency = {"handed_over_at": decision.handed_over_at, "handed_over_to": decision.handed_over_to}
    return {
        **columns,
        "is_current": is_current,
        "answer_lines": decision.answer_lines,
        "change_reason": reason,
        "scope_rule": decision.scope_rule,
        "scope_list_version": criterion.scope_list.version if criterion else None,
        "referral": referral,
        "emergency": emergency,
    }


def care_pathways() -> list[dict[str, Any]]:
    """The current care pathways as the desk and the phone show them."""
    return [_shown_pathway(pathway) for pathway in pathways().current.values()]


def care_pathway(pathway_id: str, version: int) -> dict[str, Any]:
    """One version of a care pathway, retired or not."""
    pathway = pathways().version(pathway_id, version)
    if pathway is None:
        raise NotFound()
    return _shown_pathway(pathway)


def catalogue() -> list[dict[str, str]]:
    """Every entry complaint, with the care pathway that it opens."""
    return [
        {"code": code, "label": complaint.label, "pathway_id": pathways().for_complaint(code).id}
        for code, complaint in entry_complaints().items()
    ]


def _shown_pathway(pathway: CarePathway) -> dict[str, Any]:
    return {
        "id": pathway.id,
        "version": pathway.version,
        "title": pathway.title,
        "approval": pathway.approval,
        "entry_complaints": list(pathway.entry_complaints),
        "questions": [_shown_question(question) for question in pathway.questions],
        "advice": list(pathway.advice),
        "safety_net": list(pathway.safety_net),
        "competences": list(pathway.competences),
        "service_minutes": pathway.service_minutes,
        "report_template": dict(pathway.report_template),
    }


def _shown_question(question: Question) -> dict[str, Any]:
    return {
        "id": question.id,
        "text": question.text,
        "kind": question.kind,
        "hint": question.hint,
        "unit": question.unit,
        "options": [{"value": value, "label": label} for value, label in question.options.items()],
    }
