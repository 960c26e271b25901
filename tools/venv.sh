#!/bin/sh
# Make .venv and install a lock file into it: tools/venv.sh base|dev|bench
# Written for plain sh, so that it runs wherever make does.
set -eu
cd "$(dirname "$0")/.."
lock="requirements/$1.lock"

# the range of pyproject.toml (requires-python): outside it there are no wheels of what we use
suits() { "$1" -c 'import sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' >/dev/null 2>&1; }

if ! suits .venv/bin/python; then
  chosen=""
  for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
    if suits "$candidate"; then chosen=$candidate; break; fi
  done
  if [ -z "$chosen" ]; then
    found=$("${PYTHON:-python3}" --version 2>/dev/null || echo "no Python")
    echo "Nachtronde needs Python 3.11 to 3.14 (here: $found). Install one, or name it: make demo PYTHON=/path/to/python3.12" >&2
    exit 1
  fi
  echo "Making .venv with $("$chosen" --version) ..."
  rm -rf .venv
  if ! "$chosen" -m venv .venv; then
    rm -rf .venv
    echo "Python could not make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2
    exit 1
  fi
fi

echo "Installing Python packages from $lock (about a minute the first time) ..."
if [ -t 1 ]; then quiet=""; else quiet="-q"; fi
# shellcheck disable=SC2086  # no option is meant when $quiet is empty
.venv/bin/python -m pip --no-input install $quiet --disable-pip-version-check --require-hashes -r "$lock"
touch ".venv/.stamp-$1"
