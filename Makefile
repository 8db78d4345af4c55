# Few verbs, the same here and in CI. Everything lives in .venv; demo keeps a home of its own.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
DEMO   := $(CURDIR)/.demo
PIP    := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: install demo test coverage lint types bench bench-full bench-peers clean

install: $(VENV)/.core

$(VENV)/.core: pyproject.toml constraints.txt Makefile
	$(PYTHON) -m venv $(VENV)
	$(PIP) install -c constraints.txt -e '.[cpu]'
	touch $@

$(VENV)/.dev: $(VENV)/.core
	$(PIP) install -c constraints.txt -e '.[cpu,models,postgres,parquet,plots,dev]'
	touch $@

demo: $(VENV)/.core
	@LEXICON_HOME=$(DEMO) PATH=$(CURDIR)/$(BIN):$$PATH sh demo.sh

test: $(VENV)/.dev
	$(BIN)/pytest -n auto --dist loadfile

# The same once more, counted: it takes half as long again.
coverage: $(VENV)/.dev
	$(BIN)/pytest -n auto --dist loadfile --cov --cov-report=term:skip-covered --cov-fail-under=90

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

types: $(VENV)/.dev
	$(BIN)/mypy

# What benchmarks compare with, in an environment of its own.
bench-peers: .bench-peers/.done

.bench-peers/.done: benchmarks/peers.txt constraints.txt
	$(PYTHON) -m venv .bench-peers
	.bench-peers/bin/python -m pip --disable-pip-version-check -q install -c constraints.txt -r benchmarks/peers.txt
	touch $@

# A short form of every benchmark that compares, within ten minutes.
bench: $(VENV)/.dev bench-peers
	$(BIN)/python -m benchmarks

# Everything, written into docs/benchmarks.md: hours on a machine that does nothing else.
bench-full: $(VENV)/.dev bench-peers
	$(BIN)/python -m benchmarks --full

clean:
	rm -rf $(VENV) $(DEMO) .bench-peers
