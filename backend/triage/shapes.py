"""The shapes in which triage travels: what a decision says coming in, and how it is shown."""

from marshmallow import validate

from backend.people.rules import FundingLaw, ReservedProcedure
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


class EntryComplaintOut(Schema):
    code = fields.String(required=True)
    label = fields.String(required=True)
    pathway_id = fields.String(required=True)


class EntryComplaintsOut(Schema):
    entry_complaints = fields.List(fields.Nested(EntryComplaintOut), required=True)


class ScopeCriterionOut(Schema):
    id = fields.UUID(required=True)
    number = fields.Integer(required=True)
    text = fields.String(required=True)
    verdict = fields.Enum(ScopeVerdict, by_value=True, required=True)
    alternative = fields.String(required=True, allow_none=True)
    entry_complaints = fields.List(fields.String(), required=True)


class ScopeListOut(Schema):
    id = fields.UUID(required=True)
    version = fields.String(required=True)
    valid_from = fields.Instant(required=True)
    valid_until = fields.Instant(required=True, allow_none=True)
    approved_note = fields.String(required=True)
    criteria = fields.List(fields.Nested(ScopeCriterionOut), required=True)


class ScopeListQuery(Schema):
    at = fields.Instant(load_default=None, metadata={"description": "The list in force at this time; now by default"})


class ChoiceOut(Schema):
    value = fields.String(required=True)
    label = fields.String(required=True)


class QuestionOut(Schema):
    id = fields.String(required=True)
    text = fields.String(required=True)
    kind = fields.Enum(QuestionKind, by_value=True, required=True)
    hint = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    options = fields.List(fields.Nested(ChoiceOut), required=True)


class MeasurementOut(Schema):
    code = fields.String(required=True)
    label = fields.String(required=True)
    unit = fields.String(required=True)


class ReportTemplateOut(Schema):
    subjective = fields.List(fields.String(), required=True)
    objective = fields.List(fields.String(), required=True)
    evaluation = fields.List(fields.String(), required=True)
    plan = fields.List(fields.String(), required=True)
    measurements = fields.List(fields.Nested(MeasurementOut), required=True)


class CarePathwayOut(Schema):
    id = fields.String(required=True)
    version = fields.Integer(required=True)
    title = fields.String(required=True)
    approval = fields.String(required=True)
    entry_complaints = fields.List(fields.String(), required=True)
    questions = fields.List(fields.Nested(QuestionOut), required=True)
    advice = fields.List(fields.String(), required=True)
    safety_net = fields.List(fields.String(), required=True)
    competences = fields.List(fields.String(), required=True)
    service_minutes = fields.Integer(required=True)
    report_template = fields.Nested(ReportTemplateOut, required=True)


class CarePathwaysOut(Schema):
    pathways = fields.List(fields.Nested(CarePathwayOut), required=True)


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


class UrgencyReasonOut(Schema):
    code = fields.String(required=True)
    urgency = fields.String(required=True, validate=validate.OneOf(list(Urgency)))
    params = fields.Dict(keys=fields.String(), required=True)


class UrgencyProposalOut(Schema):
    proposed_urgency = fields.Enum(Urgency, by_value=True, required=True)
    reasons = fields.List(fields.Nested(UrgencyReasonOut), required=True)
    alarm_signals = fields.List(fields.Enum(AlarmSignal, by_value=True), required=True)
    pathway_id = fields.String(required=True)
    pathway_version = fields.Integer(required=True)
    suggested_criterion_ids = fields.List(fields.UUID(), required=True)
    suggested_competences = fields.List(fields.String(), required=True)
    suggested_service_minutes = fields.Integer(required=True)
    suggested_cars_needed = fields.Integer(required=True)
    must_call_emergency = fields.Boolean(required=True)


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


class AnswerLineOut(Schema):
    id = fields.String(required=True)
    question = fields.String(required=True)
    answer = fields.String(required=True)


class ReferralOut(Schema):
    target = fields.String(required=True)
    person_reached = fields.String(required=True, allow_none=True)
    spoken_at = fields.Instant(required=True, allow_none=True)
    not_reached_reason = fields.String(required=True, allow_none=True)


class EmergencyOut(Schema):
    handed_over_at = fields.Instant(required=True)
    handed_over_to = fields.String(required=True)


class ChangeReasonOut(Schema):
    code = fields.Enum(ChangeReason, by_value=True, required=True)
    text = fields.String(required=True, allow_none=True)


class TriageDecisionOut(Schema):
    id = fields.UUID(required=True)
    care_request_id = fields.UUID(required=True)
    supersedes_id = fields.UUID(required=True, allow_none=True)
    is_current = fields.Boolean(required=True)
    decided_at = fields.Instant(required=True)
    decided_by = fields.UUID(required=True, allow_none=True)
    decided_by_name = fields.String(required=True)
    abcd = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    answers = fields.Dict(keys=fields.String(), required=True)
    answer_lines = fields.List(fields.Nested(AnswerLineOut), required=True)
    alarm_signals = fields.List(fields.String(), required=True)
    risk_groups = fields.List(fields.String(), required=True)
    pathway_id = fields.String(required=True)
    pathway_version = fields.Integer(required=True)
    proposed_urgency = fields.Enum(Urgency, by_value=True, required=True)
    proposal_reasons = fields.List(fields.Nested(UrgencyReasonOut), required=True)
    final_urgency = fields.Enum(Urgency, by_value=True, required=True)
    change_reason = fields.Nested(ChangeReasonOut, required=True, allow_none=True)
    scope_list_version = fields.String(required=True, allow_none=True)
    scope_criterion_id = fields.UUID(required=True, allow_none=True)
    scope_rule = fields.String(required=True, allow_none=True)
    scope_verdict = fields.Enum(ScopeVerdict, by_value=True, required=True, allow_none=True)
    scope_override_reason = fields.String(required=True, allow_none=True)
    outcome = fields.Enum(Outcome, by_value=True, required=True)
    advice = fields.String(required=True, allow_none=True)
    safety_net = fields.String(required=True, allow_none=True)
    needs_hands = fields.Boolean(required=True)
    required_competences = fields.List(fields.String(), required=True)
    service_minutes = fields.Integer(required=True, allow_none=True)
    cars_needed = fields.Integer(required=True)
    referral = fields.Nested(ReferralOut, required=True, allow_none=True)
    emergency = fields.Nested(EmergencyOut, required=True, allow_none=True)
    alternative = fields.String(required=True, allow_none=True)
    counterfactual = fields.Enum(Counterfactual, by_value=True, required=True)
    funding_law = fields.Enum(FundingLaw, by_value=True, required=True, allow_none=True)


class TriageDecisionsOut(Schema):
    triage_decisions = fields.List(fields.Nested(TriageDecisionOut), required=True)
