"""Who at the desk is busy with which question: a claim for a minute, so that no two colleagues call back."""

import uuid
from datetime import timedelta

from backend.dispatch.events import PresenceClaimed, PresenceReleased
from backend.dispatch.models import Presence
from backend.intake.models import CareRequest
from backend.platform.errors import NotFound
from backend.platform.uow import UnitOfWork

CLAIM = timedelta(seconds=60)


def claim(uow: UnitOfWork, care_request_id: uuid.UUID) -> Presence:
    """Say that I am busy with this question. Who was first keeps it; the answer says who that is."""
    request = uow.session.get(CareRequest, care_request_id, with_for_update=True)
    if request is None or uow.actor.staff_id is None:
        raise NotFound()
    presence = uow.session.get(Presence, care_request_id)
    if presence is not None and presence.until_at > uow.now and presence.staff_id != uow.actor.staff_id:
        return presence
    is_news = presence is None or presence.until_at <= uow.now or presence.staff_id != uow.actor.staff_id
    if presence is None:
        presence = Presence(care_request_id=care_request_id)
        uow.session.add(presence)
    presence.staff_id, presence.staff_name = uow.actor.staff_id, uow.actor.name
    presence.until_at = uow.now + CLAIM
    if is_news:
        uow.record(PresenceClaimed(stream_id=care_request_id, staff_name=uow.actor.name))
    return presence


def release(uow: UnitOfWork, care_request_id: uuid.UUID) -> None:
    """Let it go; somebody else's claim stays."""
    presence = uow.session.get(Presence, care_request_id)
    if presence is not None and presence.staff_id == uow.actor.staff_id:
        uow.session.delete(presence)
        uow.record(PresenceReleased(stream_id=care_request_id))
