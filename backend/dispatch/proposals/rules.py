"""When a plan proposal still counts, who stands fast in it, and how routes are put back: plain Python."""

import uuid
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LASTS = timedelta(minutes=10)
"""Cars drive on and times shift: an older proposal is worked out again before anybody says yes to it."""
UNDO = timedelta(minutes=10)
"""So long an accepted plan can be taken back."""
NO_ANSWER = timedelta(minutes=3)
"""A search that said nothing for so long beyond its own time will say nothing any more."""


class ProposalState(StrEnum):
    """Stand van een planvoorstel."""

    RUNNING = "running"
    READY = "ready"
    NOTHING_BETTER = "nothing_better"
    FAILED = "failed"
    OVERTAKEN = "overtaken"
    CANCELLED = "cancelled"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    UNDONE = "undone"


def state_now(
    state: ProposalState, *, made_for: int, plan_version: int, answered_at: datetime | None, now: datetime
) -> ProposalState:
    """A proposal that waits for a decision is overtaken as soon as the night is another one, or it is old."""
    if state is not ProposalState.READY:
        return state
    is_old = answered_at is not None and now - answered_at > LASTS
    return ProposalState.OVERTAKEN if is_old or made_for != plan_version else state


def is_silent(asked_at: datetime, limit_s: float, now: datetime) -> bool:
    """Has this search stopped answering?"""
    return now - asked_at > timedelta(seconds=limit_s) + NO_ANSWER


@dataclass(frozen=True)
class Standing:
    """Where a visit stands at this moment."""

    shift_id: uuid.UUID | None
    version: int
    is_assigned: bool
    """On a route, and not accepted or under way yet."""


def what_stays(
    moved: Mapping[uuid.UUID, uuid.UUID | None], versions: Mapping[uuid.UUID, int], now: Mapping[uuid.UUID, Standing]
) -> dict[uuid.UUID, str]:
    """Which of these moves cannot be taken back, and why: `changed` by somebody since, or `gone` from the night."""
    found: dict[uuid.UUID, str] = {}
    for visit_id in moved:
        standing = now.get(visit_id)
        if standing is None:
            found[visit_id] = "gone"
        elif standing.version != versions.get(visit_id) or not standing.is_assigned:
            found[visit_id] = "changed"
    return found


def put_back(
    current: Sequence[uuid.UUID], earlier: Sequence[uuid.UUID], here: Set[uuid.UUID], first: uuid.UUID | None
) -> list[uuid.UUID]:
    """A route as it was, with whatever came since left behind the visit that it follows now.

    `here`: what this car has after the putting back. `first`: what its nurse accepted as next, which stays first.
    """
    order = [one for one in earlier if one in here]
    before: uuid.UUID | None = None
    for one in current:
        if one not in here:
            continue
        if one not in order:
            order.insert(order.index(before) + 1 if before is not None else 0, one)
        before = one
    if first is not None and first in order:
        order.remove(first)
        order.insert(0, first)
    return order
