# Every command a newcomer needs; each sets up what it uses.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

# Whatever the environment says, compiled modules are kept: 400 of them are slow to compile anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: install install-dev run check style types unit unit-talk unit-rest test train eval bench pictures clean

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

# PORT=5050 where something else has 5000, as macOS does for AirPlay.
run: .venv/installed
	$(BIN)/aurora serve $(if $(PORT),--port $(PORT))

# Two at a time, the longest first: on two cores that keeps a run under 20 s.
SIDE_BY_SIDE := --no-print-directory --output-sync=target --jobs=2

check: .venv/installed-dev
	$(MAKE) $(SIDE_BY_SIDE) unit-rest unit-talk types style

style:
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports

types:
	$(BIN)/mypy

# Two halves of about the same length. Workers that share one list would each collect all of it,
# make ready what its tests have in common, and tell a third process of every test.
TALK := $(addprefix tests/unit/,conversation guidance lines)

unit: .venv/installed-dev
	$(MAKE) $(SIDE_BY_SIDE) unit-rest unit-talk

unit-talk:
	$(BIN)/python -m pytest $(TALK)

unit-rest:
	$(BIN)/python -m pytest tests/unit $(addprefix --ignore=,$(TALK))

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
	for room in board_ evidence_ changing_ console_ ""; do \
		$(BIN)/python -m tests.e2e.$${room}pictures || exit 1; done

bench: .venv/installed-dev
	$(BIN)/python -m benchmarks

clean:
	rm -rf .venv .venv-train .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
