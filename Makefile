SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

# Tools at exact versions, from a module of their own; Go builds them once and caches them.
TOOL = go tool -modfile=.ci/tools/go.mod
# One private PostgreSQL server for all test binaries, gone when they are. Not "go run", which does not pass signals on.
TESTSERVER = go build -o bin/testserver ./internal/testkit/cmd/testserver && exec bin/testserver

LISTEN ?= 127.0.0.1:8080
PKG ?= ./...
FUZZTIME ?= 10s

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "make %-10s %s\n", $$1, $$2}'

.PHONY: demo
demo: ## Run it all with the real programmes on LISTEN (127.0.0.1:8080); Ctrl-C ends it
	@go build -o bin/ ./cmd/tonarimachi && exec bin/tonarimachi demo --listen $(LISTEN)

.PHONY: build
build: ## Build bin/tonarimachi
	CGO_ENABLED=0 go build -trimpath -o bin/ ./cmd/tonarimachi

.PHONY: test
test: ## Run every test, with the race detector where it tells something (PKG=./internal/event for one); installs what is missing on Debian
	@.ci/install
	@$(TESTSERVER) .ci/test $(PKG)

.PHONY: cover
cover: ## Say how much of the code the tests reach; details in bin/cover.html
	@go build -o bin/testserver ./internal/testkit/cmd/testserver
	@bin/testserver go test -timeout 10m -coverpkg=./... -coverprofile=bin/cover.out $(PKG)
	@go tool cover -html=bin/cover.out -o bin/cover.html
	@go tool cover -func=bin/cover.out | tail -n 1

.PHONY: fuzz
fuzz: ## Run each fuzz target for FUZZTIME (10s)
	@FUZZTIME=$(FUZZTIME) .ci/fuzz

.PHONY: bench
bench: ## Measure speed as ratios to bare limits taken in the same run (BENCH="-only hot,flash" for some)
	@go build -o bin/bench ./cmd/bench && exec bin/bench $(BENCH)

# Proofs are the tests named TestProof…, here at full size; the other tests run them small.
.PHONY: proof
proof: ## Prove the promises at full size and print the figures, in some minutes (PROOF=Lookups for some)
	@$(TESTSERVER) env TONARIMACHI_TEST_LONG=1 go test -p 1 -count=1 -timeout 60m -v -run '^TestProof.*$(PROOF)' $(PKG) | \
		{ grep -vE 'no test files|no tests to run|^PASS$$|^=== (PAUSE|CONT)' || true; }

.PHONY: mutants
mutants: ## Change the rules one thing at a time and say what no test notices (PKG=./internal/ical for one)
	@$(TESTSERVER) .ci/mutants $(filter-out ./...,$(PKG))

.PHONY: lint
lint: ## Run the linters of .golangci.yml
	@$(TOOL) golangci-lint run --timeout 15m $(PKG)

.PHONY: generate
generate: ## Make the generated files anew
	@go generate ./...

.PHONY: verify
verify: ## Say whether generated files, go.mod and the format are fresh
	@.ci/verify
