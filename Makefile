# Everything here works in a fresh clone: Python 3.11 or newer and PyPI are all it needs.

SHELL := /bin/sh
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
BIN := .venv/bin
# A stamp is the last thing an installation writes, and its name holds a sum of the requirements:
# an environment that was interrupted, or made for others, is brought up to date.
RUN := .venv/run-$(shell cksum < requirements.txt | cut -d ' ' -f 1)
DEV := .venv/dev-$(shell cat requirements.txt requirements-dev.txt | cksum | cut -d ' ' -f 1)
# What is measured against has an environment of its own, so that it cannot disturb the product's.
BENCH := .venv/bench/run-$(shell cksum < requirements-bench.txt | cut -d ' ' -f 1)

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: $(RUN) ## Try Sineta: set everything up, run it, print addresses and logins (PORT=8001 make demo)
	@exec $(BIN)/python manage.py demo

.PHONY: test
test: $(DEV) ## Pass the tests (PYTEST="-k slots" for some of them)
	@exec $(BIN)/python -m pytest -n auto --dist loadfile -q $(PYTEST)

.PHONY: check
check: $(DEV) ## What every change has to pass: format, lint, types, layers, migrations, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run
	@$(MAKE) --no-print-directory test

.PHONY: bench
bench: $(BENCH) ## Measure the figures of the README, in about twenty minutes (ONLY="slots webhooks": some of them)
	@exec .venv/bench/bin/python -m benchmarks $(ONLY)

.PHONY: exam
exam: $(DEV) ## Let scripted clients talk to the reception and judge the talks (PERSONAS="maria" RUNS=2, PRINT="maria")
	@exec $(BIN)/python -m tests.exam

.PHONY: chaos
chaos: $(RUN) ## Kill, flood and unplug a running system; nothing may get lost or doubled (ONLY="crash flood": some of it)
	@exec $(BIN)/python -m benchmarks.chaos $(ONLY)

.PHONY: screenshots
screenshots: $(DEV) ## Draw docs/screenshots again, with the system's Chromium
	@exec $(BIN)/python -m pytest -q tests/browser/screenshots.py

# A client who writes for the first time is greeted with the name; so each talk is another client's.
.PHONY: smoke
smoke: $(RUN) ## Hold a talk with what requirements.txt installs and nothing else (in a fresh clone)
	@$(BIN)/python manage.py migrate -v 0 && $(BIN)/python manage.py seed_demo >/dev/null
	@echo oi | $(BIN)/python manage.py chat --professional ana@example.com --from "+55119$$(date +%s | tail -c 9)" | \
		grep "Ana Souza"

.PHONY: requirements
requirements: $(DEV) ## Pin the newest versions that requirements*.in allow
	@$(BIN)/python -m pip install -q uv
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header -o requirements.txt requirements.in
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header -o requirements-dev.txt requirements-dev.in
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-header -o requirements-bench.txt requirements-bench.in

$(RUN):
	@$(call install,requirements.txt)

# The tests need what the product needs, so this stamp stands for both.
$(DEV):
	@$(call install,requirements-dev.txt)
	@touch $(RUN)

$(BENCH): | $(RUN)
	@$(BIN)/python -m venv .venv/bench
	@.venv/bench/bin/python -m pip install -q -r requirements-bench.txt && touch $@

# Make .venv (again, if it does not work) and install. Where flock exists, a second make waits for the first.
define install
{ \
if command -v flock >/dev/null; then flock 9; fi; \
if [ -e $@ ]; then exit 0; fi; \
if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
    for name in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3 python; do \
        if "$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
        then python="$$name"; break; fi; \
    done; \
    if [ -z "$$python" ]; then \
        echo "Sineta needs Python 3.11 or newer with venv (Debian: apt-get install python3 python3-venv)." >&2; exit 1; \
    fi; \
    rm -rf .venv && "$$python" -m venv .venv || exit 1; \
fi; \
echo "Installing the dependencies (first time, about half a minute) …"; \
$(BIN)/python -m pip install -q -r $(1) && touch $@; \
} 9<Makefile
endef
