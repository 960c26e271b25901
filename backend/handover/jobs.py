"""What the worker does for this room."""

import uuid

from backend.handover import service
from backend.handover.models import Delivery, MorningHandover
from backend.handover.rules import DeliveryStatus
from backend.people.models import Organisation
from backend.platform import dutch, mail
from backend.platform.actor import SYSTEM
from backend.platform.clock import local
from backend.platform.config import settings
from backend.platform.db import reading
from backend.platform.outbox import Job
from backend.platform.uow import unit_of_work
from backend.roster.models import Night


def close_night(job: Job) -> None:
    """It is the end of the night."""
    with unit_of_work(actor=SYSTEM) as uow:
        service.close_night(uow, uuid.UUID(job.payload["night_id"]))


def add_to_handover(job: Job) -> None:
    """Something changed that may have been told already."""
    with unit_of_work(actor=SYSTEM) as uow:
        if client_id := _id(job, "client_id"):
            service.add_what_changed_for(uow, client_id)
        else:
            service.add_what_changed(uow, care_request_id=_id(job, "care_request_id"), visit_id=_id(job, "visit_id"))


def flag_unread_handover(job: Job) -> None:
    """Has anybody opened the letter?"""
    with unit_of_work(actor=SYSTEM) as uow:
        service.flag_unread(uow, uuid.UUID(job.payload["handover_id"]))


def send_handover_notice(job: Job) -> None:
    """Tell the organisation by mail that its letter waits: a link behind login, never content (NTA 7516)."""
    delivery_id = uuid.UUID(job.payload["delivery_id"])
    with reading(SYSTEM) as session:
        delivery = session.get_one(Delivery, delivery_id)
        letter = session.get_one(MorningHandover, delivery.handover_id)
        organisation = session.get_one(Organisation, letter.organisation_id)
        night = session.get_one(Night, letter.night_id)
        if delivery.status is DeliveryStatus.SENT:
            return
    if not organisation.morning_email:
        _settle(delivery_id, DeliveryStatus.SKIPPED, "no_address")
        return
    if not mail.is_configured():
        _settle(delivery_id, DeliveryStatus.SKIPPED, "mail_not_configured")
        return
    what = "Er is een aanvulling op de morgenoverdracht" if letter.addendum_of else "De morgenoverdracht staat klaar"
    notice = {
        "to": organisation.morning_email,
        "subject": f"{what}, {dutch.night_name(local(night.starts_at))}",
        "text": f"{what} voor {organisation.name}.\n\n"
        f"Lees hem na inloggen op:\n{settings().public_url}/morning/{letter.id}\n\n"
        "In deze mail staat met opzet niets over cliënten.\n",
    }
    try:
        mail.send_mail(Job(job.id, job.kind, notice, job.attempt))
    except Exception as error:
        _settle(delivery_id, DeliveryStatus.FAILED, f"attempt {job.attempt}: {error}"[:200])
        raise
    _settle(delivery_id, DeliveryStatus.SENT, None)


def _settle(delivery_id: uuid.UUID, status: DeliveryStatus, note: str | None) -> None:
    with unit_of_work(actor=SYSTEM) as uow:
        delivery = uow.session.get_one(Delivery, delivery_id)
        delivery.status, delivery.note, delivery.at = status, note, uow.now


def _id(job: Job, name: str) -> uuid.UUID | None:
    value = job.payload.get(name)
    return uuid.UUID(value) if value else None


JOBS = {
    "close_night": close_night,
    "add_to_handover": add_to_handover,
    "flag_unread_handover": flag_unread_handover,
    "send_handover_notice": send_handover_notice,
}
