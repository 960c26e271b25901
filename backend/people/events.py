"""What happens to people and places, for the record: who, what, before and after."""

from __future__ import annotations

import enum
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from backend.platform.events import Event

Changes = dict[str, list[Any]]
"""field -> [before, after]"""


def differences(row: object, facts: Mapping[str, Any]) -> Changes:
    """The facts that differ from the row, as plain values before and after."""
    return {
        name: [plain(getattr(row, name)), plain(value)] for name, value in facts.items() if getattr(row, name) != value
    }


def plain(value: Any) -> Any:
    """A value as it can be kept in an event."""
    if isinstance(value, enum.Enum):
        return value.value
    return str(value) if isinstance(value, (uuid.UUID, date)) else value


@dataclass(frozen=True, kw_only=True)
class OrganisationAdded(Event):
    """An organisation joined."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class OrganisationChanged(Event):
    """An organisation's name, numbers or activity changed."""

    id: uuid.UUID
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class PartnershipChanged(Event):
    """The partnership's name or telephone numbers changed."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class StaffAdded(Event):
    """Somebody can log in from now on."""

    staff_id: uuid.UUID
    name: str
    role: str
    login: str


@dataclass(frozen=True, kw_only=True)
class StaffChanged(Event):
    """Somebody's role, organisation, login or activity changed; of a password only that it changed."""

    staff_id: uuid.UUID
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class CompetencesChanged(Event):
    """What somebody may do, and until when: procedure -> [before, after]."""

    staff_id: uuid.UUID
    changes: Changes


@dataclass(frozen=True, kw_only=True)
class RegionChanged(Event):
    """A region got a name, a code or other postcode areas."""

    region_id: uuid.UUID
    changes: Changes


REGION_LAYOUT = uuid.UUID("5c1f9a4e-6d1b-5b0e-9c55-70f0c1a7e0d1")
"""The division of the land over the regions, as the one thing that these events are about: so they are found again."""


@dataclass(frozen=True, kw_only=True)
class PostcodeAreasMoved(Event):
    """Postcode areas went to another region together: PC4 -> [region before, region after] by id, None for nowhere."""

    moves: Changes
    undoes: uuid.UUID | None = None
    """The event that this one put back."""


@dataclass(frozen=True, kw_only=True)
class GazetteerImported(Event):
    """A file with addresses or postcode areas was taken in."""

    file: str
    shape: str
    added: int
    changed: int
    unchanged: int


@dataclass(frozen=True, kw_only=True)
class ClientAdded(Event):
    """A client became known; `is_provisional` when nobody knows yet who it is."""

    is_provisional: bool


@dataclass(frozen=True, kw_only=True)
class ClientChanged(Event):
    """Something about a client changed, with before and after."""

    changes: Changes


@dataclass(frozen=True, kw_only=True)
class ClientMerged(Event):
    """Samenvoegen: `subject_id` turned out to be `into_client_id`. Later rooms move what they hold."""

    into_client_id: uuid.UUID


@dataclass(frozen=True, kw_only=True)
class ClientsImported(Event):
    """A file of one organisation's clients was taken in."""

    file: str
    added: int
    changed: int
    unchanged: int
    left: int


@dataclass(frozen=True, kw_only=True)
class TreatmentRelationOpened(Event):
    """A nurse may see a client from now on."""

    staff_id: uuid.UUID
    valid_until: datetime | None


@dataclass(frozen=True, kw_only=True)
class TreatmentRelationClosed(Event):
    """A nurse may see a client until then."""

    staff_id: uuid.UUID
    valid_until: datetime
