"""The shapes in which triage travels: what a decision says coming in, and how it is shown."""

import uuid

from marshmallow import validate

from backend.people.rules import FundingLaw, ReservedProcedure
from backend.platform.answers import Answer, Facts, Moment
from backend.platform.web import Schema, fields
from backend.triage.pathways import QuestionKind
from backend.triage.rules import (
    AbcdState,
    AlarmSignal,
    ChangeReason,
    Counterfactual,
    Outcome,
    RiskGroup,
    ScopeVerdict,
    Urgency,
)


class EntryComplaintOut(Answer):
    code: str
    label: str
    pathway_id: str


class EntryComplaintsOut(Answer):
    entry_complaints: list[EntryComplaintOut]


class ScopeCriterionOut(Answer):
    id: uuid.UUID
    number: int
    text: str
    verdict: ScopeVerdict
    alternative: str | None
    entry_complaints: list[str]


class ScopeListOut(Answer):
    id: uuid.UUID
    version: str
    valid_from: Moment
    valid_until: Moment | None
    approved_note: str
    criteria: list[ScopeCriterionOut]


class ScopeListQuery(Schema):
    at = fields.Instant(load_default=None, metadata={"description": "The list in force at this time; now by default"})


class ChoiceOut(Answer):
    value: str
    label: str


class QuestionOut(Answer):
    id: str
    text: str
    kind: QuestionKind
    hint: str | None
    unit: str | None
    options: list[ChoiceOut]


class MeasurementOut(Answer):
    code: str
    label: str
    unit: str


class ReportTemplateOut(Answer):
    subjective: list[str]
    objective: list[str]
    evaluation: list[str]
    plan: list[str]
    measurements: list[MeasurementOut]


class CarePathwayOut(Answer):
    id: str
    version: int
    title: str
    approval: str
    entry_complaints: list[str]
    questions: list[QuestionOut]
    advice: list[str]
    safety_net: list[str]
    competences: list[str]
    service_minutes: int
    report_template: ReportTemplateOut


class CarePathwaysOut(Answer):
    pathways: list[CarePathwayOut]


class AbcdShape(Schema):
    airway = fields.Enum(AbcdState, by_value=True, required=True)
    breathing = fields.Enum(AbcdState, by_value=True, required=True)
    circulation = fields.Enum(AbcdState, by_value=True, required=True)
    disability = fields.Enum(AbcdState, by_value=True, required=True)


def _answers() -> fields.Dict:
    """Answers by question id; which kind of value fits is the pathway's to say, question by question."""
    return fields.Dict(
        keys=fields.String(validate=validate.Length(max=60)),
        values=fields.Raw(allow_none=True),
        validate=validate.Length(max=60),
        load_default=dict,
    )


class UrgencyProposalIn(Schema):
    entry_complaint = fields.Text(required=True, max=40)
    client_id = fields.UUID(allow_none=True, load_default=None)
    care_request_id = fields.UUID(
        allow_none=True,
        load_default=None,
        metadata={"description": "Once registered: it is no earlier contact of itself"},
    )
    abcd = fields.Nested(AbcdShape, required=True)
    answers = _answers()
    alarm_signals = fields.List(fields.Enum(AlarmSignal, by_value=True), load_default=list)
    risk_groups = fields.List(fields.Enum(RiskGroup, by_value=True), load_default=list)


class UrgencyReasonOut(Answer):
    code: str
    urgency: Urgency
    params: Facts


class UrgencyProposalOut(Answer):
    proposed_urgency: Urgency
    reasons: list[UrgencyReasonOut]
    alarm_signals: list[AlarmSignal]
    pathway_id: str
    pathway_version: int
    suggested_criterion_ids: list[uuid.UUID]
    suggested_competences: list[str]
    suggested_service_minutes: int
    suggested_cars_needed: int
    must_call_emergency: bool


class ChangeReasonShape(Schema):
    code = fields.Enum(ChangeReason, by_value=True, required=True)
    text = fields.Text(max=1000, allow_none=True, load_default=None)


class ReferralShape(Schema):
    target = fields.Text(max=200, allow_none=True, load_default=None)
    person_reached = fields.Text(max=200, allow_none=True, load_default=None)
    spoken_at = fields.Instant(allow_none=True, load_default=None)
    not_reached_reason = fields.Text(max=1000, allow_none=True, load_default=None)


class EmergencyShape(Schema):
    handed_over_at = fields.Instant(allow_none=True, load_default=None)
    handed_over_to = fields.Text(max=200, allow_none=True, load_default=None)


class TriageDecisionIn(Schema):
    id = fields.UUID(required=True)
    supersedes_id = fields.UUID(
        allow_none=True, load_default=None, metadata={"description": "The decision that this one replaces (re-triage)"}
    )
    abcd = fields.Nested(AbcdShape, required=True)
    answers = _answers()
    alarm_signals = fields.List(fields.Enum(AlarmSignal, by_value=True), load_default=list)
    risk_groups = fields.List(fields.Enum(RiskGroup, by_value=True), load_default=list)
    pathway_id = fields.Text(max=40, allow_none=True, load_default=None)
    pathway_version = fields.Integer(strict=True, allow_none=True, load_default=None)
    proposed_urgency = fields.Enum(Urgency, by_value=True, allow_none=True, load_default=None)
    final_urgency = fields.Enum(Urgency, by_value=True, required=True)
    change_reason = fields.Nested(ChangeReasonShape, allow_none=True, load_default=None)
    scope_criterion_id = fields.UUID(allow_none=True, load_default=None)
    scope_verdict = fields.Enum(ScopeVerdict, by_value=True, allow_none=True, load_default=None)
    scope_override_reason = fields.Text(max=1000, allow_none=True, load_default=None)
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    advice = fields.Text(max=4000, allow_none=True, load_default=None)
    safety_net = fields.Text(max=4000, allow_none=True, load_default=None)
    needs_hands = fields.Boolean(load_default=False)
    required_competences = fields.List(fields.Enum(ReservedProcedure, by_value=True), load_default=list)
    service_minutes = fields.Integer(strict=True, allow_none=True, load_default=None)
    cars_needed = fields.Integer(strict=True, load_default=1)
    referral = fields.Nested(ReferralShape, allow_none=True, load_default=None)
    emergency = fields.Nested(EmergencyShape, allow_none=True, load_default=None)
    alternative = fields.Text(max=1000, allow_none=True, load_default=None)
    counterfactual = fields.Enum(Counterfactual, by_value=True, allow_none=True, load_default=None)
    funding_law = fields.Enum(FundingLaw, by_value=True, allow_none=True, load_default=None)


class AnswerLineOut(Answer):
    id: str
    question: str
    answer: str


class ReferralOut(Answer):
    target: str
    person_reached: str | None
    spoken_at: Moment | None
    not_reached_reason: str | None


class EmergencyOut(Answer):
    handed_over_at: Moment
    handed_over_to: str


class ChangeReasonOut(Answer):
    code: ChangeReason
    text: str | None


class TriageDecisionOut(Answer):
    id: uuid.UUID
    care_request_id: uuid.UUID
    supersedes_id: uuid.UUID | None
    is_current: bool
    decided_at: Moment
    decided_by: uuid.UUID | None
    decided_by_name: str
    abcd: dict[str, str]
    answers: Facts
    answer_lines: list[AnswerLineOut]
    alarm_signals: list[str]
    risk_groups: list[str]
    pathway_id: str
    pathway_version: int
    proposed_urgency: Urgency
    proposal_reasons: list[UrgencyReasonOut]
    final_urgency: Urgency
    change_reason: ChangeReasonOut | None
    scope_list_version: str | None
    scope_criterion_id: uuid.UUID | None
    scope_rule: str | None
    scope_verdict: ScopeVerdict | None
    scope_override_reason: str | None
    outcome: Outcome
    advice: str | None
    safety_net: str | None
    needs_hands: bool
    required_competences: list[str]
    service_minutes: int | None
    cars_needed: int
    referral: ReferralOut | None
    emergency: EmergencyOut | None
    alternative: str | None
    counterfactual: Counterfactual
    funding_law: FundingLaw | None


class TriageDecisionsOut(Answer):
    triage_decisions: list[TriageDecisionOut]
