"""`make bench`: every measurement, or those that are named: `make bench ARGS=writes`."""

from __future__ import annotations

import importlib
import sys

ALL = ("start", "recommendation", "writes")


def main(names: list[str]) -> None:
    print(f"{'what':45} {'ms':>9}  {'ratio':>7}  against (ms)                              goal")
    for name in names or ALL:
        for result in importlib.import_module(f"benchmarks.{name}").run():
            against = f"{result.against} ({result.against_ms:.1f})"
            print(f"{result.what:45} {result.measured_ms:9.1f}  {result.ratio:7.2f}  {against:40}  {result.goal}")


if __name__ == "__main__":
    main(sys.argv[1:])
