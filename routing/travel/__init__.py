"""Travel times between points: built in (crow), from a road map in process (roads), or from a routing server (osrm,
valhalla).

Whatever answers, `matrix` fills every cell: what a provider cannot say falls back to crow, and each cell keeps its
source.
"""

from routing.travel.base import Point, TravelTimes, scaled
from routing.travel.crow import Crow
from routing.travel.http import Osrm, Valhalla
from routing.travel.merged import merged
from routing.travel.roads import Roads, RoadsError

__all__ = [
    "Crow",
    "Osrm",
    "Point",
    "Roads",
    "RoadsError",
    "TravelTimes",
    "Valhalla",
    "by_name",
    "merged",
    "scaled",
]


def by_name(name: str, *, url: str = "", timeout_s: float = 2.0, time_factor: float = 1.0) -> TravelTimes:
    """The provider a setting names: crow, osrm or valhalla (these two need a url), or roads (the url is then a file).

    Raises
    ------
    ValueError : on an unknown name, or a missing url.
    """
    if name == "crow":
        return Crow(time_factor)
    if name == "roads":
        return Roads.load(url, time_factor=time_factor)
    if name in ("osrm", "valhalla"):
        if not url:
            raise ValueError(f"travel times from {name} need a url")
        return (Osrm if name == "osrm" else Valhalla)(url, timeout_s=timeout_s, time_factor=time_factor)
    raise ValueError(f"unknown source of travel times {name!r}: crow, roads, osrm or valhalla")
