# Two commands are the whole set-up on a machine with Python 3.11+ and make: `make demo` and `make test`.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONWARNINGS :=
export PYTHONDONTWRITEBYTECODE :=  # else each of some hundred processes of the tests compiles all of our code anew

.PHONY: help setup setup-dev demo tour run test check lint types contracts format load bench soak coverage-matrix messages \
	lock clean

help: ## What can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit("Farmgate needs Python 3.11 or newer; found " + sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv
	@touch $@

.venv/runtime: .venv/python requirements.lock pyproject.toml
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: .venv/runtime requirements-dev.lock
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	@touch $@

setup: .venv/runtime ## The environment, from the hash-pinned lock
setup-dev: .venv/dev ## The same with the test tools

demo: setup ## Play a season in the browser
	$(BIN)/farmgate demo

LANGUAGE_OF_TOUR = $(if $(filter command line,$(origin LANGUAGE)),$(LANGUAGE),en)
tour: setup ## Play a season without a browser and print it (LANGUAGE=en)
	$(BIN)/farmgate tour --language $(LANGUAGE_OF_TOUR)

run: setup ## Serve the messenger with the settings of .env
	$(BIN)/farmgate run

test: setup-dev ## Every test, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest -n $(or $(JOBS),4) --dist worksteal $(ARGS)

check: lint types contracts ## Style, types, import contracts

lint: setup-dev
	$(BIN)/ruff check .

types: setup-dev
	$(BIN)/mypy

contracts: setup-dev
	$(BIN)/lint-imports --no-cache

format: setup-dev ## Lay the code out
	$(BIN)/ruff format .

load: setup-dev ## 64 presses in flight beside a bare aiogram echo, on both databases
	$(BIN)/python -m bench.load $(ARGS)

bench: setup-dev ## The reserve step, a million members and the outbox beside their ceilings, then `load`
	$(BIN)/python -m bench.steps $(ARGS)
	$(BIN)/python -m bench.load $(ARGS)

soak: setup-dev ## 200 seasons while processes and the database are killed at random (ARGS="--seasons 20")
	$(BIN)/python -m tests.soak $(ARGS)

coverage-matrix: setup-dev ## Which requirement is proven by which test
	$(BIN)/python -m tests.matrix

messages: setup-dev ## Extract the words people read into locales/messages.pot
	$(BIN)/python -m locales.extract

lock: ## Pin the dependencies anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build \
		pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build \
		--extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf .venv var dist
