"""What later rooms hear of a triage decision."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from backend.platform.events import Event
from backend.triage.rules import Counterfactual, Outcome, ScopeVerdict, Urgency


@dataclass(frozen=True, kw_only=True)
class TriageDecided(Event):
    """It is known what happens with a care request; dispatch opens a visit when the outcome says so.

    A decision that supersedes an earlier one names it: whatever that one set going is to be reconsidered.
    """

    look_back: ClassVar[tuple[str, ...]] = ("outcome", "urgency", "advice")

    decision_id: UUID
    care_request_id: UUID
    supersedes_id: UUID | None
    reference: str
    received_at: datetime
    outcome: Outcome
    urgency: Urgency
    proposed_urgency: Urgency
    entry_complaint: str
    question: str
    location_note: str | None
    needs_hands: bool
    required_competences: tuple[str, ...]
    service_minutes: int | None
    cars_needed: int
    pathway_id: str
    pathway_version: int
    scope_verdict: ScopeVerdict | None
    scope_rule: str | None
    advice: str | None
    safety_net: str | None
    alternative: str | None
    referral_target: str | None
    counterfactual: Counterfactual


@dataclass(frozen=True, kw_only=True)
class ScopeListPublished(Event):
    """From a moment on, another version of the meetlat holds."""

    scope_list_id: UUID
    version: str
    valid_from: datetime
