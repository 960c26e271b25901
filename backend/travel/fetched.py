"""What a routing server has answered: kept in the database by the worker, and by heart in every process."""

from __future__ import annotations

import math
import threading
import uuid
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app

from backend.platform.clock import now
from backend.platform.db import Session
from backend.travel.models import TravelBlock

Spot = tuple[float, float]
KEEP_BLOCKS = timedelta(days=8)
"""A process that starts learns all of it: a week of regular visits, and no more."""
OVERLAP = timedelta(minutes=10)
"""A block that was written earlier may be committed later: look back this far."""
AGAIN_AFTER = timedelta(days=1)
"""Then a process learns everything anew, so that what was deleted is forgotten."""
MOST_ORIGINS = 4000
NO_ROAD = -1.0


def spot(point: Sequence[float]) -> Spot:
    """A point to ten metres: a car that stands still has one name."""
    return round(point[0], 4), round(point[1], 4)


class FetchedCells:
    """Travel times that a server gave, by origin and destination."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.version = 0
        self._gate = threading.Lock()
        self._forget(None)

    def _forget(self, moment: datetime | None) -> None:
        self._rows: OrderedDict[Spot, dict[Spot, tuple[float, float]]] = OrderedDict()
        self._learned: dict[uuid.UUID, datetime] = {}
        self._newest: datetime | None = None
        self._began = moment

    def refresh(self, session: Session) -> None:
        """Learn what was fetched since the last time."""
        with self._gate:
            if self._began is None or not timedelta() <= now() - self._began < AGAIN_AFTER:
                self._forget(now())
            query = sa.select(TravelBlock).where(TravelBlock.source == self.source).order_by(TravelBlock.made_at)
            if self._newest is not None:
                since = self._newest - OVERLAP
                recent = {one for one, made_at in self._learned.items() if made_at >= since}
                query = query.where(TravelBlock.made_at >= since, TravelBlock.id.not_in(recent))
            for block in session.scalars(query):
                self._learn(block)

    def _learn(self, row: TravelBlock) -> None:
        spots = [spot(point) for point in row.destinations]
        for origin, seconds, metres in zip(row.origins, row.seconds, row.metres, strict=True):
            known = self._rows.setdefault(spot(origin), {})
            self._rows.move_to_end(spot(origin))
            known.update(zip(spots, zip(seconds, metres, strict=True), strict=True))
        while len(self._rows) > MOST_ORIGINS:
            self._rows.popitem(last=False)
        if self._newest is None or row.made_at > self._newest:
            self._newest = row.made_at
        self._learned[row.id] = row.made_at
        self.version += 1

    def table(self, points: Sequence[Spot]) -> tuple[Any, Any]:
        """Seconds and metres between these points; nan for what was never asked, or has no road."""
        import numpy as np

        spots = [spot(point) for point in points]
        seconds = np.full((len(spots), len(spots)), math.nan)
        metres = seconds.copy()
        for row, origin in enumerate(spots):
            known = self._rows.get(origin)
            if known is None:
                continue
            for column, destination in enumerate(spots):
                cell = known.get(destination)
                if cell is not None and cell[0] != NO_ROAD and origin != destination:
                    seconds[row, column], metres[row, column] = cell
        return seconds, metres

    def missing(self, origins: Iterable[Spot], destinations: Iterable[Spot]) -> list[tuple[list[Spot], list[Spot]]]:
        """What must be asked so that every way between these is known, as tables: from each of these to each of those.

        Origins that lack the same destinations share a table: a new door costs one row and one column.
        """
        starts, ends = dict.fromkeys(map(spot, origins)), dict.fromkeys(map(spot, destinations))
        tables: dict[tuple[Spot, ...], list[Spot]] = {}
        for start in starts:
            known = self._rows.get(start, {})
            if lacking := tuple(end for end in ends if end not in known):
                tables.setdefault(lacking, []).append(start)
        return [(rows, list(columns)) for columns, rows in tables.items()]


def of_this_house(source: str) -> FetchedCells:
    """What this process knows by heart of this source."""
    shelf: dict[str, FetchedCells] = current_app.extensions.setdefault("nachtronde.fetched", {})
    return shelf.setdefault(source, FetchedCells(source))
