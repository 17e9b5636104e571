# Everything is set up in .venv on the first call; nothing is installed outside this folder.
# `make help` lists the targets.

VENV := .venv
BIN := $(VENV)/bin
# Two environments in one: what the demo uses, then all that tests, documentation and figures use.
DEMO := $(VENV)/.demo
READY := $(VENV)/.ready
LOCK := requirements.lock
EVERYTHING := -e '.[demo,ecp5,sklearn,qonnx,sweep,docs,test]' -e studies
PIP_INSTALL := -m pip install --disable-pip-version-check --progress-bar off --constraint $(LOCK)
CXX ?= g++

# The first interpreter that is new enough; PYTHON=... chooses another.
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	"$$p" -c '$(NEW_ENOUGH)' 2>/dev/null && { echo "$$p"; break; }; done)

.DEFAULT_GOAL := help
.PHONY: help demo test verify figures docs lint format lock clean

help: ## list the targets
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-14s %s\n", $$1, $$2 }'

demo: $(DEMO) ## train on digits, again in simulated hardware and on a simulated board, build a bitstream; results in run/
	$(BIN)/bep demo --out run

test: lint ## lint, types and all tests
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# Some forty minutes on two cores. A four-valued simulation needs Icarus Verilog, which is no Python package: it is left
# out where there is none.
verify: $(READY) ## everything that is known of the hardware, anew: proofs, random trials, netlists, mutants, coverage, upsets
	mkdir -p benchmarks
	$(call MEASURE,prove --jobs 2,proofs)
	$(call MEASURE,fuzz --count 200 --jobs 2,fuzz)
	$(call MEASURE,damage --count 250 --jobs 2,damage)
	$(call MEASURE,gates $(if $(shell command -v iverilog),--four-valued),gates)
	$(call MEASURE,mutate --jobs 2,mutants)
	$(call MEASURE,coverage --jobs 2,coverage)
	$(call MEASURE,upset --data digits --plot docs/upsets.png,upsets)
	$(BIN)/python -m bep_verify.summary benchmarks
	$(BIN)/python -m bep_verify.page benchmarks > docs/evidence.md

# The README's measured tables: some hours on two cores; after an interruption it goes on. MNIST is a folder of IDX files,
# ITALY the prefix of ItalyPowerDemand's two .ts files.
MNIST := data/mnist
ITALY := data/ucr/ItalyPowerDemand
MEASURE = $(BIN)/bep $(1) --json benchmarks/$(2).json
figures: $(READY) ## measure what the README's tables show again, into benchmarks/ (MNIST=DIR of IDX files, ITALY=PREFIX)
	mkdir -p benchmarks
	for seed in 1 2 3; do $(BIN)/bep train --data digits --seed $$seed --out run/digits-$$seed \
		--json benchmarks/train-digits-$$seed.json || exit 1; done
	$(call MEASURE,train --data mnist:$(MNIST) --hidden 128 128 --epochs 15 --seed 1 --out run/mnist,train-mnist)
	$(call MEASURE,train --data mnist:$(MNIST) --hidden 256 256 --epochs 40 --seed 1 --out run/mnist-256,train-mnist-256)
	for seed in 1 2 3; do $(BIN)/bep train --data mnist:$(MNIST) --preset windows --seed $$seed \
		--out run/mnist-windows-$$seed --json benchmarks/train-mnist-windows-$$seed.json || exit 1; done
	$(call MEASURE,bench counters --mnist mnist:$(MNIST) --plot docs/counters.png,counters)
	$(call MEASURE,cosim --data digits --board icebreaker,cosim-digits)
	$(call MEASURE,cosim --data digits --hidden 64 64 --rule local,cosim-digits-local)
	$(BIN)/python $(PIP_INSTALL) -e '.[bench]'
	$(call MEASURE,bench sw --mnist mnist:$(MNIST),software)
	$(call MEASURE,bench link,link)
	$(call MEASURE,bench boards,boards)
	$(BIN)/python -m bep_boards.flow.reference > docs/boards.md
	$(call MEASURE,bench export --data digits mnist:$(MNIST),export)
	$(call MEASURE,bench cache,cache)
	$(call MEASURE,reproduce prototypes digits mnist --mnist mnist:$(MNIST) --plot docs/accuracy.png,accuracy)
	$(call MEASURE,reproduce italy italy-24 sequence sequence-clocked smnist smnist-clocked --italy ucr:$(ITALY) --smnist smnist:$(MNIST),sequences)
	$(call MEASURE,bench gate --epochs 15 --plot docs/gate.png,gate)
	$(call MEASURE,bench hw --mnist mnist:$(MNIST) --plot docs/throughput.png,hardware)
	$(call MEASURE,bench estimate --page docs/estimate.md,estimate)

docs: $(READY) ## build the documentation's site, into build/site
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

lint: $(READY) ## lint, formatting and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(READY) ## format the code and apply the safe lint fixes
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove the environment, caches and results
	rm -rf $(VENV) run build *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

lock: ## write the lock file anew: the newest versions that the ranges of pyproject.toml allow, and the size of them
	rm -rf build/lock
	"$(PYTHON)" -m venv build/lock
	build/lock/bin/python -m pip install --disable-pip-version-check --progress-bar off -e '.[demo]'
	du -sm build/lock | cut -f1 > build/lock/demo
	build/lock/bin/python -m pip install --disable-pip-version-check --progress-bar off $(EVERYTHING)
	{ sed -n '1,2p' $(LOCK); echo "# installed size in MB: demo $$(cat build/lock/demo), everything $$(du -sm build/lock | cut -f1)"; \
		build/lock/bin/python -m pip freeze --all --exclude pip --exclude-editable; } > build/$(LOCK)
	mv build/$(LOCK) $(LOCK)

# What is missing on this machine is said before anything is installed, and so is how much that will be.
NEEDED := python venv libpython c++
define PREPARE
@lacks=$$(PYTHON="$(PYTHON)" CXX="$(CXX)" sh sim/bep_sim/tools/requirements.sh $(NEEDED)) || \
	{ echo "make: this machine lacks $$lacks" >&2; exit 1; }
@size=$$(sed -n 's/^# installed size.*$(1) \([0-9]*\).*/\1/p' $(LOCK)); \
	echo "make: installing $(1) into $(VENV), $$size MB in all"
endef

# The stamps are written last, so an interrupted set-up is taken up again.
$(DEMO): pyproject.toml $(LOCK)
	$(call PREPARE,demo)
	"$(PYTHON)" -m venv $(VENV)
	$(BIN)/python $(PIP_INSTALL) -e '.[demo]'
	@touch $@

$(READY): $(DEMO) studies/pyproject.toml
	$(call PREPARE,everything)
	$(BIN)/python $(PIP_INSTALL) $(EVERYTHING)
	@touch $@
