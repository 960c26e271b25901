"""Dutch for the regions' pages: hours and shares, why an area moves, what a proposal comes down to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backend.platform.dutch import counted, decimal, listed, percent, sentence
from backend.regions.proposal import Calm, DrawnRegion, MovedArea, NothingToDraw, RegionProposal
from backend.regions.work import PastWork, WorkSource

if TYPE_CHECKING:
    from backend.regions.proposal import DistrictFigures

CALM = {
    Calm.LITTLE: "zo eerlijk mogelijk verdelen",
    Calm.USUAL: "gewoon",
    Calm.MUCH: "zo min mogelijk verhuizen",
}
SOURCES = {WorkSource.VISITS: "de bezoeken", WorkSource.CLIENTS: "waar de cliënten wonen"}
TRAVEL = {
    "crow": "geschat uit de afstand",
    "roads": "over de weg",
    "osrm": "van de routeserver",
    "valhalla": "van de routeserver",
}
_NOTHING = {
    "no_areas": "Er zijn nog te weinig postcodegebieden met een regio. Teken eerst een regio, of lees cliënten in.",
    "few_cars": "Voor een indeling is minstens één auto per nieuwe regio nodig, en minstens één auto in het geheel.",
    "one_region": "Met één regio valt er niets te verdelen. Vraag er een nieuwe regio bij.",
    "pinned": "Wat moet blijven, ligt in meer regio's dan er auto's zijn. Laat er iets van los, of neem meer auto's.",
    "too_large": "Dit zijn te veel postcodegebieden om in één keer te verdelen.",
}


def why_nothing(why: NothingToDraw) -> str:
    """Why there is no proposal."""
    return _NOTHING.get(why.details.get("reason", ""), "Er valt niets te verdelen.")


def travel(sources: Sequence[str]) -> str:
    """Where driving times come from: "over de weg en geschat uit de afstand"."""
    return listed(list(dict.fromkeys(TRAVEL.get(one, one) for one in sources)))


def work(figures: DistrictFigures) -> str:
    """Work per car: "3 u 16"."""
    return hours(figures.work_s / figures.cars)


def hours(seconds: float) -> str:
    """ "4 u 05"."""
    minutes = round(seconds / 60)
    return f"{minutes // 60} u {minutes % 60:02d}"


def minutes(seconds: float) -> str:
    """ "6,5 min"."""
    return f"{decimal(seconds / 60, 1)} min"


def km(metres: float) -> str:
    """ "37 km"; below ten with a decimal."""
    return f"{decimal(metres / 1000, 1)} km" if metres < 10_000 else f"{metres / 1000:.0f} km"


def share(part: float) -> str:
    """1.14 -> "14 % meer", 0.91 -> "9 % minder", about 1 -> "gelijk"."""
    percent = round(100 * (part - 1))
    if percent == 0:
        return "gelijk"
    return f"{abs(percent)} % {'meer' if percent > 0 else 'minder'}"


def headline(proposal: RegionProposal) -> str:
    """What it comes down to, in one or two sentences."""
    before, after = proposal.before, proposal.after
    if not proposal.moves:
        return "Er is geen betere indeling gevonden met deze uitgangspunten. De indeling van nu blijft de beste."
    moved = counted(len(proposal.moves), "postcodegebied verhuist", "postcodegebieden verhuizen")
    said = [f"{sentence(moved)}."]
    if not before.nowhere:
        now = _over(before.imbalance)
        said.append(f"De drukste auto heeft dan {_over(after.imbalance)} dan gemiddeld; nu is dat {now}.")
    else:
        said.append(f"De drukste auto heeft dan {_over(after.imbalance)} dan gemiddeld.")
    if not before.is_whole and after.is_whole:
        said.append("Elke regio wordt één geheel.")
    return " ".join(said)


def _over(imbalance: float) -> str:
    return f"{max(0, round(100 * imbalance))} % meer werk"


def counted_from(work: PastWork) -> str:
    """Which numbers lie beneath, and what is weak about them."""
    nights = counted(work.nights, "nacht", "nachten")
    visits = f"{work.visits} bezoeken" if work.visits != 1 else "één bezoek"
    if work.source is WorkSource.VISITS:
        said = f"Geteld uit {visits} in {nights}."
        weak = work.visits < work.needed
        if weak:
            said += f" Dat is weinig voor {work.needed} gebieden: kijk vooral naar de grote lijn."
    elif work.visits:
        said = (
            f"Er waren {visits} in {nights}, te weinig voor {work.needed} gebieden. "
            "Daarom telt elke cliënt even zwaar, bij evenveel bezoeken per nacht."
        )
    else:
        said = "Er zijn nog geen bezoeken geweest. Daarom telt elke cliënt even zwaar, bij acht bezoeken per auto."
    if work.unplaced:
        ones = counted(work.unplaced, "bezoek ligt", "bezoeken liggen")
        said += f" {sentence(ones)} in geen bekend gebied en tellen niet mee."
    return said


def why(move: MovedArea) -> str:
    """What speaks most for moving this area."""
    drive = f"{_whole(move.response_after_s)} in plaats van {_whole(move.response_before_s)} minuten rijden"
    match move.reason:
        case "nowhere":
            return f"Hoorde bij geen regio. Vanaf de standplaats {_whole(move.response_after_s)} minuten rijden."
        case "dissolved":
            return f"{move.source_name} verdwijnt uit deze indeling."
        case "island":
            return f"Lag los van de rest van {move.source_name}."
        case "balance":
            return f"{move.source_name} heeft te veel werk per auto, {move.target_name} heeft ruimte ({drive})."
        case "response":
            return f"Een auto van {move.target_name} is er eerder: {drive}."
        case "driving":
            return f"Ligt dichter bij het andere werk van {move.target_name}, dat scheelt kilometers."
    return "Gaat mee met de gebieden eromheen, zodat de regio één geheel blijft."


def _whole(seconds: float) -> int:
    return round(seconds / 60)


def waits_at(region: DrawnRegion) -> str:
    """How soon somebody is there, and what was measured."""
    if region.measured_response_s is None:
        return ""
    return f"gemeten: {round(region.measured_response_s / 60)} min na de melding"


__all__ = [
    "CALM", "SOURCES", "counted_from", "headline", "hours", "km", "listed", "minutes", "percent",
    "share", "travel", "waits_at", "why", "why_nothing",
    "work",
]  # fmt: skip
