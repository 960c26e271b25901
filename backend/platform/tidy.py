"""Clears away what nobody needs any more: ended sessions, old wrong passwords, jobs that were done long ago."""

from datetime import timedelta

import sqlalchemy as sa

from backend.platform.actor import SYSTEM
from backend.platform.login import LoginAttempt, LoginSession
from backend.platform.outbox import Job, OutboxJob
from backend.platform.uow import UnitOfWork, unit_of_work

KEEP_ATTEMPTS = timedelta(days=1)
KEEP_DONE_JOBS = timedelta(days=35)
"""As long as a phone may repeat what it sent; dead jobs stay until somebody looked at them."""


def ask_for_tidying(uow: UnitOfWork) -> None:
    """Put today's tidying on the list; asking again the same day is asking once."""
    uow.enqueue("tidy", {}, key=f"tidy:{uow.now.date()}")


def tidy(job: Job) -> None:
    """Clear away, and ask for tomorrow."""
    with unit_of_work(actor=SYSTEM) as uow:
        tomorrow = uow.now + timedelta(days=1)
        uow.enqueue("tidy", {}, run_at=tomorrow, key=f"tidy:{tomorrow.date()}")
        uow.session.execute(sa.delete(LoginSession).where(LoginSession.ends_at < uow.now))
        uow.session.execute(sa.delete(LoginAttempt).where(LoginAttempt.at < uow.now - KEEP_ATTEMPTS))
        uow.session.execute(sa.delete(OutboxJob).where(OutboxJob.done_at < uow.now - KEEP_DONE_JOBS))
