"""Who may see whom, how people are called, and when a competence counts. Plain Python."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from backend.platform.actor import Scope


class Role(StrEnum):
    """Rol: what somebody logs in as."""

    TRIAGIST = "triagist"
    NURSE = "nurse"
    TEAM_MANAGER = "team_manager"
    ADMIN = "admin"


DESK = (Role.TRIAGIST, Role.ADMIN)
"""Who may call what the desk calls."""


class OrganisationKind(StrEnum):
    """Soort organisatie: one that has clients, or the desk that answers for all of them."""

    CARE = "care"
    DESK = "desk"


class FundingLaw(StrEnum):
    """Wet: which law pays for the care (Zvw, Wlz, Wmo)."""

    ZVW = "zvw"
    WLZ = "wlz"
    WMO = "wmo"
    OTHER = "other"
    UNKNOWN = "unknown"


class AccessType(StrEnum):
    """Toegang: how a nurse gets in. The code itself never lives here."""

    CODE_SAFE = "code_safe"
    KEY_HOLDER = "key_holder"
    ELECTRONIC_LOCK = "electronic_lock"
    OPENS_DOOR = "opens_door"
    UNKNOWN = "unknown"


class Precision(StrEnum):
    """Nauwkeurigheid: how well we know where a door is."""

    ADDRESS = "address"
    PC6 = "pc6"
    PC4 = "pc4"
    PINNED = "pinned"
    UNKNOWN = "unknown"


class Sex(StrEnum):
    """Geslacht, as in the zib Patient."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class ReservedProcedure(StrEnum):
    """Voorbehouden handeling: what a nurse must have been trained for, with an expiry date."""

    BLADDER_CATHETER = "bladder_catheter"
    SUPRAPUBIC_CATHETER = "suprapubic_catheter"
    INJECTION_SC = "injection_sc"
    INJECTION_IM = "injection_im"
    INFUSION = "infusion"
    STOMA_CARE = "stoma_care"
    WOUND_CARE = "wound_care"
    TUBE_FEEDING = "tube_feeding"
    INSULIN = "insulin"
    PALLIATIVE_PUMP = "palliative_pump"
    FALL_ASSESSMENT = "fall_assessment"
    TWO_PERSON_LIFT = "two_person_lift"


SCOPES = {
    Role.TRIAGIST: Scope.ALL,
    Role.ADMIN: Scope.ALL,
    Role.TEAM_MANAGER: Scope.ORGANISATION,
    Role.NURSE: Scope.ASSIGNED,
}


def scope_of(role: str) -> Scope:
    """How far somebody with this role may look; a role we do not know sees nothing."""
    try:
        return SCOPES[Role(role)]
    except ValueError:
        return Scope.NOTHING


def role_fits(role: Role, kind: OrganisationKind) -> bool:
    """Who looks across all organisations works for the desk, never for one of them."""
    return kind is OrganisationKind.DESK or SCOPES[role] is not Scope.ALL


def is_competent(valid_until: date, on: date) -> bool:
    """A competence counts up to and including its last day."""
    return on <= valid_until


def missing_competences(
    required: Iterable[ReservedProcedure], held: Iterable[tuple[ReservedProcedure, date]], on: date
) -> list[ReservedProcedure]:
    """What is asked for and not held, or no longer, on that day; in the order asked."""
    valid = {procedure for procedure, valid_until in held if is_competent(valid_until, on)}
    return [procedure for procedure in required if procedure not in valid]


# --- names -------------------------------------------------------------------------------------

TITLES = {Sex.FEMALE: "Mw.", Sex.MALE: "Dhr."}


def name_label(*, sex: Sex, initials: str, prefix: str, family_name: str) -> str:
    """'Mw. J. de Groot'. Without a known sex or initials those words are left out."""
    words = (TITLES.get(sex, ""), initials, prefix if initials or sex in TITLES else prefix.capitalize(), family_name)
    return " ".join(word for word in words if word)


def age_on(birth_date: date | None, on: date) -> int | None:
    """Whole years on that day. Who was born on 29 February turns a year older on 1 March."""
    if birth_date is None or on < birth_date:
        return None
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def label_with_age(label: str, age: int | None) -> str:
    """'Mw. J. de Groot, 84'."""
    return label if age is None else f"{label}, {age}"


def tidy_initials(text: str) -> str:
    """'jm', 'J M' and 'J.M' all become 'J.M.'; 'Th.' and 'IJ.' stay whole."""
    text = text.strip()
    if not text:
        return ""
    pieces = [piece for piece in re.split(r"[.\s]+", text) if piece]
    if len(pieces) == 1 and "." not in text and text.upper() != "IJ":
        pieces = list(text)
    return "".join(f"{piece[0].upper()}{piece[1:] if piece != 'ij' else 'J'}." for piece in pieces)


# --- searching ---------------------------------------------------------------------------------

SHORTEST_QUERY = 3
_DATE = re.compile(r"\b(?:(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})|(\d{4})-(\d{1,2})-(\d{1,2}))\b")


def folded_words(text: str) -> list[str]:
    """Small letters without accents, split at all that is no letter or digit: 'Groß-de Ruïne' -> gross de ruine."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return re.findall(r"[a-z0-9]+", plain)


def search_words(query: str) -> list[str]:
    """The words that must all begin a word of the client; dates become one word. Empty: too little to search on."""
    query = _DATE.sub(_as_one_word, query)
    words = list(dict.fromkeys(folded_words(query)))[:8]
    return words if sum(map(len, words)) >= SHORTEST_QUERY else []


def _as_one_word(found: re.Match[str]) -> str:
    day, month, year, iso_year, iso_month, iso_day = found.groups()
    return f" {int(year or iso_year):04d}{int(month or iso_month):02d}{int(day or iso_day):02d} "


def search_text(
    *, names: Iterable[str | None], birth_date: date | None, postcode: str | None, client_number: str | None
) -> str:
    """What a search looks through: words that each follow a blank, so that ' gro' only finds the start of a word."""
    words = [word for name in names for word in folded_words(name or "")]
    if birth_date is not None:
        words.append(f"{birth_date:%Y%m%d}")
    if postcode:
        words += folded_words(postcode) + folded_words(postcode[4:])
    if client_number:
        parts = folded_words(client_number)
        words += [*parts, "".join(parts)]
    return " " + " ".join(dict.fromkeys(words))


# --- what must not be written down -------------------------------------------------------------

_PHONE = re.compile(r"(?:\+31|0031|\b0)[\d\s-]{8,13}\d")
_CODE = re.compile(r"\b\d{4,8}\b|\b(?:pin)?code\b\D{0,20}\d(?:[ .-]?\d)+|\bpin\b\D{0,20}\d(?:[ .-]?\d)+", re.IGNORECASE)


def holds_a_code(text: str | None) -> bool:
    """A key-safe code does not belong in a note that many people read (it lives in the key safe only)."""
    return bool(text) and bool(_CODE.search(_PHONE.sub(" ", text or "")))


def may_merge(*, source_is_provisional: bool, is_same: bool, target_is_merged: bool) -> str | None:
    """Only a provisional client goes up in another one, that still stands by itself. Gives the reason why not."""
    if is_same:
        return "same_client"
    if not source_is_provisional:
        return "not_provisional"
    return "target_is_merged" if target_is_merged else None
