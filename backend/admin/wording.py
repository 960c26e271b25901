"""Dutch for the administrator's pages: names of choices, and a sentence for every refusal, beside its box."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from backend.dispatch.rules import VisitStatus
from backend.people.management import SHORTEST_PASSWORD
from backend.people.places.rules import spans
from backend.people.rules import OrganisationKind, Precision, ReservedProcedure, Role
from backend.platform.clock import local
from backend.platform.dutch import counted, day_in_words, listed, night_name, sentence
from backend.platform.errors import DomainError
from backend.triage.rules import ScopeVerdict, Urgency

ROLES = {
    Role.TRIAGIST: "triagist",
    Role.NURSE: "nachtverpleegkundige",
    Role.TEAM_MANAGER: "teammanager",
    Role.ADMIN: "beheerder",
}
KINDS = {OrganisationKind.CARE: "zorgorganisatie", OrganisationKind.DESK: "zorgcentrale"}
PROCEDURES = {
    ReservedProcedure.BLADDER_CATHETER: "blaaskatheter",
    ReservedProcedure.SUPRAPUBIC_CATHETER: "suprapubische katheter",
    ReservedProcedure.INJECTION_SC: "onderhuids injecteren",
    ReservedProcedure.INJECTION_IM: "in de spier injecteren",
    ReservedProcedure.INFUSION: "infuus",
    ReservedProcedure.STOMA_CARE: "stomazorg",
    ReservedProcedure.WOUND_CARE: "wondzorg",
    ReservedProcedure.TUBE_FEEDING: "sondevoeding",
    ReservedProcedure.INSULIN: "insuline",
    ReservedProcedure.PALLIATIVE_PUMP: "palliatieve pomp",
    ReservedProcedure.FALL_ASSESSMENT: "beoordelen na een val",
    ReservedProcedure.TWO_PERSON_LIFT: "tillen met z'n tweeën",
}
URGENCIES = {
    Urgency.U2: "U2, zo snel mogelijk",
    Urgency.U3: "U3, binnen enkele uren",
    Urgency.U4: "U4, vannacht",
    Urgency.U5: "U5, gepland",
}
STATUSES = {
    VisitStatus.OPEN: "nog geen auto",
    VisitStatus.ASSIGNED: "toegewezen",
    VisitStatus.ACCEPTED: "geaccepteerd",
    VisitStatus.UNDER_WAY: "onderweg",
    VisitStatus.ON_SCENE: "ter plaatse",
    VisitStatus.DONE: "klaar",
    VisitStatus.CANCELLED: "vervallen",
}
VERDICTS = {
    ScopeVerdict.IN_SCOPE: "wel nachtzorg",
    ScopeVerdict.OUT_OF_SCOPE: "geen nachtzorg",
    ScopeVerdict.DOUBT: "overleg",
}
PRECISIONS = {
    Precision.ADDRESS: "op het adres",
    Precision.PC6: "midden van de postcode",
    Precision.PC4: "midden van het postcodegebied",
    Precision.PINNED: "met de hand aangewezen",
    Precision.UNKNOWN: "onbekend",
}

SAID = {
    "added": "Toegevoegd.",
    "changed": "Bewaard.",
    "unchanged": "Er was niets veranderd.",
    "staff_added": "Toegevoegd. Zet hieronder waarvoor deze medewerker bekwaam is, en tot wanneer.",
    "left": "Deze organisatie doet niet meer mee. Niemand van haar kan nog inloggen.",
    "back": "Deze organisatie doet weer mee.",
    "stopped": "Deze medewerker kan niet meer inloggen.",
    "started": "Deze medewerker kan weer inloggen.",
    "competences": "De bekwaamheden zijn bewaard.",
    "shift": "De dienst staat erin.",
    "visit": "Het bezoek staat erin.",
    "redrawn": "De gebieden zijn verhuisd. Terugzetten kan hieronder.",
    "put_back": "De gebieden liggen weer waar ze lagen.",
    "cancelled": "Het bezoek vervalt. Wie het had, krijgt bericht.",
}
"""What was just done, by the word in the address that one was sent on to."""

_ANY_BOX = {
    "required": "Vul dit in.",
    "null": "Vul dit in.",
    "too_short": "Dit is te kort.",
    "too_long": "Dit is te lang. Maak het korter.",
    "too_small": "Dit getal is te klein.",
    "too_large": "Dit getal is te groot.",
    "out_of_range": "Dit getal is te klein of te groot.",
    "unknown_choice": "Kies iets uit de lijst.",
    "unknown": "Dit kennen we niet. Kies iets uit de lijst.",
    "invalid": "Dit klopt niet. Kijk het na.",
    "before_start": "Het eind ligt voor het begin.",
    "no_such_time": "Deze tijd bestaat die nacht niet: de klok gaat een uur vooruit.",
}
_THIS_BOX = {
    ("organisation_id", "required"): "Kies een organisatie.",
    ("organisation_id", "null"): "Kies een organisatie.",
    ("role", "null"): "Kies een rol.",
    ("password", "too_short"): f"Neem minstens {SHORTEST_PASSWORD} tekens.",
    ("password", "null"): f"Bedenk een wachtwoord van minstens {SHORTEST_PASSWORD} tekens.",
    ("login", "invalid"): "Een inlognaam heeft geen spaties.",
    ("email", "invalid"): "Dit is geen e-mailadres.",
    ("morning_email", "invalid"): "Dit is geen e-mailadres.",
    ("postcode", "invalid"): "Schrijf de postcode als 1056 DL.",
    ("postcode", "unknown"): "Deze postcode kennen we niet. Lees eerst adressen of postcodegebieden in.",
    ("house_number", "invalid"): "Schrijf het huisnummer als 12, 12A of 12-2.",
    ("number", "already_used"): "Dit nummer heeft een andere auto al.",
    ("number", "invalid"): "Vul een heel getal in.",
    ("service_minutes", "invalid"): "Vul een heel getal in.",
    ("service_minutes", "out_of_range"): "Kies tussen 5 en 240 minuten.",
    ("service_minutes", "too_small"): "Kies tussen 5 en 240 minuten.",
    ("service_minutes", "too_large"): "Kies tussen 5 en 240 minuten.",
    ("car_id", "null"): "Kies een auto.",
    ("car_id", "unknown"): "Deze auto rijdt niet meer. Kies een andere.",
    ("nurse_id", "null"): "Kies een verpleegkundige.",
    ("nurse_id", "not_a_nurse"): "Dit is geen verpleegkundige, of zij werkt hier niet meer.",
    ("client_id", "unknown"): "Deze cliënt kennen we niet meer. Zoek opnieuw.",
    ("window_start", "outside_night"): "Dit ligt buiten de nacht.",
    ("window_end", "before_start"): "Het eind van het tijdvak ligt voor het begin.",
    ("urgency", "urgency_needs_112"): "Bij U0 en U1 gaat er een ambulance, geen verpleegkundige. Bel 112.",
    ("q", "too_short"): "Typ minstens drie letters of cijfers.",
    ("moves", "too_short"): "Kies minstens één gebied.",
    ("moves", "too_small"): "Kies minstens één gebied.",
    ("postcode_areas", "required"): "Noem minstens één postcodegebied.",
    ("postcode_areas", "null"): "Noem minstens één postcodegebied, bijvoorbeeld 1011-1039, 1051.",
}
_TAKEN = {
    "name": "Deze naam is al in gebruik.",
    "login": "Deze inlognaam is al van iemand anders.",
    "code": "Deze afkorting is al van een andere regio.",
}
_WHOLE = {
    "last_admin": "Dit is de laatste beheerder. Wijs eerst een andere aan; iemand moet dit kunnen blijven doen.",
    "night_is_closed": "Deze nacht is gesloten en overgedragen. Er verandert niets meer in.",
    "visit_is_over": "Dit bezoek is al klaar.",
    "nurse_is_there": "De verpleegkundige is al bij deze cliënt. Bel haar.",
}
_STALE = "Dit formulier klopt niet meer. Open de pagina opnieuw."
_MISFIT = "Triagisten en beheerders zien alle organisaties. Zij werken daarom voor de zorgcentrale."


def refusal(error: DomainError) -> tuple[dict[str, str], str | None]:
    """What goes beside which box, and what goes above the form because it belongs to no box alone."""
    details = error.details
    match error.code:
        case "name_taken":
            return {details["field"]: _TAKEN[details["field"]]}, None
        case "role_does_not_fit" if "role" in details:
            return {"role": _MISFIT}, None
        case "role_does_not_fit":
            return {"kind": "Er werken hier triagisten of beheerders. Die horen bij een zorgcentrale."}, None
        case "nights_overlap":
            return {"starts_at": "Er staat al een nacht op het rooster die dan loopt. Sluit die eerst."}, None
        case "shifts_overlap":
            sentence_for_both = "Deze auto of deze verpleegkundige heeft dan al een dienst."
            return {"car_id": sentence_for_both, "nurse_id": sentence_for_both}, None
        case "postcode_area_taken":
            return {"postcode_areas": f"Deze gebieden horen al bij een andere regio: {taken(details['taken'])}."}, None
        case "postcode_areas_changed":
            moved = spans(details["areas"])
            return {}, f"Intussen hoort {moved} bij een andere regio. Hieronder staat een nieuw voorstel."
        case "invalid" if "unknown" in details:
            unknown = spans(details["unknown"])
            return {"postcode_areas": f"Deze postcodegebieden kennen we niet: {unknown}. Haal ze weg."}, None
        case "invalid" if "wrong_piece" in details:
            wrong = f"Dit begrijpen we niet: “{details['wrong_piece'][:40]}”. Schrijf het als 1011-1039, 1051."
            return {details.get("wrong_box", "postcode_areas"): wrong}, None
        case "invalid":
            errors = {name: _beside(name, _code(codes)) for name, codes in getattr(error, "errors", {}).items()}
            return errors, _STALE if set(errors) & {"id", "_schema"} else None
    return {}, _WHOLE.get(error.code, "Dit kan nu niet.")


def _code(codes: Any) -> str:
    """The first code, however deep in a list of boxes it lies."""
    while isinstance(codes, (Mapping, list)) and codes:
        codes = next(iter(codes.values())) if isinstance(codes, Mapping) else codes[0]
    return str(codes)


def _beside(name: str, code: str) -> str:
    return _THIS_BOX.get((name, code)) or _ANY_BOX.get(code, _ANY_BOX["invalid"])


def taken(areas: Mapping[str, str]) -> str:
    """ "1051, 1053-1055 (West); 1061 (Nieuw-West)"."""
    by_region: dict[str, list[str]] = {}
    for pc4, region in areas.items():
        by_region.setdefault(region, []).append(pc4)
    return "; ".join(f"{spans(pc4)} ({region})" for region, pc4 in sorted(by_region.items()))


def regions_of(areas: Mapping[str, str]) -> str:
    """Which regions lose something."""
    return listed(sorted(set(areas.values())))


def procedures(codes: Iterable[str]) -> str:
    """ "infuus en insuline"."""
    return listed([PROCEDURES[ReservedProcedure(code)] for code in codes])


def night(starts_at: datetime) -> str:
    """ "Nacht van 21 op 22 november"."""
    return sentence(night_name(local(starts_at)))


def clock(moment: datetime) -> str:
    """ "23:00"."""
    return f"{local(moment):%H:%M}"


__all__ = [
    "KINDS", "PRECISIONS", "PROCEDURES", "ROLES", "SAID", "STATUSES", "URGENCIES", "VERDICTS", "clock", "counted",
    "day_in_words", "listed", "night", "procedures", "refusal", "regions_of", "sentence", "spans", "taken",
]  # fmt: skip
