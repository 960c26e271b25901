"""What the worker does for this room."""

from backend.phone import service
from backend.platform.actor import SYSTEM
from backend.platform.outbox import Job
from backend.platform.uow import unit_of_work


def purge_command_results(job: Job) -> None:
    """Forget answers older than 35 days; asked for whenever a night closes."""
    with unit_of_work(actor=SYSTEM) as uow:
        service.purge_results(uow)


JOBS = {"purge_command_results": purge_command_results}
