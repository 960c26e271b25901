"""`make bench`: every measurement in some minutes, or those that are named: `make bench ARGS='writes routing_quality'`.

`ARGS=--full` takes every public instance, at 2 and 10 seconds. Tables on the screen, everything as JSON under
benchmarks/results/. The public sets come from NACHTRONDE_SHARED (`../shared` when that is not set); without them the
nights are made up from a seed.
"""

from __future__ import annotations

import argparse
import importlib
import os
from pathlib import Path

from benchmarks.peers import SOLVERS, USUAL
from benchmarks.report import Options, Report, shown, write
from benchmarks.routing_quality import SHORT

HOUSE = ("start", "recommendation", "writes")
ROUTES = ("routing_insert", "routing_replay", "routing_quality")
COLUMNS = ("what", "ms", "ratio", "against", "against ms", "goal")


def main(arguments: list[str] | None = None) -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(
        prog="make bench", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="name", help=f"{', '.join((*HOUSE, *ROUTES))} (all)")
    parser.add_argument("--full", action="store_true", help="all instances, 2 and 10 s (an hour)")
    parser.add_argument("--limit", type=_numbers, metavar="S,S", help="seconds each solver gets (2)")
    parser.add_argument("--seeds", type=int, default=1, help="runs of each solver on each night (1)")
    parser.add_argument("--sets", type=_words, default=(), help=", ".join(SHORT))
    parser.add_argument("--solvers", type=_words, default=USUAL, help=", ".join(SOLVERS))
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.names if name not in HOUSE + ROUTES] + [
        name for name in asked.solvers if name not in SOLVERS
    ]:
        parser.error(f"there is no {unknown[0]!r}")
    options = Options(
        is_full=asked.full,
        limits=asked.limit or ((2.0, 10.0) if asked.full else (2.0,)),
        seeds=max(1, asked.seeds),
        sets=asked.sets,
        solvers=asked.solvers,
        data=public_sets(),
    )
    if options.data is None:
        print("No public sets here (NACHTRONDE_SHARED): nights are made up from a seed.\n")
    reports: list[Report] = []
    for name in asked.names or HOUSE + ROUTES:
        module = importlib.import_module(f"benchmarks.{name}")
        for report in [_of_the_house(name, module.run())] if name in HOUSE else module.run(options):
            print(shown(report), end="\n\n", flush=True)
            reports.append(report)
    print(f"Written: {os.path.relpath(write(reports, options))}")


def public_sets() -> Path | None:
    """The folder with the public sets, when this machine has it."""
    folder = Path(os.environ.get("NACHTRONDE_SHARED", "../shared")) / "data" / "bench"
    return folder if folder.is_dir() else None


def _of_the_house(name: str, results: list[object]) -> Report:
    from benchmarks.measure import Result

    rows = [
        dict(zip(COLUMNS, (one.what, one.measured_ms, one.ratio, one.against, one.against_ms, one.goal), strict=True))
        for one in results
        if isinstance(one, Result)
    ]
    return Report(name, COLUMNS, list(rows))


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(one) for one in text.split(","))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split(","))


if __name__ == "__main__":
    main()
