"""Reasons as codes with numbers, and as plain Dutch sentences for whoever reads the command line.

The codes are the contract: an application may show its own words for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from routing.insert import insert
from routing.plan import Plan, Reason, Recommendation, Rejection, Unplanned
from routing.problem import Problem
from routing.reasons import cheapest, why_out
from routing.schedule import schedule
from routing.search import FORBIDDEN

REASONS: Mapping[str, str] = {
    # why a car was chosen
    "only_car": "Dit is de enige auto die kan.",
    "first_there": "Deze auto is er het eerst, om {arrive_s:clock}.",
    "least_detour": "Dit is de kleinste omweg: {extra_s:minutes} extra rijden.",
    "in_time": "Het bezoek begint op tijd, om {start_s:clock}.",
    "late": "Het bezoek begint {late_s:minutes} na het gewenste tijdvak.",
    "nobody_later": "Niemand anders hoeft langer te wachten.",
    "others_later": (
        "Bij {stops} andere bezoeken komt de auto later, hoogstens {worst_s:minutes}; "
        "{out_of_window} daarvan buiten het tijdvak."
    ),
    "other_region": "Het adres ligt buiten de eigen regio van deze auto.",
    "not_preferred": "De voorkeur gaat uit naar een andere auto.",
    "wakes_backup": "Hiervoor wordt de achterwacht gewekt.",
    "dearer": "Kost {extra:minutes} rijtijd meer dan {than}.",
    "chosen": "{car} rijdt: aankomst om {arrive_s:clock}, {extra:minutes} extra in het plan.",
    # why a car was rejected
    "locked_elsewhere": "Het bezoek is vastgezet op {car}.",
    "no_skill": "Niet bekwaam voor {skills:list}.",
    "off_shift": "Buiten de dienst.",
    "too_late": "Komt op zijn vroegst om {arrive_s:clock} aan; uiterlijk {latest_s:clock} is nodig.",
    "shift_end": "Is pas om {home_s:clock} terug; de dienst eindigt om {shift_end_s:clock}.",
    "overload": "De auto is vol.",
    "on_break": "Heeft pauze die niet meer verschoven kan worden.",
    "displaces": "Zou bezoek {stop} te laat laten komen.",
    "full": "Past nergens meer in het plan zonder een ander bezoek of het einde van de dienst te raken.",
    "no_partner": "Er is geen tweede auto die op dat moment ook kan.",
    "backup_not_needed": "Achterwacht is nog niet nodig: een andere auto is voordeliger.",
    "costs_more": "Kan wel, maar kost meer dan het oplevert.",
    # why a stop is out of the plan
    "not_in_time": "Geen enkele auto kan er voor {latest_s:clock} zijn en op tijd terug, ook niet zonder ander werk.",
    "fits": "Past in het plan bij {car}, maar is nog niet ingedeeld.",
    # what would make it possible
    "with_skill": "Mogelijk als {car} bekwaam was voor {skills:list}.",
    "with_later_latest": "Mogelijk als het uiterlijk om {latest_s:clock} mag beginnen.",
    "with_backup": "Mogelijk door achterwacht {car} te wekken.",
    "with_longer_shift": "Mogelijk als {car} {longer_s:minutes} langer doorrijdt.",
    "with_unlock": "Mogelijk als het bezoek niet was vastgezet op {car}.",
    "with_higher_penalty": (
        "Mogelijk als dit bezoek zwaarder weegt: het kost {cost:minutes} en telt nu voor {penalty:minutes}."
    ),
    "nothing_found": "Geen enkele kleine verandering maakt dit mogelijk.",
}
"""Every code this package gives, with its Dutch sentence; numbers in seconds are written as clock times or minutes."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """One stop explained: who goes and why, what the others would have cost, or why nobody goes and what would
    change that."""

    stop: str
    car: str | None
    reasons: tuple[Reason, ...]
    others: tuple[Reason, ...] = ()
    possible: tuple[Reason, ...] = ()

    @property
    def lines(self) -> list[str]:
        """The explanation as Dutch sentences."""
        lines = [sentence(one) for one in self.reasons]
        lines += [f"{one.params['car']}: {sentence(one)}" for one in self.others]
        return lines + [sentence(one) for one in self.possible]


def sentence(reason: Reason | Rejection | Unplanned, midnight_s: int = 0) -> str:
    """A Dutch sentence for a coded reason. `midnight_s`: which second of the caller's clock is midnight."""
    code = reason.reason if isinstance(reason, Unplanned) else reason.code
    text = REASONS.get(code, code)
    if isinstance(reason, Unplanned) and code == "no_skill":
        text = "Te weinig auto's zijn bekwaam voor {skills:list}."
    if isinstance(reason, Unplanned) and code == "off_shift":
        text = "Er is geen bekwame auto in dienst op die tijd."
    return text.format_map({name: _Shown(value, midnight_s) for name, value in reason.params.items()})


@dataclass(frozen=True, slots=True)
class _Shown:
    """A value that knows how to be written as clock, minutes or a list."""

    value: Any
    midnight_s: int

    def __format__(self, how: str) -> str:
        if how == "clock":
            minutes = (self.value - self.midnight_s) // 60
            return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
        if how == "minutes":
            minutes = max(1, round(abs(self.value) / 60)) if self.value else 0
            return "1 minuut" if minutes == 1 else f"{minutes} minuten"
        if how == "list":
            return " en ".join(str(one) for one in self.value) or "dit werk"
        return str(self.value)


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
