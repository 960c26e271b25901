"""Reads a meetlat from its data file, before it is published to the database."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from backend.triage.rules import ScopeVerdict

EXAMPLE = Path(__file__).with_name("scope_lists") / "example.toml"


@dataclass(frozen=True, kw_only=True)
class DraftCriterion:
    """A line of a meetlat that is not in force yet."""

    number: int
    text: str
    verdict: ScopeVerdict
    entry_complaints: tuple[str, ...]
    alternative: str | None = None


@dataclass(frozen=True, kw_only=True)
class DraftScopeList:
    """A meetlat that is not in force yet."""

    version: str
    valid_from: datetime
    approved_note: str
    criteria: tuple[DraftCriterion, ...]


class UnreadableList(ValueError):
    """The file does not hold a meetlat."""


def read(path: Path) -> DraftScopeList:
    """The meetlat in this file."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        if not isinstance(raw.get("valid_from"), datetime):
            raise ValueError("valid_from is not a date with a time")
        criteria = tuple(_criterion(row) for row in raw.pop("criteria", ()))
        return DraftScopeList(**raw, criteria=criteria)
    except (KeyError, TypeError, ValueError) as reason:
        raise UnreadableList(str(reason)) from reason


def _criterion(row: dict[str, Any]) -> DraftCriterion:
    verdict, complaints = ScopeVerdict(row["verdict"]), tuple(row["entry_complaints"])
    return DraftCriterion(**{**row, "verdict": verdict, "entry_complaints": complaints})


def problems_with(draft: DraftScopeList, *, entry_complaints: set[str]) -> dict[str, str]:
    """Everything that keeps this list from coming into force, as {field: code}."""
    problems: dict[str, str] = {}
    if draft.valid_from.tzinfo is None:
        problems["valid_from"] = "no_time_zone"
    numbers = [criterion.number for criterion in draft.criteria]
    if not numbers:
        problems["criteria"] = "required"
    for criterion in draft.criteria:
        field = f"criteria.{criterion.number}"
        if numbers.count(criterion.number) > 1:
            problems[field] = "number_twice"
        # A "no" is never a dead end: whoever hears it also hears what to do instead.
        elif criterion.verdict is ScopeVerdict.OUT_OF_SCOPE and not criterion.alternative:
            problems[field] = "no_without_alternative"
        elif unknown := set(criterion.entry_complaints) - entry_complaints:
            problems[field] = f"unknown_entry_complaint {min(unknown)}"
    return problems
