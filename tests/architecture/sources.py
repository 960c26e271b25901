"""The house's own source, read as text and as syntax trees, for tests that look at how it is written."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def python_files(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Every Python file below these folders: its path from the root, and its syntax tree."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield str(path.relative_to(ROOT)), ast.parse(path.read_text(encoding="utf-8"), str(path))


def dotted(node: ast.expr) -> str:
    """`a.b.c` for an attribute chain; a call in it reads as `()`."""
    match node:
        case ast.Attribute(value=value, attr=name):
            return f"{dotted(value)}.{name}"
        case ast.Name(id=name):
            return name
        case ast.Call(func=function):
            return f"{dotted(function)}()"
    return "?"


def calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every call in a file: its line and the dotted name of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, dotted(node.func)
