"""Which two visits the optimiser must see as one stop with two nurses, and which row is which nurse's."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.dispatch.rules import VisitStatus
from backend.dispatch.tonight import Tonight, VisitTonight

Part = tuple[str, int]


@dataclass(frozen=True)
class Pairs:
    """The double visits of one question to the optimiser, by the id of the row that is the first nurse's."""

    rows: Mapping[str, tuple[VisitTonight, VisitTonight]]
    parts: Mapping[uuid.UUID, Part]

    def part_of(self, visit: VisitTonight) -> Part:
        """The stop and the nurse (0 or 1) that this row is."""
        return self.parts.get(visit.id, (str(visit.id), 0))

    def second(self, visit: VisitTonight) -> VisitTonight | None:
        """The second nurse's row, when this one is the first's of a stop for two."""
        return self.rows[str(visit.id)][1] if str(visit.id) in self.rows else None

    def is_second(self, visit: VisitTonight) -> bool:
        """Is this row part of a stop that another row stands for?"""
        return self.part_of(visit)[1] == 1

    def row(self, stop_id: str, part: int) -> uuid.UUID:
        """The row of this nurse at this stop."""
        return self.rows[stop_id][part].id if stop_id in self.rows else uuid.UUID(stop_id)

    def rows_of(self, stop_id: str) -> list[uuid.UUID]:
        """Every row that this stop stands for."""
        return [row.id for row in self.rows[stop_id]] if stop_id in self.rows else [uuid.UUID(stop_id)]

    def orders(self, routes: Iterable[tuple[str, Sequence[Part]]]) -> dict[uuid.UUID, tuple[uuid.UUID, ...]]:
        """An answer's routes as rows again. Who has a part already keeps her own row, so no two cars swap theirs."""
        cars: dict[str, list[str]] = {}
        routes = list(routes)
        for car, stops in routes:
            for stop_id, _ in stops:
                cars.setdefault(stop_id, []).append(car)
        return {
            uuid.UUID(car): tuple(self._row_for(stop_id, part, car, cars[stop_id]) for stop_id, part in stops)
            for car, stops in routes
        }

    def _row_for(self, stop_id: str, part: int, car: str, both: Sequence[str]) -> uuid.UUID:
        if stop_id not in self.rows or len(both) != 2:
            return self.row(stop_id, part)
        rows = self.rows[stop_id]
        if set(rows[0].required_competences) != set(rows[1].required_competences):
            return rows[part].id
        stays = {str(row.shift_id): row.id for row in rows if str(row.shift_id) in both}
        if car in stays:
            return stays[car]
        free = [row.id for row in rows if row.id not in stays.values()]
        return free[0] if len(free) == 1 else rows[part].id


def tie(
    tonight: Tonight, visits: Iterable[VisitTonight], *, asked: VisitTonight | None = None, alone: bool = False
) -> Pairs:
    """The pairs among these visits: both parts ahead, and either both with a car or both without.

    A part whose partner has a car already, while it has none itself, is no pair: it is a visit with a moment to be
    there (`moment_of`). `asked` is the visit that a place is sought for; `alone` when one car is sought for it.
    """
    doubles: dict[uuid.UUID, list[VisitTonight]] = {}
    for visit in visits:
        is_apart = asked is not None and visit.id == asked.id and (alone or visit.shift_id is not None)
        if visit.double_id is not None and visit.is_ahead and not is_apart:
            doubles.setdefault(visit.double_id, []).append(visit)
    cars = {car.shift_id: place for place, car in enumerate(tonight.cars)}
    found = {}
    for parts in doubles.values():
        parts.sort(key=lambda one: _who_is_first(tonight, one, asked, cars))
        first, second = (*parts, None, None)[:2]
        if first is not None and second is not None and (first.shift_id is None) is (second.shift_id is None):
            found[str(first.id)] = (first, second)
    for knot in _knots(tonight, found):
        del found[knot]
    parts_of = {row.id: (stop_id, part) for stop_id, rows in found.items() for part, row in enumerate(rows)}
    return Pairs(found, parts_of)


def _who_is_first(
    tonight: Tonight, visit: VisitTonight, asked: VisitTonight | None, cars: Mapping[uuid.UUID, int]
) -> tuple[int, ...]:
    """The one asked about; then who accepted it as her next, by car, as the optimiser numbers those; then the rest."""
    is_asked = asked is not None and visit.id == asked.id
    is_next = visit.status is VisitStatus.ACCEPTED and tonight.route(visit.shift_id)[0].id == visit.id
    place = cars.get(visit.shift_id, 0) if visit.shift_id is not None and is_next else 0
    return (not is_asked, not is_next, place, visit.part)


def _knots(tonight: Tonight, found: Mapping[str, tuple[VisitTonight, VisitTonight]]) -> list[str]:
    """Pairs that would wait for each other for ever, as two cars have them in opposite order: seen apart instead."""
    stop_of = {row.id: stop_id for stop_id, rows in found.items() for row in rows if row.shift_id is not None}
    shifts = {row.shift_id for rows in found.values() for row in rows if row.shift_id is not None}
    queues = {shift: [stop_of[v.id] for v in tonight.route(shift) if v.id in stop_of] for shift in shifts}
    knots: list[str] = []
    while any(queues.values()):
        heads = [queue[0] for queue in queues.values() if queue]
        ready = next((stop for stop in heads if heads.count(stop) == 2), None)
        if ready is None:
            ready = heads[0]
            knots.append(ready)
        queues = {shift: [stop for stop in queue if stop != ready] for shift, queue in queues.items()}
    return knots


def moment_of(tonight: Tonight, visit: VisitTonight, pairs: Pairs) -> datetime | None:
    """When the partner begins, for a part that is not planned together with it; None when there is nobody to join."""
    if visit.id in pairs.parts:
        return None
    moments = [tonight.begins_at(one) for one in tonight.partners(visit)]
    return max((one for one in moments if one is not None), default=None)
