"""What an organisation reads of its nights, and what the desk sees of the delivery."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from backend.handover.models import Delivery, HandoverEntry, MorningHandover, Receipt
from backend.handover.rules import DeliveryStatus, ReceiptStatus
from backend.people.models import Organisation
from backend.platform.db import Session
from backend.platform.errors import NotFound

LISTED = 60


@dataclass(frozen=True)
class Letter:
    """A letter with its addenda, the newest addendum first."""

    first: MorningHandover
    addenda: Sequence[MorningHandover]

    @property
    def everything(self) -> list[MorningHandover]:
        """The letter and all that was added to it."""
        return [self.first, *self.addenda]

    @property
    def taken(self) -> dict[str, Receipt]:
        """Who took which action over, by the action's id: in the letter or in an addendum that repeats it."""
        taken = [
            (entry, receipt)
            for one in self.everything
            for entry in one.entries
            for receipt in entry.receipts
            if receipt.status is ReceiptStatus.TAKEN_OVER
        ]
        whole = {
            action["id"]: receipt
            for entry, receipt in taken
            if receipt.action_id is None
            for action in entry.body["actions"]
        }
        return whole | {str(receipt.action_id): receipt for _, receipt in taken if receipt.action_id is not None}

    def open_actions(self, one: MorningHandover | None = None) -> list[tuple[HandoverEntry, dict[str, Any]]]:
        """The actions for this organisation that nobody took over yet, each once, the newest word about it."""
        taken, found = self.taken, {}
        for letter in [one] if one is not None else reversed(self.everything):
            for entry in letter.entries:
                for action in entry.body["actions"]:
                    if action["is_yours"] and action["id"] not in taken:
                        found[action["id"]] = (entry, action)
        return list(found.values())

    def later_word_on(self, entry: HandoverEntry) -> HandoverEntry | None:
        """The line of the newest addendum about the same question or visit."""
        about = (entry.care_request_id, entry.visit_id)
        return next(
            (
                other
                for addendum in self.addenda
                if addendum.version > entry.handover.version
                for other in addendum.entries
                if (other.care_request_id, other.visit_id) == about
            ),
            None,
        )

    @property
    def is_opened(self) -> bool:
        """Has the organisation opened all of it?"""
        return all(one.opened_at is not None for one in self.everything)


def newest(session: Session) -> MorningHandover | None:
    """The letter of the last night that this reader may see."""
    return session.scalar(
        sa.select(MorningHandover)
        .where(MorningHandover.addendum_of.is_(None))
        .order_by(MorningHandover.generated_at.desc(), MorningHandover.id)
        .limit(1)
    )


def letter(session: Session, handover_id: uuid.UUID) -> Letter:
    """A letter with its addenda, by the id of any of them."""
    found = session.get(MorningHandover, handover_id)
    if found is None:
        raise NotFound()
    first = session.get_one(MorningHandover, found.addendum_of) if found.addendum_of else found
    addenda = session.scalars(
        sa.select(MorningHandover)
        .where(MorningHandover.addendum_of == first.id)
        .order_by(MorningHandover.version.desc())
    )
    return Letter(first, list(addenda))


def letter_of_entry(session: Session, entry_id: uuid.UUID) -> Letter:
    """The letter in which this line stands."""
    entry = session.get(HandoverEntry, entry_id)
    if entry is None:
        raise NotFound()
    return letter(session, entry.handover_id)


def letters(session: Session, *, limit: int = LISTED) -> list[Letter]:
    """The last letters with their addenda, the newest first."""
    found = session.scalars(
        sa.select(MorningHandover)
        .where(MorningHandover.addendum_of.is_(None))
        .order_by(MorningHandover.generated_at.desc(), MorningHandover.id)
        .limit(limit)
    ).all()
    added: dict[uuid.UUID, list[MorningHandover]] = {}
    for one in session.scalars(
        sa.select(MorningHandover)
        .where(MorningHandover.addendum_of.in_([first.id for first in found]))
        .order_by(MorningHandover.version.desc())
    ):
        if one.addendum_of is not None:
            added.setdefault(one.addendum_of, []).append(one)
    return [Letter(first, added.get(first.id, [])) for first in found]


def organisation_names(session: Session) -> dict[uuid.UUID, str]:
    """The names that this reader may see, for a list of letters."""
    return {one.id: one.name for one in session.scalars(sa.select(Organisation))}


# -- as they leave the house -------------------------------------------------------------------------------------


def described(found: Letter, one: MorningHandover, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    """A letter, or an addendum of it, in a list: what it says on the outside, and how far it came."""
    receipts = [receipt for entry in one.entries for receipt in entry.receipts]
    return {
        "id": one.id,
        "night_id": one.night_id,
        "night": one.body["night"],
        "organisation": {"id": one.organisation_id, "name": names.get(one.organisation_id, one.body["organisation"])},
        "version": one.version,
        "addendum_of": one.addendum_of,
        "delta": one.delta,
        "is_nil": one.is_nil,
        "heading": one.body["heading"],
        "generated_at": one.generated_at,
        "entries_count": len(one.entries),
        "open_actions": len(found.open_actions(one)),
        "opened_at": one.opened_at,
        "opened_by": one.opened_by,
        "is_unread": one.opened_at is None and one.unread_flagged_at is not None,
        "unread_flagged_at": one.unread_flagged_at,
        "deliveries": list(one.deliveries),
        "answers": {
            status.value: sum(receipt.status is status for receipt in receipts)
            for status in (ReceiptStatus.TAKEN_OVER, ReceiptStatus.QUESTION, ReceiptStatus.REJECTED)
        },
    }


def described_in_full(found: Letter, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    """A letter with its lines, what was answered to each, and its addenda."""
    return {
        **_with_lines(found, found.first, names),
        "addenda": [_with_lines(found, addendum, names) for addendum in found.addenda],
    }


def _with_lines(found: Letter, one: MorningHandover, names: dict[uuid.UUID, str]) -> dict[str, Any]:
    return {
        **described(found, one, names),
        "period_from": one.period_from,
        "period_to": one.period_to,
        "content_hash": one.content_hash,
        "body": one.body,
        "entries": [
            {"id": entry.id, "position": entry.position, "body": entry.body, "status": status_of(entry),
             "receipts": list(entry.receipts)}
            for entry in one.entries
        ],
    }  # fmt: skip


def status_of(entry: HandoverEntry) -> ReceiptStatus:
    """Where a line stands: the last thing said about it, and "sent" before anything was."""
    return entry.receipts[-1].status if entry.receipts else ReceiptStatus.SENT


def delivery_in_words(delivery: Delivery) -> str:
    """How the notice fared, for the desk."""
    return {
        DeliveryStatus.QUEUED: "bericht wordt verstuurd",
        DeliveryStatus.SENT: "bericht gemaild",
        DeliveryStatus.SKIPPED: "geen mail ingesteld" if delivery.note == "mail_not_configured" else "geen mailadres",
        DeliveryStatus.FAILED: "mail komt niet aan",
    }[delivery.status]
