#!/bin/sh
# Everything that guards the house, in one run: the readers, the app's own tests, then Python (both databases) and the journeys.
# A failing part does not hide the next; the run fails when any part did. Extra words go to pytest: make test ARGS="-k triage"
set -u
cd "$(dirname "$0")/.."
failed=""

NACHTRONDE_CHROMIUM=$(.venv/bin/python tools/browser.py | tail -n 1) || exit 1
export NACHTRONDE_CHROMIUM
echo "Browser: $NACHTRONDE_CHROMIUM"

echo "== The readers that run nothing"
${MAKE:-make} check || failed="$failed check"

echo "== The app's own tests"
(cd pwa && ../.venv/bin/python ../tools/node.py npm run --silent test) || failed="$failed app-tests"

echo "== Python on SQLite and PostgreSQL, and the journeys in a browser"
workers=${WORKERS:-2}
# one file stays on one worker: its database and its browser are made once
.venv/bin/python -m pytest -n "$workers" --dist loadfile -q "$@" || failed="$failed python"

if [ -n "$failed" ]; then
  echo "Failed:$failed" >&2
  exit 1
fi
