"""When this happens, do that: the whole behaviour between rooms, and every job, on one page."""

from importlib import import_module
from importlib.util import find_spec

from backend.platform import mail


def _find(module: str, name: str):
    """While the rooms are being built (the lead replaces this by plain imports)."""
    try:
        return getattr(import_module(module), name, None) if find_spec(module) else None
    except ImportError:
        return None


def _table(rows):
    found = {}
    for (module, name), functions in rows:
        if key := _find(module, name):
            found[key] = tuple(f for f in (_find(*place) for place in functions) if f)
    return found


REACTIONS = _table([
    (("backend.people.events", "ClientMerged"), [("backend.intake.service", "move_requests"), ("backend.dispatch.service", "move_visits")]),
    (("backend.triage.events", "TriageDecided"), [("backend.dispatch.service", "open_visit"), ("backend.handover.service", "note_late_decision")]),
    (("backend.visits.events", "VisitReported"), [("backend.handover.service", "note_late_report")]),
])

JOBS = {"send_mail": mail.send_mail}
for _module in ("backend.dispatch.jobs", "backend.handover.jobs", "backend.visits.jobs"):
    JOBS.update(_find(_module, "JOBS") or {})
