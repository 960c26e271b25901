"""Care pathways as data: what to ask, what an answer means, what to advise, what the phone's report offers.

The files in `pathways/` are our own example content, for a region to approve or replace. A changed pathway is a
new version; the old file moves to `pathways/retired/`, so that an old call still shows the questions it was asked.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from backend.platform.dutch import with_comma
from backend.triage.rules import Answer, Urgency

FOLDER = Path(__file__).with_name("pathways")
GENERIC = "generic"

LARGEST_NUMBER = 100_000
SECTIONS = ("subjective", "objective", "evaluation", "plan")

MEASUREMENTS: Mapping[str, tuple[str, str]] = {
    "blood_pressure": ("Bloeddruk", "mmHg"),
    "pulse": ("Pols", "/min"),
    "temperature": ("Temperatuur", "°C"),
    "saturation": ("Saturatie", "%"),
    "pain": ("Pijn (NRS 0-10)", ""),
    "gcs": ("Bewustzijn (GCS)", ""),
    "glucose": ("Bloedsuiker", "mmol/l"),
    "urine_volume": ("Urine", "ml"),
    "dos": ("DOS-score", ""),
}
"""Label and unit of what a nurse can measure; the codes are those of the zibs."""


class QuestionKind(StrEnum):
    """How a question is answered."""

    YES_NO = "yes_no"
    NUMBER = "number"
    CHOICE = "choice"


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What an answer leads to: at least this urgency, these competences, this many cars."""

    when: str | None = None
    below: float | None = None
    above: float | None = None
    urgency: Urgency | None = None
    competences: tuple[str, ...] = ()
    cars: int = 1

    def applies_to(self, answer: Answer) -> bool:
        """Is this the answer that the effect is about?"""
        if self.when is not None:
            return answer_code(answer) == self.when
        if isinstance(answer, bool | str):
            return False
        return (self.below is not None and answer < self.below) or (self.above is not None and answer > self.above)


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question of a care pathway, in words the triagist can say aloud."""

    id: str
    text: str
    kind: QuestionKind
    hint: str | None = None
    unit: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()

    def refuses(self, answer: object) -> str | None:
        """Why this is no answer to the question, as a code; None when it is one."""
        if self.kind is QuestionKind.YES_NO:
            return None if isinstance(answer, bool) or answer in ("yes", "no", "unknown") else "not_yes_or_no"
        if self.kind is QuestionKind.CHOICE:
            return None if isinstance(answer, str) and answer in self.options else "not_an_option"
        if isinstance(answer, bool) or not isinstance(answer, int | float):
            return "not_a_number"
        return None if abs(answer) <= LARGEST_NUMBER else "not_a_number"

    def in_words(self, answer: Answer) -> str:
        """The answer as a person reads it."""
        if self.kind is QuestionKind.YES_NO:
            return {"yes": "ja", "no": "nee"}.get(answer_code(answer), "onbekend")
        if self.kind is QuestionKind.CHOICE:
            return self.options.get(str(answer), str(answer))
        return with_comma(f"{answer} {self.unit}" if self.unit else str(answer))


@dataclass(frozen=True, kw_only=True)
class CarePathway:
    """Zorgpad: the checklist of one kind of question, in one version."""

    id: str
    version: int
    title: str
    approval: str
    entry_complaints: tuple[str, ...]
    base_urgency: Urgency
    service_minutes: int
    competences: tuple[str, ...]
    questions: tuple[Question, ...]
    advice: tuple[str, ...]
    safety_net: tuple[str, ...]
    report_template: Mapping[str, Any]

    def question(self, question_id: str) -> Question | None:
        """The question with this id, when this version asks it."""
        return next((question for question in self.questions if question.id == question_id), None)

    def refused(self, answers: Mapping[str, object]) -> dict[str, str]:
        """The answers that this version cannot read, as {"answers.<id>": code}."""
        problems = {}
        for question_id, answer in answers.items():
            question = self.question(question_id)
            code = "unknown_question" if question is None else question.refuses(answer)
            if code:
                problems[f"answers.{question_id}"] = code
        return problems

    def lines(self, answers: Mapping[str, Answer]) -> list[dict[str, str]]:
        """Question and answer in words, in the order in which they are asked."""
        return [
            {"id": question.id, "question": question.text, "answer": question.in_words(answers[question.id])}
            for question in self.questions
            if question.id in answers
        ]


def answer_code(answer: Answer) -> str:
    """An answer as a pathway file names it: true is "yes"."""
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return str(answer)


class Pathways:
    """Every version of every care pathway in a folder."""

    def __init__(self, folder: Path) -> None:
        current = [_read(path) for path in sorted(folder.glob("*.toml"))]
        retired = [_read(path) for path in sorted(folder.glob("retired/*.toml"))]
        self.current = {pathway.id: pathway for pathway in current}
        self._versions = {(pathway.id, pathway.version): pathway for pathway in [*retired, *current]}
        if len(self.current) != len(current) or len(self._versions) != len(current) + len(retired):
            raise ValueError(f"a care pathway or a version of it stands twice in {folder}")
        for pathway in retired:
            if pathway.id in self.current and pathway.version >= self.current[pathway.id].version:
                raise ValueError(f"{pathway.id} {pathway.version} is retired and yet not older than the current one")
        self._by_complaint = {code: pathway for pathway in current for code in pathway.entry_complaints}
        if len(self._by_complaint) != sum(len(pathway.entry_complaints) for pathway in current):
            raise ValueError(f"two care pathways in {folder} claim the same entry complaint")

    def for_complaint(self, entry_complaint: str) -> CarePathway:
        """The current pathway for this entry complaint; the generic one when it has none of its own."""
        return self._by_complaint.get(entry_complaint) or self.current[GENERIC]

    def version(self, pathway_id: str, version: int) -> CarePathway | None:
        """This very version, retired or not."""
        return self._versions.get((pathway_id, version))


@cache
def pathways() -> Pathways:
    """The care pathways that this installation uses."""
    return Pathways(FOLDER)


def _read(path: Path) -> CarePathway:
    try:
        return _pathway(tomllib.loads(path.read_text(encoding="utf-8")))
    except (KeyError, TypeError, ValueError) as reason:
        raise ValueError(f"{path.name} is not a care pathway: {reason}") from reason


def _pathway(raw: dict[str, Any]) -> CarePathway:
    return CarePathway(
        id=raw["id"],
        version=raw["version"],
        title=raw["title"],
        approval=raw["approval"],
        entry_complaints=tuple(raw["entry_complaints"]),
        base_urgency=Urgency(raw["base_urgency"]),
        service_minutes=raw["service_minutes"],
        competences=tuple(raw.get("competences", ())),
        questions=tuple(_question(question) for question in raw["questions"]),
        advice=tuple(raw["advice"]),
        safety_net=tuple(raw["safety_net"]),
        report_template=_template(raw["report_template"]),
    )


def _question(raw: dict[str, Any]) -> Question:
    effects = tuple(_effect(effect) for effect in raw.pop("effects", ()))
    question = Question(**{**raw, "kind": QuestionKind(raw["kind"]), "effects": effects})
    for effect in effects:
        if effect.when is not None and question.refuses(effect.when):
            raise ValueError(f"{question.id} has no answer {effect.when!r}")
    return question


def _effect(raw: dict[str, Any]) -> Effect:
    urgency = Urgency(raw["urgency"]) if "urgency" in raw else None
    return Effect(**{**raw, "urgency": urgency, "competences": tuple(raw.get("competences", ()))})


def _template(raw: dict[str, Any]) -> dict[str, Any]:
    measurements = [
        {"code": code, "label": MEASUREMENTS[code][0], "unit": MEASUREMENTS[code][1]} for code in raw["measurements"]
    ]
    return {**{section: list(raw[section]) for section in SECTIONS}, "measurements": measurements}
