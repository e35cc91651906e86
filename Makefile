# make setup     install what building needs; the rest: scripts/setup --all
# make build     the release binary, .build/release/instacrawler
# make run       install, build, start, and show the gallery at http://localhost:5000/ (another port: PORT=5077 make run)
# make test      install, and run every test
# make lint      check the style;  make format  fix it
# make resolve   fetch the versions of all packages that Sources/instacrawler/versions.txt names
# make check-pages    look at the pages in a real browser;  make screenshots  also write docs/screenshots
# make check-openapi  have schemathesis try all that /openapi.json describes (quicker: EXAMPLES=100 make check-openapi)
# make check-feeds    have other parsers read the feeds;  make check-metrics  have promtool read the metrics
# make check-streams  open 5,000 streams of events, and measure what that costs
# make documentation  build the reference of the two libraries (DocC), and check the example
# make check-foundation  prove that the release binary links no full Foundation
# make test-proxies   one contract behind every web server that is installed
# make soak      ten minutes of a hostile upstream, and of many readers (SECONDS=60 make soak ARGUMENTS="--part load")
# make simulate  ten simulated days of the sources, with each fault of the sandbox (DAYS=4 make simulate)
# make fuzz      search for input that breaks a parser (SECONDS=600 make fuzz)
# make image     build the container's image, and print what it weighs;  make test-image  build, run and deploy it
# make bench     measure against peers; writes Benchmarks/*.md

SWIFT ?= swift
SHELL := /bin/bash
PORT ?= 5000
# A demo on a desk is for this machine only. The container listens everywhere.
INSTACRAWLER_HOST ?= 127.0.0.1
export PORT INSTACRAWLER_HOST SWIFT
export PYTHONDONTWRITEBYTECODE := 1
PYTEST := .build-checks/bin/python -m pytest

.PHONY: setup build run test lint format resolve check-pages screenshots check-openapi check-feeds check-metrics check-streams \
	check-foundation documentation test-proxies soak simulate fuzz image test-image bench clean
.DEFAULT_GOAL := build

setup:
	@scripts/setup

# Says what is missing, and installs nothing.
needs-%:
	@scripts/setup --for "make $(or $(MAKECMDGOALS),build)" --$*

build: needs-build resolve
	$(SWIFT) build -c release --product instacrawler

run: setup build
	exec .build/release/instacrawler up

test:
	@scripts/setup --tests
	@scripts/resolve
	$(SWIFT) build --build-tests
	scripts/test

lint:
	scripts/lint

format: needs-lint
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks
	.build-checks/bin/ruff check --fix

# The versions of all packages, the same in every build of a commit.
resolve:
	@scripts/resolve

check-pages: needs-pages build
	$(PYTEST) Tests/Checks/test_pages.py

screenshots: needs-pages build
	$(PYTEST) Tests/Checks/test_pages.py --screenshots docs/screenshots

check-streams: needs-checks build
	$(PYTEST) -rP Tests/Checks/test_streams.py

check-feeds check-metrics check-openapi: needs-checks resolve
	$(SWIFT) build --build-tests
	INSTACRAWLER_PROGRAM=.build/debug/instacrawler $(PYTEST) Tests/Checks/test_$(@:check-%=%).py

documentation: needs-build resolve
	$(SWIFT) build
	scripts/documentation

check-foundation: build
	scripts/check-foundation .build/release/instacrawler

test-proxies: needs-build
	scripts/test-proxies

soak: needs-soak build
	python3 -m Tests.Soak --seconds $(or $(SECONDS),600) $(ARGUMENTS)

simulate: needs-tests resolve
	$(SWIFT) build --build-tests
	SIMULATED_DAYS=$(or $(DAYS),10) $(SWIFT) test --skip-build --filter "^CrawlerTests.SandboxDaysTests/"

fuzz:
	scripts/fuzz $(or $(SECONDS),60)

image:
	scripts/image

test-image:
	python3 -m Tests.Image
	python3 -m Tests.Deploy

bench: needs-bench
	@status=0; for part in run microcache pages; do Benchmarks/$$part || status=1; done; exit $$status

clean:
	rm -rf .build var
