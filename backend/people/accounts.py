"""Where login finds people: the link between a name and a password, and an actor with a scope."""

import uuid
from typing import Any

import sqlalchemy as sa

from backend.people.models import Organisation, Partnership, Staff
from backend.people.rules import scope_of
from backend.platform.actor import Actor
from backend.platform.db import Session
from backend.platform.login import Account


class StaffAccounts:
    """Medewerkers as accounts; whoever is no longer active is nobody at once."""

    def by_login(self, session: Session, login: str) -> Account | None:
        """The active account with this login name (lower case)."""
        staff = session.scalar(_active().where(Staff.login == login))
        return Account(_actor(staff), staff.password_hash) if staff else None

    def by_id(self, session: Session, staff_id: uuid.UUID) -> Actor | None:
        """The actor for this id, as long as it is active."""
        staff = session.scalar(_active().where(Staff.id == staff_id))
        return _actor(staff) if staff else None

    def describe(self, session: Session, actor: Actor) -> dict[str, Any]:
        """The actor's organisation and partnership, for the app's header."""
        organisation = session.get_one(Organisation, actor.organisation_id)
        partnership = session.get(Partnership, 1)
        return {
            "organisation": {"id": organisation.id, "name": organisation.name},
            "partnership": {
                "name": partnership.name if partnership else "Nachtronde",
                "desk_phone": partnership.desk_phone if partnership else "",
            },
        }


def _active() -> sa.Select[Staff]:
    """Whoever works here, at an organisation that still takes part."""
    return sa.select(Staff).join(Staff.organisation).where(Staff.is_active, Organisation.is_active)


def _actor(staff: Staff) -> Actor:
    return Actor(staff.id, staff.name, staff.role.value, staff.organisation_id, scope_of(staff.role))
