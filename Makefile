# Every target sets up what it needs: Python 3.11, make and git are enough to begin with.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed

ARTWORKS ?= 2000
SEED ?= 7
BROWSERS ?= 2
WORKSPACE ?= runs/demo
PORT ?= 9797
HOST ?= 127.0.0.1
WORKERS ?= $(shell getconf _NPROCESSORS_ONLN)
REPRODUCE_ARTWORKS ?= 16311
REPRODUCE_WORKSPACE ?= .
REPRODUCE_FAMILIES ?= all
IMAGES ?=
LABELS ?=

export SE_OFFLINE ?= true
export SE_AVOID_STATS ?= true

##@ The two commands
.PHONY: run test test-fast
run: install ## The whole job in runs/demo: scrape, measure, train, serve (ARTWORKS=n, or IMAGES=dir LABELS=file)
	$(BIN)/python -m src.pipeline --workspace $(WORKSPACE) --artworks $(ARTWORKS) --seed $(SEED) --browsers $(BROWSERS) \
		$(if $(IMAGES),--images "$(IMAGES)") $(if $(LABELS),--labels "$(LABELS)")

test: install ## All tests, with a real browser
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile $(TESTS)

test-fast: install ## The tests without browsers, notebooks and containers, in under a minute
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile -m "not browser and not slow" $(TESTS)

##@ Everyday
.PHONY: help install check format lock serve gallery clean
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(INSTALLED) ## The virtual environment .venv with the pinned packages, and a browser

# Written last, so that a stopped installation starts again.
$(INSTALLED): Pipfile.lock setup.py .ci/dependencies.py src/scraping/install_browser.py
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' || \
		{ echo "Python 3.11 is needed and $(PYTHON) is not it: install it, or say make PYTHON=/path/to/python3.11" >&2; exit 2; }
	"$(PYTHON)" -m venv $(VENV) || \
		{ echo "python -m venv failed: on Debian and Ubuntu apt-get install python3-venv" >&2; exit 2; }
	"$(PYTHON)" .ci/dependencies.py install $(VENV)/requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --require-hashes -r $(VENV)/requirements.txt
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m src.scraping.install_browser
	@touch $@

check: install ## Reads only: lint, format, types, drift between Pipfile, lock and requirements.txt
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python .ci/dependencies.py check

format: install ## Rewrites: import order, simple lint, format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: install ## Resolves the Pipfile anew, into Pipfile.lock and requirements.txt
	PIPENV_IGNORE_VIRTUALENVS=1 PIPENV_VENV_IN_PROJECT=0 WORKON_HOME=$(CURDIR)/$(VENV)/pipenv $(BIN)/pipenv lock
	$(BIN)/python .ci/dependencies.py write

serve: install ## The microservice on port 9797, as many workers as cores (HOST, PORT, WORKERS)
	$(BIN)/python -m application --host $(HOST) --port $(PORT) --workers $(WORKERS)

gallery: install ## The offline gallery alone (ARTWORKS, SEED)
	$(BIN)/python -m src.gallery --artworks $(ARTWORKS) --seed $(SEED)

clean: ## Removes what the tools made: caches, dist, coverage (not .venv, not runs)
	rm -rf dist build .pytest_cache .ruff_cache .mypy_cache .hypothesis .coverage htmlcov *.egg-info
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

##@ Data, notebooks, deployment
.PHONY: reproduce notebooks report benchmarks cluster-demo image container-test eb-bundle
reproduce: install ## The study at full scale, 16,311 artworks, into the project root (REPRODUCE_WORKSPACE=dir for another)
	$(BIN)/python -m src.pipeline --workspace $(REPRODUCE_WORKSPACE) --artworks $(REPRODUCE_ARTWORKS) --seed $(SEED) \
		--browsers $(BROWSERS) --families $(REPRODUCE_FAMILIES)

notebooks: install ## Runs the four notebooks and stores their outputs
	$(BIN)/python -m tools.run_notebooks

report: install ## The model report and its figures (of the project root)
	$(BIN)/python -m src.models.report

benchmarks: install ## Speed and memory, as JSON and a table
	$(BIN)/python -m benchmarks

cluster-demo: install ## Features, training and prediction on a Dask cluster of two workers, one of them killed
	$(BIN)/python -m benchmarks.cluster_demo

image: install ## The container image google-images-classifier, labelled with version and model
	docker build $$($(BIN)/python -m deploy.release) -t google-images-classifier .

container-test: install ## Builds and runs the container where docker, or buildah and podman, are there
	$(BIN)/python -m deploy.container_test

eb-bundle: install ## dist/beanstalk.zip for AWS Elastic Beanstalk
	$(BIN)/python -m deploy.bundle
