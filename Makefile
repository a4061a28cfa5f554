# Two commands matter: `make demo` and `make test`. Each makes the environment first, once.
# Needs Python 3.11 or newer, make and git. Nothing else.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
SPARK := $(VENV)/.spark
FUZZ := $(VENV)/.fuzz
PRODUCT := .venv-product
INSTALLED := $(PRODUCT)/.ready
PORT ?= 8000
STUDENTS ?=
SECONDS ?= 3600
TESTS ?=

export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help setup demo test test-long fuzz check bench docs lock screenshots format clean

help:  ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1	/' | expand -t 20

setup: $(READY)  ## make the environment in .venv from the hash-locked requirements

$(READY): requirements-dev.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Crescendo needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make PYTHON=python3.11 setup")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { echo "Python could not make an environment. On Debian: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing the locked requirements into $(VENV) (one to three minutes the first time)"
	$(BIN)/python -m pip install --quiet --progress-bar on --require-hashes --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@echo "Building the page scripts and the message catalogues"
	$(BIN)/python -m crescendo.build
	@touch $@

demo: $(READY)  ## build the demo district and serve it on port 8000 (PORT=..., STUDENTS=...)
	@PYTHONUNBUFFERED=1 $(BIN)/crescendo demo --port $(PORT) $(if $(STUDENTS),--students $(STUDENTS))

test: $(READY)  ## every test but those of minutes; browser tests too where a Chromium is found (TESTS=path)
	$(BIN)/python -m pytest -n auto --maxprocesses 3 --dist loadfile --no-loadscope-reorder -m "not long" $(TESTS)

$(SPARK): requirements-spark.lock $(READY)
	@echo "Installing Spark for the conformance tests (some 400 MB)"
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-spark.lock
	@touch $@

$(FUZZ): requirements-fuzz.lock $(READY)
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-fuzz.lock
	@touch $@

fuzz: $(FUZZ)  ## strange bytes for every parser, an hour over all of them (SECONDS=..., ONLY="tables archives")
	PYTHONPATH=tests $(BIN)/python -m fuzz --seconds $(SECONDS) $(if $(ONLY),--only $(ONLY))

test-long: $(SPARK)  ## the tests that take minutes each, and every case of those that make test tries a few of
	CRESCENDO_THOROUGH=1 $(BIN)/python -m pytest -m "long or thorough" $(TESTS)

check: $(READY)  ## format, lint, types, import contracts, migrations, templates, licences, sizes
	$(BIN)/ruff format --check src tests benchmarks
	$(BIN)/ruff check src tests benchmarks
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/djlint src --lint --quiet
	$(BIN)/python -m tests.architecture.repository

format: $(READY)  ## format and sort what ruff can
	$(BIN)/ruff format src tests benchmarks
	$(BIN)/ruff check --fix src tests benchmarks

# The product as an operator installs it: a tool of developers that a library finds and imports would count as its cost.
$(INSTALLED): $(READY) requirements.lock pyproject.toml
	@echo "Installing the product without the developers' tools into $(PRODUCT)"
	$(PYTHON) -m venv --clear $(PRODUCT)
	$(PRODUCT)/bin/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m hatchling build --target wheel:editable --directory $(PRODUCT)/wheel
	$(PRODUCT)/bin/python -m pip install --quiet --no-deps $(PRODUCT)/wheel/*.whl
	@touch $@

bench: $(INSTALLED)  ## what it costs, into docs/performance.md: the library beside R and pandas, the loop (ONLY=library, ONLY=imports, ONLY=loop)
	$(BIN)/python -m benchmarks --docs $(if $(ONLY),--only $(ONLY))

docs: $(READY)  ## write the reference pages that are made from the code
	$(BIN)/python -m crescendo.reference

screenshots: $(READY)  ## the pictures in docs/screenshots, from a fresh demo district
	CRESCENDO_SCREENSHOTS=docs/screenshots $(BIN)/python -m pytest -m browser tests/browser/test_screenshots.py tests/journeys

lock: $(READY)  ## write the four requirements locks again from pyproject.toml
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml $(LOCK_OPTIONS) -o requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev -c requirements.lock $(LOCK_OPTIONS) -o requirements-dev.lock
	$(BIN)/uv pip compile pyproject.toml --group fuzz -c requirements-dev.lock $(LOCK_OPTIONS) -o requirements-fuzz.lock
	$(BIN)/uv pip compile pyproject.toml --group spark -c requirements-dev.lock $(LOCK_OPTIONS) -o requirements-spark.lock

LOCK_OPTIONS := --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate

clean:  ## remove what the checks and tests left behind; the demo's data in var/ stays
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build dist
