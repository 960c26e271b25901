"""What is generated and committed is what the code would generate now."""

import json
import shlex
import subprocess
import sys

import pytest

from tests.architecture.sources import ROOT
from tools import openapi


def test_the_openapi_document_is_current(tmp_path):
    app = openapi.an_app(str(tmp_path))
    assert openapi.FILE.read_text(encoding="utf-8") == openapi.render(app), "run `make types`"


def test_the_apps_types_are_made_from_that_document(tmp_path):
    if not (ROOT / "pwa" / "node_modules").is_dir():
        pytest.skip("needs the app's packages (make test brings them)")
    script = shlex.split(json.loads((ROOT / "pwa" / "package.json").read_text(encoding="utf-8"))["scripts"]["types"])
    at = script.index("-o") + 1
    committed, made = ROOT / "pwa" / script[at], tmp_path / "types.d.ts"
    script[at] = str(made)
    command = [sys.executable, "../tools/node.py", "npx", *script]
    subprocess.run(command, cwd=ROOT / "pwa", check=True, capture_output=True, timeout=120)
    assert committed.read_text(encoding="utf-8") == made.read_text(encoding="utf-8"), "run `make types`"
