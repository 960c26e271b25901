#!/bin/sh
# Serve the demo night. Its database is made and filled once; `make reset` throws it away.
set -eu
cd "$(dirname "$0")/.."
mkdir -p instance
export NACHTRONDE_DEMO=1
export NACHTRONDE_LOG_LEVEL=${NACHTRONDE_LOG_LEVEL:-warning}
export NACHTRONDE_DATABASE_URL="sqlite:///$PWD/instance/demo.db"
export NACHTRONDE_PUBLIC_URL="http://localhost:$PORT"
if [ ! -f instance/.demo-filled ] || [ ! -f instance/demo.db ]; then
  echo "Filling the demo night ..."
  rm -f instance/demo.db instance/demo.db-*
  .venv/bin/python -m flask --app wsgi demo fill
  touch instance/.demo-filled
fi
exec .venv/bin/python -m flask --app wsgi serve --port "$PORT"
