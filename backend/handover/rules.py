"""What the morning says: by when something must be done, one sentence to act on, and when an answer may stand."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from backend.platform.dutch import WEEKDAYS, counted, day_in_words, in_words, sentence

UNREAD_AFTER = timedelta(minutes=15)
"""A handover of 07:00 that nobody opened by 07:15 becomes visible at the desk."""


class ReceiptStatus(StrEnum):
    """Where a line of the handover stands with the organisation. Every line begins as sent."""

    SENT = "sent"
    READ = "read"
    TAKEN_OVER = "taken_over"
    QUESTION = "question"
    REJECTED = "rejected"


ANSWERS = frozenset({ReceiptStatus.READ, ReceiptStatus.TAKEN_OVER, ReceiptStatus.QUESTION, ReceiptStatus.REJECTED})


class Channel(StrEnum):
    """By which way an organisation is told that its handover waits."""

    MAIL = "mail"


class DeliveryStatus(StrEnum):
    """How that went."""

    QUEUED = "queued"
    SENT = "sent"
    SKIPPED = "skipped"
    FAILED = "failed"


def problem_with_receipt(status: ReceiptStatus, note: str | None) -> dict[str, str]:
    """A question or a refusal says what it is about; "sent" is ours to say. As {field: code}."""
    if status not in ANSWERS:
        return {"status": "unknown_choice"}
    if status in (ReceiptStatus.QUESTION, ReceiptStatus.REJECTED) and not (note or "").strip():
        return {"note": "required"}
    return {}


# -- by when -------------------------------------------------------------------------------------------------------


def due_in_words(due: datetime | None, today: date) -> str:
    """By when something must be done, as seen on the day of the letter; times are local."""
    if due is None:
        return "Deze week"
    clock = f"{due:%H:%M}"
    days = (due.date() - today).days
    if days <= 0:
        return f"Vandaag vóór {clock}" if days == 0 else f"Uiterlijk {day_in_words(due.date())} {clock}"
    if days == 1:
        return f"Morgen vóór {clock}"
    if days < 7:
        return f"{sentence(WEEKDAYS[due.weekday()])} vóór {clock}"
    return f"Vóór {day_in_words(due.date())} {clock}"


# -- the one sentence --------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Tally:
    """What happened to one organisation's clients in one night, as numbers."""

    questions: int = 0
    by_phone: int = 0
    referred: int = 0
    emergencies: int = 0
    visited: int = 0
    planned_done: int = 0
    planned_missed: int = 0
    unfinished: int = 0
    actions: int = 0
    on_scene_min: int | None = None

    @property
    def is_nil(self) -> bool:
        """Did nothing happen at all?"""
        return not (self.questions or self.planned_done or self.planned_missed or self.unfinished)


def tally(bodies: Iterable[Mapping[str, Any]]) -> Tally:
    """Count the lines of a handover. A second call about the same thing is shown, and counted once."""
    bodies = list(bodies)
    asked = [body for body in bodies if body["kind"] == "question" and not body["is_linked"]]
    planned = [body for body in bodies if body["kind"] == "planned"]
    minutes = [minutes for body in bodies for minutes in body["on_scene_min"]]
    return Tally(
        questions=len(asked),
        by_phone=sum(body["way"] == "phone" for body in asked),
        referred=sum(body["way"] == "referred" for body in asked),
        emergencies=sum(body["went_to_112"] for body in bodies),
        visited=sum(body["way"] == "visit" and body["was_visited"] for body in asked),
        planned_done=sum(body["was_visited"] for body in planned),
        planned_missed=sum(not body["was_visited"] and not body["is_unfinished"] for body in planned),
        unfinished=sum(body["is_unfinished"] for body in bodies),
        actions=sum(action["is_yours"] for body in bodies for action in body["actions"]),
        on_scene_min=round(sum(minutes) / len(minutes)) if minutes else None,
    )


def headline(t: Tally) -> str:
    """The one sentence that a team manager can act on."""
    if t.is_nil:
        return "Een rustige nacht: geen vragen, geen acties voor u"
    asked = counted(t.questions, "vraag", "vragen")
    return sentence(f"{asked} vannacht, {counted(t.actions, 'actie', 'acties')} voor u")


def lead(t: Tally) -> str:
    """What became of the questions, in two or three short sentences."""
    if t.is_nil:
        return "Er is vannacht niet voor uw cliënten gebeld en er is niemand bezocht."
    said: list[str] = []
    done = [
        words
        for count, words in (
            (t.visited, f"{counted(t.visited, 'cliënt is', 'cliënten zijn')} bezocht"),
            (t.by_phone, f"{_people(t.by_phone, first=not t.visited)} telefonisch geholpen"),
            (t.referred, f"{_people(t.referred, first=not t.visited and not t.by_phone)} doorverwezen"),
        )
        if count
    ]
    if done:
        said.append(f"{sentence(', '.join(done))}.")
    if t.planned_done:
        brought = counted(t.planned_done, "gepland bezoek is", "geplande bezoeken zijn")
        said.append(f"{sentence(brought)} gebracht.")
    if t.planned_missed:
        missed = counted(t.planned_missed, "gepland bezoek is", "geplande bezoeken zijn")
        said.append(f"{sentence(missed)} niet gebracht.")
    if t.unfinished:
        waiting = counted(t.unfinished, "vraag of bezoek was", "vragen of bezoeken waren")
        said.append(f"{sentence(waiting)} nog niet klaar toen de nacht sloot; het vervolg komt als aanvulling.")
    if t.emergencies:
        said.append(f"Voor {counted(t.emergencies, 'cliënt', 'cliënten')} is 112 ingeschakeld.")
    else:
        said.append("112 was niet nodig.")
    return " ".join(said)


def _people(count: int, *, first: bool) -> str:
    if first:
        return counted(count, "cliënt is", "cliënten zijn")
    return f"{in_words(count)} {'is' if count == 1 else 'zijn'}"


def figures(t: Tally) -> list[dict[str, str]]:
    """The few numbers under the sentence, as they are shown."""
    rows = [(str(t.questions), "vraag" if t.questions == 1 else "vragen")]
    if t.by_phone:
        rows.append((str(t.by_phone), "telefonisch"))
    if t.referred:
        rows.append((str(t.referred), "doorverwezen"))
    if visits := t.visited + t.planned_done:
        rows.append((str(visits), "bezoek" if visits == 1 else "bezoeken"))
    if t.on_scene_min is not None:
        rows.append((f"{t.on_scene_min} min", "gemiddeld ter plaatse"))
    return [{"value": value, "label": label} for value, label in rows]


def content_hash(body: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> str:
    """A number that changes when anything in the letter does; a copy elsewhere can be held against it."""
    text = json.dumps([body, list(entries)], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def changed_lines(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The labels of the lines that are new or say something else than before."""
    known = {(line["label"], line["text"]) for line in before["lines"]}
    return [line["label"] for line in after["lines"] if (line["label"], line["text"]) not in known]
