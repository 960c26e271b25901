"""Habits that keep the house safe to change, read from the source itself."""

import ast
import re

import pytest

from tests.architecture.sources import ROOT, calls, dotted, python_files

CLOCK = re.compile(
    r"(^|\.)(datetime|dt)\.(now|utcnow|today)$|(^|\.)date\.today$|^time\.time$|^(dt|datetime)\.(date|datetime)\.(today|now|utcnow)$"
)


def found(folders, is_allowed, is_suspect):
    return [
        f"{path}:{line} {name}"
        for path, tree in python_files(*folders)
        if not is_allowed(path)
        for line, name in calls(tree)
        if is_suspect(name)
    ]


def test_only_the_unit_of_work_commits():
    assert not found(
        ["backend"],
        lambda path: path in ("backend/platform/uow.py", "backend/migrations/env.py"),
        lambda name: name.endswith((".commit", ".begin_nested")),
    )


def test_only_the_clock_asks_what_time_it_is():
    assert not found(
        ["backend", "routing"], lambda path: path == "backend/platform/clock.py", lambda name: bool(CLOCK.search(name))
    )


def test_every_query_goes_through_the_net_that_narrows_it_to_what_its_reader_may_see():
    """Core tables and written SQL pass the net by; only the platform and the migrations may use them."""
    may = ("backend/platform/", "backend/migrations/", "backend/__init__.py")
    by_call = found(
        ["backend"],
        lambda path: path.startswith(may),
        lambda name: (
            name in ("text", "sa.text", "sqlalchemy.text")
            or name.endswith((".exec_driver_sql", ".connect", ".raw_connection"))
        ),
    )
    # a condition of an index is written in SQL; it reads nothing
    conditions = {
        f"{path}:{part.lineno} {dotted(part.func)}"
        for path, tree in python_files("backend")
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and (node.arg or "").endswith(("_where", "server_default"))
        for part in ast.walk(node.value)
        if isinstance(part, ast.Call)
    }
    by_call = [call for call in by_call if call not in conditions]
    by_table = [
        f"{path}:{node.lineno} {dotted(node)}"
        for path, tree in python_files("backend")
        if not path.startswith(may)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "__table__"
    ]
    assert not by_call + by_table


def test_writes_take_the_unit_of_work_and_reads_take_a_session():
    """service.py is handed `uow` first; nothing in it opens a transaction of its own."""
    wrong = [
        f"{path}:{line} {name}"
        for path, tree in python_files("backend")
        if path.endswith(("/service.py", "/queries.py"))
        for line, name in calls(tree)
        if name in ("unit_of_work", "reading")
    ]
    assert not wrong


def test_every_module_and_every_public_function_of_a_service_says_what_it_promises():
    silent = []
    for path, tree in python_files("backend", "routing"):
        if "/migrations/" in path:
            continue
        if not ast.get_docstring(tree) and tree.body:
            silent.append(path)
        if path.endswith(("service.py", "queries.py", "rules.py", "models.py", "events.py")):
            silent += [
                f"{path}:{node.lineno} {node.name}"
                for node in tree.body
                if isinstance(node, ast.FunctionDef | ast.ClassDef)
                and not node.name.startswith("_")
                and not ast.get_docstring(node)
            ]
    assert not silent


@pytest.mark.parametrize(
    ("folder", "pattern", "most"), [("backend", "*.py", 400), ("routing", "*.py", 400), ("pwa/src", "*.svelte", 250)]
)
def test_no_file_is_longer_than_a_reader_can_hold(folder, pattern, most):
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in (ROOT / folder).rglob(pattern)
        if "migrations/versions" not in str(path)
    }
    assert not {path: lines for path, lines in lengths.items() if lines > most}


def test_nothing_is_left_for_later():
    words = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    files = [
        path
        for folder in ("backend", "routing", "tools", "pwa/src")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".ts", ".svelte", ".sh", ".html")
    ]
    assert not [str(path.relative_to(ROOT)) for path in files if words.search(path.read_text(encoding="utf-8"))]
