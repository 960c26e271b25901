"""What a benchmark answers: a table to read, the same as JSON, and gaps against the best."""

from __future__ import annotations

import json
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Options:
    """How much to measure. `data`: the folder with the public sets, or nothing: then nights are made up."""

    is_full: bool = False
    limits: tuple[float, ...] = (2.0,)
    seeds: int = 1
    sets: tuple[str, ...] = ()
    solvers: tuple[str, ...] = ()
    data: Path | None = None


@dataclass(frozen=True)
class Report:
    """One table. Cells that are `None` are shown as a dash."""

    title: str
    columns: Sequence[str]
    rows: list[Mapping[str, Any]]
    notes: Sequence[str] = field(default=())


def gap(cost: float | None, best: float | None) -> float | None:
    """How far a cost lies above the best, in percent; nothing without a cost or a best above 0."""
    if cost is None or not best or best < 0:
        return None
    return round(100 * (cost / best - 1), 2) + 0.0  # no minus zero


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of what was measured; nothing when nothing was."""
    known = [one for one in values if one is not None]
    return round(statistics.mean(known), 2) if known else None


def shown(report: Report) -> str:
    """The table as text, every column as wide as it needs."""
    cells = [[_cell(row.get(name)) for name in report.columns] for row in report.rows]
    widths = [max(map(len, column)) for column in zip(report.columns, *cells, strict=True)]
    lines = [report.title]
    for row in [list(report.columns), *cells]:
        first = row[0].ljust(widths[0])
        lines.append("  ".join([first, *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]))
    return "\n".join([*lines, *report.notes])


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def write(reports: Sequence[Report], options: Options, folder: Path = RESULTS) -> Path:
    """Everything as JSON, in a file named after this moment."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    file = folder / f"{now:%Y%m%d-%H%M%S}.json"
    document = {
        "at": now.isoformat(timespec="seconds"),
        "machine": {"python": platform.python_version(), "system": platform.platform()},
        "options": {**asdict(options), "data": str(options.data) if options.data else None},
        "reports": [asdict(one) for one in reports],
    }
    file.write_text(json.dumps(document, indent=1, default=str))
    return file
