"""When a triage decision may stand. Codes follow the NTS vocabulary; its criteria are licensed and are not in here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

Answer = str | int | float | bool


class Urgency(StrEnum):
    """Urgentie (NTS): U0 reanimation, U1 at once, U2 soon, U3 within hours, U4 within a day, U5 next working day."""

    U0 = "U0"
    U1 = "U1"
    U2 = "U2"
    U3 = "U3"
    U4 = "U4"
    U5 = "U5"

    @property
    def is_life_threatening(self) -> bool:
        """Does this wait for an ambulance, never for a nurse's car? (NTS: U0 and U1)"""
        return self in (Urgency.U0, Urgency.U1)

    def raised(self, *, at_most_to: "Urgency") -> "Urgency":
        """One step more urgent, unless it already is `at_most_to` or more urgent than that."""
        return self if self <= at_most_to else Urgency(f"U{int(self[1]) - 1}")


def most_urgent(first: Urgency, *others: Urgency) -> Urgency:
    """The one that may wait least. The codes sort that way: "U0" comes before "U1"."""
    return min(first, *others) if others else first


class AbcdState(StrEnum):
    """ABCD-antwoord: what the caller's answers say about one letter of ABCD."""

    SAFE = "safe"
    UNSAFE = "unsafe"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Abcd:
    """ABCD-veilig: airway, breathing, circulation, disability; asked before anything else (NTS step 1)."""

    airway: AbcdState
    breathing: AbcdState
    circulation: AbcdState
    disability: AbcdState

    def letters(self, state: AbcdState) -> list[str]:
        """The letters that are in this state, in the order in which they are asked."""
        return [name for name in ("airway", "breathing", "circulation", "disability") if getattr(self, name) is state]


class AlarmSignal(StrEnum):
    """Alarmsignaal (NTS): a reason to take a question more seriously than its answers alone would."""

    SECOND_CONTACT = "second_contact"
    SEVERE_PAIN_FEAR = "severe_pain_fear"
    RAPID_DECLINE = "rapid_decline"
    GUT_FEELING = "gut_feeling"


class RiskGroup(StrEnum):
    """Risicogroep: somebody for whom the same question is more dangerous."""

    FRAIL_ELDERLY = "frail_elderly"
    PALLIATIVE = "palliative"
    IMMUNOCOMPROMISED = "immunocompromised"
    ANTICOAGULANTS = "anticoagulants"
    DIABETES = "diabetes"
    CHILD = "child"
    PREGNANT = "pregnant"


class ChangeReason(StrEnum):
    """Reden van wijziging: why the triagist's urgency differs from the proposed one (NTS: context, signals, groups)."""

    CONTEXT = "context"
    ALARM_SIGNAL = "alarm_signal"
    RISK_GROUP = "risk_group"
    GUT_FEELING = "gut_feeling"
    CONSULT = "consult"
    AGREED_POLICY = "agreed_policy"
    OTHER = "other"


class ScopeVerdict(StrEnum):
    """Oordeel van de meetlat: what it says: night care, not night care, or judge for yourself."""

    IN_SCOPE = "in_scope"
    OUT_OF_SCOPE = "out_of_scope"
    DOUBT = "doubt"


class Outcome(StrEnum):
    """Uitkomst: what happens now. Each of them names who carries on; none is a dead end."""

    PHONE_ADVICE = "phone_advice"
    VISIT = "visit"
    EMERGENCY_CALL = "emergency_call"
    REFER_GP_POST = "refer_gp_post"
    REFER_CRISIS_TEAM = "refer_crisis_team"
    REFER_OWN_GP = "refer_own_gp"
    REFER_OWN_ORGANISATION = "refer_own_organisation"
    NOT_NIGHT_CARE = "not_night_care"

    @property
    def is_referral(self) -> bool:
        """Does somebody else carry on, who has to know of it?"""
        return self in REFERRALS


REFERRALS = frozenset(
    {Outcome.REFER_GP_POST, Outcome.REFER_CRISIS_TEAM, Outcome.REFER_OWN_GP, Outcome.REFER_OWN_ORGANISATION}
)
WAITS_FOR_MORNING = frozenset({Outcome.REFER_OWN_GP, Outcome.NOT_NIGHT_CARE})
LEAVES_CLIENT_AT_HOME = WAITS_FOR_MORNING | {Outcome.PHONE_ADVICE, Outcome.REFER_OWN_ORGANISATION}


class Counterfactual(StrEnum):
    """Anders was gebeurd: what would have happened without night care, for the figures on avoided care."""

    NONE = "none"
    GP_POST = "gp_post"
    EMERGENCY_DEPARTMENT = "emergency_department"
    AMBULANCE = "ambulance"
    OWN_GP = "own_gp"
    OWN_ORGANISATION = "own_organisation"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Referral:
    """Doorverwijzing: to whom, and whether somebody there knows."""

    target: str = ""
    person_reached: str | None = None
    spoken_at: datetime | None = None
    not_reached_reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class EmergencyHandover:
    """Overdracht aan 112 / meldkamer: when it was handed over, and to whom."""

    handed_over_at: datetime | None = None
    handed_over_to: str = ""


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Beoordeling: everything the triagist concluded, before it is a decision."""

    abcd: Abcd
    final_urgency: Urgency
    outcome: Outcome
    counterfactual: Counterfactual | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)
    alarm_signals: frozenset[AlarmSignal] = frozenset()
    risk_groups: frozenset[RiskGroup] = frozenset()
    proposed_urgency: Urgency | None = None
    """What the triagist's screen proposed, when it proposed anything."""
    change_reason: ChangeReason | None = None
    change_note: str | None = None
    scope_criterion_id: UUID | None = None
    scope_verdict: ScopeVerdict | None = None
    scope_override_reason: str | None = None
    advice: str | None = None
    safety_net: str | None = None
    needs_hands: bool = False
    required_competences: tuple[str, ...] = ()
    service_minutes: int | None = None
    cars_needed: int = 1
    referral: Referral | None = None
    emergency: EmergencyHandover | None = None
    alternative: str | None = None


@dataclass(frozen=True, kw_only=True)
class Circumstances:
    """Omstandigheden: what the house knows beside the triagist's own conclusion."""

    now: datetime
    proposed_urgency: Urgency
    has_place: bool
    """Is there a client or an address to drive to?"""
    criterion_verdict: ScopeVerdict | None = None
    """What the applied rule itself says; None when no rule was applied."""
    criterion_alternative: str | None = None


CLOCK_DIFFERENCE = timedelta(minutes=5)
SERVICE_MINUTES = range(5, 241)
CARS_NEEDED = range(1, 4)

Problems = dict[str, str]


def problems_with(a: Assessment, known: Circumstances) -> Problems:
    """Everything that keeps this assessment from being a decision, as {field: code}; empty when it may stand."""
    return {
        **_outcome_problems(a, known),
        **_scope_problems(a, known),
        # Last, so that what concerns life speaks over anything else that is said of the same field.
        **_urgency_problems(a, known),
    }


def proposal_seen(a: Assessment, known: Circumstances) -> Urgency:
    """The proposal that the triagist had before her: the one her screen showed, else the house's own.

    It may have become less urgent meanwhile; a more urgent one is shown again before the decision counts.
    """
    return a.proposed_urgency or known.proposed_urgency


def alternative_of(a: Assessment, known: Circumstances) -> str | None:
    """What somebody hears instead of "no": the triagist's words, else those of the rule that said no."""
    if not _is_blank(a.alternative):
        return a.alternative
    return known.criterion_alternative if a.scope_verdict is ScopeVerdict.OUT_OF_SCOPE else None


def _urgency_problems(a: Assessment, known: Circumstances) -> Problems:
    problems: Problems = {}
    if known.proposed_urgency < proposal_seen(a, known):
        problems["proposed_urgency"] = "proposal_changed"
    if a.final_urgency is not proposal_seen(a, known):
        if a.change_reason is None:
            problems["change_reason.code"] = "required"
        elif a.change_reason is ChangeReason.OTHER and _is_blank(a.change_note):
            problems["change_reason.text"] = "required"
    if a.final_urgency is Urgency.U2 and a.outcome in WAITS_FOR_MORNING:
        problems["outcome"] = "too_urgent_to_wait"
    if a.abcd.letters(AbcdState.UNKNOWN) and a.outcome in LEAVES_CLIENT_AT_HOME:
        problems["abcd"] = "abcd_not_asked"
    is_unsafe = bool(a.abcd.letters(AbcdState.UNSAFE))
    if is_unsafe and not a.final_urgency.is_life_threatening:
        problems["final_urgency"] = "abcd_unsafe"
    if (is_unsafe or a.final_urgency.is_life_threatening) and a.outcome is not Outcome.EMERGENCY_CALL:
        problems["outcome"] = "emergency_needs_112"
    return problems


def _scope_problems(a: Assessment, known: Circumstances) -> Problems:
    # An ambulance is never kept waiting for the meetlat; every other outcome rests on one of its rules.
    if a.outcome is Outcome.EMERGENCY_CALL:
        return {}
    problems: Problems = {}
    if known.criterion_verdict is None:
        problems["scope_criterion_id"] = "required" if a.scope_criterion_id is None else "not_in_force"
    if a.scope_verdict is None:
        problems["scope_verdict"] = "required"
    is_visit_against_the_list = a.scope_verdict is ScopeVerdict.OUT_OF_SCOPE and a.outcome is Outcome.VISIT
    is_other_than_the_rule = (
        known.criterion_verdict not in (None, ScopeVerdict.DOUBT) and a.scope_verdict is not known.criterion_verdict
    )
    if (is_visit_against_the_list or is_other_than_the_rule) and _is_blank(a.scope_override_reason):
        problems["scope_override_reason"] = "required"
    if a.scope_verdict is ScopeVerdict.IN_SCOPE and a.outcome is Outcome.NOT_NIGHT_CARE:
        problems["outcome"] = "is_night_care"
    return problems


def _outcome_problems(a: Assessment, known: Circumstances) -> Problems:
    problems: Problems = {}
    if a.counterfactual is None:
        problems["counterfactual"] = "required"
    if a.outcome is Outcome.PHONE_ADVICE:
        problems |= {field: "required" for field in ("advice", "safety_net") if _is_blank(getattr(a, field))}
        if a.needs_hands:
            problems["outcome"] = "needs_hands"
    if a.outcome is Outcome.NOT_NIGHT_CARE and _is_blank(alternative_of(a, known)):
        problems["alternative"] = "required"
    if a.service_minutes is not None and a.service_minutes not in SERVICE_MINUTES:
        problems["service_minutes"] = "out_of_range"
    if a.cars_needed not in CARS_NEEDED:
        problems["cars_needed"] = "out_of_range"
    if a.outcome is Outcome.VISIT:
        problems |= _visit_problems(a, known)
    if a.outcome.is_referral:
        problems |= _referral_problems(a.referral or Referral(), known.now)
    if a.outcome is Outcome.EMERGENCY_CALL:
        problems |= _emergency_problems(a.emergency or EmergencyHandover(), known.now)
    return problems


def _visit_problems(a: Assessment, known: Circumstances) -> Problems:
    problems: Problems = {}
    if not known.has_place:
        problems["client_id"] = "visit_needs_a_place"
    if a.service_minutes is None:
        problems["service_minutes"] = "required"
    return problems


def _referral_problems(referral: Referral, now: datetime) -> Problems:
    problems: Problems = {}
    if _is_blank(referral.target):
        problems["referral.target"] = "required"
    if _is_blank(referral.not_reached_reason):
        if _is_blank(referral.person_reached):
            problems["referral.person_reached"] = "required"
        if referral.spoken_at is None:
            problems["referral.spoken_at"] = "required"
    if referral.spoken_at is not None and referral.spoken_at > now + CLOCK_DIFFERENCE:
        problems["referral.spoken_at"] = "in_the_future"
    return problems


def _emergency_problems(emergency: EmergencyHandover, now: datetime) -> Problems:
    problems: Problems = {}
    if emergency.handed_over_at is None:
        problems["emergency.handed_over_at"] = "required"
    elif emergency.handed_over_at > now + CLOCK_DIFFERENCE:
        problems["emergency.handed_over_at"] = "in_the_future"
    if _is_blank(emergency.handed_over_to):
        problems["emergency.handed_over_to"] = "required"
    return problems


def _is_blank(text: str | None) -> bool:
    return text is None or not text.strip()
