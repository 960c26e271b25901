"""Who is asking, and how far they may look."""

import uuid
from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """How far an actor may look; every mapped class answers to it in `visible_to`."""

    ALL = "all"
    ORGANISATION = "organisation"
    ASSIGNED = "assigned"
    NOTHING = "nothing"


@dataclass(frozen=True)
class Actor:
    """Somebody, or something, that asks. Nobody in particular sees nothing."""

    staff_id: uuid.UUID | None = None
    name: str = ""
    role: str = ""
    organisation_id: uuid.UUID | None = None
    scope: Scope = Scope.NOTHING

    @property
    def sees_all(self) -> bool:
        """May this actor see what belongs to every organisation?"""
        return self.scope is Scope.ALL


NOBODY = Actor()
SYSTEM = Actor(name="Nachtronde", role="system", scope=Scope.ALL)
