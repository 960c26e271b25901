# Two commands matter: `make demo` and `make test`. `make help` explains the rest.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.PHONY: help demo reset test check format bench types glossary migration screenshots lock clean

PY := .venv/bin/python
PORT ?= 8000
export PYTHON PORT
NPM = cd pwa && ../$(PY) ../tools/node.py npm run --silent

VENV := .venv/.stamp-base
DEV := .venv/.stamp-dev
PACKAGES := pwa/node_modules/.stamp
APP := static/app/.stamp
SEARCH := .venv/.stamp-search
APP_SOURCES := $(shell find pwa -path pwa/node_modules -prune -o -type f -print 2>/dev/null)

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "  make demo PORT=9000       another port          make demo PYTHON=python3.12   another Python"
	@echo "  make test ARGS='-k ...'   only some of it       make migration m='what changes'"

$(VENV): requirements/base.lock tools/venv.sh
	@tools/venv.sh base

$(DEV): requirements/dev.lock $(VENV)
	@tools/venv.sh dev

$(PACKAGES): pwa/package-lock.json pwa/package.json tools/app.sh tools/node.py | $(VENV)
	@tools/app.sh packages

$(APP): $(PACKAGES) $(APP_SOURCES)
	@tools/app.sh build

# compiled code is kept beside its source, and looks only at the file that a function stands in: begin anew when any changes
$(SEARCH): $(wildcard routing/*.py routing/*/*.py) | $(VENV)
	@echo "Compiling the route search (about half a minute, once) ..."
	@find routing -name '*.nb[ic]' -delete
	@$(PY) -c "import routing; routing.warm_up()"
	@touch $@

demo: $(VENV) $(APP) $(SEARCH) ## play a whole night: installs, builds, fills a fictional night and serves it on http://localhost:8000
	@$(PY) -m tools.demo

reset: $(VENV) ## throw the demo night away, so that `make demo` begins a new one
	@rm -f instance/demo.db instance/demo.db-* instance/demo.db.gate
	@echo "The next 'make demo' starts a new night."

test: $(DEV) $(APP) $(SEARCH) ## everything: make check, Python on SQLite and PostgreSQL, the app's tests, and the journeys in a real Chromium
	@MAKE="$(MAKE)" tools/test.sh $(ARGS)

check: $(DEV) $(PACKAGES) ## the readers that run nothing: ruff, mypy, import-linter, svelte-check, ESLint, Prettier
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	$(NPM) check
	$(NPM) lint
	$(NPM) format:check

format: $(DEV) $(PACKAGES) ## lay everything out: Python as ruff likes it, the app as Prettier does
	$(PY) -m ruff check --fix-only .
	$(PY) -m ruff format .
	$(NPM) format

# PyVRP and VROOM are used for nothing else; without a network everything else is measured all the same
bench: $(DEV) $(APP) $(SEARCH) ## measure the house, and route plans beside PyVRP, VROOM and OR-Tools (minutes; ARGS=--full takes an hour)
	@test .venv/.stamp-bench -nt requirements/bench.lock || tools/venv.sh bench || echo "PyVRP and VROOM could not be installed: their columns stay empty."
	$(PY) -m benchmarks $(ARGS)

types: $(DEV) $(PACKAGES) ## write docs/openapi.json from the routes, and the app's types from it
	$(PY) -m tools.openapi
	$(NPM) types

glossary: $(DEV) ## write docs/glossary.md from the docstrings, and docs/access.md from the routes
	$(PY) -m tools.glossary
	$(PY) -m tools.access

migration: $(DEV) ## draft the next numbered migration from the models: make migration m='what changes'
	@test -n "$(m)" || { echo "Say what changes: make migration m='cars have a colour'"; exit 1; }
	$(PY) -m tools.migration "$(m)"

screenshots: $(DEV) $(APP) ## a picture of every screen, phone and desktop, in each theme, under docs/screenshots/all
	$(PY) -m tools.screenshots

lock: ## (maintainers) choose package versions anew within pyproject.toml: writes requirements/*.lock
	@tools/lock.sh

clean: ## remove everything that make made: .venv, the built app, the demo night
	rm -rf .venv pwa/node_modules static/app instance/demo.db* .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find backend routing tests tools benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
