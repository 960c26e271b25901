"""Dutch postcodes, house numbers and coordinates: plain Python."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

# PostNL: four digits that do not start with 0, two letters that are never SA, SD or SS.
_PC6 = re.compile(r"([1-9][0-9]{3})\s*([A-Za-z]{2})\Z")
_PC4 = re.compile(r"[1-9][0-9]{3}\Z")
_NEVER = {"SA", "SD", "SS"}


def normalise_postcode(text: str) -> str | None:
    """'1056 dl' -> '1056DL'; None when it is no Dutch postcode."""
    found = _PC6.match(text.strip())
    if found is None or found[2].upper() in _NEVER:
        return None
    return found[1] + found[2].upper()


def normalise_pc4(text: str) -> str | None:
    """The four digits of an area; None when they are no such thing."""
    text = text.strip()
    return text if text.isascii() and _PC4.match(text) else None


@dataclass(frozen=True)
class HouseNumber:
    """Huisnummer: '214-2' is number 214 with addition '2'."""

    number: int
    addition: str = ""

    def __str__(self) -> str:
        if not self.addition:
            return str(self.number)
        if self.addition[0].isdigit():
            return f"{self.number}-{self.addition}"
        return f"{self.number}{'' if len(self.addition) == 1 else ' '}{self.addition}"


_HOUSE_NUMBER = re.compile(r"([0-9]{1,5})(?:\s*[-/.]\s*|\s+)?([0-9A-Za-z][0-9A-Za-z .,/-]{0,15})?\Z")


def parse_house_number(text: str, addition: str = "") -> HouseNumber | None:
    """'214-2', '12 bis' and '30A' (or number and addition apart); None when it does not start with a number."""
    found = _HOUSE_NUMBER.match(text.strip())
    if found is None or int(found[1]) == 0:
        return None
    if found[2] and found[2][0].isdigit() and found.end(1) == found.start(2):
        return None  # six digits in a row
    parts = [part for part in ((found[2] or "").strip(), addition.strip().lstrip("-/. ")) if part]
    return HouseNumber(int(found[1]), "-".join(parts))


def parse_house_numbers(text: str, addition: str = "") -> list[HouseNumber]:
    """As OpenStreetMap writes one building with two doors: '20;21'. Empty when one of them is no house number."""
    doors = [parse_house_number(piece, addition) for piece in text.split(";")]
    return [door for door in doors if door is not None] if all(doors) else []


def addition_key(addition: str) -> str:
    """Additions are written in many ways: 'bis', 'BIS' and '-bis' are one door, so are '2-hs' and '2 HS'."""
    return re.sub(r"[^0-9A-Z]", "", addition.upper())


# --- coordinates -------------------------------------------------------------------------------

EARTH_RADIUS_M = 6_371_008.8
# The Netherlands with a little sea; a point outside is a mistake (often: the two were swapped).
LAT_RANGE = (50.6, 53.8)
LON_RANGE = (3.1, 7.4)


@dataclass(frozen=True)
class Point:
    """A place on earth, in degrees."""

    lat: float
    lon: float


def is_in_the_netherlands(point: Point) -> bool:
    """Whether a door can be there."""
    return LAT_RANGE[0] <= point.lat <= LAT_RANGE[1] and LON_RANGE[0] <= point.lon <= LON_RANGE[1]


def distance_m(a: Point, b: Point) -> float:
    """Metres as the crow flies (haversine)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.lon - a.lon) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def mean_point(points: Iterable[Point]) -> Point | None:
    """The middle of some points that lie close together."""
    listed = list(points)
    if not listed:
        return None
    return Point(sum(p.lat for p in listed) / len(listed), sum(p.lon for p in listed) / len(listed))


# Schreutelkamp and Strang van Hees, "Benaderingsformules voor de transformatie tussen RD- en WGS84-kaartcoordinaten"
# (2001): better than a metre within the country. Keys are the powers of (dX, dY); seconds of arc.
_LAT_TERMS = {
    (0, 1): 3235.65389, (2, 0): -32.58297, (0, 2): -0.24750, (2, 1): -0.84978, (0, 3): -0.06550,
    (2, 2): -0.01709, (1, 0): -0.00738, (4, 0): 0.00530, (2, 3): -0.00039, (4, 1): 0.00033, (1, 1): -0.00012,
}  # fmt: skip
_LON_TERMS = {
    (1, 0): 5260.52916, (1, 1): 105.94684, (1, 2): 2.45656, (3, 0): -0.81885, (1, 3): 0.05594, (3, 1): -0.05607,
    (0, 1): 0.01199, (3, 2): -0.00256, (1, 4): 0.00128, (0, 2): 0.00022, (2, 0): -0.00022, (5, 0): 0.00026,
}  # fmt: skip


def point_from_rd(x: float, y: float) -> Point:
    """Rijksdriehoek coordinates (metres, as in the BAG) as degrees."""
    dx, dy = (x - 155_000) * 1e-5, (y - 463_000) * 1e-5
    lat = 52.15517440 + sum(c * dx**p * dy**q for (p, q), c in _LAT_TERMS.items()) / 3600
    lon = 5.38720621 + sum(c * dx**p * dy**q for (p, q), c in _LON_TERMS.items()) / 3600
    return Point(lat, lon)
