"""Whoever uses a wing of the optimiser asks at its door: `from routing.search import ...`, never a file behind it."""

import ast
from pathlib import PurePath

from tests.architecture.sources import ROOT, python_files

WINGS = {path.parent.name for path in (ROOT / "routing").glob("*/__init__.py")}


def behind_a_door(path, tree):
    """The files of a wing that this file, which stands outside of it, imports from."""
    for node in ast.walk(tree):
        names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            parts = name.split(".")
            if parts[0] == "routing" and len(parts) > 2 and PurePath(path).parent != PurePath(*parts[:2]):
                yield name


def test_nobody_reaches_past_the_face_of_a_wing():
    assert {"search", "engines", "files", "districts", "travel"} == WINGS
    reached = {
        f"{path}: {name}"
        for path, tree in python_files("backend", "routing", "benchmarks", "tools")
        for name in behind_a_door(path, tree)
    }
    assert not reached


def test_reaching_past_a_face_would_be_noticed():
    for line in ("from routing.search.arrays import Arrays", "import routing.engines.processes"):
        assert list(behind_a_door("backend/anywhere.py", ast.parse(line)))
    assert not list(behind_a_door("routing/search/ruin.py", ast.parse("from routing.search.arrays import Arrays")))
