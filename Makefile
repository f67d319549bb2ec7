# Comfort, not a cage: everything here can also be run by hand, see docs/.
PYTHON ?= python3
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev up down test test-fast lint format bench lock

help: ## This list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: ## A registry on this machine, its credentials in .env, both proven to work.
	@"$(PYTHON)" -m tools.up

down: ## All of it gone again; KEEP_IMAGES=1 keeps the pushed images.
	@"$(PYTHON)" -m tools.down $(if $(filter-out 0,$(KEEP_IMAGES)),--keep-images)

setup: ## Only the virtual environment.
	@"$(PYTHON)" tools/bootstrap.py

setup-dev:
	@"$(PYTHON)" tools/bootstrap.py --dev

test: setup-dev ## Everything that can run on this machine.
	@.venv/bin/python -m tests $(ARGS)

test-fast: setup-dev ## Unit, program and policy tests: run them after each change.
	@.venv/bin/python -m pytest -q -n 2 --dist loadscope tests/unit tests/program tests/policies tests/test_architecture.py $(ARGS)

lint: setup-dev ## ruff, mypy, pyright, and what else reads without running.
	@.venv/bin/python -m tests.lint

format: setup-dev ## Lays the code out anew.
	@.venv/bin/ruff check --fix-only --quiet . ; .venv/bin/ruff format .

bench: setup-dev ## What it costs, as ratios against peers in the same run.
	@.venv/bin/python -m tests.bench $(ARGS)

lock: setup-dev ## The locks written anew; ARGS=--upgrade for newer versions.
	@PATH="$(CURDIR)/.venv/bin:$$PATH" requirements/compile.sh $(ARGS)
