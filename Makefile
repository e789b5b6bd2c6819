# Everything a developer does here, each with its own set-up: python3 and make are all it takes.
#   make demo   a real shop's purchase log, imported and shown        make test   what CI runs
#   make soak   the same tests, in their long forms
#   make catalogue  what crmkit says, for translators: finds new texts, and compiles the translated ones
#   make surface    writes down what is public, where a change of it is meant
#   make pin        at a release: keeps the example plugins as they are, to be run against later versions
#   make coverage · make lint · make docs · make bench · make lock · make changelog · make clean
# Override:  VENV=path  PYTHON=python3.12  ARGS="tests/core -k money"

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed-from-lock
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: surface pin catalogue demo test soak coverage lint mail-samples bench docs lock changelog clean
.DEFAULT_GOAL := test

# The stamp says that this environment holds exactly the lock. An environment made in another way has no
# stamp: it is kept if its Python will do, and brought to the lock.
$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "crmkit needs Python 3.11 or newer, but $(PYTHON) is: $$($(PYTHON) --version 2>&1 | head -n 1)" >&2; \
	  echo "Name a newer one:  make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(BIN)/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || $(PYTHON) -m venv --clear $(VENV) || { \
	  echo "$(PYTHON) cannot make a virtual environment. On Debian:  apt-get install python3-venv" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(BIN)/python -m ensurepip >/dev/null
	@echo "Setting up $(VENV) from requirements/dev.txt (once, about a minute) …" >&2
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

demo: $(STAMP)
	@$(BIN)/crm demo $(ARGS)

# Tests start crmkit some hundred times; without kept bytecode each start would compile it anew.
test coverage soak: export PYTHONDONTWRITEBYTECODE =
PYTEST := $(BIN)/python -m pytest --numprocesses=2 --dist=worksteal

test: $(STAMP)
	@$(PYTEST) $(ARGS)

soak: $(STAMP)
	@CRMKIT_SOAK=1 $(PYTEST) --timeout=1800 $(ARGS)

# The lists that tests/architecture/test_surface.py compares with.
surface: $(STAMP)
	@$(BIN)/python -m tests.architecture.surface

# At a release: the example plugins as they are, for later versions to be tested with. ARGS=--again writes anew.
pin: $(STAMP)
	@$(BIN)/python -m tests.pinned $(ARGS)

# Apart, because watching every line makes the tests take twice as long.
coverage: $(STAMP)
	@rm -f .coverage .coverage.*
	@$(PYTEST) --cov --cov-report= $(ARGS)
	@echo "coverage: $$($(BIN)/python -m coverage report --format=total)% of lines and branches"

lint: $(STAMP)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/deptry src
	@$(BIN)/python .ci/addresses.py

# Bounces that others have collected. Those of Debian's libmail-deliverystatus-bounceparser-perl count too, where
# its source package is unpacked there (apt-get source).
mail-samples: $(STAMP)
	@mkdir -p .samples
	@$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --no-build-isolation \
	  --no-binary :all: --dest .samples flufl.bounce
	@cd .samples && tar -xzf flufl_bounce-*.tar.gz && echo "mail samples: .samples"

# Sorted and without places in the sources, so that two who translate do not collide.
catalogue: LOCALE := src/crmkit/locale
catalogue: $(STAMP)
	@cd src && ../$(BIN)/pybabel -q extract --mapping=../babel.cfg --no-location --sort-output --no-wrap \
	  --output=crmkit/locale/crmkit.pot crmkit
	@$(BIN)/pybabel -q update --domain=crmkit --input-file=$(LOCALE)/crmkit.pot --output-dir=$(LOCALE) \
	  --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date --no-wrap
	@$(BIN)/pybabel -q compile --domain=crmkit --directory=$(LOCALE) --statistics
	@rm $(LOCALE)/crmkit.pot

bench: $(STAMP)
	@$(BIN)/python -m benchmarks --keep $(ARGS)

docs: $(STAMP)
	@$(BIN)/python -m sphinx -W --keep-going -q -b html docs docs/_build/html
	@echo "docs: docs/_build/html/index.html"

# One lock for every supported Python and system, with hashes and without any address.
lock: $(STAMP)
	@$(BIN)/uv pip compile pyproject.toml --extra all --extra testing --group dev --universal \
	  --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet $(ARGS) \
	  --output-file requirements/dev.txt
	@$(BIN)/python .ci/addresses.py requirements/dev.txt

changelog: $(STAMP)
	@$(BIN)/towncrier build --draft --version "$$($(BIN)/python -c 'import importlib.metadata as m; print(m.version("crmkit"))')"

clean:
	rm -rf $(VENV) build dist docs/_build docs/_generated .coverage .coverage.* \
	  .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests docs -name __pycache__ -type d -prune -exec rm -rf {} +
