#!/bin/sh
# Write requirements/*.lock from pyproject.toml: exact versions with hashes, for every platform and Python >= 3.11.
set -eu
cd "$(dirname "$0")/.."
[ -x .venv/bin/python ] || tools/venv.sh dev
.venv/bin/python -m pip install -q uv
compile() { .venv/bin/python -m uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header "$@"; }
compile pyproject.toml -o requirements/base.lock
compile pyproject.toml --extra dev -c requirements/base.lock -o requirements/dev.lock
compile pyproject.toml --extra bench -c requirements/base.lock -c requirements/dev.lock -o requirements/bench.lock
# Node stands apart: it is only installed where the machine has none
.venv/bin/python - <<'PY' | compile - --no-annotate -o requirements/node.lock
import tomllib
with open("pyproject.toml", "rb") as file:
    print("\n".join(tomllib.load(file)["project"]["optional-dependencies"]["node"]))
PY
echo "Written: $(ls requirements/*.lock | tr '\n' ' ')"
