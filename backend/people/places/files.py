"""Files with addresses or postcode areas: which shape is it, and what does every line say? No database here."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from backend.people.addresses import (
    HouseNumber,
    Point,
    is_in_the_netherlands,
    normalise_pc4,
    normalise_postcode,
    parse_house_numbers,
    point_from_rd,
)
from backend.people.files import BadLine, UnreadableFile, encoding_of


class Shape(StrEnum):
    """What a file is a list of."""

    ADDRESSES = "addresses"
    AREAS = "areas"
    GEONAMES = "geonames"


@dataclass(frozen=True)
class AddressLine:
    """A door."""

    postcode: str
    door: HouseNumber
    street: str
    city: str
    point: Point


@dataclass(frozen=True)
class AreaLine:
    """The centre of a PC4 area, or one of several points in it."""

    pc4: str
    place: str
    neighbourhood: str
    point: Point


# Headings as they occur in the BAG extracts, at the CBS, in OpenStreetMap exports and in hand-made lists; small
# letters, letters and digits only.
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "postcode": ("postcode", "pc6", "postalcode", "addrpostcode"),
    "pc4": ("pc4", "postcode4", "pc4code", "postcodegebied"),
    "number": ("huisnummer", "huisnr", "nummer", "housenumber", "addrhousenumber"),
    "letter": ("huisletter",),
    "addition": ("huisnummertoevoeging", "huisnummertoev", "huisnrtoevoeging", "huistoevoeging", "toevoeging"),
    "street": ("straat", "straatnaam", "openbareruimte", "openbareruimtenaam", "street", "addrstreet"),
    "city": ("plaats", "woonplaats", "woonplaatsnaam", "plaatsnaam", "city", "addrcity", "place"),
    "neighbourhood": ("buurt", "buurtnaam", "wijk", "wijknaam"),
    "lat": ("lat", "latitude", "breedtegraad"),
    "lon": ("lon", "lng", "long", "longitude", "lengtegraad"),
    "x": ("x", "xcoordinaat", "xcoord", "rdx"),
    "y": ("y", "ycoordinaat", "ycoord", "rdy"),
    "wkt": ("centroidell", "point", "wkt", "geom", "geometry", "geometrie"),
}
GEONAMES_COLUMNS = {"postcode": 1, "city": 2, "lat": 9, "lon": 10}
_WKT_POINT = re.compile(r"POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)\Z", re.IGNORECASE)


@dataclass(frozen=True)
class GazetteerFile:
    """A file that has been recognised, ready to be read as often as needed."""

    path: Path
    encoding: str
    delimiter: str
    shape: Shape
    columns: Mapping[str, int]
    size: int = field(default=0)

    def lines(self, on_progress: Callable[[int], None] = lambda _: None) -> Iterator[AddressLine | AreaLine | BadLine]:
        """Every line as a door, an area or a complaint; tells `on_progress` how many characters it went on."""
        with self.path.open(encoding=self.encoding, newline="") as text:

            def counted() -> Iterator[str]:
                for line in text:
                    on_progress(len(line))
                    yield line

            if self.shape is Shape.GEONAMES:
                reader = csv.reader(counted(), delimiter=self.delimiter, quoting=csv.QUOTE_NONE)
            else:
                reader = csv.reader(counted(), delimiter=self.delimiter)
                next(reader)
            while True:
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error:
                    yield BadLine(reader.line_num, "deze regel is geen leesbare tekst")
                    continue
                if any(cell.strip() for cell in cells):
                    yield from self._read(cells, reader.line_num)

    def _read(self, cells: list[str], number: int) -> Iterator[AddressLine | AreaLine | BadLine]:
        cell = {name: cells[at].strip() if at < len(cells) else "" for name, at in self.columns.items()}
        point = point_of(cell)
        if isinstance(point, str):
            yield BadLine(number, point)
        elif self.shape is Shape.ADDRESSES:
            yield from _address(cell, point, number)
        else:
            yield _area(cell, point, number)


def _address(cell: dict[str, str], point: Point, number: int) -> Iterator[AddressLine | BadLine]:
    postcode = normalise_postcode(cell["postcode"])
    if postcode is None:
        yield BadLine(number, f"‘{cell['postcode']}’ is geen postcode")
        return
    doors = parse_house_numbers(cell["number"], cell.get("letter", "") + cell.get("addition", ""))
    if not doors:
        yield BadLine(number, f"‘{cell['number']}’ is geen huisnummer")
    for door in doors:
        yield AddressLine(postcode, door, cell.get("street", ""), cell.get("city", ""), point)


def _area(cell: dict[str, str], point: Point, number: int) -> AreaLine | BadLine:
    text = cell.get("pc4") or cell.get("postcode", "")
    pc4 = normalise_pc4(text) or (normalise_postcode(text) or "")[:4]
    if not pc4:
        return BadLine(number, f"‘{text}’ is geen postcodegebied van vier cijfers")
    return AreaLine(pc4, cell.get("city", ""), cell.get("neighbourhood", ""), point)


def point_of(cell: Mapping[str, str]) -> Point | str:
    """Where a line says it is: degrees, a WKT point or Rijksdriehoek metres; or what is wrong with it."""
    try:
        if cell.get("lat") and cell.get("lon"):
            point = Point(_number(cell["lat"]), _number(cell["lon"]))
        elif found := _WKT_POINT.match(cell.get("wkt", "")):
            first, second = float(found[1]), float(found[2])
            point = point_from_rd(first, second) if first > 1000 else Point(second, first)
        elif cell.get("x") and cell.get("y"):
            first, second = _number(cell["x"]), _number(cell["y"])
            point = point_from_rd(first, second) if first > 1000 else Point(second, first)
        else:
            return "er staan geen coördinaten"
    except ValueError:
        return "de coördinaten zijn geen getallen"
    if is_in_the_netherlands(point):
        return point
    if is_in_the_netherlands(Point(point.lon, point.lat)):
        return "breedtegraad en lengtegraad zijn verwisseld"
    return f"dit punt ligt niet in Nederland ({point.lat:.4f}, {point.lon:.4f})"


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def recognise(path: Path) -> GazetteerFile:
    """Find out encoding, delimiter, shape and columns from the file itself; raises UnreadableFile."""
    if not path.is_file():
        raise UnreadableFile(f"Er is geen bestand {path}.")
    encoding = encoding_of(path)
    with path.open(encoding=encoding, newline="") as text:
        first = text.readline(100_000).rstrip("\r\n")
    if not first.strip():
        raise UnreadableFile("Het bestand is leeg, of begint met een lege regel.")
    delimiter = max(",;\t|", key=first.count)
    size = path.stat().st_size
    cells = next(csv.reader([first], delimiter=delimiter))
    if delimiter == "\t" and len(cells) >= 11 and re.fullmatch("[A-Z]{2}", cells[0]):
        return GazetteerFile(path, encoding, delimiter, Shape.GEONAMES, GEONAMES_COLUMNS, size)
    columns = columns_of(cells)
    if not ({"lat", "lon"} <= set(columns) or {"x", "y"} <= set(columns) or "wkt" in columns):
        raise UnreadableFile("Er is geen kolom met coördinaten: ‘lat’ en ‘lon’, ‘x’ en ‘y’ (RD) of een punt (WKT).")
    if {"postcode", "number"} <= set(columns):
        return GazetteerFile(path, encoding, delimiter, Shape.ADDRESSES, columns, size)
    if "pc4" in columns or "postcode" in columns:
        return GazetteerFile(path, encoding, delimiter, Shape.AREAS, columns, size)
    raise UnreadableFile("Er is geen kolom ‘postcode’ met ‘huisnummer’, en ook geen kolom ‘pc4’.")


def columns_of(heading: list[str]) -> dict[str, int]:
    """Which column is what, by its heading."""
    folded = [re.sub(r"[^a-z0-9]", "", cell.lower()) for cell in heading]
    return {
        name: folded.index(known) for name, names in HEADINGS.items() for known in reversed(names) if known in folded
    }
