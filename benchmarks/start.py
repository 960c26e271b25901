"""How long from the command to the first answer."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.measure import Result, timed_ms
from tests.journeys.conftest import a_house


def run() -> list[Result]:
    """Start a server on an existing database, three times; against what Python needs to load the libraries alone."""
    libraries = "import flask, flask_smorest, sqlalchemy.orm, granian, numpy"
    bare = min(timed_ms(lambda: subprocess.run([sys.executable, "-c", libraries], check=True)) for _ in range(3))
    with tempfile.TemporaryDirectory() as folder, a_house(Path(folder), fill=False) as house:
        taken = []
        for _ in range(3):
            house.pull_the_plug()
            taken.append(timed_ms(house.start))
    return [Result("start to first answer", min(taken), "loading the libraries alone", bare, "at most 2 s")]
