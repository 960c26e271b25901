"""What later rooms hear of this one."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from backend.intake.rules import CallerRelation, Channel
from backend.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class CareRequestRegistered(Event):
    """A question came in and has a number. It happened when the phone rang, not when it was typed."""

    look_back: ClassVar[tuple[str, ...]] = ("reference", "entry_complaint", "question")

    care_request_id: UUID
    reference: str
    channel: Channel
    caller_relation: CallerRelation
    entry_complaint: str
    question: str


@dataclass(frozen=True, kw_only=True)
class ClientIdentified(Event):
    """It has become known whose question this is; the header's subject is that client."""

    care_request_id: UUID
    client_id: UUID
    previous_client_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CareRequestsLinked(Event):
    """Two calls turned out to be about the same thing; figures count them once."""

    care_request_id: UUID
    linked_to_id: UUID
    is_settled: bool


@dataclass(frozen=True, kw_only=True)
class CareRequestClosed(Event):
    """Nothing more has to happen with this question."""

    care_request_id: UUID
