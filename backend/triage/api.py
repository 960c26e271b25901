"""What the desk sends and asks about urgency, the meetlat, care pathways and decisions."""

import uuid
from typing import Any

from flask.views import MethodView

from backend.intake.complaints import entry_complaints
from backend.people.rules import Role
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.errors import Invalid
from backend.platform.uow import unit_of_work
from backend.platform.web import Blueprint
from backend.triage import queries, service, shapes
from backend.triage.rules import Abcd, Assessment, EmergencyHandover, Referral

blp = Blueprint("triage", __name__, url_prefix="/api/v1", description="Triage: how urgent, and what happens now")


@blp.route("/entry-complaints")
class EntryComplaints(MethodView):
    @blp.access(Role.TRIAGIST, Role.NURSE, Role.TEAM_MANAGER, Role.ADMIN)
    @blp.response(200, shapes.EntryComplaintsOut)
    def get(self) -> shapes.EntryComplaintsOut:
        """List the entry complaints, each with the care pathway it opens"""
        return shapes.EntryComplaintsOut.of({"entry_complaints": queries.catalogue()})


@blp.route("/scope-list")
class ScopeListInForce(MethodView):
    @blp.access(Role.TRIAGIST, Role.NURSE, Role.TEAM_MANAGER, Role.ADMIN)
    @blp.arguments(shapes.ScopeListQuery, location="query")
    @blp.response(200, shapes.ScopeListOut)
    def get(self, data: dict[str, Any]) -> shapes.ScopeListOut:
        """Show the meetlat in force"""
        with reading() as session:
            return shapes.ScopeListOut.of(queries.scope_list(session, at=data["at"] or now()))


@blp.route("/care-pathways")
class CarePathways(MethodView):
    @blp.access(Role.TRIAGIST, Role.NURSE, Role.ADMIN)
    @blp.response(200, shapes.CarePathwaysOut)
    def get(self) -> shapes.CarePathwaysOut:
        """List the current care pathways"""
        return shapes.CarePathwaysOut.of({"pathways": queries.care_pathways()})


@blp.route("/care-pathways/<string:pathway_id>/<int:version>")
class CarePathwayVersion(MethodView):
    @blp.access(Role.TRIAGIST, Role.NURSE, Role.ADMIN)
    @blp.response(200, shapes.CarePathwayOut)
    def get(self, pathway_id: str, version: int) -> shapes.CarePathwayOut:
        """Show one version of a care pathway, also when it is retired"""
        return shapes.CarePathwayOut.of(queries.care_pathway(pathway_id, version))


@blp.route("/urgency-proposals")
class UrgencyProposals(MethodView):
    @blp.access(Role.TRIAGIST)
    @blp.arguments(shapes.UrgencyProposalIn)
    @blp.response(200, shapes.UrgencyProposalOut)
    def post(self, data: dict[str, Any]) -> shapes.UrgencyProposalOut:
        """Propose an urgency, with its reasons; keeps nothing"""
        if data["entry_complaint"] not in entry_complaints():
            raise Invalid({"entry_complaint": ["unknown_entry_complaint"]})
        data["abcd"], data["answers"] = Abcd(**data["abcd"]), _given(data["answers"])
        with reading() as session:
            return shapes.UrgencyProposalOut.of(queries.offer(session, now=now(), **data))


@blp.route("/care-requests/<uuid:care_request_id>/triage-decisions")
class TriageDecisions(MethodView):
    @blp.access(Role.TRIAGIST, Role.ADMIN)
    @blp.response(200, shapes.TriageDecisionsOut)
    def get(self, care_request_id: uuid.UUID) -> shapes.TriageDecisionsOut:
        """List the decisions on a care request, the first one first"""
        with reading() as session:
            return shapes.TriageDecisionsOut.of(
                {"triage_decisions": queries.described_decisions(session, care_request_id)}
            )

    @blp.access(Role.TRIAGIST)
    @blp.arguments(shapes.TriageDecisionIn)
    @blp.response(201, shapes.TriageDecisionOut)
    def post(self, data: dict[str, Any], care_request_id: uuid.UUID) -> shapes.TriageDecisionOut:
        """Record a triage decision"""
        about = {name: data.pop(name) for name in ("supersedes_id", "pathway_id", "pathway_version", "funding_law")}
        with unit_of_work() as uow:
            decision = service.decide(
                uow,
                decision_id=data.pop("id"),
                care_request_id=care_request_id,
                assessment=_assessment(data),
                **about,
            )
            return shapes.TriageDecisionOut.of(
                queries.described(decision, is_current=queries.is_current(uow.session, decision))
            )


def _assessment(data: dict[str, Any]) -> Assessment:
    change = data.pop("change_reason") or {}
    referral, emergency = data.pop("referral"), data.pop("emergency")
    return Assessment(
        **{
            **data,
            "abcd": Abcd(**data["abcd"]),
            "answers": _given(data["answers"]),
            "alarm_signals": frozenset(data["alarm_signals"]),
            "risk_groups": frozenset(data["risk_groups"]),
            "required_competences": tuple(dict.fromkeys(data["required_competences"])),
            "change_reason": change.get("code"),
            "change_note": change.get("text"),
            "referral": Referral(**{**referral, "target": referral["target"] or ""}) if referral else None,
            "emergency": EmergencyHandover(**{**emergency, "handed_over_to": emergency["handed_over_to"] or ""})
            if emergency
            else None,
        }
    )


def _given(answers: dict[str, Any]) -> dict[str, Any]:
    """Only the questions that were answered: an empty field is no answer."""
    return {question_id: answer for question_id, answer in answers.items() if answer is not None}
