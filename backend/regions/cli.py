"""`flask regions propose`: a fairer layout of the regions, printed; nothing changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click
import sqlalchemy as sa
from flask.cli import with_appcontext

from backend.people.console import Stop, operator
from backend.people.models import PostcodeArea
from backend.people.places.rules import parse_pc4_ranges
from backend.platform.clock import now
from backend.platform.db import reading
from backend.platform.dutch import count
from backend.regions import redraw as districts
from backend.regions.proposal import USUAL_NIGHTS, Calm, DrawnRegion, NothingToDraw, RegionProposal, Wishes
from backend.regions.work import WorkSource

if TYPE_CHECKING:
    from backend.regions.proposal import DistrictFigures

_NOTHING = {
    "no_areas": "er zijn te weinig postcodegebieden met een regio.",
    "few_cars": "er zijn te weinig auto's voor zoveel regio's.",
    "one_region": "met één regio valt er niets te verdelen. Vraag er een bij met --new-regions.",
    "pinned": "wat moet blijven, ligt in meer regio's dan er auto's zijn.",
    "too_large": "dit zijn te veel postcodegebieden om in één keer te verdelen.",
}


_WHY = {
    "nowhere": "hoorde nergens bij",
    "island": "lag los van zijn regio",
    "dissolved": "zijn regio verdwijnt",
    "balance": "eerlijker werk",
    "response": "eerder ter plaatse",
    "driving": "minder rijden",
    "together": "gaat mee met de buren",
}


@click.command("propose")
@click.option("--nights", type=click.IntRange(1, 366), default=USUAL_NIGHTS, show_default=True,
              help="Zoveel nachten terug tellen.")  # fmt: skip
@click.option("--cars", type=click.IntRange(1, 200), help="Auto's per nacht, samen; anders zoveel als nu.")
@click.option("--new-regions", type=click.IntRange(0, 9), default=0, help="Zoveel regio's erbij, elk met één auto.")
@click.option("--keep", default="", help="Gebieden die blijven waar ze zijn, bijvoorbeeld 1011-1018,1051.")
@click.option("--calm", type=click.Choice([one.value for one in Calm]), default=Calm.USUAL.value, show_default=True,
              help="Hoeveel een verhuizing moet opleveren.")  # fmt: skip
@click.option("--by", "source", type=click.Choice([one.value for one in WorkSource]), help="Waar het werk uit telt.")
@click.option("--json", "as_json", is_flag=True, help="Als JSON, voor een ander programma.")
@with_appcontext
def propose(
    nights: int, cars: int | None, new_regions: int, keep: str, calm: str, source: str | None, as_json: bool
) -> None:
    """Stel een eerlijker verdeling van de postcodegebieden voor; er verandert niets."""
    with reading(operator()) as session:
        known = set(session.scalars(sa.select(PostcodeArea.pc4)))
        try:
            kept = frozenset(parse_pc4_ranges(keep, known)) if keep.strip() else frozenset[str]()
            wishes = Wishes(
                nights=nights,
                cars=cars,
                new_regions=new_regions,
                keep=kept,
                calm=Calm(calm),
                source=WorkSource(source) if source else None,
            )
            found = districts.propose(session, wishes, now())
        except ValueError as wrong:
            raise Stop(f"‘{wrong}’ is geen postcodegebied of reeks als 8261-8267.") from None
        except NothingToDraw as why:
            raise Stop(_NOTHING[why.details["reason"]]) from None
    click.echo(json.dumps(_as_json(found), ensure_ascii=False, indent=2) if as_json else _in_words(found))


def _in_words(found: RegionProposal) -> str:
    work = found.work
    source = "de bezoeken" if work.source is WorkSource.VISITS else "waar de cliënten wonen"
    lines = [
        f"Geteld uit {source}: {count(work.visits, 'bezoek', 'bezoeken')} in {count(work.nights, 'nacht', 'nachten')}.",
        f"{'Regio':22}{'auto':>6}{'werk per auto':>22}{'km':>16}{'aanrijden (min)':>18}{'gebieden':>14}",
    ]
    lines += [_line(region) for region in found.regions]
    if not found.moves:
        return "\n".join([*lines, "Er is geen betere indeling gevonden."])
    busiest, busiest_now = f"{found.after.imbalance:.0%}", f"{found.before.imbalance:.0%}"
    lines.append(f"De drukste auto heeft {busiest} meer werk dan gemiddeld; nu is dat {busiest_now}.")
    lines.append(f"{count(len(found.moves), 'gebied verhuist', 'gebieden verhuizen')}:")
    lines += [
        f"  {one.pc4}  {one.source_name or 'geen regio'} → {one.target_name}  ({_WHY[one.reason]})"
        for one in found.moves
    ]
    return "\n".join(lines)


def _line(region: DrawnRegion) -> str:
    def before_and_after(figure: Callable[[DistrictFigures], str]) -> str:
        before, after = (None if one is None else figure(one) for one in (region.before, region.after))
        return after or "-" if before is None or before == after else f"{before} → {after or '-'}"

    return (
        f"{region.name[:21]:22}{region.after.cars if region.after else 0:>6}"
        f"{before_and_after(lambda one: _hours(one.work_s / one.cars)):>22}"
        f"{before_and_after(lambda one: f'{one.driving_m / 1000:.0f}'):>16}"
        f"{before_and_after(lambda one: f'{one.response_s / 60:.1f}'):>18}"
        f"{before_and_after(lambda one: str(one.areas)):>14}"
    )


def _hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60}:{minutes % 60:02d}"


def _as_json(found: RegionProposal) -> dict[str, Any]:
    """Seconds and metres, per night."""
    return {
        "source": found.work.source.value,
        "nights": found.work.nights,
        "visits": found.work.visits,
        "unplaced_visits": found.work.unplaced,
        "travel_sources": list(found.travel_sources),
        "cars": found.cars,
        "cars_now": found.cars_now,
        "cost": {"before": _terms(found.terms_before), "after": _terms(found.after.terms)},
        "regions": [_region(one) for one in found.regions],
        "moves": [asdict(one) for one in found.moves],
    }


def _terms(terms: Any) -> dict[str, float]:
    return {name: round(float(value), 1) for name, value in terms.items()}


def _region(one: DrawnRegion) -> dict[str, Any]:
    def side(figures: DistrictFigures | None) -> dict[str, Any] | None:
        if figures is None:
            return None
        names = ("areas", "cars", "visits", "work_s", "driving_s", "driving_m", "response_s", "share", "fragments")
        return {name: round(getattr(figures, name), 3) for name in names}

    return {
        "id": None if one.is_new else one.key,
        "name": one.name,
        "before": side(one.before),
        "after": side(one.after),
        "postcode_areas": list(one.areas),
    }
