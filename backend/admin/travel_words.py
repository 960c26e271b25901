"""Dutch for driving times: minutes, kilometres, shares, and a spreadsheet that a Dutch Excel opens as it is."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from backend.admin.wording import clock, day_in_words
from backend.dispatch.driving.driven_report import Drive, DrivenNight
from backend.dispatch.driving.wording import SOURCES, lean
from backend.dispatch.rules import VisitKind
from backend.platform.clock import local
from backend.platform.dutch import decimal, percent

UNKNOWN = "onbekend"


def minutes(seconds: int | None) -> str:
    """ "12 min", or that nobody knows."""
    return UNKNOWN if seconds is None else f"{round(seconds / 60)} min"


def km(metres: int | None) -> str:
    """ "8,4 km", or that nobody knows."""
    return UNKNOWN if metres is None else f"{decimal(metres / 1000, 1)} km"


def day(moment: datetime) -> str:
    """ "22 november 2026"."""
    return day_in_words(local(moment), with_year=True)


def times(factor: float) -> str:
    """ "1,12"."""
    return decimal(factor, 2)


def called(drive: Drive) -> str:
    """How the desk calls this visit."""
    return drive.reference or ("gepland bezoek" if drive.kind is VisitKind.PLANNED else "inzet")


def spreadsheet(night: DrivenNight) -> str:
    """Every drive on a line; empty is unknown. Semicolons, and commas in numbers, as Dutch spreadsheets want."""
    text = io.StringIO()
    sheet = csv.writer(text, delimiter=";", lineterminator="\r\n")
    sheet.writerow(["inzet", "soort", "organisatie", "auto", "vertrokken", "gepland min", "gepland km", "bron",
                    "gereden min", "gereden km", "teruggekeerd"])  # fmt: skip
    for one in night.drives:
        sheet.writerow([
            _plain(called(one)), "gepland" if one.kind is VisitKind.PLANNED else "ongepland",
            _plain(one.organisation or UNKNOWN), _plain(one.car_name), clock(one.departed_at),
            _number(one.planned_s, 60), _number(one.planned_m, 1000), SOURCES.get(one.source or "", one.source or ""),
            _number(one.driven_s, 60), _number(one.driven_m, 1000), "ja" if one.turned_back else "nee",
        ])  # fmt: skip
    return text.getvalue()


def _number(value: int | None, unit: int) -> str:
    return "" if value is None else decimal(value / unit, 1)


def _plain(text: str) -> str:
    """A name is never a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" else text


__all__ = ["SOURCES", "called", "day", "km", "lean", "minutes", "percent", "spreadsheet", "times"]
