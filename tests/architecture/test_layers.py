"""The rooms stand in the order of the night; the contracts themselves are in pyproject.toml."""

import ast
import os
import re
import tomllib

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.sources import ROOT


def test_no_room_reaches_into_a_later_one_and_the_optimiser_knows_no_care_word(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename=os.fspath(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_dispatch_is_read_in_the_order_in_which_it_is_built():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(one["layers"] for one in contracts if one.get("containers") == ["backend.dispatch"])
    height = {part: floor for floor, layer in enumerate(reversed(layers)) for part in re.findall(r"\w+", layer)}
    text = ast.get_docstring(ast.parse((ROOT / "backend/dispatch/__init__.py").read_text(encoding="utf-8"))) or ""
    read = re.findall(r"`(\w+)`", text)
    assert sorted(read) == sorted(height)
    assert read == sorted(read, key=lambda part: height[part])
