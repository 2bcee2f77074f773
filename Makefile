# Two commands do everything on a fresh machine: make demo, make test.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PEERS := .venv-peers
PUSHL := .venv-pushl
GRANARY := .venv-granary

# Dependency groups (pyproject.toml) are known to pip from 25.1 on; a new environment may have an older one.
PIP := python -m pip --quiet --disable-pip-version-check
NEW_PIP := --upgrade 'pip>=25.1'

.PHONY: help demo test test-hostile test-kills test-years test-load mutants fuzz fuzz-answers test-peers docs screens golden lint bench test-oldest dist test-dist release-check clean

help:  ## what can be made
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

# One environment for the targets, made anew when the list of dependencies changes.
$(VENV)/ready: pyproject.toml
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/$(PIP) install $(NEW_PIP)
	$(BIN)/$(PIP) install --group test --group lint --editable .
	touch $@

# Another for plugins that Pelican would load by itself wherever they are installed.
$(PEERS)/ready: pyproject.toml
	$(PYTHON) -m venv --clear $(PEERS)
	$(PEERS)/bin/$(PIP) install $(NEW_PIP)
	$(PEERS)/bin/$(PIP) install --group test --group peers --group bench --editable .
	touch $@

# A program that needs an older version of what Pelican needs.
$(PUSHL)/ready: pyproject.toml
	$(PYTHON) -m venv --clear $(PUSHL)
	$(PUSHL)/bin/$(PIP) install $(NEW_PIP)
	$(PUSHL)/bin/$(PIP) install --group pushl
	touch $@

# A judge of what is read of microformats, which brings a hundred packages.
$(GRANARY)/ready: pyproject.toml
	$(PYTHON) -m venv --clear $(GRANARY)
	$(GRANARY)/bin/$(PIP) install $(NEW_PIP)
	$(GRANARY)/bin/$(PIP) install --group granary
	touch $@

demo: $(VENV)/ready  ## a blog with feeds, and a second blog that gets its linkbacks and answers
	$(BIN)/python sample_site/demo.py

test: $(VENV)/ready  ## the whole suite, with coverage
	$(BIN)/python -m coverage run -m pytest -n auto --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m coverage combine --quiet
	$(BIN)/python -m coverage report
	$(BIN)/python -m coverage report --include='pelican_linkback/*' --fail-under=100 >/dev/null

test-peers: $(PEERS)/ready $(PUSHL)/ready $(GRANARY)/ready  ## linkbacks to receivers that others wrote, and from their senders
	$(PEERS)/bin/python -m pytest peers

lint: $(VENV)/ready  ## ruff (lint and format) and mypy --strict
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test-hostile: $(VENV)/ready  ## the attacks that take seconds, and the naive client as their control
	$(BIN)/python -m pytest -m hostile -n 2 --dist loadfile

test-kills: $(VENV)/ready  ## a receiver and its store, killed a hundred times under load (six minutes)
	$(BIN)/python -m pytest -m kills

YEARS_SEEDS ?= 20
YEARS_PUBLICATIONS ?= 100

test-years: $(VENV)/ready  ## years of a blog, with everything that goes wrong, and an oracle (20 minutes)
	$(BIN)/python -W ignore -m tests.years $(YEARS_SEEDS) $(YEARS_PUBLICATIONS)

MUTANTS ?= 60
MUTANTS_SEED ?= 1

mutants: $(VENV)/ready  ## small faults put into what decides and remembers: do the tests notice? (30 minutes)
	$(BIN)/python -m tests.mutants $(MUTANTS) $(MUTANTS_SEED)

LOAD_SECONDS ?= 600
LOAD_RATE ?= 1000

test-load: $(VENV)/ready  ## a receiver under load, on SQLite and PostgreSQL, and PostgreSQL restarted (half an hour)
	$(BIN)/python -W ignore -m benchmarks.receiver_load $(LOAD_SECONDS) $(LOAD_RATE) sqlite
	$(BIN)/python -W ignore -m benchmarks.receiver_load $(LOAD_SECONDS) $(LOAD_RATE) postgresql
	$(BIN)/python -W ignore -m benchmarks.receiver_load $(LOAD_SECONDS) $(LOAD_RATE) postgresql restart

FUZZ_SECONDS ?= 90
FUZZ_TARGETS := http headers html xmlrpc journal metadata configuration address

fuzz: $(VENV)/ready  ## look for what nobody thought of, FUZZ_SECONDS for each target
	$(BIN)/$(PIP) install --group fuzz
	for target in $(FUZZ_TARGETS); do \
		$(BIN)/python -m tests.fuzz $$target -max_total_time=$(FUZZ_SECONDS) -timeout=5 -max_len=3000 \
			-artifact_prefix=tests/fuzz/crash-$$target- tests/fuzz/corpus/$$target || exit 1; \
	done

ANSWERS_SECONDS ?= 600

fuzz-answers: $(VENV)/ready  ## answers of servers that are wrong in a new way each, for ANSWERS_SECONDS
	$(BIN)/python -m tests.fuzz.exchanges $(ANSWERS_SECONDS)

docs: $(VENV)/ready  ## the documentation in docs/_build, warnings as errors
	$(BIN)/$(PIP) install --group docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build

screens: $(VENV)/ready  ## what the commands, the feeds and mentions look like, drawn into docs/screens
	$(BIN)/$(PIP) install --group screens --group docs
	$(BIN)/python docs/screens/make.py
	$(BIN)/python docs/screens/feeds.py
	$(BIN)/python docs/screens/mentions.py
	$(BIN)/python docs/screens/admin.py
	$(BIN)/python docs/screens/pages.py

golden: $(VENV)/ready  ## the golden feeds of tests/golden, written anew
	sh tests/golden.sh $(BIN)

bench: $(PEERS)/ready  ## how fast it is, beside its peers (fifteen minutes); benchmarks/results.md
	$(PEERS)/bin/python -m benchmarks

test-oldest:  ## the suite with exactly the lower bounds of pyproject.toml
	$(PYTHON) -m venv --clear .venv-oldest
	$(PYTHON) tests/oldest.py > .venv-oldest/constraints.txt
	.venv-oldest/bin/$(PIP) install $(NEW_PIP)
	.venv-oldest/bin/$(PIP) install --constraint .venv-oldest/constraints.txt --group test --editable .
	.venv-oldest/bin/python -m pytest

dist: $(VENV)/ready  ## an sdist and a wheel in dist/
	rm -rf dist
	$(BIN)/$(PIP) install --group dist
	$(BIN)/python -m build --outdir dist

test-dist: dist  ## the metadata, and the wheel in an empty environment far from the repository
	$(BIN)/validate-pyproject pyproject.toml
	$(BIN)/twine check --strict dist/*
	$(BIN)/check-wheel-contents dist/*.whl
	# Url, AuthorEmail: the project has no public home yet (make release-check asks for one).
	$(BIN)/pyroma --min 10 --skip-tests Url,AuthorEmail .
	$(PYTHON) -m venv --clear .venv-dist
	.venv-dist/bin/$(PIP) install "pelican[markdown]" dist/*.whl
	sh tests/dist.sh "$$PWD/.venv-dist/bin"

release-check: test-dist  ## whether this checkout can be published: docs/releasing.rst
	$(BIN)/python -m tests.release

clean:  ## remove what the other targets made
	rm -rf .venv .venv-oldest .venv-peers .venv-pushl .venv-granary .venv-dist build dist .demo docs/_build *.egg-info .coverage* .mypy_cache .pytest_cache .ruff_cache .hypothesis .mutants
