"""What other rooms ask of this one, and single visits for the desk."""

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from backend.dispatch.models import Visit
from backend.dispatch.rules import VisitStatus
from backend.platform.errors import NotFound


def visits_of_shift(session: Session, shift_id: uuid.UUID) -> list[Visit]:
    """What this car has tonight, in the order of its route; what is done comes first, cancelled is left out."""
    rows = session.scalars(
        sa.select(Visit).where(Visit.shift_id == shift_id, Visit.status != VisitStatus.CANCELLED)
    ).all()
    return sorted(rows, key=lambda visit: (visit.finished_at is None, visit.sequence or 0, visit.opened_at))


def visit(session: Session, visit_id: uuid.UUID) -> Visit:
    """One visit."""
    found = session.get(Visit, visit_id)
    if found is None:
        raise NotFound()
    return found
