"""What later rooms and the desk hear of what a nurse did."""

import uuid
from dataclasses import dataclass
from typing import ClassVar

from backend.phone.rules import CommandKind, NeededAfter, ProblemSolved
from backend.platform.events import Event
from backend.triage.rules import Counterfactual


@dataclass(frozen=True, kw_only=True)
class VisitReported(Event):
    """A nurse wrote about a visit: at `happened_at` on her phone, received whenever she had coverage."""

    look_back: ClassVar[tuple[str, ...]] = ("summary",)

    visit_id: uuid.UUID
    report_id: uuid.UUID
    version: int
    is_late: bool
    """The visit had been withdrawn or given to another car meanwhile: the desk must know of it."""
    is_fork: bool
    """Another version stands beside this one: two people wrote without seeing each other."""
    summary: str
    problem_solved: ProblemSolved
    needed_after: NeededAfter
    counterfactual: Counterfactual
    follow_ups: int


@dataclass(frozen=True, kw_only=True)
class CommandRefused(Event):
    """A phone asked something that cannot be. It stays visible on the phone; the desk sees it here."""

    command_id: uuid.UUID
    kind: CommandKind
    refusal: str
