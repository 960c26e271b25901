"""What other rooms ask of this one."""

import uuid

from backend.dispatch.models import Visit
from backend.platform.db import Session
from backend.platform.errors import NotFound


def visit(session: Session, visit_id: uuid.UUID) -> Visit:
    """One visit."""
    found = session.get(Visit, visit_id)
    if found is None:
        raise NotFound()
    return found
