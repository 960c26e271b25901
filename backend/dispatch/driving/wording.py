"""The Dutch for where driving times come from and how far they are off."""

from backend.platform.dutch import percent

SOURCES = {"crow": "geschat", "roads": "wegenkaart", "osrm": "osrm", "valhalla": "valhalla"}


def lean(bias: float) -> str:
    """Whether all together is planned too long or too short."""
    if abs(bias) < 0.005:
        return "gemiddeld precies goed"
    return f"gemiddeld {percent(abs(bias))} te {'lang' if bias > 0 else 'kort'}"
