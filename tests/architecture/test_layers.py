"""The rooms stand in the order of the night; the contracts themselves are in pyproject.toml."""

import os

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.architecture.sources import ROOT


def test_no_room_reaches_into_a_later_one_and_the_optimiser_knows_no_care_word(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    status = lint_imports(config_filename=os.fspath(ROOT / "pyproject.toml"), no_cache=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out
