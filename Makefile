# make run, make test: everything else is installed by them (see README.md).
.DEFAULT_GOAL := help
.PHONY: help setup run test check bench docs screenshots demo-reset requirements

help:
	@echo 'make run         install, prepare the data, serve on http://127.0.0.1:8000 (PORT changes it)'
	@echo 'make test        install, check the code, run every test on SQLite and, where one answers, PostgreSQL'
	@echo 'make check       only the checks of the code: ruff, mypy, import-linter, migrations'
	@echo 'make bench       measure, into bench/results.json'
	@echo 'make docs        write docs/requirements.md from the tests and docs/roles.md from the roles'
	@echo 'make screenshots make the pictures of docs/images anew from the demo'
	@echo 'make demo-reset  throw the data away and load the demo anew'
	@echo 'make requirements  lock the Python requirements anew'

setup:
	@scripts/setup run

run: export XINGLIN_DEMO ?= 1
run: setup
	@bin/xinglin prepare --demo
	@exec bin/xinglin serve

demo-reset: setup
	@bin/xinglin reset
	@bin/xinglin prepare --demo

test:
	@scripts/setup test
	@exec .venv/bin/python scripts/check.py

check:
	@scripts/setup test
	@exec .venv/bin/python scripts/check.py --only-code

bench:
	@scripts/setup test
	@exec .venv/bin/python bench/run.py

docs:
	@scripts/setup test
	@.venv/bin/python -m tests.proofs
	@.venv/bin/python -m scripts.roles_table

screenshots:
	@scripts/setup test
	@exec .venv/bin/python -m scripts.screenshots

requirements:
	@scripts/setup test
	@scripts/lock_requirements
