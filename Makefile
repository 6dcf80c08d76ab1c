# Everything a person does with this project. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/main/bin
PYTHON := $(BIN)/python
# Everything of the portal that is not made from the rest.
PORTAL := $(shell find web -name node_modules -prune -o -name dist -prune -o -name schema.ts -o -type f -print)
ENVIRONMENTS := .build/main.installed .build/emulator.installed .build/sam.installed

# Telemetry off; nothing here needs an account, so tools that ask for one get a fixed region and nothing else.
export SAM_CLI_TELEMETRY := 0
export AWS_DEFAULT_REGION ?= us-east-1

.PHONY: help setup lock run test sweep test-sam demo bench load fuzz scale drill model check judge format clean sbom audit deploy

help: ## lists these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(ENVIRONMENTS) .build/judges.installed .build/portal.built ## finds Python and Node.js, installs what is locked, builds the portal

.build/%.installed: requirements/%.txt scripts/environment scripts/python
	@mkdir -p .build
	@scripts/environment $*
	@touch $@

.build/linters.installed: tools/judges/package-lock.json scripts/judge scripts/node
	@mkdir -p .build
	@scripts/judge install
	@touch $@

.build/portal.built: $(PORTAL) docs/api/openapi.json scripts/portal scripts/node
	@mkdir -p .build
	@echo "building the portal"
	@scripts/portal build > .build/portal.log 2>&1 || { tail -40 .build/portal.log; exit 1; }
	@touch $@

lock: ## resolves requirements/*.in again into locked files with hashes
	@scripts/lock

run: setup ## starts the whole stack on loopback, deploys it and keeps it up until Ctrl-C
	@exec $(PYTHON) -m local.run

demo: $(ENVIRONMENTS) ## plays one packet from e-vite to ACTIVE (SCENARIO=name, SCENARIO=list)
	@$(PYTHON) -m local.demo $(SCENARIO)

test: setup ## runs every test that needs no Docker engine (ARGS="..." goes to pytest)
	@scripts/test $(ARGS)

bench: setup ## measures the budgets and prints them as a table with ratios
	@$(PYTHON) -m tools.bench

sweep: setup ## interrupts every act of every role at every call in every way (takes half an hour and more)
	@SWEEP_EVERY_CALL=1 $(PYTHON) -m pytest tests/reliability/test_sweep.py $(ARGS)

drill: setup ## many packets at once while parts of the stack are killed (PACKETS=20 SEED=1)
	@$(PYTHON) -m local.drill

model: $(ENVIRONMENTS) ## looks for broken invariants in more and longer examples (EXAMPLES=2000 STEPS=60)
	@EXAMPLES=$(or $(EXAMPLES),2000) STEPS=$(or $(STEPS),60) $(PYTHON) -m pytest tests/model/test_product.py

load: setup ## invites ten thousand in process, then plays thirty packets at once on the local stack
	@LOAD_PACKETS=$${LOAD_PACKETS:-10000} LOAD_JOURNEYS=$${LOAD_JOURNEYS:-10} $(PYTHON) -m pytest tests/load $(ARGS)
	@$(PYTHON) -m tools.load

fuzz: setup ## sends many more made-up requests than the tests do, to the doors and to the local stack
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-200} $(PYTHON) -m pytest tests/fuzz $(ARGS)
	@$(PYTHON) -m tools.fuzz

scale: setup .build/plots.installed ## plays a year and its busiest hour, draws docs/scale.md (after make bench)
	@$(PYTHON) -m tools.scale
	@.venv/plots/bin/python tools/scale/plot.py

test-sam: setup ## runs the functions in Lambda's runtime: sam local, containers (needs a Docker engine)
	@$(PYTHON) -m pytest tests/sam $(ARGS)

check: setup ## format, lint, types, templates, stale generated files, dependency rule
	@scripts/check

judge: .build/main.installed .build/linters.installed ## has three public validators read docs/api/openapi.json
	@scripts/judge

sbom: setup .build/tools.installed ## writes bills of materials to build/sbom and docs/licenses.md
	@$(PYTHON) -m tools.sbom

audit: setup .build/tools.installed ## has a linter read every IAM statement, and sees that all licenses are listed
	@$(PYTHON) -m tools.sbom --check
	@.venv/tools/bin/python -W ignore -m tools.policies

deploy: setup ## builds and deploys to a real account, asking for what it needs (STAGE=dev or prod)
	@scripts/deploy $(or $(STAGE),dev)

format: setup ## writes the format that check expects
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## removes what was built and the local stack's data; keeps the environments
	rm -rf .build/sam build .local .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis
