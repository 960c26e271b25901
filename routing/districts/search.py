"""How a new layout is looked for: a sound one to begin with, then areas that change district one by one.

Nothing in here is believed: what comes out is priced by `districts.figures`, which shares no sums with it.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import numpy as np

from routing.districts.layout import Districting, bases_of, figures, pieces, response_s

# --- a layout to begin with --------------------------------------------------------------------


def mended(question: Districting, rows: Sequence[int]) -> list[int]:
    """Every area in a district, every district with an area, and in one piece as far as the pins allow."""
    rows = list(rows)
    pinned = [area.is_pinned for area in question.areas]
    for area, is_pinned in enumerate(pinned):
        if is_pinned:
            rows[area] = question.index[question.areas[area].district or ""]
    for row in range(len(question.districts)):
        found = pieces(question, [one for one, here in enumerate(rows) if here == row])
        for piece in sorted(found, key=lambda piece: -sum(pinned[area] for area in piece))[1:]:
            for area in piece:
                if not pinned[area]:
                    rows[area] = -1
    for row in range(len(question.districts)):
        if row not in rows and (free := _free(question, rows)):
            rows[_seed(question, rows, row, free)] = row
    return _grown(question, rows)


def _free(question: Districting, rows: Sequence[int]) -> list[int]:
    """Areas that nobody has yet; else those that may leave their district without leaving it empty or in pieces."""
    return [area for area, here in enumerate(rows) if here < 0] or [
        area
        for area, here in enumerate(rows)
        if not question.areas[area].is_pinned and rows.count(here) > 1 and _may_leave(question, rows, area)
    ]


def _seed(question: Districting, rows: Sequence[int], row: int, free: list[int]) -> int:
    """Where a district without areas begins: near its base, else where the work waits longest for any other car."""
    bases = question.districts[row].bases
    if bases:
        return free[int(response_s(question, bases, free).argmin())]
    others = [base for other in set(rows) if other >= 0 for base in _waits_at(question, rows, other)]
    if not others:
        return free[int((question.seconds[free] @ question.visits).argmin())]
    return free[int((response_s(question, others, free) * (question.visits[free] + 1e-9)).argmax())]


def _waits_at(question: Districting, rows: Sequence[int], row: int) -> tuple[int, ...]:
    return bases_of(question, row, [area for area, here in enumerate(rows) if here == row])


def _grown(question: Districting, rows: list[int]) -> list[int]:
    """Hand out what is free: the district with the least work per car takes the neighbour that it is soonest at."""
    count = len(question.districts)
    trip = question.seconds.mean()
    load = np.array([question.areas[area].service_s + question.areas[area].visits * trip for area in range(len(rows))])
    load += 1.0  # an area without work is still ground
    cars = np.array([district.cars for district in question.districts])
    wait = np.array([_waits(question, rows, row) for row in range(count)])
    while -1 in rows:
        carried = np.array([sum(load[a] for a, here in enumerate(rows) if here == row) for row in range(count)]) / cars
        for row in np.argsort(carried, kind="stable"):
            edge = {
                other
                for area, here in enumerate(rows)
                if here == row
                for other in question.around[area]
                if rows[other] < 0
            }
            if edge:
                rows[min(edge, key=lambda area: (wait[row][area], area))] = int(row)
                break
        else:  # what is left touches nobody: the soonest car takes it
            area = rows.index(-1)
            rows[area] = int(wait[:, area].argmin())
    return rows


def _waits(question: Districting, rows: Sequence[int], row: int) -> np.ndarray:
    return response_s(question, _waits_at(question, rows, row), range(len(rows)))


def _may_leave(question: Districting, rows: Sequence[int], area: int) -> bool:
    """Does its district still hang together without it? An area that lies alone leaves nothing behind."""
    here = rows[area]
    near = [one for one in question.around[area] if rows[one] == here]
    if len(near) < 2:
        return True
    wanted, seen, queue = set(near[1:]), {area, near[0]}, [near[0]]
    for one in queue:
        for other in question.around[one]:
            if rows[other] == here and other not in seen:
                wanted.discard(other)
                if not wanted:
                    return True
                seen.add(other)
                queue.append(other)
    return False


# --- the search --------------------------------------------------------------------------------


class Search:
    """Annealing over single areas that change district, with running sums so that a try costs microseconds."""

    def __init__(self, question: Districting, rows: Sequence[int], chance: random.Random) -> None:
        self.question, self.chance = question, chance
        self.rows = list(rows)
        self.free = [row for row, area in enumerate(question.areas) if not area.is_pinned]
        self.visits = question.visits.tolist()
        self.service = [area.service_s for area in question.areas]
        self.home = [question.index.get(area.district or "", -1) for area in question.areas]
        self.cars = [district.cars for district in question.districts]
        self.both_ways = question.seconds + question.seconds.T
        self.within = (question.visits**2 * question.seconds.diagonal()).tolist()
        self._count()

    def _count(self) -> None:
        """Make every sum anew from the layout; done now and then, so that rounding and bases never drift."""
        question, rows = self.question, np.array(self.rows)
        members = [np.flatnonzero(rows == row) for row in range(len(self.cars))]
        self.size = [len(one) for one in members]
        self.met = [self.both_ways[:, one] @ question.visits[one] for one in members]
        self.pairs = [float(question.visits[one] @ met[one]) / 2 for one, met in zip(members, self.met, strict=True)]
        self.total = [float(question.visits[one].sum()) for one in members]
        self.served = [sum(self.service[int(area)] for area in one) for one in members]
        self.wait = [(_waits(question, self.rows, row) * question.visits).tolist() for row in range(len(self.cars))]

    def run(self, steps: int, heat: float) -> list[int]:
        """The best layout met in so many tries, from this temperature (a part of a mean area's work) down."""
        free = self.free
        if len(self.cars) < 2 or not free:
            return self.rows
        cost = figures(self.question, self.question.layout(self.rows)).cost
        best, best_rows = cost, list(self.rows)
        first = max(1.0, heat * self._shared() / len(self.rows))
        recount = max(1, steps // 12)
        for step in range(steps):
            if step % recount == 0:
                self._count()
            warmth = first * 0.01 ** (step / steps)
            area = free[int(self.chance.random() * len(free))]
            around = self.question.around[area]
            if not around:
                continue
            here, there = self.rows[area], self.rows[around[int(self.chance.random() * len(around))]]
            if here == there or self.size[here] < 2:
                continue
            change = self._change(area, here, there)
            if change > 0 and self.chance.random() >= math.exp(-change / warmth):
                continue
            if not _may_leave(self.question, self.rows, area):
                continue
            self._move(area, here, there)
            cost += change
            if cost < best - 1e-9:
                best, best_rows = cost, list(self.rows)
        self.rows = best_rows
        return self._settled()

    def _settled(self) -> list[int]:
        """Walk down to where no single area gains by moving: in order, so that the end does not depend on chance."""
        for _ in range(20):
            self._count()
            moved = False
            for area in self.free:
                here = self.rows[area]
                choices = sorted({self.rows[other] for other in self.question.around[area]} - {here})
                if not choices or self.size[here] < 2 or not _may_leave(self.question, self.rows, area):
                    continue
                change, there = min((self._change(area, here, one), one) for one in choices)
                if change < -1e-6:
                    self._move(area, here, there)
                    moved = True
            if not moved:
                break
        return self.rows

    def _shared(self) -> float:
        driven = sum(pairs / total for pairs, total in zip(self.pairs, self.total, strict=True) if total)
        return float(sum(self.served) + driven)

    def _balance(self, work: Sequence[float]) -> float:
        fair = sum(work) / sum(self.cars)
        if fair <= 0:
            return 0.0
        return sum(fair * cars * (one / (fair * cars) - 1) ** 2 for one, cars in zip(work, self.cars, strict=True))

    def _after(self, area: int, row: int, sign: int) -> tuple[float, float, float]:
        """Pairs, visits and service of a district without (-1) or with (+1) this area."""
        visits = self.visits[area]
        pairs = self.pairs[row] + sign * visits * float(self.met[row][area]) + self.within[area]
        total = self.total[row] + sign * visits
        return pairs, total, self.served[row] + sign * self.service[area]

    def _change(self, area: int, here: int, there: int) -> float:
        weights, around = self.question.weights, self.question.around[area]
        driven = [pairs / total if total > 1e-12 else 0.0 for pairs, total in zip(self.pairs, self.total, strict=True)]
        work = [service + drive for service, drive in zip(self.served, driven, strict=True)]
        new_driven, new_work = list(driven), list(work)
        for row, sign in ((here, -1), (there, 1)):
            pairs, total, served = self._after(area, row, sign)
            new_driven[row] = pairs / total if total > 1e-12 else 0.0
            new_work[row] = served + new_driven[row]
        home = self.home[area]
        moved = 0 if home < 0 else (there != home) - (here != home)
        parted = sum(self.rows[one] == here for one in around) - sum(self.rows[one] == there for one in around)
        change = (
            weights.driving * (sum(new_driven) - sum(driven))
            + weights.response * (self.wait[there][area] - self.wait[here][area])
            + weights.balance * (self._balance(new_work) - self._balance(work))
            + weights.move * moved
            + weights.border * parted
        )
        return float(change)

    def _move(self, area: int, here: int, there: int) -> None:
        for row, sign in ((here, -1), (there, 1)):
            self.pairs[row], self.total[row], self.served[row] = self._after(area, row, sign)
            self.met[row] = self.met[row] + sign * self.visits[area] * self.both_ways[:, area]
            self.size[row] += sign
        self.rows[area] = there
