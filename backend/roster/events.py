"""What happens on the roster, in the past tense."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.platform.events import Event


@dataclass(frozen=True, kw_only=True)
class NightOpened(Event):
    """Nacht geopend: it stands on the roster, and from its start on cars drive."""

    night_id: UUID
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, kw_only=True)
class RosterChanged(Event):
    """Rooster gewijzigd: a home base, a car or a shift was added or changed."""

    what: str
    id: UUID
    changes: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class BackupWoken(Event):
    """Achterwacht gewekt."""

    car_name: str
