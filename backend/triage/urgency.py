"""The proposed urgency, with every reason for it. A proposal: the triagist decides, and says why when it differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from backend.triage.pathways import CarePathway, Effect, Question
from backend.triage.rules import Abcd, AbcdState, AlarmSignal, Answer, RiskGroup, Urgency, most_urgent

# How far alarm signals and risk groups weigh is our own example, for a region to approve: NTS says that they may
# change the urgency and leaves to the triagist how far. Neither makes a question life-threatening by itself.
AT_LEAST = {AlarmSignal.RAPID_DECLINE: Urgency.U2, AlarmSignal.SEVERE_PAIN_FEAR: Urgency.U3}
ONE_STEP = (AlarmSignal.SECOND_CONTACT, AlarmSignal.GUT_FEELING)
SIGNALS_RAISE_TO = Urgency.U2
RISK_RAISES_TO = Urgency.U3


@dataclass(frozen=True)
class Reason:
    """Why the urgency is at least this: a code, and the facts its sentence needs."""

    code: str
    urgency: Urgency
    params: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """What the answers, alarm signals and risk groups add up to."""

    urgency: Urgency
    reasons: tuple[Reason, ...]
    competences: tuple[str, ...]
    cars_needed: int


def propose(
    pathway: CarePathway,
    *,
    abcd: Abcd,
    answers: Mapping[str, Answer],
    alarm_signals: Iterable[AlarmSignal] = (),
    risk_groups: Iterable[RiskGroup] = (),
) -> Proposal:
    """The urgency to propose. More that is worrying never makes it less urgent."""
    signals, risks = set(alarm_signals), set(risk_groups)
    reasons = [Reason("pathway", pathway.base_urgency, {"pathway": pathway.title})]
    if unsafe := abcd.letters(AbcdState.UNSAFE):
        reasons.append(Reason("abcd_unsafe", Urgency.U1, {"letters": unsafe}))
    if unknown := abcd.letters(AbcdState.UNKNOWN):
        reasons.append(Reason("abcd_unknown", Urgency.U2, {"letters": unknown}))

    competences, cars = dict.fromkeys(pathway.competences), 1
    for question, effect in _effects(pathway, answers):
        competences |= dict.fromkeys(effect.competences)
        cars = max(cars, effect.cars)
        if effect.urgency is not None:
            said = {"question": question.text, "answer": question.in_words(answers[question.id])}
            reasons.append(Reason("answer", effect.urgency, {"question_id": question.id, **said}))

    for signal, least in AT_LEAST.items():
        if signal in signals:
            reasons.append(Reason("alarm_signal", least, {"alarm_signal": signal.value}))
    urgency = most_urgent(*(reason.urgency for reason in reasons))

    if steps := [signal.value for signal in ONE_STEP if signal in signals]:
        urgency = urgency.raised(at_most_to=SIGNALS_RAISE_TO)
        reasons.extend(Reason("alarm_signal", urgency, {"alarm_signal": signal}) for signal in steps)
    if risks:
        urgency = urgency.raised(at_most_to=RISK_RAISES_TO)
        reasons.append(Reason("risk_group", urgency, {"risk_groups": sorted(risks)}))
    return Proposal(
        urgency=urgency,
        reasons=tuple(sorted(reasons, key=lambda reason: reason.urgency)),
        competences=tuple(competences),
        cars_needed=cars,
    )


def _effects(pathway: CarePathway, answers: Mapping[str, Answer]) -> list[tuple[Question, Effect]]:
    return [
        (question, effect)
        for question in pathway.questions
        if question.id in answers
        for effect in question.effects
        if effect.applies_to(answers[question.id])
    ]
