"""How good our plans are: beside PyVRP, VROOM and plain OR-Tools, one thread each, at equal wall time."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import generated
from benchmarks.peers import SOLVERS, USUAL, missing
from benchmarks.report import Options, Report, gap, mean
from routing import Problem, evaluate, violations, warm_up
from routing.files import read

FORMATS = {"nights": "night", "solomon": "solomon", "homberger200": "solomon", "hhcrsp": "hhcrsp"}
PEERS = ("pyvrp", "vroom", "or-tools")
SHORT = {"nights": 6, "solomon": 3, "homberger200": 2, "hhcrsp": 3, "generated": 4, "generated-double": 1}
"""How many instances of each set a short run takes, spread over the set."""
SOURCES = {
    "generated": lambda: [generated.a_night(*size) for size in generated.SIZES],
    "generated-double": lambda: [generated.a_night(*size, double=0.2) for size in generated.DOUBLE_SIZES],
}


@dataclass
class Instance:
    """One night; `best`: the best known cost in the units of the problem, or nothing. `serves_all`: a set in which a
    plan that leaves somebody out is no plan."""

    name: str
    problem: Callable[[], Problem]
    best: float | None = None
    serves_all: bool = False
    costs: dict[tuple[str, float], list[int]] = field(default_factory=dict)
    seconds: dict[tuple[str, float], float] = field(default_factory=dict)

    def reference(self) -> float | None:
        """What gaps count from: the best known, else the best that anyone found in this run."""
        found = [cost for costs in self.costs.values() for cost in costs]
        return self.best if self.best is not None else min(found, default=None)


def run(options: Options) -> Iterator[Report]:
    """A table for every set and time limit, each as soon as it is known."""
    solvers = options.solvers or USUAL
    absent = missing(solvers)
    taking_part = [name for name in solvers if name not in absent]
    warm_up()
    for one in options.sets or usual_sets(options.data):
        instances = spread(instances_of(one, options.data), None if options.is_full else SHORT[one])
        for instance in instances:
            for limit_s in options.limits:
                for name in taking_part:
                    measure(instance, name, limit_s, options.seeds)
                    print(f"  {one} {instance.name} {name} {limit_s:g} s", file=sys.stderr, flush=True)
        for limit_s in options.limits:
            yield table(one, instances, solvers, limit_s, tuple(absent.values()))


def usual_sets(data: Path | None) -> Sequence[str]:
    """The public sets, or without them the nights that we make up."""
    return tuple(FORMATS) if data is not None else tuple(SOURCES)


def spread(instances: list[Instance], count: int | None) -> list[Instance]:
    """So many of them, evenly spread; all of them without a count."""
    if count is None or count >= len(instances):
        return instances
    return [instances[k * len(instances) // count] for k in range(count)]


def instances_of(one: str, data: Path | None) -> list[Instance]:
    """The nights of a set. Public files have a best-known cost."""
    if one in SOURCES:
        return [Instance(problem.name, _always(problem)) for problem in SOURCES[one]()]
    if data is None or not (data / one).is_dir():
        raise SystemExit(f"The set {one!r} is not there: set NACHTRONDE_SHARED, or leave --sets out.")
    folder = data / one
    if one in ("nights", "hhcrsp"):
        best = json.loads((folder / "best_known.json").read_text())
        files = [
            (folder / f"{name}.json", float(cost)) if one == "nights" else (folder / name, 3000 * cost["cost"])
            for name, cost in best.items()
        ]
    else:
        best = json.loads((data / "best_known_distance.json").read_text())
        files = [(file, 10.0 * best[file.stem]) for file in sorted(folder.glob("*.txt")) if file.stem in best]
    return [Instance(file.stem, _reading(file, FORMATS[one]), cost, one != "nights") for file, cost in files]


def _always(problem: Problem) -> Callable[[], Problem]:
    return lambda: problem.changed()


def _reading(file: Path, form: str) -> Callable[[], Problem]:
    return lambda: read(str(file), form)


def measure(instance: Instance, name: str, limit_s: float, seeds: int) -> None:
    """Let one solver try; what it answers counts only when the checker accepts it."""
    for seed in range(seeds):
        problem = instance.problem()
        began = time.perf_counter()
        plan = SOLVERS[name](problem, limit_s, seed)
        spent_s = time.perf_counter() - began
        key = (name, limit_s)
        if plan is not None:
            instance.seconds[key] = max(spent_s, instance.seconds.get(key, 0.0))
            if not violations(problem, plan) and not (instance.serves_all and plan.unplanned):
                instance.costs.setdefault(key, []).append(evaluate(problem, plan).total)


def table(
    one: str, instances: Sequence[Instance], solvers: Sequence[str], limit_s: float, notes: Sequence[str]
) -> Report:
    """Gaps in percent per instance, their mean and worst, and how long each solver really took."""
    rows: list[Mapping[str, Any]] = []
    for instance in instances:
        gaps = {name: gap(mean(instance.costs.get((name, limit_s), [])), instance.reference()) for name in solvers}
        rows.append({"gap %": instance.name, **gaps})
    means = {name: mean([row[name] for row in rows]) for name in solvers}
    worst = {name: max((row[name] for row in rows if row[name] is not None), default=None) for name in solvers}
    seconds = {name: mean([one.seconds.get((name, limit_s)) for one in instances]) for name in solvers}
    rows += [{"gap %": "mean", **means}, {"gap %": "worst", **worst}, {"gap %": "seconds taken", **seconds}]
    is_known = all(instance.best is not None for instance in instances)
    against = "the best known" if is_known else "the best that anyone found in this run"
    return Report(
        f"{one}, {limit_s:g} s, one thread, against {against}; a dash: no whole plan",
        ("gap %", *solvers),
        rows,
        (*verdict(rows[:-3]), *notes),
    )


def verdict(rows: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """One sentence: on how many nights no peer was better than we."""
    duels = [
        (row["ours"], min(peers))
        for row in rows
        if row.get("ours") is not None and (peers := [row[name] for name in PEERS if row.get(name) is not None])
    ]
    if not duels:
        return ()
    wins = sum(ours <= peer for ours, peer in duels)
    ahead = mean([peer - ours for ours, peer in duels])
    return (f"ours is no worse than the best peer on {wins} of {len(duels)}, {ahead} % better on average",)
