# Each target sets up what it needs: a .venv from requirements-dev.txt, made again when that file changes.
# PYTHON=python3.13 make test   takes another Python than the first that fits.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV = .venv
READY = $(VENV)/.made-from-the-lock
RUN = $(VENV)/bin/python -m

.DEFAULT_GOAL = help
.PHONY: help demo test proof check bench crash chaos model mutants screenshots lock clean

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*## /make \1   /p' $(MAKEFILE_LIST)

demo: $(READY)  ## try it in a browser: a Slack, a WhatCounts and the bot on this machine
	@$(RUN) sandbox $(if $(QUIET),--quiet-hours $(QUIET))

test: $(READY)  ## every test but those of `make proof`, on SQLite and on PostgreSQL
	@# Tests wait as much as they compute, so there are more of them than cores. Each process of theirs would
	@# compile the code anew where the environment forbids to write that down.
	PYTHONDONTWRITEBYTECODE= $(RUN) pytest -n 3 -m "not crash and not mutants"

proof: $(READY)  ## processes killed, databases cut off, faults, bugs written in: the short forms (minutes)
	@# Fewer at once: each starts processes of its own, which keep real seconds.
	PYTHONDONTWRITEBYTECODE= $(RUN) pytest -n 2 -m "crash or mutants"

check: $(READY)  ## style, types, who imports whom
	$(RUN) ruff check .
	$(RUN) mypy
	@# import-linter has no `python -m`; it reads the project from the folder it starts in.
	$(VENV)/bin/lint-imports

bench: $(READY)  ## a table of what things cost; MEASURES="alarms burst" for some of them
	@$(RUN) bench $(MEASURES)

crash: $(READY)  ## kill the bot, take its database or Slack away, repeat what Slack says: the long form (hours)
	SMSOPS_LONG=1 $(RUN) pytest -m crash
	SMSOPS_LONG=1 $(RUN) pytest tests/delivery/test_slack_away.py tests/test_redelivery.py

chaos: $(READY)  ## 300 sends while faults strike about once a second, for each kind: a table (half an hour)
	@$(RUN) tests.chaos

model: $(READY)  ## every interleaving and crash of two processes, the long form (minutes)
	SMSOPS_LONG=1 $(RUN) pytest -s tests/model

mutants: $(READY)  ## a table of bugs, each written into the code, and which test finds it
	@$(RUN) tests.mutants

screenshots: $(READY)  ## draw the pictures in docs/ anew (needs Chromium)
	SMSOPS_SCREENSHOTS=docs SMSOPS_NO_SKIP=1 $(RUN) pytest -m browser

lock:  ## pin the newest versions that pyproject.toml allows (needs uv)
	uv pip compile --universal --generate-hashes --no-header -q --upgrade pyproject.toml -o requirements.txt
	uv pip compile --universal --generate-hashes --no-header -q --upgrade -c requirements.txt \
		--group dev pyproject.toml -o requirements-dev.txt

clean:  ## forget the .venv
	rm -rf $(VENV)

$(READY): requirements-dev.txt
	@$(or $(PYTHON),false) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed; python3 is not there, or is older." >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
		{ echo "$(PYTHON) lacks venv; on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }
	@echo "Setting up $(VENV) ..."
	@$(PYTHON) -m venv --clear $(VENV)
	@$(RUN) pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@
