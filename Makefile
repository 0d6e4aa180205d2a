# `make demo` shows what ckpt does, `make test` checks it. Both set up what they need. `make help` lists the rest.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test conformance conformance-full judged guides rooms release dist specs docs format lint clean

# One build for the tests, the command and the judges: what one of them compiled, no other compiles again. It is optimised, and open to tests;
# `make dist` has its own, which is not, and which needs no Swift where it runs.
BUILD := swift build -c release -Xswiftc -enable-testing
DIST := .build-dist
SWIFT_FILES := Sources Tests Package.swift

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 26

setup:
	@Tools/setup.sh

demo: setup release ## synthesize a small checkpoint, validate and convert it, compare the result
	@Tools/demo.sh

test: setup ## build and run the tests (no Python)
	$(BUILD) --build-tests
	swift test -c release -Xswiftc -enable-testing --skip-build

conformance: judged ## hold the results against other people's programs (sets up a Python and llama.cpp outside the checkout)
	@Tests/Conformance/run.sh

conformance-full: judged ## the same with every case of every judge, instead of the day's slice of the long ones, and every fault; writes a log
	@Tests/Conformance/run.sh --whole
	$(BUILD) --build-tests
	CKPT_FAULTS=all swift test -c release -Xswiftc -enable-testing --skip-build --filter FaultTests

judged: setup release
	$(BUILD) --product gguf-kernels
	$(BUILD) --product gguf-header

guides: setup release ## run the commands of docs/guide; hold the pages on commands and JSON against the binary
	@Tools/make-command-docs.sh --check
	@Tools/check-json-docs.sh
	@Tools/check-guides.sh

rooms: setup release ## hold the rooms of CheckpointKit to the direction of their references
	@Tools/check-rooms.sh

release: ## build .build/release/ckpt
	$(BUILD) --product ckpt

dist: setup ## a tarball in dist/: the binary, which needs no Swift where it runs, and the licences
	swift build -c release --static-swift-stdlib --scratch-path $(DIST) --product ckpt
	@Tools/dist.sh $(DIST)

specs: ## write Sources/Specs/Embedded out of Specs/
	@Tools/embed-specs.sh

docs: release ## write docs/commands.md out of the help
	@Tools/make-command-docs.sh

format: ## format the sources
	swift format --in-place --recursive $(SWIFT_FILES)

lint: ## complain about formatting
	swift format lint --strict --recursive $(SWIFT_FILES)

clean: ## remove what was built
	rm -rf .build $(DIST) dist
