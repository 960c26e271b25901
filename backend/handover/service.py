"""The night closes, the letters go out, and the organisations answer."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from backend.dispatch.models import Visit
from backend.handover import collect, letters, rules
from backend.handover.collect import Matter
from backend.handover.events import HandoverAnswered, HandoverOpened, HandoverUnread, NightClosed
from backend.handover.models import HandoverEntry, MorningHandover, Receipt
from backend.handover.rules import ReceiptStatus
from backend.intake.events import ClientIdentified
from backend.intake.models import CareRequest
from backend.people.events import ClientMerged
from backend.people.models import Organisation, Partnership
from backend.people.rules import OrganisationKind
from backend.platform.db import Session
from backend.platform.errors import DomainError, Invalid, NotFound
from backend.platform.events import Event
from backend.platform.ids import new_id
from backend.platform.uow import UnitOfWork
from backend.roster.events import NightOpened
from backend.roster.models import Night


class AlreadyTakenOver(DomainError):
    """A colleague was first; the answer says who and when."""

    code = "already_taken_over"


@dataclass(frozen=True)
class Closing:
    """What closing a night made."""

    night: Night
    made: list[MorningHandover]
    without_organisation: list[str]


def schedule_closing(uow: UnitOfWork, opened: NightOpened) -> None:
    """Ask the worker to close this night when it ends; asking twice is asking once."""
    night_id = str(opened.night_id)
    uow.enqueue("close_night", {"night_id": night_id}, run_at=opened.ends_at, key=f"close_night:{night_id}")


def close_night(uow: UnitOfWork, night_id: uuid.UUID) -> Closing:
    """Write every organisation its letter. Closing again adds only what came since, as an addendum; else nothing."""
    _take_turns(uow)
    night = uow.session.scalar(sa.select(Night).where(Night.id == night_id).with_for_update())
    if night is None:
        raise NotFound()
    organisations = uow.session.scalars(
        sa.select(Organisation).where(Organisation.kind == OrganisationKind.CARE).order_by(Organisation.name)
    ).all()
    made = [letter for one in organisations if (letter := _close_for(uow, night, one)) is not None]
    nobodys = collect.nobodys(uow.session, night.starts_at)
    if night.closed_at is None:
        night.closed_at = uow.now
        uow.record(NightClosed(night_id=night.id, handovers=len(made), without_organisation=tuple(nobodys)))
        uow.cancel(f"close_night:{night.id}")
        uow.enqueue("purge_command_results", {}, key=f"purge_command_results:{night.id}")
    uow.session.flush()
    return Closing(night, made, nobodys)


def _close_for(uow: UnitOfWork, night: Night, organisation: Organisation) -> MorningHandover | None:
    matters = collect.not_yet_told(uow.session, night, organisation.id)
    first = _letter_of(uow, night.id, organisation.id)
    if first is not None:
        return letters.add_to(uow, first, [letters.Addition(matter) for matter in matters]) if matters else None
    if not matters and not organisation.is_active:
        return None
    return letters.write(uow, night, organisation, matters)


def _letter_of(uow: UnitOfWork, night_id: uuid.UUID, organisation_id: uuid.UUID) -> MorningHandover | None:
    return uow.session.scalar(
        sa.select(MorningHandover).where(
            MorningHandover.night_id == night_id,
            MorningHandover.organisation_id == organisation_id,
            MorningHandover.version == 1,
        )
    )


def _take_turns(uow: UnitOfWork) -> None:
    """Closing and adding wait for each other, so that what is committed in between lands in one of the two."""
    uow.session.execute(sa.select(Partnership.id).where(Partnership.id == 1).with_for_update())


# -- what comes after the night was closed -----------------------------------------------------------------------


def note_late_report(uow: UnitOfWork, happened: Event) -> None:
    """A report arrived: if its night was closed already, it becomes an addendum."""
    _ask_for_addendum(uow, happened)


def note_late_decision(uow: UnitOfWork, happened: Event) -> None:
    """A question was decided, or decided again."""
    _ask_for_addendum(uow, happened)


def note_late_change(uow: UnitOfWork, happened: Event) -> None:
    """Something else about a question or a visit changed: cancelled, or whose client it was."""
    _ask_for_addendum(uow, happened)


def _ask_for_addendum(uow: UnitOfWork, happened: Event) -> None:
    # By way of the worker: whoever causes this, a nurse for one, may not see the letters. Always asked, also before
    # the close, because only after both commits it is certain which of the two came first.
    about = {"care_request_id": happened.stream_id, "visit_id": happened.topic_id}
    if isinstance(happened, ClientIdentified):
        about["care_request_id"] = happened.care_request_id
    if isinstance(happened, ClientMerged):
        about = {"client_id": happened.into_client_id}
    if any(about.values()):
        uow.enqueue("add_to_handover", {name: str(value) for name, value in about.items() if value is not None})


def add_what_changed_for(uow: UnitOfWork, client_id: uuid.UUID) -> list[MorningHandover]:
    """It turned out who this client is: what its organisation was not told yet becomes an addendum."""
    asked = uow.session.scalars(sa.select(CareRequest.id).where(CareRequest.client_id == client_id)).all()
    planned = uow.session.scalars(
        sa.select(Visit.id).where(Visit.client_id == client_id, Visit.care_request_id.is_(None))
    ).all()
    made = [add_what_changed(uow, care_request_id=one, visit_id=None) for one in asked]
    made += [add_what_changed(uow, care_request_id=None, visit_id=one) for one in planned]
    return [letter for letter in made if letter is not None]


def add_what_changed(
    uow: UnitOfWork, *, care_request_id: uuid.UUID | None, visit_id: uuid.UUID | None
) -> MorningHandover | None:
    """If a letter told of this matter and it is different now, write the organisation an addendum. Never an edit."""
    _take_turns(uow)
    matter = collect.matter_of(uow.session, care_request_id=care_request_id, visit_id=visit_id)
    organisation_id = _organisation_of(matter) if matter is not None else None
    if matter is None or organisation_id is None:
        return None
    told = _last_told(uow, matter, organisation_id)
    if told is not None:
        if told.body["sources"] == matter.sources:
            return None
        first = uow.session.get_one(MorningHandover, told.handover.addendum_of or told.handover_id)
        return letters.add_to(uow, first, [letters.Addition(matter, told.body)])
    newest = uow.session.scalar(
        sa.select(MorningHandover)
        .where(MorningHandover.organisation_id == organisation_id, MorningHandover.addendum_of.is_(None))
        .order_by(MorningHandover.generated_at.desc())
        .limit(1)
    )
    # It was ours to tell before that letter went out, and only now it is known whose client it was.
    if newest is not None and matter.began_at <= newest.period_to:
        return letters.add_to(uow, newest, [letters.Addition(matter)])
    return None


def _organisation_of(matter: Matter) -> uuid.UUID | None:
    return matter.request.organisation_id if matter.request is not None else matter.visits[0].organisation_id


def _last_told(uow: UnitOfWork, matter: Matter, organisation_id: uuid.UUID) -> HandoverEntry | None:
    about = (
        HandoverEntry.care_request_id == matter.request.id
        if matter.request is not None
        else HandoverEntry.visit_id == matter.visits[0].id
    )
    return uow.session.scalar(
        sa.select(HandoverEntry)
        .join(MorningHandover)
        .where(about, HandoverEntry.organisation_id == organisation_id)
        .order_by(MorningHandover.generated_at.desc(), MorningHandover.version.desc())
        .limit(1)
    )


# -- what the organisation answers -------------------------------------------------------------------------------


def open_letter(uow: UnitOfWork, handover_id: uuid.UUID) -> None:
    """Somebody of the organisation opened its letter: every line has been read. Only the first time counts."""
    letter = uow.session.get(MorningHandover, handover_id)
    if letter is None:
        raise NotFound()
    if letter.opened_at is not None or uow.actor.organisation_id != letter.organisation_id:
        return
    letter.opened_at, letter.opened_by = uow.now, uow.actor.name
    for entry in letter.entries:
        uow.session.add(_receipt(uow, entry, new_id(), ReceiptStatus.READ))
    uow.cancel(letters.unread_key(letter.id))
    uow.record(HandoverOpened(organisation_id=letter.organisation_id, handover_id=letter.id))


def answer(
    uow: UnitOfWork,
    *,
    receipt_id: uuid.UUID,
    entry_id: uuid.UUID,
    status: ReceiptStatus,
    note: str | None = None,
    action_id: uuid.UUID | None = None,
) -> Receipt:
    """Keep what the organisation answers to a line, or to one action of it. The same answer twice changes nothing."""
    if (known := uow.session.get(Receipt, receipt_id)) is not None:
        return known
    entry = uow.session.scalar(sa.select(HandoverEntry).where(HandoverEntry.id == entry_id).with_for_update())
    if entry is None or uow.actor.organisation_id != entry.organisation_id:
        raise NotFound()
    problems = rules.problem_with_receipt(status, note)
    if action_id is not None and str(action_id) not in {action["id"] for action in entry.body["actions"]}:
        problems["action_id"] = "unknown"
    if problems:
        raise Invalid({field: [code] for field, code in problems.items()})
    if status is ReceiptStatus.TAKEN_OVER:
        _refuse_second(uow, entry, action_id)
    receipt = _receipt(uow, entry, receipt_id, status, note=(note or "").strip() or None, action_id=action_id)
    uow.session.add(receipt)
    if status is not ReceiptStatus.READ:
        uow.record(
            HandoverAnswered(
                organisation_id=entry.organisation_id,
                subject_id=entry.client_id,
                stream_id=entry.care_request_id,
                entry_id=entry.id,
                status=status,
                reference=entry.body["reference"],
            )
        )
    uow.session.flush()
    return receipt


def _refuse_second(uow: UnitOfWork, entry: HandoverEntry, action_id: uuid.UUID | None) -> None:
    first = uow.session.scalar(
        sa.select(Receipt)
        .where(Receipt.entry_id == entry.id, Receipt.status == ReceiptStatus.TAKEN_OVER)
        .where(Receipt.action_id == action_id if action_id is not None else Receipt.action_id.is_(None))
        .limit(1)
    )
    if first is not None:
        raise AlreadyTakenOver(by=first.by, at=first.at.isoformat())


def _receipt(
    uow: UnitOfWork, entry: HandoverEntry, receipt_id: uuid.UUID, status: ReceiptStatus, **more: Any
) -> Receipt:
    return Receipt(
        id=receipt_id,
        entry_id=entry.id,
        organisation_id=entry.organisation_id,
        status=status,
        staff_id=uow.actor.staff_id,
        by=uow.actor.name,
        at=uow.now,
        **more,
    )


def flag_unread(uow: UnitOfWork, handover_id: uuid.UUID) -> bool:
    """A quarter of an hour after the letter nobody opened it: let the desk know, once. A nil report may wait."""
    letter = uow.session.get(MorningHandover, handover_id)
    if letter is None or letter.opened_at is not None or letter.unread_flagged_at is not None or letter.is_nil:
        return False
    letter.unread_flagged_at = uow.now
    uow.record(HandoverUnread(organisation_id=letter.organisation_id, handover_id=letter.id))
    return True


def night_to_close(session: Session, now: datetime) -> Night | None:
    """The night that a desk means when it says "close the night": the one that began last."""
    return session.scalar(sa.select(Night).where(Night.starts_at <= now).order_by(Night.starts_at.desc()).limit(1))
