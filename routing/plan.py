"""What the package answers: who drives where and when, what it costs, and why anything else was not chosen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan costs, in seconds of driving.

    Parameters
    ----------
    total : the sum of the other terms, but for the counts `distance_m` and `late_s`.
    travel_s : travel, the way home included.
    late : sum of `late_weight` x seconds late.
    unserved : penalties of stops left out.
    spill_over, preference : stops outside the car's region, or not with the preferred car.
    activation : back-ups woken.
    change : stops and cars that differ from the incumbent.
    max_late : the worst lateness, weighed.
    """

    total: int = 0
    travel_s: int = 0
    late: int = 0
    unserved: int = 0
    spill_over: int = 0
    preference: int = 0
    activation: int = 0
    change: int = 0
    max_late: int = 0
    distance_m: int = 0
    late_s: int = 0

    def minus(self, other: Cost) -> Cost:
        """The difference, term by term: what a change adds."""
        return Cost(**{item.name: getattr(self, item.name) - getattr(other, item.name) for item in fields(Cost)})


@dataclass(frozen=True, slots=True)
class PlannedStop:
    """A stop on a route. `part` is 1 for the second nurse of a double visit. `travel_s`, `distance_m`: the leg that
    leads here."""

    stop: str
    arrive_s: int
    start_s: int
    leave_s: int
    part: int = 0
    travel_s: int = 0
    distance_m: int = 0
    late_s: int = 0
    source: str = "given"


@dataclass(frozen=True, slots=True)
class PlannedBreak:
    """A break, taken where the car stands after its first `after` stops, before it drives on."""

    start_s: int
    end_s: int
    after: int


@dataclass(frozen=True, slots=True)
class Route:
    """Ritplan of one car: its stops in order and when it is home."""

    car: str
    stops: tuple[PlannedStop, ...] = ()
    breaks: tuple[PlannedBreak, ...] = ()
    home_s: int = 0
    travel_s: int = 0
    distance_m: int = 0


@dataclass(frozen=True, slots=True)
class Unplanned:
    """A stop that is in no route, with a reason that `violations` can prove (see `explain.REASONS`)."""

    stop: str
    reason: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """An answer to one problem; `version` is the problem's. Every car has a route, possibly an empty one."""

    routes: tuple[Route, ...]
    unplanned: tuple[Unplanned, ...]
    cost: Cost
    version: int = 1
    name: str = ""

    @cached_property
    def sequences(self) -> dict[str, tuple[tuple[str, int], ...]]:
        """Per car id the stops in order as (stop id, part)."""
        return {route.car: tuple((one.stop, one.part) for one in route.stops) for route in self.routes}

    @cached_property
    def cars_of(self) -> dict[str, tuple[str, ...]]:
        """Per planned stop id the car ids that go there; the first nurse's first."""
        found: dict[str, list[tuple[int, str]]] = {}
        for route in self.routes:
            for one in route.stops:
                found.setdefault(one.stop, []).append((one.part, route.car))
        return {stop: tuple(car for _, car in sorted(parts)) for stop, parts in found.items()}

    def route_of(self, car_id: str) -> Route:
        """The route of this car; KeyError when the plan has none."""
        for route in self.routes:
            if route.car == car_id:
                return route
        raise KeyError(car_id)


@dataclass(frozen=True, slots=True)
class Delay:
    """What a recommendation does to another stop: `later_s` seconds later (negative: earlier), and whether it keeps
    its window."""

    stop: str
    later_s: int
    new_start_s: int
    still_in_window: bool


@dataclass(frozen=True, slots=True)
class Placement:
    """Where the second nurse of a double visit joins."""

    car: str
    position: int
    arrive_s: int
    start_s: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with numbers; `words.sentence` makes a Dutch sentence of it."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Option:
    """One way to fit a stop in.

    Parameters
    ----------
    position : its index in the car's route.
    arrive_s, start_s : at the door.
    travel_s, distance_m : the leg that leads there.
    late_s : seconds after its window.
    terms : everything this adds to the plan; `cost` is its total.
    reasons : coded, the strongest first.
    """

    rank: int
    car: str
    position: int
    arrive_s: int
    start_s: int
    travel_s: int
    distance_m: int
    late_s: int
    terms: Cost
    delays: tuple[Delay, ...] = ()
    reasons: tuple[Reason, ...] = ()
    second: Placement | None = None
    source: str = "given"

    @property
    def cost(self) -> int:
        """What choosing this adds to the plan, in seconds of driving."""
        return self.terms.total


@dataclass(frozen=True, slots=True)
class Rejection:
    """A car that cannot go, with the first rule that failed."""

    car: str
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """Who can go: at most five options, the best first, at most one per car; and why each other car was rejected."""

    stop: str
    options: tuple[Option, ...]
    rejected: tuple[Rejection, ...]
    version: int = 1

    @property
    def best(self) -> Option | None:
        """The cheapest way in, or nothing when no car can go."""
        return self.options[0] if self.options else None


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that a plan breaks."""

    code: str
    car: str | None = None
    stop: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
