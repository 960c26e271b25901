"""What the desk decides about a question, and how a new meetlat comes into force."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

import sqlalchemy as sa

from backend.intake import service as intake
from backend.intake.complaints import entry_complaints
from backend.intake.events import ClientIdentified
from backend.intake.models import CareRequest
from backend.intake.rules import RequestStatus
from backend.people import service as people
from backend.people.models import Client
from backend.people.rules import FundingLaw
from backend.platform.clock import iso
from backend.platform.db import Session
from backend.platform.errors import DomainError, Invalid
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork
from backend.triage import queries, rules, scope_lists, urgency
from backend.triage.events import ScopeListPublished, TriageDecided
from backend.triage.models import ScopeCriterion, ScopeList, TriageDecision
from backend.triage.pathways import CarePathway, pathways
from backend.triage.rules import Assessment, Circumstances, EmergencyHandover, Outcome, Referral
from backend.triage.scope_lists import DraftScopeList
from backend.triage.urgency import Proposal


class AlreadyDecided(DomainError):
    """Somebody decided on this question already: see that decision before making another."""

    code = "already_decided"


class CareRequestIsClosed(DomainError):
    """This question is finished; a new one takes its place."""

    code = "care_request_closed"


class VersionExists(DomainError):
    """Another list already carries this version."""

    code = "version_exists"


def decide(
    uow: UnitOfWork,
    *,
    decision_id: uuid.UUID,
    care_request_id: uuid.UUID,
    assessment: Assessment,
    supersedes_id: uuid.UUID | None = None,
    pathway_id: str | None = None,
    pathway_version: int | None = None,
    funding_law: FundingLaw | None = None,
) -> TriageDecision:
    """Decide what happens with a question. Sending the same decision twice changes nothing.

    A second decision names the one it supersedes, so that two desks never decide past each other.
    """
    request = intake.locked_request(uow.session, care_request_id)
    if (known := uow.session.get(TriageDecision, decision_id)) is not None:
        if known.care_request_id != request.id:
            raise intake.IdReused(reference=request.reference)
        return known
    _refuse_when_settled(uow.session, request, supersedes_id)

    pathway = _pathway(request, pathway_id, pathway_version)
    if refused := pathway.refused(assessment.answers):
        raise _invalid(refused)
    proposal, assessment = _weigh(uow, request, pathway, assessment)
    criterion = _criterion_in_force(uow.session, request, assessment.scope_criterion_id)
    known_here = Circumstances(
        now=uow.now,
        proposed_urgency=proposal.urgency,
        has_place=_has_place(uow.session, request),
        criterion_verdict=criterion.verdict if criterion else None,
        criterion_alternative=criterion.alternative if criterion else None,
    )
    if problems := rules.problems_with(assessment, known_here):
        raise _invalid(problems)

    seen = rules.proposal_seen(assessment, known_here)
    is_changed = assessment.final_urgency is not seen
    decision = TriageDecision(
        id=decision_id,
        care_request_id=request.id,
        organisation_id=request.organisation_id,
        supersedes_id=supersedes_id,
        decided_at=uow.now,
        decided_by=uow.actor.staff_id,
        decided_by_name=uow.actor.name,
        pathway_id=pathway.id,
        pathway_version=pathway.version,
        proposal_reasons=[asdict(reason) for reason in proposal.reasons],
        criterion=criterion,
        funding_law=funding_law,
        **_columns_of(
            replace(
                assessment,
                proposed_urgency=seen,
                change_reason=assessment.change_reason if is_changed else None,
                change_note=assessment.change_note if is_changed else None,
                alternative=rules.alternative_of(assessment, known_here),
            )
        ),
    )
    uow.session.add(decision)
    intake.note_decision(uow, request)
    if funding_law is not None and request.client_id is not None:
        people.set_funding_law(uow, request.client_id, funding_law=funding_law)
    uow.record(_decided(request, decision))
    return decision


def move_decisions(uow: UnitOfWork, identified: ClientIdentified) -> None:
    """It has become known whose question it was: its decisions go along to that organisation."""
    theirs = sa.select(TriageDecision).where(TriageDecision.care_request_id == identified.care_request_id)
    for decision in uow.session.scalars(theirs):
        decision.organisation_id = identified.organisation_id


def publish_scope_list(uow: UnitOfWork, draft: DraftScopeList) -> ScopeList:
    """Bring a meetlat into force from its date on; the one before it holds until then. Twice changes nothing."""
    if (known := uow.session.scalar(sa.select(ScopeList).where(ScopeList.version == draft.version))) is not None:
        if known.valid_from != draft.valid_from or [c.text for c in known.criteria] != [c.text for c in draft.criteria]:
            raise VersionExists(version=draft.version)
        return known
    newest = uow.session.scalar(sa.select(ScopeList).where(ScopeList.valid_until.is_(None)).with_for_update())
    problems = scope_lists.problems_with(draft, entry_complaints=set(entry_complaints()))
    # What was asked last night was judged by last night's list: a new one never reaches back.
    if "valid_from" not in problems and newest and draft.valid_from <= max(newest.valid_from, uow.now):
        problems["valid_from"] = "in_the_past"
    if problems:
        raise _invalid(problems)

    if newest:
        newest.valid_until = draft.valid_from
    published = ScopeList(
        id=new_id(),
        version=draft.version,
        valid_from=draft.valid_from,
        valid_until=None,
        approved_note=draft.approved_note,
        criteria=[
            ScopeCriterion(**{**vars(line), "id": new_id(), "entry_complaints": list(line.entry_complaints)})
            for line in draft.criteria
        ],
    )
    uow.session.add(published)
    uow.session.flush()
    uow.record(ScopeListPublished(scope_list_id=published.id, version=draft.version, valid_from=draft.valid_from))
    return published


def _refuse_when_settled(session: Session, request: CareRequest, supersedes_id: uuid.UUID | None) -> None:
    if request.status is RequestStatus.CLOSED:
        raise CareRequestIsClosed(reference=request.reference)
    current = queries.current_decision(session, request.id)
    if current is not None and current.id != supersedes_id:
        raise AlreadyDecided(
            decision_id=current.id,
            by=current.decided_by_name,
            at=iso(current.decided_at),
            outcome=current.outcome.value,
        )
    if current is None and supersedes_id is not None:
        raise Invalid({"supersedes_id": ["unknown_decision"]})


def _pathway(request: CareRequest, pathway_id: str | None, version: int | None) -> CarePathway:
    known = pathways()
    if pathway_id is None:
        return known.for_complaint(request.entry_complaint)
    # By its version: between question and decision a newer one may have come, and the answers are to the old one.
    found = known.version(pathway_id, version) if version is not None else known.current.get(pathway_id)
    if found is None:
        raise Invalid({"pathway_id": ["unknown_pathway"]})
    return found


def _weigh(
    uow: UnitOfWork, request: CareRequest, pathway: CarePathway, assessment: Assessment
) -> tuple[Proposal, Assessment]:
    """The house's own proposal, and the assessment completed with what the house knows of it."""
    signals = assessment.alarm_signals | queries.signals_from_look_back(
        uow.session, request.client_id, now=uow.now, care_request_id=request.id
    )
    proposal = urgency.propose(
        pathway,
        abcd=assessment.abcd,
        answers=assessment.answers,
        alarm_signals=signals,
        risk_groups=assessment.risk_groups,
    )
    is_visit = assessment.outcome is Outcome.VISIT
    minutes = assessment.service_minutes or (pathway.service_minutes if is_visit else None)
    return proposal, replace(assessment, alarm_signals=signals, service_minutes=minutes)


def _criterion_in_force(
    session: Session, request: CareRequest, criterion_id: uuid.UUID | None
) -> ScopeCriterion | None:
    """The applied rule, when it stands on the list that held at the time of the call."""
    in_force = queries.scope_list_at(session, request.received_at)
    if in_force is None or criterion_id is None:
        return None
    return next((criterion for criterion in in_force.criteria if criterion.id == criterion_id), None)


def _has_place(session: Session, request: CareRequest) -> bool:
    client = session.get(Client, request.client_id) if request.client_id else None
    is_somewhere = client is not None and (client.lat is not None or bool(client.address_line))
    return is_somewhere or bool(request.location_note)


def _invalid(problems: Mapping[str, str]) -> Invalid:
    return Invalid({field: [code] for field, code in problems.items()})


# Flattened below, or kept as the row itself: an emergency may name a rule that is not in force, and rests on none.
_ELSEWHERE = ("referral", "emergency", "scope_criterion_id")


def _columns_of(a: Assessment) -> dict[str, Any]:
    own = {field: value for field, value in vars(a).items() if field not in _ELSEWHERE}
    referral, emergency = a.referral or Referral(), a.emergency or EmergencyHandover()
    return {
        **own,
        "abcd": asdict(a.abcd),
        "answers": dict(a.answers),
        "alarm_signals": sorted(a.alarm_signals),
        "risk_groups": sorted(a.risk_groups),
        "required_competences": list(a.required_competences),
        "referral_target": referral.target or None,
        "person_reached": referral.person_reached,
        "spoken_at": referral.spoken_at,
        "not_reached_reason": referral.not_reached_reason,
        "handed_over_at": emergency.handed_over_at,
        "handed_over_to": emergency.handed_over_to or None,
    }


def _decided(request: CareRequest, decision: TriageDecision) -> TriageDecided:
    return TriageDecided(
        organisation_id=request.organisation_id,
        subject_id=request.client_id,
        stream_id=request.id,
        decision_id=decision.id,
        care_request_id=request.id,
        supersedes_id=decision.supersedes_id,
        reference=request.reference,
        received_at=request.received_at,
        outcome=decision.outcome,
        urgency=decision.final_urgency,
        proposed_urgency=decision.proposed_urgency,
        entry_complaint=request.entry_complaint,
        question=request.question,
        location_note=request.location_note,
        needs_hands=decision.needs_hands,
        required_competences=tuple(decision.required_competences),
        service_minutes=decision.service_minutes,
        cars_needed=decision.cars_needed,
        pathway_id=decision.pathway_id,
        pathway_version=decision.pathway_version,
        scope_verdict=decision.scope_verdict,
        scope_rule=decision.scope_rule,
        advice=decision.advice,
        safety_net=decision.safety_net,
        alternative=decision.alternative,
        referral_target=decision.referral_target,
        counterfactual=decision.counterfactual,
    )
