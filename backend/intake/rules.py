"""What a care request must say, and when two calls are about the same thing."""

import re
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

FIRST_NUMBER = 1001
LOOK_BACK = timedelta(hours=72)
"""Contacts this recent count as "tweede keer contact" (pilots zorgcoordinatie: contact in de afgelopen 72 uur)."""
LONGEST_LOOK_BACK_HOURS = 14 * 24
SAME_CALL_WITHIN = timedelta(hours=12)
OLDEST_CALL = timedelta(days=3)
"""After a night on paper the desk still types the calls in; older than this is a typing error."""
CLOCK_DIFFERENCE = timedelta(minutes=5)
"""A desk's own clock may run this far ahead of ours."""

_PHONE_NUMBER = re.compile(r"\+?\d{3,15}")
_PHONE_PUNCTUATION = re.compile(r"[\s().\-/]")


class Channel(StrEnum):
    """Kanaal: by which way a question reached the desk."""

    PHONE = "phone"
    ALARM = "alarm"
    GP_POST = "gp_post"
    MKA = "mka"
    PORTAL = "portal"


class CallerRelation(StrEnum):
    """Relatie van de melder: what the caller is to the client."""

    CLIENT = "client"
    INFORMAL_CARER = "informal_carer"
    NURSE = "nurse"
    GP = "gp"
    GP_POST = "gp_post"
    MKA = "mka"
    ALARM_CENTRE = "alarm_centre"
    OTHER = "other"


class RequestStatus(StrEnum):
    """Status: where a care request stands: waiting for a decision, decided, or finished."""

    OPEN = "open"
    DECIDED = "decided"
    CLOSED = "closed"


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Melder: who called, and on which number the desk can call back."""

    callback_number: str
    relation: CallerRelation
    name: str = ""
    is_with_client: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Call:
    """Oproep, telefoontje: what the desk wrote down while somebody spoke."""

    caller: Caller
    question: str
    entry_complaint: str
    channel: Channel = Channel.PHONE
    client_id: UUID | None = None
    received_at: datetime | None = None
    answered_at: datetime | None = None
    onset: str | None = None
    measures_taken: str | None = None
    location_note: str | None = None
    contact_72h_checked: bool = False


@dataclass(frozen=True)
class Question:
    """The parts of a care request by which a second call about it is recognised."""

    id: UUID
    client_id: UUID | None
    entry_complaint: str
    received_at: datetime


def reference_of(number: int) -> str:
    """The number as people say it over the phone: ZV-1142."""
    return f"ZV-{number}"


def dialled(number: str) -> str:
    """The digits of a phone number, without the punctuation people write in it."""
    return _PHONE_PUNCTUATION.sub("", number)


def problems_with(call: Call, *, entry_complaints: Container[str], now: datetime) -> dict[str, str]:
    """Everything that is wrong with this call, as {field: code}; empty when it can be registered."""
    problems: dict[str, str] = {}
    if not call.question.strip():
        problems["question"] = "required"
    if call.entry_complaint not in entry_complaints:
        problems["entry_complaint"] = "unknown_entry_complaint"
    if not call.caller.callback_number.strip():
        problems["caller.callback_number"] = "required"
    elif not _PHONE_NUMBER.fullmatch(dialled(call.caller.callback_number)):
        problems["caller.callback_number"] = "not_a_phone_number"
    for field, moment in (("received_at", call.received_at), ("answered_at", call.answered_at)):
        if moment is None:
            continue
        if moment > now + CLOCK_DIFFERENCE:
            problems[field] = "in_the_future"
        elif moment < now - OLDEST_CALL:
            problems[field] = "too_long_ago"
    if call.answered_at is not None and call.answered_at < (call.received_at or call.answered_at):
        problems.setdefault("answered_at", "before_received_at")
    return problems


def may_be_same_call(new: Question, earlier: Question) -> bool:
    """Same client, same complaint, less than twelve hours apart: probably one question asked twice."""
    return (
        new.id != earlier.id
        and new.client_id is not None
        and new.client_id == earlier.client_id
        and new.entry_complaint == earlier.entry_complaint
        and abs(new.received_at - earlier.received_at) < SAME_CALL_WITHIN
    )


def may_link(new: Question, earlier: Question) -> str | None:
    """Why these two cannot be linked, as a code; None when they can."""
    if new.id == earlier.id:
        return "links_to_itself"
    if new.client_id and earlier.client_id and new.client_id != earlier.client_id:
        return "other_client"
    if earlier.received_at > new.received_at:
        return "links_to_a_later_call"
    return None


def is_settled_by_link(earlier_status: RequestStatus) -> bool:
    """Does the earlier question still wait for its decision? Then that one decision answers both calls.

    Once the earlier one was decided, calling again is new information ("tweede keer contact"), which a
    triagist must judge: the second call keeps waiting.
    """
    return earlier_status is RequestStatus.OPEN
