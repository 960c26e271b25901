"""The Dutch of `python -m routing`: a sentence for every code that the package gives.

The package itself gives codes with numbers, so that an application may say it in its own words; the desk does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from routing.explain import Explanation
from routing.plan import Reason, Rejection, Unplanned

SENTENCES: Mapping[str, str] = {
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


def lines(explanation: Explanation) -> list[str]:
    """An explanation as Dutch sentences."""
    others = [f"{one.params['car']}: {sentence(one)}" for one in explanation.others]
    return [*map(sentence, explanation.reasons), *others, *map(sentence, explanation.possible)]


def sentence(reason: Reason | Rejection | Unplanned, midnight_s: int = 0) -> str:
    """A Dutch sentence for a coded reason. `midnight_s`: which second of the caller's clock is midnight."""
    code = reason.reason if isinstance(reason, Unplanned) else reason.code
    text = SENTENCES.get(code, code)
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
