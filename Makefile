# Everything a person does with this project. `make help` lists the targets.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

BIN := .venv/main/bin
PYTHON := $(BIN)/python
SAM := .venv/sam/bin/sam
ENVIRONMENTS := .build/main.installed .build/emulator.installed .build/sam.installed

# Telemetry off; nothing here needs an account, so tools that ask for one get a fixed region and nothing else.
export SAM_CLI_TELEMETRY := 0
export AWS_DEFAULT_REGION ?= us-east-1

.PHONY: help setup lock node run test test-sam demo bench check format clean

help: ## lists these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: $(ENVIRONMENTS) node ## finds Python 3.13 and installs the three locked environments

.build/%.installed: requirements/%.txt scripts/environment scripts/python
	@mkdir -p .build
	@scripts/environment $*
	@touch $@

node:
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20)' 2>/dev/null \
	  || echo "note: no Node.js 20 or later found; the portal cannot be built, everything else works"

lock: ## resolves requirements/*.in anew into locked files with hashes
	@scripts/lock

run: setup ## starts the whole stack on loopback, deploys it and keeps it up until Ctrl-C
	@exec $(PYTHON) -m local.run

demo: setup ## plays one packet from e-vite to ACTIVE (SCENARIO=name, SCENARIO=list)
	@$(PYTHON) -m local.demo $(SCENARIO)

test: setup ## runs every test that needs no Docker engine (ARGS="..." goes to pytest)
	@$(PYTHON) -m pytest $(ARGS)

bench: setup ## measures the budgets and prints them as a table with ratios
	@$(PYTHON) -m tools.bench

test-sam: setup ## runs the functions in Lambda's runtime: sam local, containers (needs a Docker engine)
	@$(PYTHON) -m pytest tests/sam $(ARGS)

check: setup ## format, lint, types, templates, stale OpenAPI, dependency rule
	@scripts/check

format: setup ## writes the format that check expects
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## removes what was built and the local stack's data; keeps the environments
	rm -rf .build/sam build .local .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis
