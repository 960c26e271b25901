"""What the worker does for this room, by the name that stands in the outbox."""

from collections.abc import Callable, Mapping

from backend.dispatch import ringing
from backend.dispatch.driving import fetching
from backend.dispatch.planning import replan
from backend.dispatch.proposals import answering
from backend.platform.outbox import Job

JOBS: Mapping[str, Callable[[Job], None]] = {
    "ring_phone": ringing.ring_phone,
    "escalate": ringing.escalate,
    "ring_route": ringing.ring_route,
    "overdue": ringing.overdue,
    "late_norm": ringing.late_norm,
    "plan_night": replan.plan_night_job,
    "replan": replan.replan_job,
    "fetch_travel": fetching.fetch_travel_job,
    "propose": answering.propose_job,
}
