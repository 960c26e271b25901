"""The table of plan proposals: what was asked, what was found, what the desk decided about it."""

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from backend.dispatch.proposals.rules import ProposalState
from backend.platform.actor import Actor
from backend.platform.db import Base


class PlanProposal(Base):
    """Planvoorstel: better routes that the desk asked for, beside those that drive, until somebody says yes or no.

    It holds numbers, names of cars and ids of visits; nothing about a client.
    """

    __tablename__ = "plan_proposal"
    __table_args__ = (sa.Index(None, "night_id", "asked_at"),)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    night_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("night.id"))
    state: Mapped[ProposalState] = mapped_column(default=ProposalState.RUNNING)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[uuid.UUID | None]
    asked_by: Mapped[str] = mapped_column(sa.String(120))
    limit_s: Mapped[float]
    includes_assigned: Mapped[bool] = mapped_column(default=False)
    """May it also move what the desk assigned by hand? Somebody at the desk decides about it, so it may be asked."""
    plan_version: Mapped[int]
    """The night it was made for; when the night has moved on, the proposal is overtaken."""
    answered_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(sa.String(60))
    orders: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """`before` and `after`: shift -> visits in order. `versions`: visit -> its version, as the search saw it."""
    comparison: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """What the desk reads: totals, cars and visits, before and after (`comparison.compare`)."""
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[uuid.UUID | None]
    decided_by: Mapped[str | None] = mapped_column(sa.String(120))
    reason: Mapped[str | None] = mapped_column(sa.String(300))
    undo: Mapped[dict[str, Any]] = mapped_column(default=dict)
    """Once accepted, `moves` and `versions`: what it takes to go back. Once undone, `kept`: what did not go back."""

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        """For the desk: it is about the whole night."""
        return actor.sees_all
