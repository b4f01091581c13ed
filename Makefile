# Every command sets up .venv first if need be: the first time, when a list of packages
# has changed, and when its Python is gone. Works with GNU make 3.81 and later.

# Where .venv works it is used as it is. Else the first of these that is Python 3.11 to
# 3.13 makes it. Or name one, and .venv is made with that: make lab PYTHON=python3.12
PYTHON ?=
PYTHONS := python3 python3.13 python3.12 python3.11 python
LAB_ARGS ?=
NOTEBOOKS ?=
ARGS ?=

SHELL := /bin/sh
BIN := .venv/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
export PYTHON
export JUPYTER_PREFER_ENV_PATH = 1
# Settings for another Python, or ones with which no check could fail, end here.
unexport $(filter-out PYTHON PYTHONS PYTHONUTF8 PYTHONIOENCODING,$(filter PYTHON%,$(.VARIABLES)))

.PHONY: help lab run test refresh stamp setup setup-dev clean
.DEFAULT_GOAL := help

help:
	@echo "make lab      open the course in JupyterLab"
	@echo "make run      execute every notebook, HTML pages in build/"
	@echo "make test     run all checks"
	@echo "make refresh  execute the notebooks and store their outputs"
	@echo "make stamp    rewrite badges, links and times, after an edit of a lesson"
	@echo "make clean    remove what these commands made, except .venv and data"
	@echo "run and refresh take lessons: make run NOTEBOOKS=\"01 12\""

# What a learner needs: requirements.txt. For the others, the group `dev` of pyproject.toml.
setup setup-dev:
	@if [ -z "$$PYTHON" ]; then set -- $(BIN)/python $(PYTHONS); \
	elif command -v "$$PYTHON" >/dev/null 2>&1; then set -- "$$PYTHON"; \
	else set -- $$PYTHON; fi; \
	for python; do \
	  version=`"$$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null`; \
	  case $$version in 3.11|3.12|3.13) \
	    exec "$$python" tools/make_venv.py $(filter dev,$(subst -, ,$@));; esac; \
	  tried="$$tried$${tried:+, }$$python ($${version:-not found})"; done; \
	echo "The course needs Python 3.11, 3.12 or 3.13. Tried: $$tried." >&2; \
	echo "Install one of them (python.org/downloads), or name yours: make lab PYTHON=python3.12" >&2; \
	exit 1

# JupyterLab refuses to run as root, which in a container is who one is. It reads
# tools/jupyter_lab_config.py, and one's own settings.
lab: setup
	@root=; if [ "`id -u`" = 0 ]; then root=--allow-root; \
	echo "You are root, so JupyterLab is started with --allow-root."; fi; \
	export JUPYTER_CONFIG_PATH="tools$${JUPYTER_CONFIG_PATH:+:$$JUPYTER_CONFIG_PATH}"; \
	exec $(BIN)/python -m jupyterlab $$root \
	--LabApp.default_url=/lab/tree/notebooks/00_start_here.ipynb $(LAB_ARGS)

run: setup
	@$(BIN)/python tools/run.py $(NOTEBOOKS)

test: setup-dev
	@$(BIN)/python tools/check.py $(ARGS)

refresh: setup-dev
	@$(BIN)/python tools/refresh.py $(NOTEBOOKS) $(if $(FORCE),--force)

stamp: setup-dev
	@$(BIN)/python tools/stamp.py $(ARGS)

clean:
	@rm -rf build .pytest_cache .ruff_cache notebooks/.ipynb_checkpoints
	@find helpers tests tools -name __pycache__ -prune -exec rm -rf {} +
