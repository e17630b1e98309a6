# Two commands: `make demo` shows Maquette at work, `make test` proves it. Each sets up all that it needs.

PYTHON ?= $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
VENV ?= .venv
EVALUATION ?= out/evaluation
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet --constraint constraints.txt

# For Linux, PyPI has PyTorch with 4 GB of CUDA; where there is no NVIDIA card, the one for processors is taken instead.
TORCH := $(shell sed -n 's/.*"\(torch==[0-9.]*\)".*/\1/p' pyproject.toml)
ifeq ($(shell uname -s)$(shell command -v nvidia-smi),Linux)
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
SMALL_TORCH := $(PIP) --no-deps --retries 1 --timeout 15 --index-url $(TORCH_INDEX) $(TORCH) 2>/dev/null \
	|| echo "$(TORCH_INDEX) cannot be reached: PyPI's PyTorch comes instead, 4 GB larger."
else
SMALL_TORCH := true
endif

.PHONY: demo test bench check format protobuf package clean

demo: $(VENV)/.ready-to-run
	$(BIN)/maquette demo

test: check
	$(BIN)/python -m pytest --numprocesses 2 --dist loadgroup

check: $(VENV)/.ready-to-develop
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/buf lint protos
	$(BIN)/python tools/generate_protobuf.py --check
	$(BIN)/lint-imports
	$(BIN)/pyright

bench: $(VENV)/.ready-to-develop
	$(BIN)/maquette bench all
	$(BIN)/maquette train render-rooms --first-seed 1000000 --count 200 --out $(EVALUATION)/rooms
	$(BIN)/maquette train render-lands --first-seed 1000000 --count 50 --out $(EVALUATION)/lands
	$(BIN)/maquette bench inpaint --rooms $(EVALUATION)/rooms --lands $(EVALUATION)/lands
	$(BIN)/maquette bench photographs

format: $(VENV)/.ready-to-develop
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

protobuf: $(VENV)/.ready-to-develop
	$(BIN)/python tools/generate_protobuf.py

package: $(VENV)/.ready-to-run
	$(BIN)/maquette package blender --output dist
	$(BIN)/maquette package krita --output dist

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Maquette needs Python 3.11 or newer: https://www.python.org/downloads/"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Maquette needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=/path/to/python3.11 demo"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.ready-to-run: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Setting up Maquette in $(VENV): a few minutes, only this once."
	@$(SMALL_TORCH)
	$(PIP) --editable '.[blender]'
	@touch $@

$(VENV)/.ready-to-develop: $(VENV)/.ready-to-run
	$(PIP) --editable '.[blender,training,bench,development]'
	@touch $@

clean:
	rm -rf $(VENV) dist out
