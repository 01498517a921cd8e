# Copyright: the cnclouds.security_groups contributors
# SPDX-License-Identifier: GPL-3.0-or-later

# Everything the tools need is installed below .cache/, from the package index that pip is configured for.

PYTHON ?= python3
# ANSIBLE_CORE=2.18 tests with the newest ansible-core 2.18 in place of the locked version.
ANSIBLE_CORE ?=
# Passed to the commands of a target: make unit ARGS='-k port -x'
ARGS ?=

export ANSIBLE_CORE
export PYTHONUNBUFFERED = 1

core := $(if $(ANSIBLE_CORE),-core-$(ANSIBLE_CORE))
test_python := .cache/envs/test$(core)/bin/python
demo_python := .cache/envs/demo$(core)/bin/python
checks = $(test_python) -m tests.tooling.checks
arguments = $(if $(ARGS),-- $(ARGS))

.DEFAULT_GOAL := help
.PHONY: help test test-long docs docs-environment importer importer-environment demo simulator molecule integration lint unit units sanity gates playbooks awx direct compare artifact bench format update-requirements clean test-environment tccli-environment demo-environment

help:  ## Show this list
	@sed -n 's/^\([a-z-]*\): .*## \(.*\)/\1|\2/p;s/^\([a-z-]*\):  ## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do printf '  make %-20s %s\n' "$$name" "$$text"; done

test: test-environment tccli-environment docs-environment  ## Run every check that CI runs
	@$(checks)

test-long: test-environment  ## Run every case of the reliability, property and oracle tests, and write docs/reliability.md (over an hour)
	@TRAFFIC_PAIRS=20000 $(checks) reliability -- tests/properties tests/oracle --long

demo: demo-environment  ## Run the quickstart playbook against simulated clouds: preview, apply, apply again
	@$(demo_python) -m tests.tooling.demo

# Only the simulator writes to standard output, so that a shell can evaluate the output.
simulator:  ## Start the cloud simulator (ARGS='--seed clouds.yml --background'; SIMULATOR_PYTHON: an interpreter with its packages)
	@[ -n "$(SIMULATOR_PYTHON)" ] || $(PYTHON) -m tests.tooling.environment demo >&2
	@exec $(or $(SIMULATOR_PYTHON),$(demo_python)) -m tests.cloud_simulator $(ARGS)

molecule: test-environment  ## Run the molecule scenarios (ARGS='converge' runs that command instead of test)
	@$(checks) molecule $(arguments)

integration: test-environment  ## Run ansible-test integration (ARGS='tencent_sg_rules' runs that target)
	@$(checks) integration $(arguments)

lint: test-environment  ## Run the static checks: formatting, style, types, complexity, documentation, licences, changelog
	@$(checks) lint

unit: test-environment tccli-environment  ## Run the unit tests (ARGS='-k port -x' goes to pytest)
	@$(checks) unit $(arguments)

playbooks: test-environment tccli-environment  ## Run the playbook tests against the cloud simulator (ARGS as above)
	@$(checks) playbooks $(arguments)

awx: test-environment  ## Run the tests of the AWX kit (ARGS as above)
	@$(checks) awx $(arguments)

direct: test-environment  ## Compare direct execution with module processes on the locked ansible-core (ARGS as above)
	@$(checks) direct $(arguments)

compare:  ## The same on every ansible-core that supports direct execution
	@$(PYTHON) -m tests.tooling.compare $(ARGS)

sanity: test-environment  ## Run ansible-test sanity (ARGS='--test validate-modules')
	@$(checks) sanity $(arguments)

units: test-environment  ## Run the unit tests of the plugins with ansible-test units (ARGS: files)
	@$(checks) units $(arguments)

gates:  ## Run ansible-test on every ansible-core that has a Python here, and galaxy-importer (ARGS=2.18: that version)
	@$(PYTHON) -m tests.tooling.gates $(ARGS)

artifact: test-environment  ## Build the collection, install it, and test the installed copy
	@$(checks) artifact

bench: test-environment  ## Measure, and write docs/performance.md (ARGS=full takes longer)
	@PYTHONPATH=.cache/collections $(test_python) -m tests.benchmarks $(ARGS)

format: test-environment  ## Format the Python files, sort their imports, write the generated documentation
	@.cache/envs/test$(core)/bin/ruff check --fix --select I .
	@PYTHONPATH=.cache/collections $(test_python) -m tests.tooling.documentation --write
	@.cache/envs/test$(core)/bin/ruff format .

update-requirements: test-environment  ## Lock the newest versions of the tools and the test dependencies
	@.cache/envs/test$(core)/bin/python -m tests.tooling.lock

clean:  ## Remove everything that the tools made
	rm -rf .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache tests/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

test-environment:
	@$(PYTHON) -m tests.tooling.environment test
	@$(test_python) -m tests.tooling.awx_collection

docs: test-environment docs-environment  ## Build the documentation site in .cache/docs/site, without network
	@$(checks) docs

importer: importer-environment  ## Check the artifact as Galaxy does on upload; a warning is an error
	@$(checks) importer

importer-environment: test-environment
	@$(PYTHON) -m tests.tooling.environment importer

docs-environment:
	@$(PYTHON) -m tests.tooling.environment docs

# The vendor's command line client, for the tests of the cloud simulator.
tccli-environment:
	@$(PYTHON) -m tests.tooling.environment tccli

demo-environment:
	@$(PYTHON) -m tests.tooling.environment demo
