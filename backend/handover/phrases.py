"""The Dutch for codes, measurements and procedures, as they stand in a letter."""

from collections.abc import Iterable, Mapping
from typing import Any

from backend.phone.rules import Flag, FollowUpOwner, NeededAfter
from backend.platform import dutch
from backend.triage.pathways import MEASUREMENTS
from backend.triage.rules import Counterfactual, Outcome

OTHERWISE: Mapping[Counterfactual, str] = {
    Counterfactual.NONE: "er niets anders gebeurd.",
    Counterfactual.GP_POST: "de huisartsenpost gekomen.",
    Counterfactual.EMERGENCY_DEPARTMENT: "de cliënt naar de spoedeisende hulp gegaan.",
    Counterfactual.AMBULANCE: "een ambulance gekomen.",
    Counterfactual.OWN_GP: "de eigen huisarts gekomen.",
    Counterfactual.OWN_ORGANISATION: "uw eigen organisatie gegaan.",
}
NEEDED_AFTER: Mapping[NeededAfter, str] = {
    NeededAfter.GP_POST: "Daarna was de huisartsenpost nodig.",
    NeededAfter.EMERGENCY: "Daarna is 112 ingeschakeld.",
    NeededAfter.OWN_GP: "De eigen huisarts moet er nog naar kijken.",
    NeededAfter.OWN_ORGANISATION: "Uw organisatie moet er nog naar kijken.",
}
REFERRED_TO: Mapping[Outcome, str] = {
    Outcome.REFER_GP_POST: "Naar de huisartsenpost",
    Outcome.REFER_CRISIS_TEAM: "Naar de GGZ-crisisdienst",
    Outcome.REFER_OWN_GP: "Naar de eigen huisarts",
    Outcome.REFER_OWN_ORGANISATION: "Naar uw eigen organisatie",
}
ORDERED_BY: Mapping[str, str] = {
    "standing": "op doorlopende opdracht",
    "gp_phone": "in opdracht van de huisarts, per telefoon",
    "gp_post": "in opdracht van de huisartsenpost",
    "specialist": "in opdracht van de specialist",
}
OWNERS: Mapping[FollowUpOwner, str] = {
    FollowUpOwner.OWN_ORGANISATION: "u",
    FollowUpOwner.OWN_GP: "de eigen huisarts",
    FollowUpOwner.DESK: "de zorgcentrale",
}
URGENCY_IN_WORDS = {
    "U0": "reanimatie",
    "U1": "levensbedreigend",
    "U2": "spoed",
    "U3": "dringend",
    "U4": "niet dringend",
    "U5": "gepland of overdag",
}


def measured_in_words(measurements: Iterable[Mapping[str, Any]]) -> str:
    """ "Temperatuur 37,1 °C, pijn 7 → 2." with what needs a remark marked."""
    values: dict[str, list[Mapping[str, Any]]] = {}
    for one in measurements:
        values.setdefault(one["code"], []).append(one)
    said = []
    for code, taken in values.items():
        label = MEASUREMENTS.get(code, (code, ""))[0].partition(" (")[0]
        unit = taken[-1]["unit"] if taken[-1]["unit"] not in ("", "NRS") else ""
        remark = _remark(taken)
        said.append(
            f"{label.lower()} {' → '.join(dutch.with_comma(one['value']) for one in taken)} {unit}".rstrip() + remark
        )
    return dutch.sentence(f"{', '.join(said)}.") if said else ""


def _remark(taken: list[Mapping[str, Any]]) -> str:
    last = Flag(taken[-1]["flag"])
    return {Flag.ABNORMAL: " (afwijkend)", Flag.IMPLAUSIBLE: " (zo opgeschreven; klopt dit?)"}.get(last, "")


def done_in_words(procedures: Iterable[Mapping[str, Any]], medication: Iterable[Mapping[str, Any]]) -> str:
    """ "Katheter gewisseld (CH 16) op doorlopende opdracht."."""
    said = []
    for done in procedures:
        text = str(done.get("text") or done["code"].replace("_", " "))
        said.append(f"{text.rstrip('.')} {_by_order(done.get('order_source'))}".rstrip())
    for given in medication:
        dose = f" {given['dose']}" if given.get("dose") else ""
        said.append(f"{given['name']}{dose} gegeven {_by_order(given.get('order_source'))}".rstrip())
    return dutch.sentence(f"{'; '.join(said)}.") if said else ""


def _by_order(source: str | None) -> str:
    return ORDERED_BY.get(source, f"in opdracht van {source}") if source else ""
