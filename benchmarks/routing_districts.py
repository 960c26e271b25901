"""Layouts of regions over a real city: `python -m benchmarks.routing_districts --data ../shared/data/pc4-nl.csv`.

The file lists PC4 areas with their centre and inhabitants of 75 and older (columns pc4, lat, lon, inwoners_75plus);
visits are spread as those people are, eight per car. Compared: areas cut into equal strips of postcodes, as people do
by hand; every area with the base that is nearest; and ours from the strips. Prints a table.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from routing.districts import Area, District, Districting, LayoutFigures, cells, figures, flat, neighbours, redraw
from routing.travel import Crow, Point

SERVICE_S = 1500
VISITS_PER_CAR = 8


def question(rows: Sequence[dict[str, str]], cars: int) -> Districting:
    """One district per car, each with a base in the middle of its strip of postcodes."""
    points = [Point(float(row["lat"]), float(row["lon"])) for row in rows]
    weight = np.array([float(row["inwoners_75plus"] or 0) for row in rows])
    visits = VISITS_PER_CAR * cars * weight / weight.sum()
    strip = [place * cars // len(rows) for place in range(len(rows))]
    bases = [[place for place, one in enumerate(strip) if one == district] for district in range(cars)]
    xy = flat(points)
    return Districting(
        Crow().matrix(points),
        tuple(
            Area(
                id=row["pc4"],
                place=place,
                visits=float(visits[place]),
                service_s=float(visits[place]) * SERVICE_S,
                district=f"r{strip[place]}",
            )
            for place, row in enumerate(rows)
        ),
        tuple(District(id=f"r{district}", bases=(own[len(own) // 2],)) for district, own in enumerate(bases)),
        neighbours(xy, cells(xy)),
    )


def nearest_base(asked: Districting) -> dict[str, str | None]:
    """Every area with the base that is nearest to it."""
    seconds = np.asarray(asked.matrix.duration_s)
    found: dict[str, str | None] = {}
    for area in asked.areas:
        near = min(asked.districts, key=lambda one: min(int(seconds[base][area.place]) for base in one.bases))
        found[area.id] = near.id
    return found


def line(name: str, cars: int, found: LayoutFigures, moves: int, spent_s: float | None) -> str:
    """One row of the table."""
    spent = "-" if spent_s is None else f"{spent_s:.2f}"
    return (
        f"| {cars} | {name} | {found.imbalance:.0%} | {found.driving_m / 1000:.0f} | {found.response_s / 60:.1f} "
        f"| {'yes' if found.is_whole else 'no'} | {moves} | {spent} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Layouts of regions over a real city.")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/pc4-nl.csv"))
    parser.add_argument("--first", default="1011")
    parser.add_argument("--last", default="1119")
    parser.add_argument("--cars", type=int, nargs="*", default=[3, 4, 6, 8, 10])
    asked = parser.parse_args()
    if not asked.data.is_file():
        sys.exit(f"There is no file {asked.data}: give a list of areas with --data.")
    with asked.data.open(encoding="utf-8") as text:
        rows = [row for row in csv.DictReader(text) if asked.first <= row["pc4"] <= asked.last]
    print(f"{len(rows)} areas, {VISITS_PER_CAR} visits per car and night\n")
    print("| cars | layout | busiest car above the mean | km | response, min | whole | moves | CPU, s |")
    print("|---|---|---|---|---|---|---|---|")
    for cars in asked.cars:
        one = question(rows, cars)
        print(line("strips of postcodes", cars, figures(one, one.present), 0, None))
        near = nearest_base(one)
        moved = sum(near[area.id] != area.district for area in one.areas)
        print(line("nearest base", cars, figures(one, near), moved, None))
        began = time.process_time()
        answer = redraw(one)
        spent_s = time.process_time() - began
        print(line("ours", cars, answer.after, len(answer.moves), spent_s))


if __name__ == "__main__":
    main()
