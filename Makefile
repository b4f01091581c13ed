# Every command sets up .venv first if need be: the first time, and again when
# requirements.txt or pyproject.toml change. Works with GNU make 3.81 and later.

# The first of these that is Python 3.11 to 3.13 is used; or say: make lab PYTHON=...
PYTHON ?= python3 python3.13 python3.12 python3.11 python
LAB_ARGS ?=
NOTEBOOKS ?=
ARGS ?=

SHELL := /bin/sh
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
# What .venv is made from: where it lies and what the files say (not when they changed;
# of pyproject.toml only the part about the package).
SUM := $(shell (pwd; cat requirements.txt; sed '/^\[project.urls\]/,$$d' pyproject.toml) | cksum | tr -d ' ')
READY := .venv/ready-$(SUM)
export PYTHON
export JUPYTER_PREFER_ENV_PATH = 1

.PHONY: help lab run test refresh stamp setup clean
.DEFAULT_GOAL := help

help:
	@echo "make lab      open the course in JupyterLab"
	@echo "make run      execute every notebook, HTML pages in build/"
	@echo "make test     run all checks"
	@echo "make refresh  execute the notebooks and store their outputs"
	@echo "make stamp    rewrite badges, links and times, after an edit of a lesson"
	@echo "make clean    remove what these commands made, except .venv and data"
	@echo "run and refresh take lessons: make run NOTEBOOKS=\"01 12\""

setup: $(READY)

$(READY):
	@for python in $$PYTHON; do \
	  if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; \
	  then exec "$$python" tools/make_venv.py "$@"; fi; done; \
	echo "The course needs Python 3.11, 3.12 or 3.13; tried: $$PYTHON" >&2; \
	echo "Install one of them (python.org/downloads), or name yours: make lab PYTHON=python3.12" >&2; \
	exit 1

lab: $(READY)
	@$(BIN)/python -m jupyterlab --LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(LAB_ARGS)

run: $(READY)
	@$(BIN)/python tools/run.py $(NOTEBOOKS)

test: $(READY)
	@$(BIN)/python tools/check.py $(ARGS)

refresh: $(READY)
	@$(BIN)/python tools/refresh.py $(NOTEBOOKS) $(if $(FORCE),--force)

stamp: $(READY)
	@$(BIN)/python tools/stamp.py $(ARGS)

clean:
	@rm -rf build .pytest_cache .ruff_cache notebooks/.ipynb_checkpoints
	@find helpers tests tools -name __pycache__ -prune -exec rm -rf {} +
