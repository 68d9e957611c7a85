# Two commands do all on a machine with Python 3.11 or newer: make reproduce, make test.
PYTHON ?= python3
CORES ?= all
STUDY ?=
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# Modules are compiled when they are first imported: half a minute less of set-up.
export PIP_NO_COMPILE := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help reproduce test check dry-run-paper config lock clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

reproduce: .venv/run.done ## run the default study (STUDY=workflow/studies/NAME.yaml for another)
	@python scripts/reproduce.py --cores $(CORES) $(if $(STUDY),--study $(STUDY))

test: .venv/test.done ## run the tests
	@pytest -n auto

check: .venv/test.done ## lint, formatting and types
	ruff check .
	ruff format --check .
	snakefmt --check Snakefile workflow
	mypy
	snakemake --lint

dry-run-paper: .venv/run.done ## plan the whole paper-scale study and run nothing
	snakemake --configfile workflow/studies/paper.yaml --dry-run --quiet all

config: .venv/run.done ## write config.yaml and the schema anew from the typed config
	python -m repatlas.config.document

lock: .venv/test.done ## pin the newest versions of all packages in envs
	python scripts/lock_packages.py

clean: ## remove the environment; results stay
	rm -rf .venv

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit("error: %s is Python %d.%d; Python 3.11 or newer is needed: name one with PYTHON=..." % (sys.executable, *sys.version_info[:2]) if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv .venv

.venv/run.done: envs/run.lock pyproject.toml | .venv/bin/python
	@echo "setting up .venv from envs/run.lock (a minute or two, once)"
	@pip install --quiet --quiet --requirement envs/run.lock
	@pip install --quiet --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.venv/test.done: envs/test.lock .venv/run.done
	@echo "adding what the tests need from envs/test.lock"
	@pip install --quiet --quiet --requirement envs/test.lock
	@touch $@
