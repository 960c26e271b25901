"""Turns what happened into the words of one line: why, seen, done, agreed, and what is left to do."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from backend.dispatch.models import Visit
from backend.dispatch.rules import VisitStatus
from backend.handover import rules
from backend.handover.collect import Matter
from backend.handover.phrases import (
    NEEDED_AFTER,
    OTHERWISE,
    OWNERS,
    REFERRED_TO,
    URGENCY_IN_WORDS,
    done_in_words,
    measured_in_words,
)
from backend.people.models import Client
from backend.phone.models import VisitReport
from backend.phone.rules import Flag, FollowUpOwner, NeededAfter, Priority, ProblemSolved
from backend.platform import dutch
from backend.platform.clock import iso, local
from backend.triage.models import TriageDecision
from backend.triage.rules import Outcome, ScopeVerdict

_ACTION_OF_DECISION = uuid.UUID("6f1d3c53-8f0e-4f0b-9a4e-0d6f2f6d9f10")

Line = dict[str, Any]


def entry_body(matter: Matter, *, now: datetime) -> dict[str, Any]:
    """One line of the letter, in the words that it will keep for ever."""
    today = local(now).date()
    outcome = matter.decision.outcome if matter.decision is not None else None
    going = [visit for visit in matter.visits if visit.status is not VisitStatus.CANCELLED]
    was_visited = bool(matter.reports) or any(visit.status is VisitStatus.DONE for visit in going)
    is_unfinished = _is_unfinished(matter, going, now)
    urgency = _urgency(matter)
    return {
        "kind": "question" if matter.request is not None else "planned",
        "reference": matter.request.reference if matter.request is not None else matter.visits[0].reference,
        "urgency": urgency,
        "urgency_words": URGENCY_IN_WORDS.get(urgency or "", ""),
        "client": matter.client.label if matter.client is not None else "Onbekende cliënt",
        "meta": _meta(matter, going, outcome),
        "lines": _lines(matter, outcome, was_visited=was_visited, now=now),
        "remarkable": _remarkable(matter.reports),
        "actions": _actions(matter, today=today),
        "way": _how_it_was_settled(outcome, going, was_visited=was_visited),
        "is_linked": matter.linked_to is not None,
        "was_visited": was_visited,
        "is_unfinished": is_unfinished,
        "went_to_112": outcome is Outcome.EMERGENCY_CALL
        or any(report.needed_after is NeededAfter.EMERGENCY for report in matter.reports),
        "on_scene_min": [minutes for visit in going if (minutes := _minutes_there(visit)) is not None],
        "sources": matter.sources,
    }


def _urgency(matter: Matter) -> str | None:
    if matter.decision is not None:
        return matter.decision.final_urgency.value
    return matter.visits[0].urgency.value if matter.visits else None


def _is_unfinished(matter: Matter, going: list[Visit], now: datetime) -> bool:
    if matter.request is None:
        return any(_is_under_way(visit) or _is_still_to_come(visit, now) for visit in going)
    if matter.linked_to is not None:
        return False
    return matter.decision is None or any(visit.status is not VisitStatus.DONE for visit in going)


def _is_under_way(visit: Visit) -> bool:
    return visit.status in (VisitStatus.UNDER_WAY, VisitStatus.ON_SCENE)


def _is_still_to_come(visit: Visit, now: datetime) -> bool:
    """Was the night closed before the visit's own time was over?"""
    return visit.status is not VisitStatus.DONE and visit.window_end > now


def _how_it_was_settled(outcome: Outcome | None, going: list[Visit], *, was_visited: bool) -> str:
    if was_visited or going or outcome is Outcome.VISIT:
        return "visit"
    if outcome is None:
        return "open"
    if outcome is Outcome.EMERGENCY_CALL:
        return "emergency"
    return "referred" if outcome.is_referral else "phone"


def _minutes_there(visit: Visit) -> int | None:
    if visit.arrived_at is None or visit.finished_at is None or visit.finished_at < visit.arrived_at:
        return None
    return round((visit.finished_at - visit.arrived_at).total_seconds() / 60)


# -- the line under the name -------------------------------------------------------------------------------------


def _meta(matter: Matter, going: list[Visit], outcome: Outcome | None) -> list[str]:
    parts = _who(matter.client)
    there = next((visit for visit in going if visit.arrived_at is not None), None)
    if matter.request is not None:
        parts.append(matter.request.reference)
    if there is not None and there.arrived_at is not None:
        until = f" – {_clock(there.finished_at)}" if there.finished_at else ""
        asked = f"gebeld {_clock(matter.request.received_at)}, " if matter.request is not None else ""
        parts.append(f"{asked}bezocht {_clock(there.arrived_at)}{until}")
    elif matter.request is not None:
        by_phone = outcome is not None and not going
        parts.append(f"{'telefonisch · ' if by_phone else 'gebeld '}{_clock(matter.request.received_at)}")
    else:
        parts.append(f"gepland {_clock(matter.visits[0].window_start)}")
    visited = {visit.id for visit in going if visit.arrived_at is not None or visit.status is VisitStatus.DONE}
    names = {name: "verpleegkundige" for visit_id, name in matter.nurses.items() if visit_id in visited}
    names |= {report.author_name: "verpleegkundige" for report in matter.reports}
    if not names and matter.decision is not None:
        names = {matter.decision.decided_by_name: "triagist"}
    parts += [f"{name}, {role}" for name, role in names.items()]
    if outcome is None and matter.request is not None:
        parts.append("nog niet beoordeeld")
    return parts


def _who(client: Client | None) -> list[str]:
    if client is None:
        return []
    born = [f"{client.birth_date:%d-%m-%Y}"] if client.birth_date else []
    return born + ([f"cliënt {client.client_number}"] if client.client_number else [])


def _clock(moment: datetime | None) -> str:
    return f"{local(moment):%H:%M}" if moment is not None else ""


# -- why, seen, done, agreed -------------------------------------------------------------------------------------


def _lines(matter: Matter, outcome: Outcome | None, *, was_visited: bool, now: datetime) -> list[Line]:
    lines: list[Line] = []

    def say(label: str, *texts: str | None) -> None:
        text = " ".join(part.strip() for part in texts if part and part.strip())
        if text:
            lines.append({"label": label, "text": text})

    if matter.request is not None:
        say(
            "Waarom",
            matter.request.question,
            f"Begin: {matter.request.onset.rstrip('.')}." if matter.request.onset else None,
        )
    else:
        say("Waarom", matter.complaint, matter.visits[0].question)
    if matter.linked_to is not None:
        say("Hoort bij", f"{matter.linked_to.reference}, een eerder gesprek over hetzelfde.")
    if matter.decision is not None:
        _say_decision(say, matter.decision)
    many = len({report.author_name for report in matter.reports}) > 1
    for report in matter.reports:
        _say_report(say, report, f" ({report.author_name})" if many else "")
    for visit in matter.visits:
        _say_missing(say, visit, now, has_report=any(report.visit_id == visit.id for report in matter.reports))
    if outcome is None and matter.request is not None and matter.linked_to is None and not was_visited:
        say("Stand", "De vraag was nog niet beoordeeld toen de nacht sloot. U krijgt een aanvulling.")
    say("Anders was", _otherwise(matter))
    return lines


def _say_decision(say: Any, decision: TriageDecision) -> None:
    say("Advies", decision.advice)
    say("Vangnet", decision.safety_net)
    if decision.scope_verdict is ScopeVerdict.OUT_OF_SCOPE:
        number = f", regel {decision.criterion.number}" if decision.criterion else ""
        say(
            "Meetlat",
            f"Geen nachtzorg volgens de meetlat{number}.",
            decision.criterion.text if decision.criterion else "",
        )
    if decision.outcome in REFERRED_TO:
        say("Doorverwezen", f"{REFERRED_TO[decision.outcome]}.", _reached(decision))
    if decision.outcome is Outcome.EMERGENCY_CALL:
        at = f" om {_clock(decision.handed_over_at)}" if decision.handed_over_at else ""
        to = f", {decision.handed_over_to}" if decision.handed_over_to else ""
        say("112", f"Overgedragen{at}{to}.")
    if decision.outcome is not Outcome.NOT_NIGHT_CARE:
        say("In plaats daarvan", decision.alternative)


def _reached(decision: TriageDecision) -> str | None:
    if decision.person_reached:
        at = f" om {_clock(decision.spoken_at)}" if decision.spoken_at else ""
        return f"Gesproken met {decision.person_reached}{at}."
    return f"Niemand bereikt: {decision.not_reached_reason}" if decision.not_reached_reason else None


def _say_report(say: Any, report: VisitReport, by: str) -> None:
    say(f"Verteld{by}", report.subjective)
    say(f"Gezien{by}", report.objective, measured_in_words(report.measurements))
    say(f"Conclusie{by}", report.evaluation)
    say(f"Gedaan{by}", done_in_words(report.procedures, report.medication_given))
    told = "Verteld wanneer te bellen." if report.safety_net_told else None
    say(f"Afgesproken{by}", report.plan, told)
    solved = {
        ProblemSolved.PARTLY: "Het probleem is voor een deel opgelost.",
        ProblemSolved.NO: "Het probleem is niet opgelost.",
    }
    say(f"Nog open{by}", solved.get(report.problem_solved), NEEDED_AFTER.get(report.needed_after))
    say(f"Toegang{by}", report.access_result)
    if report.incident:
        say(f"Incident{by}", "Er is iets misgegaan; de verpleegkundige meldt dit als incident (MIC).")


def _say_missing(say: Any, visit: Visit, now: datetime, *, has_report: bool) -> None:
    which = " (tweede auto)" if visit.part > 1 else ""
    if visit.status is VisitStatus.CANCELLED:
        say(f"Bezoek{which}", _why_cancelled(visit.cancel_reason or ""))
    elif has_report:
        return
    elif visit.status is VisitStatus.DONE:
        say(f"Verslag{which}", "Het bezoek is gebracht. Het verslag volgt als aanvulling.")
    elif _is_under_way(visit):
        say(f"Bezoek{which}", "De verpleegkundige was onderweg of binnen toen de nacht sloot. Het verslag volgt.")
    elif _is_still_to_come(visit, now):
        say(f"Bezoek{which}", "Nog niet gebracht toen de nacht sloot. Het verslag volgt als aanvulling.")
    else:
        say(f"Bezoek{which}", "Niet gebracht.")


def _why_cancelled(reason: str) -> str:
    if reason.startswith("triage:"):
        return "Afgezegd: na een nieuwe beoordeling was een bezoek niet meer nodig."
    if reason == "fewer_cars_needed":
        return "Afgezegd: één auto was genoeg."
    return f"Afgezegd: {reason.rstrip('.')}." if reason else "Afgezegd."


def _otherwise(matter: Matter) -> str | None:
    said = [report.counterfactual for report in matter.reports]
    said += [matter.decision.counterfactual] if matter.decision is not None else []
    return next((OTHERWISE[one] for one in said if one in OTHERWISE), None)


def _remarkable(reports: Iterable[VisitReport]) -> list[str]:
    return [
        measured_in_words([one]).rstrip(".")
        for report in reports
        for one in report.measurements
        if one["flag"] != Flag.NORMAL
    ]


# -- what is left to do ------------------------------------------------------------------------------------------


def _actions(matter: Matter, *, today: date) -> list[dict[str, Any]]:
    actions = [
        {
            "id": str(one.phone_id),
            "text": one.text,
            "owner": one.owner.value,
            "owner_words": OWNERS[one.owner],
            "is_yours": one.owner is FollowUpOwner.OWN_ORGANISATION,
            "due_at": iso(one.due_at) if one.due_at else None,
            "due_words": rules.due_in_words(local(one.due_at) if one.due_at else None, today),
            "is_pressing": one.priority is Priority.HIGH,
        }
        for one in matter.follow_ups
    ]
    return sorted([*actions, *_action_of(matter)], key=lambda a: (not a["is_pressing"], a["due_at"] or "9", a["id"]))


def _action_of(matter: Matter) -> list[dict[str, Any]]:
    """A "no" and a referral back are never a dead end: somebody at the organisation takes it from here."""
    decision = matter.decision
    if decision is None or matter.linked_to is not None:
        return []
    if decision.outcome is Outcome.NOT_NIGHT_CARE and decision.alternative:
        text, due = decision.alternative, "Deze week"
    elif decision.outcome is Outcome.REFER_OWN_ORGANISATION:
        text, due = decision.alternative or "De vraag van vannacht overnemen", "Vandaag"
    else:
        return []
    return [
        {
            "id": str(uuid.uuid5(_ACTION_OF_DECISION, str(decision.id))),
            "text": text,
            "owner": FollowUpOwner.OWN_ORGANISATION.value,
            "owner_words": OWNERS[FollowUpOwner.OWN_ORGANISATION],
            "is_yours": True,
            "due_at": None,
            "due_words": due,
            "is_pressing": False,
        }
    ]


def delta_in_words(before: Mapping[str, Any], after: Mapping[str, Any], matter: Matter) -> str:
    """What an addendum adds, in a sentence."""
    told = set(before["sources"])
    fresh = [report for report in matter.reports if str(report.id) not in told]
    said = []
    for report in fresh:
        kind = "Gewijzigd verslag" if report.parent_id is not None else "Verslag"
        said.append(f"{kind} van {report.author_name}, ontvangen om {_clock(report.received_at)}.")
    if matter.decision is not None and str(matter.decision.id) not in told:
        said.append(f"Nieuw besluit van {matter.decision.decided_by_name}, om {_clock(matter.decision.decided_at)}.")
    cancelled = [v for v in matter.visits if v.status is VisitStatus.CANCELLED and f"{v.id}:cancelled" not in told]
    said += ["Het bezoek is afgezegd." for _ in cancelled[:1]]
    changed = rules.changed_lines(before, after)
    if changed:
        said.append(f"Nieuw of anders: {dutch.listed(list(dict.fromkeys(changed))).lower()}.")
    return " ".join(said) or "De gegevens zijn aangevuld."
