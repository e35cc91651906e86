# make run     build, start, and show the gallery at http://localhost:5000/ (another port: PORT=5077 make run)
# make test    run every test
# make build   the release binary, .build/release/instacrawler
# make resolve  fetch the versions of all packages that Sources/instacrawler/versions.txt names
# make lint    check the style;  make format  mend it
# make fuzz    search for input that breaks a parser (SECONDS=600 make fuzz)
# make check-pages    look at the pages in a real browser;  make screenshots  also write docs/screenshots
# make check-openapi  have schemathesis try all that /openapi.json describes (quicker: EXAMPLES=100 make check-openapi)
# make check-feeds    have other parsers read the feeds;  make check-metrics  have promtool read the metrics
# make check-streams  open 5,000 streams of events, and measure what that costs
# make soak    ten minutes of a hostile upstream, and of readers that do what they can (SECONDS=60 make soak)
# make test-proxies   one contract behind every web server that is installed (the rest: scripts/setup --proxies)
# make image   build the container's image, and print what it weighs;  make test-image  check it as a platform runs it
# make bench   measure against peers; writes Benchmarks/*.md

SWIFT ?= swift
SHELL := /bin/bash
PORT ?= 5000
# A demo on a desk is for this machine only. The container listens everywhere.
INSTACRAWLER_HOST ?= 127.0.0.1
export PORT INSTACRAWLER_HOST

.PHONY: run test build lint format setup setup-tests check-feeds check-foundation check-metrics check-openapi \
	check-pages check-streams resolve screenshots soak test-proxies fuzz bench image test-image clean
.DEFAULT_GOAL := build

run: build
	exec .build/release/instacrawler up

build: setup resolve
	$(SWIFT) build -c release --product instacrawler

test: setup-tests resolve
	$(SWIFT) build --build-tests
	scripts/test

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

check-foundation: build
	scripts/check-foundation .build/release/instacrawler

check-pages: build
	@scripts/setup --pages
	scripts/check-pages

screenshots: build
	@scripts/setup --pages
	scripts/check-pages --screenshots docs/screenshots

check-streams: build
	scripts/check-streams

fuzz:
	scripts/fuzz $(or $(SECONDS),60)

soak: build
	scripts/soak --seconds $(or $(SECONDS),600)

check-feeds check-metrics check-openapi: setup resolve
	$(SWIFT) build --build-tests
	scripts/$@

test-proxies: setup
	scripts/test-proxies

bench:
	@scripts/setup --bench
	@status=0; for part in run microcache pages; do Benchmarks/$$part || status=1; done; exit $$status

image:
	scripts/image

test-image:
	scripts/test-image
	scripts/test-deploy

setup:
	@scripts/setup

setup-tests:
	@scripts/setup --tests

# The versions of all packages, the same in every build of a commit.
resolve:
	@scripts/resolve

clean:
	rm -rf .build var
