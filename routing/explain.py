"""Why a stop is where it is, as codes with numbers: who goes, what the others would have cost, what would help.

The codes are the contract; whoever shows them has words of its own (`words.py` are those of the command line).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from routing.insert import insert
from routing.plan import Plan, Reason, Recommendation, Unplanned
from routing.problem import Problem
from routing.reasons import cheapest, why_out
from routing.schedule import schedule
from routing.search import FORBIDDEN


@dataclass(frozen=True, slots=True)
class Explanation:
    """One stop explained: who goes and why, what the others would have cost, or why nobody goes and what would
    change that."""

    stop: str
    car: str | None
    reasons: tuple[Reason, ...]
    others: tuple[Reason, ...] = ()
    possible: tuple[Reason, ...] = ()


def explain(problem: Problem, plan: Plan, stop_id: str) -> Explanation:
    """Explain one stop: for a planned one what every other car would have cost, for an unplanned one what would make
    it possible.

    Raises
    ------
    KeyError : when the stop does not exist.
    """
    problem.stop(stop_id)
    if stop_id in plan.cars_of:
        return _explain_planned(problem, plan, stop_id)
    why = why_out(problem, plan, stop_id)
    return Explanation(
        stop_id, None, (Reason(why.reason, why.params),), possible=tuple(_what_would_help(problem, plan, why))
    )


def _explain_planned(problem: Problem, plan: Plan, stop_id: str) -> Explanation:
    without = {car: [one for one in order if one[0] != stop_id] for car, order in plan.sequences.items()}
    thawed = tuple(replace(car, frozen=tuple(one for one in car.frozen if one != stop_id)) for car in problem.cars)
    question = problem.changed(cars=thawed)
    bare = schedule(question, without)
    advice: Recommendation = insert(question, bare, stop_id)
    car_id = plan.cars_of[stop_id][0]
    mine = next((one for one in advice.options if one.car == car_id), None)
    added = plan.cost.total - bare.cost.total + problem.stop(stop_id).unserved_penalty
    visit = next(one for one in plan.route_of(car_id).stops if one.stop == stop_id)
    reasons = [Reason("chosen", {"car": car_id, "arrive_s": visit.arrive_s, "extra": added})]
    if any(stop_id in car.frozen for car in problem.cars):
        reasons.append(Reason("locked_elsewhere", {"car": car_id}))
    if mine is not None:
        reasons += [one for one in mine.reasons if one.code != "dearer"]
    others = [
        Reason("dearer", {"extra": one.cost - added, "than": car_id, "car": one.car})
        for one in advice.options
        if one.car != car_id
    ]
    others += [Reason(one.code, {**one.params, "car": one.car}) for one in advice.rejected]
    return Explanation(stop_id, car_id, tuple(reasons), tuple(others))


def _what_would_help(problem: Problem, plan: Plan, why: Unplanned) -> list[Reason]:
    """Small changes to the question, each tried: a competence, a later latest time, no lock, a longer shift, more
    weight."""
    stop = problem.stop(why.stop)
    if why.reason == "fits":
        return []
    found: list[Reason] = []
    if why.reason == "costs_more":
        sleeping = [
            car for car in problem.cars if car.is_backup and car.activation_cost and not plan.route_of(car.id).stops
        ]
        if any(car.id == why.params["car"] for car in sleeping):
            found.append(Reason("with_backup", {"car": why.params["car"]}))
        return [*found, Reason("with_higher_penalty", dict(why.params))]
    if stop.locked_car is not None and _fits(_with_stop(problem, replace(stop, locked_car=None)), plan, stop.id):
        found.append(Reason("with_unlock", {"car": stop.locked_car}))
    for car in problem.cars:
        missing = stop.skills - car.skills
        if missing and (stop.locked_car in (None, car.id)):
            taught = replace(car, skills=car.skills | missing)
            if _fits(_with_car(problem, taught), plan, stop.id):
                found.append(Reason("with_skill", {"car": car.id, "skills": sorted(missing)}))
                break
    for later_s in (900, 1800, 3600, 7200, 14_400):
        relaxed = replace(stop, latest_s=stop.latest_s + later_s)
        if _fits(_with_stop(problem, relaxed), plan, stop.id):
            found.append(Reason("with_later_latest", {"latest_s": relaxed.latest_s}))
            break
    for car in problem.cars:
        if stop.skills <= car.skills and stop.locked_car in (None, car.id):
            longer = replace(car, shift_s=(car.shift_s[0], car.shift_s[1] + 3600))
            if _fits(_with_car(problem, longer), plan, stop.id):
                found.append(Reason("with_longer_shift", {"car": car.id, "longer_s": 3600}))
                break
    return found or [Reason("nothing_found")]


def _with_stop(problem: Problem, stop: Any) -> Problem:
    return problem.changed(stops=tuple(stop if one.id == stop.id else one for one in problem.stops))


def _with_car(problem: Problem, car: Any) -> Problem:
    return problem.changed(cars=tuple(car if one.id == car.id else one for one in problem.cars))


def _fits(problem: Problem, plan: Plan, stop_id: str) -> bool:
    plan = replace(plan)  # a fresh copy: what is kept with the old one belongs to the old question
    return bool(cheapest(problem, plan, stop_id)[0] < FORBIDDEN)
