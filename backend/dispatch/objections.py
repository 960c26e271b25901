"""Why a car may not go, or may go only with a reason, as it leaves the house: codes and facts, no sentences."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from backend.dispatch.rules import Objection
from backend.platform.clock import iso


def objection_json(objection: Objection) -> dict[str, Any]:
    """An objection as it leaves the house: its code, what it weighs, and its facts."""
    return {"code": objection.code, "weight": objection.weight.value, "params": params_json(objection.params)}


def params_json(params: Mapping[str, Any]) -> dict[str, Any]:
    """The facts of an objection as they leave the house."""
    return {
        key: iso(value) if isinstance(value, datetime) else value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in params.items()
    }
