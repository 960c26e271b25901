"""What has to be driven tonight: places, cars, stops and what things cost. Whole seconds and metres, never floats.

Time is counted in seconds from any moment the caller likes (usually midnight before the night); the package only
adds and compares.
Everything here is frozen, so a problem can be shared between threads and hashed by identity.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

FOREVER_S = 1_000_000_000
"""Later than any night; what `latest_s` is when nothing is too late."""


class ProblemError(ValueError):
    """The question itself is wrong (an unknown place, a window that ends before it begins): one sentence says where."""


@dataclass(frozen=True, eq=False)
class TravelMatrix:
    """Travel between places, in whole seconds and metres.

    Parameters
    ----------
    duration_s : square array, [from, to], seconds >= 0.
    distance_m : the same shape, metres; `None` when the source gives no distances (then every distance is 0).
    source : where the numbers come from ("crow", "roads", "osrm", "valhalla", "given").
    source_cell : per cell an index in `sources`, when cells differ (an engine that fell back to crow for one address).
    sources : the names `source_cell` points at.
    """

    duration_s: np.ndarray | Sequence[Sequence[int]]
    distance_m: np.ndarray | Sequence[Sequence[int]] | None = None
    source: str = "given"
    source_cell: np.ndarray | None = None
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "duration_s", _square(self.duration_s, "duration_s"))
        if self.distance_m is not None:
            object.__setattr__(self, "distance_m", _square(self.distance_m, "distance_m"))
            if self.distance_m.shape != self.duration_s.shape:  # type: ignore[union-attr]
                raise ProblemError("distance_m and duration_s have different sizes")

    @property
    def size(self) -> int:
        """The number of places."""
        return len(self.duration_s)

    def seconds(self, origin: int, destination: int) -> int:
        """Travel time in seconds."""
        return int(self.duration_s[origin][destination])

    def metres(self, origin: int, destination: int) -> int:
        """Travel distance in metres; 0 when the matrix has none."""
        return 0 if self.distance_m is None else int(self.distance_m[origin][destination])

    def source_of(self, origin: int, destination: int) -> str:
        """Where this one cell comes from; kept with an assignment because kilometres feed the cost sharing."""
        if self.source_cell is None:
            return self.source
        return self.sources[int(self.source_cell[origin][destination])]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """Dubbel bezoek: how the second nurse's start relates to the first's.

    The second starts at least `min_gap_s` and at most `max_gap_s` after the first; both 0 means together.
    `skills` and `service_s` are the second nurse's; `None` means the same as the first's. `locked_car` is the second
    nurse's too: no other car may go.
    """

    min_gap_s: int = 0
    max_gap_s: int = 0
    skills: frozenset[str] | None = None
    service_s: int | None = None
    locked_car: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Bezoek: one address where someone is needed.

    Parameters
    ----------
    place : row in the matrix.
    service_s : seconds at the door, of the (first) nurse.
    window_s : when it should begin; earlier is impossible (the car waits), later costs `late_weight` per second.
    latest_s : it may never begin after this.
    unserved_penalty : what leaving it out costs; priority when not everything fits.
    skills : all of these must be within the car's.
    region : its region; a car that has regions and not this one pays `weights.spill_over`.
    cars_needed : 1 or 2; with 2, `sync` says how they meet (together when left out).
    preferred_car : another car pays `weights.not_preferred`.
    locked_car : no other car may go (for a double visit: the first nurse's car; `sync.locked_car` is the second's).
    load : units taken from the car's capacity (nights have none; the classic benchmark sets do).
    """

    id: str
    place: int
    service_s: int
    window_s: tuple[int, int]
    latest_s: int = FOREVER_S
    late_weight: int = 2
    unserved_penalty: int = 14_400
    skills: frozenset[str] = frozenset()
    region: str | None = None
    urgent: bool = False
    cars_needed: int = 1
    sync: Sync | None = None
    preferred_car: str | None = None
    locked_car: str | None = None
    load: int = 0

    @property
    def meeting(self) -> Sync:
        """How two nurses meet here; together unless said otherwise."""
        return self.sync or Sync()

    def skills_of(self, part: int) -> frozenset[str]:
        """The skills the first (0) or second (1) nurse needs."""
        other = self.meeting.skills if part else None
        return self.skills if other is None else other

    def service_of(self, part: int) -> int:
        """Seconds at the door for the first (0) or second (1) nurse."""
        other = self.meeting.service_s if part else None
        return self.service_s if other is None else other

    def lock_of(self, part: int) -> str | None:
        """The only car that may bring the first (0) or second (1) nurse; None when any may."""
        return self.meeting.locked_car if part else self.locked_car


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Pauze: rest that must begin between two moments, in seconds from the start of the shift.

    It is taken where the car then stands.

    A car without stops needs no break in its plan.
    """

    earliest_s: int
    latest_s: int
    duration_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Car:
    """Rijdende dienst: one nurse with a car for one shift.

    Parameters
    ----------
    place : where it is now, or will be at `free_at_s` (its base at the start of the shift).
    shift_s : it leaves at or after the first and is home at or before the second.
    home : where it must end; its `place` when left out.
    free_at_s : not before this (the visit it is busy with now ends then); the start of the shift when left out.
    regions : where it belongs; none means everywhere.
    is_backup, activation_cost : a back-up costs this as soon as it gets one stop; 0 once it is awake.
    frozen : stop ids that stay first on its route in this order: visits under way, which nothing moves.
    """

    id: str
    place: int
    shift_s: tuple[int, int]
    home: int | None = None
    free_at_s: int | None = None
    skills: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    is_backup: bool = False
    activation_cost: int = 0
    breaks: tuple[Break, ...] = ()
    frozen: tuple[str, ...] = ()
    capacity: int | None = None

    @property
    def ends_at(self) -> int:
        """The place where the shift must end."""
        return self.place if self.home is None else self.home

    @property
    def starts_s(self) -> int:
        """The first second it can drive."""
        return self.shift_s[0] if self.free_at_s is None else max(self.shift_s[0], self.free_at_s)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """What a second of travel is weighed against; every term is in the same unit (seconds of driving).

    Parameters
    ----------
    travel : per second driven.
    spill_over : a stop outside the car's regions.
    not_preferred : a stop that asked for another car.
    changed_stop : a stop that sits on another car than in the incumbent.
    changed_car : a car whose list of stops differs from the incumbent's: a phone that must ring.
    max_late : per second of the worst lateness of the night (0 except in the two-nurse benchmark).
    """

    travel: int = 1
    spill_over: int = 900
    not_preferred: int = 600
    changed_stop: int = 300
    changed_car: int = 120
    max_late: int = 0


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything one plan answers to.

    `version` is copied to the plan, so that a late answer to an old question can be refused.

    Raises
    ------
    ProblemError : on unknown places or ids, doubled ids, reversed windows, negative numbers.
    """

    matrix: TravelMatrix
    cars: tuple[Car, ...]
    stops: tuple[Stop, ...]
    weights: Weights = field(default_factory=Weights)
    version: int = 1
    name: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "cars", tuple(self.cars))
        object.__setattr__(self, "stops", tuple(self.stops))
        _check_ids("car", [car.id for car in self.cars])
        _check_ids("stop", [stop.id for stop in self.stops])
        for stop in self.stops:
            _check_stop(stop, self)
        for car in self.cars:
            _check_car(car, self)

    @cached_property
    def car_index(self) -> Mapping[str, int]:
        """Row of each car id."""
        return {car.id: index for index, car in enumerate(self.cars)}

    @cached_property
    def stop_index(self) -> Mapping[str, int]:
        """Row of each stop id."""
        return {stop.id: index for index, stop in enumerate(self.stops)}

    def car(self, car_id: str) -> Car:
        """The car with this id; KeyError when there is none."""
        return self.cars[self.car_index[car_id]]

    def stop(self, stop_id: str) -> Stop:
        """The stop with this id; KeyError when there is none."""
        return self.stops[self.stop_index[stop_id]]

    def changed(self, **changes: Any) -> Problem:
        """The same problem with other cars, stops, weights or version."""
        return replace(self, **changes)


def _square(values: Any, name: str) -> np.ndarray:
    try:
        array = np.ascontiguousarray(values, dtype=np.int32)
    except (ValueError, TypeError, OverflowError) as error:
        raise ProblemError(f"{name} is not a square table of whole numbers") from error
    if array.ndim != 2 or array.shape[0] != array.shape[1]:
        raise ProblemError(f"{name} is not square: shape {array.shape}")
    if array.size and int(array.min()) < 0:
        raise ProblemError(f"{name} holds a negative number")
    if array is values:
        array = array.copy()
    array.setflags(write=False)
    return array


def _check_ids(kind: str, ids: Iterable[str]) -> None:
    seen: set[str] = set()
    for one in ids:
        if one in seen:
            raise ProblemError(f"{kind} {one!r} is listed twice")
        seen.add(one)


def _check_stop(stop: Stop, problem: Problem) -> None:
    if not 0 <= stop.place < problem.matrix.size:
        raise ProblemError(
            f"stop {stop.id!r} is at place {stop.place}, but the matrix has {problem.matrix.size} places"
        )
    if stop.window_s[0] > stop.window_s[1] or stop.latest_s < stop.window_s[0]:
        raise ProblemError(f"stop {stop.id!r} has a window that ends before it begins")
    if min(stop.service_s, stop.late_weight, stop.unserved_penalty, stop.load) < 0:
        raise ProblemError(f"stop {stop.id!r} has a negative duration, weight, penalty or load")
    if stop.cars_needed not in (1, 2):
        raise ProblemError(f"stop {stop.id!r} needs {stop.cars_needed} cars; 1 or 2 is possible")
    meeting = stop.meeting
    if stop.cars_needed == 2 and (meeting.max_gap_s < meeting.min_gap_s or meeting.min_gap_s < 0):
        raise ProblemError(f"stop {stop.id!r} has a sync whose largest gap is below its smallest, or below 0")
    for part in range(stop.cars_needed):
        lock = stop.lock_of(part)
        if lock is not None and lock not in problem.car_index:
            raise ProblemError(f"stop {stop.id!r} is locked to car {lock!r}, which does not exist")
    if stop.cars_needed == 2 and stop.locked_car is not None and stop.lock_of(1) == stop.locked_car:
        raise ProblemError(f"both nurses of stop {stop.id!r} are locked to car {stop.locked_car!r}")


def _check_car(car: Car, problem: Problem) -> None:
    for place in (car.place, car.ends_at):
        if not 0 <= place < problem.matrix.size:
            raise ProblemError(f"car {car.id!r} is at place {place}, but the matrix has {problem.matrix.size} places")
    if car.shift_s[0] > car.shift_s[1]:
        raise ProblemError(f"car {car.id!r} has a shift that ends before it begins")
    for rest in car.breaks:
        if rest.latest_s < rest.earliest_s or rest.duration_s < 0:
            raise ProblemError(f"car {car.id!r} has a break that ends before it begins")
    for stop_id in car.frozen:
        if stop_id not in problem.stop_index:
            raise ProblemError(f"car {car.id!r} is under way to stop {stop_id!r}, which does not exist")
