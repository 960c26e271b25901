"""What happens to a plan proposal, in the past tense; `topic_id` is the night."""

from dataclasses import dataclass
from uuid import UUID

from backend.dispatch.proposals.rules import ProposalState
from backend.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class ProposalAsked(Event):
    """Planvoorstel gevraagd: the desk wants to see better routes; `topic_id` is the night."""

    proposal_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProposalAnswered(Event):
    """Planvoorstel klaar, of niet gelukt: what the long search found."""

    proposal_id: UUID
    state: ProposalState
    moved: int = 0


@dataclass(frozen=True, kw_only=True)
class ProposalDecided(Event):
    """Besluit over een planvoorstel: accepted, declined, stopped, or taken back."""

    proposal_id: UUID
    state: ProposalState
    moved: int = 0
