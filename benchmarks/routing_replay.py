"""A rolling night: urgent calls become known when they come in. On time, cost against hindsight, cars changed."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from benchmarks.report import Options, Report, mean
from benchmarks.routing_quality import instances_of, spread
from routing import warm_up
from routing.replay import replay

SEARCHES = (0.0, 0.1)
"""Seconds of search after each call; 0 is insertion only."""
COLUMNS = {
    "search s": None,
    "calls": None,
    "on time %": ("urgent_on_time", 100),
    "in hindsight %": ("urgent_on_time_in_hindsight", 100),
    "cars changed a call": ("cars_changed_per_call", 1),
    "above hindsight %": ("above_hindsight", 100),
    "first answer, worst ms": ("insert_ms_worst", 1),
}


def run(options: Options) -> list[Report]:
    """The larger nights, played with and without search after each call."""
    warm_up()
    nights = instances_of("nights" if options.data is not None else "generated", options.data)
    nights = [one for one in nights if "6x60" not in one.name]
    rows: list[Mapping[str, Any]] = []
    for night in spread(nights, None if options.is_full else 2):
        for search_s in SEARCHES:
            played = replay(night.problem(), limit_s=search_s, first_limit_s=2.0)
            print(f"  replay {night.name} {search_s:g} s", file=sys.stderr, flush=True)
            rows.append({"night": night.name, "search s": search_s, "calls": played["calls"], **_shares(played)})
    for search_s in SEARCHES:
        those = [row for row in rows if row["search s"] == search_s]
        means = {name: mean([row[name] for row in those]) for name, source in COLUMNS.items() if source}
        rows.append({"night": "mean", "search s": search_s, "calls": sum(row["calls"] for row in those), **means})
    return [Report("rolling night, one thread", ("night", *COLUMNS), rows)]


def _shares(played: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(played[source[0]] * source[1]) for name, source in COLUMNS.items() if source}
