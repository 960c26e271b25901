"""What can be read back of what a phone told."""

import uuid
from typing import Any

from backend.phone.models import CommandResult
from backend.platform.db import Session
from backend.platform.errors import NotFound


def result_of(session: Session, command_id: uuid.UUID) -> dict[str, Any]:
    """The stored answer to a command: the second tick."""
    found = session.get(CommandResult, command_id)
    if found is None:
        raise NotFound()
    return found.result
