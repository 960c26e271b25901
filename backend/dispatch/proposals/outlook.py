"""What a set of routes would bring: who is where at what time, what each car drives, what it costs."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Arrival:
    """One visit in a set of routes. `late_s` counts from the end of its window."""

    shift_id: uuid.UUID
    begins_at: datetime
    late_s: int


@dataclass(frozen=True)
class Drive:
    """What one car does in a set of routes, the way home included."""

    order: tuple[uuid.UUID, ...]
    travel_s: int
    distance_m: int
    home_at: datetime


@dataclass(frozen=True)
class Outlook:
    """Vooruitzicht: a set of routes carried out as planned, from this moment to the end of the night."""

    arrivals: Mapping[uuid.UUID, Arrival]
    drives: Mapping[uuid.UUID, Drive]
    terms: Mapping[str, int]
    """The optimiser's own price of it, term by term, in seconds of driving."""


@dataclass(frozen=True)
class Better:
    """What a long search found: the routes as they are, the routes as they could be, and why each visit moves."""

    before: Outlook
    after: Outlook
    why: Mapping[uuid.UUID, tuple[dict[str, Any], ...]] = field(default_factory=dict)
    """visit -> coded reasons with their facts, for what goes to another car and for what fits nowhere"""

    @property
    def is_better(self) -> bool:
        """Does it change anything? The search changes routes only for something that is cheaper in all."""
        orders = {shift_id: drive.order for shift_id, drive in self.before.drives.items() if drive.order}
        return orders != {shift_id: drive.order for shift_id, drive in self.after.drives.items() if drive.order}
