"""How far, and for how long, when nothing but two places is known: plain Python, and no optimiser."""

import math


def crow_m(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    """Metres as the crow flies."""
    north, east = math.radians(lat_b - lat_a), math.radians(lon_b - lon_a)
    both = math.cos(math.radians(lat_a)) * math.cos(math.radians(lat_b))
    square = math.sin(north / 2) ** 2 + both * math.sin(east / 2) ** 2
    return 2 * 6_371_008.8 * math.asin(math.sqrt(min(1.0, square)))


def road_m(crow_flies_m: float) -> int:
    """Estimated metres by road: 1.4 times the distance as the crow flies, which fits Dutch towns; never 0."""
    return max(1, round(1.4 * crow_flies_m))


def crow_travel_s(crow_flies_m: float) -> int:
    """Estimated seconds: 3.2 x km^0.71 minutes, and never less than a minute between two addresses.

    The optimiser's own estimate (`routing.travel.crow`) is the same one, and a test holds them together: this one is
    there when the optimiser is not.
    """
    return round(max(60.0, 60.0 * 3.2 * float((crow_flies_m / 1000) ** 0.71)))
