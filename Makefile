# Every target sets up what it needs: Python (see setup.py), make and git are enough to begin with.
# Variables are taken from make's command line alone: `:=` leaves those of the environment (Jenkins' WORKSPACE,
# conda's HOST) without effect.

.DEFAULT_GOAL := help
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

PYTHON :=
VENV := .venv
BIN := $(VENV)/bin

ARTWORKS := 2000
SEED := 7
BROWSERS := 2
WORKSPACE := runs/demo
PORT := 9797
HOST := 127.0.0.1
WORKERS := $(shell getconf _NPROCESSORS_ONLN)
REPRODUCE_ARTWORKS := 16311
REPRODUCE_WORKSPACE := .
REPRODUCE_FAMILIES := all
IMAGES :=
LABELS :=
PATHS :=
TESTS :=

export SE_OFFLINE ?= true
export SE_AVOID_STATS ?= true
# These would put other packages before those of .venv, or put ours elsewhere.
unexport PYTHONPATH PYTHONHOME PIP_TARGET PIP_PREFIX PIP_USER CDPATH
# The packages are installed without bytecode: with this, every process would compile all that it imports again.
unexport PYTHONDONTWRITEBYTECODE

# One word of the shell, whatever is in it.
quote = '$(subst ','\'',$(1))'

##@ The two commands
.PHONY: run test test-fast
run: $(VENV)/.job $(VENV)/.browser ## The whole job in runs/demo: scrape, measure, train, serve (ARTWORKS=n, or IMAGES=dir LABELS=file)
	$(BIN)/python -m src.pipeline --workspace $(call quote,$(WORKSPACE)) --artworks $(call quote,$(ARTWORKS)) \
		--seed $(call quote,$(SEED)) --browsers $(call quote,$(BROWSERS)) \
		$(if $(IMAGES),--images $(call quote,$(IMAGES))) $(if $(LABELS),--labels $(call quote,$(LABELS)))

test: install ## All tests, with a real browser
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(TESTS)

test-fast: $(VENV)/.dev ## The quick tests: no browser, no server, no notebook; in under a minute
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder -m "not browser and not slow" $(TESTS)

##@ Everyday
.PHONY: help install predict check format lock serve gallery clean
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(VENV)/.dev $(VENV)/.browser ## The virtual environment .venv with all pinned packages, and a browser

predict: $(VENV)/.predict ## The colour of pictures: PATHS=folder (or a file, a pattern, an address)
	@[ -n $(call quote,$(PATHS)) ] || { echo 'say which pictures: make predict PATHS=folder' >&2; exit 2; }
	@paths=$(call quote,$(PATHS)); if [ -e "$$paths" ]; then set -- "$$paths"; else set -- $$paths; fi; \
		$(BIN)/python -m src.models.predict_model "$$@"

check: $(VENV)/.dev ## Reads only: lint, format, types, drift between setup.py, Pipfile, lock and requirements.txt
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python .ci/dependencies.py check

format: $(VENV)/.dev ## Rewrites: import order, simple lint, format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(VENV)/.dev ## Resolves the Pipfile again, into Pipfile.lock and requirements.txt
	$(BIN)/python .ci/dependencies.py lock

serve: $(VENV)/.job ## The microservice on port 9797, as many workers as cores (HOST, PORT, WORKERS)
	$(BIN)/python -m application --host $(call quote,$(HOST)) --port $(call quote,$(PORT)) --workers $(call quote,$(WORKERS))

gallery: $(VENV)/.job ## The offline gallery alone (ARTWORKS, SEED)
	$(BIN)/python -m src.gallery --artworks $(call quote,$(ARTWORKS)) --seed $(call quote,$(SEED))

clean: ## Removes what the tools made: caches, dist (not .venv, not runs)
	rm -rf dist build .pytest_cache .ruff_cache .mypy_cache .hypothesis *.egg-info
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +

# Each size of installation leaves a mark when it is complete, so that a stopped one starts again. Who names a
# PYTHON wants that one, so a complete environment is looked at too.
.PHONY: look
$(VENV)/.predict $(VENV)/.job $(VENV)/.dev: $(VENV)/.%: Pipfile.lock setup.py .ci/dependencies.py $(if $(PYTHON),look)
	@.ci/install $* $(call quote,$(PYTHON))

$(VENV)/.browser: src/scraping/browser/install.py | $(VENV)/.job
	$(BIN)/python -m src.scraping.browser.install
	@touch $@

##@ Data, notebooks, deployment
.PHONY: reproduce notebooks report benchmarks cluster-demo image container-test eb-bundle
reproduce: $(VENV)/.job $(VENV)/.browser ## The study at full scale, 16,311 artworks, into the project root (REPRODUCE_WORKSPACE=dir for another)
	$(BIN)/python -m src.pipeline --workspace $(call quote,$(REPRODUCE_WORKSPACE)) \
		--artworks $(call quote,$(REPRODUCE_ARTWORKS)) --seed $(call quote,$(SEED)) \
		--browsers $(call quote,$(BROWSERS)) --families $(REPRODUCE_FAMILIES)

notebooks: $(VENV)/.dev ## Runs the four notebooks and stores their outputs
	PYTHONPATH="$(CURDIR)" $(BIN)/python -m jupyter nbconvert --to notebook --execute --inplace \
		--ExecutePreprocessor.record_timing=False --ExecutePreprocessor.timeout=900 notebooks/*.ipynb

report: $(VENV)/.job ## The model report and its figures (of the project root)
	$(BIN)/python -m src.models.report

benchmarks: $(VENV)/.dev ## Speed and memory, as JSON and a table
	for name in extraction growth service scraping cluster_demo; do \
		$(BIN)/python -m "benchmarks.$$name" --json "runs/benchmarks/$$name.json" || exit 1; \
	done

cluster-demo: $(VENV)/.dev ## Features, training and prediction on a Dask cluster of two workers, one of them killed
	$(BIN)/python -m benchmarks.cluster_demo

image: $(VENV)/.job ## The container image google-images-classifier, labelled with version and model
	docker build -t google-images-classifier . \
		--label org.opencontainers.image.version="$$($(BIN)/python setup.py --version)" \
		--label model.hash="$$($(BIN)/python -c "import json; print(json.load(open('models/model_card.json'))['version'])")"

container-test: $(VENV)/.dev ## Builds and runs the container where docker, or buildah and podman, are there
	$(BIN)/python -m deploy.container_test

eb-bundle: $(VENV)/.dev ## dist/beanstalk.zip for AWS Elastic Beanstalk
	$(BIN)/python -m deploy.bundle
