# make setup   everything that running needs: .venv/ and the browser files
# make run     set up, load the sample city into an empty register, serve on 127.0.0.1:8000 (PORT=… chooses)
# make test    set up, then all tests; ARGS="tests/registry -k fold" for some
# make lint    style, types, import contracts, unused and missing dependencies
# make bench   the benchmarks, printed as a table
# make mutation  breaks the evaluator of the rules on purpose and looks which test notices
# make lock    resolve the dependencies anew (needs uv)
# make clean   remove what the above made; data/var stays

SHELL := /bin/bash
.DEFAULT_GOAL := setup
.NOTPARALLEL:
.DELETE_ON_ERROR:

PY := .venv/bin/python
# One more than there are processors, as tests wait for browsers and databases; a large machine needs no more than four.
WORKERS := $(shell $(firstword $(PYTHON) python3) -c 'import os; print(min((os.cpu_count() or 1) + 1, 4))' 2>/dev/null || echo 2)
export PYTHON

# A stamp carries the checksum of what it was made from, so a changed lock is noticed whatever its date.
sum = $(shell cat $(1) 2>/dev/null | cksum | cut -d' ' -f1)
VENDOR := registry/shell/static/vendor
STAMP_RUN := .venv/.run-$(call sum,requirements.lock)
STAMP_DEV := .venv/.dev-$(call sum,requirements.lock requirements-dev.lock)
STAMP_VENDOR := $(VENDOR)/.stamp-$(call sum,package-lock.json .ci/vendor.py)
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard registry/shell/translations/*/LC_MESSAGES/*.po))

.PHONY: setup dev browser run test lint bench mutation lock clean

setup: $(STAMP_RUN) $(STAMP_VENDOR) $(CATALOGUES)

$(STAMP_RUN):
	@bash .ci/setup python requirements.lock
	@rm -f .venv/.run-* && touch $@

$(STAMP_DEV):
	@bash .ci/setup python requirements-dev.lock
	@rm -f .venv/.dev-* .venv/.run-* && touch $@ $(STAMP_RUN)

$(STAMP_VENDOR): | $(STAMP_RUN)
	@bash .ci/setup vendor
	@touch $@

%.mo: %.po | $(STAMP_RUN)
	@$(PY) -m babel.messages.frontend -q compile --statistics -i $< -o $@

run: setup
	@$(PY) cli.py demo --if-empty
	@exec $(PY) cli.py serve

# The dev lock holds the run lock's packages too: one installation serves both.
dev: $(STAMP_DEV) setup

browser:
	@bash .ci/setup browser

test: dev browser
	$(PY) -m pytest -n $(WORKERS) $(ARGS)

# All are run and shown, also after one has failed.
lint: dev
	@failed=; for check in "ruff check ." "ruff format --check ." mypy lint-imports "deptry ."; do \
		echo "== $$check"; .venv/bin/$$check || failed="$$failed [$$check]"; \
	done; if [ -n "$$failed" ]; then echo "lint failed:$$failed" >&2; exit 1; fi

bench: dev
	$(PY) -m pytest tests/bench -m bench -s $(ARGS)

mutation: dev
	$(PY) -m tests.mutation.run $(ARGS)

lock:
	bash .ci/lock

clean:
	rm -rf .venv node_modules $(VENDOR) $(CATALOGUES) .cache .pytest_cache .mypy_cache .ruff_cache \
		.import_linter_cache .hypothesis .coverage htmlcov test-results
	find registry tiers chains tests -name __pycache__ -type d -prune -exec rm -rf {} +
