#!/bin/sh
# Install the app's packages and build it into static/app: tools/app.sh packages|build
set -eu
cd "$(dirname "$0")/.."
root=$PWD
node() { "$root/.venv/bin/python" "$root/tools/node.py" "$@"; }
cd pwa

case "$1" in
  packages)
    echo "Installing the app's packages ..."
    # npm ci is exact but can refuse a lock file written on another platform; npm install then takes the same versions
    if ! node npm ci --no-audit --no-fund --loglevel=error; then
      echo "npm ci refused the lock file on this platform; trying npm install ..." >&2
      node npm install --no-audit --no-fund --no-save --loglevel=error
    fi
    touch node_modules/.stamp
    ;;
  build)
    echo "Building the app (phone, service worker, desk) ..."
    node npm run --silent build
    mkdir -p ../static/app
    touch ../static/app/.stamp
    ;;
esac
