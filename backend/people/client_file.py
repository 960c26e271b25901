"""A file of clients: which columns there are, and what every row says or why it cannot be used. No database here."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

from backend.people import rules
from backend.people.addresses import normalise_postcode, parse_house_number
from backend.people.files import BadLine, UnreadableFile, encoding_of
from backend.people.rules import AccessType, FundingLaw, Sex


class Unusable(ValueError):
    """A cell that cannot be read; the text says why, in words for whoever made the file."""


@dataclass(frozen=True)
class ClientRow:
    """One client as the file has it; only the columns that the file has are in `facts`."""

    line: int
    client_number: str
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class ClientFile:
    """What a file holds: rows that can be used, and lines that cannot."""

    rows: tuple[ClientRow, ...]
    bad: tuple[BadLine, ...]


def _text(cell: str) -> str:
    return cell


def _text_or_none(cell: str) -> str | None:
    return cell or None


def _choice(kind: type[StrEnum], words: Mapping[str, Any], default: Any) -> Callable[[str], Any]:
    codes = {member.value: member for member in kind}

    def read(cell: str) -> Any:
        known = {**codes, **words}.get(cell.casefold())
        if known is None and cell:
            raise Unusable(f"‘{cell}’ is geen keuze; kies uit: {', '.join(words)}")
        return known or default

    return read


def _date(cell: str) -> date | None:
    if not cell:
        return None
    found = re.match(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\Z", cell)
    iso = re.match(r"(\d{4})-(\d{2})-(\d{2})(?:T.*)?\Z", cell)
    if found:
        parts = (int(found[3]), int(found[2]), int(found[1]))
    elif iso:
        parts = (int(iso[1]), int(iso[2]), int(iso[3]))
    else:
        raise Unusable(f"‘{cell}’ is geen datum als 31-12-1941")
    try:
        born = date(*parts)
    except ValueError:
        raise Unusable(f"‘{cell}’ bestaat niet als datum") from None
    if born.year < 1880:
        raise Unusable(f"‘{cell}’ is te lang geleden")
    return born


def _phone(cell: str) -> str | None:
    digits = re.sub(r"\D", "", cell)
    if cell and (not 3 <= len(digits) <= 15 or re.search(r"[A-Za-z]", cell)):
        raise Unusable(f"‘{cell}’ is geen telefoonnummer")
    return cell or None


def _postcode(cell: str) -> str | None:
    if not cell:
        return None
    postcode = normalise_postcode(cell)
    if postcode is None:
        raise Unusable(f"‘{cell}’ is geen postcode")
    return postcode


def _note(cell: str) -> str:
    if rules.holds_a_code(cell):
        raise Unusable("hier lijkt een code te staan; codes horen alleen in de sleutelkluis van Nachtronde")
    return cell


def _alerts(cell: str) -> list[str]:
    return [part.strip() for part in re.split(r"[|;]", cell) if part.strip()]


_SEX = {"vrouw": Sex.FEMALE, "v": Sex.FEMALE, "man": Sex.MALE, "m": Sex.MALE, "anders": Sex.OTHER,
        "x": Sex.OTHER, "onbekend": Sex.UNKNOWN}  # fmt: skip
_LAW = {"zvw": FundingLaw.ZVW, "wlz": FundingLaw.WLZ, "wmo": FundingLaw.WMO, "anders": FundingLaw.OTHER,
        "onbekend": FundingLaw.UNKNOWN}  # fmt: skip
_ACCESS = {"sleutelkluis": AccessType.CODE_SAFE, "sleutelhouder": AccessType.KEY_HOLDER,
           "elektronisch slot": AccessType.ELECTRONIC_LOCK, "doet open": AccessType.OPENS_DOOR,
           "onbekend": AccessType.UNKNOWN}  # fmt: skip

# column -> (field, longest, how to read it). The order is that of the documentation and of `COLUMNS`.
_COLUMNS: dict[str, tuple[str, int, Callable[[str], Any]]] = {
    "clientnummer": ("client_number", 40, _text),
    "achternaam": ("family_name", 120, _text),
    "tussenvoegsel": ("prefix", 30, _text),
    "voorletters": ("initials", 30, rules.tidy_initials),
    "roepnaam": ("given_name", 60, _text_or_none),
    "geslacht": ("sex", 20, _choice(Sex, _SEX, Sex.UNKNOWN)),
    "geboortedatum": ("birth_date", 30, _date),
    "telefoon": ("phone", 30, _phone),
    "straat": ("street", 120, _text),
    "huisnummer": ("house_number", 20, _text),
    "toevoeging": ("addition", 20, _text),
    "postcode": ("postcode", 8, _postcode),
    "plaats": ("city", 80, _text),
    "ingang": ("entry_note", 500, _note),
    "wet": ("funding_law", 20, _choice(FundingLaw, _LAW, FundingLaw.UNKNOWN)),
    "toegang": ("access_type", 30, _choice(AccessType, _ACCESS, AccessType.UNKNOWN)),
    "toegang_toelichting": ("access_note", 500, _note),
    "signaleringen": ("alerts", 1000, _alerts),
    "taal": ("language", 60, lambda cell: cell or "Nederlands"),
    "huisarts": ("gp_name", 120, _text_or_none),
    "huisarts_telefoon": ("gp_phone", 30, _phone),
    "contactpersoon": ("contact_name", 120, _text_or_none),
    "contact_telefoon": ("contact_phone", 30, _phone),
    "contact_relatie": ("contact_relation", 60, _text_or_none),
    "behandelgrenzen": ("treatment_limits", 500, _text_or_none),
}
COLUMNS = tuple(_COLUMNS)
REQUIRED = ("clientnummer", "achternaam", "postcode", "huisnummer")
LABELS = {field: column for column, (field, _, _) in _COLUMNS.items()} | {
    "precision": "nauwkeurigheid",
    "is_active": "in zorg",
}


def read(path: Path) -> ClientFile:
    """Read the whole file; raises UnreadableFile when it has no heading that we know."""
    if not path.is_file():
        raise UnreadableFile(f"Er is geen bestand {path}.")
    with path.open(encoding=encoding_of(path), newline="") as text:
        first = text.readline(100_000)
        text.seek(0)
        reader = csv.reader(text, delimiter=max(",;\t|", key=first.count))
        heading = _heading(next(reader, []))
        rows: list[ClientRow] = []
        bad: list[BadLine] = []
        seen: dict[str, int] = {}
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                break
            except csv.Error:
                bad.append(BadLine(line, "deze regel is geen leesbare tekst"))
                continue
            if not any(cell.strip() for cell in cells):
                continue
            row, reasons = _row(line, heading, cells)
            if row is not None and (earlier := seen.setdefault(row.client_number, line)) != line:
                reasons.append(f"cliëntnummer {row.client_number} staat ook al op regel {earlier}")
            if row is None or reasons:
                bad += [BadLine(line, reason) for reason in reasons]
            else:
                rows.append(row)
    return ClientFile(tuple(rows), tuple(bad))


def _heading(cells: list[str]) -> list[str]:
    names = [re.sub(r"[\s-]+", "_", cell.strip().casefold()).replace("ë", "e") for cell in cells]
    missing = [column for column in REQUIRED if column not in names]
    unknown = [cell.strip() for cell, name in zip(cells, names, strict=True) if name not in _COLUMNS]
    double = sorted({name for name in names if names.count(name) > 1})
    if missing:
        raise UnreadableFile(f"In de eerste regel ontbreekt de kolom {', '.join(f'‘{name}’' for name in missing)}.")
    if unknown:
        # A mistyped column would otherwise be left out in silence.
        raise UnreadableFile(
            f"Deze kolommen kennen we niet: {', '.join(f'‘{name}’' for name in unknown)}. Wel: {', '.join(COLUMNS)}."
        )
    if double:
        raise UnreadableFile(f"Deze kolommen staan er twee keer: {', '.join(double)}.")
    return names


def _row(line: int, heading: list[str], cells: list[str]) -> tuple[ClientRow | None, list[str]]:
    if len(cells) != len(heading):
        return None, [f"deze regel heeft {len(cells)} cellen, de eerste regel heeft er {len(heading)}"]
    reasons: list[str] = []
    facts: dict[str, Any] = {}
    for column, raw in zip(heading, cells, strict=True):
        field, longest, read_cell = _COLUMNS[column]
        cell = raw.strip()
        if column in REQUIRED and not cell:
            reasons.append(f"{column} ontbreekt")
            continue
        if len(cell) > longest:
            reasons.append(f"{column} is langer dan {longest} tekens")
            continue
        if any(ord(c) < 32 for c in cell):
            reasons.append(f"{column} bevat tekens die geen tekst zijn")
            continue
        try:
            facts[field] = read_cell(cell)
        except Unusable as unusable:
            reasons.append(f"{column}: {unusable}")
    if facts.get("house_number"):
        door = parse_house_number(facts["house_number"], facts.get("addition", ""))
        if door is None:
            reasons.append(f"huisnummer: ‘{facts['house_number']}’ is geen huisnummer")
        else:
            facts["house_number"], facts["addition"] = door.number, door.addition
    number = facts.pop("client_number", "")
    return ClientRow(line, number, facts), reasons
