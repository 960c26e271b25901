"""Asks the routing server of this house, in the worker, before anybody needs the answer."""

from __future__ import annotations

import math
import threading
import time
import uuid
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
import structlog

from backend.dispatch import routes
from backend.dispatch.rules import OVER, VisitStatus
from backend.dispatch.tonight import Tonight, load
from backend.dispatch.writing import hold
from backend.platform.actor import SYSTEM
from backend.platform.clock import now as clock_now
from backend.platform.config import ASKED_OVER_HTTP, settings
from backend.platform.db import reading
from backend.platform.ids import new_id
from backend.platform.outbox import Job
from backend.platform.uow import UnitOfWork, unit_of_work
from backend.roster.models import Night
from backend.travel import fetched, road_map
from backend.travel import times as travel
from backend.travel.fetched import NO_ROAD, Spot
from backend.travel.models import TravelBlock

log = structlog.get_logger()

TOGETHER_S = 2
"""Doors and places that become known within so many seconds are asked together."""
REST_S = 30
"""A server that fails is left alone this long, so that planning does not wait for its time-out again and again."""

_rest_until: dict[str, float] = {}
_gate = threading.Lock()


def ask_for_travel(uow: UnitOfWork, night_id: uuid.UUID) -> None:
    """A door or a car's place has become known: have the server asked, when this house has one."""
    if settings().travel not in ASKED_OVER_HTTP:
        return
    bucket = int(uow.now.timestamp() // TOGETHER_S) + 1
    uow.enqueue(
        "fetch_travel",
        {"night_id": str(night_id)},
        run_at=datetime.fromtimestamp(bucket * TOGETHER_S, UTC),
        key=f"travel:{night_id}:{bucket}",
    )


def fetch_travel_job(job: Job) -> None:
    """Ask what is not known yet, and work out again the times that were estimated for want of it."""
    night_id = uuid.UUID(job.payload["night_id"])
    with reading(SYSTEM) as session:
        night = session.get(Night, night_id)
        if night is None or night.closed_at is not None:
            return
        tonight = load(session, night, clock_now())
    if not fetch(tonight):
        return
    with unit_of_work(actor=SYSTEM) as uow:
        held = hold(uow, night_id)
        estimated = [
            visit.shift_id
            for visit in held.visits.values()
            if visit.status in (VisitStatus.ASSIGNED, VisitStatus.ACCEPTED) and visit.travel_source == travel.CROW
        ]
        routes.retime(uow, held, [one for one in estimated if one is not None])


def prepare(tonight: Tonight) -> None:
    """Before planning in the background: wait for the road map, or have the server fill in what is not known."""
    knobs = settings()
    if knobs.travel == "roads":
        road_map.wait_until_loaded(knobs.roads_file)
    elif knobs.travel in ASKED_OVER_HTTP:
        fetch(tonight)


def fetch(tonight: Tonight) -> bool:
    """Ask the server for every way of tonight that is not known; says whether anything was learned.

    Takes at most one time-out when the server fails. No transaction is open meanwhile.
    """
    source = settings().travel
    if time.monotonic() < _rest_until.get(source, 0):
        return False
    cells = fetched.of_this_house(source)
    with _gate:  # two jobs that lack the same ways ask once
        with reading(SYSTEM) as session:
            cells.refresh(session)
        blocks: list[TravelBlock] = []
        for origins, destinations in cells.missing(*_ways(tonight)):
            answer = travel.ask_server(origins, destinations)
            if answer is None:
                _rest_until[source] = time.monotonic() + REST_S
                log.warning("routing_server_silent", source=source)
                break
            seconds, metres = answer
            blocks.append(
                TravelBlock(
                    id=new_id(),
                    source=source,
                    made_at=clock_now(),
                    origins=[list(one) for one in origins],
                    destinations=[list(one) for one in destinations],
                    seconds=_plain(seconds),
                    metres=_plain(metres),
                )
            )
        if not blocks:
            return False
        with unit_of_work(actor=SYSTEM) as uow:
            uow.session.execute(sa.delete(TravelBlock).where(TravelBlock.made_at < uow.now - fetched.KEEP_BLOCKS))
            uow.session.add_all(blocks)
        with reading(SYSTEM) as session:
            cells.refresh(session)
    return True


def _ways(tonight: Tonight) -> tuple[list[Spot], list[Spot]]:
    """Every car drives from where it is, over doors, to its base; nobody drives to where a car happens to be."""
    doors = [visit.point for visit in tonight.visits if visit.status not in OVER and visit.point is not None]
    cars = [car for car in tonight.cars if car.ends_at > tonight.now]
    return [*(tonight.place_of(car).point for car in cars), *doors], [*doors, *(car.home for car in cars)]


def _plain(table: Any) -> list[list[float]]:
    return [[NO_ROAD if math.isnan(cell) else round(float(cell), 1) for cell in row] for row in table]
