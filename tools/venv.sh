#!/bin/sh
# Make .venv and install a lock file into it: tools/venv.sh base|dev|bench
# Written for plain sh, so that it runs wherever make does.
set -eu
cd "$(dirname "$0")/.."
lock="requirements/$1.lock"

recent() { "$1" -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

if ! recent .venv/bin/python; then
  chosen=""
  for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
    if recent "$candidate"; then chosen=$candidate; break; fi
  done
  if [ -z "$chosen" ]; then
    echo "Nachtronde needs Python 3.11 or newer. Install it, or name one: make demo PYTHON=/path/to/python3.12" >&2
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
