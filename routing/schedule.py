"""Turn sequences into a plan with times: every car drives as early as it can, takes its breaks, and waits for its
partner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from routing.plan import Cost, Plan, PlannedBreak, PlannedStop, Route, Unplanned
from routing.problem import Car, Problem, ProblemError, Stop
from routing.reasons import with_reasons

Sequences = Mapping[str, Sequence[str | tuple[str, int]]]


@dataclass(slots=True)
class _Driving:
    """One car while its route is being timed."""

    car: Car
    todo: list[tuple[Stop, int]]
    now_s: int
    place: int
    done: int = 0
    breaks_done: int = 0
    stops: list[PlannedStop] = field(default_factory=list)
    breaks: list[PlannedBreak] = field(default_factory=list)
    arrive_s: int = 0
    is_waiting: bool = False
    travel_s: int = 0
    distance_m: int = 0


def schedule(
    problem: Problem,
    sequences: Sequences,
    *,
    unplanned: Sequence[Unplanned] = (),
    incumbent: Plan | None = None,
) -> Plan:
    """Time these sequences: car id -> stop ids in order, or (stop id, part) for a double visit.

    A sequence that comes too late is timed all the same; `violations` says what is wrong with it. Cars that are left
    out drive nothing.
    Stops in no sequence become unplanned, with the reason given in `unplanned` or a proved one.

    Raises
    ------
    ProblemError : on an unknown id, or when two double visits wait for each other for ever.
    """
    todo: dict[str, list[tuple[Stop, int]]] = {car.id: [] for car in problem.cars}
    taken: dict[str, int] = {}
    for car in problem.cars:
        for entry in sequences.get(car.id, ()):
            stop_id, part = (entry, taken.get(entry, 0)) if isinstance(entry, str) else entry
            if stop_id not in problem.stop_index:
                raise ProblemError(f"car {car.id!r} is sent to stop {stop_id!r}, which does not exist")
            taken[stop_id] = taken.get(stop_id, 0) + 1
            todo[car.id].append((problem.stop(stop_id), part))
    for car_id in sequences:
        if car_id not in todo:
            raise ProblemError(f"there is no car {car_id!r}")
    routes = tuple(_home(problem, drive) for drive in _driven(problem, todo))
    reasons = {one.stop: one for one in unplanned}
    left_out = [stop.id for stop in problem.stops if stop.id not in taken]
    plan = Plan(
        routes=routes,
        unplanned=tuple(reasons.get(one) or Unplanned(one, "unknown") for one in left_out),
        cost=_cost(problem, routes, left_out, incumbent),
        version=problem.version,
        name=problem.name,
    )
    if any(one.reason == "unknown" for one in plan.unplanned):
        plan = with_reasons(problem, plan)
    return plan


def _driven(problem: Problem, todo: Mapping[str, list[tuple[Stop, int]]]) -> list[_Driving]:
    """Every car with its times. Where nobody moves any more, two cars have their double visits in opposite order: then
    those visits wait for nobody, and are put off until their gaps are right."""
    begins: dict[tuple[str, int], int] = {}
    for _ in range(2 + 2 * sum(map(len, todo.values()))):
        drives = [_Driving(car, todo[car.id], car.starts_s, car.place) for car in problem.cars]
        if waiting := _drive_all(problem, drives, begins):
            begins |= _released(waiting, drives)
        elif not _put_off(problem, drives, begins):
            return drives
    raise ProblemError(f"the cars of double visit {next(iter(begins))[0]!r} wait for each other for ever")


def _drive_all(
    problem: Problem, drives: list[_Driving], begins: Mapping[tuple[str, int], int]
) -> dict[str, tuple[_Driving, int]]:
    """Advance every car until it is done or waits for a partner; who still waits when nobody moves any more.

    A visit in `begins` waits for nobody and begins then or later."""
    waiting: dict[str, tuple[_Driving, int]] = {}
    queue = list(drives)
    while queue:
        drive = queue.pop()
        while drive.done < len(drive.todo):
            stop, part = drive.todo[drive.done]
            if not drive.is_waiting:
                _travel(problem, drive, stop, part)
            if stop.cars_needed == 1 or (stop.id, part) in begins:
                _serve(drive, stop, part, max(drive.arrive_s, stop.window_s[0], begins.get((stop.id, part), 0)))
                continue
            partner = waiting.pop(stop.id, None)
            if partner is None:
                drive.is_waiting = True
                waiting[stop.id] = (drive, part)
                break
            first, second = (drive, partner[0]) if part == 0 else (partner[0], drive)
            first_s, second_s = meet(stop, first.arrive_s, second.arrive_s)
            _serve(first, stop, 0, first_s)
            _serve(second, stop, 1, second_s)
            queue.append(partner[0])
    return waiting


def _released(waiting: Mapping[str, tuple[_Driving, int]], drives: list[_Driving]) -> dict[tuple[str, int], int]:
    """Visits that need not wait any longer: those for which no partner is coming (the nurse would stand there alone;
    the checker refuses it), otherwise both visits of every pair that is waited for."""
    released = {}
    for stop_id, (drive, part) in waiting.items():
        mates = [(stop.id, other) for one in drives if one is not drive for stop, other in one.todo]
        if (stop_id, 1 - part) not in mates:
            released[stop_id, part] = 0
    return released or {(stop_id, part): 0 for stop_id in waiting for part in (0, 1)}


def _put_off(problem: Problem, drives: list[_Driving], begins: dict[tuple[str, int], int]) -> bool:
    """Whether a crossed visit must begin later than it did for its gap to be right; if so it is noted in `begins`."""
    starts = {(one.stop, one.part): one.start_s for drive in drives for one in drive.stops}
    moved = False
    for stop_id in {stop_id for stop_id, _ in begins}:
        if (stop_id, 0) in begins and (stop_id, 1) in begins:
            first_s, second_s = meet(problem.stop(stop_id), starts[stop_id, 0], starts[stop_id, 1])
            moved = moved or (first_s, second_s) != (starts[stop_id, 0], starts[stop_id, 1])
            begins[stop_id, 0], begins[stop_id, 1] = first_s, second_s
    return moved


def meet(stop: Stop, first_arrive_s: int, second_arrive_s: int) -> tuple[int, int]:
    """When both nurses of a double visit begin, as early as the gap allows."""
    meeting = stop.meeting
    first_s = max(first_arrive_s, stop.window_s[0])
    second_s = max(second_arrive_s, stop.window_s[0], first_s + meeting.min_gap_s)
    return max(first_s, second_s - meeting.max_gap_s), second_s


def _travel(problem: Problem, drive: _Driving, stop: Stop, part: int) -> None:
    leg_s = problem.matrix.seconds(drive.place, stop.place)
    while drive.breaks_done < len(drive.car.breaks):
        earliest_s, latest_s, duration_s = _break_times(drive)
        if latest_s < drive.car.starts_s:  # it lay before the car became free: taken or missed, not ours to plan
            drive.breaks_done += 1
            continue
        begin_s = max(drive.now_s, earliest_s)
        leave_s = max(drive.now_s + leg_s, stop.window_s[0]) + stop.service_of(part)
        fits_in_wait = begin_s <= latest_s and begin_s + duration_s + leg_s <= stop.window_s[0]
        if not fits_in_wait and leave_s <= latest_s:
            break
        _rest(drive, begin_s, duration_s)
    drive.arrive_s = drive.now_s + leg_s
    drive.travel_s += leg_s
    drive.distance_m += problem.matrix.metres(drive.place, stop.place)


def _break_times(drive: _Driving) -> tuple[int, int, int]:
    rest = drive.car.breaks[drive.breaks_done]
    return drive.car.shift_s[0] + rest.earliest_s, drive.car.shift_s[0] + rest.latest_s, rest.duration_s


def _rest(drive: _Driving, begin_s: int, duration_s: int) -> None:
    drive.breaks.append(PlannedBreak(begin_s, begin_s + duration_s, drive.done))
    drive.now_s = begin_s + duration_s
    drive.breaks_done += 1


def _serve(drive: _Driving, stop: Stop, part: int, start_s: int) -> None:
    leave_s = start_s + stop.service_of(part)
    drive.stops.append(
        PlannedStop(stop.id, drive.arrive_s, start_s, leave_s, part, late_s=max(0, start_s - stop.window_s[1]))
    )
    drive.now_s, drive.place, drive.is_waiting = leave_s, stop.place, False
    drive.done += 1


def _home(problem: Problem, drive: _Driving) -> Route:
    leg_s = problem.matrix.seconds(drive.place, drive.car.ends_at)
    while drive.todo and drive.breaks_done < len(drive.car.breaks):
        earliest_s, latest_s, duration_s = _break_times(drive)
        if latest_s < drive.car.starts_s or drive.now_s + leg_s <= latest_s:  # home in time to rest there
            drive.breaks_done += 1
        else:
            _rest(drive, max(drive.now_s, earliest_s), duration_s)
    stops, place = [], drive.car.place
    for one in drive.stops:
        there = problem.stop(one.stop).place
        stops.append(
            PlannedStop(
                one.stop, one.arrive_s, one.start_s, one.leave_s, one.part,
                problem.matrix.seconds(place, there), problem.matrix.metres(place, there),
                one.late_s, problem.matrix.source_of(place, there),
            )
        )  # fmt: skip
        place = there
    return Route(
        drive.car.id, tuple(stops), tuple(drive.breaks), drive.now_s + leg_s,
        drive.travel_s + leg_s, drive.distance_m + problem.matrix.metres(drive.place, drive.car.ends_at),
    )  # fmt: skip


def _cost(problem: Problem, routes: Sequence[Route], left_out: Sequence[str], incumbent: Plan | None) -> Cost:
    weights = problem.weights
    travel_s = sum(route.travel_s for route in routes)
    late = late_s = worst_s = spill = preference = activation = change = 0
    before = incumbent.cars_of if incumbent else {}
    for route in routes:
        car = problem.car(route.car)
        activation += car.activation_cost if route.stops else 0
        for one in route.stops:
            stop = problem.stop(one.stop)
            late += stop.late_weight * one.late_s
            late_s += one.late_s
            worst_s = max(worst_s, one.late_s)
            spill += weights.spill_over * (
                stop.region is not None and bool(car.regions) and stop.region not in car.regions
            )
            preference += weights.not_preferred * (stop.preferred_car not in (None, car.id) and one.part == 0)
            change += weights.changed_stop * (stop.id in before and car.id not in before[stop.id])
        if incumbent and incumbent.sequences.get(car.id, ()) != tuple((one.stop, one.part) for one in route.stops):
            change += weights.changed_car
    unserved = sum(problem.stop(one).unserved_penalty for one in left_out)
    max_late = weights.max_late * worst_s
    travel = weights.travel * travel_s
    return Cost(
        total=travel + late + unserved + spill + preference + activation + change + max_late,
        travel_s=travel_s, late=late, unserved=unserved, spill_over=spill, preference=preference,
        activation=activation, change=change, max_late=max_late,
        distance_m=sum(route.distance_m for route in routes), late_s=late_s,
    )  # fmt: skip
