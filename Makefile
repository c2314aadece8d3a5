# Every target sets up what it needs, says what it does, and may be run again.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WHEEL_VERSION ?= 1.3.0
WHEEL_VENV := .venv-ports/calybris-$(WHEEL_VERSION)
WHEEL := conformance/ports/calybris-wheel
# every release that has its requirements; one without a list of its own shares the first of these lists that is there
WHEEL_VERSIONS := $(sort $(patsubst $(WHEEL)/requirements-%.txt,%,$(wildcard $(WHEEL)/requirements-*.txt)))
WHEEL_KNOWN = $(firstword $(wildcard $(WHEEL)/known-failures-$(WHEEL_VERSION).toml) $(WHEEL)/known-failures.toml)
RUST := conformance/ports/rust-crate
PORTS := rust-crate-0.4.0 rust-crate-1.3.0 go typescript
OUT := out
PAGES := tests/pages
# the tests that coverage is measured by; measuring the others too doubles their time and adds no line
COVERING := $(addprefix tests/,cli faults ref refinement spec)
JUDGE = $(BIN)/calybris-ref conformance run $(JUDGE_OPTIONS)
# options of `prove`, such as --changed or --repeat 3 (CI)
PROVE_OPTIONS ?=
# options of `bench`, such as --prove
BENCH_OPTIONS ?=
# how long `fuzz` takes for each reader
FUZZ_SECONDS ?= 600
# how long `campaign` takes for each port
CAMPAIGN_SECONDS ?= 60
# which part of the mutants of the specification `spec-mutants-sample` asks again
SAMPLE ?= 0/40
# options of `conformance run` in the demo; CI asks everything twice, with --twice
JUDGE_OPTIONS ?=
CAMPAIGN = $(BIN)/calybris-ref campaign run --seconds $(CAMPAIGN_SECONDS) --jobs 2 --out $(OUT)/findings
say = @printf '\n== %s\n' "$(1)"

.PHONY: help demo ports compatibility test lint prove vectors tables mutants spec-mutants spec-mutants-sample strength bench faults fuzz campaign pages pictures package docs wheel-compiled lock clean

help:           ## show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 22

# The lock is whole (--no-deps): nothing is resolved again, so a release of tomorrow changes nothing here.
$(VENV)/.ready: requirements/dev.txt pyproject.toml
	$(call say,setting up $(VENV) (locked and hash-pinned))
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "calybris-ref needs Python 3.11 or later")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m pip check --disable-pip-version-check
	@touch $@

.venv-ports/calybris-%/.ready: $(WHEEL)/requirements-%.txt
	$(call say,setting up the peer: calybris $* in an environment of its own)
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

demo: $(VENV)/.ready $(WHEEL_VENV)/.ready  ## judge the reference, the specification and the wheel on the full vector set
	$(call say,judging three implementations; reports go to $(OUT)/)
	$(JUDGE) --name reference --out $(OUT)/reference -- $(BIN)/python -m calybris_conformance.adapters.reference
	$(JUDGE) --name spec --out $(OUT)/spec -- $(BIN)/python -O -m calybris_conformance.adapters.spec
	$(JUDGE) --name calybris-wheel-$(WHEEL_VERSION) --out $(OUT)/calybris-wheel-$(WHEEL_VERSION) \
	  --known-failures $(WHEEL_KNOWN) -- $(WHEEL_VENV)/bin/python $(WHEEL)/adapter.py

compatibility: $(VENV)/.ready $(WHEEL_VERSIONS:%=.venv-ports/calybris-%/.ready)  ## judge every release of the wheel and write docs/compatibility.md
	$(call say,judging every release of the wheel)
	$(BIN)/python -m tests.compatibility

ports: $(VENV)/.ready  ## build the ports in Rust, Go and TypeScript, judge them and print the matrix; needs cargo, go and npm
	$(call say,building the ports)
	cargo build --quiet --release --locked --manifest-path $(RUST)/v0_4/Cargo.toml --target-dir $(OUT)/ports/rust-crate/v0_4
	cargo build --quiet --release --locked --manifest-path $(RUST)/v1/Cargo.toml --target-dir $(OUT)/ports/rust-crate/v1
	go build -C conformance/ports/go -o "$(CURDIR)/$(OUT)/ports/go/" ./cmd/calybris-port
	cd conformance/ports/typescript && npm ci --no-audit --no-fund && npm run build
	$(call say,judging the ports; reports go to $(OUT)/)
	$(JUDGE) --name rust-crate-0.4.0 --out $(OUT)/rust-crate-0.4.0 --known-failures $(RUST)/known-failures-0.4.0.toml \
	  -- $(OUT)/ports/rust-crate/v0_4/release/rust-crate
	$(JUDGE) --name rust-crate-1.3.0 --out $(OUT)/rust-crate-1.3.0 --known-failures $(RUST)/known-failures-1.x.toml \
	  -- $(OUT)/ports/rust-crate/v1/release/rust-crate
	$(JUDGE) --name go --out $(OUT)/go -- $(OUT)/ports/go/calybris-port
	$(JUDGE) --name typescript --out $(OUT)/typescript -- node conformance/ports/typescript/dist/adapter.js
	$(call say,the matrix)
	$(BIN)/calybris-ref conformance matrix --html $(OUT)/matrix.html $(PORTS:%=$(OUT)/%)

test: $(VENV)/.ready lint  ## lint, types, every fast test with coverage
	$(call say,testing the library and its specification; every line and branch of them)
	rm -f .coverage .coverage.*
	$(BIN)/python -m pytest -n auto -m "not slow" --cov --cov-report=term $(COVERING)
	$(call say,testing the judge; comparing the library with others)
	$(BIN)/python -m pytest -n auto -m "not slow" tests $(COVERING:%=--ignore %)

lint: $(VENV)/.ready  ## format check, lint, strict types
	$(call say,format and lint)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(call say,types)
	$(BIN)/mypy .

prove: $(VENV)/.ready  ## check every contract symbolically against its expected verdict
	$(call say,proving)
	$(BIN)/calybris-ref prove $(PROVE_OPTIONS)
	$(call say,searching what no proof reaches)
	$(BIN)/python -m pytest tests/refinement/search_with_crosshair.py

vectors: $(VENV)/.ready  ## regenerate every vector and compare byte for byte, under two hash seeds
	$(call say,checking the vectors)
	$(BIN)/calybris-ref vectors check
	$(BIN)/calybris-ref vectors generate --check

tables: $(VENV)/.ready  ## write the tables of the documentation that are generated
	$(call say,writing tables)
	$(BIN)/python -m tests.traceability

mutants: $(VENV)/.ready  ## kill every wrong implementation with the vectors, every planted wrong rule with the proofs; every other slow test
	$(call say,killing mutants)
	$(BIN)/python -m pytest -n auto -m slow tests --ignore tests/pages

strength: $(VENV)/.ready  ## ask every mutant every case; write docs/strength.md and the quick subset; a quarter of an hour
	$(call say,measuring how strong the vectors are)
	$(BIN)/python -m tests.mutants.strength

spec-mutants: $(VENV)/.ready  ## make every rule of the specification wrong and see who notices; an hour for all, less for a change
	$(call say,mutating the specification)
	$(BIN)/python -m calybris_conformance.mutation run --vectors
	$(BIN)/python -m calybris_conformance.mutation page

spec-mutants-sample: $(VENV)/.ready  ## ask a part of these mutants again: the answers must be those on record
	$(call say,asking a sample of the mutants of the specification again)
	$(BIN)/python -m calybris_conformance.mutation run --again --sample $(SAMPLE)

faults: $(VENV)/.ready  ## crash the disk at every byte, kill writing processes, read a log of a million entries
	$(call say,under fire)
	$(BIN)/python -m tests.faults

fuzz: $(VENV)/.ready  ## fuzz every reader of files, FUZZ_SECONDS each; needs the extra `fuzz`
	$(call say,fuzzing)
	for target in log snapshot document protocol; do $(BIN)/python -m tests.faults.fuzz $$target --seconds $(FUZZ_SECONDS) || exit 1; done

# npm gives its files old dates
$(PAGES)/node_modules/axe-core/axe.min.js: $(PAGES)/package-lock.json
	$(call say,setting up what the pages are checked with)
	cd $(PAGES) && npm ci --no-audit --no-fund
	@touch $@

pages: $(VENV)/.ready $(PAGES)/node_modules/axe-core/axe.min.js  ## drive the pages in a browser; needs npm, and Debian's chromium, which root gets installed
	@command -v "$${CHROMIUM:-chromium}" > /dev/null || [ "$$(id -u)" -ne 0 ] || { \
	  printf '\n== installing chromium\n' && apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; }
	@command -v "$${CHROMIUM:-chromium}" > /dev/null || { \
	  echo 'There is no chromium: install it (on Debian: apt-get install chromium), or name one with CHROMIUM.' >&2; exit 1; }
	$(call say,driving the pages in a browser)
	PAGES_REQUIRED=1 $(BIN)/python -m pytest tests/pages

pictures: $(VENV)/.ready  ## take the pictures of the documentation again, from the reports of `demo` and `ports`
	$(call say,taking pictures)
	$(BIN)/python -m tests.pages.screenshots

bench: $(VENV)/.ready  ## time the reference against the wheel, in one run, and write docs/benchmarks.md
	$(call say,measuring)
	$(BIN)/python -m tests.bench --write $(BENCH_OPTIONS)

campaign: ports $(WHEEL_VENV)/.ready  ## ask the wheel and every port made cases, CAMPAIGN_SECONDS each
	$(call say,campaigns; findings go to $(OUT)/findings/)
	$(CAMPAIGN) --in-process wheel
	$(CAMPAIGN) --known-findings $(WHEEL)/known-findings.toml -- $(WHEEL_VENV)/bin/python $(WHEEL)/adapter.py
	$(CAMPAIGN) --known-findings $(RUST)/known-findings-0.4.0.toml -- $(OUT)/ports/rust-crate/v0_4/release/rust-crate
	$(CAMPAIGN) --known-findings $(RUST)/known-findings-1.x.toml -- $(OUT)/ports/rust-crate/v1/release/rust-crate
	$(CAMPAIGN) -- $(OUT)/ports/go/calybris-port
	$(CAMPAIGN) -- node conformance/ports/typescript/dist/adapter.js

package: $(VENV)/.ready  ## build what is published, install it into an empty environment, go through the first hour there
	$(call say,packaging)
	$(BIN)/python -m tests.package dist

docs: $(VENV)/.ready  ## build the documentation as a site in out/site and follow every link of it
	$(call say,building the site)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet -f docs/site/mkdocs.yml
	$(BIN)/python -m tests.site $(OUT)/site

wheel-compiled: $(VENV)/.ready  ## build the wheel with a compiled kernel, install it beside, judge it; needs a C compiler
	$(call say,compiling the kernel)
	rm -rf $(OUT)/compiled && mkdir -p $(OUT)/compiled
	HATCH_BUILD_HOOK_ENABLE_CUSTOM=true $(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps \
	  --no-build-isolation --wheel-dir $(OUT)/compiled/dist .
	$(PYTHON) -m venv $(OUT)/compiled/venv
	$(OUT)/compiled/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-index $(OUT)/compiled/dist/*.whl
	cd $(OUT)/compiled && venv/bin/python $(CURDIR)/tests/compiled.py
	cd $(OUT)/compiled && venv/bin/calybris-ref conformance run $(JUDGE_OPTIONS) --name compiled --out reports \
	  -- venv/bin/python -m calybris_conformance.adapters.reference

lock:           ## refresh the locked requirements
	$(PYTHON) -m venv .venv-lock && .venv-lock/bin/pip install --quiet uv
	.venv-lock/bin/uv pip compile pyproject.toml --extra dev --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --python-version 3.11 --no-emit-package calybris-ref --quiet -o requirements/dev.txt
	for release in $(sort $(WHEEL_VERSIONS) $(WHEEL_VERSION)); do \
	  echo "calybris==$$release" | .venv-lock/bin/uv pip compile - --generate-hashes --no-emit-index-url --no-header --no-annotate \
	    --python-version 3.11 --quiet -o $(WHEEL)/requirements-$$release.txt || exit 1; \
	done
	rm -rf .venv-lock

clean:          ## remove everything that can be made again
	rm -rf $(VENV) .venv-ports .venv-lock $(OUT) build dist .coverage .coverage.* .pytest_cache .mypy_cache .ruff_cache .hypothesis .prove-cache $(PAGES)/node_modules
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
