# Kanjian: `make demo` to see it, `make test` to trust it, `make help` for the rest.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
export KANJIAN_SECRET_KEY ?= development-only-not-a-secret-0123456789-abcdefghij
export PIP_DISABLE_PIP_VERSION_CHECK := 1
.DEFAULT_GOAL := help
.PHONY: help setup demo test quarter test-postgres check check-code format lint types imports migrations messages assets bench bench-quick dist screenshots lock clean

help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

# ---- environment -------------------------------------------------------------------------------------------------
$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Kanjian needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.txt requirements/build.txt pyproject.toml | $(BIN)/python
	@echo "Installing what Kanjian runs on (from requirements/run.txt, checked by hash) …"
	@$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements/run.txt -r requirements/build.txt
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements/dev.txt $(VENV)/.run
	@echo "Installing what its developers use (from requirements/dev.txt, checked by hash) …"
	@$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.bench: requirements/bench.txt $(VENV)/.dev
	@$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements/bench.txt
	@touch $@

setup: $(VENV)/.dev ## Prepare the environment in .venv, and nothing else

assets: $(VENV)/.run ## Build the front-end parts (npm lock file; brings its own Node where there is none)
	@$(BIN)/python tools/assets.py
	@$(BIN)/python tools/messages.py compile

# ---- look ----------------------------------------------------------------------------------------------------------
demo: assets ## The sample city on http://127.0.0.1:8000, with its accounts
	@$(BIN)/kanjian demo $(DEMO)

screenshots: $(VENV)/.dev assets ## The pictures of the README, from the real pages
	@$(BIN)/python tools/screenshots.py

# ---- trust ---------------------------------------------------------------------------------------------------------
test: $(VENV)/.dev assets ## All tests on SQLite
	@$(BIN)/pytest -q -n auto $(PYTEST)

quarter: $(VENV)/.dev assets ## A whole quarter played in a browser; to watch it: make quarter PYTEST="--headed --slowmo 300"
	@$(BIN)/pytest -q tests/browser/test_quarter.py $(PYTEST)

# What never touches a database is proved once, by `make test`.
test-postgres: $(VENV)/.dev assets ## The tests that use a database, on PostgreSQL; needs KANJIAN_TEST_DATABASE_URL=postgresql://…
	@test -n "$(KANJIAN_TEST_DATABASE_URL)" || (echo "Set KANJIAN_TEST_DATABASE_URL=postgresql://user:password@host:port/name (the test run makes and drops its own databases)"; exit 2)
	@$(BIN)/pytest -q -n auto -m "not browser or quarter" --ignore=tests/scoring --ignore=tests/tables --ignore=tests/tools $(PYTEST)

check-code: lint types imports migrations ## Format, lint, sizes, types, import rules, migrations: all but the tests

check: check-code test ## Everything that must be green before a stop: format, lint, types, imports, migrations, tests

format: $(VENV)/.dev ## Format the code
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix --quiet .
	@git ls-files "*.html" | xargs $(BIN)/djade --target-version 5.2 || true

lint: $(VENV)/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@git ls-files '*.html' | xargs $(BIN)/djade --check --target-version 5.2
	@$(BIN)/python tools/sizes.py

types: $(VENV)/.dev
	@KANJIAN_HOME=$$(mktemp -d) $(BIN)/mypy

imports: $(VENV)/.dev
	@$(BIN)/lint-imports --no-cache

migrations: $(VENV)/.dev assets
	@KANJIAN_HOME=$$(mktemp -d) $(BIN)/python manage.py makemigrations --check --dry-run
	@KANJIAN_HOME=$$(mktemp -d) KANJIAN_ALLOWED_HOSTS=kanjian.example $(BIN)/python manage.py check --deploy --fail-level WARNING

bench: $(VENV)/.bench ## Speed and memory beside the peers; writes docs/performance.md
	@$(BIN)/python -m bench

bench-quick: $(VENV)/.bench ## The same with small sizes and few runs; writes nothing
	@$(BIN)/python -m bench --quick

# ---- build ---------------------------------------------------------------------------------------------------------
messages: $(VENV)/.dev ## Collect the texts of pages into the catalogues, then compile them
	@$(BIN)/python tools/messages.py extract
	@$(BIN)/python tools/messages.py compile

dist: assets ## The wheel, with templates, translations and assets inside
	@rm -rf dist
	@$(BIN)/python -m build --no-isolation --wheel --sdist

lock: ## Renew the lock files (needs uv)
	@tools/lock.sh

clean: ## Remove what was built; your data in kanjian-data stays
	rm -rf $(VENV) dist build frontend/node_modules src/kanjian/assets .pytest_cache .mypy_cache .ruff_cache
