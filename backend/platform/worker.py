"""Does what the outbox asks: takes a lease, works without a transaction open, says how it went."""

import threading
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask

from backend.platform.actor import SYSTEM
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.ids import new_id
from backend.platform.outbox import Job, Later, OutboxJob
from backend.platform.runtime import Runtime
from backend.platform.uow import unit_of_work

log = structlog.get_logger()

LEASE = timedelta(seconds=90)
MAX_ATTEMPTS = 10


def lease(limit: int, *, leaving: Collection[str] = ()) -> list[Job]:
    """Take up to `limit` due jobs for ourselves, but none of these kinds; two workers never hold the same one."""
    with unit_of_work(actor=SYSTEM) as uow:
        due = uow.session.scalars(
            sa.select(OutboxJob)
            .where(
                OutboxJob.run_at <= uow.now,
                OutboxJob.kind.not_in(leaving),
                OutboxJob.done_at.is_(None),
                OutboxJob.dead_at.is_(None),
                sa.or_(OutboxJob.leased_until.is_(None), OutboxJob.leased_until < uow.now),
            )
            .order_by(OutboxJob.run_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        jobs = []
        for row in due:
            row.leased_until, row.lease_id, row.attempts = uow.now + LEASE, new_id(), row.attempts + 1
            jobs.append(Job(row.id, row.kind, row.payload, row.attempts))
        return jobs


def anything_due() -> bool:
    """Is there work? Asked without the write gate, so that an idle worker disturbs nobody."""
    with reading(SYSTEM) as session:
        moment = now()
        return (
            session.scalar(
                sa.select(OutboxJob.id)
                .where(
                    OutboxJob.run_at <= moment,
                    OutboxJob.done_at.is_(None),
                    OutboxJob.dead_at.is_(None),
                    sa.or_(OutboxJob.leased_until.is_(None), OutboxJob.leased_until < moment),
                )
                .limit(1)
            )
            is not None
        )


def run(app: Flask, job: Job) -> None:
    """Do one job and write down how it went. A failure is tried again, slower each time, and stays visible."""
    runtime: Runtime = app.extensions["nachtronde"]
    with app.app_context():
        try:
            runtime.jobs[job.kind](job)
        except Exception as error:  # whatever went wrong, the queue must go on
            _failed(job, error)
        else:
            with unit_of_work(actor=SYSTEM) as uow:
                row = uow.session.get_one(OutboxJob, job.id)
                row.done_at, row.leased_until = row.done_at or uow.now, None


def _failed(job: Job, error: Exception) -> None:
    wait = error.seconds if isinstance(error, Later) else min(2**job.attempt, 600)
    log.warning("job_failed", kind=job.kind, attempt=job.attempt, error=type(error).__name__, again_in_s=wait)
    with unit_of_work(actor=SYSTEM) as uow:
        row = uow.session.get_one(OutboxJob, job.id)
        row.leased_until, row.last_error = None, f"{type(error).__name__}: {error}"[:500]
        if job.attempt >= MAX_ATTEMPTS:
            row.dead_at = uow.now
        else:
            row.run_at = uow.now + timedelta(seconds=wait)


def run_due(app: Flask, limit: int = 20, *, leaving: Collection[str] = ()) -> int:
    """Do what is due now, one after the other, and return how many: for tests and for the command line."""
    with app.app_context():
        jobs = lease(limit, leaving=leaving)
    for job in jobs:
        run(app, job)
    return len(jobs)


def work(app: Flask, stop: threading.Event, threads: int = 4) -> None:
    """Work until told to stop. A job that hangs holds one thread and its own lease, nothing else."""
    with ThreadPoolExecutor(threads, thread_name_prefix="job") as pool:
        busy: set[Any] = set()
        while not stop.is_set():
            busy = {future for future in busy if not future.done()}
            try:
                with app.app_context():
                    jobs = lease(threads - len(busy)) if len(busy) < threads and anything_due() else []
            except sa.exc.OperationalError as error:
                log.error("worker_without_database", kind=type(error.orig).__name__)
                time.sleep(1)
                continue
            busy |= {pool.submit(run, app, job) for job in jobs}
            if not jobs:
                runtime: Runtime = app.extensions["nachtronde"]
                with runtime.committed:
                    runtime.committed.wait(0.5)
