"""What a phone may tell us, what a measurement means, and which version of a report stands."""

import hashlib
import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any


class CommandKind(StrEnum):
    """What a phone can ask of the house."""

    ACCEPT = "accept"
    DEPART = "depart"
    ARRIVE = "arrive"
    FINISH = "finish"
    REPORT = "report"
    ALARM = "alarm"
    POSITION = "position"
    SEEN = "seen"


class ProblemSolved(StrEnum):
    """Was the question of the night answered?"""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class NeededAfter(StrEnum):
    """Who had to come after the nurse."""

    NONE = "none"
    GP_POST = "gp_post"
    EMERGENCY = "emergency"
    OWN_GP = "own_gp"
    OWN_ORGANISATION = "own_organisation"


class FollowUpOwner(StrEnum):
    """Who takes a follow-up action over."""

    OWN_ORGANISATION = "own_organisation"
    OWN_GP = "own_gp"
    DESK = "desk"


class Priority(StrEnum):
    """How pressing a follow-up action is."""

    NORMAL = "normal"
    HIGH = "high"


class Flag(StrEnum):
    """What we think of a measured value; the text as measured is kept whatever we think."""

    NORMAL = "normal"
    ABNORMAL = "abnormal"
    IMPLAUSIBLE = "implausible"


RESULT_RETENTION = timedelta(days=35)
"""Answers to commands are replayed this long (sync contract, point 2)."""

_FARTHEST_CLOCK = timedelta(days=400)


def moment_of(happened_at: datetime, clock_offset_ms: int | None, received_at: datetime) -> datetime:
    """When it happened by the house's clock. A wrong phone clock is corrected where it can be, never refused.

    `clock_offset_ms` is what the phone must add to its own clock to get ours. Nothing happened after we heard of it,
    and a clock that is more than a year away says nothing at all.
    """
    try:
        moment = happened_at + timedelta(milliseconds=clock_offset_ms or 0)
        if abs(moment - received_at) > _FARTHEST_CLOCK:
            return received_at
    except OverflowError:
        return received_at
    return min(moment, received_at)


def fingerprint(raw: Mapping[str, Any]) -> str:
    """What makes two sendings the same command: what it says, not when or how often it was sent."""
    said = {key: raw.get(key) for key in ("kind", "visit_id", "happened_at", "body")}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


# -- measurements ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """One kind of measurement: its unit, what a body can show at all, and what needs no remark."""

    unit: str
    possible: tuple[float, float]
    usual: tuple[float, float]


SCALES: Mapping[str, Scale] = {
    # The usual ranges of pulse, temperature and saturation are those that NEWS2 scores with zero (RCP, 2017).
    "pulse": Scale("/min", (15, 300), (51, 90)),
    "temperature": Scale("°C", (25, 45), (36.1, 38.0)),
    "saturation": Scale("%", (30, 100), (96, 100)),
    "pain": Scale("NRS", (0, 10), (0, 3)),  # four and more asks for a policy (VMS: vroege herkenning van pijn)
    "gcs": Scale("", (3, 15), (15, 15)),
    "glucose": Scale("mmol/l", (0.3, 80), (4.0, 15.0)),
    "urine_volume": Scale("ml", (0, 5000), (30, 1000)),
    "dos": Scale("", (0, 13), (0, 2)),  # three or more points to a delirium (Delirium Observatie Screening)
}
# Systolic and diastolic apart: NEWS2 scores 111-219 with zero; below 50 or above 110 the lower value needs a remark.
_SYSTOLIC = Scale("mmHg", (30, 320), (111, 219))
_DIASTOLIC = Scale("mmHg", (10, 220), (50, 110))
_SAME_UNIT = {
    "": "", "nrs": "NRS", "/min": "/min", "per minuut": "/min", "bpm": "/min", "°c": "°C", "c": "°C", "%": "%",
    "mmol/l": "mmol/l", "ml": "ml", "mmhg": "mmHg",
}  # fmt: skip


@dataclass(frozen=True)
class Measurement:
    """Meting: a value as it was measured, with what we think of it."""

    code: str
    value: str
    unit: str
    flag: Flag

    def as_dict(self) -> dict[str, str]:
        """The measurement as plain JSON."""
        return {"code": self.code, "value": self.value, "unit": self.unit, "flag": self.flag.value}


def judge(code: str, value: object, unit: str | None) -> Measurement:
    """Weigh a measured value. A value that cannot be is kept as it was written, and marked: text is never lost."""
    written = _text(value)
    scale = SCALES.get(code)
    expected = "mmHg" if code == "blood_pressure" else scale.unit if scale else None
    given = expected if unit is None else _SAME_UNIT.get(unit.strip().lower())
    if expected is None or (given != expected and (unit or "").strip()):
        return Measurement(code, written, (unit or "").strip(), Flag.IMPLAUSIBLE)
    if code == "blood_pressure":
        return Measurement(code, written, expected, _judge_blood_pressure(written))
    assert scale is not None
    number = _sum_of_emv(written) if code == "gcs" else _number(written)
    return Measurement(code, written, expected, Flag.IMPLAUSIBLE if number is None else _judge_number(scale, number))


def _judge_number(scale: Scale, number: float) -> Flag:
    if not scale.possible[0] <= number <= scale.possible[1]:
        return Flag.IMPLAUSIBLE
    return Flag.NORMAL if scale.usual[0] <= number <= scale.usual[1] else Flag.ABNORMAL


def _judge_blood_pressure(written: str) -> Flag:
    upper, _, lower = written.partition("/")
    systolic, diastolic = _number(upper), _number(lower)
    if systolic is None or diastolic is None or systolic <= diastolic:
        return Flag.IMPLAUSIBLE
    flags = {_judge_number(_SYSTOLIC, systolic), _judge_number(_DIASTOLIC, diastolic)}
    return next(flag for flag in (Flag.IMPLAUSIBLE, Flag.ABNORMAL, Flag.NORMAL) if flag in flags)


def _sum_of_emv(written: str) -> float | None:
    """E4M6V5 is how a Glasgow Coma Scale is spoken in the Netherlands; a bare sum will do as well."""
    parts = re.fullmatch(r"E(\d)\s?M(\d)\s?V(\d)", written.strip().upper())
    return float(sum(map(int, parts.groups()))) if parts else _number(written)


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).strip()


def _number(written: str) -> float | None:
    plain = written.strip().replace(",", ".")
    if not plain.isascii() or not plain.removeprefix("-").replace(".", "", 1).isdigit() or len(plain) > 12:
        return None
    return float(plain)


# -- reports -----------------------------------------------------------------------------------------------------


def procedures_without_order(procedures: Iterable[Mapping[str, Any]], reserved: Iterable[str]) -> list[str]:
    """A reserved procedure is only done on somebody's order (Wet BIG art. 35 and 38): which ones name none?"""
    reserved = set(reserved)
    return [
        str(done["code"])
        for done in procedures
        if done.get("code") in reserved and not str(done.get("order_source") or "").strip()
    ]


def standing_versions(parents: Mapping[uuid.UUID, uuid.UUID | None]) -> set[uuid.UUID]:
    """The versions that nobody wrote over, given each version's parent. Two writers at once: both stand."""
    return set(parents) - {parent for parent in parents.values() if parent is not None}


def is_fork(parent_id: uuid.UUID | None, parents: Mapping[uuid.UUID, uuid.UUID | None]) -> bool:
    """Does this new version stand beside another one instead of on top of it?"""
    return any(parent == parent_id for parent in parents.values())


def summary_of(subjective: str, objective: str, evaluation: str, plan: str, *, longest: int = 280) -> str:
    """What a colleague needs to read first: the conclusion and the plan, else what was seen."""
    text = (
        " ".join(part.strip() for part in (evaluation, plan) if part.strip()) or objective.strip() or subjective.strip()
    )
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"
