"""What is kept of the meetlat, and of every decision that was made with it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.intake.models import CareRequest
from backend.people.models import TreatmentRelation, treats
from backend.people.rules import FundingLaw
from backend.platform.actor import Actor, Scope
from backend.platform.clock import now
from backend.platform.db import Base, Visible
from backend.triage.pathways import pathways
from backend.triage.rules import ChangeReason, Counterfactual, Outcome, ScopeVerdict, Urgency


class ScopeList(Base):
    """Meetlat: what the organisations together call night care, in one version with its validity."""

    __tablename__ = "scope_list"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(sa.String(60), unique=True)
    valid_from: Mapped[datetime] = mapped_column(unique=True)
    valid_until: Mapped[datetime | None]
    """Up to, and without, this moment; open until a next version is published."""
    approved_note: Mapped[str] = mapped_column(sa.String(200))
    criteria: Mapped[list[ScopeCriterion]] = relationship(
        back_populates="scope_list", order_by="ScopeCriterion.number", lazy="selectin"
    )

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        """An agreement between the organisations: everybody who is logged in may read it."""
        return actor.scope is not Scope.NOTHING


class ScopeCriterion(Base):
    """Meetlatregel: one line of the meetlat, with its verdict and what to do when it says no."""

    __tablename__ = "scope_criterion"
    __table_args__ = (sa.UniqueConstraint("scope_list_id", "number"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    scope_list_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("scope_list.id"))
    number: Mapped[int]
    text: Mapped[str] = mapped_column(sa.Text)
    verdict: Mapped[ScopeVerdict]
    alternative: Mapped[str | None] = mapped_column(sa.Text)
    entry_complaints: Mapped[list[str]]
    """For which entry complaints it is offered; none means: for every one."""
    scope_list: Mapped[ScopeList] = relationship(back_populates="criteria")

    @classmethod
    def visible_to(cls, actor: Actor) -> bool:
        """As the list that it stands on."""
        return actor.scope is not Scope.NOTHING


class TriageDecision(Base):
    """Triagebesluit: how urgent it is and what happens now. A later one supersedes it; both are kept."""

    __tablename__ = "triage_decision"
    __table_args__ = (
        # The rules say it first. Should they ever be passed by, the database still sends no car to a resuscitation.
        sa.CheckConstraint(
            "final_urgency NOT IN ('U0', 'U1') OR (outcome = 'emergency_call' AND handed_over_at IS NOT NULL)",
            name="life_threatening_goes_to_112",
        ),
        # One first decision a request, and one successor a decision: a chain, whatever happens at the same time.
        sa.Index(
            "uq_triage_decision_first",
            "care_request_id",
            unique=True,
            sqlite_where=sa.column("supersedes_id").is_(None),
            postgresql_where=sa.column("supersedes_id").is_(None),
        ),
        sa.Index(None, "care_request_id", "decided_at"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    care_request_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("care_request.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("organisation.id"), index=True)
    supersedes_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("triage_decision.id"), unique=True)
    decided_at: Mapped[datetime]
    decided_by: Mapped[uuid.UUID | None]
    decided_by_name: Mapped[str] = mapped_column(sa.String(120))

    abcd: Mapped[dict[str, Any]]
    answers: Mapped[dict[str, Any]]
    alarm_signals: Mapped[list[str]]
    risk_groups: Mapped[list[str]]
    pathway_id: Mapped[str] = mapped_column(sa.String(40))
    pathway_version: Mapped[int]

    proposed_urgency: Mapped[Urgency]
    proposal_reasons: Mapped[list[dict[str, Any]]]
    final_urgency: Mapped[Urgency]
    change_reason: Mapped[ChangeReason | None]
    change_note: Mapped[str | None] = mapped_column(sa.Text)

    scope_criterion_id: Mapped[uuid.UUID | None] = mapped_column(sa.ForeignKey("scope_criterion.id"))
    scope_verdict: Mapped[ScopeVerdict | None]
    scope_override_reason: Mapped[str | None] = mapped_column(sa.Text)

    outcome: Mapped[Outcome]
    advice: Mapped[str | None] = mapped_column(sa.Text)
    safety_net: Mapped[str | None] = mapped_column(sa.Text)
    needs_hands: Mapped[bool]
    required_competences: Mapped[list[str]]
    service_minutes: Mapped[int | None]
    cars_needed: Mapped[int]
    referral_target: Mapped[str | None] = mapped_column(sa.String(200))
    person_reached: Mapped[str | None] = mapped_column(sa.String(200))
    spoken_at: Mapped[datetime | None]
    not_reached_reason: Mapped[str | None] = mapped_column(sa.Text)
    handed_over_at: Mapped[datetime | None]
    handed_over_to: Mapped[str | None] = mapped_column(sa.String(200))
    alternative: Mapped[str | None] = mapped_column(sa.Text)
    counterfactual: Mapped[Counterfactual]
    funding_law: Mapped[FundingLaw | None]

    care_request: Mapped[CareRequest] = relationship()
    criterion: Mapped[ScopeCriterion | None] = relationship(lazy="joined")

    @property
    def scope_rule(self) -> str | None:
        """The applied rule in words, as it stood when it was applied."""
        return f"{self.criterion.number}. {self.criterion.text}" if self.criterion else None

    @property
    def answer_lines(self) -> list[dict[str, str]]:
        """The questions that were asked and what was answered, in the words of that version of the pathway."""
        pathway = pathways().version(self.pathway_id, self.pathway_version)
        return pathway.lines(self.answers) if pathway else []

    @classmethod
    def visible_to(cls, actor: Actor) -> Visible:
        """The desk sees all, an organisation its own, a nurse those of the clients she was sent to."""
        if actor.scope is Scope.ORGANISATION:
            return cls.organisation_id == actor.organisation_id
        if actor.scope is Scope.ASSIGNED:
            hers = sa.select(CareRequest.id).join(
                TreatmentRelation, TreatmentRelation.client_id == CareRequest.client_id
            )
            return cls.care_request_id.in_(hers.where(treats(actor, now())))
        return actor.sees_all
