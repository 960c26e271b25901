"""The catalogue of entry complaints: a data file, so that a region can word it without a release."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

CATALOGUE = Path(__file__).with_name("entry_complaints.toml")


@dataclass(frozen=True)
class EntryComplaint:
    """Ingangsklacht: the door through which a question enters triage."""

    code: str
    label: str


@cache
def entry_complaints() -> Mapping[str, EntryComplaint]:
    """Every entry complaint by its code, in the order of the catalogue."""
    rows = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))["entry_complaint"]
    catalogue = {row["code"]: EntryComplaint(**row) for row in rows}
    if len(catalogue) != len(rows):
        raise ValueError(f"{CATALOGUE.name} names a code twice")
    return catalogue
