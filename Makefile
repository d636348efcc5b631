# Every target works from a clean machine that has Python 3.11 or newer, and make. Set-up happens once, in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test lint format docs examples bench wheel clean

help:  ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/runtime.stamp  ## run the published cases and write their reports
	$(BIN)/meguru demo

test: $(VENV)/developer.stamp  ## run all tests
	$(BIN)/python -m pytest -n auto

lint: $(VENV)/developer.stamp  ## check style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/developer.stamp  ## mend style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/developer.stamp  ## build the documentation into site/ and execute its code blocks
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	$(BIN)/python -m pytest -W default docs

examples: $(VENV)/runtime.stamp  ## check and run every scenario of every example
	$(BIN)/python .ci/run_examples.py

bench: $(VENV)/bench.stamp  ## measure speed and memory beside the peers
	$(BIN)/python -m benchmarks

wheel: $(VENV)/python.stamp  ## build the wheel into dist/
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

clean:  ## remove .venv and everything built
	rm -rf $(VENV) build dist site

$(VENV)/python.stamp:
	@command -v $(PYTHON) >/dev/null || { \
	  echo "meguru needs Python 3.11 or newer; '$(PYTHON)' was not found. Install it, or say where it is:"; \
	  echo "  make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)"; exit 1; } >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "meguru needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) --version 2>&1). Name a newer one:"; \
	  echo "  make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 1; } >&2
	@$(PYTHON) -c 'import venv, ensurepip' || { \
	  echo "'$(PYTHON)' cannot make virtual environments; on Debian or Ubuntu: apt install python3-venv"; exit 1; } >&2
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/runtime.stamp: pyproject.toml | $(VENV)/python.stamp
	$(INSTALL) --editable .
	@touch $@

$(VENV)/developer.stamp: pyproject.toml | $(VENV)/python.stamp
	$(INSTALL) --editable '.[dev]'
	@touch $@ $(VENV)/runtime.stamp

$(VENV)/bench.stamp: pyproject.toml | $(VENV)/python.stamp
	$(INSTALL) --editable '.[bench]'
	@touch $@ $(VENV)/runtime.stamp
