# Thin: the work is done by scripts/bootstrap.py, which needs nothing but Python 3.11.
.PHONY: run test check bench
PORT ?= 8000

run: ## Start the demo city on http://127.0.0.1:$(PORT)
	@exec python3 scripts/bootstrap.py run --port $(PORT)

test: ## Check everything and run every test, browser tests included
	@exec python3 scripts/bootstrap.py test

check: ## Lint, types, import contracts, templates, spelling
	@exec python3 scripts/bootstrap.py check

bench: ## Measure the workloads, or those named: make bench W6
	@exec python3 scripts/bootstrap.py bench $(filter W% V%,$(MAKECMDGOALS))

W% V%: ; @: # the name of a workload, for bench
