# Needs make and Python 3.11 or newer, nothing else. `make` lists what there is.
.DEFAULT_GOAL := help
.PHONY: help run reset demo test soak check format bench mutants likeness package audit

PYTHON := .venv/bin/python
# Where a machine sets it, every process would compile all its packages again: seconds at each start.
unexport PYTHONDONTWRITEBYTECODE
# Twice the cores of the smallest machine: half of a journey is waiting for somebody.
AT_ONCE := 4
SHARED_OUT := --dist loadfile --no-loadscope-reorder
# Once for the product, which may import nothing that only tests bring, and once with the tests.
DECLARED := $(PYTHON) -m deptry . --no-ansi
NOT_OURS := \.venv|\.local|\.git|build
SETUP := @infra/local/setup.sh

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## RedLine with a local Teams, a local Graph and fictional data, until Ctrl-C
	$(SETUP) local
	@exec $(PYTHON) -m infra.local.start infra.local.run

reset: ## forget what local runs have kept
	$(SETUP) local
	@$(PYTHON) -m infra.local.reset

demo: ## the main job played through without a screen, step by step
	$(SETUP) local
	@exec $(PYTHON) -m infra.local.start infra.local.demo

check: ## format, lint, strict types, layering, declared dependencies
	$(SETUP) dev
	@$(PYTHON) -m ruff format --check --quiet --output-format concise . || { echo 'Not formatted: run make format.'; exit 1; }
	@$(PYTHON) -m ruff check --quiet .
	@$(PYTHON) -m mypy --no-error-summary
	@mkdir -p .local/logs
	@.venv/bin/lint-imports --no-cache >.local/logs/layers.log || { cat .local/logs/layers.log; exit 1; }
	@$(DECLARED) >.local/logs/declared.log 2>&1 || { cat .local/logs/declared.log; exit 1; }
	@$(DECLARED) --exclude '$(NOT_OURS)' --ignore DEP004 >.local/logs/declared.log 2>&1 || { cat .local/logs/declared.log; exit 1; }
	@echo 'Format, lint, types, layers and dependencies are in order.'

test: ## every test, under 15 minutes
	$(SETUP) dev
	@$(PYTHON) -m pytest -q -n $(AT_ONCE) $(SHARED_OUT) $(TESTS)

soak: ## every test with the counts as written, under 60 minutes
	$(SETUP) dev
	@REDLINE_SOAK=1 $(PYTHON) -m pytest -q -n $(AT_ONCE) $(SHARED_OUT) $(TESTS)

format: ## format the code and mend what ruff can
	$(SETUP) dev
	@$(PYTHON) -m ruff format --quiet .
	@$(PYTHON) -m ruff check --fix --quiet .

bench: ## speed as ratios: a table, and build/bench.json
	$(SETUP) bench
	@$(PYTHON) tests/bench/run.py

mutants: ## changes to a rule that no test notices, minutes a file: make mutants FILE=tasking/when/uk_dates.py
	$(SETUP) mutants
	@$(PYTHON) -m infra.mutants $(FILE) $(TESTS)

likeness: ## learn the weights of the second reader of danger again, after its tables have changed
	$(SETUP) likeness
	@$(PYTHON) -m infra.likeness

package: ## the Teams app package, in build/
	$(SETUP) local
	@$(PYTHON) -m manifest.build

audit: ## known vulnerabilities, for the force's pipeline; fails where anything went unaudited
	$(SETUP) dev
	@$(PYTHON) -m infra.audit
