# make run     build, start, and show the gallery at http://localhost:5000/ (another port: PORT=5077 make run)
# make test    run every test
# make build   the release binary, .build/release/instacrawler
# make lint    check the style;  make format  mend it
# make bench   measure against peers; writes Benchmarks/RESULTS.md

SWIFT ?= swift
SHELL := /bin/bash
PORT ?= 5000
# A demo on a desk is for this machine only. The container listens everywhere.
INSTACRAWLER_HOST ?= 127.0.0.1
export PORT INSTACRAWLER_HOST

.PHONY: run test build lint format setup setup-tests check-foundation bench clean
.DEFAULT_GOAL := build

run: build
	exec .build/release/instacrawler up

build: setup
	$(SWIFT) build -c release --product instacrawler

test: setup-tests
	$(SWIFT) build --build-tests
	scripts/test

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Benchmarks

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Benchmarks

check-foundation: build
	scripts/check-foundation .build/release/instacrawler

bench:
	@scripts/setup --bench
	Benchmarks/run

setup:
	@scripts/setup

setup-tests:
	@scripts/setup --tests

clean:
	rm -rf .build var
