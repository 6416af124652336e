# Every command a newcomer needs; each sets up what it uses.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Whatever the environment says, compiled modules are kept: 400 of them are slow to compile anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: install install-dev run check style types unit test train eval bench pictures clean

install: .venv/installed
install-dev: .venv/installed-dev

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/installed: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/installed-dev: .venv/bin/python pyproject.toml constraints.txt
	$(PIP) install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ .venv/installed

run: .venv/installed
	$(BIN)/aurora serve

# Types and tests side by side: on two cores that keeps a first run under 20 s.
check: .venv/installed-dev
	$(MAKE) --no-print-directory --output-sync=target --jobs=2 types unit style

style:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types:
	$(BIN)/mypy

unit:
	$(BIN)/python -m pytest tests/unit --numprocesses 2 --dist worksteal

test: .venv/installed-dev
	$(BIN)/python -m pytest tests --numprocesses 2 --dist loadfile

# Trained with tools the line itself never needs, so in an environment of their own.
.venv-train/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv-train
	.venv-train/bin/python -m pip --disable-pip-version-check install --quiet \
		--constraint constraints.txt --editable '.[train]'
	@touch $@

train: .venv-train/installed
	.venv-train/bin/python -m training

# Writes nothing; STORE=1 keeps the figures the next runs are compared with.
eval: .venv/installed-dev
	$(BIN)/python -m evals $(if $(STORE),--store)

pictures: .venv/installed-dev
	for room in board evidence changing console; do \
		$(BIN)/python -m tests.e2e.$${room}_pictures || exit 1; done

bench: .venv/installed-dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv .venv-train .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
