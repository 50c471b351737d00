# Everything this project does on a developer's machine; the work is in scripts/ and manage.py.
# PORT=8001 make run · make test ARGS="-k parsers" · make bench ONLY=import_50k · make lock ARGS=--upgrade

READY = python3 scripts/setup
PYTHON = .venv/bin/python

.PHONY: help setup run test test-slow test-all lint bench lock clean
.DEFAULT_GOAL := help

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 18

setup: ## virtual environment, packages, front-end files (run and test begin with it)
	@$(READY)

run: ## the whole product on http://127.0.0.1:8000 (PORT), until Ctrl-C
	@$(READY) && exec $(PYTHON) manage.py run

test: ## all checks and all tests but the slow ones (ARGS go to pytest)
	@$(READY) && exec $(PYTHON) scripts/test $(ARGS)

test-slow: ## only the slow ones: soak and fault tests
	@$(READY) && exec $(PYTHON) scripts/test --slow $(ARGS)

test-all: ## both
	@$(READY) && exec $(PYTHON) scripts/test --all $(ARGS)

lint: ## the checks that run no test
	@$(READY) && exec $(PYTHON) scripts/test --lint

bench: ## what the README claims about speed (ONLY=… runs one part)
	@$(READY) && exec $(PYTHON) -m benchmarks $(ONLY)

lock: ## write requirements/*.txt and package-lock.json anew
	@$(READY) && exec $(PYTHON) scripts/lock $(ARGS)

clean: ## stop the servers, remove what was made; keeps development's data (ARGS=--data removes it)
	@exec python3 scripts/clean $(ARGS)
